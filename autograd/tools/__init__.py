"""Tools to trust a gradient, to see into it, and to check a student's own engine."""
