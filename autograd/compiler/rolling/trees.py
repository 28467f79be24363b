"""Expressions: instructions that nothing else reads belong to their reader, as a tree.

A *root* is an instruction whose number gets a place in memory: it is read more than once, or it is a
result, a term of a dot, a sum over samples, or is read in another stage, by another loop or in another
block of its own. Every other instruction belongs to its one reader's tree. A tree's *items* are what
it reads, in order: an element of the flow each, or a dot (whose own elements are all roots). Trees of
the same *form* do the same to items of the same spaces. Trees that grow beyond bounds are cut, so that
no expression is longer than a processor has use for.

Everything is found for all trees at once, by passes over columns: one for each depth, not for each
instruction.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..programs.program import ARITHMETIC, DOTS, halves
from .arrays import climbed, numbered
from .blocks import Block, is_wild
from .columns import OPERATIONS, whether
from .flow import COMPUTED, Flow

DEEPEST = 32  # operations from a root to its farthest leaf
LARGEST = 96  # operations of an expression
is_simple = whether({*ARITHMETIC, *DOTS, "neg"})


class DotItem(NamedTuple):
    """A dot in a template, and what it starts with."""

    item: int
    op: str
    start: Template


Template = tuple[str | int | DotItem, ...]


class Forest:
    """The trees of a flow: ``form[root]``, and items ``item[start[root] : start[root + 1]]``.

    An item that is an element is its number, one that is a dot is ``~position``. Blocks of loops but
    the first have no items: they are as those of the first.
    """

    def __init__(self, flow: Flow, blocks: Sequence[Block], results: Any) -> None:
        self.flow = flow
        m = len(flow)
        self.loop, self.block = np.full(m, -1), np.zeros(m, dtype=np.int64)
        for k, (start, period, count) in enumerate(blocks):
            self.loop[start : start + period * count] = k
            self.block[start : start + period * count] = np.repeat(np.arange(count), period)
        is_started = np.flatnonzero(flow.is_dot & (np.diff(flow.first) % 2 > 0))
        self.operand = ~flow.is_dot[flow.reader]
        self.operand[flow.first[is_started + 1] - 1] = True
        self.computed = flow.space == COMPUTED
        self.read, self.reader = flow.value[self.computed], flow.reader[self.computed]
        self.wild = np.zeros(len(flow.space), dtype=bool)
        for block in blocks:
            a, b = flow.first[block.start], flow.first[block.stop]
            self.wild[a:b].reshape(block.repeats, -1)[:] = is_wild(flow, block)
        self.root = self._roots(blocks, results)
        self.parent = np.arange(m)
        inner = self.inner = np.zeros(len(flow.space), dtype=bool)
        inner[self.computed] = ~self.root[self.read]
        self.parent[flow.value[inner]] = flow.reader[inner]
        self.top, self.depth = self._climb()
        if self.depth.max(initial=0) >= DEEPEST or np.bincount(self.top).max(initial=0) > LARGEST:
            self._cut(blocks)
            inner[self.computed] = ~self.root[self.read]
            self.top, self.depth = self._climb()
        self.templates: dict[int, Template] = {}
        self.codes: dict[tuple[str | int, ...], tuple[str | int, ...]] = {}  # each kept once
        self._forms()
        self._place_items()

    def _roots(self, blocks: Sequence[Block], results: Any) -> Any:
        flow, read, reader = self.flow, self.read, self.reader
        root = np.bincount(read, minlength=len(flow)) > 1
        root |= flow.is_total
        root[results] = True
        other = ~self.operand[self.computed] | (flow.is_dot[reader] & ~is_simple(flow.op[read]))
        other |= flow.stage[read] != flow.stage[reader]
        if blocks:
            other |= self.from_memory()
        root[read[other]] = True
        root &= ~flow.is_condition
        return _as_one(root, blocks)

    def from_memory(self) -> Any:
        """Which reads are of another block, or wherever the block looks them up."""
        here = 1 + self.loop * (len(self.flow) + 1) + self.block
        return (here[self.read] != here[self.reader]) | self.wild[self.computed]

    def _climb(self) -> tuple[Any, Any]:
        """Every position's root, and how deep below it it is."""
        return climbed(np.where(self.root, np.arange(len(self.root)), self.parent))

    def _cut(self, blocks: Sequence[Block]) -> None:
        """More roots, where trees are too deep or too large."""
        self.root |= (self.depth % DEEPEST == 0) & ~self.flow.is_condition
        _, depth = self._climb()
        size = np.ones(len(self.flow), dtype=np.int64)
        for nodes in _by_depth(depth)[:0:-1]:
            large = nodes[(size[nodes] > LARGEST) & ~self.flow.is_condition[nodes]]
            self.root[large] = True
            small = nodes[~self.root[nodes]]
            np.add.at(size, self.parent[small], size[small])
        self.root = _as_one(self.root, blocks)

    def _forms(self) -> None:
        """Forms and numbers of items, from the deepest instructions upwards."""
        flow, m = self.flow, len(self.flow)
        self.form, self.items = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
        self.before = np.zeros(len(flow.space), dtype=np.int64)
        self.active = self.block == 0
        length = np.diff(flow.first)
        arity = np.where(flow.is_dot, length % 2, length)
        first = flow.first[:-1] + length * flow.is_dot - arity * flow.is_dot
        known = int(flow.code.max(initial=0)) + 1  # forms begin after the codes of elements
        depth = np.where(self.active, self.depth, -1)
        self.levels = _by_depth(depth)
        for nodes in self.levels[::-1]:
            key = flow.op[nodes] + len(OPERATIONS) * (length - arity)[nodes]
            count = flow.is_dot[nodes].astype(np.int64)
            for k in range(3):
                rows = np.flatnonzero(arity[nodes] > k)
                if not len(rows):
                    continue
                e = first[nodes[rows]] + k
                child = np.where(self.inner[e], flow.value[e], 0)
                self.before[e] = count[rows]
                count[rows] += np.where(self.inner[e], self.items[child], 1)
                part = np.zeros(len(nodes), dtype=np.int64)
                part[rows] = np.where(self.inner[e], self.form[child], flow.code[e])
                key = numbered(key * (part.max() + 1) + part)
            key = numbered(key)
            self.form[nodes], self.items[nodes] = known + key, count
            known += int(key.max(initial=-1)) + 1

    def _place_items(self) -> None:
        """Every item into its place among those of its root."""
        flow, m = self.flow, len(self.flow)
        offset, edge = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
        edge[flow.value[self.inner]] = np.flatnonzero(self.inner)
        for nodes in self.levels[1:]:
            offset[nodes] = offset[self.parent[nodes]] + self.before[edge[nodes]]
        count = np.where(self.root & self.active, self.items, 0)
        self.start = np.concatenate([[0], np.cumsum(count)])
        self.item = np.empty(self.start[-1], dtype=np.int64)
        e = np.flatnonzero(~self.inner & self.operand & self.active[flow.reader])
        reader = flow.reader[e]
        self.item[self.start[self.top[reader]] + offset[reader] + self.before[e]] = e
        dots = np.flatnonzero(flow.is_dot & self.active)
        self.item[self.start[self.top[dots]] + offset[dots]] = ~dots

    def template(self, root: int) -> Template:
        """The code of a root's form: items by their number."""
        form = int(self.form[root])
        if form not in self.templates:
            self.templates[form] = self._template(root, itertools.count())
        return self.templates[form]

    def _template(self, top: int | None, items: Iterator[int]) -> Template:
        flow, code = self.flow, list[Any]()
        stack: list[Any] = [top]
        while stack:
            i = stack.pop()
            if isinstance(i, str):
                code.append(i)
            elif i is None:
                code.append(next(items))
            elif flow.is_dot[i]:
                item, start = next(items), halves(self._operands(i))[2]
                template = self._template(start[0], items) if start else ()
                code.append(DotItem(item, OPERATIONS[flow.op[i]], template))
            else:
                op = OPERATIONS[flow.op[i]]
                stack += [op] if op != "total" else []
                stack += self._operands(i)[::-1]
        return tuple(code)

    def _operands(self, i: int) -> list[int | None]:
        """What an instruction reads: positions, None for what is an item."""
        elements = range(self.flow.first[i], self.flow.first[i + 1])
        return [int(self.flow.value[e]) if self.inner[e] else None for e in elements]


def _as_one(root: Any, blocks: Sequence[Block]) -> Any:
    """What is a root in one block of a loop is one in all."""
    for start, period, count in blocks:
        rows = root[start : start + period * count].reshape(count, period)
        rows[:] = rows.any(axis=0)
    return root


def _by_depth(depth: Any) -> list[Any]:
    """The positions at depth 0, 1, …; those of depth -1 are nowhere."""
    deepest = int(depth.max(initial=-1))
    small = (depth + 1).astype(np.min_scalar_type(deepest + 1))
    return [np.flatnonzero(small == d + 1) for d in range(deepest + 1)]
