"""Epochs in machine code, cut into slices of time.

Between them Python is there for Ctrl-C, the progress bar and callbacks, and looks whether training
has diverged.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence

import numpy as np

from .history import History
from .native import MiniBatch, NativeStep

SLICE = 0.05
"""Seconds that one call takes at most, about."""
FIRST, FASTER = 64, 8
"""Steps of the first call, and how many times more the next may take than the last."""


class _SpoiltError(Exception):
    """A step spoilt the loss or a weight."""

    def __init__(self, problem: str, batch: MiniBatch) -> None:
        self.problem, self.batch = problem, batch


class InSlices:
    """The epochs of a compiled step."""

    def __init__(self, step: NativeStep) -> None:
        self.step = step
        self.size = FIRST  # steps a call

    def epochs(self, history: History, last: int, alone: bool) -> Iterator[list[float]]:
        """The losses of every epoch; if nobody looks at the model between them, of several a call."""
        while history.epochs < last:
            if self.step.is_outdated():
                self.step.compile()
            first, rng = history.epochs, history.generator
            before = rng.getstate()
            epochs = self._epochs(first, last if alone else first + 1, rng)
            try:
                losses = self._taken([batch for epoch in epochs for batch in epoch])
            except _SpoiltError as spoilt:
                rng.setstate(before)
                self._deal_again(first, spoilt.batch, rng)
                self.step.step.diverged(spoilt.problem, *spoilt.batch[:2])
            for k, epoch in enumerate(epochs):
                yield losses[k * len(epoch) : (k + 1) * len(epoch)]

    def _deal_again(self, first: int, last: MiniBatch, rng: random.Random) -> None:
        """Bring the generator to where it had dealt a mini-batch, and nothing later."""
        for epoch in range(first, last.epoch + 1):
            for batch in self.step.deal(epoch, rng):
                if batch[:2] == last[:2]:
                    return

    def _epochs(self, first: int, last: int, rng: random.Random) -> list[list[MiniBatch]]:
        """As many whole epochs as a call may take, and one at least."""
        epochs = [[*self.step.deal(first, rng)]]
        while first + len(epochs) < last and (len(epochs) + 1) * len(epochs[0]) <= self.size:
            epochs.append([*self.step.deal(first + len(epochs), rng)])
        return epochs

    def _taken(self, batches: Sequence[MiniBatch]) -> list[float]:
        """Take a step for each mini-batch."""
        losses: list[float] = []
        while len(losses) < len(batches):
            part, begun = batches[len(losses) : len(losses) + self.size], time.perf_counter()
            carry, new = self.step.run(self.step.carry(), part)
            if np.isfinite(new).all() and np.isfinite(carry.w).all():
                self.step.keep(carry, len(part))
                losses += new.tolist()
            else:
                losses += self._one_by_one(part)
            took = time.perf_counter() - begun
            self.size = max(1, int(len(part) * min(FASTER, SLICE / took)))
        return losses

    def _one_by_one(self, batches: Sequence[MiniBatch]) -> list[float]:
        """The same, and an error at the step that spoils the loss or a weight."""
        step, losses = self.step, list[float]()
        for batch in batches:
            before = step.carry()
            carry, (loss,) = step.run(before, [batch])
            problem, good = f"the loss is {loss}", before.before
            if math.isfinite(loss):
                step.keep(carry, 1)
                losses.append(float(loss))
                if np.isfinite(carry.w).all():
                    continue
                problem, good = "a weight is not finite", before.w
            step.go_back_to(good)
            raise _SpoiltError(problem, batch)
        return losses
