"""Rolling: instructions that do the same at regular distances become loops.

It knows no layers, no matrices and no time steps. Repeated blocks (`blocks`) become loops. Of all else,
expressions (`trees`) are taken level by level: a level reads only those before it. Within a level,
expressions of one form are sorted by the addresses of what they read; where addresses move by
constant steps they are one group, and equal runs at constant distance are its outer loop. Slots are
given after sorting, so the results of a group lie side by side, and what reads them finds constant
steps again.

A *stage* ends where a sum over samples is read: uniform and per-sample stages take turns.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..programs.program import Program
from .blocks import find
from .columns import Columns, results
from .depth import depths_of
from .expressions import alone
from .flow import COMPUTED, PLACE, SAMPLED, Flow
from .groups import groups
from .loops import Loops, copied
from .passes import instructions, with_own_conditions
from .repeats import with_repeats
from .rolled import Group, Leaf, Loop, Outputs, Rolled, Stage
from .running_sums import with_running_sums_apart
from .signed_sums import Sums, scattered
from .slots import Slots, space_of
from .trees import Forest

SMALL = 4  # so few expressions of a form are not worth a group

Items = dict[int, list[Group | Loop]]  # by level


LAST_PASSES = {
    "running sums": with_running_sums_apart,
    "repeats": with_repeats,
    "own conditions": with_own_conditions,
}


def roll(program: Program, counts: dict[str, int] | None = None) -> Rolled:
    """The program in loops; ``counts`` takes how many instructions each pass before leaves."""
    for name, change in LAST_PASSES.items():
        program = change(program)
        if counts is not None:
            counts[name] = instructions(program)
    return _Rolling(program).rolled


class _Rolling:
    def __init__(self, program: Program) -> None:
        self.rolled = Rolled()
        of_results = results(program)
        self.flow = flow = Flow(Columns.of(program), of_results)
        computed = of_results[flow.source_space[of_results] == COMPUTED]
        self.results = flow.source_value[computed]
        blocks = find(flow)
        self.forest = Forest(flow, blocks, self.results)
        self.slots = Slots(program, self.forest, self.rolled)
        self.loops = Loops(self.slots, blocks, self.results)
        self.level = _levels(self.forest)
        self.items: dict[int, Items] = defaultdict(lambda: defaultdict(list))
        sums = [*scattered(self.slots, self._roots(), self.level)]
        for some in sums:
            self._give(some.roots)
        singles, many = self._buckets(self._roots(sums))
        self._give(singles)
        for roots in many:
            self._keep(roots[0], groups(self.slots, roots))
        for some in sums:
            self._keep(some.roots[0], [some.group(self.slots)])
        for root, group in zip(singles, alone(self.slots, singles), strict=True):
            self._keep(root, [group])
        for number in range(len(blocks)):
            self._keep_loop(number)
        self._finish(program)

    def _roots(self, but: Sequence[Sums] = ()) -> Any:
        """The roots outside of loops, but those of some sums."""
        roots = self.forest.root & (self.forest.loop < 0)
        for some in but:
            roots[some.roots] = False
        return np.flatnonzero(roots)

    def _buckets(self, roots: Any) -> tuple[Any, list[Any]]:
        """Of roots those that stand alone, and those of one form and level, in the order of levels."""
        forest, flow = self.forest, self.flow
        given = self.slots.address[roots] >= 0  # by a loop that begins with what they compute
        keys = given, flow.many[roots], forest.form[roots], self.level[roots], flow.stage[roots]
        order = np.lexsort(keys)
        roots = roots[order]
        changes = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
        starts = np.concatenate([[0], np.flatnonzero(changes) + 1, [len(roots)]])
        alone = np.repeat(np.diff(starts), np.diff(starts)) < SMALL
        buckets = itertools.pairwise(starts.tolist())
        return roots[alone], [roots[a:b] for a, b in buckets if b - a >= SMALL]

    def _give(self, singles: Any) -> None:
        """Slots for what stands alone."""
        singles = singles[self.slots.address[singles] < 0]
        sampled = self.flow.in_samples[singles]
        self.slots.give(singles[~sampled], False)
        self.slots.give(singles[sampled], True)

    def _keep(self, root: int, found: Any) -> None:
        stage, level = int(self.flow.stage[root]), int(self.level[root])
        self.items[stage][level] += found

    def _keep_loop(self, number: int) -> None:
        """A loop; what it needs copied is copied before it, uniform numbers in a uniform stage."""
        start = self.loops.frames[number].block.start
        copies, loop = self.loops.loop(number)
        stage, level = int(self.flow.stage[start]), int(self.level[start])
        for group in copies:
            if loop.per_sample and not group.per_sample:
                last = max(self.items[stage - 1], default=0)
                self.items[stage - 1][last].append(group)
            else:
                self.items[stage][level].append(group)
        self.items[stage][level].append(loop)

    def _finish(self, program: Program) -> None:
        r, slots = self.rolled, self.slots
        for stage in sorted(self.items):
            of_level = self.items[stage]
            items = [item for level in sorted(of_level) for item in of_level[level]]
            r.stages.append(Stage(stage % 2 == 1, items))
        self._put_outputs_in_place(program.outputs)
        r.watch = slots.results([*dict.fromkeys(program.watch)])

    def _put_outputs_in_place(self, outputs: Sequence[int]) -> None:
        """What a loop computed is copied to an output's own slot, and so is what nothing computed: a
        constant, an element of an argument, another output.
        """
        r, slots = self.rolled, self.slots
        elsewhere, codes, at = slots.elsewhere(outputs)
        table = np.column_stack([elsewhere, at])
        many = {k: Leaf("S", slot) for k, slot in table[codes == SAMPLED].tolist()}
        r.outputs = Outputs(len(outputs), many)
        if (codes == PLACE).any():
            other = self._filled(table, codes == PLACE)
            table, codes = table[other], codes[other]
        kinds = sorted({*codes.tolist()} - {SAMPLED})
        copies = [g for c in kinds for g in copied(slots, space_of(c), "U", table[codes == c])]
        if copies:
            r.stages.append(Stage(False, copies))

    def _filled(self, table: Any, constants: Any) -> Any:
        """Fill with the constant that most outputs are (a Jacobian's zeros) all slots from the first of
        them to the last, before the others are computed; answer which rows have another number.
        """
        most = np.bincount(table[constants, 1]).argmax()
        same = constants & (table[:, 1] == most)
        slots = np.arange(table[same][0, 0], table[same][-1, 0] + 1)
        fill = copied(
            self.slots, space_of(PLACE), "U", np.column_stack([slots, np.full_like(slots, most)])
        )
        self.rolled.stages.insert(0, Stage(False, [*fill]))
        return ~same


def _levels(forest: Forest) -> Any:
    """The level of every position: one more than the deepest that its unit reads, a tree or a loop."""
    unit = _units(forest)
    outer = ~forest.inner[forest.computed]
    reader, read = unit[forest.reader[outer]], unit[forest.read[outer]]
    other = reader != read
    reader, read = reader[other], read[other]
    return depths_of(reader, read, len(unit))[unit]


def _units(forest: Forest) -> Any:
    """The unit that every position belongs to: the root of its tree, or the first of its loop."""
    first = np.zeros(int(forest.loop.max(initial=-1)) + 1, dtype=np.int64)
    inside = np.flatnonzero(forest.loop >= 0)[::-1]
    first[forest.loop[inside]] = inside  # the last one written is the first position
    unit = forest.top.copy()
    unit[inside] = first[forest.loop[inside]]
    return unit
