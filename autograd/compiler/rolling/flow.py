"""What a program computes, in an order of its own, and where everything is that it reads.

`Flow` holds the instructions that compute something which a result depends on: stage by stage (`roll`
says what a stage is), and within a stage as they were recorded. A place in that order is a *position*.
What an instruction reads is an *element*: a space, and a value that says where in it.

    COMPUTED   a position
    CONSTANT   a place in the program's constants
    SAMPLE     a per-sample input: its slot
    ARRAY + m  element of argument array m: its flat position

Where its address is going to be says its *code*: UNIFORM or SAMPLED slots, a PLACE among constants, or
GIVEN + m, argument array m.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import sorted_by
from .columns import CODE, TOTAL, Columns, is_condition, is_dot, is_source

COMPUTED, CONSTANT, SAMPLE, ARRAY = 0, 1, 2, 3
UNIFORM, SAMPLED, PLACE, GIVEN = 1, 2, 3, 5  # PLACE - CONSTANT is GIVEN - ARRAY


def codes(columns: Columns) -> Any:
    """What each instruction's address as an operand is in."""
    code = np.where(columns.many, SAMPLED, UNIFORM).astype(np.int32)
    given = (columns.op == CODE["input"]) & ~columns.many
    code[columns.op == CODE["const"]] = PLACE
    code[given] = GIVEN + columns.a[given]
    return code


class Flow:
    """What a program computes, in the order of positions; its elements by reading position."""

    def __init__(self, columns: Columns, results: Any) -> None:
        live = columns.uses(results) > 0
        stage = columns.stages()
        self._with_their_readers(columns, stage, live)
        stage = stage.astype(np.min_scalar_type(stage.max(initial=0)))
        instructions = np.flatnonzero(live & ~is_source(columns.op))
        self.instruction = sorted_by(stage[instructions], instructions)
        self.op, length = columns.op[self.instruction], columns.length
        self.many = columns.many[self.instruction]
        self.stage = stage[self.instruction]
        self.is_condition = is_condition(self.op)
        self.is_total, self.is_dot = self.op == TOTAL, is_dot(self.op)
        self.in_samples = self.many & ~self.is_total
        reads = columns.reads if live.all() else columns.reads[np.repeat(live, length)]
        reads = sorted_by(np.repeat(stage[live], length[live]), reads)
        length = length[self.instruction]
        self.first = np.concatenate([[0], np.cumsum(length)])
        self.reader = np.repeat(np.arange(len(self)), length)
        self.source_space, self.source_value = self._sources(columns, live)
        self.source_code = codes(columns)
        self.space, self.value = self.source_space[reads], self.source_value[reads]
        self.code = self.source_code[reads]

    def __len__(self) -> int:
        return len(self.op)

    @staticmethod
    def _with_their_readers(columns: Columns, stage: Any, live: Any) -> None:
        """A condition is computed where it is read: in the first stage of those that read it."""
        found = is_condition(columns.op)
        if not (found & live).any():  # as of most programs
            return
        read = np.flatnonzero(found[columns.reads] & np.repeat(live, columns.length))
        read = read[np.argsort(columns.reads[read])[::-1]]  # who reads a condition comes first
        who = np.repeat(np.arange(len(stage)), columns.length)[read]
        conditions = columns.reads[read]
        stage[conditions] = stage.max(initial=0)
        for i, reader in zip(conditions.tolist(), who.tolist(), strict=True):
            stage[i] = min(stage[i], stage[reader])

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
