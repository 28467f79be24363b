"""Arrays of integers: what NumPy has no function for, or one that is slow.

The first use of np.unique takes 30 ms: it imports masked arrays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

MIXING = np.uint64(0x9E3779B97F4A7C15)  # by whose powers rows become numbers, equal for equal ones


def ranges(starts: Any, lengths: Any) -> Any:
    """range(start, start + length) for each, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)


def sorted_by(keys: Any, values: Any) -> Any:
    """Values in the order of their keys, numbers from 0 on; those of equal keys stay in theirs."""
    if (keys[1:] >= keys[:-1]).all():
        return values
    small = keys.astype(np.min_scalar_type(keys.max()))  # of 16 bits, NumPy sorts by counting
    return values[np.argsort(small, kind="stable")]


def climbed(up: Any) -> tuple[Any, Any]:
    """Where steps up end that everything takes, and how many there are: by jumps that double."""
    depth = (up != np.arange(len(up))).astype(np.int64)
    while True:
        above = up[up]
        if np.array_equal(above, up):
            return up, depth
        depth += depth[up]
        up = above


def numbered(keys: Any) -> Any:
    """Numbers from 0 on in place of others: equal ones where those are equal, in their order."""
    most = int(keys.max(initial=0)) + 1
    if most <= 4 * len(keys) + 1024:
        known = np.zeros(most, dtype=bool)
        known[keys] = True
        return (np.cumsum(known) - 1)[keys]
    order = np.argsort(keys, kind="stable")
    number = np.empty(len(keys), dtype=np.int64)
    number[order] = np.cumsum(np.diff(keys[order], prepend=keys[order[0]]) != 0)
    return number


def stretches(holds: Any, most: int) -> Iterator[tuple[int, int]]:
    """The longest stretches of truths, from and to."""
    breaks = np.flatnonzero(~holds)
    starts = np.concatenate([[0], breaks + 1])
    stops = np.concatenate([breaks, [len(holds)]])
    length = stops - starts
    longest = (
        np.argpartition(-length, most)[:most] if len(length) > most else np.arange(len(length))
    )
    for k in longest[np.argsort(-length[longest], kind="stable")]:
        if stops[k] > starts[k]:
            yield int(starts[k]), int(stops[k])
