"""Short dots written out: where few terms are sooner done, or read, as words of an expression."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from .expressions import written_out
from .rolled import Dot, Group, Leaf, Loop, Rolled, Stage, Words

IsShort = Callable[[Group, Dot], bool]


def without_short_dots(rolled: Rolled, is_short: IsShort) -> Rolled:
    """The program whose short dots are written out: their products are words of the code."""

    def changed(item: Group | Loop) -> Group | Loop:
        if isinstance(item, Loop):
            return item._replace(body=tuple(_without_short(group, is_short) for group in item.body))
        return _without_short(item, is_short)

    stages = [Stage(stage.per_sample, [*map(changed, stage.items)]) for stage in rolled.stages]
    return rolled.but(stages=stages)


def _without_short(group: Group, is_short: IsShort) -> Group:
    if not group.dots:
        return group
    leaves, dots = [*group.leaves], list[Dot]()
    known: list[Words] = []  # what stands for each dot

    def written(code: Words) -> Words:
        parts = ([word] if isinstance(word, str) or word >= 0 else known[~word] for word in code)
        return tuple(chain.from_iterable(parts))

    for dot in group.dots:
        here = dot._replace(start=written(dot.start))
        if is_short(group, dot):
            known.append(_products(here, leaves))
        else:
            known.append((~len(dots),))
            dots.append(here)
    return group._replace(code=written(group.code), leaves=tuple(leaves), dots=tuple(dots))


def _products(dot: Dot, leaves: list[Leaf]) -> Words:
    w, x = leaves[dot.w], leaves[dot.x]
    first = len(leaves)
    for j in range(dot.terms):
        leaves.append(w._replace(base=w.base + j * dot.w_stride))
        leaves.append(x._replace(base=x.base + j * dot.x_stride))
    return written_out([(k, k + 1) for k in range(first, len(leaves), 2)], dot.start, dot.op)
