"""Trainings on disk: all that `fit` goes on from, so that a training stopped is no training lost."""

from __future__ import annotations

import json
import os
import random
from typing import Any

import numpy as np

from ..module import Module
from ..training.history import History
from .container import ModelFileError, read, write
from .models import described

_BUFFER = "optimizer/"  # before the names of an optimiser's arrays


def save_training(
    path: str | os.PathLike[str], model: Module, optimizer: Any, history: History
) -> None:
    """Write all that training goes on from: weights, optimiser state, history, random state.

    As a callback it keeps a file up to date:
    ``callbacks=[lambda model, history: save_training(path, model, optimizer, history)]``. (When a
    `fit` with ``patience`` has ended, the weights are the best ones, and no longer the last.) Raises
    TypeError for a history that is none, and OSError for a path that cannot be written.

    >>> import tempfile
    >>> from nn import MLP, SGD, fit
    >>> def new():
    ...     model = MLP(1, [1], seed=0)
    ...     return model, SGD(model.parameters(), lr=0.1)
    >>> model, optimizer = new()
    >>> data = {"X": [[0.0], [1.0]], "y": [1.0, 3.0], "loss": "mse_loss", "progress": False}
    >>> history = fit(model, **data, optimizer=optimizer, epochs=5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_training(folder + "/training", model, optimizer, history)
    ...     copy, its_optimizer = new()
    ...     its_history = load_training(folder + "/training", copy, its_optimizer)
    >>> fit(copy, **data, optimizer=its_optimizer, epochs=10, history=its_history).epochs
    10
    """
    if not isinstance(history, History):
        raise TypeError(
            f"save_training(path, model, optimizer, history) takes the history that fit returned last, "
            f"given {history!r}"
        )
    version, state, gauss = history.generator.getstate()
    kept = optimizer.state_dict()
    buffers = {_BUFFER + name: x for name, x in kept.items() if isinstance(x, np.ndarray)}
    notes = {
        **described(model),
        "kind": type(optimizer).__name__,
        "optimizer": {name: x for name, x in kept.items() if not isinstance(x, np.ndarray)},
        "loss": history.loss,
        "validation": history.validation,
        "metrics": history.metrics,
        "best": history.best,
        "random": [version, list(state), gauss],
    }
    write(path, model.state_dict() | buffers, notes)


def load_training(path: str | os.PathLike[str], model: Module, optimizer: Any) -> History:
    """Put a model, new or not, and its optimiser back to where `save_training` saw them; returns the
    history.

    ``fit(model, ..., optimizer=optimizer, epochs=n, history=history)`` then goes on to n epochs in
    all, as if it had never stopped. Raises ModelFileError for a file that is not of this model's
    training; model and optimiser are then as they were. An example is `save_training`'s.
    """
    arrays, notes = read(path)
    try:
        history = _history(notes)
        same = {**json.loads(json.dumps(described(model))), "kind": type(optimizer).__name__}
        if model.classes is None:
            del same["classes"]  # a new model has not learnt them yet
        if {name: notes[name] for name in same} != same:
            raise ValueError("it was another model, or another optimiser")  # noqa: TRY301
        buffers = {name: arrays.pop(name) for name in list(arrays) if name.startswith(_BUFFER)}
        kept = {name.removeprefix(_BUFFER): x for name, x in buffers.items()}
        before = model.state_dict()
        model.load_state_dict(arrays)
        try:
            optimizer.load_state_dict(notes["optimizer"] | kept)
        except BaseException:
            model.load_state_dict(before)
            raise
        model.classes = notes["classes"]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path} is not of the training of this model: {error}") from error
    return history


def _history(notes: dict[str, Any]) -> History:
    version, state, gauss = notes["random"]
    generator = random.Random()  # noqa: S311
    generator.setstate((version, tuple(state), gauss))
    seen = {name: notes[name] for name in ("loss", "validation", "metrics", "best")}
    return History(**seen, generator=generator)
