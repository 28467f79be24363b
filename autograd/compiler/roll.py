"""Rolling: instructions that do the same at regular distances become loops.

It knows no layers and no matrices. An instruction that is read more than once, or is an output, a
term of a dot, or a uniform operand of a per-sample expression is a *root*: its number gets a slot.
The expression of a root goes down to other roots and to inputs, its leaves. Roots are taken level by
level (a level reads only those before it). Within a level, expressions of one form are sorted by the
addresses of their leaves; where addresses move by constant steps they are one group, and equal runs
at constant distance are its outer loop. Slots are given after grouping, so the results of a group lie
side by side, and what reads them finds constant steps again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from .passes import uses
from .program import CONDITIONS, SOURCES, Program
from .rolled import Dot, Group, Leaf, Rolled, Stage


class _Tree(NamedTuple):
    """The expression of a root."""

    code: tuple[str | int, ...]
    leaves: tuple[int, ...]  # instructions
    sequences: tuple[tuple[Sequence[int], Sequence[int]], ...]  # of dots


def roll(program: Program) -> Rolled:
    """The program in loops."""
    return _Rolling(program).rolled


class _Rolling:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.rolled = Rolled(constants=[])
        self.count = uses(program)
        self.stage = _stages(program)
        self.is_root = self._roots()
        self.address: list[Leaf | None] = [None] * len(program)
        results = dict.fromkeys((*program.outputs, *program.watch))
        self.results = {i: k for k, i in reversed([*enumerate(program.outputs)])}
        self.rolled.uniform_slots = len(program.outputs)
        self._give_inputs()
        for number, levels in sorted(self._levels().items()):
            stage = Stage(per_sample=number % 2 == 1)
            for _, roots in sorted(levels.items()):
                stage.items += self._groups(roots)
            self.rolled.stages.append(stage)
        leaf = {i: self._leaf_of(i) for i in results}
        self.rolled.outputs = [leaf[i] for i in program.outputs]
        self.rolled.watch = [leaf[i] for i in dict.fromkeys(program.watch)]

    def _roots(self) -> list[bool]:
        """What gets a slot. A condition never does: it is computed again in each expression."""
        p, root = self.program, [n > 1 for n in self.count]
        for i in (*p.outputs, *p.watch):
            root[i] = True
        for i, op in enumerate(p.op):
            if not self.count[i]:
                continue
            if op == "total":  # what it sums is part of its expression
                root[i] = True
                continue
            for j in p.operands(i):
                if op == "dot" or self.stage[i] != self.stage[j]:
                    root[j] = True
        for i, op in enumerate(p.op):
            if op in CONDITIONS:
                root[i] = False
                for j in p.operands(i):  # shared by expressions: what it compares has a slot
                    root[j] = p.op[j] not in CONDITIONS and (root[j] or self.count[i] > 1)
        return [
            r and (op not in SOURCES or op == "count") for r, op in zip(root, p.op, strict=True)
        ]

    def _give_inputs(self) -> None:
        p, r = self.program, self.rolled
        for i, op in enumerate(p.op):
            if op == "input" and self.count[i]:
                if p.per_sample[i]:
                    self.address[i] = Leaf("S", len(r.sample_inputs))
                    r.sample_inputs.append((p.a[i], p.b[i], p.c[i]))
                else:
                    self.address[i] = Leaf("A", p.b[i], array=p.a[i])
        r.sample_slots = len(r.sample_inputs)

    def _levels(self) -> dict[int, dict[int, list[int]]]:
        """Roots by stage and by level: one more than the deepest root that they read."""
        p, level = self.program, [0] * len(self.program)
        found: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for i in range(len(p)):
            if self.count[i] and (p.op[i] not in SOURCES or self.is_root[i]):
                level[i] = max([level[j] + self.is_root[j] for j in p.operands(i)], default=0)
                if self.is_root[i]:
                    found[self.stage[i]][level[i]].append(i)
        return found

    # ------------------------------------------------------------------------------- expressions

    def _tree(self, root: int) -> _Tree:
        """The expression of a root in postfix order; leaves are numbered as they are met."""
        p, sequences = self.program, []
        places: dict[int, int] = {}
        code: list[str | int] = []
        stack: list[Any] = [root]
        top = True
        while stack:
            i = stack.pop()
            if isinstance(i, str):
                code.append(i)
                continue
            op = p.op[i]
            if op == "count" and (top or not self.is_root[i]):
                code.append("count")
            elif not top and (self.is_root[i] or op in SOURCES):
                code.append(places.setdefault(i, len(places)))
            elif op == "dot":
                sequences.append(p.sequences[p.a[i]])
                code.append(~(len(sequences) - 1))
            else:
                stack += [op] if op != "total" else []
                stack += [*p.operands(i)][::-1]
            top = False
        return _Tree(tuple(code), tuple(places), tuple(sequences))

    def _leaf_of(self, i: int) -> Leaf:
        """Where the number of an instruction lies; a constant that is asked for gets a place."""
        leaf = self.address[i]
        if leaf is not None:
            return leaf
        leaf = self.address[i] = Leaf("K", len(self.rolled.constants))
        self.rolled.constants.append(self.program.constants[self.program.a[i]])
        return leaf

    # ------------------------------------------------------------------------------------ groups

    def _groups(self, roots: Sequence[int]) -> Iterator[Group]:
        """The groups of one level."""
        buckets: dict[Any, list[tuple[list[float], int]]] = defaultdict(list)
        for root in roots:
            form, row = self._form(root, self._tree(root))
            buckets[form].append((row, root))
        for (code, spaces, dots, many, total), items in buckets.items():
            rows = np.array([row for row, _ in items], dtype=float).reshape(len(items), -1)
            order = sorted(range(len(items)), key=lambda k: items[k][0])
            rows, members = rows[order], [items[k][1] for k in order]
            addresses = self._constants_placed(rows, spaces)
            target = self._targets(members, many and not total)
            table = np.column_stack([addresses, target])
            space = "S" if many and not total else "U"
            for first, count, outer, inner_step, outer_step in runs(table):
                moves = list(zip(table[first], inner_step, outer_step, strict=True))
                leaves = [
                    Leaf(s, int(b), int(i), int(o), array=a)
                    for (s, a), (b, i, o) in zip(spaces, moves, strict=False)
                ]
                b, i, o = map(int, moves[-1])
                yield Group(
                    code, tuple(leaves), Leaf(space, b, i, o), many, count, outer, dots, total
                )

    def _form(self, root: int, tree: _Tree) -> tuple[Any, list[float]]:
        """What expressions of one group have in common, and the addresses that tell them apart.

        A constant's column holds its value until the group is known.
        """
        p = self.program
        code = list(tree.code)
        spaces: list[Any] = []
        row: list[float] = []
        for i in tree.leaves:
            self._append(i, spaces, row)
        dots: list[Dot] = []
        for d, pair in enumerate(tree.sequences):
            sides = [self._progression(side) for side in pair]
            if None in sides:
                at = code.index(~d)
                code[at : at + 1] = self._written_out(pair, spaces, row)
                continue
            code[code.index(~d)] = ~len(dots)
            w = len(spaces)
            for first, _ in sides:
                self._append(first, spaces, row)
            dots.append(Dot(len(pair[0]), w, w + 1, sides[0][1], sides[1][1]))
        total = p.op[root] == "total"
        many = total or p.per_sample[root]
        return (tuple(code), tuple(spaces), tuple(dots), many, total), row

    def _append(self, i: int, spaces: list[Any], row: list[float]) -> None:
        value = self.program.value(i)
        leaf = Leaf("K", 0) if value is not None else self._leaf_of(i)
        spaces.append((leaf.space, leaf.array))
        row.append(leaf.base if value is None else value)

    def _progression(self, side: Sequence[int]) -> Any:
        """The first of a sequence and the distance of its addresses, None if there is no one."""
        values = {self.program.value(i) for i in side}
        if len(values) == 1 and None not in values:
            return side[0], 0
        if values != {None}:
            return None
        leaves = [self._leaf_of(i) for i in side]
        if len({(x.space, x.array) for x in leaves}) > 1:
            return None
        distances = {y.base - x.base for x, y in pairwise(leaves)}
        return (side[0], distances.pop() if distances else 0) if len(distances) < 2 else None

    def _written_out(self, pair: Any, spaces: list[Any], row: list[float]) -> list[str | int]:
        """A dot along no progression: a sum of products, term by term."""
        code: list[str | int] = []
        for k, terms in enumerate(zip(*pair, strict=True)):
            for i in terms:
                code.append(len(spaces))
                self._append(i, spaces, row)
            code += ["mul"] if k == 0 else ["mul", "add"]
        return code

    def _constants_placed(self, rows: Any, spaces: Sequence[Any]) -> Any:
        """Addresses, where columns of constants held values: one place if all are the same."""
        table = np.empty(rows.shape, dtype=np.int64)
        for k, (space, _) in enumerate(spaces):
            if space != "K":
                table[:, k] = rows[:, k]
                continue
            start, column = len(self.rolled.constants), rows[:, k].copy()
            same = len({*column.view(np.int64).tolist()}) == 1  # by their bits: 0.0 is not -0.0
            self.rolled.constants += [float(column[0])] if same else column.tolist()
            table[:, k] = start + (0 if same else np.arange(len(column)))
        return table

    def _targets(self, members: Sequence[int], many: bool) -> list[int]:
        """Slots side by side for the results of a bucket; an output has its own."""
        r, found = self.rolled, []
        for i in members:
            if many:
                slot, r.sample_slots = r.sample_slots, r.sample_slots + 1
            elif i in self.results:
                slot = self.results[i]
            else:
                slot, r.uniform_slots = r.uniform_slots, r.uniform_slots + 1
            found.append(slot)
            self.address[i] = Leaf("S" if many else "U", slot)
        return found


def _stages(program: Program) -> list[int]:
    """The stage of every instruction: even for uniform ones, odd for those per sample."""
    stage = [0] * len(program)
    for i, op in enumerate(program.op):
        if op not in SOURCES:
            operands = program.operands(i)  # a sum over samples is there when its stage has ended
            ready = max([stage[j] + (program.op[j] == "total") for j in operands], default=0)
            odd = program.per_sample[i] or op == "total"
            stage[i] = ready + (ready % 2 != odd)
        elif program.per_sample[i]:
            stage[i] = 1
    return stage


def runs(table: Any) -> Iterator[tuple[int, int, int, Any, Any]]:
    """Rows in arithmetic progression, and equal runs of them likewise: first row, inner count, outer
    count, and the steps of both.
    """
    zero = np.zeros(table.shape[1], dtype=np.int64)
    inner = [*_inner_runs(table)]
    k = 0
    while k < len(inner):
        first, count = inner[k]
        step = table[first + 1] - table[first] if count > 1 else zero
        outer, distance = 1, zero
        while k + outer < len(inner) and inner[k + outer][1] == count:
            row = inner[k + outer][0]
            if count > 1 and ((table[row + 1] - table[row]) != step).any():
                break
            d = table[row] - table[inner[k + outer - 1][0]]
            if outer > 1 and (d != distance).any():
                break
            outer, distance = outer + 1, d
        yield first, count, outer, step, distance
        k += outer


def _inner_runs(table: Any) -> Iterator[tuple[int, int]]:
    n, i = len(table), 0
    steps = np.diff(table, axis=0)
    breaks = np.flatnonzero((steps[1:] != steps[:-1]).any(axis=1)) + 1 if n > 2 else np.array([])
    while i < n:
        later = breaks[np.searchsorted(breaks, i + 1) :]
        stop = int(later[0]) + 1 if len(later) else n
        yield i, stop - i
        i = stop
