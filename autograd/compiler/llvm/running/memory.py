"""The memory that a kernel works in: it belongs to one call, so several threads may run one program.

There are four rooms: uniform numbers, the slots of samples, sums over samples in lanes, and results of
one number a sample. Slots hold one block of samples, which stays in the fastest cache, unless a second
stage goes over samples and may read what the first computed of all: then they hold every sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...programs.elements import Element
from ...rolling.rolled import Rolled
from ..kernels.shapes import Shape
from . import reused


class Layout(NamedTuple):
    """How many numbers the memory of a kernel holds."""

    element: Element
    uniform: int
    slots: int  # times the stride
    whole: bool  # whether slots hold all samples
    results: int  # rows of one number a sample
    sums: int = 0
    phases: Sequence[bool] = ()  # of each phase of the kernel, whether it goes over samples

    @classmethod
    def of(cls, rolled: Rolled, sums: int = 0) -> Layout:
        """What a program needs, with so many sums, which depend on its tiles."""
        whole = sum(stage.per_sample for stage in rolled.stages) > 1
        uniform, slots = rolled.uniform_slots, rolled.sample_slots
        return cls(rolled.element, uniform, slots, whole, len(rolled.outputs.per_sample), sums)


class Memory:
    """What a kernel works in; where threads share the samples, each has sums and a block of its own.

    ``answer`` is where uniform numbers and results go, if that is there already.
    """

    def __init__(
        self, layout: Layout, shape: Shape, n: int, threads: int = 1, answer: Sequence[Any] = ()
    ) -> None:
        dtype, blocks = layout.element.dtype, -(-max(n, 1) // shape.block)
        self.most = shape.block * (blocks if layout.whole else 1)  # samples that have a place
        self.stride = self.most + shape.between
        shapes = layout.uniform, (layout.results, n)
        self.uniform, self.results = answer or [reused.in_lines(shape, dtype) for shape in shapes]
        self.sums = reused.in_lines((threads, layout.sums), dtype)
        samples = reused.in_lines(
            (1 if layout.whole else threads, layout.slots * self.stride), dtype
        )
        self.rooms = [self.uniform, samples, self.sums, self.results]
        self.addresses = [x.ctypes.data for x in self.rooms]
        self._steps = [0, 0 if layout.whole else samples.strides[0], self.sums.strides[0], 0]

    def of_thread(self, k: int) -> list[int]:
        """The addresses for one of the threads."""
        return [at + k * step for at, step in zip(self.addresses, self._steps, strict=True)]
