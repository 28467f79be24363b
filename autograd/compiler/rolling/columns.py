"""A program as columns of numbers, so that all of its instructions are looked at at once.

`Columns` holds every instruction with what it reads; `Flow` only those that compute something which a
result depends on, in an order of their own: stage by stage (`roll` says what a stage is), and within a
stage as they were recorded. A place in that order is a *position*. What an instruction reads is an
*element*: a space, and a value that says where in it.

    COMPUTED   a position
    CONSTANT   a place in the program's constants
    SAMPLE     a per-sample input: its slot
    ARRAY + m  element of argument array m: its flat position
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from ..programs.program import ARITY, CONDITIONS, LOGIC, SOURCES, Program

OPERATIONS = sorted(ARITY)
CODE = {op: k for k, op in enumerate(OPERATIONS)}
COMPUTED, CONSTANT, SAMPLE, ARRAY = 0, 1, 2, 3
DOT, TOTAL = CODE["dot"], CODE["total"]
ROUNDS = 32  # in which stages are found all at once
ARITIES = np.array([ARITY[op] for op in OPERATIONS])
IS_SOURCE = np.array([op in SOURCES - {"count"} for op in OPERATIONS])
IS_CONDITION = np.array([op in CONDITIONS for op in OPERATIONS])
IS_LOGIC = np.array([op in LOGIC or op == "not" for op in OPERATIONS])


def ranges(starts: Any, lengths: Any) -> Any:
    """range(start, start + length) for each, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)


def ordered(keys: Any) -> Any:
    """The order of small numbers; equal ones stay in theirs."""
    low = np.int64(32)
    return np.sort((keys << low) | np.arange(len(keys))) & np.int64(0xFFFFFFFF)


