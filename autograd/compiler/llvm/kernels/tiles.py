"""Groups become loops over tiles: R instances × V vectors of numbers that stay in registers.

A matrix-vector product done row by row reads every input once a row; done in tiles of R rows by V
vectors of samples, each number that is read serves R or V products, and R·V sums run side by side, so
that the processor need not wait for one to be ready before it begins the next. A tile is written by
evaluating the group's postfix code once for each of its R·V *cells*; a dot inside it is a loop over
terms that carries R·V sums.

Names: o, i, s, lane where a tile begins (see `spaces`); j the term of a dot; r, v the cell of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...rolling.rolled import Dot, Group, Leaf, Words, words
from ..text.instructions import is_written_out
from ..text.ir import Code, Index, Text, evenly, in_steps
from .lines import evaluated, is_simple, place_of, write_line
from .spaces import At, Instance, Part, Size

UNROLLED = 4  # dots of so few terms are written out
SHORT = 12  # terms of a dot of one uniform number that is straight-line code
ABREAST = 4  # cells of a tile whose functions are written side by side, in turns
BRIEF = 8  # words of all instances of a group that is written out: a loop's text would be longer
STRIP = 32  # instances whose dots are kept until their functions are computed


def is_short(group: Group, dot: Dot) -> bool:
    """Whether a dot is sooner done without a loop: it has one instance, and few terms."""
    return group.count == group.outer == 1 and not group.per_sample and dot.terms <= SHORT


class Tile:
    """The numbers of a rectangle of instances × V vectors, read and computed once each."""

    def __init__(self, part: Part, group: Group, at: At, size: Size, across: bool = False) -> None:
        self.part, self.group, self.at, self.across = part, group, at, across
        self.n = part.many if group.per_sample or across else part.one
        self.cells = [
            (o, i, v) for o in range(size[0]) for i in range(size[1]) for v in range(at.vectors)
        ]
        self._read: dict[tuple[object, ...], Text] = {}
        self._dots: list[list[Text]] = []

    def dots(self) -> list[list[Text]]:
        """Every dot's sums in all cells."""
        self._dots = []
        for dot in self.group.dots:
            self._dots.append(self._dot(dot))
            self._read.clear()  # what a dot's loop has read lives there alone
        return self._dots

    def values(
        self, dots: list[list[Text]] | None = None, order: Sequence[int] = ()
    ) -> Iterator[Text]:
        """What the expression is in every cell, one after the other: by instance, then by vector, if
        no other order is asked for.
        """
        order = order or range(len(self.cells))
        self._dots = self.dots() if dots is None else dots
        together = ABREAST if is_written_out(self.group.code) else 1
        for k in range(0, len(order), together):
            yield from self._evaluate(self.group.code, order[k : k + together])

    def shorter_side_kept(self) -> list[int]:
        """The cells in an order in which few numbers wait in registers: those of a rectangle's shorter
        side, while the longer one's come one after the other.
        """
        rows, columns = (1 + max(cell[side] for cell in self.cells) for side in (0, 1))
        side = 1 if columns > rows else 0
        return sorted(range(len(self.cells)), key=lambda k: self.cells[k][side])

    def _evaluate(self, words: Words, cells: Sequence[int]) -> Sequence[Text]:
        def numbers(k: int) -> list[Text]:
            if k < 0:
                return [self._dots[~k][cell] for cell in cells]
            return [self._leaf(k, cell) for cell in cells]

        return evaluated(self.part, self.n, words, numbers, len(cells))

    def _leaf(self, k: int, cell: int, j: Index = 0, stride: int = 0) -> Text:
        """Leaf k in a cell: read once where it is the same number at several."""
        leaf, (o, i, v) = self.group.leaves[k], self.cells[cell]
        spot = (o if leaf.outer else 0, i if leaf.inner else 0), v if leaf.space in "SL" else 0
        key = (k, j, *spot)
        if key not in self._read:
            self._read[key] = self._load(leaf, *spot, j, stride)
        return self._read[key]

    def _load(self, leaf: Leaf, instance: Instance, v: int, j: Index, stride: int) -> Text:
        part, n = self.part, self.n
        known = part.known.get((place_of(self.group, leaf), v))
        if known and not stride:
            return n.broadcast(known) if self.across else known
        if self.across and leaf.inner:
            return self._neighbours(leaf, instance, j, stride)
        index = part.index(leaf, self.at, instance, j, stride)
        return part.read(n, leaf, index, self.at.lane, v, self.group.per_sample)

    def _neighbours(self, leaf: Leaf, instance: Instance, j: Index, stride: int) -> Text:
        """The numbers of as many instances as a vector has lanes."""
        part, n = self.part, self.n
        if leaf.looked_up:
            places = part.places_of(leaf, self.at, instance, j, stride)
            return n.gathered([*map(part.one.load, places)])
        place = part.place(leaf, part.index(leaf, self.at, instance, j, stride))
        if leaf.inner < 0:
            return n.reversed(n.load(part.code.at(place, 1 - n.lanes)))
        return n.load(place)

    def _dot(self, dot: Dot) -> list[Text]:
        n = self.n
        sign = n.neg if dot.op == "subdot" else str

        def term(j: Index, sums: list[Text]) -> list[Text]:
            self._read.clear()
            return [
                n.fma(
                    sign(self._leaf(dot.w, cell, j, dot.w_stride)),
                    self._leaf(dot.x, cell, j, dot.x_stride),
                    total,
                )
                for cell, total in enumerate(sums)
            ]

        if dot.start:
            sums = [z for k in range(len(self.cells)) for z in self._evaluate(dot.start, [k])]
        else:
            sums = [n.number(-0.0)] * len(self.cells)  # the sum of no terms: it changes no term
        if dot.terms <= UNROLLED:
            for j in range(dot.terms):
                sums = term(j, sums)
            return sums
        return self.part.code.loop(dot.terms, term, [(n.type, x) for x in sums])


