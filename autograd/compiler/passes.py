"""Passes over a flat program: what nothing needs is dropped, chains of products become dots.

Common subexpressions and constants are folded while recording (see `recorder`). A pass answers with
a new program and keeps every result: the same bits, for a chain is added in its own order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .program import LOGIC, SOURCES, Program

SHORTEST_DOT = 6  # products; shorter chains stay the expressions that they are


def uses(program: Program) -> list[int]:
    """How often each instruction is read, by what an output or a watch depends on; 0: by nothing."""
    count = [0] * len(program)
    for i in (*program.outputs, *program.watch):
        count[i] += 1
    for i in range(len(program) - 1, -1, -1):
        if count[i]:
            for j in program.operands(i):
                count[j] += 1
    return count


def needed(program: Program, results: Sequence[int]) -> int:
    """How many operations results need; a dot of n terms counts as n."""
    seen, waiting, count = set(results), [*results], 0
    for i in waiting:
        if program.op[i] not in SOURCES:
            count += len(program.sequences[program.a[i]][0]) if program.op[i] == "dot" else 1
            new = {*program.operands(i)} - seen
            seen |= new
            waiting += new
    return count


def without_dead_code(program: Program) -> Program:
    """The program of the instructions that its results depend on."""
    return _copy(program, uses(program), {})


def with_dots(program: Program) -> Program:
    """Chains ((a·b + c·d) + e·f) + … of products and sums that nothing else reads, each a dot."""
    count = uses(program)
    chains: dict[int, list[int]] = {}
    for i, op in enumerate(program.op):
        if op != "add" or not count[i]:
            continue
        left, right = program.a[i], program.b[i]
        if not _is_product(program, right, count):
            left, right = right, left
        if not _is_product(program, right, count):
            continue
        if left in chains and count[left] == 1:
            chains[i] = [*chains.pop(left), right]
        elif _is_product(program, left, count):
            chains[i] = [left, right]
    long = {i: terms for i, terms in chains.items() if len(terms) >= SHORTEST_DOT}
    return without_dead_code(_copy(program, count, long))


def with_stored_conditions(program: Program) -> Program:
    """Conditions made of conditions and read twice become numbers, 1 or 0, that can have a slot: an
    expression that repeated them all would double with each.
    """
    count = uses(program)
    shared = {i for i, op in enumerate(program.op) if op in {*LOGIC, "not"} and count[i] > 1}
    return _copy(program, count, {}, shared)


def _is_product(program: Program, i: int, count: Sequence[int]) -> bool:
    return program.op[i] == "mul" and count[i] == 1


def _copy(
    program: Program,
    count: Sequence[int],
    chains: dict[int, list[int]],
    stored: Collection[int] = (),
) -> Program:
    new, place = Program(), [-1] * len(program)
    for i, op in enumerate(program.op):
        if not count[i]:
            continue
        if i in chains:
            ws, xs = ([place[side[j]] for j in chains[i]] for side in (program.a, program.b))
            place[i] = new.dot(ws, xs)
        elif op == "dot":
            ws, xs = ([place[j] for j in side] for side in program.sequences[program.a[i]])
            place[i] = new.dot(ws, xs)
        else:
            place[i] = _moved(program, i, place, new)
        if i in stored:
            number = new.add("select", place[i], new.constant(1.0), new.constant(0.0))
            place[i] = new.add("ne", number, new.constant(0.0))
    new.outputs = [place[i] for i in program.outputs]
    new.watch = [place[i] for i in program.watch]
    return new


def _moved(program: Program, i: int, place: Sequence[int], new: Program) -> int:
    op, a, b, c = program.op[i], program.a[i], program.b[i], program.c[i]
    if op == "const":
        return new.constant(program.constants[a])
    if op == "input":
        return new.input(a, b, c, program.per_sample[i])
    return new.add(op, *[place[j] for j in program.operands(i)])
