"""A training whose steps are machine code: what they are given, and what becomes of what they learn."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from autograd import Batches, TransformError, Value, no_grad

from ..data.samples import dealt
from ..schedules import rate_at
from .forms import settings_of
from .recorded import Carry, draws_of, recorded
from .step import Step


class MiniBatch(NamedTuple):
    """What one step is given."""

    epoch: int
    number: int  # in its epoch
    rows: Any
    draws: Any  # a column for each number that is drawn for every sample


class NativeStep:
    """Steps of a training; the optimiser and the model keep what they learn."""

    def __init__(self, step: Step, X: np.ndarray, y: np.ndarray, batch_size: int | None) -> None:
        self.step, self.optimizer, self.batch_size = step, step.optimizer, batch_size
        self.data = X, y
        self.before: Any = None  # the weights, one step before the last

    def compile(self) -> None:
        """Begin anew: with the numbers that the optimiser's formula has now."""
        self.settings = settings_of(self.optimizer)
        self.recorded = recorded(self.step)
        self.draws = draws_of(self.step, self.data[0])

    def is_outdated(self) -> bool:
        """Whether the optimiser has other settings than it was recorded with."""
        return settings_of(self.optimizer) != self.settings

    def record(self, generator: random.Random) -> None:
        """Compile, then check targets and loss on the data themselves.

        Raises what they raise; and TransformError if a module or loss draws random numbers by itself.
        """
        states = _random_states(generator)
        self.compile()
        n = len(self.data[0])
        rows = (
            np.arange(max(2, min(self.batch_size or n, n))) % n
        )  # of a single one, 1 says too much
        draws = np.zeros((len(rows), len(self.draws)))
        self.run(self.carry(), [MiniBatch(0, 0, rows, draws)])
        self._check_targets()
        if _random_states(generator) != states:
            generator.setstate(states[0])
            raise TransformError(
                "the model or the loss draws random numbers, which would be the same at every step: "
                'train it with backend="batch"'
            )

    def _check_targets(self) -> None:
        """The loss of all targets at some prediction, for the checks that it makes."""
        n = len(self.data[0])
        like = [Value(np.full(n, 0.5)) for _ in range(self.recorded.outputs or 1)]
        with no_grad():
            self.step.loss(like if self.recorded.outputs else like[0], self.data[1])

    # ---------------------------------------------------------------------------------------- running

    def deal(self, epoch: int, rng: random.Random) -> Iterator[MiniBatch]:
        """The mini-batches of an epoch, each with what is drawn for it."""
        n = len(self.data[0])
        parts = [np.arange(n)] if self.batch_size is None else dealt(n, self.batch_size, rng)
        for k, rows in enumerate(parts):
            draws = [[draw() for _ in rows] for draw in self.draws] if self.draws else None
            yield MiniBatch(epoch, k, rows, None if draws is None else np.array(draws).T)

    @property
    def _all_at_once(self) -> bool:
        """Whether every step is given all samples, and nothing else."""
        return self.batch_size is None and not self.draws

    def run(self, carry: Carry, batches: Sequence[MiniBatch]) -> tuple[Carry, Any]:
        """A step for each mini-batch: what is carried after them, and the loss of each."""
        steps = range(self.optimizer.steps, self.optimizer.steps + len(batches))
        rates = [rate_at(self.optimizer.lr, k) for k in steps]
        xs: list[Any] = [np.array([rates, steps], float).T]
        if not self._all_at_once:
            rows = [batch.rows for batch in batches]
            xs += [Batches(x, rows) for x in self.data]
        if self.draws:
            starts = np.cumsum([0, *map(len, rows)])
            drawn = [np.arange(a, b) for a, b in pairwise(starts)]
            xs.append(Batches(np.concatenate([batch.draws for batch in batches]), drawn))
        return self.recorded.loop(carry, tuple(xs))

    def carry(self) -> Carry:
        """What the next step is done on."""
        w = np.array([p.data for p in self.optimizer.params], float)
        return Carry(
            w,
            np.array([p.data for p in self.step.still], float),
            tuple(self.optimizer.state.values()),
            w if self.before is None else self.before,
            self.data if self._all_at_once else (),
        )

    def keep(self, carry: Carry, steps: int) -> None:
        """Give model and optimiser what they have become, all of it."""
        steps += self.optimizer.steps
        try:
            self._give(carry, steps)
        except KeyboardInterrupt:
            self._give(carry, steps)
            raise

    def _give(self, carry: Carry, steps: int) -> None:
        optimizer, self.before = self.optimizer, carry.before
        optimizer.state, optimizer.steps = (
            dict(zip(optimizer.state, carry.buffers, strict=True)),
            steps,
        )
        for p, x in zip(optimizer.params, carry.w.tolist(), strict=True):
            p.data = x

    def go_back_to(self, w: Any) -> None:
        """Tell the step which weights are the last good ones."""
        good = dict(zip(self.optimizer.params, w.tolist(), strict=True))
        self.step.good = [good.get(p, p.data) for p in self.step.parameters]  # type: ignore[misc]


def _random_states(generator: random.Random) -> tuple[Any, ...]:
    """Where random numbers could come from, as it is now."""
    of_numpy: Any = np.random.get_state()  # noqa: NPY002  (it is only looked at)
    return generator.getstate(), random.getstate(), of_numpy[1].tobytes(), of_numpy[2:]
