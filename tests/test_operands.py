"""Operands that are no numbers: what they make of an operator beside a Value, as Python asks them."""

import numpy as np
import pytest

from autograd import NumberError, Value, grad, jit, vmap


class Pair:
    """Two numbers that a user put together, which know what to do on the right of another."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __radd__(self, k):
        return Pair(k + self.x, k + self.y)

    def __rsub__(self, k):
        return Pair(k - self.x, k - self.y)

    def __rmul__(self, k):
        return Pair(k * self.x, k * self.y)

    def __rtruediv__(self, k):
        return Pair(k / self.x, k / self.y)

    def __rmod__(self, k):
        return Pair(k % self.x, k % self.y)

    def __rpow__(self, k):
        return Pair(k**self.x, k**self.y)


PAIR = Pair(2.0, 4.0)
OPERATORS = {
    "+": (lambda k: k + PAIR, 1 + 1),
    "-": (lambda k: k - PAIR, 1 + 1),
    "*": (lambda k: k * PAIR, 2 + 4),
    "/": (lambda k: k / PAIR, 1 / 2 + 1 / 4),
    "%": (lambda k: k % PAIR, 1 + 1),
    "**": (lambda k: k**PAIR, 2 * 3 + 4 * 27),  # at 3
}


@pytest.mark.parametrize("name", OPERATORS)
def test_what_has_the_reflected_method_is_asked_as_beside_a_float(name):
    operate, slope = OPERATORS[name]

    def f(k):
        pair = operate(k)
        return pair.x + pair.y

    assert grad(f)(3.0) == slope
    assert vmap(grad(f))(np.array([3.0, 3.0])).tolist() == [slope, slope]
    assert jit(grad(f), backend="python")(3.0) == slope
    assert f(Value(3.0)).data == f(3.0)


@pytest.mark.parametrize("other", ["a", b"a", [1.0], (1.0,), {1.0}, None, 1j, np.array(["a"])])
def test_what_has_none_is_no_number_on_either_side(other):
    for operate in (lambda v: v * other, lambda v: other * v, lambda v: v - other):
        with pytest.raises(NumberError):
            operate(Value(2.0))
