"""A user's kind of number: a table that answers no number is named, and no kind is replaced."""

from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

import autograd as a
from autograd import KindError, Series, Value, register


class Odd:
    """A kind whose table can be given any mistake."""

    def __init__(self, x):
        self.x = x

    def __mul__(self, other):
        return Odd(self.x * getattr(other, "x", other))

    __rmul__ = __mul__

    def __neg__(self):
        return Odd(-self.x)


@pytest.mark.parametrize(
    ("table", "run"),
    [
        ({"sin": lambda x: None}, lambda x: a.sin(x)),
        ({"sin": lambda x: x, "cos": lambda x: "cosine"}, lambda x: a.sin(x).backward()),
        ({"like": lambda n, x: "one"}, lambda x: x.backward()),
        ({"variable": lambda x: {}}, lambda x: x),
        ({"result": lambda x: object()}, lambda x: -x),
        (
            {"scale": lambda g, xs: ["a"], "dot": lambda ws, xs: ws[0]},
            lambda x: a.dot([x], [x]).backward(),
        ),
    ],
)
def test_a_table_that_answers_no_number_is_named(table, run):
    register(Odd, table)
    with pytest.raises(
        KindError, match=r"(sin|cos|like|variable|result|scale) of a Odd answered .*no number"
    ):
        run(Value(Odd(1.0)))


@pytest.mark.parametrize(
    "kind",
    [int, float, Fraction, mpmath.mpf, np.ndarray, sympy.Expr, Value, Series, np.generic],
)
def test_a_kind_of_the_engine_is_not_replaced(kind):
    with pytest.raises(KindError, match=f"{kind.__name__} is a kind of number already"):
        register(kind, {"exp": lambda x: x})
    assert a.exp(0.0) == 1.0


def test_a_class_that_derives_from_a_kind_has_its_own_table():
    class Celsius(float):
        pass

    register(Celsius, {"exp": lambda x: 7.0}, priority=1)
    assert a.exp(Celsius(0.0)) == 7.0
    assert a.exp(0.0) == 1.0


def test_a_user_may_register_a_kind_again():
    register(Decimal, {"exp": lambda x: x})
    register(Decimal, {"exp": Decimal.exp})
    assert a.exp(Decimal(0)) == 1
