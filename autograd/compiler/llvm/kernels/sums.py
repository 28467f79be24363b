"""Which sums over samples a kernel keeps from block to block, and where.

A sum of whole blocks is kept as one number; if tiles add to sums in the iterations of a loop, lane by
lane, all sums have lanes. They stand in the order of the results, so those whose results lie side by
side are brought there at once, whoever computes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ...rolling.rolled import Group, Leaf, Loop, Stage
from ...rolling.runs import runs
from ..text.ir import Index, Text
from .spaces import Part


class Sums(NamedTuple):
    """Where sums are while blocks follow each other: in the order of the results, the least address's
    first, each with so many lanes.
    """

    least: int
    lanes: int

    def place(self, part: Part, index: Index) -> Text:
        """Where the sum for an address of the results is."""
        first = -self.least * self.lanes
        return part.code.at("%sums", part.code.offset(first, (index, self.lanes)))


def apart(stage: Stage) -> Iterator[tuple[Group, int]]:
    """The totals of whole blocks, as if of one iteration."""
    yield from ((item, 1) for item in stage.items if isinstance(item, Group) and item.total)


def in_loops(stage: Stage) -> Iterator[tuple[Group, int]]:
    """The totals that every tile adds to in the iterations of a loop, and how many those are."""
    for item in stage.items:
        if isinstance(item, Loop):
            yield from ((group, item.count) for group in item.body if group.total)


def neighbours(found: Iterable[tuple[Group, int]]) -> Iterator[Group]:
    """The totals of some groups as few groups: those side by side are one, whoever computes them, and
    so are rows of one length at one distance.
    """
    every = [_places(group, iterations) for group, iterations in found]
    least, count = _from_to(every)
    there = np.zeros(count + 2, dtype=bool)  # and before and after all of them
    for places in every:
        there[1 + places - least] = True
    starts, stops = np.flatnonzero(there[1:] != there[:-1]).reshape(-1, 2).T
    rows = np.column_stack([least + starts, stops - starts])
    for first, count, outer, by, _ in runs(rows) if len(rows) else ():
        alike = 1 if by[1] else count
        for start, length in rows[first : first + count * outer : alike].tolist():
            yield Group((), (), Leaf("U", start, 1, int(by[0])), False, length, alike)


def _places(group: Group, iterations: int) -> Any:
    """The addresses of a group's totals."""
    base, inner, outer, step = group.target[1:5]
    s, o, i = np.ix_(*(np.arange(count) for count in (iterations, group.outer, group.count)))
    return (base + s * step + o * outer + i * inner).ravel()


def span(found: Iterable[tuple[Group, int]]) -> tuple[int, int]:
    """The least address of some groups' totals, and how many there are from there to the last."""
    return _from_to([_places(group, iterations) for group, iterations in found])


def _from_to(every: list[Any]) -> tuple[int, int]:
    """The least of all places, and how many there are from there to the last."""
    ends = [end(places) for places in every for end in (np.min, np.max)]
    return (int(min(ends)), int(max(ends) - min(ends)) + 1) if ends else (0, 0)
