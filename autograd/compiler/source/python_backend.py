"""The backend "python": loops over floats, that need no library.

Uniform numbers are floats, and a stage per sample is a loop ``for t in range(n)``. What comes out is
the engine's own arithmetic in the program's order: the same bits as `execute`.

Names: ``arg0`` an argument's numbers in one row; ``u3``, ``u[3]`` uniform numbers; ``s3``, ``s[3]``
those of sample t; ``r3`` of one iteration; ``K`` constants; i, j, k loop variables; ``v3`` parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..rolled import Dot, Group, Leaf, Loop, Rolled, Stage
from .expressions import HELPERS, IEEE, PYTHON, SIGN, Term, expression, number
from .module import Module, SourceKernel
from .slots import Axes, Slots, affine, groups, written_out

LISTS = {"K": "K", "U": "u", "S": "s", "L": "r"}
FEW = 8  # numbers that are looked at one by one
SAID = "A program in floats: outputs and whether a watched number is nan."


def build(rolled: Rolled, n_arrays: int) -> SourceKernel:
    """The back end's entry: see `rolled` for what it is given."""

    def write(ieee: bool) -> str:
        return _Writer(rolled, n_arrays, ieee).text

    many = [k for k, leaf in enumerate(rolled.outputs) if leaf.space == "S"]

    def with_arrays(f: Any, *arguments: Any) -> Any:
        outputs, seen = f(*arguments)
        for k in many:
            outputs[k] = np.array(outputs[k], dtype=float)
        return outputs, seen

    return SourceKernel(write, _numbers, with_arrays)


def _numbers(x: Any) -> Sequence[float]:
    return x if type(x) in (list, tuple) else x.ravel().tolist()  # type: ignore[no-any-return]


