"""Texts that compute one number at a time: a group is a loop over its instances, a stage over samples.

So each number has the bits that the flat program gives it, and the text reads as the program does.
The backend "python" computes so (`python_backend`), and the program is printed so (`text`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from functools import cached_property

from ..rolling.rolled import Leaf, Stage
from .writer import Writer


class LoopWriter(Writer):
    """Writes the text of a program, one number at a time."""

    @cached_property
    def _sampled(self) -> list[Stage]:
        """The stages per sample."""
        return [stage for stage in self.rolled.stages if stage.per_sample and stage.items]

    @cached_property
    def lasting(self) -> Collection[int]:
        """The per-sample slots that each sample has of its own: what the caller is given, or tests; all
        if a later stage may read them.
        """
        if len(self._sampled) > 1:
            return range(self.rolled.sample_slots)
        ends = (*self.rolled.outputs.per_sample.values(), *self.rolled.watch)
        slots = {leaf.base for leaf in ends if leaf.space == "S"}
        return slots - {*range(len(self.rolled.sample_inputs))}

    def is_element(self, leaf: Leaf) -> bool:
        """Whether it is in a list: those too that outlive their stage."""
        return (leaf.space == "S" and leaf.base in self.lasting) or super().is_element(leaf)

    @property
    @abstractmethod
    def over_samples(self) -> str:
        """The head of the loop over samples."""

    def _stage(self, stage: Stage) -> None:
        if not stage.per_sample:
            self.items(stage)
            return
        self._start_totals(stage)
        with self.module.block(f"{self.over_samples}:"):
            if stage is self._sampled[0]:
                self._bring_inputs()
            self.items(stage)

    def _bring_inputs(self) -> None:
        """Bring the inputs of sample t into their slots."""
        for run in self.inputs():
            leaf, source = Leaf("S", run.slot), Leaf("A", run.first, array=run.array)
            here, there = self.at(leaf), self.at(source, [("t", run.step)])
            if run.count > 1:
                here = self.slice(leaf, (), 1, run.count)
                there = self.slice(source, [("t", run.step)], run.distance, run.count)
            self.module.line(f"{here} = {there}")

    def _column(self, leaf: Leaf) -> str:
        """The number of sample t."""
        if leaf.base < len(self.rolled.sample_inputs):
            array, first, step = self.rolled.sample_inputs[leaf.base]
            return self.at(Leaf("A", first, array=array), [("t", step)])
        return self.at(leaf)

    def _start_totals(self, stage: Stage) -> None:
        """Let sums over samples begin with 0: those that are variables, for elements are 0 already."""
        for group, _ in stage.groups():
            if group.total and not self.is_element(group.target):
                self.module.line(f"{self.at(group.target)} = 0.0")
