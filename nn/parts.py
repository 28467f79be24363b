"""Modules taken apart into their Values, and put together again: how transforms see them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from autograd import Value, register_pytree_node

from .module import Module
from .places import Place


class Rest:
    """All that a module is besides its Values. Two are equal if all of it is: `jit` then runs one
    program for both; ``module.eval()`` is another.
    """

    def __init__(self, module: Module, settings: list[tuple[str, Any]]) -> None:
        self.module = module
        self.settings = settings  # what it was when it was taken apart, by the path to each

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rest):
            return NotImplemented
        pairs = zip_longest(self.settings, other.settings, fillvalue=(None, None))
        return all(place == path and _same(x, y) for (place, x), (path, y) in pairs)

    __hash__ = None  # type: ignore[assignment]

    def _world(self) -> dict[str, Any]:
        """What `jit` has to know of it to find what another process has recorded."""
        return {"module": self.module}


def _same(x: Any, y: Any) -> bool:
    return x is y or (type(x) is type(y) and isinstance(x, (str, int, float, bytes)) and x == y)


def taken_apart(module: Module) -> tuple[dict[str, Value], Rest]:
    """The Values in a module's attributes, by the path to each, such as ``.layers[0].bias[2]``.

    Private attributes count too: where one holds a parameter once more, it is one variable.
    """
    values, settings = {}, []
    for path, x in _leaves(module):
        if isinstance(x, Value):
            values[path] = x
        elif not isinstance(x, Place):
            settings.append((path, x))
    return values, Rest(module, settings)


def put_together(rest: Rest, parts: Iterable[Any]) -> Module:
    """A copy of a module with other Values, or numbers, in the places of its own, as tied as those."""
    twin: Module = _rebuilt(rest.module, iter(parts), {})
    return twin


def _leaves(module: Module) -> list[tuple[str, Any]]:
    """What is in a module, and in modules and lists in it, in order, by paths; classes of modules."""
    leaves: list[tuple[str, Any]] = []
    waiting: list[tuple[str, Any]] = [("", module)]
    while waiting:
        path, x = waiting.pop()
        if isinstance(x, (list, tuple)):
            parts = [(f"{path}[{i}]", v) for i, v in enumerate(x)]
            if all(type(v) is Value for v in x):  # most of what there is
                leaves += parts
            else:
                waiting += parts[::-1]
        elif isinstance(x, Module):
            leaves.append((path, type(x)))
            waiting += [(f"{path}.{name}", v) for name, v in vars(x).items()][::-1]
        else:
            leaves.append((path, x))
    return leaves


def _rebuilt(x: Any, parts: Iterator[Any], made: dict[Value, Any]) -> Any:
    if isinstance(x, Value):
        part = next(parts)
        return made.setdefault(x, _value(part, x.note("label")))
    if isinstance(x, (list, tuple)):
        make = getattr(x, "_make", type(x))  # of a named tuple
        return make([_rebuilt(v, parts, made) for v in x])
    if not isinstance(x, Module):
        return x
    twin = copy.copy(x)
    vars(twin).update({name: _rebuilt(v, parts, made) for name, v in vars(x).items()})
    return twin


def _value(x: Any, label: Any) -> Any:
    """A number in the place of a parameter; blocks of a Jacobian stay what they are."""
    shape: tuple[int, ...] = getattr(x, "shape", ())
    if shape or isinstance(x, (Value, Module, Mapping, list, tuple)):
        return x
    v = Value(x)
    if label is not None:
        v.annotate(label=label)
    return v


register_pytree_node(Module, taken_apart, put_together)
