"""Data: samples and their targets, made ready for training."""
