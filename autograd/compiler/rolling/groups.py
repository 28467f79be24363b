"""Expressions of one form become groups: sorted by what they read, cut where a step changes.

Thousands of expressions that differ in addresses only are a table: a row each, a column for each
leaf. Sorted by rows, a layer's neurons stand one below the other, and their rows differ by a
constant step: that is an inner loop. Equal runs whose first rows differ by a constant step are the
outer loop of one group. Dots have one length and one stride within a group; others are groups of
their own.

Where that would be many short runs, for what is read follows a mesh's edges or a text's tokens, all
expressions are one group in the order in which they were recorded, and addresses are looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..programs.program import halves
from .arrays import numbered, sorted_by
from .expressions import Strides, filled, lines, written_out
from .flow import PLACE
from .rolled import Dot, Group, Leaf, Words
from .runs import FEW_TERMS, are_many, by_turns, is_irregular, runs
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
    """Leaf k of all expressions: what its address is in, and the addresses; or a row of them each,
    along which a dot goes.
    """

    code: int
    values: Any
    table: bool = False


_Columns = dict[Any, tuple[int, _Column]]
"""Leaves by what is equal for equal ones, and their numbers."""


def groups(slots: Slots, roots: Any) -> Iterator[Group]:
    """The groups of expressions of one form, that do not read each other."""
    forest = slots.forest
    template = forest.template(int(roots[0]))
    width = int(forest.start[roots[0] + 1] - forest.start[roots[0]])
    items = forest.item[forest.start[roots][:, None] + np.arange(width)]
    dots = {j: _dots(slots, ~items[:, j]) for j in np.flatnonzero(items[0] < 0).tolist()}
    alike = [*_alike(slots, dots, len(roots))]
    if not forest.flow.is_total[roots[0]] and _differ(slots, dots, len(alike), len(roots)):
        yield _looked_up(slots, roots, template, items, dots)
        return
    for rows in alike:
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
    total = bool(flow.is_total[roots[0]])
    many = total or bool(flow.many[roots[0]])
    sampled = many and not total
    if not total and _are_scattered(slots, found):
        yield _looked_up(slots, roots, template, items, found)
        return
    code, columns, dots = _columns(slots, template, items, found)
    order = _order(columns, len(roots))
    known = _known(slots, roots[order], columns, order)
    turned = by_turns(known)
    if not total and is_irregular(known[turned]):
        yield _looked_up(slots, roots, template, items, found)
        return
    order = order[turned]
    roots = roots[order]
    table = [_placed(slots, column, order) for column in columns]
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
        yield Group(code, leaves, target, many, count, outer, dots, total)


def _looked_up(
    slots: Slots, roots: Any, template: Template, items: Any, found: dict[int, _Dots]
) -> Group:
    """One group of expressions, whose addresses are looked up unless they move by a constant step."""
    flow = slots.forest.flow
    order = np.argsort(slots.output[roots], kind="stable")
    roots = roots[order]
    found = {j: dot.of(order) for j, dot in found.items()}
    code, columns, dots = _columns(slots, template, items[order], found, irregular=True)
    many, in_order = bool(flow.many[roots[0]]), np.arange(len(roots))
    leaves = []
    for column in columns:
        space, array = space_of(column.code)
        leaves.append(slots.line(space, _placed(slots, column, in_order), array))
    if slots.address[roots[0]] < 0:
        slots.give(roots, many)
    target = slots.line("S" if many else "U", slots.address[roots])
    return Group(code, tuple(leaves), target, many, len(roots), dots=dots)


def _columns(
    slots: Slots, template: Template, items: Any, found: dict[int, _Dots], irregular: bool = False
) -> tuple[Words, list[_Column], tuple[Dot, ...]]:
    """The code of a template, its leaves, and its dots, in lines: terms are written out where they go
    along no constant steps, nor where addresses are looked up.
    """
    columns: _Columns = {}
    dots: list[Dot] = []

    def dot(item: int, op: str, start: Words) -> Words:
        both = found[item]
        steps = _steps(slots, both)
        whole = irregular and all(_is_in_one_space(slots, side) for side in both)
        for first, terms, strides in [(0, len(steps) + 1, (0, 0))] if whole else lines(steps):
            w, x = (side.elements[:, first : first + terms] for side in both)
            if strides is None:
                pair = _add(slots, columns, w[:, 0]), _add(slots, columns, x[:, 0])
                start = written_out([pair], start, op)
            else:
                line = _Dots(_side(slots, w), _side(slots, x))
                dots.append(_dot(slots, columns, line, irregular)._replace(start=start, op=op))
                start = (~(len(dots) - 1),)
        return start

    code = filled(template, lambda item: _add(slots, columns, items[:, item]), dot)
    return code, [column for _, column in columns.values()], tuple(dots)


def _is_in_one_space(slots: Slots, side: _Side) -> bool:
    codes = slots.forest.flow.code[side.elements]
    return bool((codes == codes[0, 0]).all())


def _steps(slots: Slots, both: _Dots) -> list[Strides | None]:
    """How far all rows' terms are from those before; None where they are not alike."""
    ways = []
    for side in both:
        codes, at = slots.forest.flow.code[side.elements], slots.addresses(side.elements)
        step = np.where(codes[:, 1:] == PLACE, 0, np.diff(at, axis=1))
        alike = (codes[:, 1:] == codes[:1, :-1]) & (step == step[:1])
        ways.append((step[0].tolist(), alike.all(axis=0).tolist()))
    (w, w_alike), (x, x_alike) = ways
    rows = zip(w, x, w_alike, x_alike, strict=True)
    return [(dw, dx) if w_is and x_is else None for dw, dx, w_is, x_is in rows]


