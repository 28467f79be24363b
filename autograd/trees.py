"""Nests of numbers: what a transform takes and returns.

A nest is a number, a Value, an array of separate variables, None, or a list, tuple, dict, dataclass
or Module of nests. A `Nest` lists its numbers in order and rebuilds it from others. Its *blocks* are
its single numbers and its arrays.
"""

from __future__ import annotations

import copy
import itertools
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from . import context
from .errors import NumberError, TransformError
from .primitive import is_array_of_values
from .registry import Number, is_number
from .value import Value

Rebuild = Callable[[Iterator[Any]], Any]


class Nest:
    """The numbers of a nest, and how to build it again.

    Raises NumberError with the path inside, such as ``params[2]['b']``, for what is no number.
    """

    def __init__(self, tree: Any, name: str) -> None:
        self.numbers: list[Number] = []
        self._places: list[str] = []  # of each block
        self.shapes: list[tuple[int, ...] | None] = []  # of each block; None for a single number
        self._rebuild = self._walk(tree, name)

    def paths(self) -> Iterator[str]:
        """Where each number stands, such as ``params[2]['b']``."""
        for place, shape in zip(self._places, self.shapes, strict=True):
            for index in itertools.product(*map(range, shape or ())):
                yield f"{place}[{', '.join(map(str, index))}]" if index else place

    def rebuild(self, numbers: Sequence[Number]) -> Any:
        """The nest with other numbers in the places of its own."""
        blocks, start = [], 0
        for shape in self.shapes:
            stop = start + _size(shape)
            blocks.append(assembled(numbers[start:stop], shape))
            start = stop
        return self.rebuild_blocks(blocks)

    def rebuild_blocks(self, blocks: Sequence[Any]) -> Any:
        """The nest with anything in the places of its single numbers and arrays."""
        return self._rebuild(iter(blocks))

    def spans(self) -> Iterator[tuple[slice, tuple[int, ...] | None]]:
        """Where the numbers of each block stand, and its shape."""
        start = 0
        for shape in self.shapes:
            yield slice(start, start + _size(shape)), shape
            start += _size(shape)

    def _walk(self, tree: Any, path: str) -> Rebuild:
        if is_array(tree):
            return self._walk_array(tree, path)
        if is_number(tree):
            self.numbers.append(tree)
            self._places.append(path)
            self.shapes.append(None)
            return next
        if tree is None:
            return lambda _: None
        if isinstance(tree, Mapping):
            parts = {key: self._walk(tree[key], f"{path}[{key!r}]") for key in tree}
            return lambda blocks: {key: part(blocks) for key, part in parts.items()}
        if isinstance(tree, (list, tuple)):
            return self._walk_sequence(tree, path)
        if hasattr(tree, "named_parameters"):
            return self._walk_module(tree, path)
        if _is_dataclass(tree):
            return self._walk_dataclass(tree, path)
        raise NumberError(
            f"{path} is {tree!r} of type {type(tree).__name__}: a transform takes numbers, and "
            f"nested lists, tuples, dicts, dataclasses, arrays and Modules of them"
        )

    def _walk_sequence(self, tree: Any, path: str) -> Rebuild:
        parts = [self._walk(x, f"{path}[{i}]") for i, x in enumerate(tree)]
        if hasattr(tree, "_fields"):  # a named tuple
            return lambda blocks: type(tree)(*[part(blocks) for part in parts])
        kind = list if isinstance(tree, list) else tuple
        return lambda blocks: kind([part(blocks) for part in parts])

    def _walk_dataclass(self, tree: Any, path: str) -> Rebuild:
        names = tree.__dataclass_fields__
        parts = {name: self._walk(getattr(tree, name), f"{path}.{name}") for name in names}

        return lambda blocks: _replaced(tree, {name: part(blocks) for name, part in parts.items()})

    def _walk_array(self, tree: Any, path: str) -> Rebuild:
        if tree.dtype.kind not in "biufO":
            raise NumberError(f"{path} is an array of {tree.dtype}: variables are real numbers")
        elements = tree.ravel().tolist()
        for index, x in enumerate(elements):
            if not is_number(x) or is_array(x):
                raise NumberError(f"{path}.flat[{index}] is {x!r}, not a number")
        self.numbers += elements
        self._places.append(path)
        self.shapes.append(tree.shape)
        return next

    def _walk_module(self, tree: Any, path: str) -> Rebuild:
        """A Module's variables are its Values; its other attributes stay as they are."""
        if isinstance(tree, Value):
            stored = tree.op is None and tree.epoch < context.running.since
            self.numbers.append(tree.data if stored else tree)
            self._places.append(path)
            self.shapes.append(None)
            return lambda blocks: _as_value(next(blocks), tree.label)
        if isinstance(tree, (list, tuple)):
            parts = [self._walk_module(x, f"{path}[{i}]") for i, x in enumerate(tree)]
            return lambda blocks: type(tree)([part(blocks) for part in parts])
        if not hasattr(tree, "named_parameters"):
            return lambda _: tree
        members = {name: self._walk_module(x, f"{path}.{name}") for name, x in vars(tree).items()}

        def rebuild(blocks: Iterator[Any]) -> Any:
            clone = copy.copy(tree)
            vars(clone).update({name: part(blocks) for name, part in members.items()})
            return clone

        return rebuild


