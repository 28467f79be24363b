"""Training: predict, compare, go a step down the gradient of the loss, again and again.

`fit` runs epochs of batches. The graph of a batch is built by NumPy's numbers, one node for all its
samples (``backend="batch"``), or sample by sample (``"eager"``); or the whole step is compiled, and
epochs run as machine code (``"llvm"``): the same calculus, the same losses.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

import numpy as np

from autograd import Value, no_grad

from ..data.arrays import as_pairs
from ..extras import from_extra
from ..module import Module, as_module
from ..schedules import Rate
from ..seed import Seed, generator
from ..settings import named, whole
from .backends import BACKENDS, epochs_by
from .choices.losses import LOSSES
from .choices.optimizer import Optimizer
from .choices.optimizers import OPTIMIZERS
from .forward import FORWARD, mode
from .history import History
from .predict import check_labels, coded, scores_by
from .step import Loss, Regularizer, Step

Metric = Callable[[np.ndarray, np.ndarray], float]
Callback = Callable[[Module, History], object]

RATE = 0.03
"""The learning rate of an optimiser that is given by its name."""
SHOWN = 5
"""So many labels an error names."""


def fit(
    model: Module,
    X: Any,
    y: Any,
    loss: str | Loss,
    *,
    optimizer: str | type[Optimizer] | Optimizer = "Adam",
    lr: Rate | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    regularizer: Regularizer | None = None,
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

    ``loss(predictions, targets)`` is one of `losses` or alike, or its name. ``optimizer`` holds the
    model's parameters; or it is a name, such as "SGD", or a class, and learns at the rate ``lr``,
    0.03 by default. ``batch_size`` samples make one update, None all of them, 1 stochastic descent;
    the order is drawn anew each epoch. ``regularizer(parameters)`` is added to the loss. Targets
    that are texts are labels: of their sorted order come the class indices that the loss sees, and
    ``predict(model, X, "classes")`` answers in them.
    ``validation=(X, y)`` is measured after every epoch; with ``patience=k`` training ends when that
    has not become better for k epochs, and the weights are the best ones however it ended.
    A metric is a function of (predictions, targets) as arrays, called by its name; a callback is
    called with (model, history) after every epoch, and so is its method ``end``, if it has one, when
    training has ended (`LivePlot`). All randomness, that of Dropout too, comes from
    ``seed``, so the same call gives the same weights bit for bit. ``history`` continues an earlier
    run up to ``epochs`` in all.

    ``backend="llvm"`` compiles a step and runs whole epochs as machine code (`jit`, `scan`; it needs
    the extra ``jit``). What it trains is what "batch" trains, to rounding: networks with kinks, such
    as "relu", may part ways where a rounding error decides a side. Loss, layers, regulariser and
    optimiser are recorded once: a Python ``if`` on a number is an error that names the line, what
    they read from elsewhere is what it was then, and modules that draw random numbers, but `Dropout`
    and `RReLU`, are refused. A loss that looks at single targets, or at how many there are, takes a
    ``batch_size`` that divides n. What the package's own layers answer to the validation data, and to
    metrics, is machine code too. "auto" compiles from 100 steps on, if llvmlite is installed; what it
    cannot compile it trains by "batch", and ``history.backend`` says why. "batch" builds a graph for
    every mini-batch, "eager" one for every sample.

    Ctrl-C ends training: what was learned is kept, ``history.interrupted`` is True, and a line on
    stderr says so; a second Ctrl-C soon after goes through. Raises DivergedError, a
    FloatingPointError, naming epoch and batch, if the loss or a weight is not finite: the model then
    has the weights it had before the step that spoilt them. Raises ValueError for data that are not
    2-D, empty, of two lengths or nan, for unknown names and settings, and for an optimizer of
    another model; TypeError for a masked array or an array with an arithmetic of its own, for a
    setting of another type, and for a loss that is no Value; TransformError for what "llvm" cannot
    record.

    >>> from nn import MLP, SGD, mse_loss
    >>> model = MLP(1, [1], seed=0)
    >>> history = fit(model, [[0.0], [1.0]], [1.0, 3.0], loss=mse_loss, progress=False,
    ...               optimizer=SGD(model.parameters(), lr=0.5), epochs=100)
    >>> round(model([2.0]).data, 6)
    5.0
    """
    _check_settings(epochs, batch_size, patience, validation, metrics, callbacks, history)
    y, labels = coded(y, as_module(model).classes)
    X, y = as_pairs(X, y)
    check_labels(model, X, labels)
    data = {"": (X, y)}
    if validation:
        data["val_"] = as_pairs(validation[0], coded(validation[1], labels)[0])
    backend = named("backend", str(backend), BACKENDS)
    step = Step(
        model,
        named("loss", loss, LOSSES),
        _optimizer_of(model, optimizer, lr),
        regularizer,
        FORWARD.get(backend, FORWARD["batch"]),
    )
    history = History(generator=generator(seed)) if history is None else history
    history.interrupted = False
    _share(history.generator, model)

    def epoch(losses: list[float]) -> None:
        lost, measured = (None, {}) if alone else _measured(step, metrics, data)
        history.add(math.fsum(losses) / len(losses), lost, measured)
        if patience is not None and history.waited == 0:
            history.best = step.weights

    alone = not (validation or metrics or callbacks)  # with its weights, until training ends
    with from_extra():
        from tqdm import tqdm

    bar = tqdm(total=epochs, initial=history.epochs, unit="epoch", disable=not progress)
    with bar, mode(model, training=True), _labelled(model, labels, history):
        try:
            history.backend, run = epochs_by(backend, step, (X, y), batch_size, history, epochs)
            last = history.epochs if _out_of_patience(history, patience) else epochs
            for losses in run(history, last, alone):
                epoch(losses)
                _show(bar, history)
                for callback in callbacks:
                    callback(model, history)
                if _out_of_patience(history, patience):
                    break
        except KeyboardInterrupt:
            _interrupted(history, epochs)
    if history.best is not None:
        step.weights = history.best
    for callback in callbacks:
        getattr(callback, "end", lambda *_: None)(model, history)
    return history


