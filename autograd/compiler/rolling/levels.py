"""Levels: what must be computed before what, with every loop as one."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from .columns import ordered
from .trees import Forest

SHORT = 32  # units; stretches of fewer that do not read each other are not worth an array


def units_of(forest: Forest) -> Any:
    """The unit that every position belongs to: the root of its tree, or the first of its loop."""
    first = np.zeros(int(forest.loop.max(initial=-1)) + 1, dtype=np.int64)
    inside = np.flatnonzero(forest.loop >= 0)[::-1]
    first[forest.loop[inside]] = inside  # the last one written is the first position
    unit = forest.top.copy()
    unit[inside] = first[forest.loop[inside]]
    return unit


def levels(forest: Forest) -> tuple[Any, Any]:
    """The level of every position's unit, one more than the deepest that it reads, and the units."""
    flow = forest.flow
    unit = units_of(forest)
    outer = np.flatnonzero(forest.computed & ~forest.inner)
    reader, read = unit[flow.reader[outer]], unit[flow.value[outer]]
    other = reader != read
    reader, read = reader[other], read[other]
    order = ordered(reader)
    reader, read = reader[order], read[order]
    first = np.searchsorted(reader, np.arange(len(flow) + 1))
    level = _deepest(first, read, np.flatnonzero(unit == np.arange(len(unit))))
    return level[unit], unit


def _deepest(first: Any, read: Any, units: Any) -> Any:
    """Stretch by stretch, where a stretch ends before the first unit that reads one of it."""
    level = np.zeros(len(first) - 1, dtype=np.int64)
    readers = units[first[units] < first[units + 1]]
    if not len(readers):
        return level
    starts = first[readers]
    newest = np.maximum.reduceat(read, starts).tolist()
    names, stops = readers.tolist(), first[readers + 1].tolist()
    begins, cuts, begin = starts.tolist(), [0], names[0]
    for k, latest in enumerate(newest):
        if latest >= begin and k:
            cuts.append(k)
            begin = names[k]
    cuts.append(len(names))
    for a, b in itertools.pairwise(cuts):
        if b - a < SHORT:
            for k in range(a, b):
                level[names[k]] = 1 + max(level[read[begins[k] : stops[k]]].tolist())
        else:
            some = read[begins[a] : stops[b - 1]]
            level[readers[a:b]] = 1 + np.maximum.reduceat(level[some], starts[a:b] - begins[a])
    return level
