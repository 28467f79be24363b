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

from itertools import chain
from typing import Any

import numpy as np

from .program import ARITY, CONDITIONS, SOURCES, Program

OPERATIONS = sorted(ARITY)
CODE = {op: k for k, op in enumerate(OPERATIONS)}
COMPUTED, CONSTANT, SAMPLE, ARRAY = 0, 1, 2, 3
_ARITY = np.array([ARITY[op] for op in OPERATIONS])
IS_SOURCE = np.array([op in SOURCES - {"count"} for op in OPERATIONS])
IS_CONDITION = np.array([op in CONDITIONS for op in OPERATIONS])


def ranges(starts: Any, lengths: Any) -> Any:
    """range(start, start + length) for each, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)


class Columns:
    """The instructions of a program: instruction i reads ``reads[first[i] : first[i + 1]]``."""

    def __init__(self, program: Program) -> None:
        n = len(program)
        self.op = np.fromiter(map(CODE.__getitem__, program.op), np.int64, n)
        self.a, self.b, self.c = (
            np.array(side, dtype=np.int64) for side in (program.a, program.b, program.c)
        )
        self.many = np.array(program.per_sample, dtype=bool)
        self.results = np.array([*program.outputs, *program.watch], dtype=np.int64)
        length = _ARITY[self.op]
        dots = np.flatnonzero(self.op == CODE["dot"])
        pairs = [program.sequences[k] for k in self.a[dots].tolist()]
        length[dots] = [2 * len(ws) for ws, _ in pairs]
        self.first = np.concatenate([[0], np.cumsum(length)])
        self.reads = np.empty(self.first[-1], dtype=np.int64)
        self.reads[ranges(self.first[dots], length[dots])] = np.fromiter(
            chain.from_iterable(chain.from_iterable(pairs)), np.int64
        )
        for k, side in enumerate((self.a, self.b, self.c)):
            rows = np.flatnonzero((length > k) & (self.op != CODE["dot"]))
            self.reads[self.first[rows] + k] = side[rows]

    def uses(self) -> Any:
        """How often each instruction is read, by what a result depends on; 0: by nothing."""
        n = len(self.op)
        count = np.bincount(self.reads, minlength=n) + np.bincount(self.results, minlength=n)
        dead, first = np.flatnonzero(count == 0).tolist(), self.first.tolist()
        if dead:
            counts = count.tolist()
            while dead:
                i = dead.pop()
                for j in self.reads[first[i] : first[i + 1]].tolist():
                    counts[j] -= 1
                    if not counts[j]:
                        dead.append(j)
            count = np.array(counts)
        return count

    def stages(self) -> Any:
        """The stage of every instruction: even for uniform ones, odd for those per sample."""
        total = self.op == CODE["total"]
        odd = self.many | total
        stage = odd.astype(np.int64)
        late = np.flatnonzero(total[self.reads])
        if len(late):  # only what reads a sum over samples can be later than the first two
            begin = int(np.searchsorted(self.first, late[0], side="right")) - 1
            first, reads, parity = self.first.tolist(), self.reads.tolist(), odd.tolist()
            op, is_total = self.op.tolist(), CODE["total"]
            known = stage.tolist()
            ready = (stage + total).tolist()  # a sum when its stage has ended
            for i in range(begin, len(known)):
                if first[i] < first[i + 1]:
                    when = max([ready[j] for j in reads[first[i] : first[i + 1]]])
                    known[i] = when + (when % 2 != parity[i])
                    ready[i] = known[i] + (op[i] == is_total)
            stage = np.array(known)
        return stage


class Flow:
    """What a program computes, in the order of positions; its elements by reading position."""

    def __init__(self, columns: Columns) -> None:
        live = columns.uses() > 0
        stage = columns.stages()
        self._with_their_readers(columns, stage, live)
        instructions = np.flatnonzero(live & ~IS_SOURCE[columns.op])
        self.instruction = instructions[np.argsort(stage[instructions], kind="stable")]
        self.op = columns.op[self.instruction]
        self.many = columns.many[self.instruction]
        self.stage = stage[self.instruction]
        self.is_condition = IS_CONDITION[self.op]
        self.is_total, self.is_dot = self.op == CODE["total"], self.op == CODE["dot"]
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
