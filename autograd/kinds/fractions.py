"""Exact rational numbers: gradients without rounding, for the functions that stay rational."""

from __future__ import annotations

import math
from fractions import Fraction
from numbers import Rational
from typing import Any

from ..errors import KindError
from .kind import Function, find, like, register


def _pow(x: Any, y: Any) -> Any:
    z = x**y
    return math.nan if isinstance(z, complex) else z


def _by_the_others(name: str) -> Function:
    """A function that is not rational, as the kind beside a Fraction has it: of floats, a float."""

    def function(*xs: Any) -> Any:
        others = [x for x in xs if not isinstance(x, (Fraction, int))]
        if not others:
            raise KindError(
                f"there is no {name} of a Fraction: take a float or an mpmath.mpf of it"
            )
        numbers = [_beside(others[0], x) if isinstance(x, Fraction) else x for x in xs]
        found = find(name, *numbers)
        return found(numbers) if name == "logsumexp" else found(*numbers)

    return function


def _beside(other: Any, x: Fraction) -> Any:
    return like(x.numerator, other) / like(x.denominator, other)


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
        "hypot": _by_the_others("hypot"),
        "arctan2": _by_the_others("arctan2"),
        "logsumexp": lambda xs: _by_the_others("logsumexp")(*xs),
        "floor": lambda x: Fraction(math.floor(x)),
        "ceil": lambda x: Fraction(math.ceil(x)),
        "round": lambda x: Fraction(round(x)),
        "fmod": lambda x, y: x - y * math.trunc(x / y),
        "pow": _pow,
        "like": lambda n, x: Fraction(n),
    },
)
