"""One expression with its leaves: the group of a single root.

What has too few like it to be sorted into groups (`groups`), and what a loop holds, is written root
by root: a tree's code, with the address of every leaf. Equal leaves are one; a dot whose terms do
not lie at constant distances is written out as products and sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from ..programs.program import DOTS, halves
from .rolled import Dot, Group, Leaf, Words
from .trees import Forest, Template

LeafOf = Callable[[int], Leaf]


def single(forest: Forest, root: int, leaf_of: LeafOf, target: Leaf) -> Group:
    """The group of one root, whose elements are where ``leaf_of`` says."""
    flow = forest.flow
    template = forest.template(root)
    items = forest.item[forest.start[root] : forest.start[root + 1]].tolist()
    leaves: list[Leaf] = []
    known: dict[Leaf, int] = {}
    dots: list[Dot] = []

    def number(leaf: Leaf) -> int:
        if leaf not in known:
            known[leaf] = len(leaves)
            leaves.append(leaf)
        return known[leaf]

    def dot(item: int, op: str, start: Words) -> Words:
        position = ~items[item]
        read = range(flow.first[position], flow.first[position + 1])
        ws, xs = ([*map(leaf_of, side)] for side in halves(read)[:2])
        strides = stride_of(ws), stride_of(xs)
        if None in strides:
            pairs = [(number(w), number(x)) for w, x in zip(ws, xs, strict=True)]
            return written_out(pairs, start, op)
        leaves.extend([ws[0], xs[0]])
        dots.append(Dot(len(ws), len(leaves) - 2, len(leaves) - 1, *strides, start, op))  # type: ignore[arg-type]
        return (~(len(dots) - 1),)

    code = filled(template, lambda item: number(leaf_of(items[item])), dot)
    total = bool(flow.is_total[root])
    many = total or bool(flow.many[root])
    shared = forest.codes.setdefault(code, code)
    return Group(shared, tuple(leaves), target, many, dots=tuple(dots), total=total)


def filled(
    template: Template, leaf: Callable[[int], int], dot: Callable[[int, str, Words], Words]
) -> Words:
    """The code of a template, whose items are leaves, or dots that start with some code."""
    code: list[str | int] = []
    for word in template:
        if isinstance(word, str):
            code.append(word)
        elif isinstance(word, int):
            code.append(leaf(word))
        else:
            code += dot(word.item, word.op, filled(word.start, leaf, dot))
    return tuple(code)


def stride_of(leaves: Sequence[Leaf]) -> int | None:
    """The distance of leaves at regular distances, None if they are not."""
    if len({leaf._replace(base=0) for leaf in leaves}) > 1:
        return None
    distances = {y.base - x.base for x, y in pairwise(leaves)}
    return None if len(distances) > 1 else distances.pop() if distances else 0


def written_out(products: Sequence[tuple[int, int]], start: Words, op: str) -> Words:
    """A dot, term by term, that starts with some code or with the first product."""
    code: list[str | int] = [*start]
    for w, x in products:
        code += [w, x, "mul", DOTS[op]] if code else [w, x, "mul"]
    return tuple(code)
