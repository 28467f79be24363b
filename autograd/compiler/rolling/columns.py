"""A program as columns of numbers, so that all of its instructions are looked at at once.

`Columns` holds every instruction with what it reads; `Flow` only those that compute something which a
result depends on, in an order of their own: stage by stage (`roll` says what a stage is), and within a
stage as they were recorded. A place in that order is a *position*. What an instruction reads is an
*element*: a space, and a value that says where in it.

    COMPUTED   a position
    CONSTANT   a place in the program's constants
    SAMPLE     a per-sample input: its slot
    ARRAY + m  element of argument array m: its flat position

Where its address is going to be says its *code*: UNIFORM or SAMPLED slots, a PLACE among constants, or
GIVEN + m, argument array m.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np

from ..programs.program import ARITY, CONDITIONS, SOURCES, Program

OPERATIONS = sorted(ARITY)
CODE = {op: k for k, op in enumerate(OPERATIONS)}
_NAMES = np.array(OPERATIONS, dtype=object)
COMPUTED, CONSTANT, SAMPLE, ARRAY = 0, 1, 2, 3
UNIFORM, SAMPLED, PLACE, GIVEN = 1, 2, 3, 5  # PLACE - CONSTANT is GIVEN - ARRAY
DOT, TOTAL = CODE["dot"], CODE["total"]
ROUNDS = 32  # in which stages are found all at once
FEW = 64  # runs of equal numbers that are put in order one by one
_ARITY = np.array([ARITY[op] for op in OPERATIONS], dtype=np.int64)
IS_SOURCE = np.array([op in SOURCES - {"count"} for op in OPERATIONS])
IS_CONDITION = np.array([op in CONDITIONS for op in OPERATIONS])


def ranges(starts: Any, lengths: Any) -> Any:
    """range(start, start + length) for each, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)


def ordered(keys: Any) -> Any:
    """The order of numbers from 0 on; equal ones stay in theirs."""
    if (keys[1:] >= keys[:-1]).all():
        return np.arange(len(keys))
    cuts = [0, *(np.flatnonzero(keys[1:] != keys[:-1]) + 1)[:FEW].tolist(), len(keys)]
    if len(cuts) < FEW:
        pieces = sorted(itertools.pairwise(cuts), key=lambda piece: keys[piece[0]])
        return np.concatenate([np.arange(*piece) for piece in pieces])
    if keys.max(initial=0) < 1 << 16:  # which NumPy sorts by counting
        return np.argsort(keys.astype(np.uint16), kind="stable")
    low = np.int64(32)
    return np.sort((keys << low) | np.arange(len(keys))) & np.int64(0xFFFFFFFF)


def climbed(up: Any) -> tuple[Any, Any]:
    """Where steps up end that everything takes, and how many there are: by jumps that double."""
    depth = (up != np.arange(len(up))).astype(np.int64)
    while True:
        above = up[up]
        if np.array_equal(above, up):
            return up, depth
        depth += depth[up]
        up = above


def numbered(keys: Any) -> Any:
    """Numbers from 0 on in place of others: equal ones where those are equal, in their order.

    (The first use of np.unique takes 30 ms, for it imports masked arrays.)
    """
    most = int(keys.max(initial=0)) + 1
    if most <= 4 * len(keys) + 1024:
        known = np.zeros(most, dtype=bool)
        known[keys] = True
        return (np.cumsum(known) - 1)[keys]
    order = np.argsort(keys, kind="stable")
    number = np.empty(len(keys), dtype=np.int64)
    number[order] = np.cumsum(np.diff(keys[order], prepend=keys[order[0]]) != 0)
    return number


def results(program: Program) -> Any:
    """The instructions of outputs and of what is watched."""
    sides = [np.array(side, dtype=np.int64) for side in (program.outputs, program.watch)]
    return np.concatenate(sides)


class Dots(NamedTuple):
    """Instructions, in order, that become dots, and how much they read; and what, one after another."""

    of: Any
    length: Any
    reads: Any


NO_DOTS = Dots(*[np.empty(0, dtype=np.int64)] * 3)


