"""One expression with its leaves: the group of a single root.

What has too few like it to be sorted into groups (`groups`), and what a loop holds, is written root
by root: a tree's code, with the address of every leaf. Equal leaves are one; a dot whose terms do
not lie at constant distances is written out as products and sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from ..programs.program import halves
from .rolled import Dot, Group, Leaf
from .trees import Forest

LeafOf = Callable[[int], Leaf]


def single(forest: Forest, root: int, leaf_of: LeafOf, target: Leaf) -> Group:
    """The group of one root, whose elements are where ``leaf_of`` says."""
    flow = forest.flow
    template, dotted = forest.template(root)
    items = forest.item[forest.start[root] : forest.start[root + 1]].tolist()
    leaves: list[Leaf] = []
    known: dict[Leaf, int] = {}
    dots: list[Dot] = []

    def number(leaf: Leaf) -> int:
        if leaf not in known:
            known[leaf] = len(leaves)
            leaves.append(leaf)
        return known[leaf]

    code: list[str | int] = []
    for word in template:
        if isinstance(word, str):
            code.append(word)
        elif word not in dotted:
            code.append(number(leaf_of(items[word])))
        else:
            read = range(flow.first[~items[word]], flow.first[~items[word] + 1])
            ws, xs, starts = ([*map(leaf_of, side)] for side in halves(read))
            start = number(starts[0]) if starts else -1
            strides = stride_of(ws), stride_of(xs)
            if None in strides:
                pairs = [(number(w), number(x)) for w, x in zip(ws, xs, strict=True)]
                code += written_out(pairs, start)
            else:
                leaves += [ws[0], xs[0]]
                code.append(~len(dots))
                dots.append(Dot(len(ws), len(leaves) - 2, len(leaves) - 1, *strides, start))  # type: ignore[arg-type]
    total = bool(flow.is_total[root])
    many = total or bool(flow.many[root])
    shared = forest.codes.setdefault(tuple(code), tuple(code))
    return Group(shared, tuple(leaves), target, many, dots=tuple(dots), total=total)


def stride_of(leaves: Sequence[Leaf]) -> int | None:
    """The distance of leaves at regular distances, None if they are not."""
    if len({leaf._replace(base=0) for leaf in leaves}) > 1:
        return None
    distances = {y.base - x.base for x, y in pairwise(leaves)}
    return None if len(distances) > 1 else distances.pop() if distances else 0


def written_out(products: Sequence[tuple[int, int]], start: int = -1) -> list[str | int]:
    """A sum of products, term by term, that starts with a leaf or with the first of them."""
    code: list[str | int] = [start] * (start >= 0)
    for w, x in products:
        code += [w, x, "mul", "add"] if code else [w, x, "mul"]
    return code
