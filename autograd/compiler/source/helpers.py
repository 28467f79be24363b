"""What the modules that the backends write import: dots, a look for nan, a view along some axes.

ws and xs are the two sides of a dot, sequences of floats.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any


def dot(ws: Sequence[float], xs: Sequence[float], *start: float) -> float:
    """Σ wᵢ xᵢ, added from left to right, to a number if one is given."""
    return reduce(operator.add, map(operator.mul, ws, xs), *start)  # type: ignore[no-any-return]


def subdot(ws: Sequence[float], xs: Sequence[float], start: float) -> float:
    """The number minus each wᵢ xᵢ, from left to right."""
    return reduce(operator.sub, map(operator.mul, ws, xs), start)


def any_nan(xs: Iterable[float]) -> bool:
    """Whether one of the numbers is nan."""
    return any(x != x for x in xs)


def grid(x: Any, first: int, *axes: tuple[int, int]) -> Any:
    """A view of x from its row ``first`` on: for each axis, how many rows and how far apart."""
    from numpy.lib.stride_tricks import as_strided

    shape = [count for count, _ in axes]
    strides = [step * x.strides[0] for _, step in axes]
    return as_strided(x[first:], [*shape, *x.shape[1:]], [*strides, *x.strides[1:]])
