"""Whether a program is well formed: every rule is asked of all instructions at once.

An operand is an instruction before; conditions stand where conditions belong, numbers where numbers do;
an instruction is per sample if an operand is, but for a sum over samples, which needs one that is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..programs.program import DOTS, Program
from .columns import CODE, TOTAL, Columns, is_condition, results, takes_conditions


def check(program: Program) -> None:
    """ValueError, naming the instruction, unless the program is well formed."""
    for what, broken in _rules(program):
        if broken.any():
            i = int(np.argmax(broken))
            raise ValueError(f"%{i} = {program.op[i]}: {what}")
    wanted = results(program)
    wrong = (wanted < 0) | (wanted >= len(program))
    wrong[~wrong] = is_condition(Columns.of(program).op[wanted[~wrong]])
    if wrong.any():
        raise ValueError(f"output %{wanted[wrong][0]} is no number of the program")


def _columns(program: Program) -> Columns:
    try:
        return Columns.of(program)
    except KeyError as unknown:
        i = [*program.op].index(unknown.args[0])
        raise ValueError(f"%{i} = {program.op[i]}: no such operation") from None


def _rules(program: Program) -> Iterator[tuple[str, Any]]:
    """Every rule, and which instructions break it; each relies on those before it."""
    uneven = {k for k, (ws, xs) in enumerate(program.sequences) if len(ws) != len(xs)}
    pairs = zip(program.op, program.a, strict=True)
    dots = np.array([op in DOTS and a in uneven for op, a in pairs] if uneven else [])
    yield "sequences of two lengths", dots

    columns = _columns(program)
    reads, readers = columns.reads, np.flatnonzero(columns.length)

    def most(of_reads: Any) -> Any:
        found = np.zeros(len(columns.op), dtype=of_reads.dtype)
        if len(readers):
            found[readers] = np.maximum.reduceat(of_reads, columns.first[readers])
        return found

    latest = most(reads.view(np.uint64))  # negative ones are the largest
    late = latest >= np.arange(len(latest), dtype=np.uint64)
    yield "an operand that is not computed before", late & (columns.length > 0)
    conditions, chooses = is_condition(columns.op), columns.op == CODE["select"]
    if conditions.any() or chooses.any():
        wanted = np.repeat(takes_conditions(columns.op), columns.length)
        wanted[columns.first[:-1][chooses]] = True
        mixed_up = most(conditions[reads] != wanted)
        yield "a condition where a number belongs, or a number where a condition does", mixed_up
    mixed = most(columns.many[reads].view(np.uint8)).view(bool)
    total = columns.op == TOTAL
    yield "a sum over samples of one number", total & ~mixed
    sides = columns.many != (mixed & ~total)
    is_input = columns.op == CODE["input"]
    yield "per sample where no operand is, or uniform where one is", sides & ~is_input
