"""A program as columns of numbers, so that all of its instructions are looked at at once.

A pass hands on columns: a program that `Columns.kept` makes has arrays where a recorded one has lists.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from ..programs.program import ARITY, CONDITIONS, DOTS, LOGIC, SOURCES, Program, halves
from .arrays import ranges

OPERATIONS = sorted(ARITY)
CODE = {op: k for k, op in enumerate(OPERATIONS)}
_NAMES = np.array(OPERATIONS, dtype=object)
TOTAL = CODE["total"]
ROUNDS = 32  # in which stages are found all at once
ARITIES = np.array([ARITY[op] for op in OPERATIONS], dtype=np.int64)


def whether(some: Collection[str]) -> Callable[[Any], Any]:
    """A function that looks up for many codes whether they are some operations'."""
    table = bytes(op in some for op in OPERATIONS).ljust(256, b"\0")
    return lambda codes: np.frombuffer(codes.tobytes().translate(table), dtype=bool)


is_source, is_condition = whether(SOURCES - {"count"}), whether(CONDITIONS)
is_dot, is_sum = whether(DOTS), whether({"add", "sub"})
takes_conditions = whether({*LOGIC, "not"})


def results(program: Program) -> Any:
    """The instructions of outputs and of what is watched."""
    sides = [np.array(side, dtype=np.int64) for side in (program.outputs, program.watch)]
    return np.concatenate(sides)


class Dots(NamedTuple):
    """Instructions, in order, that become dots; their operations, and how much they read; and what,
    one after another.
    """

    of: Any
    op: Any
    length: Any
    reads: Any


NO_DOTS = Dots(*[np.empty(0, dtype=np.int64)] * 4)


