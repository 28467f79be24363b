"""Loops in loops: what does the same within one turn of a loop is a group of several instances.

A recurrent network's turn computes a hundred neurons, a string's turn moves a hundred points. The loop
over turns is found first (`blocks`), its body is one expression after another; those of one form that
do not read each other, and whose addresses move by constant steps, are put together here. So that they
do, the numbers of a turn lie in the order of their `ranks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .depth import depths_of
from .rolled import Group, Leaf, uses
from .runs import by_length, runs
from .trees import Forest

Place = tuple[str, int, int, bool]
"""A space, an address in it, how far that moves from turn to turn, and whether it is looked up."""
Own = Mapping[Place, Sequence[Place]]
"""What is in a place now here, now there: where that is, as far as the same turn computes it."""
FEWEST = 8
"""Expressions that are worth a loop; fewer are handed on in registers."""
MANY = 32
"""Those of uniform numbers side by side: vectors of what was stored one by one are slow to read."""
LARGE = 256
"""Expressions of a turn, after which what was stored is no longer on its way to memory."""


def ranks(forest: Forest) -> tuple[Any, ...]:
    """What sorts the expressions of a turn, from the last key to the first: by what must be computed
    before, then by what is done last and how much is read. (Cells beside an edge are of another form,
    for they read constants; yet they must lie among the others.)
    """
    outer = ~forest.inner[forest.computed]
    reader, read = forest.top[forest.reader[outer]], forest.read[outer]
    loop, block = forest.loop, forest.block
    within = (loop[reader] >= 0) & (loop[reader] == loop[read]) & (block[reader] == block[read])
    level = depths_of(reader[within], read[within], len(loop))
    return forest.items, forest.flow.op, level


class _Item(NamedTuple):
    """A group of a turn, and what it was put together of."""

    level: int
    position: int  # of the last of them
    group: Group
    members: Sequence[Group]


def together(body: Sequence[Group], own: Own) -> list[Group]:
    """The groups of a turn, those of one form as one where their addresses allow it; in the order that
    they had, as far as what is put together is ready by then.
    """
    alike: dict[Any, list[int]] = {}
    for k, (group, level) in enumerate(zip(body, _levels(body, own), strict=True)):
        alike.setdefault((level, *_form(group)), []).append(k)
    items = [
        _Item(level, max(some), group, [body[k] for k in some])
        for (level, *_), positions in alike.items()
        for some, group in _joined(body, positions)
    ]
    ready: dict[Place, int] = {}  # when what is in a place is there
    order: list[tuple[int, int, int, Group]] = []
    for item in sorted(items, key=lambda item: item.level):
        reads = (ready.get(place, 0) for group in item.members for place in _reads(group, own))
        when = max(item.position, max(reads, default=0))
        ready |= dict.fromkeys(map(place_of, (group.target for group in item.members)), when)
        order.append((when, item.level, len(order), item.group))
    return [group for *_, group in sorted(order, key=lambda row: row[:3])]


def _levels(body: Sequence[Group], own: Own) -> list[int]:
    """The level of every group: one more than the deepest that it reads of the same turn."""
    made: dict[Place, int] = {}
    for group in body:
        level = 1 + max((made.get(place, -1) for place in _reads(group, own)), default=-1)
        made[place_of(group.target)] = level
    return [*made.values()]


def place_of(leaf: Leaf) -> Place:
    """Where a leaf is, and how it moves from turn to turn."""
    return leaf.space, leaf.base, leaf.step, leaf.looked_up


def _reads(group: Group, own: Own) -> Iterator[Place]:
    for leaf, stride, terms in uses(group):
        for j in range(terms):
            place = leaf.space, leaf.base + j * stride, leaf.step, leaf.looked_up
            yield from own.get(place, (place,))


def _form(group: Group) -> tuple[Any, ...]:
    """All of a group but where its numbers begin."""
    leaves = tuple(leaf._replace(base=0) for leaf in group.leaves)
    target = group.target._replace(base=0)
    return group.code, leaves, target, group.per_sample, group.dots, group.total


def _joined(body: Sequence[Group], alike: list[int]) -> Iterator[tuple[list[int], Group]]:
    """Groups of one form, sorted by target, in runs whose addresses move by constant steps: which they
    are, and the group that they are together.
    """
    if len(alike) < FEWEST:
        yield from (([k], body[k]) for k in alike)
        return
    table = np.array([[leaf.base for leaf in (*body[k].leaves, body[k].target)] for k in alike])
    order = np.argsort(table[:, -1])
    order = order[by_length(table[order])]
    for first, count, outer, step, far in runs(table[order]):
        some = [alike[k] for k in order[first : first + count * outer].tolist()]
        group = body[some[0]]
        adjacent = count * outer >= MANY and count >= FEWEST and bool((abs(step) <= 1).all())
        fast = adjacent or len(body) >= LARGE or group.per_sample or group.dots
        if len(some) >= FEWEST and fast:
            yield some, _one(group, count, outer, step, far)
        else:
            yield from (([k], body[k]) for k in some)


def _one(group: Group, count: int, outer: int, step: Any, far: Any) -> Group:
    """Groups as instances of the first."""
    moves = zip((*group.leaves, group.target), step.tolist(), far.tolist(), strict=True)
    *leaves, target = (leaf._replace(inner=i, outer=o) for leaf, i, o in moves)
    return group._replace(leaves=tuple(leaves), target=target, count=count, outer=outer)
