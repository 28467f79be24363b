"""A group as text on arrays: views of its leaves, matrix products, where its results go.

The axes of a group are its outer and its inner instances, as far as there is more than one, and its
samples. A leaf is a view that has those of them along which it moves; NumPy repeats it along others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..elements import DOUBLE
from ..programs.program import DOTS
from ..rolling.rolled import Dot, Group, Leaf, Loop, Words
from .expressions import PRODUCT, Form, Term, expression
from .slots import Axes, affine
from .writer import Writer, places_of

Forms = dict[str, Form]
Steps = Sequence[tuple[int, int]]
"""Axes: how many numbers, and how far from each other."""


def write_one(writer: Writer, forms: Forms, group: Group, loop: Loop | None) -> None:
    """A group that is one uniform number: a float."""

    def item(leaf: Leaf) -> Term:
        axes = iterations(leaf, loop)
        if writer.is_element(leaf) and writer.rolled.element == DOUBLE:
            at = writer.at(places_of(leaf), axes) if leaf.looked_up else affine(leaf.base, axes)
            return Term(f"{writer.row(leaf)}.item({at})")
        return writer.term(leaf, axes)

    def along(leaf: Leaf, stride: int, terms: int) -> str:
        if stride == 0:
            return f"[{item(leaf).text}] * {terms}"
        return writer.slice(leaf, iterations(leaf, loop), stride, terms)

    def part(word: int) -> Term:
        if word >= 0:
            return item(group.leaves[word])
        dot = group.dots[~word]
        w = along(group.leaves[dot.w], dot.w_stride, dot.terms)
        x = along(group.leaves[dot.x], dot.x_stride, dot.terms)
        text = f"{w} @ {x}" if dot.w_stride and dot.x_stride else f"dot({w}, {x})"
        if dot.start:
            text = forms[DOTS[dot.op]].of([written(dot.start), Term(text, PRODUCT)]).text
        return alone(writer, text)

    def written(code: Words) -> Term:
        return expression(code, forms, part, writer.module.keep)

    x = written(group.code)
    writer.module.line(f"{writer.at(group.target, iterations(group.target, loop))} = {x.text}")


def alone(writer: Writer, text: str) -> Term:
    """One number as uniform ones are: a float, but of float32 the scalar that NumPy answers."""
    is_double = writer.rolled.element == DOUBLE
    return Term(f"float({text})") if is_double else Term(text, PRODUCT)


def iterations(leaf: Leaf, loop: Loop | None) -> Axes:
    """How a leaf moves with the loop around."""
    return [("k", leaf.step)] if loop and loop.count > 1 else []


def instances(group: Group) -> Iterator[Group]:
    """A group's instances as groups of one."""

    def at(leaf: Leaf, o: int, i: int) -> Leaf:
        return leaf._replace(base=leaf.at(o, i, 0), inner=0, outer=0)

    for o in range(group.outer):
        for i in range(group.count):
            leaves = tuple(at(leaf, o, i) for leaf in group.leaves)
            target = at(group.target, o, i)
            yield group._replace(leaves=leaves, target=target, count=1, outer=1)


