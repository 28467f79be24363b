"""Exact rational numbers: gradients without rounding, for the functions that stay rational."""

from __future__ import annotations

import math
from fractions import Fraction
from numbers import Rational
from typing import Any

from .kind import register


def _pow(x: Any, y: Any) -> Any:
    z = x**y
    return math.nan if isinstance(z, complex) else z


def approximately(x: Rational, digits: int = 6) -> str:
    """An exact number of any size to so many digits.

    >>> approximately(Fraction(-(10**5000), 3))
    '≈-3.33333e+4999'
    """
    import decimal  # slow to import, and seldom needed

    above, below = decimal.Decimal(int(x.numerator)), decimal.Decimal(int(x.denominator))
    with decimal.localcontext(prec=digits, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN):
        return f"≈{(above / below).normalize():.{digits}g}"


register(
    Fraction,
    {
        "floor": lambda x: Fraction(math.floor(x)),
        "ceil": lambda x: Fraction(math.ceil(x)),
        "round": lambda x: Fraction(round(x)),
        "fmod": lambda x, y: x - y * math.trunc(x / y),
        "pow": _pow,
        "like": lambda n, x: Fraction(n),
    },
)
