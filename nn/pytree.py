"""Modules as pytrees: taken apart into their Values, and put together again of others.

So `autograd`'s transforms, and `jit`, take and return them. A module's parts are its arrays of Values,
by their paths; what is besides them is its `Rest`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice
from types import FunctionType
from typing import Any

import numpy as np

from autograd import Value, register_pytree_node

from .module import Module
from .places import Place, endless, flat

VALUES, CONTAINERS = {Value}, {list, tuple}
"""What arrays of parameters are made of."""
INNER = (Value, Module, list, tuple)
"""What may hold parameters."""
PLAIN = (str, int, float, bytes, tuple)
"""Types of settings that are compared by ``==``; others must be the same object."""
FIXED = {str, int, float, bool, bytes, type(None), type, FunctionType}
"""Types of settings that nobody changes in place."""


class Rest:
    """All that a module is besides its Values. `jit` runs one program for two modules whose rest is
    equal; in evaluation mode (``module.eval()``) it is another.
    """

    def __init__(self, module: Module, settings: list[Any]) -> None:
        self.module = module
        self.settings = settings  # what it was when it was taken apart: classes, names, all else

    @cached_property
    def copier(self) -> Copier:
        """The copier of the module, made when it is first asked for."""
        return Copier(self.module)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rest):
            return NotImplemented
        mine, others = self.settings, other.settings
        return len(mine) == len(others) and all(map(_same, mine, others))

    __hash__ = None  # type: ignore[assignment]

    def _fingerprint(self) -> dict[str, Any]:
        """What stands for it in the fingerprint of a function (see `autograd.compiler.kept`)."""
        return {"module": self.module}


def _same(x: Any, y: Any) -> bool:
    return x is y or (type(x) is type(y) and isinstance(x, PLAIN) and x == y)


def taken_apart(module: Module) -> tuple[dict[str, Any], Rest]:
    """The Values in a module's attributes, and nested sequences of them, by the path to each, such as
    ``.layers[0].weight``.

    Private attributes count too: where one holds a parameter once more, it is one variable.
    """
    parts: dict[str, Any] = {}
    settings: list[Any] = []
    try:
        _take("", module, parts, settings)
    except RecursionError:
        raise endless(module) from None
    return parts, Rest(module, settings)


def _take(path: str, x: Any, parts: dict[str, Any], settings: list[Any]) -> None:
    """Add what is in x to parts, by paths, if it is an array of Values, and else to settings."""
    if isinstance(x, Module):
        settings += type(x), (*vars(x),)
        for name, v in vars(x).items():
            if isinstance(v, INNER):
                _take(f"{path}.{name}", v, parts, settings)
            elif not isinstance(v, Place):
                settings += _setting(v)
    elif _depth(x) is not None:
        parts[path] = x
    elif isinstance(x, (list, tuple)):
        settings.append(len(x))
        for i, v in enumerate(x):
            _take(f"{path}[{i}]", v, parts, settings)
    else:
        settings += _setting(x)


def _setting(x: Any) -> list[Any]:
    """Something that holds no parameters, and all in it that may be changed in place."""
    if type(x) in FIXED:
        return [x]
    if isinstance(x, np.ndarray):
        return [x, x.shape, x.tobytes()]
    inside: Iterable[Any] = ()
    if isinstance(x, (list, tuple, set)):
        inside = x
    elif isinstance(x, dict):
        inside = chain(x, x.values())
    elif fields := getattr(type(x), "__dataclass_fields__", None):
        inside = [getattr(x, name, None) for name in fields]
    return [x, *chain.from_iterable(map(_setting, inside))]


def _depth(x: Any) -> int | None:
    """How deep the Values of an array are nested in lists and tuples; None for what is no array."""
    kinds = {*map(type, x)} if type(x) in CONTAINERS else {type(x)}
    if kinds == VALUES:
        return 0 if type(x) is Value else 1
    if type(x) not in CONTAINERS or not kinds <= CONTAINERS:
        return None
    depths = {_depth(row) for row in x} or {None}
    inner = depths.pop()
    return None if depths or inner is None else inner + 1


def values_of(module: Module) -> dict[str, Value]:
    """Every Value of a module by the path to it, such as ``.layers[0].bias[2]``."""
    values = {}
    waiting = [*taken_apart(module)[0].items()][::-1]
    while waiting:
        path, x = waiting.pop()
        if isinstance(x, Value):
            values[path] = x
        else:
            waiting += [(f"{path}[{i}]", v) for i, v in enumerate(x)][::-1]
    return values


def with_values(module: Module, values: Iterable[Value]) -> Module:
    """A copy of a module with others in the places of its Values, in the order of `values_of`."""
    twin: Module = _copier(module)(iter(values))
    return twin


class Copier:
    """Copies one module with other Values, or numbers, in the places of its own, as tied as those."""

    def __init__(self, module: Module) -> None:
        arrays = taken_apart(module)[0].values()
        self.depths = [_depth(x) or 0 for x in arrays]
        self.variables = self._flat(arrays)
        known: dict[Value, int] = {}
        self.first = [known.setdefault(v, k) for k, v in enumerate(self.variables)]
        self.is_tied = len(known) < len(self.first)
        self.notes = [getattr(v, "notes", {}) for v in self.variables]  # their labels
        self.copy = _copier(module)

    def __call__(self, parts: Iterable[Any]) -> Module:
        """The copy with these parts."""
        values = _values(self._flat(parts), self.notes)
        if self.is_tied:
            values = [values[k] for k in self.first]
        twin: Module = self.copy(iter(values))
        return twin

    def _flat(self, arrays: Iterable[Any]) -> list[Any]:
        """The elements of arrays, which are as deep as the module's own."""
        pairs = zip(arrays, self.depths, strict=True)
        return [*chain.from_iterable(flat(x, depth) for x, depth in pairs)]


def _copier(x: Any) -> Callable[[Iterator[Any]], Any]:
    """The function that copies x, taking the next of some Values for each of its own."""
    if isinstance(x, Value):
        return next
    if isinstance(x, (list, tuple)):
        make, n = getattr(x, "_make", type(x)), len(x)  # of a named tuple
        if {*map(type, x)} == VALUES:
            return lambda values: make(islice(values, n))
        inside = [*map(_copier, x)]
        return lambda values: make([copied(values) for copied in inside])
    if not isinstance(x, Module):
        return lambda _: x
    attributes = {name: _copier(v) for name, v in vars(x).items() if isinstance(v, INNER)}

    def module(values: Iterator[Any]) -> Module:
        twin = copy.copy(x)
        vars(twin).update({name: copied(values) for name, copied in attributes.items()})
        return twin

    return module


def _values(numbers: Sequence[Any], notes: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Numbers as Values with the labels of parameters; blocks of a Jacobian stay what they are."""
    plain = {*map(type, numbers)} == {float}
    values = [*map(Value, numbers)] if plain else [x if _is_none(x) else Value(x) for x in numbers]
    for v, x, note in zip(values, numbers, notes, strict=True):
        if v is not x:
            v.notes = note
    return values


def _is_none(x: Any) -> bool:
    """Whether it is no number that a Value holds, or a Value already."""
    return bool(getattr(x, "shape", ())) or isinstance(x, (Value, Module, Mapping, list, tuple))


register_pytree_node(Module, taken_apart, lambda rest, parts: rest.copier(parts))