class Block:
    """A group of many numbers."""

    def __init__(self, writer: Writer, forms: Forms, group: Group, loop: Loop | None) -> None:
        self.writer, self.forms, self.g, self.loop = writer, forms, group, loop

    def write(self) -> None:
        """Write the group's line, and those of its parts."""
        text = self.product_over_samples() if self.g.total else None
        if text is None:
            x = self.written(self.g.code)
            text = f"np.add.reduce({x.text}, -1)" if self.g.total else x.text
        if self.g.count * self.g.outer == 1:
            text = self.alone(text)
        self.writer.module.line(f"{self.place(self.g.target)} = {text}")

    def alone(self, text: str) -> str:
        """One number a sample, or the sum of them, as a value for a variable."""
        if self.g.total:
            return alone(self.writer, text).text
        if not any(map(self.is_many, self.g.leaves)):
            return f"np.full(n, {text})"
        return text + ".copy()" * (self.g.code == (0,))  # a row would change with its slot

    # -------------------------------------------------------------------------------------- views

    def steps(self, leaf: Leaf) -> Steps:
        """The axes of instances."""
        both = [(self.g.outer, leaf.outer), (self.g.count, leaf.inner)]
        return [(count, step) for count, step in both if count > 1]

    def is_many(self, leaf: Leaf) -> bool:
        """Whether a leaf is one number a sample."""
        return leaf.space == "S" or (leaf.space == "L" and self.g.per_sample)

    def rows(self, leaf: Leaf, steps: Steps) -> str:
        """A view of a leaf with just these axes, and its samples."""
        w, axes = self.writer, iterations(leaf, self.loop)
        if not steps:
            return w.term(leaf, axes).text
        if leaf.looked_up:
            return w.looked_up(leaf, self.rows(places_of(leaf), steps))
        if len(steps) == 1:
            return w.slice(leaf, axes, steps[0][1], steps[0][0])
        samples = ", n" * self.is_many(leaf)
        if len(steps) == 2:
            (m, far), (n, near) = steps
            if (near, far) == (1, n):
                return f"{w.slice(leaf, axes, 1, m * n)}.reshape({m}, {n}{samples})"
            if (near, far) == (m, 1):
                turned = ".swapaxes(0, 1)" if samples else ".T"
                return f"{w.slice(leaf, axes, 1, m * n)}.reshape({n}, {m}{samples}){turned}"
        views = ", ".join(f"({count}, {step})" for count, step in steps)
        return f"grid({w.row(leaf)}, {affine(leaf.base, axes)}, {views})"

    def view(self, leaf: Leaf, before: Steps = (), after: Steps = ()) -> str:
        """A leaf with axes before and after those of the instances, ready to be broadcast."""
        steps = self.steps(leaf)
        moving = [step for step in steps if step[1]]
        text = self.rows(leaf, [*before, *moving, *after])
        index = [":"] * len(before)
        for _, step in steps:
            if step or len(index) > len(before):
                index.append(":" if step else "None")
        if self.g.per_sample and not self.is_many(leaf) and moving and not after:
            index.append("None")
        while index and index[-1] == ":":
            index.pop()
        return f"{text}[{', '.join(index)}]" if "None" in index else text

    def place(self, target: Leaf) -> str:
        """Where the results go."""
        steps = self.steps(target)
        return self.rows(target, steps) + "[...]" * (len(steps) > 1 and not target.looked_up)

    # ---------------------------------------------------------------------------------- expression

    def written(self, code: Words) -> Term:
        """The text of code."""
        return expression(code, self.forms, self.part, self.writer.module.keep)

    def part(self, word: int) -> Term:
        """A leaf or a dot."""
        if word < 0:
            dot = self.g.dots[~word]
            sum_ = self.dot(dot)
            join = self.forms[DOTS[dot.op]]
            return join.of([self.written(dot.start), sum_]) if dot.start else sum_
        leaf = self.g.leaves[word]
        if leaf.space == "K" and not self.writer.is_element(leaf):
            return self.writer.term(leaf)
        return Term(self.view(leaf))

    def dot(self, dot: Dot) -> Term:
        """A matrix product if one side is shared by samples, the other by instances; else a sum."""
        sides = [
            (self.g.leaves[dot.w], dot.w_stride),
            (self.g.leaves[dot.x], dot.x_stride),
        ]
        for (a, a_step), (b, b_step) in (sides, sides[::-1]):
            shared = not self.is_many(a) and not any(step for _, step in self.steps(b))
            if shared and a_step and b_step:
                left = self.view(a, after=[(dot.terms, a_step)])
                text = f"{left} @ {self.rows(b, [(dot.terms, b_step)])}"
                lacks = self.g.per_sample and not self.is_many(b)
                if lacks and any(step for _, step in self.steps(a)):
                    return Term(f"({text})[..., None]")
                return Term(text, PRODUCT)
        return Term(f"dot({', '.join(self.along(leaf, step, dot.terms) for leaf, step in sides)})")

    def along(self, leaf: Leaf, stride: int, terms: int) -> str:
        """The terms of a dot's side, one after the other."""
        if stride == 0:
            return f"[{self.view(leaf)}] * {terms}"
        return self.view(leaf, before=[(terms, stride)])

    def product_over_samples(self) -> str | None:
        """Σ over samples of a product as a matrix product, if the factors share no axis."""
        if self.g.code != (0, 1, "mul") or not all(map(self.is_many, self.g.leaves)):
            return None
        x, y = self.g.leaves
        x_moves, y_moves = ([bool(step) for _, step in self.steps(leaf)] for leaf in (x, y))
        if any(a and b for a, b in zip(x_moves, y_moves, strict=True)):
            return None
        if any(x_moves) and any(y_moves):
            if y_moves[0]:
                x, y = y, x
            steps = [[step for step in self.steps(leaf) if step[1]] for leaf in (x, y)]
            return f"{self.rows(x, steps[0])} @ {self.rows(y, steps[1])}.T"
        if any(y_moves):
            x, y = y, x
        return f"{self.view(x)} @ {self.rows(y, [])}"
