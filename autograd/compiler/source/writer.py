"""What every text of a rolled program has in common: stages in order, loops, names of slots.

Names: ``arg0`` an argument's numbers in one row; ``u3``, ``u[3]`` uniform numbers; ``s3``, ``s[3]``
those per sample; ``r3`` of one iteration; ``K`` constants, ``T`` addresses that are looked up; i, j, k
loop variables; ``v3`` parts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from ..rolling.rolled import Dot, Group, Leaf, Loop, Rolled, Stage
from ..rolling.short import without_short_dots
from .expressions import Form, Term, number
from .module import Module
from .slots import Axes, Slots, affine

SHORT = 4  # terms of a dot that is written out
LISTS = {"K": "K", "T": "T", "U": "u", "S": "s", "L": "r"}


def places_of(leaf: Leaf) -> Leaf:
    """Where the addresses of a leaf that is looked up are."""
    return leaf._replace(space="T", array=-1, looked_up=False)


def is_short(_: Group, dot: Dot) -> bool:
    """Whether a dot is sooner read as products."""
    return dot.terms <= SHORT


class Writer(ABC):
    """The text of a program."""

    def __init__(self, rolled: Rolled, forms: dict[str, Form]) -> None:
        self.rolled, self.forms = without_short_dots(rolled, is_short), forms
        self.slots, self.module = Slots(self.rolled), Module()
        self._begin()
        for k, stage in enumerate(self.rolled.stages):
            if stage.items:
                self._stage(stage, k)
        self._end()

    @abstractmethod
    def _begin(self) -> None:
        """Write what stands before the first stage."""

    @abstractmethod
    def _stage(self, stage: Stage, which: int) -> None:
        """Write a stage."""

    @abstractmethod
    def _group(self, group: Group, loop: Loop | None) -> None:
        """Write a group."""

    @abstractmethod
    def _column(self, leaf: Leaf) -> str:
        """A per-sample slot's numbers of all samples."""

    @abstractmethod
    def _end(self) -> None:
        """Write what the function returns."""

    def items(self, stage: Stage) -> None:
        """Write a stage's groups and loops."""
        for item in stage.items:
            if isinstance(item, Loop):
                with self.module.loops(("k", item.count)):
                    for group in item.body:
                        self._group(group, item)
            else:
                self._group(item, None)

    def is_element(self, leaf: Leaf) -> bool:
        """Whether a leaf is met in a list."""
        return self.slots.is_element(leaf)

    def at(self, leaf: Leaf, axes: Axes = ()) -> str:
        """Where a leaf's number is."""
        if leaf.looked_up:
            return f"{self.row(leaf)}[{self.at(places_of(leaf), axes)}]"
        if self.is_element(leaf):
            return f"{self.row(leaf)}[{affine(leaf.base, axes)}]"
        return f"{self.row(leaf)}{leaf.base}"

    def term(self, leaf: Leaf, axes: Axes = ()) -> Term:
        """A leaf as a part of an expression."""
        if leaf.space == "K" and not self.is_element(leaf):
            return self.constant(self.rolled.element.text(self.rolled.constants[leaf.base]))
        return Term(self.at(leaf, axes))

    def constant(self, text: str) -> Term:
        """A constant as a part of an expression."""
        return number(text)

    def row(self, leaf: Leaf) -> str:
        """The list of a leaf."""
        return f"arg{leaf.array}" if leaf.space == "A" else LISTS[leaf.space]

    def slice(self, leaf: Leaf, axes: Axes, step: int, count: int) -> str:
        """``count`` numbers from a leaf on, a step apart."""
        if leaf.looked_up:
            return self.looked_up(leaf, self.slice(places_of(leaf), axes, step, count))
        length = step * (count - 1)
        first = affine(leaf.base + min(length, 0), axes)
        last = affine(leaf.base + max(length, 0) + 1, axes)
        stride = f" : {abs(step)}" if abs(step) > 1 else ""
        turned = "[::-1]" if step < 0 else ""
        return f"{self.row(leaf)}[{first} : {last}{stride}]{turned}"

    def looked_up(self, leaf: Leaf, places: str) -> str:
        """The numbers at some places of a leaf's list."""
        return f"[{self.row(leaf)}[p] for p in {places}]"

    def values(self, leaves: Sequence[Leaf]) -> list[str]:
        """The numbers of leaves; uniform elements side by side are one slice."""
        found = []
        for leaf, count in self._side_by_side(leaves):
            if leaf.space == "S":
                found.append(self._column(leaf))
            else:
                found.append(self._slice_of(leaf, count) if count > 1 else self.term(leaf).text)
        return found

    def _slice_of(self, leaf: Leaf, count: int) -> str:
        """Uniform elements as items of a list."""
        return f"*{self.slice(leaf, (), 1, count)}"

    def _side_by_side(self, leaves: Sequence[Leaf]) -> Iterator[tuple[Leaf, int]]:
        k = 0
        while k < len(leaves):
            first, count = leaves[k], 1
            while self.is_element(first) and first.space != "S":
                following = leaves[k + count : k + count + 1]
                if following != [first._replace(base=first.base + count)]:
                    break
                if not self.is_element(following[0]):
                    break
                count += 1
            yield first, count
            k += count
