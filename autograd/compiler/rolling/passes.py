"""Passes over a flat program: what nothing needs is dropped, every condition stands by its reader.

While recording, equal instructions became one (`Program.add`) and constants were folded
(`recording.fold`). A pass answers with a new program and keeps every result, bit for bit. A program
that a pass has nothing to do for is answered as it is. (Another pass is `dots`.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..programs.program import DOTS, SOURCES, Program
from .additions import Additions
from .columns import (
    CODE,
    Columns,
    is_condition,
    is_dot,
    is_source,
    results,
    takes_conditions,
)


def _uses(program: Program) -> Any:
    return Columns.of(program).uses(results(program))


# -------------------------------------------------------------------------------- how much it is


def operations(program: Program, needed: bool = False) -> int:
    """The arithmetic of the instructions that compute, or of those that results need: a dot of k terms
    is 2k - 1 operations, or 2k where its sum starts with a number.
    """
    columns = Columns.of(program)
    count = np.where(is_dot(columns.op), columns.length - 1, _computes(columns))
    return int(count[_uses(program) > 0].sum() if needed else count.sum())


def instructions(program: Program) -> int:
    """How many instructions that compute the results need: what a pass has to do with."""
    return int((_computes(Columns.of(program)) & (_uses(program) > 0)).sum())


def needed(program: Program, results: Sequence[int]) -> int:
    """How many operations results need, of a program that still grows; a dot of n terms counts as n."""
    seen, waiting, count = set(results), [*results], 0
    for i in waiting:
        if program.op[i] not in SOURCES:
            count += len(program.sequences[program.a[i]][0]) if program.op[i] in DOTS else 1
            new = {*program.operands(i)} - seen
            seen |= new
            waiting += new
    return count


def _computes(columns: Columns) -> Any:
    return ~(is_source(columns.op) | (columns.op == CODE["count"]))


# ------------------------------------------------------------------------------------ conditions


def _has_conditions(program: Program) -> bool:
    return bool(is_condition(Columns.of(program).op).any())


def with_stored_conditions(program: Program) -> Program:
    """Conditions made of conditions and read twice become numbers, 1 or 0, that can have a slot: an
    expression that repeated them all would double with each.
    """
    if not _has_conditions(program):
        return program
    columns, count = Columns.of(program), _uses(program)
    shared = np.flatnonzero(takes_conditions(columns.op) & (count > 1))
    if not len(shared):
        return program
    more, many, now = Additions(program), columns.many[shared], np.arange(len(program))
    one, zero = more.constant(1.0), more.constant(0.0)
    numbers = more.add(CODE["select"], many, 2 * shared + 2, shared, one, zero)
    now[shared] = more.add(CODE["ne"], many, 2 * shared + 2, numbers, zero)
    return more.to(count > 0, now[columns.reads])


def with_own_conditions(program: Program) -> Program:
    """Every condition right before the one instruction that reads it: it is never stored, so an
    expression that reads it compares again. (What is compared is computed once, as ever.)
    """
    if not _has_conditions(program):
        return program
    program = with_stored_conditions(program)
    columns, live = Columns.of(program), _uses(program) > 0
    more, reads = Additions(program), columns.reads.copy()
    selects = np.flatnonzero(live & (columns.op == CODE["select"]))
    at = columns.first[selects]
    reads[at] = _compared(columns, columns.reads[at], 2 * selects, more)
    return more.to(live & ~is_condition(columns.op), reads)


def _compared(columns: Columns, some: Any, place: Any, more: Additions) -> Any:
    """Conditions made anew at places, and before them those that they read, level by level."""
    levels, made = list[Any](), some[:0]
    while len(some) or not levels:
        sides = np.stack([columns.a[some], columns.b[some]])
        which = np.nonzero(takes_conditions(columns.op[some]) & (sides >= 0))
        levels.append((some, place, sides, which))
        some, place = sides[which], place[which[1]]
    for some, place, sides, which in reversed(levels):
        sides[which] = made
        made = more.add(columns.op[some], columns.many[some], place, *sides)
    return made
