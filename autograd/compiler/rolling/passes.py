"""Passes over a flat program: what nothing needs is dropped, chains of products become dots.

Common subexpressions and constants are folded while recording (see `recorder`). A pass answers with
a new program and keeps every result: the same bits, for a chain is added in its own order. A program
that a pass has nothing to do for is answered as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..programs.program import SOURCES, Program
from .additions import Additions
from .blocks import find
from .columns import CODE, COMPUTED, DOT, IS_CONDITION, IS_LOGIC, Columns, Flow, ranges

SHORTEST_DOT = 6  # products; shorter chains stay the expressions that they are


def uses(program: Program) -> list[int]:
    """How often each instruction is read, by what an output or a watch depends on; 0: by nothing."""
    return _uses(program).tolist()  # type: ignore[no-any-return]


def _uses(program: Program) -> Any:
    return Columns.of(program).uses([*program.outputs, *program.watch])


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
    return _kept(program, _uses(program) > 0)


def _kept(program: Program, keep: Any) -> Program:
    return program if keep.all() else Columns.of(program).arranged(np.flatnonzero(keep), program)


# ------------------------------------------------------------------------------------------ dots


def with_dots(program: Program) -> Program:
    """Chains ((a·b + c·d) + e·f) + … of products and sums that nothing else reads, each a dot.

    A chain that goes from block to block of a loop (see `blocks`) is left to the loop.
    """
    columns, count = Columns.of(program), _uses(program)
    top, depth, term = _chains(columns, count, np.zeros(len(count), dtype=np.int64))
    if np.bincount(top, minlength=1).max() + 1 < SHORTEST_DOT:
        return _kept(program, count > 0)
    place = _places(program, columns, term)
    if place.any():
        top, depth, term = _chains(columns, count, place)
    length = np.bincount(top, minlength=len(count))  # sums of a chain: one less than products
    sums = np.flatnonzero(term >= 0)
    long = length[top] + 1 >= SHORTEST_DOT
    order = np.lexsort([-depth[long], top[long]])
    sums, top = sums[long][order], top[long][order]
    return _joined(program, columns, count > 0, sums, term[sums], top)


def _joined(
    program: Program, columns: Columns, live: Any, sums: Any, terms: Any, top: Any
) -> Program:
    """The program whose chains are dots; sums and the products that they add stand in order."""
    if not len(sums):
        return _kept(program, live)
    tops, start = np.unique(top, return_index=True)
    first = np.where(
        columns.b[sums[start]] == terms[start], columns.a[sums[start]], columns.b[sums[start]]
    )
    products = np.insert(terms, start, first)
    count = np.diff([*start.tolist(), len(sums)]) + 1
    new = Columns()
    new.op, new.many, new.a, new.b, new.c = (
        columns.op.copy(),
        columns.many,
        columns.a,
        columns.b,
        columns.c,
    )
    new.op[tops] = DOT
    length = np.diff(columns.first)
    length[tops] = 2 * count
    keep = live.copy()
    keep[products], keep[sums], keep[tops] = False, False, True
    others = keep.copy()
    others[tops] = False
    length[~keep] = 0
    new.first = np.concatenate([[0], np.cumsum(length)])
    new.reads = np.empty(new.first[-1], dtype=np.int64)
    rows = np.flatnonzero(others)
    new.reads[ranges(new.first[rows], length[rows])] = columns.reads[
        ranges(columns.first[rows], length[rows])
    ]
    for k, side in enumerate((columns.a, columns.b)):
        new.reads[ranges(new.first[tops] + k * count, count)] = side[products]
    return new.arranged(np.flatnonzero(keep), program)


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


def _places(program: Program, columns: Columns, term: Any) -> Any:
    """A number for every block of every loop, 0 outside. Of chains the terms are given."""
    flow = Flow(columns, [*program.outputs, *program.watch])
    read = flow.instruction[np.where(flow.space == COMPUTED, flow.value, 0)]
    added = term[flow.instruction[flow.reader]]
    adding = (flow.space == COMPUTED) & (added >= 0) & (read != added) & (term[read] >= 0)
    place, used = np.zeros(len(columns.op), dtype=np.int64), 0
    for start, period, count in find(flow, adding):
        inside = flow.instruction[start : start + period * count]
        place[inside] = used + 1 + np.repeat(np.arange(count), period)
        used += count
    return place


# ------------------------------------------------------------------------------------ conditions


def with_stored_conditions(program: Program) -> Program:
    """Conditions made of conditions and read twice become numbers, 1 or 0, that can have a slot: an
    expression that repeated them all would double with each.
    """
    columns, count = Columns.of(program), _uses(program)
    shared = np.flatnonzero(IS_LOGIC[columns.op] & (count > 1))
    if not len(shared):
        return program
    more, many, now = Additions(program), columns.many[shared], np.arange(len(program))
    one, zero = more.constant(1.0), more.constant(0.0)
    numbers = more.add(CODE["select"], many, 2 * shared + 2, shared, one, zero)
    now[shared] = more.add(CODE["ne"], many, 2 * shared + 2, numbers, zero)
    return more.to(np.flatnonzero(count > 0), now[columns.reads])


def with_own_conditions(program: Program) -> Program:
    """Every condition right before the one instruction that reads it: it is never stored, so an
    expression that reads it compares again. (What is compared is computed once, as ever.)
    """
    program = with_stored_conditions(program)
    columns, live = Columns.of(program), _uses(program) > 0
    selects = np.flatnonzero(live & (columns.op == CODE["select"]))
    if not len(selects):
        return program
    more, reads = Additions(program), columns.reads.copy()
    condition, at = columns.a[selects], columns.first[selects]
    plain = ~IS_LOGIC[columns.op[condition]]
    reads[at[plain]] = _copied(columns, condition[plain], 2 * selects[plain], more)
    for k in np.flatnonzero(~plain).tolist():
        reads[at[k]] = _compared(columns, int(condition[k]), 2 * selects[k], more)
    return more.to(np.flatnonzero(live & ~IS_CONDITION[columns.op]), reads)


def _copied(columns: Columns, some: Any, place: Any, more: Additions) -> Any:
    """Comparisons of numbers, made anew."""
    sides = columns.a[some], columns.b[some]
    return more.add(columns.op[some], columns.many[some], place, *sides)


def _compared(columns: Columns, condition: int, place: int, more: Additions) -> int:
    """A condition and those that it reads, made anew."""
    todo, order, made = [condition], list[int](), list[int]()
    first, conditions = columns.first, IS_CONDITION[columns.op]
    while todo:
        order.append(c := todo.pop())
        todo += [j for j in columns.reads[first[c] : first[c + 1]].tolist() if conditions[j]]
    for c in reversed(order):  # what c reads is on top of what is made, its last operand first
        last_first = columns.reads[first[c] : first[c + 1]][::-1].tolist()
        sides = [made.pop() if conditions[j] else j for j in last_first][::-1]
        made.append(int(more.add(columns.op[c], columns.many[c], place, *sides)[0]))
    return made.pop()


def with_results(program: Program, place: list[int], new: Program) -> Program:
    """The new program with the results of another, whose instructions have new places."""
    new.outputs = [place[i] for i in program.outputs]
    new.watch = [place[i] for i in program.watch]
    return new


def moved(program: Program, i: int, place: list[int], new: Program) -> int:
    """An instruction of another program in the new one; equal ones stay as many as they are."""
    op, a, b, c = program.op[i], program.a[i], program.b[i], program.c[i]
    if op == "const":
        return new.constant(program.constants[a])
    if op == "input":
        return new.input(a, b, c, program.per_sample[i])
    if op == "dot":
        ws, xs = ([place[j] for j in side] for side in program.sequences[a])
        return new.dot(ws, xs)
    if op == "count":
        return new.count()
    return new.repeat(op, *[place[j] for j in program.operands(i)])
