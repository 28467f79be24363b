"""What is sooner computed again than kept.

A number that several instructions read has a slot. Where the slots of a sample are more than the
first-level cache holds for a vector of them, writing and reading one takes longer than a sum or
product of numbers that are there anyway: then each reader gets a copy of such an instruction, which
becomes part of its expression, and the slot is gone. What a dot reads stays, for a dot goes along
addresses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from ..programs.program import Program
from .columns import OPERATIONS, Columns, is_dot, is_source, results
from .passes import moved, with_results

CACHED = 512
"""Slots of a sample: 32 kB with eight lanes."""
READERS = 3  # of what is repeated, at most
WORK = 2  # operations that are repeated, at most
IS_REPEATED = np.array([op in ("add", "sub", "mul", "neg") for op in OPERATIONS])


def with_repeats(program: Program) -> Program:
    """The program whose cheap numbers are computed where they are read, if it has many slots."""
    columns = Columns.of(program)
    count = columns.uses(results(program))
    if ((count > 1) & columns.many & ~is_source(columns.op)).sum() <= CACHED:
        return program
    simple = columns.many & IS_REPEATED[columns.op] & (count > 0) & (count <= READERS)
    simple[results(program)] = False
    dots = np.flatnonzero(is_dot(columns.op))
    for i in dots.tolist():
        simple[columns.reads[columns.first[i] : columns.first[i + 1]]] = False
    known = np.flatnonzero(simple & (count > 1)).tolist()
    if not known:
        return program
    asked = _with_what_they_alone_read(program, known, (simple & (count == 1)).tolist())
    repeated = _repeated(program, asked, count.tolist())
    return _rewritten(program, repeated, count.tolist()) if repeated else program


def _with_what_they_alone_read(
    program: Program, some: Sequence[int], alone: Sequence[bool]
) -> list[int]:
    """Instructions, in order, with those that only they need: of most of a program nobody asks."""
    found, waiting = {*some}, [*some]
    while waiting:
        new = [j for j in program.operands(waiting.pop()) if alone[j]]
        found.update(new)
        waiting += new
    return sorted(found)


def _repeated(program: Program, simple: Sequence[int], count: Sequence[int]) -> set[int]:
    """The instructions to be repeated, with those that only they read."""
    work: dict[int, int] = {}  # operations from numbers that are there anyway; of all that may move
    many, found = program.per_sample, set[int]()
    for i in simple:
        operands = [*program.operands(i)]
        hidden = any(
            many[j] and count[j] == 1 and j not in work for j in operands if _computes(program, j)
        )
        total = 1 + sum(work[j] for j in operands if j in work)
        if not hidden and total <= WORK:
            work[i] = total
            if count[i] > 1:
                found |= {i, *_only_for(program, i, work, count)}
    return found


def _computes(program: Program, i: int) -> bool:
    return program.op[i] not in ("const", "input", "count")


def _only_for(
    program: Program, i: int, work: Collection[int], count: Sequence[int]
) -> Iterator[int]:
    """The operations within an instruction's expression."""
    return (j for j in program.operands(i) if j in work and count[j] == 1)


def _rewritten(program: Program, repeated: set[int], count: Sequence[int]) -> Program:
    new, place = Program(), [-1] * len(program)
    for i, n in enumerate(count):
        if n and i not in repeated:
            for j in program.operands(i):
                if j in repeated:
                    _repeat(program, j, repeated, place, new)
            place[i] = moved(program, i, place, new)
    return with_results(program, place, new)


def _repeat(program: Program, i: int, repeated: set[int], place: list[int], new: Program) -> None:
    """An instruction made anew, and what it is made of."""
    todo, order = [i], []
    while todo:
        order.append(todo.pop())
        todo += [j for j in program.operands(order[-1]) if j in repeated]
    for k in reversed(order):
        place[k] = new.repeat(program.op[k], *[place[j] for j in program.operands(k)])
