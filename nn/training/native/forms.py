"""The form of a step, or of a model: two of one form can share machine code.

It is a text, the same in every process, that says everything but the numbers of the parameters: layers
and their settings, loss, regulariser, optimiser. Only what consists of the package's own parts has a
form. A loss, layer or regulariser of the user's own may read what changes between two trainings, a
global number for instance: its step is compiled anew.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from types import FunctionType
from typing import Any, Generic, TypeVar

import numpy as np

from autograd import Primitive, Value

from ...layers.activations import ACTIVATIONS
from ...module import Module
from ...places import flat, shape_of
from ..choices.optimizer import Optimizer
from ..step import Step

OURS = __name__.partition(".")[0], Value.__module__.partition(".")[0]
NO_PART = ("rng", "classes")
"""Attributes of modules that no step depends on. (Nor does one on private attributes.)"""


KEPT = 8
"""So many compiled steps, and compiled models, are kept for trainings to come."""
T = TypeVar("T")


class Kept(OrderedDict[str, T], Generic[T]):
    """What was compiled last, by form: a least-recently-used cache."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = Lock()

    def of(self, form: str | None, make: Callable[[], T]) -> T:
        """What is kept for a form, or else made; always made if there is no form."""
        if form is None:
            return make()
        with self.lock:
            if form not in self:
                self[form] = make()
            self.move_to_end(form)
            if len(self) > KEPT:
                self.popitem(last=False)
            return self[form]


class _NoFormError(Exception):
    """Something that is not the package's own."""


def settings_of(optimizer: Optimizer) -> dict[str, Any]:
    """The numbers that an optimiser's formula is recorded with."""
    every, changing = vars(optimizer).items(), ("lr", "steps")
    return {k: x for k, x in every if k not in changing and isinstance(x, (int, float, tuple))}


def form_of(step: Step) -> str | None:
    """A step's form, or None if it has none."""
    optimizer = step.optimizer
    places = _places([*optimizer.params, *step.parameters])
    settings = [*settings_of(optimizer).items(), len(optimizer.params)]
    try:
        parts = step.model, step.loss, step.regularizer, type(optimizer)
        return "\n".join([*(_form(x, places) for x in parts), repr(settings)])
    except _NoFormError:
        return None


def form_of_model(model: Module) -> str | None:
    """A model's form, or None if it has none."""
    try:
        return _form(model, _places(model.parameters()))
    except _NoFormError:
        return None


def _places(params: Iterable[Value]) -> dict[Value, int]:
    """The number of each parameter, in order."""
    return {p: k for k, p in enumerate(dict.fromkeys(params))}


def _form(x: Any, places: dict[Value, int]) -> str:
    """The form of a part of a step: parameters are known by their numbers in ``places``."""
    if isinstance(x, Value) and x in places:
        return f"parameter {places[x]}"
    if isinstance(x, str) and x in ACTIVATIONS:
        return f"{x} {_form(ACTIVATIONS[x], places)}"
    if x is None or type(x) in (bool, int, float, str, np.float64):
        return repr(x)
    if isinstance(x, (list, tuple)):
        if shape := shape_of(x):
            numbers = [*map(places.get, flat(x, len(shape)))]
            if None not in numbers:
                return f"{type(x).__name__} of parameters {shape} {numbers}"
        return f"{type(x).__name__} [{', '.join([_form(v, places) for v in x])}]"
    if isinstance(x, Module):
        public = [(k, v) for k, v in vars(x).items() if not k.startswith("_")]
        attributes = [f"{k}: {_form(v, places)}" for k, v in public if k not in NO_PART]
        return f"{_ours(type(x))} [{', '.join(attributes)}]"
    if isinstance(x, (FunctionType, Primitive, type)):
        return _ours(x)
    raise _NoFormError


def _ours(x: Any) -> str:
    """The dotted name of one of the package's own functions, or classes without a user's method."""
    module, name = x.__module__, getattr(x, "__qualname__", getattr(x, "name", ""))
    classes = [c for c in getattr(x, "__mro__", ()) if _is_ours(c.__module__)]
    methods = [f for c in classes for f in vars(c).values() if isinstance(f, FunctionType)]
    written = [
        f.__globals__["__name__"] for f in methods
    ]  # where, also if functools.wraps hides it
    named = getattr(sys.modules.get(module), name, None) is x
    if not (named and all(map(_is_ours, [module, *written]))):
        raise _NoFormError
    return f"{module}.{name}"


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in OURS
