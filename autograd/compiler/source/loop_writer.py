"""Texts that compute one number at a time: a group is a loop over its instances, a stage over samples.

So each number has the bits that the flat program gives it, and the text reads as the program does.
The backend "python" computes so (`python_backend`), and the program is printed so (`text`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from ..rolling.rolled import Group, Leaf, Loop, Stage
from .storage import input_runs
from .writer import Writer


class LoopWriter(Writer):
    """Writes the text of a program, one number at a time."""

    def is_element(self, leaf: Leaf) -> bool:
        """Whether it is in a list: those too that a later stage reads, or the caller."""
        lasting = leaf.space == "S" and self.storage.lasting[leaf.base]
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
        """Lines that bring the inputs of sample t that a stage reads into their slots."""
        used = self.storage.inputs_of[which]
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
        self.each_number(group, loop)

    def _start_totals(self, stage: Stage) -> None:
        """Let sums over samples begin with 0: those that are variables, for elements are 0 already."""
        for group, _ in stage.groups():
            if group.total and not self.is_element(group.target):
                self.module.line(f"{self.at(group.target)} = 0.0")
