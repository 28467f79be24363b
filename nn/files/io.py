"""Models on disk: weights in safetensors, the architecture as JSON beside them.

Nothing is ever unpickled: a file names modules of this package, or those that `load` is given, and
numbers; reading it runs no code of its author. Writing is atomic: the file is there whole or as it
was before.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd import write_file

from ..layers import neurons as layers
from ..layers import units
from ..layers.activations import ACTIVATIONS
from ..module import Module
from ..training.history import History

FORMAT = "chainrule 1"
_BUFFER = "optimizer/"  # before the names of an optimiser's arrays
MODULES: dict[str, type[Module]] = {
    kind.__name__: kind
    for kind in (
        layers.Neuron,
        layers.Layer,
        layers.MLP,
        layers.Sequential,
        units.PReLU,
        units.RReLU,
        units.Dropout,
        units.Maxout,
        units.RBF,
    )
}
"""The modules that a file may name."""


class ModelFileError(ValueError):
    """A file is truncated, no model of ours, or of another shape than it says."""


# --------------------------------------------------------------------------------------- models


def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write a model's weights and architecture to a file, which `load` reads.

    The architecture is what the constructors' arguments were (`Module.settings`). Raises TypeError
    for a setting that JSON cannot hold, such as a function that is not in `ACTIVATIONS`.

    >>> import tempfile
    >>> from nn import MLP
    >>> model = MLP(2, [3, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, folder + "/model.safetensors")
    ...     copy = load(folder + "/model.safetensors")
    >>> all(p.data == q.data for p, q in zip(model.parameters(), copy.parameters()))
    True
    """
    _write(path, model.state_dict(), {"model": _described(model)})


def load(path: str | os.PathLike[str], modules: Sequence[type[Module]] = ()) -> Module:
    """The model that `save` wrote: the same numbers, bit for bit.

    ``modules`` are your own module classes that the file names. Raises ModelFileError, a
    ValueError, for a file that is truncated, not ours, or wrong in shape.
    """
    arrays, notes = _read(path)
    known = MODULES | {kind.__name__: kind for kind in modules}
    try:
        model: Module = _built(notes["model"], known)
        model.load_state_dict(arrays)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path} does not hold the model it describes: {error}") from error
    return model


def _described(x: Any) -> Any:
    """A setting as JSON: a module is its class and its own settings, an activation its name."""
    if isinstance(x, Module):
        settings = {name: _described(v) for name, v in x.settings().items()}
        return {"type": type(x).__name__, **settings}
    if isinstance(x, (list, tuple)):
        return [_described(v) for v in x]
    if callable(x):
        names = [name for name, function in ACTIVATIONS.items() if function is x]
        if not names:
            raise TypeError(f"a file cannot hold the function {x!r}; those of ACTIVATIONS it can")
        return names[0]
    return x.item() if isinstance(x, np.generic) else x


def _built(x: Any, known: dict[str, type[Module]]) -> Any:
    """The module that a description is of, its weights yet to come."""
    if isinstance(x, list):
        return [_built(v, known) for v in x]
    if not isinstance(x, dict):
        return x
    settings = {name: _built(v, known) for name, v in x.items()}
    name = settings.pop("type")
    if name not in known:
        raise KeyError(f"a module {name!r} is unknown; give its class: load(path, modules=[...])")
    return known[name](*settings.pop("layers", ()), **settings)


# ------------------------------------------------------------------------------------- training


def save_training(
    path: str | os.PathLike[str], model: Module, optimizer: Any, history: History
) -> None:
    """Write all that training goes on from: weights, optimiser state, history, random state.

    As a callback it keeps a file up to date:
    ``callbacks=[lambda model, history: save_training(path, model, optimizer, history)]``. (When a
    `fit` with ``patience`` has ended, the weights are the best ones, and no longer the last.)
    """
    version, state, gauss = history.generator.getstate()
    kept = optimizer.state_dict()
    buffers = {_BUFFER + name: x for name, x in kept.items() if isinstance(x, np.ndarray)}
    notes = {
        "model": _described(model),
        "kind": type(optimizer).__name__,
        "optimizer": {name: x for name, x in kept.items() if not isinstance(x, np.ndarray)},
        "loss": history.loss,
        "validation": history.validation,
        "metrics": history.metrics,
        "best": history.best,
        "random": [version, list(state), gauss],
    }
    _write(path, model.state_dict() | buffers, notes)


def load_training(path: str | os.PathLike[str], model: Module, optimizer: Any) -> History:
    """Put a model and its optimiser back to where `save_training` saw them; returns the history.

    ``fit(model, ..., optimizer=optimizer, epochs=n, history=history)`` then goes on to n epochs in
    all, as if it had never stopped. Raises ModelFileError for a file that is not of this model's
    training.
    """
    arrays, notes = _read(path)
    try:
        version, state, gauss = notes["random"]
        generator = random.Random()  # noqa: S311
        generator.setstate((version, tuple(state), gauss))
        history = History(
            notes["loss"], notes["validation"], notes["metrics"], notes["best"], generator
        )
        buffers = {name: arrays.pop(name) for name in list(arrays) if name.startswith(_BUFFER)}
        kept = {name.removeprefix(_BUFFER): x for name, x in buffers.items()}
        same = json.loads(json.dumps(_described(model))), type(optimizer).__name__
        if (notes["model"], notes["kind"]) != same:
            raise ValueError("it was another model, or another optimiser")  # noqa: TRY301
        before = model.state_dict()
        model.load_state_dict(arrays)
        try:
            optimizer.load_state_dict(notes["optimizer"] | kept)
        except BaseException:
            model.load_state_dict(before)
            raise
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path} is not of the training of this model: {error}") from error
    return history


# ---------------------------------------------------------------------------------------- files


def _write(path: str | os.PathLike[str], arrays: dict[str, np.ndarray], notes: Any) -> None:
    from safetensors.numpy import save as to_bytes

    write_file(path, to_bytes(arrays, {"format": FORMAT, "notes": json.dumps(notes)}))


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    from safetensors import SafetensorError, safe_open

    Path(path).open("rb").close()  # a file that is not there, or not ours to read, says so itself
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no dict)
    except SafetensorError as error:
        raise ModelFileError(f"{path} is no safetensors file, or a part of one: {error}") from error
    if header.get("format") != FORMAT:
        raise ModelFileError(
            f"{path} was not written by save(): its format is {header.get('format')!r}, "
            f"not {FORMAT!r}; arrays alone go in by model.load_state_dict"
        )
    try:
        notes = json.loads(header["notes"])
    except (KeyError, ValueError, RecursionError) as error:
        raise ModelFileError(f"{path} has no notes that can be read: {error}") from error
    return arrays, notes
