"""Instructions put into a program, all at once: at which places, and who reads them.

Instructions have the numbers that they had; those of added ones go on from there. Instruction i is
at place 2i + 1, so 2i is right before it, and 2i + 2 right after; what is added at one place stays in
order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..programs.program import Program
from .arrays import ranges
from .columns import ARITIES, CODE, Columns


class Additions:
    """What is added to the instructions of a program."""

    def __init__(self, program: Program) -> None:
        self.program, self.columns = program, Columns.of(program)
        self.constants = [*program.constants]
        self.count = len(program)
        # of each: operation, whether it is per sample, place, operands
        self._rows = [np.empty((0, 6), dtype=np.int64)]

    def constant(self, x: float) -> Any:
        """A constant, before everything else."""
        self.constants.append(x)
        return self.add(CODE["const"], False, 0, len(self.constants) - 1)[0]

    def add(self, op: Any, many: Any, place: Any, *operands: Any) -> Any:
        """Instructions; answers their numbers."""
        missing = [-1] * (3 - len(operands))
        columns = np.broadcast_arrays(*np.atleast_1d(op, many, place, *operands, *missing))
        self._rows.append(np.stack(columns, axis=1).astype(np.int64))
        first, self.count = self.count, self.count + len(columns[0])
        return np.arange(first, self.count)

    def to(self, kept: Any, reads: Any, places: Any = None, answers: Any = None) -> Program:
        """The program of the instructions that are kept, reading what they are to read now, and of all
        that were added. Some may have moved to other places, and others answer for them.
        """
        ours = np.arange(len(kept))
        places = 2 * ours + 1 if places is None else places
        answers = ours if answers is None else answers
        _, _, place, *_ = rows = np.concatenate(self._rows).T
        order = np.argsort(np.concatenate([places, place]), kind="stable")
        number = np.empty(len(order), dtype=np.int64)  # what an instruction's is now
        number[order] = np.arange(len(order))
        every = self._in_order(order, number, reads, rows)
        now = Program()
        now.constants = self.constants
        now.outputs, now.watch = (
            number[answers[np.array(side, dtype=np.int64)]].tolist()
            for side in (self.program.outputs, self.program.watch)
        )
        return every.kept(np.concatenate([kept, place >= 0])[order], now)

    def _in_order(self, order: Any, number: Any, reads: Any, rows: Any) -> Columns:
        """All instructions at their places."""
        old, new = self.columns, Columns()
        op, many, _, *sides = rows
        new.op = np.concatenate([old.op, op.astype(old.op.dtype)])[order]
        new.many = np.concatenate([old.many, many > 0])[order]
        new.a, new.b, new.c = (
            np.concatenate([side, more])[order]
            for side, more in zip((old.a, old.b, old.c), sides, strict=True)
        )
        given = np.arange(3) < ARITIES[op][:, None]
        reads = np.concatenate([reads, np.stack(sides, axis=1)[given]])
        length = np.concatenate([old.length, ARITIES[op]])
        first = np.cumsum(length) - length
        new.length = length[order]
        new.first = np.concatenate([[0], np.cumsum(new.length)])
        new.reads = number[reads[ranges(first[order], new.length)]]
        return new
