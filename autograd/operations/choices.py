"""The primitives that pick from a sequence: one number by its place, the largest, the smallest.

Of batches every sample picks its own. What was not picked receives nothing, which is not 0.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from ..kinds import numeric, special
from ..kinds.kind import NOTHING
from ..kinds.numeric import only, unless
from ..primitive import primitive


def _place(i: Any) -> Any:
    """The place itself: an index that is a Value counts by its number."""
    return getattr(i, "data", i) if hasattr(i, "op") else i


@primitive(
    lambda g, z, i, xs: NOTHING,
    lambda g, z, i, xs: [only(_place(i) == k, g) for k in range(len(xs))],
    sequences=True,
)
def choose(i: Any, xs: Any) -> Any:
    """The i-th number of a sequence, counted from 0, where every sample of a batch has its own i.

    >>> choose(1, [5.0, 6.0])
    6.0
    """
    if not getattr(i, "ndim", 0):
        return xs[int(i)]
    import numpy as np

    stack = np.stack(np.broadcast_arrays(i, *xs)[1:]).astype(float)
    places = np.broadcast_to(i, stack.shape[1:]).astype(int)
    return np.take_along_axis(stack, places[None], 0)[0]


def _equal_shares(beyond: Callable[[Any, Any], Any]) -> Callable[..., list[Any]]:
    """The pullback of an extremum: what is equal to it shares g, nan goes to all where it is nan."""

    def pullback(g: Any, z: Any, xs: Sequence[Any]) -> list[Any]:
        count = numeric.where(z == z, special.ties(xs, z), z)
        share = g / count
        return [unless(beyond(x, z), share) for x in xs]

    return pullback


@primitive(_equal_shares(operator.lt), sequences=True)
def largest(xs: Any) -> Any:
    """The largest of a sequence; those that are equal to it receive g in equal shares.

    >>> largest([1.0, 3.0, 2.0])
    3.0
    """
    return reduce(numeric.maximum, xs)


@primitive(_equal_shares(operator.gt), sequences=True)
def smallest(xs: Any) -> Any:
    """The smallest of a sequence; those that are equal to it receive g in equal shares.

    >>> smallest([1.0, 3.0, 2.0])
    1.0
    """
    return reduce(numeric.minimum, xs)
