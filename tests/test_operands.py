"""Operands that are no numbers: what they make of an operator beside a Value, as Python asks them."""

from array import array

import numpy as np
import pytest

import autograd as ag
from autograd import NumberError, Value, grad, jit, value_and_grad, vmap


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


WHOLE = {
    "dot": lambda x: ag.dot(x, x[::-1]),
    "prod": ag.prod,
    "logsumexp": ag.logsumexp,
    "softmax": lambda x: ag.softmax(x)[0],
    "sum": ag.sum,
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", ">f8"])
def test_a_plain_array_that_is_a_whole_sequence_is_its_numbers_as_under_grad_and_jit(name, dtype):
    f, x = WHOLE[name], np.array([1, 2, 4], dtype)
    plain = f(x)
    assert plain == pytest.approx(f([1.0, 2.0, 4.0]), rel=1e-15)
    assert plain == pytest.approx(jit(f, backend="python")(x * 1.0), rel=1e-15)
    assert plain == pytest.approx(value_and_grad(lambda x: ag.sum(f(x)))(x * 1.0)[0], rel=1e-15)


def test_a_plain_array_beside_values():
    weights, x = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, 4.0])
    assert grad(lambda w: ag.dot(w, x))(weights).tolist() == x.tolist()
    assert grad(lambda w: ag.dot(x, [w, 2 * w, w * w]))(3.0) == 1 + 2 * 2 + 4 * 6
    assert grad(lambda w: ag.dot(array("d", x), [w, 2 * w, w * w]))(3.0) == 1 + 2 * 2 + 4 * 6