class Columns:
    """The instructions of a program: instruction i reads ``reads[first[i] : first[i + 1]]``. A dot
    reads both sides and then, if their number is odd, what its sum starts with.
    """

    op: Any
    a: Any
    b: Any
    c: Any
    many: Any  # whether it is per sample
    length: Any  # of what it reads
    first: Any
    reads: Any
    counted: tuple[Any, Any] | None = None  # of which results it is known how often what is read

    @classmethod
    def of(cls, program: Program) -> Columns:
        """The columns of a program; a program only grows, so those of its length are still right."""
        known = program.columns
        if known is None or len(known.op) != len(program):
            known = program.columns = cls()
            known._read(program)
        return known  # type: ignore[no-any-return]

    def _read(self, program: Program) -> None:
        runs = [(CODE[op], len([*run])) for op, run in groupby(program.op)]
        code, count = np.array(runs, dtype=np.int64).reshape(-1, 2).T
        self.op = np.repeat(code.astype(np.uint8), count)
        self.a, self.b, self.c = (
            np.array(side, dtype=np.int64) for side in (program.a, program.b, program.c)
        )
        self.many = np.array(program.per_sample, dtype=bool)
        length = self.length = ARITIES[self.op]
        joins = is_dot(self.op)
        dots = np.flatnonzero(joins)
        pairs = [program.sequences[k] for k in self.a[dots].tolist()]
        started = self.b[dots] >= 0
        length[dots] = np.array([2 * len(ws) for ws, _ in pairs], dtype=np.int64) + started
        self.first = np.concatenate([[0], np.cumsum(length)])
        self.reads = np.empty(self.first[-1], dtype=np.int64)
        for start, (ws, xs) in zip(self.first[dots].tolist(), pairs, strict=True):
            middle = start + len(ws)
            self.reads[start:middle], self.reads[middle : middle + len(xs)] = ws, xs
        self.reads[self.first[dots[started] + 1] - 1] = self.b[dots[started]]
        for k, side in enumerate((self.a, self.b, self.c)):
            rows = np.flatnonzero((length > k) & ~joins)
            self.reads[self.first[rows] + k] = side[rows]

    def uses(self, results: Any) -> Any:
        """How often each instruction is read, by what a result depends on; 0: by nothing."""
        if self.counted is None or not np.array_equal(self.counted[0], results):
            self.counted = results, self._count(results)
        return self.counted[1]

    def _count(self, results: Any) -> Any:
        n = len(self.op)
        count = np.bincount(self.reads, minlength=n) + np.bincount(results, minlength=n)
        dead = np.flatnonzero(count == 0)
        while len(dead):
            start = self.first[dead]
            read = self.reads[ranges(start, self.first[dead + 1] - start)]
            if len(read) > n // 64:
                less = np.bincount(read, minlength=n)
                count -= less
                dead = np.flatnonzero((count == 0) & (less > 0))
            else:
                np.subtract.at(count, read, 1)
                dead = np.array([*{*read[count[read] == 0].tolist()}], dtype=np.int64)
        return count

    def stages(self) -> Any:
        """The stage of every instruction: even for uniform ones, odd for those per sample."""
        total = self.op == TOTAL
        odd = self.many | total
        stage = odd.astype(np.int64)
        ready = stage + total  # a sum is ready when its stage has ended
        moved = self._readers_of(total)
        for _ in range(ROUNDS):
            if not len(moved):
                return stage
            start = self.first[moved]
            length = self.first[moved + 1] - start
            read = ready[self.reads[ranges(start, length)]]
            when = np.maximum.reduceat(read, np.cumsum(length) - length)
            when += when % 2 != odd[moved]
            later = when != stage[moved]
            moved, when = moved[later], when[later]
            stage[moved], ready[moved] = when, when + total[moved]
            changed = np.zeros(len(stage), dtype=bool)
            changed[moved] = True
            moved = self._readers_of(changed)
        return self._stages_in_order(stage, ready, odd, int(moved[0])) if len(moved) else stage

    def _readers_of(self, some: Any) -> Any:
        """The instructions that read one of some."""
        elements = np.flatnonzero(some[self.reads])
        readers = np.searchsorted(self.first, elements, side="right") - 1
        return readers[np.diff(readers, prepend=-1) > 0]

    def _stages_in_order(self, stage: Any, ready: Any, odd: Any, begin: int) -> Any:
        """The same, one instruction after the other, for long chains after a sum over samples."""
        first, reads, parity = self.first.tolist(), self.reads.tolist(), odd.tolist()
        is_total, known, when = (self.op == TOTAL).tolist(), stage.tolist(), ready.tolist()
        for i in range(begin, len(known)):
            if first[i] < first[i + 1]:
                latest = max([when[j] for j in reads[first[i] : first[i + 1]]])
                known[i] = latest + (latest % 2 != parity[i])
                when[i] = known[i] + is_total[i]
        return np.array(known)

    def kept(self, keep: Any, program: Program, dots: Dots = NO_DOTS) -> Program:
        """The program of these instructions, with the constants and results of another; some are dots
        from now on.
        """
        place: Any = np.cumsum(keep) - 1
        new = self._compressed(keep, place, dots)
        made = new.program()
        made.constants = program.constants
        made.outputs = place[np.array(program.outputs, dtype=np.int64)]
        made.watch = place[np.array(program.watch, dtype=np.int64)]
        if self.counted:
            new.counted = results(made), self.counted[1][keep]
        return made

    def _compressed(self, keep: Any, place: Any, dots: Dots) -> Columns:
        """The columns of these instructions, which have new places."""
        new, rows = Columns(), np.flatnonzero(keep)
        new.op, new.many = self.op[rows], self.many[rows]
        as_before = keep.copy()
        as_before[dots.of] = False
        reads = self.reads[np.repeat(as_before, self.length)]
        length = new.length = self.length[rows]
        new.op[place[dots.of]], length[place[dots.of]] = dots.op, dots.length
        new.first = np.concatenate([[0], np.cumsum(length)])
        new.reads = np.empty(new.first[-1], dtype=np.int64)
        of_dots = np.repeat(~as_before[rows], length)
        new.reads[of_dots], new.reads[~of_dots] = place[dots.reads], place[reads]
        new.a, new.b, new.c = self.a[rows], self.b[rows], self.c[rows]
        new._name_operands()
        return new

    def _name_operands(self) -> None:
        """Operands by what is read, and dots by their number."""
        plain = ~is_source(self.op) & ~is_dot(self.op)
        for k, side in enumerate((self.a, self.b, self.c)):
            named = np.flatnonzero(plain & (self.length > k))
            side[named] = self.reads[self.first[named] + k]
        dots = np.flatnonzero(is_dot(self.op))
        self.a[dots], self.b[dots], self.c[dots] = np.arange(len(dots)), -1, -1
        started = dots[self.length[dots] % 2 > 0]
        self.b[started] = self.reads[self.first[started + 1] - 1]

    def program(self) -> Program:
        """The program of these columns, as yet without constants and results."""
        made, dots = Program(), np.flatnonzero(is_dot(self.op))
        made.op, made.per_sample = _NAMES[self.op], self.many
        made.a, made.b, made.c = self.a, self.b, self.c
        both = (
            self.reads[a:b] for a, b in zip(self.first[dots], self.first[dots + 1], strict=True)
        )
        made.sequences = [halves(x)[:2] for x in both]
        made.columns = self
        return made
