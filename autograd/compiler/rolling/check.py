"""Whether a program is well formed: every rule is asked of all instructions at once.

An operand is an instruction before; conditions stand where conditions belong, numbers where numbers do;
an instruction is per sample if an operand is, but for a sum over samples, which needs one that is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..programs.program import ARITY, CONDITIONS, Program
from .columns import CODE, IS_CONDITION, IS_LOGIC, TOTAL, Columns


def check(program: Program) -> None:
    """ValueError, naming the instruction, unless the program is well formed."""
    for what, broken in _rules(program):
        if broken.any():
            i = int(np.argmax(broken))
            raise ValueError(f"%{i} = {program.op[i]}: {what}")
    for i in (*program.outputs, *program.watch):
        if not 0 <= i < len(program) or program.op[i] in CONDITIONS:
            raise ValueError(f"output %{i} is no number of the program")


def _rules(program: Program) -> Iterator[tuple[str, Any]]:
    """Every rule, and which instructions break it; each relies on those before it."""
    unknown = {*program.op} - ARITY.keys()
    yield "no such operation", np.array([op in unknown for op in program.op] if unknown else [])
    uneven = {k for k, (ws, xs) in enumerate(program.sequences) if len(ws) != len(xs)}
    pairs = zip(program.op, program.a, strict=True)
    dots = np.array([op == "dot" and a in uneven for op, a in pairs] if uneven else [])
    yield "sequences of two lengths", dots

    columns = Columns.of(program)
    count = len(columns.op)
    reader = np.repeat(np.arange(count), np.diff(columns.first))
    reads = columns.reads

    def some(wrong: Any) -> Any:
        return np.bincount(reader[wrong], minlength=count) > 0

    yield "an operand that is not computed before", some((reads < 0) | (reads >= reader))
    wanted = IS_LOGIC[columns.op[reader]]
    chooses = columns.op == CODE["select"]
    wanted[columns.first[:-1][chooses]] = True
    mixed_up = some(IS_CONDITION[columns.op[reads]] != wanted)
    yield "a condition where a number belongs, or a number where a condition does", mixed_up
    mixed = some(columns.many[reads])
    total = columns.op == TOTAL
    yield "a sum over samples of one number", total & ~mixed
    sides = columns.many != (mixed & ~total)
    is_input = columns.op == CODE["input"]
    yield "per sample where no operand is, or uniform where one is", sides & ~is_input
