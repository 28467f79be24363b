"""A step of training as machine code, and many steps as one call of it (`autograd.scan`).

A step is two functions, which `autograd.jit` records by running what the other backends run:

    descent   weights, a mini-batch → its loss, and the gradient: the scalar program of one sample
    update    weights, gradient, the optimiser's state → all of them moved: the optimiser's formula
              for one parameter, for the parameters are its samples

While the first is recorded the model's own Values hold the numbers that are recorded, so a parameter
is found wherever it is used, in a loss or regulariser too. What `Dropout` and `RReLU` draw is drawn
beforehand, in the same order, and comes to a step beside its samples.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from autograd import Batches, TransformError, Value, jit, no_grad, scan

from ..data.samples import dealt
from ..layers.units import given
from ..schedules import rate_at
from .step import Step

Carry = tuple[Any, Any, tuple[Any, ...], Any]
"""Weights, those that stay, the optimiser's state, and the weights one step before."""


class MiniBatch(NamedTuple):
    """What one step is given."""

    epoch: int
    number: int  # in its epoch
    rows: Any
    draws: Any  # a column for each number that is drawn for every sample
    state: Any  # of the generator, when it had dealt this


class NativeStep:
    """The step of a training, compiled; the optimiser and the model keep what it learns."""

    def __init__(self, step: Step, X: np.ndarray, y: np.ndarray, batch_size: int | None) -> None:
        self.step, self.optimizer, self.batch_size = step, step.optimizer, batch_size
        self.data = X, y
        self.moving = self.optimizer.params
        learned = set(self.moving)
        self.still = [p for p in step.parameters if p not in learned]
        self.draws: list[Callable[[], float]] = []
        self.before: Any = None  # the weights, one step before the last

    # ----------------------------------------------------------------------------- what is recorded

    def compile(self) -> None:
        """Begin anew: with the numbers that the optimiser's formula has now."""
        self.settings = self._settings()
        self.descent = jit(self._descent, backend="llvm")
        self.update = jit(self._update, backend="llvm")
        self.loop = scan(self._step)

    def is_outdated(self) -> bool:
        """Whether the optimiser has other settings than it was recorded with."""
        return self._settings() != self.settings

    def _settings(self) -> dict[str, Any]:
        every, changing = vars(self.optimizer).items(), ("lr", "steps")
        return {k: x for k, x in every if k not in changing and isinstance(x, (int, float, tuple))}

    def _descent(self, w: Any, still: Any, X: Any, y: Any, *draws: Any) -> Any:
        columns = iter(draws[0].T if draws else ())
        holding = _holding([*self.moving, *self.still], [*w, *still])
        with holding, given(self.step.model, lambda z, draw: next(columns)):  # noqa: ARG005
            predictions = self.step.forward(self.step.model, X)
            self.outputs = len(predictions) if isinstance(predictions, (list, tuple)) else None
            objective = self.step.objective(predictions, y)
            self.optimizer.zero_grad()
            objective.backward()
            gradient = np.empty(len(self.moving), dtype=object)
            gradient[:] = [p.grad for p in self.moving]
            return objective.data, gradient

    def _update(self, w: Any, g: Any, numbers: Any, buffers: Any) -> Any:
        optimizer, names = self.optimizer, [*self.optimizer.state]
        before = optimizer.steps, optimizer.state
        try:
            rate, optimizer.steps = numbers
            optimizer.state = dict(zip(names, buffers, strict=True))
            w = optimizer.moved(w, g, rate)
            return w, tuple(optimizer.state[name] for name in names)
        finally:
            optimizer.steps, optimizer.state = before

    def _step(self, carry: Carry, x: Any) -> tuple[Carry, Any]:
        w, still, buffers, _ = carry
        numbers, *batch = x
        loss, g = self.descent(w, still, *(batch or self.data))
        moved, buffers = self.update(w, g, numbers, buffers)
        return (moved, still, buffers, w), loss

    def record(self, generator: random.Random) -> None:
        """Compile, then check targets and loss on the data themselves.

        Raises what they raise; and TransformError if a module or loss draws random numbers by itself.
        """
        states = _random_states(generator)
        self._find_draws()
        self.compile()
        n = (
            len(self.data[0])
            if self.batch_size is None
            else min(self.batch_size, len(self.data[0]))
        )
        draws = np.zeros((n, len(self.draws)))
        self.run(self.carry(), [MiniBatch(0, 0, np.arange(n), draws, None)])
        self._check_targets()
        if _random_states(generator) != states:
            generator.setstate(states[0])
            raise TransformError(
                "the model or the loss draws random numbers, which would be the same at every step: "
                'train it with backend="batch"'
            )

    def _find_draws(self) -> None:
        """What the model draws for every sample, in order."""

        def answer(z: Any, draw: Callable[[], float]) -> float:
            if not getattr(z, "shape", ()):
                raise TransformError(f"{draw!r} draws for {z!r}, which is one for all samples")
            self.draws.append(draw)
            return 1.0

        with given(self.step.model, answer) as some, no_grad():
            if some:
                self.step.forward(self.step.model, self.data[0][:1])

    def _check_targets(self) -> None:
        """The loss of all targets at some prediction, for the checks that it makes."""
        n = len(self.data[0])
        like = [Value(np.full(n, 0.5)) for _ in range(self.outputs or 1)]
        with no_grad():
            self.step.loss(like if self.outputs else like[0], self.data[1])

    # ---------------------------------------------------------------------------------------- running

    def deal(self, epoch: int, rng: random.Random) -> Iterator[MiniBatch]:
        """The mini-batches of an epoch."""
        n, state = len(self.data[0]), None
        parts = [np.arange(n)] if self.batch_size is None else dealt(n, self.batch_size, rng)
        for k, rows in enumerate(parts):
            draws = [[draw() for _ in rows] for draw in self.draws]
            if state is None or draws:
                state = rng.getstate()
            yield MiniBatch(epoch, k, rows, np.array(draws).T, state)

    def run(self, carry: Carry, batches: Sequence[MiniBatch]) -> tuple[Carry, Any]:
        """A step for each mini-batch: what is carried after them, and the loss of each."""
        steps = range(self.optimizer.steps, self.optimizer.steps + len(batches))
        numbers = np.array([[rate_at(self.optimizer.lr, k), float(k)] for k in steps], dtype=float)
        if self.batch_size is None and not self.draws:
            return self.loop(carry, (numbers,))
        rows = [batch.rows for batch in batches]
        xs = [numbers, *(Batches(x, rows) for x in self.data)]
        if self.draws:
            starts = np.cumsum([0, *map(len, rows)])
            drawn = [np.arange(a, b) for a, b in pairwise(starts)]
            xs.append(Batches(np.concatenate([batch.draws for batch in batches]), drawn))
        return self.loop(carry, tuple(xs))

    def carry(self) -> Carry:
        """What the next step is done on."""
        w, still = (np.array([p.data for p in ps], float) for ps in (self.moving, self.still))
        before = w if self.before is None else self.before
        return w, still, tuple(self.optimizer.state.values()), before

    def keep(self, carry: Carry, steps: int) -> None:
        """Give model and optimiser what they have become, all of it."""
        steps += self.optimizer.steps
        try:
            self._give(carry, steps)
        except KeyboardInterrupt:
            self._give(carry, steps)
            raise

    def _give(self, carry: Carry, steps: int) -> None:
        w, _, buffers, self.before = carry
        optimizer = self.optimizer
        optimizer.state, optimizer.steps = dict(zip(optimizer.state, buffers, strict=True)), steps
        for p, x in zip(self.moving, w.tolist(), strict=True):
            p.data = x

    def go_back_to(self, w: Any) -> None:
        """Tell the step which weights are the last good ones."""
        good = dict(zip(self.moving, w.tolist(), strict=True))
        self.step.good = [good.get(p, p.data) for p in self.step.parameters]  # type: ignore[misc]


@contextlib.contextmanager
def _holding(params: Sequence[Value], numbers: Sequence[Any]) -> Iterator[None]:
    """Parameters that hold other numbers for a while, with gradients of their own."""
    before = [(p.data, p.grad) for p in params]
    try:
        for p, x in zip(params, numbers, strict=True):
            p.data = x
        yield
    finally:
        for p, (x, g) in zip(params, before, strict=True):
            p.data, p.grad = x, g


def _random_states(generator: random.Random) -> tuple[Any, ...]:
    """Where random numbers could come from, as it is now."""
    of_numpy: Any = np.random.get_state()  # noqa: NPY002  (it is only looked at)
    return generator.getstate(), random.getstate(), of_numpy[1].tobytes(), of_numpy[2:]
