"""Training: a loss, its descent, and how far it came."""
