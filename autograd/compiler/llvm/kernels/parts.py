"""A stage's items cut into pieces of a few hundred operations, and what they must leave in memory.

Within a part of straight lines a number is handed on in a register; it is stored only if somebody
reads it from memory: another part, a loop over addresses, the caller.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rolling.rolled import Group, Loop, Rolled, Stage, addresses, members, uses, words
from .lines import is_simple
from .panels import in_panels
from .shapes import Shape

Item = Group | Loop
OPERATIONS = 256  # of a piece
LINES = 300  # of a part, after which no piece is written into it
SHORT = 2 * OPERATIONS  # of all straight lines
FEW = 8  # times that a line runs in a call


def vectors_of_lines(shape: Shape, pieces: list[list[list[Item]]]) -> int:
    """How many vectors a tile of straight lines has. Of a short program all are computed side by side:
    while one waits for the last of a chain of operations, another goes on. LLVM would take too long
    over a long one's.
    """
    straight = [items for stage in pieces for items in stage if is_straight(items)]
    is_long = sum(_operations(item) for items in straight for item in items) > SHORT
    return 1 if is_long else shape.vectors


def is_straight(items: list[Item]) -> bool:
    """Whether there is no loop in it."""
    return all(isinstance(item, Group) and is_simple(item) and not item.total for item in items)


def is_cold(items: list[Item]) -> bool:
    """Whether its lines run a few times in a call, or in a tile of samples."""
    if is_straight(items):
        return True
    written = runs = 0
    for group, iterations in (member for item in items for member in members(item)):
        if group.per_sample:
            return False
        length = len([*words(group)])
        written += length + len(group.dots)
        times = iterations * group.count * group.outer
        runs += times * (length + sum(dot.terms for dot in group.dots))
    return runs <= FEW * written


def cut(stage: Stage, shape: Shape) -> Iterator[list[Item]]:
    """A stage's items, cut into lists: each is written in one part, which may have several."""
    piece: list[Item] = []
    size = 0
    for item in sorted(stage.items, key=_is_total):
        if piece and (size >= OPERATIONS or not _together(piece[0], item, shape)):
            yield piece
            piece, size = [], 0
        piece.append(item)
        size += _operations(item)
    if piece:
        yield piece


def _together(first: Item, item: Item, shape: Shape) -> bool:
    """Whether two items may be written in one piece."""
    alone = in_panels(first, shape) or in_panels(item, shape)
    return not alone and _is_total(first) == _is_total(item)


def _is_total(item: Item) -> bool:
    return isinstance(item, Group) and item.total


def _operations(item: Item) -> int:
    if isinstance(item, Loop):
        return sum(map(_operations, item.body))
    return len(item.code) * (1 if is_simple(item) else 8)


def read_from_memory(rolled: Rolled, pieces: list[list[list[Item]]]) -> set[tuple[str, int]]:
    """The slots that somebody reads who does not find them in a register of the same part; of outputs
    only those that are not in slots of their own.
    """
    read = {leaf[:2] for leaf in (*rolled.outputs.per_sample.values(), *rolled.watch)}
    for stage in pieces:
        for items in stage:
            written: set[tuple[str, int]] = set()
            for item in items:
                if isinstance(item, Loop):  # registers do not reach into a loop, nor out of it
                    written = set()
                for group, iterations in members(item):
                    read |= _read_by(rolled, group, iterations, written)
                    if is_simple(group) and not group.target.step:
                        written.add(group.target[:2])
                if isinstance(item, Loop):
                    written = set()
    return read


def _read_by(
    rolled: Rolled, group: Group, iterations: int, written: set[tuple[str, int]]
) -> set[tuple[str, int]]:
    """Every slot that a group reads, but those at a fixed place that its part has written."""
    if is_simple(group) and iterations == 1 and not rolled.tables:
        return {leaf[:2] for leaf in group.leaves if leaf[0] in "USL"} - written
    read: set[tuple[str, int]] = set()
    for leaf, stride, terms in uses(group):
        if leaf.space in "USL":
            places = addresses(rolled, group, leaf, iterations, stride, terms)
            found = {(leaf.space, place) for place in places}
            moves = len(places) > 1 or leaf.step or leaf.looked_up
            read |= found if moves else found - written
    return read
