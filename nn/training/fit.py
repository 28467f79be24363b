"""Training: predict, compare, go a step down the gradient of the loss, again and again.

`fit` runs epochs of batches. The graph of a batch is built by NumPy's numbers, one node for all its
samples (``backend="batch"``), or sample by sample (``"eager"``): the same calculus, the same losses.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from autograd import Value, no_grad

from ..data.samples import as_pairs, as_samples, minibatches
from ..module import Module
from ..seed import Seed, generator
from .history import History
from .optimizer import Optimizer

Predictions = Any
Loss = Callable[[Predictions, Any], Any]
Metric = Callable[[np.ndarray, np.ndarray], float]
Callback = Callable[[Module, History], object]

BACKENDS: dict[str, Callable[[Module, np.ndarray], Predictions]] = {
    "batch": lambda model, X: model(X),
    "eager": lambda model, X: [model(x) for x in X.tolist()],
}
BACKENDS["auto"] = BACKENDS["batch"]


class DivergedError(FloatingPointError):
    """Training met a loss or a weight that is not finite; the weights are the last good ones."""


def fit(
    model: Module,
    X: Any,
    y: Any,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    regularizer: Callable[[Sequence[Any]], Any] | None = None,
    validation: tuple[Any, Any] | None = None,
    patience: int | None = None,
    metrics: Sequence[Metric] = (),
    callbacks: Sequence[Callback] = (),
    seed: Seed = 0,
    backend: str = "auto",
    progress: bool = True,
    history: History | None = None,
) -> History:
    """Train a model on samples X, (n, d), and targets y; returns the history of its loss.

    ``loss(predictions, targets)`` is one of `losses` or alike; ``optimizer`` holds the model's
    parameters. ``batch_size`` samples make one update, None all of them, 1 stochastic descent; the
    order is drawn anew each epoch. ``regularizer(parameters)`` is added to the loss.
    ``validation=(X, y)`` is measured after every epoch; with ``patience=k`` training ends when that
    has not become better for k epochs, and the weights are the best ones however it ended.
    A metric is a function of (predictions, targets) as arrays, called by its name; a callback is
    called with (model, history) after every epoch. All randomness, that of Dropout too, comes from
    ``seed``, so the same call gives the same weights bit for bit. ``history`` continues an earlier
    run up to ``epochs`` in all.

    Ctrl-C ends training: what was learned is kept, the history so far returned. Raises
    DivergedError, a FloatingPointError, naming epoch and batch, if the loss or a weight is not
    finite: the model then has the weights it had before the step that spoilt them. Raises
    ValueError for data that are not 2-D, empty, of two lengths or nan, for unknown settings, and
    for an optimizer of another model; TypeError for a loss that is no Value.

    >>> from nn import MLP, SGD, mse_loss
    >>> model = MLP(1, [1], seed=0)
    >>> history = fit(model, [[0.0], [1.0]], [1.0, 3.0], loss=mse_loss, progress=False,
    ...               optimizer=SGD(model.parameters(), lr=0.5), epochs=100)
    >>> round(model([2.0]).data, 6)
    5.0
    """
    X, y = as_pairs(X, y)
    _check_settings(epochs, batch_size, patience, validation, backend)
    _check_parts(optimizer, metrics, validation)
    held_out = as_pairs(*validation) if validation else None
    if history is None:
        history = History(generator=generator(seed))
    for _, module in model.modules():
        if hasattr(module, "rng"):
            module.rng = history.generator
    step = _Step(model, loss, optimizer, regularizer, BACKENDS[backend])
    bar = tqdm(total=epochs, initial=history.epochs, unit="epoch", disable=not progress)
    with bar, _mode(model, training=True), contextlib.suppress(KeyboardInterrupt):
        while history.epochs < epochs and not _out_of_patience(history, patience):
            losses = [
                step(history.epochs, i, *batch)
                for i, batch in enumerate(minibatches(X, y, batch_size, history.generator))
            ]
            lost, measured = _measured(step, metrics, {"": (X, y), "val_": held_out})
            history.add(math.fsum(losses) / len(losses), lost, measured)
            if patience is not None and history.waited == 0:
                history.best = step.weights
            _show(bar, history)
            for callback in callbacks:
                callback(model, history)
    if history.best is not None:
        step.weights = history.best
    return history


class _Step:
    """One update: the loss of a batch, its gradient, the optimiser's step."""

    def __init__(
        self,
        model: Module,
        loss: Loss,
        optimizer: Optimizer,
        regularizer: Callable[[Sequence[Any]], Any] | None,
        forward: Callable[[Module, np.ndarray], Predictions],
    ) -> None:
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.regularizer, self.forward = regularizer, forward
        self.parameters = model.parameters()
        if not {*self.parameters} & {*optimizer.params}:
            raise ValueError(
                f"the optimizer holds none of the model's {len(self.parameters)} parameters: make "
                f"it of them, as SGD(model.parameters(), lr=0.1)"
            )
        self.good = self.weights  # before the last update: the last that had a finite loss

    @property
    def weights(self) -> list[float]:
        """The numbers of the parameters."""
        return [p.data for p in self.parameters]

    @weights.setter
    def weights(self, numbers: Sequence[float]) -> None:
        for p, number in zip(self.parameters, numbers, strict=True):
            p.data = number

    def __call__(self, epoch: int, batch: int, X: np.ndarray, y: np.ndarray) -> float:
        objective = self.loss(self.forward(self.model, X), y)
        if self.regularizer:
            objective = objective + self.regularizer(self.parameters)
        if not isinstance(objective, Value):
            raise TypeError(f"a loss is a Value, through which gradients flow; got {objective!r}")
        lost = float(objective.item())
        if not math.isfinite(lost):
            self._diverged(f"the loss is {lost}", epoch, batch)
        before = self.weights
        self.optimizer.zero_grad()
        objective.backward()
        try:
            self.optimizer.step()
        except KeyboardInterrupt:  # not with half of the weights moved
            self.weights = before
            raise
        self.good = before
        if not all(map(math.isfinite, self.weights)):
            self._diverged("a weight is not finite", epoch, batch)
        return lost

    def _diverged(self, what: str, epoch: int, batch: int) -> None:
        self.weights = self.good
        raise DivergedError(
            f"{what} in epoch {epoch}, batch {batch} (counted from 0); the model has its last good "
            f"weights again: try a smaller learning rate or scaled inputs"
        )


