"""Products with a large matrix: all samples of a block meet a panel of its rows before the next panel.

What a tile of samples computes is read soonest by the same tile, so tiles go through all groups one
after the other. But a matrix that no near cache holds would then be fetched once a tile. So groups
that read one are written apart: each *panel*, as many instances as the second-level cache holds the
rows of, goes over all tiles of the block.

Rows whose terms lie side by side are read as they are. Of others (columns, going backward) every term
is in another line of memory, and in few sets of the cache: they are copied first, in the order in which
a tile's dots read them, which is space ``P``. Instance i of a panel begins there at i·terms.
"""

from __future__ import annotations

from functools import partial
from typing import TypeGuard

from ...rolling.rolled import Group, Leaf, Loop
from ..text.ir import Index, evenly
from ..text.lanes import Numbers
from .shapes import Shape
from .spaces import At, Part
from .tiles import over_lanes, write_strip

MATRIX = 1 << 16  # numbers of a matrix that is large
ROWS = 48  # of a panel at most
PANEL = 3 << 13  # numbers of a panel: three eighths of 512 KB


def in_panels(item: Group | Loop, shape: Shape) -> TypeGuard[Group]:
    """Whether each instance of a group multiplies slots by a row of a large matrix."""
    if isinstance(item, Loop) or item.total or len(item.dots) != 1:
        return False
    (dot,) = item.dots
    spaces = sorted(item.leaves[k].space in "SL" for k in (dot.w, dot.x))
    fits = shape.instances * dot.terms <= PANEL and shape.block > shape.tile
    return spaces == [False, True] and item.outer == 1 and fits and item.count * dot.terms >= MATRIX


def write_panels(part: Part, group: Group) -> None:
    """All instances of a group, of all samples of a block."""
    code, (dot,) = part.code, group.dots
    most = min(ROWS, PANEL // dot.terms)
    _, stride = matrix(group)
    copied = abs(stride) != 1
    if copied:
        part.room("%panel", PANEL)

    def read(size: int) -> Group:
        return copied_group(group, size) if copied else group

    def panel(first: Index, count: int) -> None:
        if copied:
            evenly(code, count, part.shape.instances, partial(copy_rows, part, group, first))

        def strip(at: At) -> None:
            write_strip(part, group, at._replace(i=first), count, read)

        over_lanes(part, part.shape.vectors, strip)

    evenly(code, group.count, most, panel)


def matrix(group: Group) -> tuple[int, int]:
    """The leaf of a group's matrix, and its stride along the dot."""
    (dot,) = group.dots
    of_samples = group.leaves[dot.w].space in "SL"
    return (dot.x, dot.x_stride) if of_samples else (dot.w, dot.w_stride)


def copied_group(group: Group, size: int) -> Group:
    """The group as a tile of so many instances reads it from the panel: term by term."""
    (dot,), (k, _) = group.dots, matrix(group)
    leaves = [*group.leaves]
    leaves[k] = Leaf("P", 0, 1, dot.terms)
    dot = dot._replace(w_stride=size) if k == dot.w else dot._replace(x_stride=size)
    return group._replace(leaves=tuple(leaves), dots=(dot,))


def copy_rows(part: Part, group: Group, first: Index, k: Index, size: int) -> None:
    """Bring the rows of a tile, the panel's k-th and those after it, into the panel."""
    code, (dot,), (number, stride) = part.code, group.dots, matrix(group)
    leaf = group.leaves[number]
    n = Numbers(code, 1 << size.bit_length() - 1 if leaf.inner == 1 else 1)
    at = At(i=first).after(code, k)
    places = [*range(0, size - n.lanes, n.lanes), size - n.lanes]  # the last may overlap

    def term(j: Index) -> None:
        for r in places:
            x = n.load(part.place(leaf, part.index(leaf, at, (0, r), j, stride)))
            n.store(x, code.at("%panel", code.offset(r, (k, dot.terms), (j, size))))

    code.repeat(dot.terms, term)
