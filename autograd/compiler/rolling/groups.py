"""Expressions of one form become groups: sorted by what they read, cut where a step changes.

Thousands of expressions that differ in addresses only are a table: a row each, a column for each
leaf. Sorted by rows, a layer's neurons stand one below the other, and their rows differ by a
constant step: that is an inner loop. Equal runs whose first rows differ by a constant step are the
outer loop of one group. Dots have one length and one stride within a group; others are groups of
their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..programs.program import halves
from .arrays import numbered, sorted_by
from .expressions import filled, written_out
from .flow import PLACE
from .rolled import Dot, Group, Leaf, Words
from .runs import by_turns, runs
from .slots import Slots, space_of
from .trees import Template


class _Dots(NamedTuple):
    """A dot of many expressions: both sides."""

    w: _Side
    x: _Side

    def of(self, rows: Any) -> _Dots:
        """Those of some of the expressions."""
        return _Dots(*(_Side(*(x[rows] for x in side)) for side in self))


class _Side(NamedTuple):
    """One side of a dot, of many expressions: what they have in common, by rows."""

    elements: Any
    code: Any  # of the first term
    stride: Any
    is_table: Any  # of constants that differ
    holds: Any  # whether addresses move by one stride


class _Column(NamedTuple):
    """Leaf k of all expressions: what its address is in, and the addresses; or a table's elements."""

    code: int
    values: Any
    table: bool = False


def groups(slots: Slots, roots: Any) -> Iterator[Group]:
    """The groups of expressions of one form, that do not read each other."""
    forest = slots.forest
    template = forest.template(int(roots[0]))
    width = int(forest.start[roots[0] + 1] - forest.start[roots[0]])
    items = forest.item[forest.start[roots][:, None] + np.arange(width)]
    dots = {j: _dots(slots, ~items[:, j]) for j in np.flatnonzero(items[0] < 0).tolist()}
    for rows in _alike(slots, dots, len(roots)):
        some = {j: dot.of(rows) for j, dot in dots.items()}
        yield from _groups(slots, roots[rows], template, items[rows], some)


def _dots(slots: Slots, dots: Any) -> _Dots:
    first, last = slots.forest.flow.first[dots], slots.forest.flow.first[dots + 1]
    ws, xs, _ = halves((first[:, None] + np.arange(last[0] - first[0])).T)
    return _Dots(_side(slots, ws.T), _side(slots, xs.T))


def _side(slots: Slots, elements: Any) -> _Side:
    codes, at = slots.forest.flow.code[elements], slots.addresses(elements)
    steps = np.diff(at, axis=1)
    stride = steps[:, 0] if steps.shape[1] else np.zeros(len(at), dtype=np.int64)
    one = (codes == codes[:, :1]).all(axis=1)
    constant = one & (codes[:, 0] == PLACE)
    is_table = constant & (steps != 0).any(axis=1)
    holds = one & (constant | (steps == stride[:, None]).all(axis=1))
    return _Side(elements, codes[:, 0], np.where(constant, is_table, stride), is_table, holds)


def _alike(slots: Slots, dots: dict[int, _Dots], count: int) -> Iterator[Any]:
    """The rows whose dots run alike."""
    if not dots:
        yield np.arange(count)
        return
    keys = []
    for ws, xs in dots.values():
        holds = ws.holds & xs.holds
        keys += [holds[:, None]]
        for side in (ws, xs):
            keys += [np.stack(side[1:4], axis=1) * holds[:, None]]
            if not holds.all():
                keys += [slots.forest.flow.code[side.elements] * ~holds[:, None]]
    form = np.zeros(count, dtype=np.int64)
    for key in np.concatenate(keys, axis=1).T:
        form = numbered(form * (key.max() - key.min() + 1) + key - key.min())
    order = sorted_by(form, np.arange(count))
    yield from np.split(order, np.flatnonzero(np.diff(form[order])) + 1)


def _groups(
    slots: Slots, roots: Any, template: Template, items: Any, found: dict[int, _Dots]
) -> Iterator[Group]:
    flow = slots.forest.flow
    columns: list[_Column] = []
    dots: list[Dot] = []

    def dot(item: int, op: str, start: Words) -> Words:
        ws, xs = found[item]
        if ws.holds[0] and xs.holds[0]:
            dots.append(_dot(slots, columns, found[item])._replace(start=start, op=op))
            return (~(len(dots) - 1),)
        pairs = [
            (_add(slots, columns, w), _add(slots, columns, x))
            for w, x in zip(ws.elements.T, xs.elements.T, strict=True)
        ]
        return written_out(pairs, start, op)

    code = filled(template, lambda item: _add(slots, columns, items[:, item]), dot)
    order = _order(columns, len(roots))
    order = order[by_turns(_known(slots, roots[order], columns, order))]
    roots = roots[order]
    table = [_placed(slots, column, order) for column in columns]
    total = bool(flow.is_total[roots[0]])
    many = total or bool(flow.many[roots[0]])
    sampled = many and not total
    if slots.address[roots[0]] < 0:
        slots.give(roots, sampled)
    rows = np.column_stack([*table, slots.address[roots]])
    spaces = [space_of(column.code) for column in columns]
    for first, count, outer, step, far in runs(rows):
        moves = list(zip(rows[first].tolist(), step.tolist(), far.tolist(), strict=True))
        leaves = tuple(
            Leaf(space, *move, array=array)
            for (space, array), move in zip(spaces, moves[:-1], strict=True)
        )
        target = Leaf("S" if sampled else "U", *moves[-1])
        yield Group(code, leaves, target, many, count, outer, tuple(dots), total)


def _add(slots: Slots, columns: list[_Column], elements: Any) -> int:
    """The number of a leaf, which is a column already if it is the same for all."""
    code, at = int(slots.forest.flow.code[elements[0]]), slots.addresses(elements)
    for k, column in enumerate(columns):
        if column.code == code and not column.table and np.array_equal(column.values, at):
            return k
    columns.append(_Column(code, at))
    return len(columns) - 1


def _dot(slots: Slots, columns: list[_Column], both: _Dots) -> Dot:
    for side in both:
        at = slots.addresses(side.elements if side.is_table[0] else side.elements[:, 0])
        columns.append(_Column(int(side.code[0]), at, bool(side.is_table[0])))
    terms, (w, x) = both[0].elements.shape[1], (int(side.stride[0]) for side in both)
    return Dot(terms, len(columns) - 2, len(columns) - 1, w, x)


def _order(columns: list[_Column], count: int) -> Any:
    """The rows sorted by their addresses, the first leaf's above all; constants have none yet."""
    keys = [column.values for column in columns if column.code != PLACE]
    return np.lexsort(keys[::-1]) if keys else np.arange(count)


def _known(slots: Slots, roots: Any, columns: list[_Column], order: Any) -> Any:
    """The addresses of all rows that are given by now."""
    known = [column.values[order] for column in columns if column.code != PLACE]
    if slots.address[roots[0]] >= 0:
        known.append(slots.address[roots])
    return np.array(known, dtype=np.int64).reshape(len(known), len(roots)).T


def _placed(slots: Slots, column: _Column, order: Any) -> Any:
    """A column of addresses: constants get places here, one if all are the same."""
    values = column.values[order]
    if column.code != PLACE:
        return values
    if column.table:
        return slots.table(values.ravel().tolist()) + values.shape[1] * np.arange(len(values))
    if (values == values[0]).all():
        return np.full(len(values), slots.constants(values[:1]))
    return slots.table(values.tolist()) + np.arange(len(values))
