"""Sums of many forms, a - b + c, b + c, -a - c, …, become dots with 1 and -1.

What springs pull at a node is such a sum, of as many terms as the node has springs, with signs that say
at which end of each it is. Those of one length are one group, if there are many forms of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .arrays import numbered
from .columns import whether
from .flow import PLACE
from .rolled import Dot, Group, Leaf, Words
from .slots import Slots, space_of
from .trees import Template

LEAST = 256  # terms that are worth it
FORMS = 8
is_signed = whether({"add", "sub", "neg"})
Term = tuple[float, int]  # its sign, and the number of its item


class Sums(NamedTuple):
    """Roots, and the elements and signs of each, in rows: those of all terms, in their order; and the
    elements that the sums start with, none or one of each.
    """

    roots: Any
    elements: Any
    signs: Any
    starts: Any

    def group(self, slots: Slots) -> Group:
        """The group of the sums: a dot that starts with its first product, if with nothing else."""
        flow, (count, terms) = slots.forest.flow, self.signs.shape
        many = bool(flow.many[self.roots[0]])
        space, array = space_of(int(flow.code[self.elements[0, 0]]))
        signs = Leaf("K", slots.literal(self.signs.ravel().tolist()), terms)
        numbers = slots.line(space, slots.addresses(self.elements), array)
        begun = [slots.line("K", slots.constants(column)) for column in flow.value[self.starts].T]
        first, done = begun or [signs, numbers], 0 if begun else 1
        start: Words = (0,) if begun else (0, 1, "mul")
        rest = (leaf._replace(base=leaf.base + done) for leaf in (signs, numbers))
        dot = Dot(terms - done, len(first), len(first) + 1, 1, 1, start)
        code, dots = ((~0,), (dot,)) if dot.terms else (start, ())
        target = slots.line("S" if many else "U", slots.address[self.roots])
        leaves = (*first, *rest) if dots else (signs, numbers)
        return Group(code, leaves, target, many, count, dots=dots)


def scattered(slots: Slots, roots: Any, level: Any) -> Iterator[Sums]:
    """The sums of many forms among some roots."""
    forest, flow = slots.forest, slots.forest.flow
    pure = np.bincount(forest.top, ~is_signed(flow.op), len(flow)) == 0
    roots = roots[pure[roots] & ~flow.is_total[roots]]
    if forest.items[roots].sum() < LEAST:
        return
    kind = numbered(level[roots] * 2 + flow.many[roots])
    stage = flow.stage[roots].astype(np.int64)
    kind = numbered(kind * (stage.max() + 1) + stage)
    for k in range(int(kind.max()) + 1):
        alike = roots[kind == k]
        forms = numbered(forest.form[alike])
        if forest.items[alike].sum() >= LEAST and forms.max() >= FORMS:
            yield from _by_length(slots, alike, forms)


def _by_length(slots: Slots, roots: Any, forms: Any) -> Iterator[Sums]:
    """The sums of each length whose terms are in one space."""
    forest = slots.forest
    found: dict[tuple[int, ...], list[Sums]] = {}
    for form in range(int(forms.max()) + 1):
        some = roots[forms == form]
        terms = signed(forest.template(int(some[0])))
        if terms is None:
            continue
        signs, items = zip(*terms, strict=True)
        elements = forest.item[forest.start[some][:, None] + np.array(items)]
        codes = forest.flow.code[elements[0]].tolist()
        begin = int(codes[0] == PLACE and signs[0] > 0)
        if len({*codes[begin:]}) == 1 and codes[-1] != PLACE:
            rows = np.broadcast_to(signs, elements.shape)[:, begin:]
            sums = Sums(some, elements[:, begin:], rows, elements[:, :begin])
            found.setdefault((begin, len(terms), codes[-1]), []).append(sums)
    for parts in found.values():
        whole = Sums(*map(np.concatenate, zip(*parts, strict=True)))
        order = np.lexsort((whole.roots, slots.output[whole.roots]))
        yield Sums(*(side[order] for side in whole))


def signed(template: Template) -> list[Term] | None:
    """The terms of a sum in the order in which they are added; None of one that adds a sum to a sum."""
    stack: list[list[Term]] = []
    for word in template:
        if isinstance(word, int):
            stack.append([(1.0, word)])
            continue
        term = stack.pop()
        before = [] if word == "neg" else stack.pop()
        if word == "add" and len(term) > len(before) == 1:
            before, term = term, before  # x + (y + z) is (y + z) + x
        if len(term) > 1:
            return None
        ((sign, item),) = term
        stack.append([*before, (sign if word == "add" else -sign, item)])
    return stack.pop()
