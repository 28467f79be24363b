"""Epochs as machine code, cut into slices of time.

Between two slices Python handles Ctrl-C, the progress bar and callbacks, and looks whether training has
diverged.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np

from ..history import History
from .native_step import MiniBatches, NativeStep

SLICE = 0.05
"""Seconds that one call of machine code takes at most, about."""
FIRST = 64
"""How many steps the first call takes."""


class _SpoiltError(Exception):
    """A step made the loss, or a weight, nan or infinite."""

    def __init__(self, problem: str, step: int) -> None:
        self.problem, self.step = problem, step


class InSlices:
    """Runs the epochs of a training by its compiled step."""

    def __init__(self, step: NativeStep) -> None:
        self.step = step
        self.size = FIRST  # steps a call

    def epochs(self, history: History, last: int, alone: bool) -> Iterator[list[float]]:
        """The losses of every epoch; one call takes several epochs if training is ``alone``: nobody
        looks at the model between them.
        """
        while history.epochs < last:
            if self.step.is_outdated():
                self.step.compile()
            first, rng, steps = history.epochs, history.generator, len(self.step.sizes)
            before = rng.getstate()
            several = max(1, self.size // steps) if alone else 1
            epochs = min(several, last - first)
            try:
                losses = self._taken(self.step.mini_batches(epochs, rng))
            except _SpoiltError as spoilt:
                rng.setstate(before)
                self.step.draw(spoilt.step + 1, rng)
                epoch, batch = divmod(spoilt.step, steps)
                self.step.step.diverged(spoilt.problem, first + epoch, batch)
            for k in range(0, epochs * steps, steps):
                yield losses[k : k + steps]

    def _taken(self, batches: MiniBatches) -> list[float]:
        """Take a step for each mini-batch; answers their losses."""
        losses: list[float] = []
        while len(losses) < batches.steps:
            part, begun = batches.part(len(losses), self.size), time.perf_counter()
            carry, new = self.step.run(self.step.carry(), part)
            if np.isfinite(new).all() and np.isfinite(carry.w).all():
                self.step.keep(carry, part.steps)
                losses += new.tolist()
            else:
                losses += self._one_by_one(part, len(losses))
            took = time.perf_counter() - begun
            self.size = max(1, int(part.steps * SLICE / took))
        return losses

    def _one_by_one(self, batches: MiniBatches, first: int) -> list[float]:
        """The same step by step, to find the one that spoilt the loss or a weight; ``first`` is the
        number of the first of them.
        """
        step, losses = self.step, list[float]()
        for k in range(batches.steps):
            before = step.carry()
            carry, (loss,) = step.run(before, batches.part(k, 1))
            problem, good = f"the loss is {loss}", before.before
            if math.isfinite(loss):
                step.keep(carry, 1)
                losses.append(float(loss))
                if np.isfinite(carry.w).all():
                    continue
                problem, good = "a weight is not finite", before.w
            step.go_back_to(good)
            raise _SpoiltError(problem, first + k)
        return losses
