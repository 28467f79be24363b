"""The memory that a kernel works in: it belongs to one call, so several threads may run one program.

There are four rooms: uniform numbers, the slots of samples, sums over samples in lanes, and results of
one number a sample. Slots hold one block of samples, which stays in the fastest cache, unless a second
stage goes over samples and may read what the first computed of all: then they hold every sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import reused
from ..elements import Element
from ..rolling.rolled import Rolled
from .shapes import Shape


class Layout:
    """How many numbers the memory of a kernel holds: ``slots`` times the stride, of all samples if
    ``whole``, and so many rows of results; and which of its phases go over samples.
    """

    def __init__(
        self,
        element: Element,
        uniform: int,
        slots: int,
        whole: bool,
        sums: int = 0,
        results: int = 0,
        phases: Sequence[bool] = (),
    ) -> None:
        self.element, self.uniform, self.slots, self.whole = element, uniform, slots, whole
        self.sums, self.results, self.phases = sums, results, [*phases]

    @classmethod
    def of(cls, rolled: Rolled) -> Layout:
        """What a program needs, but for the sums, which depend on its tiles."""
        whole = sum(stage.per_sample for stage in rolled.stages) > 1
        results = len(rolled.outputs.per_sample)
        return cls(
            rolled.element, rolled.uniform_slots, rolled.sample_slots, whole, results=results
        )


class Memory:
    """What a kernel works in; where threads share the samples, each has sums and a block of its own.

    ``answer`` is where uniform numbers and results go, if that is there already.
    """

    def __init__(
        self, layout: Layout, shape: Shape, n: int, threads: int = 1, answer: Sequence[Any] = ()
    ) -> None:
        blocks = -(-max(n, 1) // shape.block)
        self.most = shape.block * (blocks if layout.whole else 1)  # samples that have a place
        self.stride = self.most + shape.between
        slots = layout.slots * self.stride * (1 if layout.whole else threads)
        dtype, shapes = layout.element.dtype, [layout.uniform, (layout.results, n)]
        self.uniform, self.results = answer or [reused.in_lines(shape, dtype) for shape in shapes]
        self.sums = reused.in_lines((threads, layout.sums), dtype)
        self.rooms = [self.uniform, reused.in_lines(slots, dtype), self.sums, self.results]
        self.addresses = [x.ctypes.data for x in self.rooms]
        slots = 0 if layout.whole else layout.slots * self.stride
        self._apart = [layout.element.bytes * count for count in (slots, layout.sums)]

    def of_thread(self, k: int) -> list[int]:
        """The addresses for one of the threads."""
        uniform, samples, sums, results = self.addresses
        return [uniform, samples + k * self._apart[0], sums + k * self._apart[1], results]
