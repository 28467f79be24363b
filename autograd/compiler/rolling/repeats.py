"""What is sooner computed again than kept (compilers say: rematerialised).

A number that several instructions read has a slot. Where the slots of a sample are more than the
first-level cache holds for a vector of them, writing and reading one takes longer than a sum or
product of numbers that are there anyway: then each reader gets a copy of such an instruction, which
becomes part of its expression, and the slot is gone. What a dot reads stays, for a dot goes along
addresses.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..programs.program import Program
from .additions import Additions
from .columns import Columns, is_dot, is_source, results, whether

CACHED = 512
"""Slots of a sample: 32 kB with eight lanes."""
READERS = 3  # of what is repeated, at most
WORK = 2  # operations that are repeated, at most
is_cheap = whether({"add", "sub", "mul", "neg"})


def with_repeats(program: Program) -> Program:
    """The program whose cheap numbers are computed where they are read, if it has many slots."""
    columns = Columns.of(program)
    count = columns.uses(results(program))
    computed = columns.many & ~is_source(columns.op)
    if ((count > 1) & computed).sum() <= CACHED:
        return program
    reader = np.repeat(np.arange(len(count)), columns.length)
    may = computed & is_cheap(columns.op) & (count > 0) & (count <= READERS)
    may[results(program)] = False
    may[columns.reads[is_dot(columns.op[reader])]] = False
    if not (may & (count > 1)).any():
        return program
    moves = _little_work(columns, reader, may, may | (computed & (count == 1)))
    repeated = moves & (count > 1)
    if not repeated.any():
        return program
    more, now = Additions(program), columns.reads.copy()
    e = np.flatnonzero(repeated[now] & (count[reader] > 0))
    now[e] = _copied(columns, now[e], 2 * reader[e], moves, more)
    return more.to((count > 0) & ~repeated, now)


def _little_work(columns: Columns, reader: Any, some: Any, without_slot: Any) -> Any:
    """Those of some that take little work from numbers that are there anyway: have slots, or are one
    for all samples.
    """
    work = np.where(without_slot, WORK, 0)
    e = np.flatnonzero(some[reader])
    for _ in range(WORK):
        total = 1 + np.bincount(reader[e], work[columns.reads[e]], len(work)).astype(np.int64)
        found = some & (total <= WORK)
        work[found] = total[found]
    return found


def _copied(columns: Columns, some: Any, place: Any, moves: Any, more: Additions) -> Any:
    """Instructions made anew before those at a place, with what they are made of: `WORK` at most."""
    sides = columns.a[some], columns.b[some]
    for side in sides:
        again = np.flatnonzero((side >= 0) & moves[side])
        if len(again):
            side[again] = _copied(columns, side[again], place[again], moves, more)
    return more.add(columns.op[some], True, place, *sides)