class Columns:
    """The instructions of a program: instruction i reads ``reads[first[i] : first[i + 1]]``."""

    op: Any
    a: Any
    b: Any
    c: Any
    many: Any  # whether it is per sample
    first: Any
    reads: Any
    _uses: tuple[Any, Any] | None = None  # of which results it is known how often what is read

    @classmethod
    def of(cls, program: Program) -> Columns:
        """The columns of a program; a program only grows, so those of its length are still right."""
        known = program.columns
        if known is None or len(known.op) != len(program):
            known = program.columns = cls()
            known._read(program)
        return known  # type: ignore[no-any-return]

    def _read(self, program: Program) -> None:
        self.op = np.fromiter(map(CODE.__getitem__, program.op), np.uint8, len(program))
        self.a, self.b, self.c = (
            np.array(side, dtype=np.int64) for side in (program.a, program.b, program.c)
        )
        self.many = np.array(program.per_sample, dtype=bool)
        length = _ARITY[self.op]
        dots = np.flatnonzero(self.op == DOT)
        pairs = [program.sequences[k] for k in self.a[dots].tolist()]
        length[dots] = [2 * len(ws) for ws, _ in pairs]
        self.first = np.concatenate([[0], np.cumsum(length)])
        self.reads = np.empty(self.first[-1], dtype=np.int64)
        terms = [np.array(side, dtype=np.int64) for pair in pairs for side in pair]
        self.reads[ranges(self.first[dots], length[dots])] = np.concatenate([*terms, dots[:0]])
        for k, side in enumerate((self.a, self.b, self.c)):
            rows = np.flatnonzero((length > k) & (self.op != DOT))
            self.reads[self.first[rows] + k] = side[rows]

    def uses(self, results: Any) -> Any:
        """How often each instruction is read, by what a result depends on; 0: by nothing."""
        if self._uses is None or not np.array_equal(self._uses[0], results):
            self._uses = results, self._count(results)
        return self._uses[1]

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
        new, place, rows = Columns(), np.cumsum(keep) - 1, np.flatnonzero(keep)
        new.op, new.many = self.op[rows], self.many[rows]
        as_before, length = keep.copy(), np.diff(self.first)
        as_before[dots.of] = False
        reads, length = self.reads[np.repeat(as_before, length)], length[rows]
        new.op[place[dots.of]], length[place[dots.of]] = DOT, dots.length
        new.first = np.concatenate([[0], np.cumsum(length)])
        new.reads = np.empty(new.first[-1], dtype=np.int64)
        of_dots = np.repeat(~as_before[rows], length)
        new.reads[of_dots], new.reads[~of_dots] = place[dots.reads], place[reads]
        sides = []
        plain = ~IS_SOURCE[new.op] & (new.op != DOT)
        for k, side in enumerate((self.a, self.b, self.c)):
            sides.append(side[rows])
            named = np.flatnonzero(plain & (length > k))
            sides[k][named] = new.reads[new.first[named] + k]
        new.a, new.b, new.c = sides
        every = np.flatnonzero(new.op == DOT)
        new.a[every], new.b[every], new.c[every] = np.arange(len(every)), -1, -1
        made = Program()
        made.op, made.per_sample = _NAMES[new.op], new.many
        made.a, made.b, made.c = sides
        made.constants, made.sequences = program.constants, new.sequences(every)
        made.outputs = place[np.array(program.outputs, dtype=np.int64)]
        made.watch = place[np.array(program.watch, dtype=np.int64)]
        made.columns = new
        if self._uses:
            new._uses = results(made), self._uses[1][rows]
        return made

    def sequences(self, dots: Any) -> list[Any]:
        """The pairs of sequences of dots."""
        both = (self.reads[a:b] for a, b in zip(self.first[dots], self.first[dots + 1], strict=True))
        return [(terms[: len(terms) // 2], terms[len(terms) // 2 :]) for terms in both]


class Flow:
    """What a program computes, in the order of positions; its elements by reading position."""

    def __init__(self, columns: Columns, results: Any) -> None:
        live = columns.uses(results) > 0
        stage = columns.stages()
        self._with_their_readers(columns, stage, live)
        instructions = np.flatnonzero(live & ~IS_SOURCE[columns.op])
        self.instruction = instructions[ordered(stage[instructions])]
        self.op, length = columns.op[self.instruction], np.diff(columns.first)
        self.many = columns.many[self.instruction]
        self.stage = stage[self.instruction]
        self.is_condition = IS_CONDITION[self.op]
        self.is_total, self.is_dot = self.op == TOTAL, self.op == DOT
        self.in_samples = self.many & ~self.is_total
        reads = columns.reads[np.repeat(live, length)]
        reads = reads[ordered(np.repeat(stage[live], length[live]))]
        length = length[self.instruction]
        self.first = np.concatenate([[0], np.cumsum(length)])
        self.reader = np.repeat(np.arange(len(self)), length)
        self.source_space, self.source_value = self._sources(columns, live)
        self.source_code = self.source_space + np.int32(PLACE - CONSTANT)
        self.source_code[self.instruction] = UNIFORM + self.in_samples
        self.source_code[self.source_space == SAMPLE] = SAMPLED
        self.space, self.value = self.source_space[reads], self.source_value[reads]
        self.code = self.source_code[reads]

    def __len__(self) -> int:
        return len(self.op)

    @staticmethod
    def _with_their_readers(columns: Columns, stage: Any, live: Any) -> None:
        """A condition is computed where it is read: it has one reader, in whose stage it is."""
        conditions = np.flatnonzero(IS_CONDITION[columns.op] & live)
        if len(conditions):
            reader = np.zeros(len(stage), dtype=np.int64)
            who = np.repeat(np.arange(len(stage)), np.diff(columns.first))
            alive = live[who]
            reader[columns.reads[alive]] = who[alive]
            for i in conditions[::-1].tolist():
                stage[i] = stage[reader[i]]

    def _sources(self, columns: Columns, live: Any) -> tuple[Any, Any]:
        """The space and value of every instruction as an operand; slots of inputs are given here."""
        spaces = np.full(len(live), COMPUTED, dtype=np.int32)
        values = np.full(len(live), -1)
        values[self.instruction] = np.arange(len(self))
        constant, given = columns.op == CODE["const"], columns.op == CODE["input"]
        spaces[constant], values[constant] = CONSTANT, columns.a[constant]
        uniform = given & ~columns.many
        spaces[uniform], values[uniform] = ARRAY + columns.a[uniform], columns.b[uniform]
        inputs = np.flatnonzero(given & columns.many & live)
        of = [side[inputs] for side in (columns.b, columns.c, columns.a)]
        order = np.lexsort(of)  # neighbours in an array are neighbours in slots
        spaces[inputs[order]], values[inputs[order]] = SAMPLE, np.arange(len(inputs))
        first, step, array = (side[order].tolist() for side in of)
        self.inputs = [*zip(array, first, step, strict=True)]
        return spaces, values
