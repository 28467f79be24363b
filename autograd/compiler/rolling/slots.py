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
from .flow import COMPUTED, GIVEN, PLACE, UNIFORM
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
        self._places: dict[int, int] = {}
        self._tables: dict[bytes, int] = {}
        self._leaves: dict[Leaf, Leaf] = {}  # one object for what is at one place

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

    def constant(self, k: int) -> int:
        """The place of a constant."""
        if k not in self._places:
            self._places[k] = self.table([k])
        return self._places[k]

    def table(self, constants: Sequence[int]) -> int:
        """The first of fresh places side by side for constants."""
        return self.literal([self.numbers[k] for k in constants])

    def constants(self, constants: Any) -> Leaf:
        """A leaf of these constants, one after the other."""
        if (constants == constants[0]).all():
            return Leaf("K", self.constant(int(constants[0])))
        return Leaf("K", self.table(constants.tolist()), 1)

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

    def leaf(self, element: int) -> Leaf:
        """Where an element is."""
        flow, code = self.forest.flow, int(self.forest.flow.code[element])
        value = int(flow.value[element])
        space, array = space_of(code)
        if code == PLACE:
            return self._shared(Leaf("K", self.constant(value)))
        if flow.space[element] == COMPUTED:
            value = int(self.address[value])
        return self._shared(Leaf(space, value, array=array))

    def target(self, position: int) -> Leaf:
        """Where the number of a position is."""
        sampled = self.forest.flow.in_samples[position]
        return self._shared(Leaf("S" if sampled else "U", int(self.address[position])))

    def _shared(self, leaf: Leaf) -> Leaf:
        return self._leaves.setdefault(leaf, leaf)

    def elsewhere(self, instructions: Sequence[int]) -> tuple[Any, Any, Any]:
        """Which outputs are not in their own slots, and their codes and addresses."""
        codes, at = self._places_of(instructions)
        other = np.flatnonzero((codes != UNIFORM) | (at != np.arange(len(at))))
        return other, codes[other], at[other]

    def results(self, instructions: Sequence[int]) -> list[Leaf]:
        """Where results are."""
        return self._leaves_at(*self._places_of(instructions))

    def _places_of(self, instructions: Sequence[int]) -> tuple[Any, Any]:
        """The code and the address of numbers of the program, or of some that were given to it."""
        flow, i = self.forest.flow, np.array(instructions, dtype=np.int64)
        code, at, computed = (
            flow.source_code[i],
            flow.source_value[i],
            flow.source_space[i] == COMPUTED,
        )
        at[computed] = self.address[at[computed]]
        for k in np.flatnonzero(code == PLACE).tolist():
            at[k] = self.constant(int(at[k]))
        return code, at

    @staticmethod
    def _leaves_at(code: Any, at: Any) -> list[Leaf]:
        codes = code.tolist()
        names = {c: space_of(c) for c in {*codes}}
        zeros, looked_up = repeat(0), repeat(False)
        spaces, arrays = [names[c][0] for c in codes], [names[c][1] for c in codes]
        rows = zip(spaces, at.tolist(), zeros, zeros, zeros, arrays, looked_up, strict=False)
        return [*map(partial(tuple.__new__, Leaf), rows)]  # `Leaf._make`, but in C
