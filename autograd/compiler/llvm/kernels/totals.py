"""Sums over samples: lane by lane in registers within a block, one number each from block to block.

The gradient of a weight is a sum over all samples of a product. Its terms are added lane by lane while
a block of samples is worked on, in registers: a rectangle of sums side by side, as an outer product has
them. Then the lanes of neighbours are added up at once, to a vector that goes where the first block's
are put, and the others' added. With four lanes, and w = 1 … 4 for four weights:

    block_sums   four vectors, of which lane t has Σ of the samples t, t + 4, … of the block
    added_up     one vector, whose lane w has the sum of the four lanes of the w-th of these
    put          that vector into its place between blocks (see `sums`), or added to what is there
    reduced      after the last block: from there into the results

What tiles add to in a loop's iterations stays in lanes till the end; then all sums of the kernel do,
so `put` has the four vectors and `reduced` adds their lanes up. Where no second block comes, sums are
put into the results at once.

Where samples do not fill the last vector, its empty lanes hold a repetition of the last sample, which
must not count. They are made 0 in slots of which products are added up, as of all weights; what else
is added up leaves them out by a mask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from ...rolling.rolled import Group, Leaf
from ..text.ir import Code, Index, Text, evenly, in_steps
from ..text.lanes import Numbers
from .shapes import is_large
from .spaces import At, Part, Size
from .sums import Sums, neighbours
from .tiles import Tile, over_instances

COLUMNS = 16  # of an outer product, for all of its rows
MORE = 64  # of that of a large program


class Total(NamedTuple):
    """A sum as far as it is ready: a vector or a number, and the address of its (first) result."""

    n: Numbers  # what it is computed on
    x: Text
    address: Index


class Totals(NamedTuple):
    """The sums of one group, in the part that is being written."""

    part: Part
    group: Group
    room: Sums  # where they are between blocks

    def write_block(self) -> None:
        """Add the samples of this block."""
        shape, group = self.part.shape, self.group
        if shape.block == shape.lanes:
            rows, columns = 1, max(shape.instances, shape.lanes)
        else:  # as many columns as a vector of results has
            columns = min(shape.lanes, group.count)
            rows = max(1, shape.vectors * shape.instances // columns)
        self._over_rectangles((min(rows, group.outer), min(columns, group.count)))

    def _over_rectangles(self, size: Size) -> None:
        """All instances, a rectangle at a time: of few columns, whose samples stay in the first-level
        cache, all rows, and then of the next few. Rows that come from far meet more columns at once.
        """
        code, group = self.part.code, self.group
        columns = MORE if is_large(self.part.rolled) else COLUMNS
        at_once = group.count if group.outer == 1 else columns

        def strip(first: Index, how_many: int) -> None:
            def row(o: Index, rows: int) -> None:
                def tile(i: Index, columns: int) -> None:
                    at = At(o=o, i=first).after(code, i)
                    self._put(at, (rows, columns), self._block_sums(at, (rows, columns)))

                evenly(code, how_many, size[1], tile)

            in_steps(code, group.outer, size[0], row)

        in_steps(code, group.count, at_once, strip)

    def _block_sums(self, at: At, size: Size) -> list[Text]:
        """The sums of a block's samples, lane by lane, of a rectangle of instances."""
        part, n, code = self.part, self.part.many, self.part.code

        def add(lane: Index, sums: Sequence[Text]) -> list[Text]:
            tile, added = Tile(part, self.group, at._replace(lane=lane), size), [*sums]
            order = tile.shorter_side_kept()
            for cell, x in zip(order, tile.values(order=order), strict=True):
                added[cell] = n.add(sums[cell], x)
            return added

        def add_last(last: Index, sums: Sequence[Text]) -> list[Text]:
            mask = occupied(part, last)
            added = add(last, sums)
            return [n.select(mask, new, old) for new, old in zip(added, sums, strict=True)]

        zeros = [n.number(0.0)] * (size[0] * size[1])
        typed = [(n.type, zero) for zero in zeros]
        if part.shape.block == part.shape.lanes:
            return add_last(0, zeros)
        if is_product(part, self.group):
            return code.loop("%limit", add, typed, step=part.shape.lanes)
        last = last_vector(part)
        several = code.new(f"icmp ne i64 {last}, 0")
        loop = partial(code.loop, last, add, typed, step=part.shape.lanes)
        return add_last(last, code.when(several, loop, typed))

    def _put(self, at: At, size: Size, sums: Sequence[Text]) -> None:
        """Put a rectangle's sums into the results, or where they are between blocks."""
        part, code = self.part, self.part.code
        if part.shape.single:
            for total in self._added_up(at, size, sums):
                self._store(total)
            return
        finish = self._added_up if self.room.lanes == 1 else self._in_lanes
        totals = [*finish(at, size, sums)]
        places = [self.room.place(part, total.address) for total in totals]

        def added() -> list[Text]:
            return [n.add(n.load(at), x) for at, (n, x, _) in zip(places, totals, strict=True)]

        later = code.new("xor i1 %opens, true")
        sums = code.when(later, added, [(total.n.type, total.x) for total in totals])
        for place, x, total in zip(places, sums, totals, strict=True):
            total.n.store(x, place)

    def _store(self, total: Total) -> None:
        """Put a sum that is ready into the result."""
        total.n.store(total.x, self.part.place(self.group.target, total.address))

    def _in_lanes(self, at: At, size: Size, sums: Sequence[Text]) -> Iterator[Total]:
        """A rectangle's sums as they are."""
        instances = ((o, i) for o in range(size[0]) for i in range(size[1]))
        for x, instance in zip(sums, instances, strict=True):
            yield Total(self.part.many, x, self.part.index(self.group.target, at, instance))

    def _added_up(self, at: At, size: Size, sums: Sequence[Text]) -> Iterator[Total]:
        """The lanes of a rectangle's sums added up, row by row; several rows at once, where they lie
        side by side and a vector of results has room for them.
        """
        code, lanes, target = self.part.code, self.part.shape.lanes, self.group.target
        columns = size[1]
        adjacent = target.inner == 1 and columns == self.group.count == target.outer
        step = lanes if adjacent and lanes % columns == 0 else columns
        for first in range(0, len(sums), step):
            o, i = divmod(first, columns)
            here = at._replace(o=code.offset(o, (at.o, 1)), i=code.offset(i, (at.i, 1)))
            yield from self._of_neighbours(here, sums[first : first + step])

    def _of_neighbours(self, at: At, sums: Sequence[Text]) -> Iterator[Total]:
        """The lanes of neighbouring instances' sums added up: to one vector, if there are enough."""
        part, n, target = self.part, self.part.many, self.group.target
        if len(sums) == n.lanes and (target.inner == 1 or n.lanes == 1):
            yield Total(n, n.sums_of_lanes(sums), part.index(target, at))
            return
        for i, x in enumerate(sums):
            yield Total(part.one, n.sum_of_lanes(x), part.index(target, at, (0, i)))

    def write_iteration(self, at: At) -> None:
        """Add one tile's samples, in one iteration of a loop around."""
        part, n = self.part, self.part.many

        def instance(o: Index, i: Index, _: int) -> None:
            here = at._replace(o=o, i=i)
            for v, x in enumerate(Tile(part, self.group, here, (1, 1)).values()):
                mask = occupied(part, part.code.offset(v * n.lanes, (at.lane, 1)))
                place = self.room.place(part, part.index(self.group.target, here))
                n.store(n.add(n.load(place), n.select(mask, x, n.number(0.0))), place)

        over_instances(part, self.group, 1, instance)

    def write_nothing(self) -> None:
        """The sums of no samples."""
        one = self.part.one

        def instance(o: Index, i: Index, _: int) -> None:
            index = self.part.index(self.group.target, At(o=o, i=i))
            self._store(Total(one, one.number(0.0), index))

        over_instances(self.part, self.group, 1, instance)

    def write_reduction(self) -> None:
        """Bring the sums into the results, after the last block."""

        def instances(o: Index, i: Index, how_many: int) -> None:
            for total in self._reduced(At(o=o, i=i), how_many):
                self._store(total)

        over_instances(self.part, self.group, self.part.shape.lanes, instances)

    def _reduced(self, at: At, how_many: int) -> Iterator[Total]:
        """The sums of neighbouring instances, from where they are between blocks."""
        part, room, target = self.part, self.room, self.group.target
        if room.lanes > 1:
            indices = [part.index(target, at, (0, k)) for k in range(how_many)]
            sums = [part.many.load(room.place(part, index)) for index in indices]
            yield from self._of_neighbours(at, sums)
            return
        n = part.many if how_many == part.shape.lanes else part.one
        for k in range(0, how_many, n.lanes):
            index = part.index(target, at, (0, k))
            yield Total(n, n.load(room.place(part, index)), index)


def write_block(part: Part, groups: Sequence[Group], room: Sums) -> None:
    """Add the samples of this block to the sums of some groups."""
    write_empty(part, [group for group in groups if is_product(part, group)])
    for group in groups:
        Totals(part, group, room).write_block()


def write_zeros(code: Code, numbers: int) -> None:
    """Begin all sums at 0."""
    each = code.element.bytes
    code.do(
        f"call void @llvm.memset.p0.i64(ptr align {each} %sums, i8 0, i64 {each * numbers}, i1 false)"
    )


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

    def every() -> None:
        last, zero = last_vector(part), n.number(0.0)
        mask = occupied(part, last)
        for run in neighbours(read):

            def slot(o: Index, i: Index, _: int, target: Leaf = run.target) -> None:
                place = part.slot(part.index(target, At(o=o, i=i)), last)
                n.store(n.select(mask, n.load(place), zero), place)

            over_instances(part, run, 1, slot)

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