class _Writer:
    """The text of a program."""

    def __init__(self, rolled: Rolled, n_arrays: int, ieee: bool) -> None:
        self.rolled = written_out(rolled)
        self.slots = Slots(self.rolled)
        self.forms = IEEE if ieee else PYTHON
        self.module = Module()
        self._lists()
        for number_, stage in enumerate(self.rolled.stages):
            if stage.items:
                self._stage(stage, number_)
        self._results()
        constants = f"K = {rolled.constants}" if self.slots.has("K") else ""
        self.text = self.module.text(self.forms, SAID, constants, n_arrays)

    def _lists(self) -> None:
        for space in "UL":
            if self.slots.has(space):
                self.module.line(f"{LISTS[space]} = [0.0] * {self.slots.sizes[space]}")
        if any(self.slots.lasting):
            self.module.line(f"samples = [[0.0] * {self.slots.sizes['S']} for _ in range(n)]")
        elif self.slots.has("S"):
            self.module.line(f"s = [0.0] * {self.slots.sizes['S']}")

    def _stage(self, stage: Stage, number_: int) -> None:
        if not stage.per_sample:
            self._items(stage)
            return
        for group, loop in groups(stage):
            if group.total and not self._is_element(group.target):
                assert loop is None or not group.target.step
                self.module.line(f"u{group.target.base} = 0.0")
        lasting = any(self.slots.lasting)
        with self.module.block(
            "for t, s in enumerate(samples):" if lasting else "for t in range(n):"
        ):
            for slot, used in enumerate(self.slots.inputs_of[number_]):
                if used:
                    name = self._at(Leaf("S", slot), ())
                    self.module.line(f"{name} = {self._input(slot)}")
            self._items(stage)

    def _input(self, slot: int) -> str:
        array, first, step = self.rolled.sample_inputs[slot]
        return f"arg{array}[{affine(first, [('t', step)])}]"

    def _items(self, stage: Stage) -> None:
        for item in stage.items:
            if isinstance(item, Loop):
                with self.module.loops(("k", item.count)):
                    for group in item.body:
                        self._group(group, item)
            else:
                self._group(item, None)

    # ------------------------------------------------------------------------------------- groups

    def _group(self, group: Group, loop: Loop | None) -> None:
        def axes(leaf: Leaf) -> Axes:
            ways = [("i", leaf.inner, group.count), ("j", leaf.outer, group.outer)]
            ways.append(("k", leaf.step, loop.count if loop else 1))
            return [(name, step) for name, step, count in ways if count != 1]

        def leaf(word: int) -> Term:
            if word < 0:
                dot = group.dots[~word]
                sides = [
                    self._row(group.leaves[dot.w], axes, dot, dot.w_stride),
                    self._row(group.leaves[dot.x], axes, dot, dot.x_stride),
                ]
                return Term(f"{dot}({', '.join(sides)})")
            x = group.leaves[word]
            return self._term(x, axes(x))

        with self.module.loops(("j", group.outer), ("i", group.count)):
            x = expression(group.code, self.forms, leaf, self.module.keep)
            sign = "+=" if group.total else "="
            self.module.line(f"{self._at(group.target, axes(group.target))} {sign} {x.text}")

    def _term(self, leaf: Leaf, axes: Axes) -> Term:
        if leaf.space == "K" and not self._is_element(leaf):
            return number(self.rolled.constants[leaf.base])
        return Term(self._at(leaf, axes))

    def _is_element(self, leaf: Leaf) -> bool:
        lasting = leaf.space == "S" and self.slots.lasting[leaf.base]
        return self.slots.is_element(leaf) or bool(lasting)

    def _at(self, leaf: Leaf, axes: Axes) -> str:
        if self._is_element(leaf):
            return f"{self._list(leaf)}[{affine(leaf.base, axes)}]"
        return f"{self._list(leaf)}{leaf.base}"

    def _list(self, leaf: Leaf) -> str:
        return f"arg{leaf.array}" if leaf.space == "A" else LISTS[leaf.space]

    def _row(self, leaf: Leaf, axes: Any, dot: Dot, stride: int) -> str:
        """The numbers along a dot."""
        if stride == 0:
            return f"[{self._term(leaf, axes(leaf)).text}] * {dot.terms}"
        length = stride * (dot.terms - 1)
        first = affine(leaf.base + min(length, 0), axes(leaf))
        last = affine(leaf.base + max(length, 0) + 1, axes(leaf))
        step = f" : {abs(stride)}" if abs(stride) > 1 else ""
        turned = "[::-1]" if stride < 0 else ""
        return f"{self._list(leaf)}[{first} : {last}{step}]{turned}"

    # ------------------------------------------------------------------------------------ results

    def _results(self) -> None:
        outputs = ", ".join(self._values(self.rolled.outputs))
        self.module.line(f"return [{outputs}], {self._watch() or False}")

    def _watch(self) -> str:
        numbers = self._values([leaf for leaf in self.rolled.watch if leaf.space != "S"])
        if len(numbers) <= FEW and not any(x.startswith("*") for x in numbers):
            looks = [f"{x} != {x}" for x in numbers]
        else:
            looks = [f"any_nan([{', '.join(numbers)}])"]
        columns = [self._column(leaf) for leaf in self.rolled.watch if leaf.space == "S"]
        return " or ".join([*looks, *(f"any_nan({column})" for column in columns)])

    def _values(self, leaves: Sequence[Leaf]) -> list[str]:
        """Numbers of leaves, elements side by side as one slice."""
        found: list[str] = []
        k = 0
        while k < len(leaves):
            leaf, count = leaves[k], 1
            if leaf.space == "S":
                found.append(self._column(leaf))
            elif self._is_element(leaf):
                while leaves[k + count : k + count + 1] == [
                    leaf._replace(base=leaf.base + count)
                ] and self._is_element(leaves[k + count]):
                    count += 1
                one = self._at(leaf, ())
                found.append(
                    one
                    if count == 1
                    else f"*{self._list(leaf)}[{leaf.base} : {leaf.base + count}]"
                )
            else:
                found.append(self._term(leaf, ()).text)
            k += count
        return found

    def _column(self, leaf: Leaf) -> str:
        """A per-sample slot's numbers of all samples."""
        if leaf.base < len(self.rolled.sample_inputs):
            return f"[{self._input(leaf.base)} for t in range(n)]"
        return f"[s[{leaf.base}] for s in samples]"
