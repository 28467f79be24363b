"""Instructions put into a program, all at once: at which places, and who reads them.

Instructions have the numbers that they had; those of added ones go on from there. Instruction i is
at place 2i + 1, so 2i is right before it, and 2i + 2 right after; what is added at one place stays in
order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..programs.program import Program
from .columns import ARITIES, CODE, Columns


class Additions:
    """What is added to the instructions of a program."""

    def __init__(self, program: Program) -> None:
        self.program, self.columns = program, Columns.of(program)
        self.constants = [*program.constants]
        self.count = len(program)
        self._rows = list[Any]()  # operation, whether it is per sample, place, operands

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

    def to(self, kept: Any, reads: Any) -> Program:
        """The program of the instructions that are kept, reading what they are to read now, and of all
        that were added.
        """
        old, new = self.columns, Columns()
        op, many, place, *sides = np.concatenate(self._rows).T
        new.op, new.many = np.concatenate([old.op, op]), np.concatenate([old.many, many > 0])
        new.a, new.b, new.c = (
            np.concatenate([side, more])
            for side, more in zip((old.a, old.b, old.c), sides, strict=True)
        )
        length = ARITIES[op]
        read = np.arange(3) < length[:, None]
        new.reads = np.concatenate([reads, np.stack(sides, axis=1)[read]])
        new.first = np.concatenate([old.first, old.first[-1] + np.cumsum(length)])
        rows = np.concatenate([kept, np.arange(len(old.op), self.count)])
        order = np.argsort(np.concatenate([2 * kept + 1, place]), kind="stable")
        made = new.arranged(rows[order], self.program)
        made.constants = self.constants
        return made
