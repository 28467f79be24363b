"""One expression with its leaves: the group of a single root.

What has too few like it to be sorted into groups (`groups`), and what a loop holds, is written root
by root: a tree's code, with the address of every leaf. Equal leaves are one. A dot goes along terms at
constant distances; where they lie elsewhere it is written out, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise, starmap
from typing import Any

import numpy as np

from ..programs.program import DOTS, halves
from .arrays import ranges
from .dots import SHORTEST
from .rolled import Dot, Group, Leaf, Words
from .runs import FEW_TERMS, is_irregular
from .slots import Slots, leaves_at
from .trees import Forest, Template

LeafOf = Callable[[int], Leaf]
LineOf = Callable[[Sequence[Leaf]], Leaf]
Product = tuple[Leaf, Leaf]
Strides = tuple[int, int]


def alone(slots: Slots, roots: Any) -> Iterator[Group]:
    """The groups of roots, one by one; the leaves of those without dots are found all at once."""
    forest = slots.forest
    begin, count = forest.start[roots], np.diff(forest.start)[roots]
    dots = np.concatenate([[0], np.cumsum(forest.item < 0)])
    plain = dots[begin] == dots[begin + count]
    items = forest.item[ranges(begin[plain], count[plain])]
    pairs = zip(slots.places(items), slots.computed(roots), strict=True)
    leaves = leaves_at(*map(np.concatenate, pairs))
    targets, first = leaves[len(items) :], 0
    rows = (x.tolist() for x in (roots, plain, count))
    for root, is_plain, width, target in zip(*rows, targets, strict=True):
        if is_plain:
            some = leaves[first : first + width]
            yield _group(forest, root, *_plain(forest.template(root), some), (), target)
            first += width
        else:
            leaf_of = _leaves_of(slots, root).__getitem__
            yield single(forest, root, leaf_of, target, slots.line_along)


def _leaves_of(slots: Slots, root: int) -> dict[int, Leaf]:
    """Where a tree's items are, and the sides of its dots, by element."""
    forest, first = slots.forest, slots.forest.flow.first
    items = forest.item[forest.start[root] : forest.start[root + 1]]
    dots = ~items[items < 0]
    sides = ranges(first[dots], (first[dots + 1] - first[dots]) // 2 * 2)
    elements = np.concatenate([items[items >= 0], sides])
    return dict(zip(elements.tolist(), leaves_at(*slots.places(elements)), strict=True))


def _plain(template: tuple[Any, ...], leaves: list[Leaf]) -> tuple[Words, Iterable[Leaf]]:
    """The code of a template without dots; and the leaves, each once."""
    number = {leaf: k for k, leaf in enumerate(dict.fromkeys(leaves))}
    if len(number) == len(leaves):
        return template, leaves
    words = [word if isinstance(word, str) else number[leaves[word]] for word in template]
    return tuple(words), number


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
        for first, terms, strides in lines([_strides(*pair) for pair in pairwise(products)]):
            w, x = products[first]
            if strides is None:
                start = written_out([(number(w), number(x))], start, op)
                continue
            leaves.extend([w, x])
            dots.append(Dot(terms, len(leaves) - 2, len(leaves) - 1, *strides, start, op))
            start = (~(len(dots) - 1),)
        return start

    code = filled(template, lambda item: number(leaf_of(items[item])), dot)
    return _group(forest, root, code, leaves, dots, target)


def _group(
    forest: Forest,
    root: int,
    code: Words,
    leaves: Iterable[Leaf],
    dots: Iterable[Dot],
    target: Leaf,
) -> Group:
    total = bool(forest.flow.is_total[root])
    many = total or bool(forest.flow.many[root])
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
    return is_irregular(np.array([[leaf.base for leaf in pair] for pair in products]), FEW_TERMS)


def lines(steps: Sequence[Strides | None]) -> Iterator[tuple[int, int, Strides | None]]:
    """The terms of a dot, between which are these steps, in lines at constant distances: the first of
    a line, how many there are, and their distances; one by one what is in none.
    """
    first = 0
    while first <= len(steps):
        step, last = steps[first] if first < len(steps) else None, first
        while step and last < len(steps) and steps[last] == step:
            last += 1
        count = last - first + 1
        if count == len(steps) + 1:
            step = step or (0, 0)
        elif count < SHORTEST:
            count, step = 1, None
        yield first, count, step
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