# ------------------------------------------------------------------------------ what fit takes


def _check_settings(
    epochs: int,
    batch_size: int | None,
    patience: int | None,
    validation: Any,
    metrics: Any,
    callbacks: Any,
    history: Any,
) -> None:
    whole("epochs", epochs, 0)
    if batch_size is not None:
        whole("batch_size", batch_size, 1, ", or None for all samples")
    if validation is not None and not (isinstance(validation, tuple) and len(validation) == 2):
        raise TypeError(f"validation is a pair (X, y), given {type(validation).__name__}")
    if patience is not None:
        whole("patience", patience)
        if validation is None:
            raise ValueError(f"patience={patience} needs validation=(X, y), to see what is best")
    for name, given in {"metrics": metrics, "callbacks": callbacks}.items():
        if not isinstance(given, Sequence) or not all(map(callable, given)):
            raise TypeError(f"{name} is a list of functions, given {given!r}")
    if not isinstance(history, History | None):
        raise TypeError(f"history is what an earlier fit returned, given {history!r}")
    names = [_name(metric) for metric in metrics]
    if len(set(names)) < len(names):
        raise ValueError(f"metrics are told apart by their names, given {names}")


def _optimizer_of(model: Module, optimizer: Any, lr: Rate | None) -> Optimizer:
    """The optimiser that was given, or one of a name or class, of the model's parameters."""
    given = named("optimizer", optimizer, OPTIMIZERS)
    if isinstance(given, Optimizer):
        if lr is not None:
            raise ValueError(f"this {type(given).__name__} has a rate of its own: set its lr there")
        return given
    if not isinstance(given, type) or not issubclass(given, Optimizer):
        raise TypeError(
            f"optimizer is a name, such as 'Adam', or one made of the parameters, such as "
            f"SGD(model.parameters(), lr=0.1), given {given!r}"
        )
    return given(model.parameters(), lr=RATE if lr is None else lr)


def _share(generator: Random, model: Module) -> None:
    """All randomness, that of modules too, from one generator."""
    for _, module in model.modules():
        if hasattr(module, "rng"):
            module.rng = generator


@contextmanager
def _labelled(model: Module, labels: Sequence[str] | None, history: History) -> Iterator[None]:
    """Give a model its labels, unless its first epoch fails; and tell an error of a loss, which sees
    indices of labels, which labels they are of.
    """
    before, began = model.classes, history.epochs
    model.classes = labels
    try:
        yield
    except Exception as error:
        if history.epochs == began:
            model.classes = before
        if isinstance(error, ValueError) and labels is not None:
            coding = ", ".join(f"{i} for {label!r}" for i, label in enumerate(labels[:SHOWN]))
            more = ", …" * (len(labels) > SHOWN)
            error.add_note(f"y holds texts: the loss is given their indices, {coding}{more}")
        raise


# --------------------------------------------------------------------------- after every epoch


def _name(metric: Any) -> str:
    """What a metric is called in the history: its own name, or that of what a partial fixes."""
    name = getattr(getattr(metric, "func", metric), "__name__", None)
    if name is None:
        raise TypeError(f"a metric has a name, which {metric!r} has not")
    return str(name)


def _measured(
    step: Step, metrics: Sequence[Metric], data: dict[str, Any]
) -> tuple[float | None, dict[str, float]]:
    """The loss on the validation data, and every metric on all data, after an epoch."""
    forward = FORWARD["batch"] if step.forward is FORWARD["eager"] else step.forward
    lost: float | None = None
    with mode(step.model, training=False), no_grad():
        asked = data.items() if metrics else ()
        scores = {prefix: scores_by(forward, step.model, X) for prefix, (X, _) in asked}
        if "val_" in data:
            X, y = data["val_"]
            loss = step.loss(step.forward(step.model, X), y)
            lost = float(loss.item() if isinstance(loss, Value) else loss)
    measured = {
        prefix + _name(metric): float(metric(x, data[prefix][1]))
        for prefix, x in scores.items()
        for metric in metrics
    }
    return lost, measured


def _out_of_patience(history: History, patience: int | None) -> bool:
    return patience is not None and bool(history.validation) and history.waited >= patience


def _show(bar: Any, history: History) -> None:
    if bar.disable:
        return
    last = {name: values[-1] for name, values in history.metrics.items()}
    bar.set_postfix({"loss": history.loss[-1], **last}, refresh=False)
    bar.update()


# ------------------------------------------------------------------------------------- Ctrl-C

AGAIN = 2.0
"""Within so many seconds a second Ctrl-C is meant for the program, and no longer for one `fit`."""
last_interrupt = -math.inf


def _interrupted(history: History, epochs: int) -> None:
    """Say what was kept; or let the KeyboardInterrupt through, if it is the second."""
    global last_interrupt
    again, last_interrupt = time.monotonic() - last_interrupt < AGAIN, time.monotonic()
    history.interrupted = True
    if again:
        raise  # noqa: PLE0704  (within `except KeyboardInterrupt`)
    sys.stderr.write(
        f"\nfit: interrupted after {history.epochs} of {epochs} epochs; the model keeps what it "
        f"learnt, history.interrupted is True. Ctrl-C again within {AGAIN:g} s ends the program.\n"
    )
