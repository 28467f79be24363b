"""What every text of a rolled program has in common: stages in order, loops, and how numbers are named.

| in the text     | is                                                                         |
|-----------------|----------------------------------------------------------------------------|
| ``arg0``        | an argument array, flat                                                    |
| ``u3``, ``u[3]``| a uniform number (`storage` decides which are variables, which elements)    |
| ``s3``, ``s[3]``| a number of each sample                                                    |
| ``r3``, ``r[3]``| a number of one iteration of a loop                                        |
| ``K[3]``        | a constant that a loop reads; others are written out                       |
| ``T[3]``        | an address that is looked up                                               |
| i, j, k         | loop variables: over inner and outer instances, over iterations of a loop  |
| ``v3``          | a part of an expression that is too long for one line                      |
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ..rolling.rolled import Dot, Group, InputRun, Leaf, Rolled, Stage, Words, input_runs, members
from ..rolling.short import without_short_dots
from .forms import Form, Term, constant, expression
from .module import Module
from .storage import Axes, Storage, affine

SHORT = 4  # terms: a dot of so few is written out as products
LISTS = {"K": "K", "T": "T", "U": "u", "S": "s", "L": "r"}
"""What the text calls each space of `rolled`, and its tables."""


def places_of(leaf: Leaf) -> Leaf:
    """Where the addresses of a leaf that is looked up are."""
    return leaf._replace(space="T", array=-1, looked_up=False)


def is_short(_: Group, dot: Dot) -> bool:
    """Whether a dot reads better as a sum of products."""
    return dot.terms <= SHORT


class Writer(ABC):
    """Writes the text of a program, ``module``; ``forms`` says how each operation is written."""

    counts: Mapping[str, int] = MappingProxyType({})
    """How many values each loop variable takes, of the loops around what is being written."""

    look = "any_nan({})"
    """Whether one of a number of all samples is nan."""

    def __init__(self, rolled: Rolled, forms: dict[str, Form]) -> None:
        self.rolled, self.forms = without_short_dots(rolled, is_short), forms
        self.storage, self.module = Storage(self.rolled), Module()
        self._begin()
        for stage in self.rolled.stages:
            if stage.items:
                self._stage(stage)
        self._end()

    @abstractmethod
    def _begin(self) -> None:
        """Write what stands before the first stage."""

    @abstractmethod
    def _stage(self, stage: Stage) -> None:
        """Write a stage."""

    @abstractmethod
    def _column(self, leaf: Leaf) -> str:
        """The numbers of a per-sample slot, of all samples, when all stages have run."""

    def _end(self) -> None:
        """Write what the function returns: the outputs, and whether a watched number is nan."""
        numbers = self.values([leaf for leaf in self.rolled.watch if leaf.space != "S"])
        looks = [f"any_nan([{', '.join(numbers)}])"] if numbers else []
        columns = self.values([leaf for leaf in self.rolled.watch if leaf.space == "S"])
        looks += map(self.look.format, columns)
        outputs = ", ".join(self.values([*self.rolled.outputs]))
        self.module.line(f"return [{outputs}], {' or '.join(looks) or False}")

    def lists(self) -> dict[str, Sequence[float]]:
        """The lists of constants and of addresses that the text needs."""
        lists: dict[str, Sequence[float]] = {"K": self.rolled.constants, "T": self.rolled.tables}
        return {name: x for name, x in lists.items() if self.storage.has(name)}

    # ------------------------------------------------------------------------------ groups and loops

    def items(self, stage: Stage) -> None:
        """Write a stage's groups and loops."""
        for groups in map(members, stage.items):
            with self.module.loops(("k", groups[0][1])):
                for group, iterations in groups:
                    self._group(group, iterations)

    def _group(self, group: Group, iterations: int) -> None:
        """Write a group as loops over its instances, in which one number is computed at a time."""
        self.counts = {"i": group.count, "j": group.outer, "k": iterations}

        def axes(leaf: Leaf) -> Axes:
            steps = {"i": leaf.inner, "j": leaf.outer, "k": leaf.step}
            return [(name, step) for name, step in steps.items() if self.counts[name] != 1]

        def side(leaf: Leaf, stride: int, terms: int) -> str:
            if stride == 0:
                return f"[{self.operand(leaf, axes(leaf)).text}] * {terms}"
            return self.slice(leaf, axes(leaf), stride, terms)

        def part(word: int) -> Term:
            if word >= 0:
                return self.operand(group.leaves[word], axes(group.leaves[word]))
            dot = group.dots[~word]
            w = side(group.leaves[dot.w], dot.w_stride, dot.terms)
            x = side(group.leaves[dot.x], dot.x_stride, dot.terms)
            return self.dot(dot, w, x, text(dot.start) if dot.start else None)

        def text(code: Words) -> Term:
            return expression(code, self.forms, part, self.module.keep)

        with self.module.loops(("j", group.outer), ("i", group.count)):
            x = text(group.code)
            sign = "+=" if group.total else "="
            self.module.line(f"{self.at(group.target, axes(group.target))} {sign} {x.text}")

    def operand(self, leaf: Leaf, axes: Axes) -> Term:
        """A leaf in an expression of one number."""
        return self.term(leaf, axes)

    def dot(self, dot: Dot, w: str, x: str, start: Term | None) -> Term:
        """A dot in such an expression: the texts of its two sides, and of what it starts with."""
        return Term(f"{dot.op}({', '.join([w, x, *([start.text] if start else [])])})")

    # --------------------------------------------------------------------------- where a number stands

    def inputs(self) -> list[InputRun]:
        """The per-sample inputs, those together that one slice can fetch."""
        return input_runs(self.rolled.sample_inputs, lambda k: self.is_element(Leaf("S", k)))

    def is_element(self, leaf: Leaf) -> bool:
        """Whether a leaf is an element of a list, not a variable."""
        return self.storage.is_element(leaf)

    def at(self, leaf: Leaf, axes: Axes = ()) -> str:
        """The variable or element that holds a leaf: ``u3``, or ``u[3 + i]``."""
        if leaf.looked_up:
            return f"{self.row(leaf)}[{self.at(places_of(leaf), axes)}]"
        if self.is_element(leaf):
            return f"{self.row(leaf)}[{affine(leaf.base, axes)}]"
        return f"{self.row(leaf)}{leaf.base}"

    def term(self, leaf: Leaf, axes: Axes = ()) -> Term:
        """A leaf in an expression; constants are written out."""
        if leaf.space == "K" and not self.is_element(leaf):
            return self.constant(self.rolled.element.text(self.rolled.constants[leaf.base]))
        return Term(self.at(leaf, axes))

    def constant(self, text: str) -> Term:
        """A constant in an expression."""
        return constant(text)

    def row(self, leaf: Leaf) -> str:
        """The list that holds a leaf, or the stem of its variable."""
        return f"arg{leaf.array}" if leaf.space == "A" else LISTS[leaf.space]

    def slice(self, leaf: Leaf, axes: Axes, step: int, count: int) -> str:
        """``count`` numbers of a list, a step apart, the first being the leaf's."""
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
        """The texts of leaves in a list of them; uniform elements side by side are one slice."""
        found = []
        for leaf, count in self._side_by_side(leaves):
            if leaf.space == "S":
                found.append(self._column(leaf))
            else:
                found.append(self._slice_of(leaf, count) if count > 1 else self.term(leaf).text)
        return found

    def _slice_of(self, leaf: Leaf, count: int) -> str:
        """``count`` uniform elements as items of a list."""
        return f"*{self.slice(leaf, (), 1, count)}"

    def _side_by_side(self, leaves: Sequence[Leaf]) -> list[tuple[Leaf, int]]:
        """Leaves by the runs of elements that they are in: the first, and how many there are."""
        found: list[tuple[Leaf, int]] = []
        for leaf in leaves:
            if found and leaf.space != "S" and self.is_element(leaf):
                first, count = found[-1]
                if self.is_element(first) and leaf == first._replace(base=first.base + count):
                    found[-1] = first, count + 1
                    continue
            found.append((leaf, 1))
        return found
