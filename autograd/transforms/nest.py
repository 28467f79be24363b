"""Trees of numbers: what a transform takes and returns.

A `Nest` is a pytree whose leaves are single numbers and arrays of separate variables: it lists all
numbers in order and rebuilds the tree from others. Its *blocks* are its leaves.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

from ..errors import NumberError, TransformError
from ..kinds.kind import Number, is_number
from ..value import Value
from .pytree import flatten, opened, tree_map

map_leaves = tree_map


class Nest:
    """The numbers of a tree, and how to build it again.

    Raises NumberError with the path inside, such as ``params[2]['b']``, for what is no number.
    """

    def __init__(self, tree: Any, name: str) -> None:
        leaves, self.treedef = flatten(tree)
        self.numbers: list[Number] = []
        self.shapes: list[tuple[int, ...] | None] = []  # of each block; None for a single number
        self._places = [name + path for path in leaves]
        for place, x in zip(self._places, leaves.values(), strict=True):
            self.numbers += _numbers_of(x, place)
            self.shapes.append(x.shape if is_array(x) else None)

    def paths(self) -> Iterator[str]:
        """Where each number stands, such as ``params[2]['b']``."""
        for place, shape in zip(self._places, self.shapes, strict=True):
            for index in itertools.product(*map(range, shape or ())):
                yield f"{place}[{', '.join(map(str, index))}]" if index else place

    def rebuild(self, numbers: Sequence[Number]) -> Any:
        """The tree with other numbers in the places of its own."""
        return self.rebuild_blocks(
            [assembled(numbers[span], shape) for span, shape in self.spans()]
        )

    def rebuild_blocks(self, blocks: Sequence[Any]) -> Any:
        """The tree with anything in the places of its single numbers and arrays."""
        return self.treedef.unflatten(blocks)

    def spans(self) -> Iterator[tuple[slice, tuple[int, ...] | None]]:
        """Where the numbers of each block stand, and its shape."""
        start = 0
        for shape in self.shapes:
            stop = start + math.prod(shape or ())
            yield slice(start, stop), shape
            start = stop


def _numbers_of(x: Any, path: str) -> list[Number]:
    """The numbers of a block, checked."""
    if not is_array(x):
        if is_number(x):
            return [x]
        raise NumberError(
            f"{path} is {x!r} of type {type(x).__name__}: a transform takes numbers, and "
            f"nested lists, tuples, dicts, dataclasses, arrays and Modules of them"
        )
    if x.dtype.kind not in "biufO":
        raise NumberError(f"{path} is an array of {x.dtype}: variables are real numbers")
    elements: list[Number] = x.ravel().tolist()
    for index, element in enumerate(elements):
        if not is_number(element) or is_array(element):
            raise NumberError(f"{path}.flat[{index}] is {element!r}, not a number")
    return elements


def numbers_alike(tree: Any, other: Any, path: str, other_path: str) -> list[Number]:
    """The numbers of the second tree in the order of the first, whose form it must have."""
    inside, outside = opened(tree), opened(other)
    if inside and outside and inside.form == outside.form:
        if inside.parts.keys() == outside.parts.keys():
            return [
                x
                for step, part in inside.parts.items()
                for x in numbers_alike(part, outside.parts[step], path + step, other_path + step)
            ]
    elif not inside and not outside:
        if getattr(tree, "shape", ()) == getattr(other, "shape", ()) or not is_array(tree):
            if is_array(tree) == is_array(other) and is_number(other):
                return _numbers_of(other, other_path)
    raise TransformError(f"{other_path} is {other!r}, but {path} is {tree!r}: not of one form")


def assembled(numbers: Sequence[Number], shape: tuple[int, ...] | None) -> Any:
    """A block: the one number, or an array of them."""
    if shape is None:
        return numbers[0]
    from ..kinds.variables import as_array

    return as_array(list(numbers), shape)


def is_array(x: Any) -> bool:
    """Whether x is a NumPy array (and so a nest of variables, not one number)."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, numpy.ndarray)


def made_since(x: Any, since: int) -> TypeGuard[Value]:
    """Whether x is a Value made in the epoch or later: a node of that transform's own graph."""
    return isinstance(x, Value) and x.serial >= since
