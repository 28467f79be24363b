"""What the modules that the backends write import: dots, and a look for nan.

ws and xs are the two sides of a dot, sequences of floats.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import reduce


def dot(ws: Sequence[float], xs: Sequence[float], *start: float) -> float:
    """Σ wᵢ xᵢ, added from left to right, to a number if one is given."""
    return reduce(operator.add, map(operator.mul, ws, xs), *start)  # type: ignore[no-any-return]


def subdot(ws: Sequence[float], xs: Sequence[float], start: float) -> float:
    """The number minus each wᵢ xᵢ, from left to right."""
    return reduce(operator.sub, map(operator.mul, ws, xs), start)


def any_nan(xs: Iterable[float]) -> bool:
    """Whether one of the numbers is nan."""
    return any(x != x for x in xs)
