"""Levels: what must be computed before what, with every loop as one.

A *unit* is a tree or a whole loop. Its level is one more than the deepest that it reads. All units of a
level can be computed in any order, so those of one form can be one group.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .depth import depths_of
from .trees import Forest


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
    outer = ~forest.inner[forest.computed]
    reader, read = unit[forest.reader[outer]], forest.read[outer]
    if (forest.loop >= 0).any():
        read = unit[read]
        other = reader != read
        reader, read = reader[other], read[other]
    return depths_of(reader, read, len(flow))[unit], unit