def _are_scattered(slots: Slots, dots: dict[int, _Dots]) -> bool:
    """Whether the terms of one of some dots are sooner looked up than written out."""
    return any(_is_scattered(slots, both) for both in dots.values())


def _is_scattered(slots: Slots, both: _Dots) -> bool:
    if both.w.holds[0] and both.x.holds[0]:
        return False
    terms = [slots.addresses(side.elements[0]) * (side.code[0] != PLACE) for side in both]
    alike = all(_is_in_one_space(slots, side) for side in both)
    return alike and is_irregular(np.column_stack(terms), FEW_TERMS)


def _differ(slots: Slots, dots: dict[int, _Dots], ways: int, count: int) -> bool:
    """Whether dots run in too many ways for a group of each."""
    sides = (side for both in dots.values() for side in both)
    return bool(are_many(ways, count)) and all(_is_in_one_space(slots, side) for side in sides)


def _add(slots: Slots, columns: _Columns, elements: Any) -> int:
    """The number of a leaf, which is a column already if it is the same for all."""
    code, at = int(slots.forest.flow.code[elements[0]]), slots.addresses(elements)
    return columns.setdefault((code, at.tobytes()), (len(columns), _Column(code, at)))[0]


def _dot(slots: Slots, columns: _Columns, both: _Dots, irregular: bool) -> Dot:
    strides = []
    for side in both:
        at, is_table = slots.addresses(side.elements[:, 0]), bool(side.is_table.any())
        if is_table or (irregular and not _is_steady(side, at)):
            at, is_table = slots.addresses(side.elements), True
        number = len(columns)
        columns[number] = number, _Column(int(side.code[0]), at, is_table)
        strides.append(1 if is_table else int(side.stride[0]))
    w, x = strides
    return Dot(both[0].elements.shape[1], len(columns) - 2, len(columns) - 1, w, x)


def _is_steady(side: _Side, first: Any) -> bool:
    """Whether the dots of all rows move alike along one side, and from row to row by one step."""
    alike = side.holds.all() and (side.stride == side.stride[0]).all()
    return side.code[0] == PLACE or bool(alike and (np.diff(first, 2) == 0).all())


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