class Columns:
    """The instructions of a program: instruction i reads ``reads[first[i] : first[i + 1]]``."""

    op: Any
    a: Any
    b: Any
    c: Any
    many: Any  # whether it is per sample
    first: Any
    reads: Any

    @classmethod
    def of(cls, program: Program) -> Columns:
        """The columns of a program; a program only grows, so those of its length are still right."""
        known = program.columns
        if known is None or len(known.op) != len(program):
            known = program.columns = cls()
            known._read(program)
        return known  # type: ignore[no-any-return]

    def _read(self, program: Program) -> None:
        n = len(program)
        self.op = np.fromiter(map(CODE.__getitem__, program.op), np.int64, n)
        self.a, self.b, self.c = (
            np.array(side, dtype=np.int64) for side in (program.a, program.b, program.c)
        )
        self.many = np.array(program.per_sample, dtype=bool)
        length = ARITIES[self.op]
        dots = np.flatnonzero(self.op == DOT)
        pairs = [program.sequences[k] for k in self.a[dots].tolist()]
        length[dots] = [2 * len(ws) for ws, _ in pairs]
        self.first = np.concatenate([[0], np.cumsum(length)])
        self.reads = np.empty(self.first[-1], dtype=np.int64)
        self.reads[ranges(self.first[dots], length[dots])] = np.fromiter(
            chain.from_iterable(chain.from_iterable(pairs)), np.int64
        )
        for k, side in enumerate((self.a, self.b, self.c)):
            rows = np.flatnonzero((length > k) & (self.op != DOT))
            self.reads[self.first[rows] + k] = side[rows]

    def uses(self, results: Sequence[int]) -> Any:
        """How often each instruction is read, by what a result depends on; 0: by nothing."""
        n = len(self.op)
        count = np.bincount(self.reads, minlength=n) + np.bincount(
            np.array(results, dtype=np.int64), minlength=n
        )
        dead = np.flatnonzero(count == 0)
        while len(dead):
            start = self.first[dead]
            read = self.reads[ranges(start, self.first[dead + 1] - start)]
            if len(read) > n // 64:
                less = np.bincount(read, minlength=n)
                count -= less
                dead = np.flatnonzero((count == 0) & (less > 0))
            else:
                read, times = np.unique(read, return_counts=True)
                count[read] -= times
                dead = read[count[read] == 0]
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

    def arranged(self, rows: Any, program: Program) -> Program:
        """The program of these instructions in this order; constants and results are another's."""
        new, place = Columns(), np.full(len(self.op), -1)
        place[rows] = np.arange(len(rows))
        new.op, new.many = self.op[rows], self.many[rows]
        start, length = self.first[rows], self.first[rows + 1] - self.first[rows]
        new.reads = place[self.reads[ranges(start, length)]]
        new.first = np.concatenate([[0], np.cumsum(length)])
        sides = []
        plain = ~IS_SOURCE[new.op] & (new.op != DOT)
        for k, side in enumerate((self.a, self.b, self.c)):
            sides.append(side[rows])
            named = np.flatnonzero(plain & (length > k))
            sides[k][named] = new.reads[new.first[named] + k]
        new.a, new.b, new.c = sides
        dots = np.flatnonzero(new.op == DOT)
        new.a[dots], new.b[dots], new.c[dots] = np.arange(len(dots)), -1, -1
        made = Program()
        made.op = [OPERATIONS[k] for k in new.op.tolist()]
        made.a, made.b, made.c = (side.tolist() for side in sides)
        made.per_sample, made.constants = new.many.tolist(), program.constants
        made.sequences = new.sequences(dots)
        made.outputs = place[np.array(program.outputs, dtype=np.int64)].tolist()
        made.watch = place[np.array(program.watch, dtype=np.int64)].tolist()
        made.columns = new
        return made

    def sequences(self, dots: Any) -> list[Any]:
        """The pairs of sequences of dots."""
        found, first = [], self.first.tolist()
        for i in dots.tolist():
            both = self.reads[first[i] : first[i + 1]].tolist()
            found.append((both[: len(both) // 2], both[len(both) // 2 :]))
        return found


class Flow:
    """What a program computes, in the order of positions; its elements by reading position."""

    def __init__(self, columns: Columns, results: Sequence[int]) -> None:
        live = columns.uses(results) > 0
        stage = columns.stages()
        self._with_their_readers(columns, stage, live)
        instructions = np.flatnonzero(live & ~IS_SOURCE[columns.op])
        self.instruction = instructions[ordered(stage[instructions])]
        self.op = columns.op[self.instruction]
        self.many = columns.many[self.instruction]
        self.stage = stage[self.instruction]
        self.is_condition = IS_CONDITION[self.op]
        self.is_total, self.is_dot = self.op == TOTAL, self.op == DOT
        self.in_samples = self.many & ~self.is_total
        start = columns.first[self.instruction]
        length = columns.first[self.instruction + 1] - start
        self.first = np.concatenate([[0], np.cumsum(length)])
        self.reader = np.repeat(np.arange(len(self.op)), length)
        spaces, values = self._sources(columns, live)
        reads = columns.reads[ranges(start, length)]
        self.space, self.value = spaces[reads], values[reads]
        self.source_space, self.source_value = spaces, values

    def __len__(self) -> int:
        return len(self.op)

    def in_samples_of(self, instructions: Any) -> Any:
        """Whether instructions that compute something make a number a sample."""
        found = self.source_space[instructions] == COMPUTED
        found[found] = self.in_samples[self.source_value[instructions[found]]]
        return found

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
        spaces = np.full(len(live), COMPUTED)
        values = np.full(len(live), -1)
        values[self.instruction] = np.arange(len(self))
        constant, given = columns.op == CODE["const"], columns.op == CODE["input"]
        spaces[constant], values[constant] = CONSTANT, columns.a[constant]
        uniform = given & ~columns.many
        spaces[uniform], values[uniform] = ARRAY + columns.a[uniform], columns.b[uniform]
        inputs = np.flatnonzero(given & columns.many & live)
        order = np.lexsort([columns.b[inputs], columns.c[inputs], columns.a[inputs]])
        inputs = inputs[order]  # neighbours in an array are neighbours in slots
        spaces[inputs], values[inputs] = SAMPLE, np.arange(len(inputs))
        self.inputs = [
            (int(columns.a[i]), int(columns.b[i]), int(columns.c[i])) for i in inputs.tolist()
        ]
        return spaces, values
