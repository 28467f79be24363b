"""Sums over samples: lane by lane in registers within a block, one number each from block to block.

The gradient of a weight is a sum over all samples of a product. Its terms are added lane by lane while
a block of samples is worked on, in registers: a rectangle of sums side by side, as an outer product has
them. Then the lanes of neighbours are added up at once, to a vector that goes where the first block's
are put, and the others' added. What tiles add to in a loop's iterations stays in lanes till the end.

Where samples do not fill the last vector, its empty lanes hold a repetition of the last sample, which
must not count. They are made 0 in slots of which products are added up, as of all weights; what else
is added up leaves them out by a mask.

Names: sums the running totals of a tile; room where they are between blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from ..rolling.rolled import Group, Leaf
from .ir import Code, Index, Text, evenly, in_steps
from .lanes import Numbers
from .shapes import is_large
from .spaces import At, Part, Place
from .sums import Sums, neighbours
from .tiles import Tile, over_instances

COLUMNS = 16  # of an outer product, for all of its rows
MORE = 64  # of that of a large program


def write_zeros(code: Code, numbers: int) -> list[Text]:
    """Begin all sums at 0."""
    each = code.element.bytes
    code.do(
        f"call void @llvm.memset.p0.i64(ptr align {each} %sums, i8 0, i64 {each * numbers}, i1 false)"
    )
    return []


def write_totals(part: Part, groups: Sequence[Group], room: Sums) -> None:
    """Add the samples of this block to the sums of some groups."""
    write_empty(part, [group for group in groups if is_product(part, group)])
    for group in groups:
        write_total(part, group, room)


def write_total(part: Part, group: Group, room: Sums) -> None:
    """Add the samples of this block to a group's sums."""
    shape, lanes = part.shape, part.shape.lanes
    if shape.block == lanes:
        rows, columns = 1, max(shape.instances, lanes)
    else:  # as many columns as a vector of results has
        columns = min(lanes, group.count)
        rows = max(1, shape.vectors * shape.instances // columns)
    over_rectangles(part, group, (min(rows, group.outer), min(columns, group.count)), room)


def over_rectangles(part: Part, group: Group, size: Place, room: Sums) -> None:
    """All instances, a rectangle at a time: of few columns, whose samples stay in the first-level
    cache, all rows, and then of the next few. Rows that come from far meet more columns at once.
    """
    code = part.code
    columns = MORE if is_large(part.rolled) else COLUMNS
    at_once = group.count if group.outer == 1 else columns

    def strip(first: Index, how_many: int) -> None:
        def row(o: Index, rows: int) -> None:
            def tile(i: Index, columns: int) -> None:
                at = At(o=o, i=code.offset(0, (first, 1), (i, 1)))
                sums = block_sums(part, group, at, (rows, columns))
                keep(part, group, at, (rows, columns), sums, room)

            evenly(code, how_many, size[1], tile)

        in_steps(code, group.outer, size[0], row)

    in_steps(code, group.count, at_once, strip)


def block_sums(part: Part, group: Group, at: At, size: Place) -> list[Text]:
    """The sums of a block's samples, lane by lane."""
    n, code = part.many, part.code

    def add(lane: Index, sums: Sequence[Text]) -> list[Text]:
        tile, added = Tile(part, group, at._replace(lane=lane), size), [*sums]
        order = tile.shorter_side_kept()
        for place, x in zip(order, tile.values(order=order), strict=True):
            added[place] = n.add(sums[place], x)
        return added

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


def keep(part: Part, group: Group, at: At, size: Place, sums: Sequence[Text], room: Sums) -> None:
    """Put a tile's sums where they belong: into the result, or beside those of other blocks."""
    n, code = part.many, part.code
    if part.shape.single:
        for kind, total, index in added_up(part, group, at, size, sums):
            kind.store(total, part.place(group.target, index))
        return
    if room.lanes == 1:
        parts = [*added_up(part, group, at, size, sums)]
    else:
        every = [(o, i) for o in range(size[0]) for i in range(size[1])]
        parts = [(n, x, part.index(group.target, at, p)) for x, p in zip(sums, every, strict=True)]
    where = [room.place(part, index) for _, _, index in parts]

    def added() -> list[Text]:
        return [
            kind.add(kind.load(place), total)
            for place, (kind, total, _) in zip(where, parts, strict=True)
        ]

    before = code.new("xor i1 %opens, true")
    sums = code.when(before, added, [(kind.type, total) for kind, total, _ in parts])
    for place, total, (kind, _, _) in zip(where, sums, parts, strict=True):
        kind.store(total, place)


def added_up(
    part: Part, group: Group, at: At, size: Place, sums: Sequence[Text]
) -> Iterator[tuple[Numbers, Text, Index]]:
    """The lanes of a tile's sums added up, as many at a time as a vector of results has: numbers or
    vectors of them, and the address of each.
    """
    columns, target = size[1], group.target
    adjacent = target.inner == 1 and columns == group.count == target.outer
    step = part.shape.lanes if adjacent and part.shape.lanes % columns == 0 else columns
    for first in range(0, len(sums), step):
        o, i = divmod(first, columns)
        here = at._replace(o=part.code.offset(o, (at.o, 1)), i=part.code.offset(i, (at.i, 1)))
        yield from neighbouring(part, group, here, sums[first : first + step])


def neighbouring(
    part: Part, group: Group, at: At, sums: Sequence[Text]
) -> Iterator[tuple[Numbers, Text, Index]]:
    """The lanes of neighbouring instances' sums added up."""
    n, target = part.many, group.target
    if len(sums) == n.lanes and (target.inner == 1 or n.lanes == 1):
        yield n, n.sums_of_lanes(sums), part.index(target, at)
        return
    for i, total in enumerate(sums):
        yield part.one, n.sum_of_lanes(total), part.index(target, at, (0, i))


def write_total_in_loop(part: Part, group: Group, at: At, room: Sums) -> None:
    """Add one tile's samples, in one iteration of a loop around."""
    n = part.many

    def instance(o: Index, i: Index, _: int) -> None:
        here = at._replace(o=o, i=i)
        for v, x in enumerate(Tile(part, group, here, (1, 1)).values()):
            mask = occupied(part, part.code.offset(v * part.shape.lanes, (at.lane, 1)))
            place = room.place(part, part.index(group.target, here))
            n.store(n.add(n.load(place), n.select(mask, x, n.number(0.0))), place)

    over_instances(part, group, 1, instance)


def write_nothing(part: Part, group: Group) -> None:
    """The sums of no samples."""

    def instance(o: Index, i: Index, _: int) -> None:
        index = part.index(group.target, At(o=o, i=i))
        part.one.store(part.one.number(0.0), part.place(group.target, index))

    over_instances(part, group, 1, instance)


def write_reduction(part: Part, group: Group, room: Sums) -> None:
    """Bring a group's sums into the results, after the last block: their lanes added up."""

    def instances(o: Index, i: Index, how_many: int) -> None:
        at = At(o=o, i=i)
        n = part.many if how_many == part.shape.lanes else part.one
        if room.lanes == 1:
            for k in range(0, how_many, n.lanes):
                index = part.index(group.target, at, (0, k))
                n.store(n.load(room.place(part, index)), part.place(group.target, index))
            return
        indices = [part.index(group.target, at, (0, k)) for k in range(how_many)]
        sums = [part.many.load(room.place(part, index)) for index in indices]
        for kind, total, index in neighbouring(part, group, at, sums):
            kind.store(total, part.place(group.target, index))

    over_instances(part, group, part.shape.lanes, instances)
