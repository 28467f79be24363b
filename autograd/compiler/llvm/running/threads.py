"""A kernel's samples shared out to threads.

A kernel is a sequence of phases (see `kernel`). One that runs once is run by one thread. Of one that
goes over samples each thread runs a span of whole blocks, and adds to sums of its own; then all wait
for each other, and the sums are added, thread by thread. So a sum over samples has its terms in
another order for every number of threads, and is the same to rounding. Machine code runs without
Python's lock.

A call starts its threads itself: none waits between calls, and a process that forks copies none.
"""

from __future__ import annotations

import sys
from _thread import LockType, allocate_lock, start_new_thread
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .memory import Memory
from .variant import Variant

WORTH = 2_000_000
"""Operations that a thread is started for: some 300 µs of work, where 40 to 100 go into starting it
(measured by `tests/benchmarks/native.py`)."""
UNLOCKED = 2_500 * WORTH
"""Operations of a call that others do not wait for, about a tenth of a second: it runs without Python's
lock, and so in memory of its own, which the system has to clear (20 MB for 300,000 weights)."""


def worthwhile(threads: int, samples: int, operations: int) -> int:
    """How many of the threads have enough to do, with so many operations a sample."""
    return max(1, min(threads, samples * operations // WORTH))


def most_for_one(threads: int, operations: int) -> int:
    """The largest number of samples that one thread runs by itself, holding Python's lock."""
    most = 2 * WORTH if threads > 1 else UNLOCKED
    return -(-most // operations) - 1 if operations else sys.maxsize


class Shared:
    """One call of a kernel by several threads, who keep alive what they read and write."""

    def __init__(
        self, variant: Variant, arrays: Sequence[Any], pointers: Any, memory: Memory, n: int
    ) -> None:
        self.variant, self.arrays, self.pointers = variant, arrays, pointers
        self.memory, self.n = memory, n
        self.seen = [0] * len(memory.sums)  # watched numbers that were nan, by thread

    def run(self) -> int:
        """All phases; answers how many watched numbers were nan."""
        phases = zip(self.variant.phases, self.variant.layout.phases, strict=True)
        for phase, over_samples in phases:
            if over_samples:
                self._side_by_side(phase)
            else:
                self._span(0, phase, 0, self.n)
        return sum(self.seen)

    def _side_by_side(self, phase: Callable[..., int]) -> None:
        (_, own), *others = enumerate(self._spans())
        running = [self._begun(k, phase, *span) for k, span in others]
        self._span(0, phase, *own)
        for done in running:
            done.acquire()
        with np.errstate(all="ignore"):
            for sums in self.memory.sums[1 : 1 + len(others)]:
                self.memory.sums[0] += sums

    def _begun(self, *work: Any) -> LockType:
        """The lock of a new thread, free once that has run a span. (`Thread.start` would wait until the
        thread runs, instead of beginning with this one's own span.)
        """
        done = allocate_lock()
        done.acquire()

        def run() -> None:
            try:
                self._span(*work)
            finally:
                done.release()

        start_new_thread(run, ())
        return done

    def _spans(self) -> list[tuple[int, int]]:
        """First and last samples, in whole blocks, as even as they can be, and nobody without one:
        who has no samples answers for none, which is 0.
        """
        block = self.variant.shape.block
        blocks = -(-self.n // block)
        count = max(1, min(len(self.seen), blocks))
        ends = [min(self.n, block * (blocks * k // count)) for k in range(count + 1)]
        return [*pairwise(ends)]

    def _span(self, thread: int, phase: Callable[..., int], begin: int, end: int) -> None:
        memory = self.memory
        places = memory.of_thread(thread)
        self.seen[thread] += phase(self.n, self.pointers, *places, memory.stride, begin, end)
