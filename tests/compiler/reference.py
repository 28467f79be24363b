"""The reference: what a program means, executed by the engine's own functions, slow and plain.

`interpret` takes a flat program, one instruction after the other; `execute` a rolled one, as
`rolling.rolled` describes it. Every pass and every backend is tested against them. Uniform numbers are
Python floats, per-sample ones arrays of n.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np

from autograd.compiler.programs.elements import DOUBLE, Element
from autograd.compiler.programs.functions import FUNCTIONS
from autograd.compiler.programs.program import ARITY, DOTS, Program, halves
from autograd.compiler.rolling.check import check
from autograd.compiler.rolling.roll import roll
from autograd.compiler.rolling.rolled import Dot, Group, Leaf, Rolled, Words


def _dot(op: str, ws: Sequence[Any], xs: Sequence[Any], start: Sequence[Any]) -> Any:
    terms = [*start, *map(operator.mul, ws, xs)]
    return reduce(FUNCTIONS[DOTS[op]], terms) if terms else 0.0


def interpret(program: Program, arrays: Sequence[Any], n: int = 0) -> list[Any]:
    """The outputs: floats, and arrays of n where an output is per sample.

    ``arrays`` are the argument arrays, or single numbers, of which inputs are elements.
    """
    flat = [np.ravel(np.asarray(x, dtype=float)) for x in arrays]
    values: list[Any] = []
    with np.errstate(all="ignore"):
        for i in range(len(program)):
            values.append(_execute(program, i, values, flat, n))
    many = program.per_sample
    return [np.broadcast_to(values[i], n) if many[i] else values[i] for i in program.outputs]


def _execute(program: Program, i: int, values: list[Any], flat: list[Any], n: int) -> Any:
    op, a, b, c = program.op[i], program.a[i], program.b[i], program.c[i]
    if op == "const":
        return program.constants[a]
    if op == "count":
        return float(n)
    if op == "input":
        return flat[a][b + c * np.arange(n)] if program.per_sample[i] else float(flat[a][b])
    operands = [values[j] for j in program.operands(i)]
    if op == "total":
        return float(np.add.reduce(np.broadcast_to(operands[0], n)))
    if op in DOTS:
        return _dot(op, *halves(operands))
    return FUNCTIONS[op](*operands)


class _Memory:
    """The spaces of one run, of all samples at once."""

    def __init__(self, rolled: Rolled, arrays: Sequence[Any], n: int) -> None:
        self.arrays = [np.ravel(np.asarray(x, dtype=float)) for x in arrays]
        self.n, self.element, self.tables = n, rolled.element, rolled.tables
        self.spaces: dict[str, Any] = {
            "K": rolled.constants,
            "U": [0.0] * rolled.uniform_slots,
            "S": np.zeros((rolled.sample_slots, n)),
            "L": [0.0] * rolled.locals,
        }
        for slot, (array, first, step) in enumerate(rolled.sample_inputs):
            self.spaces["S"][slot] = self.arrays[array][first + step * np.arange(n)]

    def address(self, leaf: Leaf, o: int, i: int, s: int, j: int = 0) -> int:
        place = leaf.at(o, i, s) + j
        return self.tables[place] if leaf.looked_up else place

    def read(self, leaf: Leaf, *at: int) -> Any:
        space = self.arrays[leaf.array] if leaf.space == "A" else self.spaces[leaf.space]
        x = space[self.address(leaf, *at)]
        return x.copy() if isinstance(x, np.ndarray) else float(x)


def execute(rolled: Rolled, arrays: Sequence[Any], n: int = 0) -> list[Any]:
    """The outputs, as `interpret` gives them for the flat program."""
    memory = _Memory(rolled, arrays, n)
    with np.errstate(all="ignore"):
        for group, s in _unrolled(rolled):
            for o in range(group.outer):
                for i in range(group.count):
                    x = _value(group, group.code, memory, o, i, s)
                    if group.total:
                        x = float(np.add.reduce(np.broadcast_to(x, n)))
                    x = _rounded(x, rolled.element)
                    memory.spaces[group.target.space][memory.address(group.target, o, i, s)] = x
    return [memory.read(leaf, 0, 0, 0) for leaf in rolled.outputs]


def _unrolled(rolled: Rolled) -> Iterator[tuple[Group, int]]:
    for stage in rolled.stages:
        for item in stage.items:
            if isinstance(item, Group):
                yield item, 0
            else:
                yield from ((group, s) for s in range(item.count) for group in item.body)


def _value(group: Group, code: Words, memory: _Memory, o: int, i: int, s: int) -> Any:
    stack: list[Any] = []
    for word in code:
        if isinstance(word, str):
            operands = [stack.pop() for _ in range(ARITY[word])][::-1]
            x = float(memory.n) if word == "count" else FUNCTIONS[word](*operands)
            stack.append(_rounded(x, memory.element))
        elif word >= 0:
            stack.append(memory.read(group.leaves[word], o, i, s))
        else:
            stack.append(_sum_of_products(group, group.dots[~word], memory, o, i, s))
    return stack.pop()


def _rounded(x: Any, element: Element) -> Any:
    """Numbers, or truths, as the program has them."""
    if element == DOUBLE or np.asarray(x).dtype == bool:
        return x
    if isinstance(x, np.ndarray):
        return x.astype(element.dtype).astype(float)
    return element.rounded(x)


def _sum_of_products(group: Group, dot: Dot, memory: _Memory, o: int, i: int, s: int) -> Any:
    w, x = group.leaves[dot.w], group.leaves[dot.x]
    terms = [_value(group, dot.start, memory, o, i, s)] if dot.start else []
    terms += [
        memory.read(w, o, i, s, j * dot.w_stride) * memory.read(x, o, i, s, j * dot.x_stride)
        for j in range(dot.terms)
    ]
    return reduce(FUNCTIONS[DOTS[dot.op]], terms)


def assert_same(found: Sequence[Any], expected: Sequence[Any]) -> None:
    """Results are the same, to the bit."""
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_array_equal(x, y)


def assert_a_last_pass_keeps_every_bit(
    change: Callable[[Program], Program], program: Program, arrays: Sequence[Any], n: int
) -> None:
    """What a pass makes is a program that answers the same; and so does `roll`, which runs the pass."""
    expected = interpret(program, arrays, n)
    changed = change(program)
    check(changed)
    assert_same(interpret(changed, arrays, n), expected)
    assert_same(execute(roll(program), arrays, n), expected)
