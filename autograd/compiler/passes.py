"""Passes over a flat program: what nothing needs is dropped, chains of products become dots.

Common subexpressions and constants are folded while recording (see `recorder`). A pass answers with
a new program and keeps every result: the same bits, for a chain is added in its own order. A program
that a pass has nothing to do for is answered as it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .blocks import find
from .columns import CODE, IS_SOURCE, Columns, Flow, ranges
from .program import CONDITIONS, LOGIC, Program

SHORTEST_DOT = 6  # products; shorter chains stay the expressions that they are


def uses(program: Program) -> list[int]:
    """How often each instruction is read, by what an output or a watch depends on; 0: by nothing."""
    return Columns(program).uses().tolist()  # type: ignore[no-any-return]


# ------------------------------------------------------------------------------------- dead code


def without_dead_code(program: Program) -> Program:
    """The program of the instructions that its results depend on."""
    columns = Columns(program)
    live = columns.uses() > 0
    if live.all():
        return program
    new, place = Program(), np.cumsum(live) - 1
    kept = np.flatnonzero(live)
    new.constants, new.per_sample = program.constants, columns.many[kept].tolist()
    new.op = [program.op[i] for i in kept.tolist()]
    operands = [columns.a[kept], columns.b[kept], columns.c[kept]]
    inner = ~IS_SOURCE[columns.op[kept]] & (columns.op[kept] != CODE["dot"])
    for side in operands:
        named = inner & (side >= 0)
        side[named] = place[side[named]]
    dots = np.flatnonzero(columns.op[kept] == CODE["dot"])
    operands[0][dots] = np.arange(len(dots))
    new.sequences = _sequences(columns, kept[dots], place)
    new.a, new.b, new.c = (side.tolist() for side in operands)
    new.outputs, new.watch = (place[x].tolist() for x in _results(program))
    return new


def _results(program: Program) -> tuple[Any, Any]:
    return np.array(program.outputs, dtype=np.int64), np.array(program.watch, dtype=np.int64)


def _sequences(columns: Columns, dots: Any, place: Any) -> list[Any]:
    first, last = columns.first[dots], columns.first[dots + 1]
    flat = place[columns.reads[ranges(first, last - first)]].tolist()
    found, at = [], 0
    for terms in ((last - first) // 2).tolist():
        found.append((flat[at : at + terms], flat[at + terms : at + 2 * terms]))
        at += 2 * terms
    return found


# ------------------------------------------------------------------------------------------ dots


def with_dots(program: Program) -> Program:
    """Chains ((a·b + c·d) + e·f) + … of products and sums that nothing else reads, each a dot.

    A chain that goes from block to block of a loop (see `blocks`) is left to the loop.
    """
    columns = Columns(program)
    count = columns.uses()
    top, depth, last = _chains(columns, count, np.zeros(len(count), dtype=np.int64))
    if not len(top) or depth.max() + 2 < SHORTEST_DOT:
        return without_dead_code(program)
    top, depth, last = _chains(columns, count, _places(columns))
    lengths = np.bincount(top, minlength=len(count))  # sums of a chain: one less than products
    long = lengths[top] + 1 >= SHORTEST_DOT
    if not long.any():
        return without_dead_code(program)
    order = np.lexsort([-depth[long], top[long]])
    adds, terms = np.flatnonzero(last >= 0)[long][order], last[last >= 0][long][order]
    new = Program()
    new.op, new.a = [*program.op], [*program.a]
    new.b, new.c, new.per_sample = program.b, program.c, program.per_sample
    new.constants, new.sequences = program.constants, [*program.sequences]
    new.outputs, new.watch = program.outputs, program.watch
    tops, starts = np.unique(top[long][order], return_index=True)
    first = _other(columns, adds[starts], terms[starts])
    for i, begin, stop, product in zip(
        tops.tolist(),
        starts.tolist(),
        [*starts[1:].tolist(), len(terms)],
        first.tolist(),
        strict=True,
    ):
        products = [product, *terms[begin:stop].tolist()]
        new.op[i], new.a[i] = "dot", len(new.sequences)
        sides = ([side[j] for j in products] for side in (program.a, program.b))
        new.sequences.append(tuple(sides))  # type: ignore[arg-type]
    return without_dead_code(new)


def _chains(columns: Columns, count: Any, place: Any) -> tuple[Any, Any, Any]:
    """Of every sum in a chain: the chain's last sum, and how many before that it is; and, by
    instruction, the product that it adds (-1 where there is no such sum).
    """
    alone = count == 1
    product, add = alone & (columns.op == CODE["mul"]), (count > 0) & (columns.op == CODE["add"])
    sums = np.flatnonzero(add)
    left, right = columns.a[sums], columns.b[sums]
    ours = place[right] == place[sums], place[left] == place[sums]
    by_right, by_left = product[right] & ours[0], product[left] & ours[1]
    term = np.where(by_right, right, np.where(by_left, left, -1))
    rest = np.where(by_right, left, right)
    near = place[rest] == place[sums]
    last = np.full(len(count), -1)
    last[sums] = np.where(near, term, -1)
    starts = near & (term >= 0) & product[rest]
    # a sum goes on with the one that it adds to, as long as that is read by nothing else
    goes_on = near & (term >= 0) & add[rest] & alone[rest]
    chained = np.zeros(len(count), dtype=bool)
    chained[sums] = starts
    before = np.full(len(count), -1)
    before[sums[goes_on]] = rest[goes_on]
    down = _down(before, chained)
    last[~down] = -1
    members = np.flatnonzero(last >= 0)
    after = np.arange(len(count))
    linked = members[(before[members] >= 0)]
    after[before[linked]] = linked
    depth = (after != np.arange(len(count))).astype(np.int64)
    while True:
        further = after[after]
        if np.array_equal(further, after):
            return after[members], depth[members], last
        depth += depth[after]
        after = further


def _down(before: Any, starts: Any) -> Any:
    """Whether the way back from a sum ends where a chain starts."""
    here = np.where(before >= 0, before, np.arange(len(before)))
    while True:
        there = here[here]
        if np.array_equal(there, here):
            return starts[here]
        here = there


def _other(columns: Columns, sums: Any, terms: Any) -> Any:
    """The operands of sums that are not these."""
    return np.where(columns.b[sums] == terms, columns.a[sums], columns.b[sums])


def _places(columns: Columns) -> Any:
    """A number for every block of every loop, 0 outside."""
    flow, place, used = Flow(columns), np.zeros(len(columns.op), dtype=np.int64), 0
    for start, period, count in find(flow):
        inside = flow.instruction[start : start + period * count]
        place[inside] = used + 1 + np.repeat(np.arange(count), period)
        used += count
    return place


# ------------------------------------------------------------------------------------ conditions


def with_stored_conditions(program: Program) -> Program:
    """Conditions made of conditions and read twice become numbers, 1 or 0, that can have a slot: an
    expression that repeated them all would double with each.
    """
    if CONDITIONS.isdisjoint(program.op):
        return program
    count = uses(program)
    shared = {i for i, op in enumerate(program.op) if op in {*LOGIC, "not"} and count[i] > 1}
    if not shared:
        return program
    new, place = Program(), [-1] * len(program)
    for i, n in enumerate(count):
        if n:
            place[i] = _moved(program, i, place, new)
        if i in shared:
            number = new.add("select", place[i], new.constant(1.0), new.constant(0.0))
            place[i] = new.add("ne", number, new.constant(0.0))
    return _with_results(program, place, new)


def with_own_conditions(program: Program) -> Program:
    """Every condition right before the one instruction that reads it: it is never stored, so an
    expression that reads it compares again. (What is compared is computed once, as ever.)
    """
    if CONDITIONS.isdisjoint(program.op):
        return program
    program = with_stored_conditions(program)
    new, place = Program(), [-1] * len(program)
    for i, n in enumerate(uses(program)):
        if n and program.op[i] == "select":
            _compare(program, program.a[i], place, new)
        if n and program.op[i] not in CONDITIONS:
            place[i] = _moved(program, i, place, new)
    return _with_results(program, place, new)


def _compare(program: Program, condition: int, place: list[int], new: Program) -> None:
    """A condition and those that it reads, made anew."""
    todo, order, made = [condition], [], list[int]()
    while todo:
        order.append(todo.pop())
        todo += [j for j in program.operands(order[-1]) if program.op[j] in CONDITIONS]
    for c in reversed(order):  # what c reads is on top of what is made, its last operand first
        last_first = [*program.operands(c)][::-1]
        reads = [made.pop() if program.op[j] in CONDITIONS else place[j] for j in last_first]
        made.append(new.repeat(program.op[c], *reads[::-1]))
    place[condition] = made.pop()


def _with_results(program: Program, place: list[int], new: Program) -> Program:
    new.outputs = [place[i] for i in program.outputs]
    new.watch = [place[i] for i in program.watch]
    return new


def _moved(program: Program, i: int, place: list[int], new: Program) -> int:
    op, a, b, c = program.op[i], program.a[i], program.b[i], program.c[i]
    if op == "const":
        return new.constant(program.constants[a])
    if op == "input":
        return new.input(a, b, c, program.per_sample[i])
    if op == "dot":
        ws, xs = ([place[j] for j in side] for side in program.sequences[a])
        return new.dot(ws, xs)
    return new.add(op, *[place[j] for j in program.operands(i)])
