"""Exact rational numbers: gradients without rounding, for the functions that stay rational."""

from __future__ import annotations

import math
from fractions import Fraction

from ..registry import register

register(
    Fraction,
    {
        "floor": lambda x: Fraction(math.floor(x)),
        "ceil": lambda x: Fraction(math.ceil(x)),
        "round": lambda x: Fraction(round(x)),
        "fmod": lambda x, y: x - y * math.trunc(x / y),
        "like": lambda n, x: Fraction(n),
    },
)
