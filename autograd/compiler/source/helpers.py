"""What generated modules import: a dot, a look for nan.

Names: ws, xs sequences of floats; x, y numbers.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import reduce


def dot(ws: Sequence[float], xs: Sequence[float], *start: float) -> float:
    """Σ wᵢ xᵢ from left to right, beginning with a number or with the first product."""
    return reduce(operator.add, map(operator.mul, ws, xs), *start)  # type: ignore[no-any-return]


def subdot(ws: Sequence[float], xs: Sequence[float], start: float) -> float:
    """A number less wᵢ xᵢ, one product after the other from left to right."""
    return reduce(operator.sub, map(operator.mul, ws, xs), start)


def any_nan(xs: Iterable[float]) -> bool:
    """Whether one of the numbers is nan."""
    return any(x != x for x in xs)
