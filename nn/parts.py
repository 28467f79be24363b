"""Modules taken apart into their Values, and put together again: how transforms see them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from autograd import Value, register_pytree_node

from .module import Module


def taken_apart(module: Module) -> tuple[dict[str, Value], Module]:
    """The Values in a module's attributes, by the path to each, such as ``.layers[0].bias[2]``.

    Private attributes count too: where one holds a parameter once more, it is one variable.
    """
    return dict(_values(module, "")), module


def put_together(module: Module, parts: Iterable[Any]) -> Module:
    """A copy of a module with other Values, or numbers, in the places of its own, as tied as those."""
    twin: Module = _rebuilt(module, iter(parts), {})
    return twin


def _values(x: Any, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(x, Value):
        yield path, x
    elif isinstance(x, (list, tuple)):
        for i, v in enumerate(x):
            yield from _values(v, f"{path}[{i}]")
    elif isinstance(x, Module):
        for name, v in vars(x).items():
            yield from _values(v, f"{path}.{name}")


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