def _is_dataclass(tree: Any) -> bool:
    """As ``dataclasses`` has it, whose import would cost more than the rest of this package."""
    return hasattr(tree, "__dataclass_fields__") and not isinstance(tree, type)


def _replaced(tree: Any, members: Mapping[str, Any]) -> Any:
    """A dataclass, a frozen one too, with other members."""
    clone = copy.copy(tree)
    for name, x in members.items():
        object.__setattr__(clone, name, x)
    return clone


def _as_value(x: Any, label: str) -> Any:
    return Value(x, label) if is_number(x) and not isinstance(x, Value) else x


def _size(shape: tuple[int, ...] | None) -> int:
    return math.prod(shape or ())


def assembled(numbers: Sequence[Number], shape: tuple[int, ...] | None) -> Any:
    """A block: the one number, or an array of them."""
    if shape is None:
        return numbers[0]
    from .variables import as_array

    return as_array(list(numbers), shape)


def is_array(x: Any) -> bool:
    """Whether x is a NumPy array (and so a nest of variables, not one number)."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, numpy.ndarray)


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Lists, tuples, dicts and dataclasses with a function applied to whatever else is in them."""
    if isinstance(tree, Mapping):
        return {key: map_leaves(function, x) for key, x in tree.items()}
    if isinstance(tree, (list, tuple)):
        parts = [map_leaves(function, x) for x in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    if _is_dataclass(tree):
        names = tree.__dataclass_fields__
        return _replaced(tree, {name: map_leaves(function, getattr(tree, name)) for name in names})
    return function(tree)


def made_since(x: Any, since: int) -> TypeGuard[Value]:
    """Whether x is a Value made in the epoch or later: a node of that transform's own graph."""
    return isinstance(x, Value) and x.epoch >= since


def numbers_in(tree: Any) -> list[Number]:
    """All numbers in a result, whatever else it holds."""
    if isinstance(tree, Mapping):
        tree = list(tree.values())
    elif hasattr(tree, "named_parameters"):
        tree = list(vars(tree).values())
    elif _is_dataclass(tree):
        tree = [getattr(tree, name) for name in tree.__dataclass_fields__]
    elif is_array_of_values(tree):
        tree = tree.ravel().tolist()
    if isinstance(tree, (list, tuple)):
        return [x for branch in tree for x in numbers_in(branch)]
    return [tree] if is_number(tree) else []


def check_alike(tree: Any, other: Any, path: str, other_path: str) -> None:
    """TransformError, with both paths, where the second nest has another form than the first."""
    shapes = [tuple(x.shape) if is_array(x) else None for x in (tree, other)]
    pairs: list[tuple[Any, Any, str]] = []
    if shapes[0] or shapes[1]:
        alike = shapes[0] == shapes[1]
    elif isinstance(tree, Mapping):
        alike = isinstance(other, Mapping) and tree.keys() == other.keys()
        pairs = [(x, other[key], f"[{key!r}]") for key, x in tree.items()] if alike else []
    elif isinstance(tree, (list, tuple)):
        alike = isinstance(other, (list, tuple)) and len(tree) == len(other)
        pairs = [(x, other[i], f"[{i}]") for i, x in enumerate(tree)] if alike else []
    else:
        alike = is_number(tree) == is_number(other)
    if not alike:
        raise TransformError(f"{other_path} is {other!r}, but {path} is {tree!r}: not of one form")
    for x, y, step in pairs:
        check_alike(x, y, path + step, other_path + step)
