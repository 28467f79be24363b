"""The yardstick: as little engine as computes gradients of sums and products.

A node stores its number, its adjoint, and a tuple of (parent, local derivative). It knows no other
kind of number, no error, no branch, and differentiates once.
"""


class Lean:
    """A number with the local derivatives by its parents."""

    __slots__ = ("data", "grad", "locals")

    def __init__(self, data, local_derivatives=()):
        self.data, self.grad, self.locals = data, 0.0, local_derivatives

    def __add__(self, other):
        if isinstance(other, Lean):
            return Lean(self.data + other.data, ((self, 1.0), (other, 1.0)))
        return Lean(self.data + other, ((self, 1.0),))

    def __mul__(self, other):
        if isinstance(other, Lean):
            return Lean(self.data * other.data, ((self, other.data), (other, self.data)))
        return Lean(self.data * other, ((self, other),))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                for parent, _ in node.locals:
                    if parent not in seen:
                        stack.append((parent, False))
        self.grad = 1.0
        for node in reversed(order):
            g = node.grad
            for parent, derivative in node.locals:
                parent.grad += g * derivative
