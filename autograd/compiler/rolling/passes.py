"""Passes over a flat program: what nothing needs is dropped, chains of products become dots.

Common subexpressions and constants are folded while recording (see `recorder`). A pass answers with
a new program and keeps every result: the same bits, for a chain is added in its own order. A program
that a pass has nothing to do for is answered as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..programs.program import SOURCES, Program
from .additions import Additions
from .arrays import climbed, ranges, sorted_by
from .blocks import find
from .columns import CODE, Columns, Dots, is_condition, results, takes_conditions
from .flow import Flow, codes

SHORTEST_DOT = 6  # products; shorter chains stay the expressions that they are


def uses(program: Program) -> list[int]:
    """How often each instruction is read, by what an output or a watch depends on; 0: by nothing."""
    return _uses(program).tolist()  # type: ignore[no-any-return]


def _uses(program: Program) -> Any:
    return Columns.of(program).uses(results(program))


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
    keep = _uses(program) > 0
    return program if keep.all() else Columns.of(program).kept(keep, program)


# ------------------------------------------------------------------------------------------ dots


class _Chains(NamedTuple):
    """The sums in long chains, in order; the product that each adds, the last sum of its chain, and
    whether that begins with a product.
    """

    sums: Any
    terms: Any
    top: Any
    of_products: Any


def with_dots(program: Program) -> Program:
    """Chains ((a·b + c·d) + e·f) + … of products and sums that nothing else reads, each a dot: it
    starts with its first product, or with what is none like the others. Those are alike whose sides
    are in the same memory each.

    A chain that goes from block to block of a loop (see `blocks`) is left to the loop.
    """
    columns, count = Columns.of(program), _uses(program)
    chains = _chains(columns, count, np.zeros(len(count), dtype=np.int64))
    if len(chains.sums):
        place = _places(program, columns, chains)
        chains = _chains(columns, count, place) if place.any() else chains
    if not len(chains.sums):
        return program
    chains = _Chains(*(sorted_by(chains.top, side) for side in chains))
    return _joined(program, columns, count > 0, chains)


def _joined(program: Program, columns: Columns, live: Any, chains: _Chains) -> Program:
    """The program whose chains are dots; sums and the products that they add stand in order."""
    sums, terms, top, _ = chains
    begin = np.flatnonzero(np.diff(top, prepend=-1))
    tops = top[begin]
    first = np.where(
        columns.b[sums[begin]] == terms[begin], columns.a[sums[begin]], columns.b[sums[begin]]
    )
    is_product = chains.of_products[begin]
    products = np.insert(terms, begin[is_product], first[is_product])
    count = np.diff([*begin.tolist(), len(sums)]) + is_product
    length = 2 * count + ~is_product  # what is no product is the start
    keep, reads = live.copy(), np.empty(length.sum(), dtype=np.int64)
    keep[products], keep[sums], keep[tops] = False, False, True
    place = np.cumsum(length) - length
    reads[ranges(place, count)], reads[ranges(place + count, count)] = (
        columns.a[products],
        columns.b[products],
    )
    reads[(place + 2 * count)[~is_product]] = first[~is_product]
    return columns.kept(keep, program, Dots(tops, length, reads))


def _chains(columns: Columns, count: Any, place: Any) -> _Chains:
    """The chains of a program; none goes from one place to another."""
    alone = count == 1
    product, add = alone & (columns.op == CODE["mul"]), (count > 0) & (columns.op == CODE["add"])
    kind = _kinds(columns)
    sums, number = np.flatnonzero(add), np.empty_like(count)
    number[sums] = np.arange(len(sums))
    left, right = columns.a[sums], columns.b[sums]
    ours = place[right] == place[sums], place[left] == place[sums]
    by_right, by_left = product[right] & ours[0], product[left] & ours[1]
    term = np.where(by_right, right, np.where(by_left, left, -1))
    rest = np.where(by_right, left, right)
    adds, near = term >= 0, place[rest] == place[sums]
    # a sum goes on with the one that it adds to, as long as that is read by nothing else
    goes_on = adds & near & add[rest] & alone[rest]
    before = number[rest[goes_on]]
    goes_on[goes_on] = adds[before] & (kind[term[before]] == kind[term[goes_on]])
    first, _ = climbed(np.where(goes_on, number[rest], np.arange(len(sums))))
    members = np.flatnonzero(adds)
    of_products = (near & product[rest] & (kind[rest] == kind[term]))[first]
    terms = np.bincount(first[members], minlength=len(sums))[first] + of_products
    members = members[terms[members] >= SHORTEST_DOT]
    first, last = first[members], np.empty_like(sums)
    last[first] = sums[members]  # the last one written is the last sum
    return _Chains(sums[members], term[members], last[first], of_products[members])


def _kinds(columns: Columns) -> Any:
    """A number for what the sides of a product are in."""
    code, mul = codes(columns).astype(np.int64), columns.op == CODE["mul"]
    kind = np.full(len(code), -1)
    kind[mul] = code[columns.a[mul]] * (code.max(initial=0) + 1) + code[columns.b[mul]]
    return kind


def _places(program: Program, columns: Columns, chains: _Chains) -> Any:
    """A number for every block of every loop, 0 outside."""
    sums, terms, *_ = chains
    flow = Flow(columns, results(program))
    by_left = columns.a[sums] == terms
    rest = np.where(by_left, columns.b[sums], columns.a[sums])
    elements = flow.first[flow.source_value[sums]] + by_left
    in_chain, adding = np.zeros(len(columns.op), dtype=bool), np.zeros(len(flow.space), dtype=bool)
    in_chain[sums] = True
    adding[elements[in_chain[rest]]] = True
    place, used = np.zeros(len(columns.op), dtype=np.int64), 0
    for start, period, count in find(flow, adding):
        inside = flow.instruction[start : start + period * count]
        place[inside] = used + 1 + np.repeat(np.arange(count), period)
        used += count
    return place


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
    condition = columns.reads[at]
    plain = ~takes_conditions(columns.op[condition])
    reads[at[plain]] = _copied(columns, condition[plain], 2 * selects[plain], more)
    for k in np.flatnonzero(~plain).tolist():
        reads[at[k]] = _compared(columns, int(condition[k]), 2 * selects[k], more)
    return more.to(live & ~is_condition(columns.op), reads)


def _copied(columns: Columns, some: Any, place: Any, more: Additions) -> Any:
    """Comparisons of numbers, made anew."""
    sides = columns.a[some], columns.b[some]
    return more.add(columns.op[some], columns.many[some], place, *sides)


def _compared(columns: Columns, condition: int, place: int, more: Additions) -> int:
    """A condition and those that it reads, made anew."""
    todo, order, made = [condition], list[int](), list[int]()
    first, conditions = columns.first, is_condition(columns.op)
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
        return new.dot(ws, xs, place[b] if b >= 0 else -1)
    if op == "count":
        return new.count()
    return new.repeat(op, *[place[j] for j in program.operands(i)])
