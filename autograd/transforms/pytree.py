"""Pytrees: nested containers taken apart into leaves and a form, and put together again.

`opened` knows every container, one level deep; all else is written with it. A class is a container
if it is a dataclass, or has ``named_parameters``, as a Module has: its leaves are then its Values.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .. import context
from ..kinds.kind import is_number
from ..value import Value


class Opened(NamedTuple):
    """A container one level deep."""

    form: Any  # what two containers have in common that hold alike parts
    parts: dict[str, Any]  # by the step that leads to each: "[2]", "['b']", ".w"
    build: Callable[[list[Any]], Any]  # the container with other parts


class Treedef:
    """The form of a tree: everything but its leaves."""

    __slots__ = ("_build", "children", "form")

    def __init__(self, form: Any, children: dict[str, Treedef], build: Any) -> None:
        self.form, self.children, self._build = form, children, build

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Treedef) and self.form == other.form
        return same and self.children == other.children  # type: ignore[union-attr]

    __hash__ = None  # type: ignore[assignment]

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The tree with these leaves."""
        return self._unflatten(iter(leaves))

    def _unflatten(self, leaves: Iterator[Any]) -> Any:
        if self._build is None:
            return next(leaves)
        return self._build([child._unflatten(leaves) for child in self.children.values()])


def flatten(tree: Any, modules: bool = True) -> tuple[dict[str, Any], Treedef]:
    """The leaves of a tree, by the path to each, and its form; `Treedef.unflatten` is the inverse."""
    leaves: dict[str, Any] = {}
    return leaves, _flatten(tree, "", leaves, modules)


def _flatten(x: Any, path: str, leaves: dict[str, Any], modules: bool) -> Treedef:
    inside = opened(x, modules)
    if inside is None:
        leaves[path] = x
        return Treedef("leaf", {}, None)
    parts = inside.parts.items()
    children = {step: _flatten(part, path + step, leaves, modules) for step, part in parts}
    return Treedef(inside.form, children, inside.build)


def tree_map(function: Callable[[Any], Any], tree: Any) -> Any:
    """A tree with a function applied to its leaves; a Module is one of them."""
    leaves, treedef = flatten(tree, modules=False)
    return treedef.unflatten(map(function, leaves.values()))


def opened(tree: Any, modules: bool = True) -> Opened | None:
    """A container one level deep, or None for a leaf."""
    if tree is None:
        return Opened(None, {}, lambda _: None)
    if isinstance(tree, Mapping):
        parts = {f"[{key!r}]": x for key, x in tree.items()}
        keys = tuple(tree)
        return Opened("dict", parts, lambda new: dict(zip(keys, new, strict=True)))
    if isinstance(tree, (list, tuple)):
        parts = {f"[{i}]": x for i, x in enumerate(tree)}
        kind = type(tree)
        if hasattr(tree, "_fields"):  # a named tuple
            return Opened(kind, parts, lambda new: kind(*new))
        return Opened("sequence", parts, list if isinstance(tree, list) else tuple)
    if hasattr(tree, "named_parameters"):
        return _opened_module(tree) if modules else None
    if hasattr(tree, "__dataclass_fields__") and not isinstance(tree, type):
        fields = tree.__dataclass_fields__
        parts = {f".{name}": getattr(tree, name) for name in fields}
        return Opened(type(tree), parts, lambda new: _with(tree, zip(fields, new, strict=True)))
    return None


def _with(x: Any, members: Iterable[tuple[str, Any]]) -> Any:
    """A dataclass, a frozen one too, or another object with other members."""
    clone = copy.copy(x)
    for name, member in members:
        object.__setattr__(clone, name, member)
    return clone


def _opened_module(module: Any) -> Opened:
    """A Module's parts are the Values in its attributes; all else stays as it is."""
    values: dict[str, Value] = {}
    rebuild = _walk_module(module, "", values)
    parts = {path: v.data if _stored(v) else v for path, v in values.items()}
    return Opened(type(module), parts, lambda new: rebuild(iter(new)))


def _walk_module(x: Any, path: str, values: dict[str, Value]) -> Callable[[Iterator[Any]], Any]:
    if isinstance(x, Value):
        values[path] = x
        return lambda new: _as_value(next(new), x.label)
    if isinstance(x, (list, tuple)):
        items = [_walk_module(v, f"{path}[{i}]", values) for i, v in enumerate(x)]
        return lambda new: type(x)([item(new) for item in items])
    if not hasattr(x, "named_parameters"):
        return lambda _: x
    members = {n: _walk_module(v, f"{path}.{n}", values) for n, v in vars(x).items()}
    return lambda new: _with(x, [(name, member(new)) for name, member in members.items()])


def _stored(v: Value) -> bool:
    """Whether a Value of a Module is its own parameter, and none that a transform put there."""
    return v.op is None and v.serial < context.running.since


def _as_value(x: Any, label: str) -> Any:
    return Value(x, label) if is_number(x) and not isinstance(x, Value) else x
