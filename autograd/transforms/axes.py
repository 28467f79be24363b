"""Axes: which axis of an array `vmap` maps, of every array of a pytree at once.

Axes are a prefix of the tree that they are for, as JAX has it: one axis, or None, stands for all that
is below its place.

    tree  {"a": X, "b": [Y, Z]}
    axes  {"a": 1, "b": None}        X by its second axis; Y and Z as they are
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..errors import TransformError
from .pytree import flatten, opened


class Part(NamedTuple):
    """A part of a tree that has one axis, or None, and where it stands."""

    tree: Any
    axis: int | None
    path: str


def parts(tree: Any, axes: Any, path: str, called: str) -> Iterator[Part]:
    """The parts of a tree at the places of its axes, which the user ``called`` so.

    Raises TransformError, which names the place, for axes that are no prefix of the tree.
    """
    if axes is None or _is_axis(axes):
        yield Part(tree, axes, path)
        return
    given, node = opened(axes), opened(tree)
    if given is None:
        raise TransformError(
            f"{called} has {axes!r} for {path}: an axis is a whole number, or None"
        )
    if node is None or given.form != node.form or given.parts.keys() != node.parts.keys():
        raise TransformError(
            f"{called} has {axes!r} for {path}, which is {flatten(tree)[1] if node else 'one leaf'}: "
            f"give an axis or None for all of it, or a container like it of them"
        )
    for step, part in node.parts.items():
        yield from parts(part, given.parts[step], path + step, called)


def joined(tree: Any, axes: Any, new: Iterator[Any]) -> Any:
    """The tree once more, with other parts at the places of its axes."""
    given, node = opened(axes), opened(tree)
    if axes is None or given is None or node is None:
        return next(new)
    return node.build([joined(part, given.parts[step], new) for step, part in node.parts.items()])


def _is_axis(x: Any) -> bool:
    return isinstance(x, int) and not isinstance(x, bool)
