"""Numbers as short text."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from autograd import Value, dot, sqrt, where
from autograd.tools.wording import LONGEST, arguments, number, shorten


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (-12.0, "-12"),
        (0.123456, "0.1235"),
        (1.5e-300, "1.5e-300"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (2, "2"),
        (True, "True"),
        (Fraction(1, 3), "1/3"),
        (Fraction(10**30, 7), "≈1.429e+29"),
        (Fraction(1, 10**5000), "≈1e-5000"),
        (10**5000, "≈1e+5000"),
        (-(10**5000), "≈-1e+5000"),
        (mpmath.mpf("1.2345678e-10"), "1.235e-10"),
        (sympy.Symbol("a") ** 2, "a**2"),
        (np.array([1.0, 0.123456]), "[1, 0.1235]"),
        (np.arange(100.0), "[0, 1, … 100 numbers]"),
        (np.array([True, False]), "[True, False]"),
        (np.zeros((2, 5)), "[[0, 0, … 5 numbers], [0, 0, … 5 numbers]]"),
        ([], "[]"),
    ],
    ids=lambda x: x if isinstance(x, str) else type(x).__name__,
)
def test_a_number_of_any_kind_is_short_and_readable(x, text):
    assert number(x) == text


def test_a_long_text_keeps_both_ends():
    text = number(sympy.sympify("+".join(f"a{i}" for i in range(99))))
    assert len(text) <= LONGEST + 1
    assert text.startswith("a0 + ")
    assert shorten("abc", 3) == "abc"


def test_arguments_are_those_of_the_call():
    x, y = Value(1.0), Value(2.0)
    assert arguments(x) == ()
    assert arguments(sqrt(x)) == (x,)
    assert arguments(2 - x) == (2, x)
    assert arguments(where(True, x, y)) == (True, x, y)
    assert arguments(dot([x, y], [3.0, 4.0])) == ((x, y), [3.0, 4.0])
