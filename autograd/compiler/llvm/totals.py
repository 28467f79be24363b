"""Sums over samples stay in the lanes of vectors, and are added up once a call.

The gradient of a weight is a sum over all samples of a product. Its terms are added lane by lane: in
registers while a block of samples is worked on (a rectangle of sums side by side, as an outer product
has them), in memory that stays in the cache from block to block (where the first one's are put, and
the others' added), and across the lanes only at the end.

Where samples do not fill the last vector, its empty lanes hold a repetition of the last sample, which
must not count. They are made 0 in slots of which products are added up, as of all weights; what else
is added up leaves them out by a mask.

Names: sums the running totals of a tile; least the least address of a total, whose lanes are first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..rolling.rolled import Group, Leaf, Loop, Stage
from ..rolling.runs import runs
from .ir import Code, Index, Text
from .shapes import is_large
from .spaces import At, Part, Place
from .tiles import Tile, in_steps, over_instances

COLUMNS = 16  # of an outer product, for all of its rows


def apart(stage: Stage) -> Iterator[tuple[Group, int]]:
    """The totals of whole blocks, as if of one iteration."""
    yield from ((item, 1) for item in stage.items if isinstance(item, Group) and item.total)


def in_loops(stage: Stage) -> Iterator[tuple[Group, int]]:
    """The totals that every tile adds to in the iterations of a loop, and how many those are."""
    for item in stage.items:
        if isinstance(item, Loop):
            yield from ((group, item.count) for group in item.body if group.total)


def neighbours(found: Iterable[tuple[Group, int]]) -> Iterator[Group]:
    """The totals of some groups as few groups: those side by side are one, whoever computes them, and
    so are rows of one length at one distance.
    """
    places = np.unique(np.concatenate([[], *_every_place(found)]).astype(int))
    starts = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    rows = np.column_stack([places[starts], np.diff(starts, append=len(places))])
    for first, count, outer, by, _ in runs(rows) if len(rows) else ():
        alike = 1 if by[1] else count
        for start, length in rows[first : first + count * outer : alike].tolist():
            yield Group((), (), Leaf("U", start, 1, int(by[0])), False, length, alike)


def _every_place(found: Iterable[tuple[Group, int]]) -> list[Any]:
    """The addresses of every group's totals."""
    return [_places(group, iterations) for group, iterations in found]


def _places(group: Group, iterations: int) -> Any:
    base, inner, outer, step = group.target[1:5]
    s, o, i = np.ix_(*(np.arange(count) for count in (iterations, group.outer, group.count)))
    return (base + s * step + o * outer + i * inner).ravel()


def span(found: Iterable[tuple[Group, int]]) -> tuple[int, int]:
    """The least address of some groups' totals, and how many there are from there to the last."""
    ends = [end(places) for places in _every_place(found) for end in (np.min, np.max)]
    return (int(min(ends)), int(max(ends) - min(ends)) + 1) if ends else (0, 0)


def write_zeros(code: Code, numbers: int) -> list[Text]:
    """Begin all sums at 0."""
    each = code.element.bytes
    code.do(
        f"call void @llvm.memset.p0.i64(ptr align {each} %sums, i8 0, i64 {each * numbers}, i1 false)"
    )
    return []


def write_totals(part: Part, groups: Sequence[Group], least: int) -> None:
    """Add the samples of this block to the sums of some groups."""
    write_empty(part, [group for group in groups if is_product(part, group)])
    for group in groups:
        write_total(part, group, least)


