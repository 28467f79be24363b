"""A group as one line on arrays, for the backend "numpy": ``u[0:3] = np.tanh(W @ x + u[3:6])``.

The axes of a group are its outer and its inner instances, where there is more than one, and its
samples. A leaf becomes a view with those axes along which its address moves; NumPy broadcasts it along
the others. Dots become matrix products where that is possible. Of an outer product, of 3 × 4 instances,
one factor moves along the outer ones alone and the other along the inner ones,

    u[0 : 12].reshape(3, 4)[...] = arg0[0 : 3][:, None] * arg1[0 : 4]

and in a layer of 7 neurons the biases have no axis of the samples:

    s[6 : 13] = np.tanh(arg0[0 : 42].reshape(7, 6) @ s[0 : 6] + arg1[0 : 7][:, None])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..programs.elements import DOUBLE
from ..programs.program import DOTS
from ..rolling.rolled import Dot, Group, Leaf, Words
from .forms import PRODUCT, Form, Term, expression
from .storage import affine
from .writer import Writer, places_of

Forms = dict[str, Form]
Steps = Sequence[tuple[int, int]]
"""The axes of a view: for each, how many numbers it has, and how far apart in the list they are."""


def alone(writer: Writer, x: Term) -> Term:
    """A sum that NumPy answers, as a uniform number: a float; of float32 the scalar that it is."""
    return Term(f"float({x.text})") if writer.rolled.element == DOUBLE else x


def instances(group: Group) -> Iterator[Group]:
    """Each instance of a group as a group of its own."""

    def at(leaf: Leaf, o: int, i: int) -> Leaf:
        return leaf._replace(base=leaf.at(o, i, 0), inner=0, outer=0)

    for o in range(group.outer):
        for i in range(group.count):
            leaves = tuple(at(leaf, o, i) for leaf in group.leaves)
            target = at(group.target, o, i)
            yield group._replace(leaves=leaves, target=target, count=1, outer=1)


class ArrayGroup:
    """Writes a group of many numbers, instances or samples, as one line on arrays."""

    def __init__(self, writer: Writer, forms: Forms, group: Group, iterations: int) -> None:
        self.writer, self.forms, self.g, self.iterations = writer, forms, group, iterations

    def write(self) -> None:
        """Write the line, and before it those of parts that are too long for it."""
        text = self.product_over_samples() if self.g.total else None
        if text is None:
            x = self.written(self.g.code)
            text = f"np.add.reduce({x.text}, -1)" if self.g.total else x.text
        if self.g.count * self.g.outer == 1:
            text = self.alone(text)
        self.writer.module.line(f"{self.place(self.g.target)} = {text}")

    def alone(self, text: str) -> str:
        """The value of a variable: one number of each sample, or their sum."""
        if self.g.total:
            return alone(self.writer, Term(text)).text
        if not any(map(self.is_many, self.g.leaves)):
            return f"np.full(n, {text})"
        return text + ".copy()" * (self.g.code == (0,))  # a view would change with its slot

    # -------------------------------------------------------------------------------------- views

    def steps(self, leaf: Leaf) -> Steps:
        """The axes of the instances, with the distances at which a leaf moves along them."""
        both = [(self.g.outer, leaf.outer), (self.g.count, leaf.inner)]
        return [(count, step) for count, step in both if count > 1]

    def is_many(self, leaf: Leaf) -> bool:
        """Whether a leaf is an array of one number for each sample."""
        return leaf.space == "S" or (leaf.space == "L" and self.g.per_sample)

    def rows(self, leaf: Leaf, steps: Steps) -> str:
        """A view of a leaf with just these axes, and that of its samples, if it has any."""
        w, axes = self.writer, [("k", leaf.step)] if self.iterations > 1 else []
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
        """A view that NumPy broadcasts with those of the group's other leaves: None in the index
        stands for an axis along which this leaf does not move. A dot's terms are one more axis, before
        or after those of the instances.
        """
        steps = self.steps(leaf)
        moving = [step for step in steps if step[1]]
        text = self.rows(leaf, [*before, *moving, *after])
        axes = "".join(":" if step else "N" for _, step in steps).lstrip("N")  # which NumPy adds
        if self.g.per_sample and not self.is_many(leaf) and moving and not after:
            axes += "N"
        index = ", ".join(":" * len(before) + axes).rstrip(":, ").replace("N", "None")
        return f"{text}[{index}]" if index else text

    def place(self, target: Leaf) -> str:
        """The left side of the assignment."""
        steps = self.steps(target)
        return self.rows(target, steps) + "[...]" * (len(steps) > 1 and not target.looked_up)

    # ---------------------------------------------------------------------------------- expression

    def written(self, code: Words) -> Term:
        """The text of postfix code."""
        return expression(code, self.forms, self.part, self.writer.module.keep)

    def part(self, word: int) -> Term:
        """The text of a word of code that is no operation: a leaf, or a dot (see `rolled`)."""
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
        """A matrix product, if samples share one side and instances the other; else a sum."""
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
        """One side of a dot that is a sum: a list or an array whose items are the terms."""
        if stride == 0:
            return f"[{self.view(leaf)}] * {terms}"
        return self.view(leaf, before=[(terms, stride)])

    def product_over_samples(self) -> str | None:
        """A total of products as a matrix product over samples, if the factors share no other axis."""
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
