"""The form of a step: what two steps have in common that the same machine code serves.

Only what the package wrote itself has a form. A loss, a layer or a regulariser of the user's own may
read what changes between two trainings, a global number for instance; its step is compiled anew.
"""

from __future__ import annotations

from collections.abc import Hashable
from types import FunctionType
from typing import Any

from autograd import Primitive, Value

from ..layers.activations import ACTIVATIONS
from ..module import Module
from .optimizer import Optimizer
from .step import Step

OURS = __name__.partition(".")[0], Value.__module__.partition(".")[0]
NO_PART = ("rng", "classes")
"""Attributes of modules that no step depends on; nor on private ones, where the names of places are."""


class _NoFormError(Exception):
    """Something that is not the package's own."""


def settings_of(optimizer: Optimizer) -> dict[str, Any]:
    """The numbers that an optimiser's formula is recorded with."""
    every, changing = vars(optimizer).items(), ("lr", "steps")
    return {k: x for k, x in every if k not in changing and isinstance(x, (int, float, tuple))}


def form_of(step: Step) -> Hashable | None:
    """A step's form, or None if it has none."""
    places: dict[Value, int] = {}
    for p in (*step.optimizer.params, *step.parameters):
        places.setdefault(p, len(places))
    parts = step.model, step.loss, step.regularizer, step.forward
    try:
        forms = tuple(_form(x, places) for x in parts)
        optimizer = _form(type(step.optimizer), places)
    except _NoFormError:
        return None
    return *forms, optimizer, tuple(settings_of(step.optimizer).items()), len(step.optimizer.params)


def form_of_model(model: Module) -> Hashable | None:
    """What two models have in common that answer alike, but for the numbers of their parameters."""
    try:
        return _form(model, {p: k for k, p in enumerate(model.parameters())})
    except _NoFormError:
        return None


def _form(x: Any, places: dict[Value, int]) -> Hashable:
    if isinstance(x, Value) and x in places:
        return "parameter", places[x]
    if isinstance(x, str) and x in ACTIVATIONS:
        return x, _form(ACTIVATIONS[x], places)
    if x is None or isinstance(x, (bool, int, float, str)):
        return type(x), x
    if isinstance(x, (list, tuple)):
        if {*map(type, x)} == {Value} and places.keys() >= {*x}:  # a row of weights
            return type(x), "parameters", *map(places.__getitem__, x)
        return type(x), tuple(_form(v, places) for v in x)
    if isinstance(x, Module):
        public = [(k, v) for k, v in vars(x).items() if not k.startswith("_")]
        attributes = [(k, v) for k, v in public if k not in NO_PART]
        return _ours(type(x)), tuple((k, _form(v, places)) for k, v in attributes)
    if isinstance(x, (FunctionType, Primitive, type)):
        return _ours(x)
    raise _NoFormError


def _ours(x: Any) -> Hashable:
    """A function or class that stands in a module of the package, by its name."""
    module = str(getattr(x, "__module__", ""))
    where = getattr(x, "__qualname__", getattr(x, "name", ""))
    if module.partition(".")[0] not in OURS or "<locals>" in where:
        raise _NoFormError
    return x  # type: ignore[no-any-return]
