"""How deep numbers build on each other: what reads nothing is at 0, all else one above what it reads.

Numbers that do not read each other are looked at together: stretch by stretch, where a stretch ends
before the first that reads one of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .arrays import sorted_by

SHORT = 32  # numbers; stretches of fewer are not worth an array


def depths(first: Any, read: Any) -> Any:
    """The depth of every number k, which reads ``read[first[k] : first[k + 1]]``, all before k."""
    depth: Any = np.zeros(len(first) - 1, dtype=np.int64)
    readers = np.flatnonzero(first[1:] > first[:-1])
    if not len(readers):
        return depth
    starts, stops = first[readers], first[readers + 1]
    known = memoryview(depth)  # whose numbers are Python's
    for a, b, is_long in _stretches(readers, np.maximum.reduceat(read, starts)):
        reads, begins = read[starts[a] : stops[b - 1]], starts[a:b] - starts[a]
        if is_long:
            depth[readers[a:b]] = 1 + np.maximum.reduceat(depth[reads], begins)
        else:
            one_by_one, each = (readers[a:b], begins, stops[a:b] - starts[a]), reads.tolist()
            for k, begin, end in zip(*(x.tolist() for x in one_by_one), strict=True):
                known[k] = 1 + max(map(known.__getitem__, each[begin:end]))
    return depth


def depths_of(reader: Any, read: Any, count: int) -> Any:
    """The depth of so many numbers, of which some, each as often as it reads, read others."""
    first = np.concatenate([[0], np.cumsum(np.bincount(reader, minlength=count))])
    return depths(first, sorted_by(reader, read))


def _stretches(readers: Any, newest: Any) -> Iterator[tuple[int, int, bool]]:
    """Where stretches begin and end, and whether they are long; short ones side by side are one."""
    cuts = np.array(_cuts(readers, newest))
    is_long = np.diff(cuts) >= SHORT
    last = np.flatnonzero(np.append(is_long[1:] | is_long[:-1], True))
    begin = cuts[[0, *last[:-1] + 1]]
    yield from zip(begin.tolist(), cuts[last + 1].tolist(), is_long[last].tolist(), strict=True)


def _cuts(readers: Any, newest: Any) -> list[int]:
    """Where stretches begin, and the end of the last; of every reader its newest operand is given."""
    names, latest, k = readers.tolist(), newest.tolist(), 1
    cuts, begin = [0], names[0]
    while k < len(names):
        if latest[k] >= begin:
            cuts.append(k)
            begin = names[k]
        elif k - cuts[-1] == SHORT:
            k = _first(newest, begin, k)
            continue
        k += 1
    return [*cuts, len(names)]


def _first(newest: Any, begin: int, k: int) -> int:
    """The first from k on that is not before ``begin``: looked for in steps that double."""
    step = SHORT
    while k < len(newest):
        late = newest[k : k + step] >= begin
        if late.any():
            return k + int(late.argmax())
        k, step = k + step, 2 * step
    return len(newest)