# ------------------------------------------------------------------------------ what fit takes


def _check_settings(
    epochs: int, batch_size: int | None, patience: int | None, validation: Any, backend: str
) -> None:
    if epochs < 0:
        raise ValueError(f"epochs is 0 or more, given {epochs}")
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"batch_size is 1 or more, or None for all samples, given {batch_size}")
    if patience is not None and (patience < 1 or validation is None):
        raise ValueError(
            f"patience is 1 epoch or more, and needs validation=(X, y); given {patience}"
        )
    if backend not in BACKENDS:
        raise ValueError(f"no backend is called {backend!r}; choose from {', '.join(BACKENDS)}")


# --------------------------------------------------------------------------- after every epoch


def _check_parts(optimizer: Any, metrics: Sequence[Any], validation: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"optimizer is one made of the parameters, such as SGD(model.parameters(), lr=0.1), "
            f"given {optimizer!r}"
        )
    if validation is not None and not (isinstance(validation, tuple) and len(validation) == 2):
        raise TypeError(f"validation is a pair (X, y), given {type(validation).__name__}")
    names = [_name(metric) for metric in metrics]
    if len(set(names)) < len(names):
        raise ValueError(f"metrics are told apart by their names, given {names}")


def _name(metric: Any) -> str:
    """What a metric is called in the history: its own name, or that of what a partial fixes."""
    name = getattr(getattr(metric, "func", metric), "__name__", None)
    if not callable(metric) or name is None:
        raise TypeError(f"a metric is a function of (predictions, targets), given {metric!r}")
    return str(name)


def _measured(
    step: _Step, metrics: Sequence[Metric], data: dict[str, Any]
) -> tuple[float | None, dict[str, float]]:
    """The loss on the validation data, and every metric on all data, after an epoch."""
    measured = {
        prefix + _name(metric): float(metric(predict(step.model, pair[0]), pair[1]))
        for prefix, pair in data.items()
        for metric in (metrics if pair else ())
    }
    if data["val_"] is None:
        return None, measured
    X, y = data["val_"]
    with _mode(step.model, training=False), no_grad():
        return float(step.loss(step.forward(step.model, X), y).item()), measured


def _out_of_patience(history: History, patience: int | None) -> bool:
    return patience is not None and bool(history.validation) and history.waited >= patience


@contextlib.contextmanager
def _mode(model: Module, *, training: bool) -> Iterator[None]:
    """A model in training mode or out of it, and back again."""
    before = [(module, module.training) for _, module in model.modules()]
    model.train(training)
    try:
        yield
    finally:
        for module, mode in before:
            module.training = mode


def _show(bar: Any, history: History) -> None:
    last = {name: values[-1] for name, values in history.metrics.items()}
    bar.set_postfix({"loss": history.loss[-1], **last}, refresh=False)
    bar.update()


# ---------------------------------------------------------------------------- what it can do


def predict(model: Module, X: Any) -> np.ndarray:
    """What a model answers to samples X, (n, d): an array (n,) of one output, (n, k) of k.

    The model is in evaluation mode meanwhile, and no graph is built.

    >>> from nn import MLP
    >>> predict(MLP(2, [3]), [[0.0, 1.0]]).shape
    (1, 3)
    """
    X = as_samples(X)
    with _mode(model, training=False), no_grad():
        out = model(X)
    several = isinstance(out, (list, tuple))
    numbers = [v.data if isinstance(v, Value) else v for v in (out if several else [out])]
    columns = [np.broadcast_to(np.asarray(number), len(X)) for number in numbers]
    return np.stack(columns, axis=1) if several else columns[0].copy()