def write_total(part: Part, group: Group, least: int) -> None:
    """Add the samples of this block to a group's sums."""
    shape, lanes = part.shape, part.shape.lanes
    if shape.block == lanes:
        rows, columns = 1, max(shape.instances, lanes)
    elif shape.single:  # as many columns as a vector of results has
        columns = min(lanes, group.count)
        rows = max(1, shape.vectors * shape.instances // columns)
    else:
        rows, columns = shape.instances, shape.vectors
    over_rectangles(part, group, (min(rows, group.outer), min(columns, group.count)), least)


def over_rectangles(part: Part, group: Group, size: Place, least: int) -> None:
    """All instances, a rectangle at a time: of few columns, whose samples stay in the first-level
    cache, all rows, and then of the next few. (Sums that no cache holds are gone through in order.)
    """
    code = part.code
    at_once = group.count if group.outer == 1 or is_large(part.rolled) else COLUMNS

    def strip(first: Index, how_many: int) -> None:
        def row(o: Index, rows: int) -> None:
            def tile(i: Index, columns: int) -> None:
                at = At(o=o, i=code.offset(0, (first, 1), (i, 1)))
                sums = block_sums(part, group, at, (rows, columns))
                keep(part, group, at, (rows, columns), sums, least)

            in_steps(code, how_many, size[1], tile)

        in_steps(code, group.outer, size[0], row)

    in_steps(code, group.count, at_once, strip)


def block_sums(part: Part, group: Group, at: At, size: Place) -> list[Text]:
    """The sums of a block's samples, lane by lane."""
    n, code = part.many, part.code

    def add(lane: Index, sums: Sequence[Text]) -> list[Text]:
        values = Tile(part, group, at._replace(lane=lane), size).values()
        return [n.add(total, x) for total, x in zip(sums, values, strict=True)]

    def add_last(sums: Sequence[Text]) -> list[Text]:
        mask = occupied(part, last)
        added = add(last, sums)
        return [n.select(mask, new, old) for new, old in zip(added, sums, strict=True)]

    zeros = [n.number(0.0)] * (size[0] * size[1])
    typed = [(n.type, zero) for zero in zeros]
    last: Index = 0
    if part.shape.block == part.shape.lanes:
        return add_last(zeros)
    if is_product(part, group):
        return code.loop("%limit", add, typed, step=part.shape.lanes)
    last = last_vector(part)
    several = code.new(f"icmp ne i64 {last}, 0")
    loop = partial(code.loop, last, add, typed, step=part.shape.lanes)
    return add_last(code.when(several, loop, typed))


def is_product(part: Part, group: Group) -> bool:
    """Whether its terms are products of slots that the block alone reads: 0 where these are 0."""
    many = part.shape.block > part.shape.lanes and isinstance(part.stride, int)
    return many and all(
        word == "mul" or (isinstance(word, int) and word >= 0 and _is_row(group.leaves[word]))
        for word in group.code
    )


def _is_row(leaf: Leaf) -> bool:
    """Whether it is a slot of samples, or some at constant distances."""
    return leaf.space == "S" and not leaf.looked_up


def write_empty(part: Part, products: Sequence[Group]) -> None:
    """Make 0 what products read in lanes that no sample fills."""
    code, n = part.code, part.many
    read = [(group._replace(target=leaf), 1) for group in products for leaf in group.leaves]

    def every() -> list[Text]:
        last, zero = last_vector(part), n.number(0.0)
        mask = occupied(part, last)
        for run in neighbours(read):

            def slot(o: Index, i: Index, _: int, target: Leaf = run.target) -> None:
                place = part.slot(part.index(target, At(o=o, i=i)), last)
                n.store(n.select(mask, n.load(place), zero), place)

            over_instances(part, run, 1, slot)
        return []

    if read:
        empty = code.new(f"and i64 %limit, {n.lanes - 1}")
        code.when(code.new(f"icmp ne i64 {empty}, 0"), every)


def last_vector(part: Part) -> Text:
    """Where the last vector of the block's samples begins."""
    return part.code.index(f"and i64 {part.code.index('sub i64 %limit, 1')}, {-part.shape.lanes}")


def occupied(part: Part, lane: Index) -> Text:
    """A truth a lane: whether the vector that begins at a lane has a sample there."""
    n, code = part.many, part.code
    left = code.new(f"sub i64 %limit, {code.added_up(lane)}")
    if n.lanes == 1:
        return code.new(f"icmp slt i64 0, {left}")
    bits = f"<{n.lanes} x i64>"
    one = code.new(f"insertelement {bits} poison, i64 {left}, i32 0")
    zeros = f"<{n.lanes} x i32> zeroinitializer"
    limit = code.new(f"shufflevector {bits} {one}, {bits} poison, {zeros}")
    numbers = ", ".join(f"i64 {i}" for i in range(n.lanes))
    return code.new(f"icmp slt {bits} <{numbers}>, {limit}")


def keep(part: Part, group: Group, at: At, size: Place, sums: Sequence[Text], least: int) -> None:
    """Put a tile's sums where they belong: into the result, or beside those of other blocks."""
    if part.shape.single:
        store_tile_sums(part, group, at, size, sums)
        return
    n, code = part.many, part.code
    where = [
        lanes_of(part, group, at, (o, i), least) for o in range(size[0]) for i in range(size[1])
    ]

    def added() -> list[Text]:
        return [n.add(n.load(place), total) for place, total in zip(where, sums, strict=True)]

    before = code.new("xor i1 %opens, true")
    sums = code.when(before, added, [(n.type, total) for total in sums])
    for place, total in zip(where, sums, strict=True):
        n.store(total, place)


def store_tile_sums(part: Part, group: Group, at: At, size: Place, sums: Sequence[Text]) -> None:
    """Add up the lanes of a tile's sums, as many at a time as a vector of results has."""
    columns, target = size[1], group.target
    adjacent = target.inner == 1 and columns == group.count == target.outer
    step = part.shape.lanes if adjacent and part.shape.lanes % columns == 0 else columns
    for first in range(0, len(sums), step):
        o, i = divmod(first, columns)
        here = at._replace(o=part.code.offset(o, (at.o, 1)), i=part.code.offset(i, (at.i, 1)))
        store_sums(part, group, here, sums[first : first + step])


def store_sums(part: Part, group: Group, at: At, sums: Sequence[Text]) -> None:
    """Add up the lanes of neighbouring instances, and store the results."""
    n, target = part.many, group.target
    if len(sums) == n.lanes and (target.inner == 1 or n.lanes == 1):
        n.store(n.sums_of_lanes(sums), part.place(target, part.index(target, at)))
        return
    for i, total in enumerate(sums):
        place = part.place(target, part.index(target, at, (0, i)))
        part.one.store(n.sum_of_lanes(total), place)


def lanes_of(part: Part, group: Group, at: At, place: Place, least: int) -> Text:
    """Where an instance's lanes are: in the order of the results, the least address's first."""
    lanes, number = part.shape.lanes, part.index(group.target, at, place)
    return part.code.at("%sums", part.code.offset(-least * lanes, (number, lanes)))


def write_total_in_loop(part: Part, group: Group, at: At, least: int) -> None:
    """Add one tile's samples, in one iteration of a loop around."""
    n = part.many

    def instance(o: Index, i: Index, _: int) -> None:
        here = at._replace(o=o, i=i)
        for v, x in enumerate(Tile(part, group, here, (1, 1)).values()):
            mask = occupied(part, part.code.offset(v * part.shape.lanes, (at.lane, 1)))
            place = lanes_of(part, group, here, (0, 0), least)
            n.store(n.add(n.load(place), n.select(mask, x, n.number(0.0))), place)

    over_instances(part, group, 1, instance)


def write_nothing(part: Part, group: Group) -> None:
    """The sums of no samples."""

    def instance(o: Index, i: Index, _: int) -> None:
        index = part.index(group.target, At(o=o, i=i))
        part.one.store(part.one.number(0.0), part.place(group.target, index))

    over_instances(part, group, 1, instance)


def write_reduction(part: Part, group: Group, least: int) -> None:
    """Add up the lanes of a group's sums, after the last block."""

    def instances(o: Index, i: Index, how_many: int) -> None:
        at = At(o=o, i=i)
        lanes = [lanes_of(part, group, at, (0, k), least) for k in range(how_many)]
        store_sums(part, group, at, [part.many.load(place) for place in lanes])

    over_instances(part, group, part.shape.lanes, instances)
