"""The descent page: the surface of a loss of two parameters, and gradient descent over it."""
