"""Texts that go through a program number by number: a group is a loop over its instances.

So each number has the bits that the flat program gives it, and the text reads as the program does.
Python's floats are computed so (`python_backend`), and the program is printed so (`text`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ..rolling.rolled import Group, Leaf, Loop, Stage, Words
from .expressions import Term, expression
from .slots import Axes, input_runs
from .writer import Writer


class LoopWriter(Writer):
    """The text of a program, one number at a time."""

    counts: Mapping[str, int] = MappingProxyType({})
    """How often each loop variable around what is being written takes a value."""

    def is_element(self, leaf: Leaf) -> bool:
        """Those too that a later stage reads, or the caller."""
        lasting = leaf.space == "S" and self.slots.lasting[leaf.base]
        return bool(lasting) or super().is_element(leaf)

    @property
    @abstractmethod
    def over_samples(self) -> str:
        """The head of the loop over samples."""

    def _stage(self, stage: Stage, which: int) -> None:
        if not stage.per_sample:
            self.items(stage)
            return
        self._start_totals(stage)
        with self.module.block(self.over_samples):
            for line in self._inputs(which):
                self.module.line(line)
            self.items(stage)

    def _inputs(self, which: int) -> Iterator[str]:
        """Lines that bring sample t's inputs into their slots."""
        used = self.slots.inputs_of[which]
        elements = [self.is_element(Leaf("S", k)) for k in range(len(used))]
        for slot, count, array, first, distance, step in input_runs(
            self.rolled.sample_inputs, used, elements
        ):
            leaf, source = Leaf("S", slot), Leaf("A", first, array=array)
            axes = [("t", step)]
            if count == 1:
                yield f"{self.at(leaf)} = {self.at(source, axes)}"
            else:
                here = self.slice(leaf, (), 1, count)
                yield f"{here} = {self.slice(source, axes, distance, count)}"

    def _group(self, group: Group, loop: Loop | None) -> None:
        self.counts = {"i": group.count, "j": group.outer, "k": loop.count if loop else 1}

        def axes(leaf: Leaf) -> Axes:
            steps = {"i": leaf.inner, "j": leaf.outer, "k": leaf.step}
            return [(name, step) for name, step in steps.items() if self.counts[name] != 1]

        def along(leaf: Leaf, stride: int, terms: int) -> str:
            if stride == 0:
                return f"[{self.term(leaf, axes(leaf)).text}] * {terms}"
            return self.slice(leaf, axes(leaf), stride, terms)

        def text(code: Words) -> Term:
            return expression(code, self.forms, part, self.module.keep)

        def part(word: int) -> Term:
            if word >= 0:
                return self.term(group.leaves[word], axes(group.leaves[word]))
            dot = group.dots[~word]
            sides = [(dot.w, dot.w_stride), (dot.x, dot.x_stride)]
            texts = [along(group.leaves[k], stride, dot.terms) for k, stride in sides]
            texts += [text(dot.start).text] if dot.start else []
            return Term(f"{dot.op}({', '.join(texts)})")

        with self.module.loops(("j", group.outer), ("i", group.count)):
            x = text(group.code)
            sign = "+=" if group.total else "="
            self.module.line(f"{self.at(group.target, axes(group.target))} {sign} {x.text}")

    def _start_totals(self, stage: Stage) -> None:
        """Sums over samples that are variables begin with 0; elements are 0 already."""
        for group, _ in stage.groups():
            if group.total and not self.is_element(group.target):
                self.module.line(f"{self.at(group.target)} = 0.0")