def write_tile(part: Part, group: Group, at: At, size: Size, across: bool = False) -> None:
    """Compute a tile and store it."""
    tile = Tile(part, group, at, size, across)
    store_tile(tile, tile.values())


def write_strip(part: Part, group: Group, at: At, count: int, read: Callable[[int], Group]) -> None:
    """The dots of a strip of instances, a tile at a time, and then a loop over what is made of them.
    ``read`` answers the group as a tile of so many instances reads it (see `panels`).

    A function is dozens of instructions, each of which waits for the one before. A processor fills the
    gaps with others' that are near: so many functions follow each other, lines of four in turns. (The
    text has no more, for LLVM's time goes with its length.)
    """
    code, n = part.code, part.many if group.per_sample else part.one
    each = n.lanes * at.vectors  # numbers of one instance
    of_dot = each * max(STRIP, count)
    length = of_dot * len(group.dots)
    room = f"%strip{length}"
    part.room(room, length)

    def tile(first: Index, size: int) -> Tile:
        return Tile(part, read(size), at.after(code, first), (1, size))

    def places(dot: int, first: Index, size: int) -> list[Text]:
        starts = range(dot * of_dot, dot * of_dot + size * each, n.lanes)
        return [code.at(room, code.offset(start, (first, each))) for start in starts]

    def keep_dots(first: Index, size: int) -> None:
        for dot, sums in enumerate(tile(first, size).dots()):
            for x, place in zip(sums, places(dot, first, size), strict=True):
                n.store(x, place)

    def use_dots(first: Index, size: int) -> None:
        kept = [[*map(n.load, places(d, first, size))] for d in range(len(group.dots))]
        some = tile(first, size)
        store_tile(some, some.values(kept))

    evenly(code, count, part.shape.instances, keep_dots)
    in_steps(code, count, max(1, ABREAST // at.vectors), use_dots)


def store_tile(tile: Tile, values: Iterator[Text]) -> None:
    """Put a tile's numbers where they belong."""
    part, at, target = tile.part, tile.at, tile.group.target
    for z, (o, i, v) in zip(values, tile.cells, strict=True):
        if tile.across and target.looked_up:
            for k, place in enumerate(part.places_of(target, at, (o, i))):
                part.one.store(tile.n.lane(z, k), place)
            continue
        index = part.index(target, at, (o, i))
        tile.n.store(z, part.place(target, index, at.lane, v))


def over_lanes(part: Part, vectors: int, body: Callable[[At], None]) -> None:
    """Run a body for every tile of so many vectors of samples of the block."""
    at, tile = At(vectors=vectors), vectors * part.shape.lanes
    if part.shape.block == tile:
        body(at)
    else:
        part.code.repeat("%limit", lambda lane: body(at._replace(lane=lane)), step=tile)


def over_instances(
    part: Part,
    group: Group,
    size: int,
    body: Callable[[Index, Index, int], None],
    cut: Callable[[Code, int, int, Callable[[Index, int], None]], None] = in_steps,
) -> None:
    """``body(o, i, how many)`` for all instances, ``size`` of them at a time and then the rest."""

    def row(o: Index) -> None:
        cut(part.code, group.count, size, lambda i, how_many: body(o, i, how_many))

    if group.outer == 1:
        row(0)
    else:
        part.code.repeat(group.outer, row)


def goes_across(part: Part, group: Group) -> bool:
    """Whether a uniform group's instances lie side by side or are looked up one by one, so that they
    can be lanes.
    """
    return (
        group.count >= part.shape.lanes > 1
        and group.target.inner == part.local == 1
        and {leaf.inner for leaf in group.leaves if not leaf.looked_up} <= {-1, 0, 1}
    )


def write_group(part: Part, group: Group, at: At) -> None:
    """All instances of a group at one tile of samples (of a uniform one: once).

    Neighbours of a uniform group are lanes, where that is possible. Otherwise, and for those that are
    too few for a vector, there are tiles; or strips, if the tiles would have long functions.
    """
    if is_simple(group):
        write_line(part, group, at)
        return
    lanes, size = part.shape.lanes, part.shape.instances if group.dots else 1
    if not group.dots and group.count * at.vectors * len(group.code) <= BRIEF:
        size = group.count

    def tile(o: Index, i: Index, count: int) -> None:
        write_tile(part, group, at._replace(o=o, i=i), (1, count))

    def strip(o: Index, i: Index, count: int) -> None:
        write_strip(part, group, at._replace(o=o, i=i), count, lambda size: group)

    def vector(o: Index, i: Index, count: int) -> None:
        if count == lanes:
            write_tile(part, group, at._replace(o=o, i=i), (1, 1), across=True)
        else:
            others(o, i, count)

    in_strips = is_written_out(words(group)) and min(size, group.count) * at.vectors > ABREAST
    others = strip if in_strips else tile
    if not group.per_sample and goes_across(part, group):
        over_instances(part, group, lanes, vector)
    elif in_strips:
        over_instances(part, group, STRIP, strip)
    else:
        over_instances(part, group, size, tile, evenly)
