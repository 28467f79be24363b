"""Where numbers are: one function under construction, and how it reaches the program's spaces.

A leaf of a group says in which space its numbers are, and by how much it moves from one instance,
iteration or term to the next (`rolled`). From that follows an address: an argument array's, a uniform
slot's, or that of a per-sample slot, of which a sample has one in each lane.

Names: o, i the instance (outer, inner), s the iteration of a loop around, j the term of a dot; lane the
first sample of a tile within its block, v a vector of the tile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...rolling.rolled import Leaf, Rolled
from ..text.instructions import Library
from ..text.ir import Code, Index, Text
from ..text.lanes import Numbers
from .shapes import Shape

Instance = tuple[int, int]  # of those in a tile: outer, inner
Size = tuple[int, int]  # of a tile: how many instances of each kind


class At(NamedTuple):
    """An instance, an iteration and a sample: where a tile begins. V vectors from there on."""

    o: Index = 0
    i: Index = 0
    s: Index = 0
    lane: Index = 0
    vectors: int = 1
    panel: Index = 0  # which instance of a panel it is (see `panels`)

    def after(self, code: Code, more: Index) -> At:
        """Where the tile begins that is so many inner instances further on."""
        i, panel = (code.offset(0, (at, 1), (more, 1)) for at in (self.i, self.panel))
        return self._replace(i=i, panel=panel)


class Part:
    """One function under construction: its code, and how it reaches the program's spaces.

    ``stride`` is how many numbers lie between one per-sample slot and the next, ``stored`` what must
    be in memory; a ``cold`` one runs a few times at most.
    """

    def __init__(
        self,
        shape: Shape,
        rolled: Rolled,
        library: Library,
        stride: int | Text,
        stored: set[tuple[str, int]],
        cold: bool = False,
    ) -> None:
        self.shape, self.rolled, self.library = shape, rolled, library
        self.stride, self.stored, self.cold = stride, stored, cold
        self.local = 1  # numbers of a local: one, or one for each sample of a tile
        self.code = Code(rolled.element)
        self.one, self.many = Numbers(self.code, 1), Numbers(self.code, shape.lanes)
        self.known: dict[tuple[Leaf, int], Text] = {}  # in registers
        self._pointers: dict[int, Text] = {}

    def array(self, k: int) -> Text:
        """The address of an argument array."""
        if k not in self._pointers:
            name = self._pointers[k] = f"%array{k}"
            self.code.head += [
                f"  {name}.at = getelementptr ptr, ptr %arrays, i64 {k}",
                f"  {name} = load ptr, ptr {name}.at, align 8",
            ]
        return self._pointers[k]

    def room(self, name: Text, numbers: int) -> None:
        """Memory for so many numbers until the function ends."""
        memory = f"  {name} = alloca {self.one.type}, i64 {numbers}, align 64"
        if memory not in self.code.head:
            self.code.head.append(memory)

    def place(self, leaf: Leaf, index: Index, lane: Index = 0, v: int = 0) -> Text:
        """Where in memory an address of a leaf's space is."""
        if leaf.space == "S":
            return self.slot(index, lane, v)
        if leaf.space == "L":
            index = self.code.offset(v * self.shape.lanes, (index, self.local))
        pointers = {"U": "%uniform", "K": "@constants", "L": "%locals", "P": "%panel"}
        pointer = self.array(leaf.array) if leaf.space == "A" else pointers[leaf.space]
        return self.code.at(pointer, index)

    def read(
        self, n: Numbers, leaf: Leaf, index: Index, lane: Index, v: int, per_sample: bool
    ) -> Text:
        """The number at an address, in every lane if it is one for all samples."""
        if leaf.space == "K" and isinstance(index, int):
            return n.number(self.rolled.constants[index])
        place = self.place(leaf, index, lane, v)
        many = per_sample and leaf.space in "SL"
        return n.load(place) if many else n.broadcast(self.one.load(place))

    def keeps(self, target: Leaf) -> bool:
        """Whether what is stored there is read from memory by anyone."""
        if target.step != 0 or (target.space == "U" and target.base < len(self.rolled.outputs)):
            return True
        return target[:2] in self.stored

    def slot(self, index: Index, lane: Index, v: int = 0) -> Text:
        """The address of a per-sample slot, from a sample of the block on."""
        if isinstance(self.stride, int):
            rows = index, self.stride
        else:
            first = self.code.added_up(index)
            rows = 0 if index == 0 else self.code.index(f"mul i64 {first}, {self.stride}"), 1
        return self.code.at("%samples", self.code.offset(v * self.shape.lanes, rows, (lane, 1)))

    def index(
        self, leaf: Leaf, at: At, instance: Instance = (0, 0), j: Index = 0, stride: int = 0
    ) -> Index:
        """The address of a leaf within its space."""
        if not (leaf.inner or leaf.outer or leaf.step or stride or leaf.looked_up):
            return leaf.base
        o, i = (at.panel, 0) if leaf.space == "P" else (at.o, at.i)
        index = self.code.offset(
            leaf.base + instance[0] * leaf.outer + instance[1] * leaf.inner,
            (i, leaf.inner),
            (o, leaf.outer),
            (at.s, leaf.step),
            (j, stride),
        )
        return self.code.looked_up(index) if leaf.looked_up else index

    def places_of(
        self, leaf: Leaf, at: At, instance: Instance, j: Index = 0, stride: int = 0
    ) -> Iterator[Text]:
        """Where the numbers of as many instances as there are lanes are."""
        o, i = instance
        for k in range(self.shape.lanes):
            yield self.place(leaf, self.index(leaf, at, (o, i + k), j, stride))
