"""Long sums of products that nothing else reads become dots: ((b + w·x) + v·y) + … is one instruction.

A neuron may be `dot(w, x) + b`, or ``sum((wi * xi for wi, xi in zip(w, x)), b)``, or a loop that adds
one product after another: what is recorded of the latter is a chain of sums, which is found here.
It is added in its own order, from whatever it starts with: its first product, or what is no product
like the others. Those are alike whose left sides are in one memory and whose right sides are in one (an
argument array, uniform slots, per-sample slots, constants), so that a dot may run along addresses.

What is subtracted, product after product (Cholesky, elimination, back substitution), is such a sum too:
((b - w·x) - v·y) - …

A chain that goes from block to block of a loop (see `blocks`) is left to the loop.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..programs.program import Program
from .arrays import climbed, ranges, sorted_by
from .blocks import find
from .columns import CODE, Columns, Dots, results
from .flow import Flow, codes

SHORTEST = 6  # products; shorter chains stay the expressions that they are


class _Chains(NamedTuple):
    """The sums in long chains, in order; the product that each adds, the last sum of its chain,
    whether that begins with a product, and whether products are subtracted.
    """

    sums: Any
    terms: Any
    top: Any
    of_products: Any
    minus: Any


def with_dots(program: Program) -> Program:
    """The program whose long chains are dots."""
    columns = Columns.of(program)
    count = columns.uses(results(program))
    chains = _chains(columns, count, np.zeros(len(count), dtype=np.int64))
    if len(chains.sums):
        place = _places(columns, results(program), chains)
        chains = _chains(columns, count, place) if place.any() else chains
    if not len(chains.sums):
        return program
    chains = _Chains(*(sorted_by(chains.top, side) for side in chains))
    return _joined(program, columns, count > 0, chains)


def _joined(program: Program, columns: Columns, live: Any, chains: _Chains) -> Program:
    """The program whose chains are dots; sums and the products that they add stand in order."""
    sums, terms, top, *_ = chains
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
    op = np.where(chains.minus[begin], CODE["subdot"], CODE["dot"])
    return columns.kept(keep, program, Dots(tops, op, length, reads))


def _chains(columns: Columns, count: Any, place: Any) -> _Chains:
    """The chains of a program; none goes from one place to another."""
    alone = count == 1
    product, minus = alone & (columns.op == CODE["mul"]), columns.op == CODE["sub"]
    add = (count > 0) & (minus | (columns.op == CODE["add"]))
    kind = _kinds(columns)
    sums, number = np.flatnonzero(add), np.empty_like(count)
    number[sums] = np.arange(len(sums))
    left, right, minus = columns.a[sums], columns.b[sums], minus[sums]
    ours = place[right] == place[sums], place[left] == place[sums]
    by_right, by_left = product[right] & ours[0], product[left] & ours[1] & ~minus
    term = np.where(by_right, right, np.where(by_left, left, -1))
    rest = np.where(by_right, left, right)
    adds, near = term >= 0, place[rest] == place[sums]
    # a sum goes on with the one that it adds to, as long as that is read by nothing else
    goes_on = adds & near & add[rest] & alone[rest]
    before = number[rest[goes_on]]
    alike = (kind[term[before]] == kind[term[goes_on]]) & (minus[before] == minus[goes_on])
    goes_on[goes_on] = adds[before] & alike
    first, _ = climbed(np.where(goes_on, number[rest], np.arange(len(sums))))
    members = np.flatnonzero(adds)
    of_products = (near & product[rest] & (kind[rest] == kind[term]) & ~minus)[first]
    terms = np.bincount(first[members], minlength=len(sums))[first] + of_products
    members = members[terms[members] >= SHORTEST]
    first, last = first[members], np.empty_like(sums)
    last[first] = sums[members]  # the last one written is the last sum
    top = last[first]
    return _Chains(sums[members], term[members], top, of_products[members], minus[members])


def _kinds(columns: Columns) -> Any:
    """A number for what the sides of a product are in."""
    code, mul = codes(columns).astype(np.int64), columns.op == CODE["mul"]
    kind = np.full(len(code), -1)
    kind[mul] = code[columns.a[mul]] * (code.max(initial=0) + 1) + code[columns.b[mul]]
    return kind


def _places(columns: Columns, of_results: Any, chains: _Chains) -> Any:
    """A number for every block of every loop, 0 outside."""
    sums, terms, *_ = chains
    by_left = columns.a[sums] == terms
    in_chain = np.zeros(len(columns.op), dtype=bool)
    in_chain[sums] = True
    goes_on = in_chain[np.where(by_left, columns.b[sums], columns.a[sums])]
    return turns(columns, of_results, sums[goes_on], by_left[goes_on])


def turns(columns: Columns, of_results: Any, sums: Any, operands: Any) -> Any:
    """A number for every block of every loop, 0 outside, by instruction; no block builds on another
    for operand 0 or 1 of some sums alone, which is the sum that goes on.
    """
    flow = Flow(columns, of_results)
    adding = np.zeros(len(flow.space), dtype=bool)
    adding[flow.first[flow.source_value[sums]] + operands] = True
    place, used = np.zeros(len(columns.op), dtype=np.int64), 0
    for start, period, count in find(flow, adding):
        inside = flow.instruction[start : start + period * count]
        place[inside] = used + 1 + np.repeat(np.arange(count), period)
        used += count
    return place
