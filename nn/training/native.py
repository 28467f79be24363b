"""Training as machine code: many mini-batches, whole epochs of them, in one call of `autograd.scan`.

A step is two functions, which `autograd.jit` records by running what the other backends run:

    descent   weights, a mini-batch → its loss, and the gradient: the scalar program of one sample
    update    weights, gradient, the optimiser's state → all of them moved: the optimiser's formula
              for one parameter, for the parameters are its samples

While the first is recorded the model's own Values hold the numbers that are recorded, so a parameter
is found wherever it is used, in a loss or regulariser too.
"""

from __future__ import annotations

import contextlib
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd import Batches, TransformError, Value, jit, no_grad, scan

from ..data.samples import dealt
from ..schedules import rate_at
from .history import History
from .predict import mode
from .step import Step

SLICE = 0.05
"""Seconds that one call takes at most, about, so that Ctrl-C and the progress bar work."""
FIRST, FASTER = 64, 8
"""Steps of the first call, and how many times more the next may take than the last."""

Where = Callable[[int], tuple[int, int]]
"""The epoch of the k-th step, and which it is there."""


class Native:
    """The steps of a training, compiled."""

    def __init__(self, step: Step, X: np.ndarray, y: np.ndarray, batch_size: int | None) -> None:
        self.step, self.optimizer, self.batch_size = step, step.optimizer, batch_size
        self.data = X, y
        self.moving = self.optimizer.params
        learned = set(self.moving)
        self.still = [p for p in step.parameters if p not in learned]
        self.size = FIRST
        self.before: Any = None  # the weights, one step before the last

    # ----------------------------------------------------------------------------- what is recorded

    def _compile(self) -> None:
        self.settings = self._settings()
        self.descent = jit(self._descent, backend="llvm")
        self.update = jit(self._update, backend="llvm")
        self.loop = scan(self._step)

    def _settings(self) -> dict[str, Any]:
        """The numbers that the optimiser's formula was recorded with."""
        every, changing = vars(self.optimizer).items(), ("lr", "steps")
        return {k: x for k, x in every if k not in changing and isinstance(x, (int, float, tuple))}

    def _descent(self, w: Any, still: Any, X: Any, y: Any) -> Any:
        with _holding([*self.moving, *self.still], [*w, *still]):
            objective = self.step.objective(X, y)
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

    def _step(self, carry: Any, x: Any) -> Any:
        w, still, buffers, _ = carry
        numbers, *batch = x
        loss, g = self.descent(w, still, *(batch or self.data))
        moved, buffers = self.update(w, g, numbers, buffers)
        return (moved, still, buffers, w), loss

    def record(self, generator: random.Random) -> None:
        """Check targets and loss on the data themselves, then compile.

        Raises what they raise; and TransformError if a module or loss draws random numbers.
        """
        before = _random_states(generator)
        self._check()
        self._compile()
        rows = np.arange(min(self.batch_size or 1, len(self.data[0])))
        self._run(self._carry(), [rows])
        if _random_states(generator) != before:
            generator.setstate(before[0])
            raise TransformError(
                "the model or the loss draws random numbers, which would be the same at every step: "
                'train it with backend="batch"'
            )

    def _check(self) -> None:
        """The loss of all targets at one prediction, for the checks that it makes."""
        X, y = self.data
        with mode(self.step.model, training=False), no_grad():
            one = self.step.forward(self.step.model, X[:1])
            several = isinstance(one, (list, tuple))
            numbers = [
                np.ravel(v.data if isinstance(v, Value) else v) for v in (one if several else [one])
            ]
            like = [Value(np.full(len(X), number[0])) for number in numbers]
            self.step.loss(like if several else like[0], y)

    # ---------------------------------------------------------------------------------------- running

    def epochs(self, history: History, last: int, alone: bool) -> Iterator[list[float]]:
        """The losses of every epoch; if nobody looks at the model between them, of several a call."""
        n, rng = len(self.data[0]), history.generator
        batches = 1 if self.batch_size is None else -(-n // self.batch_size)
        while history.epochs < last:
            if self._settings() != self.settings:
                self._compile()
            first, states = history.epochs, list[Any]()
            rows: list[Any] = []
            many = min(last - first, self.size // batches) if alone else 1
            for _ in range(max(1, many)):
                rows += [None] if self.batch_size is None else dealt(n, self.batch_size, rng)
                states.append(rng.getstate())

            def where(k: int, first: int = first, states: Any = states) -> tuple[int, int]:
                rng.setstate(states[k // batches])  # as if what comes later had not been dealt
                return first + k // batches, k % batches

            losses = self._taken(rows, where)
            yield from (losses[k : k + batches] for k in range(0, len(losses), batches))

    def _taken(self, rows: Sequence[Any], where: Where) -> list[float]:
        """Take a step for each mini-batch; ``where`` says in which epoch it is, and which there."""
        losses: list[float] = []
        while len(losses) < len(rows):
            begun = time.perf_counter()
            part = rows[len(losses) : len(losses) + self.size]
            carry, new = self._run(self._carry(), part)
            if np.isfinite(new).all() and np.isfinite(carry[0]).all():
                self._keep(carry, len(part))
                losses += new.tolist()
            else:
                losses += self._one_by_one(part, len(losses), where)
            took = time.perf_counter() - begun
            self.size = max(1, int(len(part) * min(FASTER, SLICE / took)))
        return losses

    def _one_by_one(self, rows: Sequence[Any], start: int, where: Where) -> list[float]:
        """The same until the step that spoils the loss or a weight: DivergedError."""
        losses: list[float] = []
        for k in range(start, start + len(rows)):
            before = self._carry()
            carry, (loss,) = self._run(before, rows[k - start : k - start + 1])
            if not math.isfinite(loss):
                self._good(before[3])
                self.step.diverged(f"the loss is {loss}", *where(k))
            self._keep(carry, 1)
            if not np.isfinite(carry[0]).all():
                self._good(before[0])
                self.step.diverged("a weight is not finite", *where(k))
            losses.append(float(loss))
        return losses

    def _good(self, w: Any) -> None:
        """Tell the step which weights are the last good ones."""
        good = dict(zip(self.moving, w.tolist(), strict=True))
        self.step.good = [good.get(p, p.data) for p in self.step.parameters]  # type: ignore[misc]

    def _run(self, carry: Any, rows: Sequence[Any]) -> tuple[Any, Any]:
        """A step for each mini-batch."""
        steps = range(self.optimizer.steps, self.optimizer.steps + len(rows))
        numbers = np.array([[rate_at(self.optimizer.lr, k), float(k)] for k in steps], dtype=float)
        if self.batch_size is None:
            return self.loop(carry, (numbers,))
        batches = (Batches(x, rows) for x in self.data)
        return self.loop(carry, (numbers, *batches))

    def _carry(self) -> Any:
        """Weights, those that stay, the optimiser's state, and the weights one step before."""
        w, still = (np.array([p.data for p in ps], float) for ps in (self.moving, self.still))
        before = w if self.before is None else self.before
        return w, still, tuple(self.optimizer.state.values()), before

    def _keep(self, carry: Any, steps: int) -> None:
        """Give model and optimiser what they have become, all of it."""
        steps += self.optimizer.steps
        try:
            self._give(carry, steps)
        except KeyboardInterrupt:
            self._give(carry, steps)
            raise

    def _give(self, carry: Any, steps: int) -> None:
        w, _, buffers, self.before = carry
        optimizer = self.optimizer
        optimizer.state, optimizer.steps = dict(zip(optimizer.state, buffers, strict=True)), steps
        for p, x in zip(self.moving, w.tolist(), strict=True):
            p.data = x


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
