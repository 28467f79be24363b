"""Models on disk: weights under PyTorch's names, and the architecture that they belong to.

A file names modules of this package, or those that `load` is given. It is read with a budget: no
more weights are made than the file holds numbers.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from ..layers import neurons, units
from ..layers.activations import ACTIVATIONS
from ..module import Module, as_module
from ..pytree import values_of, with_values
from .container import ModelFileError, read, write

MODULES: dict[str, type[Module]] = {
    kind.__name__: kind
    for kind in (
        neurons.Neuron,
        neurons.Layer,
        neurons.MLP,
        neurons.Sequential,
        units.PReLU,
        units.RReLU,
        units.Dropout,
        units.Maxout,
        units.RBF,
    )
}
"""The modules that a file may name."""


def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write a model's weights and architecture to a file, which `load` reads.

    The architecture is what the constructors' arguments were (`Module.settings`), and which weights
    are tied. Raises TypeError for a setting that JSON cannot hold, such as a function that is not in
    `ACTIVATIONS`, and for a constructor's argument that the module does not keep; OSError for a path
    that cannot be written, or that is no regular file.

    >>> import tempfile
    >>> from nn import MLP
    >>> model = MLP(2, [3, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, folder + "/model.safetensors")
    ...     copy = load(folder + "/model.safetensors")
    >>> all(p.data == q.data for p, q in zip(model.parameters(), copy.parameters()))
    True
    """
    _check_that_it_can_be_made(as_module(model))
    write(path, model.state_dict(), described(model))


def load(path: str | os.PathLike[str], modules: Sequence[type[Module]] = ()) -> Module:
    """The model that `save` wrote: the same numbers, bit for bit, tied where they were tied.

    ``modules`` are your own module classes that the file names. Raises ModelFileError, a
    ValueError, for a file that is truncated, not ours, or wrong in shape; TypeError for modules that
    are no classes. An example is `save`'s.
    """
    if not isinstance(modules, Sequence) or not all(isinstance(kind, type) for kind in modules):
        raise TypeError(f"modules is a list of classes, such as [MyModel], given {modules!r}")
    arrays, notes = read(path)
    known = MODULES | {kind.__name__: kind for kind in modules}
    try:
        budget = _Budget(sum(array.size for array in arrays.values()))
        model: Module = _built(notes["model"], known, budget)
        model = _tied(model, notes["tied"])
        model.load_state_dict(arrays)
        model.classes = notes["classes"]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ModelFileError(f"{path} does not hold the model it describes: {error}") from error
    return model


def described(model: Module) -> dict[str, Any]:
    """A model without its numbers, as JSON: its modules, and what each tied weight is the same as."""
    first: dict[Any, str] = {}
    paths = {path: first.setdefault(p, path) for path, p in values_of(model).items()}
    tied = {path: one for path, one in paths.items() if path != one}
    return {"model": _description(model), "tied": tied, "classes": model.classes}


def _check_that_it_can_be_made(x: Any) -> None:
    """TypeError for a module that needs an argument of which it has no attribute."""
    if isinstance(x, Module):
        kind = type(x)
        for p in inspect.signature(kind).parameters.values():
            needed = p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
            if needed and not hasattr(x, p.name):
                raise TypeError(
                    f"load could not make this {kind.__name__} again: its __init__ is to keep the "
                    f"argument {p.name}, by self.{p.name} = {p.name}"
                )
        x = [*x.settings().values()]
    for v in x if isinstance(x, (list, tuple)) else ():
        _check_that_it_can_be_made(v)


def _description(x: Any) -> Any:
    """A setting as JSON: a module is its class and its own settings, an activation its name."""
    if isinstance(x, Module):
        settings = {name: _description(v) for name, v in x.settings().items()}
        return {"type": type(x).__name__, **settings}
    if isinstance(x, (list, tuple)):
        return [_description(v) for v in x]
    if callable(x):
        names = [name for name, function in ACTIVATIONS.items() if function is x]
        if not names:
            raise TypeError(f"a file cannot hold the function {x!r}; those of ACTIVATIONS it can")
        return names[0]
    return x.item() if isinstance(x, np.generic) else x


class _Budget:
    """An initialiser that makes as many weights as there are numbers, to be read, and no more."""

    def __init__(self, numbers: int) -> None:
        self.numbers = self.left = numbers

    def __call__(self, fan_in: int, fan_out: int, rng: Random) -> float:  # noqa: ARG002
        if not self.left:
            raise ValueError(f"it has more weights than the {self.numbers} numbers of the file")
        self.left -= 1
        return 0.0


def _built(x: Any, known: dict[str, type[Module]], init: _Budget) -> Any:
    """The module that a description is of, its weights yet to come."""
    if isinstance(x, list):
        return [_built(v, known, init) for v in x]
    if not isinstance(x, dict):
        return x
    settings = {name: _built(v, known, init) for name, v in x.items()}
    name = settings.pop("type")
    if name not in known:
        raise KeyError(f"a module {name!r} is unknown; give its class: load(path, modules=[...])")
    kind = known[name]
    if _draws(kind):
        settings["init"] = init
    return kind(*settings.pop("layers", ()), **settings)


def _draws(kind: type[Module]) -> bool:
    """Whether a module's weights are drawn by an ``init``."""
    init = inspect.signature(kind).parameters.get("init")
    return init is not None and callable(init.default)


def _tied(model: Module, tied: dict[str, str]) -> Module:
    """The model in which a weight is another one's, given the paths to both."""
    values = values_of(model)
    return with_values(model, [values[tied.get(path, path)] for path in values])
