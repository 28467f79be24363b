"""Modules taken apart into their Values, and put together again: how transforms see them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import zip_longest
from typing import Any

from autograd import Value, register_pytree_node

from .module import Module
from .places import Place


class Rest:
    """All that a module is besides its Values. Two are equal if all of it is: `jit` then runs one
    program for both; ``module.eval()`` is another.
    """

    def __init__(self, module: Module) -> None:
        self.module = module

    @cached_property
    def settings(self) -> list[tuple[str, Any]]:
        """What it is when it is first asked for, by the path to each."""
        leaves = _leaves(self.module, "")
        return [(path, x) for path, x in leaves if not isinstance(x, (Value, Place))]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rest):
            return NotImplemented
        pairs = zip_longest(self.settings, other.settings, fillvalue=(None, None))
        return all(place == path and _same(x, y) for (place, x), (path, y) in pairs)

    __hash__ = None  # type: ignore[assignment]


def _same(x: Any, y: Any) -> bool:
    return x is y or (type(x) is type(y) and isinstance(x, (str, int, float, bytes)) and x == y)


def taken_apart(module: Module) -> tuple[dict[str, Value], Rest]:
    """The Values in a module's attributes, by the path to each, such as ``.layers[0].bias[2]``.

    Private attributes count too: where one holds a parameter once more, it is one variable.
    """
    values = {path: x for path, x in _leaves(module, "") if isinstance(x, Value)}
    return values, Rest(module)


def put_together(rest: Rest, parts: Iterable[Any]) -> Module:
    """A copy of a module with other Values, or numbers, in the places of its own, as tied as those."""
    twin: Module = _rebuilt(rest.module, iter(parts), {})
    return twin


def _leaves(x: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(x, (list, tuple)):
        for i, v in enumerate(x):
            yield from _leaves(v, f"{path}[{i}]")
    elif isinstance(x, Module):
        yield path, type(x)
        for name, v in vars(x).items():
            yield from _leaves(v, f"{path}.{name}")
    else:
        yield path, x


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
