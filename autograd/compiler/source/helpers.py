"""What generated modules import: a dot, a quotient, a look for nan.

Names: ws, xs sequences of floats; x, y numbers.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import reduce

from ...kinds.ieee import with_ieee_division


def dot(ws: Sequence[float], xs: Sequence[float], *start: float) -> float:
    """Σ wᵢ xᵢ from left to right, beginning with a number or with the first product."""
    return reduce(operator.add, map(operator.mul, ws, xs), *start)  # type: ignore[no-any-return]


def divide(x: float, y: float) -> float:
    """x / y as IEEE 754 has it."""
    try:
        return x / y
    except ZeroDivisionError:
        return with_ieee_division(operator.truediv, x, y)  # type: ignore[no-any-return]


def any_nan(xs: Iterable[float]) -> bool:
    """Whether one of the numbers is nan."""
    return any(x != x for x in xs)
