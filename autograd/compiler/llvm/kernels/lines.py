"""Straight lines: what belongs to one place alone is handed on in registers.

A group of one instance and no dot, a *simple* group, is not worth a loop: runs of such groups are
written line after line. Its postfix code is evaluated on a stack of names, in several cells at once
(vectors of samples here, instances too in `tiles`), so that long functions are written in turns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from ...programs.program import ARITY
from ...rolling.rolled import Group, Leaf, Words
from ..text.instructions import instruct_abreast
from ..text.ir import Text
from ..text.lanes import Numbers
from .spaces import At, Part


def is_simple(group: Group) -> bool:
    """Whether a group has one instance, at a known place, and no dot: straight-line code."""
    return group.count == group.outer == 1 and not group.dots and not group.target.looked_up


def place_of(group: Group, leaf: Leaf) -> Leaf:
    """A leaf without the strides that one instance does not use."""
    if not (leaf.inner or leaf.outer):
        return leaf
    inner, outer = leaf.inner * (group.count > 1), leaf.outer * (group.outer > 1)
    return leaf._replace(inner=inner, outer=outer)


def evaluated(
    part: Part, n: Numbers, words: Words, numbers: Callable[[int], Sequence[Text]], cells: int
) -> Sequence[Text]:
    """What some code computes in several cells, where ``numbers`` answers what a leaf or a dot is."""
    stack: list[Sequence[Text]] = []
    for word in words:
        if not isinstance(word, str):
            stack.append(numbers(word))
        elif word == "count":
            stack.append([n.broadcast(part.code.new(f"sitofp i64 %n to {n.scalar}"))] * cells)
        else:
            first = len(stack) - ARITY[word]
            operands, stack[first:] = stack[first:], []
            stack.append(instruct_abreast(n, part.library, word, *operands))
    return stack.pop()


def write_line(part: Part, group: Group, at: At) -> None:
    """A simple group: what it computes is handed on in registers."""
    n, target = part.many if group.per_sample else part.one, place_of(group, group.target)

    @cache
    def numbers(k: int) -> Sequence[Text]:
        leaf = place_of(group, group.leaves[k])
        if leaf.space not in "SL":
            return [number(leaf, 0)] * at.vectors
        return [number(leaf, v) for v in range(at.vectors)]

    def number(leaf: Leaf, v: int) -> Text:
        if (known := part.known.get((leaf, v))) is not None:
            return known
        return part.read(n, leaf, part.index(leaf, at), at.lane, v, group.per_sample)

    for v, z in enumerate(evaluated(part, n, group.code, numbers, at.vectors)):
        part.known[target, v] = z
        if part.keeps(target):
            n.store(z, part.place(target, part.index(target, at), at.lane, v))
