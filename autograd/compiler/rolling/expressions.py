"""One expression with its leaves: the group of a single root.

What has too few like it to be sorted into groups (`groups`), and what a loop holds, is written root
by root: a tree's code, with the address of every leaf. Equal leaves are one. A dot goes along terms at
constant distances; where they lie elsewhere it is written out, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, starmap

import numpy as np

from ..programs.program import DOTS, halves
from .dots import SHORTEST
from .rolled import Dot, Group, Leaf, Words
from .runs import is_irregular
from .trees import Forest, Template

LeafOf = Callable[[int], Leaf]
LineOf = Callable[[Sequence[Leaf]], Leaf]
Product = tuple[Leaf, Leaf]
Strides = tuple[int, int]


def single(
    forest: Forest, root: int, leaf_of: LeafOf, target: Leaf, line: LineOf | None = None
) -> Group:
    """The group of one root, whose elements are where ``leaf_of`` says; ``line`` is a leaf that goes
    along some, for a dot whose terms are here and there.
    """
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
        products = [*zip(*(map(leaf_of, side) for side in halves(read)[:2]), strict=True)]
        if line and are_scattered(products):
            w, x = (line(side) for side in zip(*products, strict=True))
            leaves.extend([w._replace(inner=0), x._replace(inner=0)])
            both = len(leaves) - 2, len(leaves) - 1
            dots.append(Dot(len(products), *both, w.inner, x.inner, start, op))
            return (~(len(dots) - 1),)
        for terms, strides in lines(products):
            w, x = terms[0]
            if strides is None:
                start = written_out([(number(w), number(x))], start, op)
                continue
            leaves.extend([w, x])
            dots.append(Dot(len(terms), len(leaves) - 2, len(leaves) - 1, *strides, start, op))
            start = (~(len(dots) - 1),)
        return start

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


def are_scattered(products: Sequence[Product]) -> bool:
    """Whether the sides of products lie here and there, each in one space, and do not move."""
    if any(leaf.step for leaf in products[0]) or None in starmap(_strides, pairwise(products)):
        return False
    return is_irregular(np.array([[leaf.base for leaf in pair] for pair in products]))


def lines(products: Sequence[Product]) -> Iterator[tuple[Sequence[Product], Strides | None]]:
    """The terms of a dot in lines at constant distances, and these; one by one what is in none."""
    steps = [_strides(*pair) for pair in pairwise(products)]
    first = 0
    while first < len(products):
        step, last = steps[first] if first < len(steps) else None, first
        while step and last < len(steps) and steps[last] == step:
            last += 1
        count = last - first + 1
        if count == len(products):
            yield products, step or (0, 0)
        elif count >= SHORTEST:
            yield products[first : first + count], step
        else:
            count = 1
            yield products[first : first + 1], None
        first += count


def _strides(here: Product, there: Product) -> Strides | None:
    """How far both sides of a product are from those of another, if they are in the same spaces."""
    moved = [x._replace(base=y.base) == y for x, y in zip(here, there, strict=True)]
    w, x = (y.base - x.base for x, y in zip(here, there, strict=True))
    return (w, x) if all(moved) else None


def written_out(products: Sequence[tuple[int, int]], start: Words, op: str) -> Words:
    """A dot, term by term, that starts with some code or with the first product."""
    code: list[str | int] = [*start]
    for w, x in products:
        code += [w, x, "mul", DOTS[op]] if code else [w, x, "mul"]
    return tuple(code)
