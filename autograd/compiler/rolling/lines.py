"""Lines: what a dot reads lies at one distance, though it is computed at many places.

What a group computes lies side by side, and a dot that reads a layer finds it so. The unknowns of a
triangular system are computed one after the other, each with a form and a level of its own; the
columns of a triangular factor likewise, and dots read its rows. There a side of a dot, the longest
first, is a *line*: with a slot for the first of its numbers that is computed, slots for all the others
are kept free. Lines that begin together take turns, so that what is computed of each of them at once
lies side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .arrays import ranges
from .flow import COMPUTED
from .trees import Forest


class Lines:
    """The lines of a program; line and place of every position, -1 if it is on none."""

    def __init__(self, forest: Forest, bucket: Any) -> None:
        """``bucket`` says what is computed together, -1 of what is on no line."""
        self.line, self.place = (np.full(len(bucket), -1) for _ in range(2))
        sides = sorted(_sides(forest, bucket), key=len, reverse=True)
        self.length, self.step = (np.zeros(len(sides), dtype=np.int64) for _ in range(2))
        self.first = np.zeros(len(sides), dtype=np.int64)  # the slot at place 0, if step is not 0
        self.free = set[tuple[bool, int]]()  # slots that are kept: whether per sample, and which
        for k, side in enumerate(sides):
            if (self.line[side] < 0).all():
                self.line[side], self.place[side] = k, np.arange(len(side))
                self.length[k] = len(side)

    def give(self, positions: Any, sampled: bool, take: Callable[[bool, int], int]) -> Any:
        """Slots at one distance for what is computed together; ``take`` answers the first of so many.

        Of lines that do not lie so what is left is on none.
        """
        line = self.line[positions]
        on = np.flatnonzero(line >= 0)
        known = on[self.step[line[on]] > 0]
        if len(known):
            slots = self._along(positions, known)
            wanted = {(sampled, slot) for slot in slots.tolist()}
            if len(wanted) == len(slots) and wanted <= self.free:
                self.free -= wanted
                return slots
            self.line[np.isin(self.line, line[on])] = -1
            on = on[:0]
        return self._begun(positions, on, sampled, take)

    def _along(self, positions: Any, known: Any) -> Any:
        """Slots at one distance, as those of some have them that are on lines with slots."""
        line, place = self.line[positions[known]], self.place[positions[known]]
        slots = self.first[line] + self.step[line] * place
        far = max(int(known[-1] - known[0]), 1)
        found = slots[0] + (slots[-1] - slots[0]) // far * (np.arange(len(positions)) - known[0])
        return found if (found[known] == slots).all() else np.full_like(found, -1)

    def _begun(
        self, positions: Any, on: Any, sampled: bool, take: Callable[[bool, int], int]
    ) -> Any:
        """Slots side by side, where lines begin; what is left of them is kept."""
        count, line, place = len(positions), self.line[positions[on]], self.place[positions[on]]
        before = int(place.max(initial=0))
        turns = before + int((self.length[line] - place).max(initial=1))
        first = take(sampled, count * turns)
        slots = first + count * before + np.arange(count)
        self.first[line], self.step[line] = slots[on] - count * place, count
        if turns > 1:
            kept = {*range(first, first + count * turns)} - {*slots.tolist()}
            self.free |= {(sampled, slot) for slot in kept}
        return slots


def _sides(forest: Forest, bucket: Any) -> Iterator[Any]:
    """The sides of dots whose numbers are all computed at different times."""
    flow = forest.flow
    dots = np.flatnonzero(flow.is_dot & (forest.loop < 0))
    if not len(dots):
        return
    terms = (flow.first[dots + 1] - flow.first[dots]) // 2
    begin, count = np.concatenate([flow.first[dots], flow.first[dots] + terms]), np.tile(terms, 2)
    elements = ranges(begin, count)
    computed = flow.space[elements] == COMPUTED
    value = np.where(computed, flow.value[elements], 0)
    which = np.where(computed, bucket[value], -1)
    starts = np.cumsum(count) - count
    low, high = np.minimum.reduceat(which, starts), np.maximum.reduceat(which, starts)
    for k in np.flatnonzero((low >= 0) & (high - low >= count - 1)).tolist():
        part = slice(starts[k], starts[k] + count[k])
        is_many = flow.in_samples[value[part]]
        if len({*which[part].tolist()}) == count[k] and (is_many == is_many[0]).all():
            yield value[part]
