"""Exact rational numbers: gradients without rounding, for the functions that stay rational."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from .kind import register


def _pow(x: Any, y: Any) -> Any:
    z = x**y
    return math.nan if isinstance(z, complex) else z


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
