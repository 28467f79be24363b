"""Slots: the address of every number, given once its neighbours are known.

A uniform number has a slot of its own, a number a sample one row of slots. The outputs come first,
each at its own place, so that the answer is ready where it was computed. All others get theirs
group by group: what a group computes lies side by side, and whatever reads it finds constant steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np

from ..programs.program import Program
from .arrays import numbered
from .flow import COMPUTED, GIVEN, PLACE, SAMPLED, UNIFORM
from .rolled import Leaf, Rolled
from .trees import Forest


def space_of(code: int) -> tuple[str, int]:
    """The space that an element's code means, and the number of the argument array."""
    return ("A", code - GIVEN) if code >= GIVEN else (" USK"[code], -1)


class Slots:
    """Addresses by position, and the places of constants."""

    def __init__(self, program: Program, forest: Forest, rolled: Rolled) -> None:
        flow = forest.flow
        self.forest, self.rolled, self.numbers = forest, rolled, program.constants
        self.address = np.full(len(flow), -1)
        self.output = np.full(len(flow), -1)  # the uniform outputs' own slots
        rolled.uniform_slots = len(program.outputs)
        rolled.sample_inputs = flow.inputs
        rolled.sample_slots = len(flow.inputs)
        outputs = np.array(program.outputs, dtype=np.int64)
        own = flow.source_code[outputs] == UNIFORM
        at = np.flatnonzero(own)[::-1]  # the first of several that are one number comes last
        self.output[flow.source_value[outputs[at]]] = at
        self._place = np.full(len(self.numbers), -1)  # of constants
        self._tables: dict[bytes, int] = {}

    def take(self, sampled: bool, count: int) -> int:
        """The first of so many fresh slots side by side."""
        r = self.rolled
        if sampled:
            first, r.sample_slots = r.sample_slots, r.sample_slots + count
        else:
            first, r.uniform_slots = r.uniform_slots, r.uniform_slots + count
        return first

    def give(self, positions: Any, sampled: bool) -> None:
        """Slots side by side for what is computed at these positions; an output has its own."""
        own = self.output[positions]
        fresh = own < 0
        first = self.take(sampled, int(fresh.sum()))
        self.address[positions] = np.where(fresh, first + np.cumsum(fresh) - 1, own)

    def addresses(self, elements: Any) -> Any:
        """Where elements are; of a constant, which one it is."""
        flow = self.forest.flow
        value, computed = flow.value[elements], flow.space[elements] == COMPUTED
        return np.where(computed, self.address[np.where(computed, value, 0)], value)

    def constants(self, numbers: Any) -> Any:
        """The places of constants."""
        new = [*dict.fromkeys(numbers[self._place[numbers] < 0].tolist())]
        self._place[new] = self.table(new) + np.arange(len(new))
        return self._place[numbers]

    def table(self, constants: Sequence[int]) -> int:
        """The first of fresh places side by side for constants."""
        return self.literal([self.numbers[k] for k in constants])

    def literal(self, numbers: Sequence[float]) -> int:
        """The first of fresh places side by side for numbers."""
        first = len(self.rolled.constants)
        self.rolled.constants += numbers
        return first

    def line(self, space: str, at: Any, array: int = -1) -> Leaf:
        """A leaf of these addresses, one after the other, or of rows of them: they move by a constant
        step, or are looked up.
        """
        if at.ndim > 1:
            each = at.shape[1] * bool((at != at[0]).any())
            rows = at if each else at[0]
            return Leaf(space, self._looked_up(rows.ravel()), each, array=array, looked_up=True)
        steps = np.diff(at)
        step = int(steps[0]) if len(steps) else 0
        if (steps == step).all():
            return Leaf(space, int(at[0]), step, array=array)
        return Leaf(space, self._looked_up(at), 1, array=array, looked_up=True)

    def line_along(self, leaves: Sequence[Leaf]) -> Leaf:
        """A leaf that goes along others of one space."""
        return self.line(leaves[0].space, np.array([x.base for x in leaves]), leaves[0].array)

    def _looked_up(self, addresses: Any) -> int:
        """The first of places side by side for addresses."""
        tables, key = self.rolled.tables, addresses.tobytes()
        if key not in self._tables:
            self._tables[key] = len(tables)
            tables += addresses.tolist()
        return self._tables[key]

    def places(self, elements: Any) -> tuple[Any, Any]:
        """The codes and addresses of elements."""
        flow = self.forest.flow
        return self._placed(flow.code[elements], flow.space[elements], flow.value[elements])

    def targets(self, positions: Any) -> list[Leaf]:
        """Where what is computed at positions is."""
        return leaves_at(*self.computed(positions))

    def computed(self, positions: Any) -> tuple[Any, Any]:
        """The codes and addresses of what is computed at positions."""
        codes = np.where(self.forest.flow.in_samples[positions], SAMPLED, UNIFORM)
        return codes, self.address[positions]

    def _placed(self, codes: Any, spaces: Any, at: Any) -> tuple[Any, Any]:
        computed, constant = spaces == COMPUTED, codes == PLACE
        at[computed] = self.address[at[computed]]
        at[constant] = self.constants(at[constant])
        return codes, at

    def elsewhere(self, instructions: Sequence[int]) -> tuple[Any, Any, Any]:
        """Which outputs are not in their own slots, and their codes and addresses."""
        codes, at = self._places_of(instructions)
        other = np.flatnonzero((codes != UNIFORM) | (at != np.arange(len(at))))
        return other, codes[other], at[other]

    def results(self, instructions: Sequence[int]) -> list[Leaf]:
        """Where results are."""
        return leaves_at(*self._places_of(instructions))

    def _places_of(self, instructions: Sequence[int]) -> tuple[Any, Any]:
        """The code and the address of numbers of the program, or of some that were given to it."""
        flow, i = self.forest.flow, np.array(instructions, dtype=np.int64)
        return self._placed(flow.source_code[i], flow.source_space[i], flow.source_value[i])


def leaves_at(codes: Any, at: Any) -> list[Leaf]:
    """Leaves that do not move, one object for what is at one place."""
    if not len(at):
        return []
    number = numbered(codes.astype(np.int64) * (int(at.max()) + 1) + at)
    some = np.empty(int(number.max()) + 1, dtype=np.int64)
    some[number] = np.arange(len(number))
    of, zeros = codes[some].tolist(), repeat(0)
    names = {code: space_of(code) for code in {*of}}
    spaces, arrays = [names[code][0] for code in of], [names[code][1] for code in of]
    no = repeat(False)
    rows = zip(spaces, at[some].tolist(), zeros, zeros, zeros, arrays, no, strict=False)
    leaves = [*map(partial(tuple.__new__, Leaf), rows)]  # `Leaf._make`, but in C
    return [*map(leaves.__getitem__, number.tolist())]
