"""Layers: what a network is made of."""
