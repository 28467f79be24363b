"""A training by machine code: what steps are given, and how the model gets what they learnt."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import numpy as np

from autograd import Batches, TransformError, Value, no_grad, permutations

from ...schedules import rate_at
from ..step import Step
from .forms import settings_of
from .recorded_step import Carry, arranged, draws_of, recorded


class MiniBatches(NamedTuple):
    """The samples of some steps, one mini-batch after another."""

    rows: Any  # the samples' numbers
    starts: Any  # where in the rows each mini-batch starts, and the last ends
    draws: Any  # random numbers: a row for each of the rows, a column for each draw of the model

    @property
    def steps(self) -> int:
        """How many mini-batches there are."""
        return len(self.starts) - 1

    def part(self, first: int, steps: int) -> MiniBatches:
        """The mini-batches of so many steps from the first on."""
        return self._replace(starts=self.starts[first : first + steps + 1])


class NativeStep:
    """The compiled steps of a training."""

    def __init__(self, step: Step, X: np.ndarray, y: np.ndarray, batch_size: int | None) -> None:
        self.step, self.optimizer, self.batch_size = step, step.optimizer, batch_size
        self.data = X, y
        n = len(X)
        size = min(batch_size or n, n)
        self.sizes = [min(size, n - first) for first in range(0, n, size)]
        """How many samples each mini-batch of an epoch has."""
        self.before: Any = None  # the weights, one step before the last

    def compile(self) -> None:
        """Take the compiled step of this form, with the settings that the optimiser has now."""
        self.settings = settings_of(self.optimizer)
        self.recorded = recorded(self.step)

    def is_outdated(self) -> bool:
        """Whether the optimiser has other settings than it was recorded with."""
        return settings_of(self.optimizer) != self.settings

    def record(self, generator: random.Random) -> None:
        """Compile by a run on some samples that is thrown away, unless a training of this form, of such
        samples, was here before; then check the loss on all targets.

        Raises what these raise; and TransformError if a module or loss draws random numbers by itself.
        """
        self.compile()
        strange = self.recorded.form is None  # the package's own parts draw nothing by themselves
        states = _random_states(generator) if strange else ()
        self.draws = draws_of(self.step.model, self.data[0][:1])
        sizes = [max(2, self.sizes[0])]  # of one sample not everything shows
        sizes += {*self.sizes} - {self.sizes[0]}  # that of the last mini-batch
        rows = np.arange(sum(sizes)) % len(self.data[0])
        what = *sizes, self._all_at_once, *(x.shape[1:] for x in self.data)
        if what not in self.recorded.tried:
            draws = np.zeros((len(rows), len(self.draws)))
            self.run(self.carry(), MiniBatches(rows, np.cumsum([0, *sizes]), draws))
            self.recorded.tried.add(what)
        self._check_targets()
        if strange and _random_states(generator) != states:
            generator.setstate(states[0])
            raise TransformError(
                "the model or the loss draws random numbers, which would be the same at every step: "
                'train it with backend="batch"'
            )

    def _check_targets(self) -> None:
        """Compute the loss of all targets at some predictions, for the sake of what it checks."""
        like = Value(np.full(len(self.data[0]), 0.5))
        with no_grad():
            self.step.loss(arranged(self.recorded.outputs, like), self.data[1])

    # ---------------------------------------------------------------------------------------- running

    def mini_batches(self, epochs: int, rng: random.Random) -> MiniBatches:
        """The mini-batches of some epochs, in random order, with the random numbers for them."""
        n, sizes = len(self.data[0]), np.array([0, *self.sizes * epochs])
        seeds, draws = self.draw(epochs * len(self.sizes), rng)
        orders = permutations(n, seeds) if seeds else np.tile(np.arange(n), (epochs, 1))
        return MiniBatches(orders.ravel(), sizes.cumsum(), np.concatenate(draws) if draws else None)

    def draw(self, steps: int, rng: random.Random) -> tuple[list[int], list[Any]]:
        """The random numbers of so many mini-batches, of which the first begins an epoch: a seed for
        each epoch's order, and what is drawn for the samples of each.
        """
        seeds, draws = list[int](), list[Any]()
        for first in range(0, steps, len(self.sizes)):
            if self.batch_size is not None:
                seeds.append(rng.getrandbits(64))
            if self.draws:
                draws += map(self._drawn, self.sizes[: steps - first])
        return seeds, draws

    def _drawn(self, samples: int) -> Any:
        return np.array([[draw() for _ in range(samples)] for draw in self.draws]).T

    @property
    def _all_at_once(self) -> bool:
        """Whether every step is given all samples, and nothing else."""
        return self.batch_size is None and not self.draws

    def run(self, carry: Carry, batches: MiniBatches) -> tuple[Carry, Any]:
        """A step for each mini-batch: what is carried after them, and the loss of each."""
        rate, steps = self.optimizer.lr, self.optimizer.steps + np.arange(batches.steps)
        rates = [rate_at(rate, k) for k in steps.tolist()] if callable(rate) else rate
        xs: list[Any] = [np.stack([np.broadcast_to(rates, batches.steps), steps], axis=1)]
        if not self._all_at_once:
            xs += [Batches(x, batches.rows, batches.starts) for x in self.data]
        if self.draws:
            xs.append(Batches(batches.draws, np.arange(len(batches.draws)), batches.starts))
        return self.recorded.run(self.step, self.sizes[0], carry, tuple(xs))

    def carry(self) -> Carry:
        """What the next step begins with."""
        w = np.array([p.data for p in self.optimizer.params], float)
        return Carry(
            w,
            np.array([p.data for p in self.step.still], float),
            tuple(self.optimizer.state.values()),
            w if self.before is None else self.before,
            self.data if self._all_at_once else (),
        )

    def keep(self, carry: Carry, steps: int) -> None:
        """Give model and optimiser what some steps have made of them: all of it, in spite of Ctrl-C."""
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
    """The states of all generators that a model could draw from."""
    of_numpy: Any = np.random.get_state()  # noqa: NPY002  (it is only looked at)
    return generator.getstate(), random.getstate(), of_numpy[1].tobytes(), of_numpy[2:]
