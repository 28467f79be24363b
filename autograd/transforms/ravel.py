"""Pytrees as vectors: all numbers of a tree in one list, and the tree made of others.

The leaves of a tree that transforms take and return are single numbers, and arrays of separate
variables. `Raveled` lists its numbers and unravels others. Its *blocks* are its leaves.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeGuard

from ..errors import NumberError, TransformError
from ..kinds.kind import Number, is_number
from ..value import Value
from .pytree import Own, flatten

NUMBERS = {float, Value, Own}  # what needs no second look


class Raveled:
    """The numbers of a tree, and how to build it again.

    With ``tied`` a Value that is reached twice is one number: `unravel` puts what belongs to it
    in every place where it stands. Of a tuple of ``arguments`` each is a tree of its own: f(x, x)
    has two variables. With ``rows`` an array that says so is taken ``by_rows``, each one number, as
    `jit` records it. Raises NumberError with the path inside, such as ``params[2]['b']``, for what is
    no number.
    """

    def __init__(
        self,
        tree: Any,
        name: str,
        tied: bool = False,
        arguments: bool = False,
        each: Callable[[Any], Any] | None = None,
        rows: bool = False,
    ) -> None:
        self.name = name
        leaves, self.treedef = flatten(tree)
        if tied and self.treedef.children:
            self._refuse_computed()
        if each:
            leaves = [*map(each, leaves)]
        self.shapes: list[tuple[int, ...] | None] = [None] * len(leaves)  # None: a single number
        blocks = [[x] for x in leaves]
        if not NUMBERS.issuperset(map(type, leaves)):
            by_rows = {
                k: x.by_rows() for k, x in enumerate(leaves) if rows and hasattr(x, "by_rows")
            }
            for k, x in enumerate(leaves):
                if by_rows.get(k):
                    blocks[k], self.shapes[k] = by_rows[k]
                else:
                    array = array_of_frame(x)
                    self.shapes[k] = array.shape if is_array(array) else None
                    blocks[k] = _numbers_of(array, self._place, k)
        places = [x for block in blocks for x in block]
        self._first = [*range(len(places))]  # for each place the first that holds the same number
        if tied and len(places) > 1 and not {Value, Own}.isdisjoint(map(type, places)):
            trees = self._trees(blocks) if arguments else [0] * len(places)
            self._first = _first_places(places, trees)
        self.numbers = [_number(places[i]) for i, k in enumerate(self._first) if i == k]

    def _refuse_computed(self) -> None:
        for place, x in self.treedef.computed(self.name):
            raise TransformError(
                f"{place} is {x!r}, which __post_init__ set and no field has: what it was computed of "
                f"would miss its gradient; make it a property, a field if it is a variable itself, or "
                f"(of no field's numbers) an attribute of the class: {place.rpartition('.')[2]} = ..."
            )

    @property
    def has_rows(self) -> bool:
        """Whether an array is taken by rows."""
        return any(hasattr(shape, "assembled") for shape in self.shapes)

    def _place(self, k: int) -> str:
        """Where the k-th leaf stands, such as ``params[2]['b']``."""
        return self.name + next(itertools.islice(self.treedef.paths(), k, None))

    def _trees(self, blocks: Sequence[Sequence[Any]]) -> list[int]:
        """The argument that each place is in."""
        children = self.treedef.children.values()
        trees = [k for k, child in enumerate(children) for _ in child.paths()]
        return [k for k, block in zip(trees, blocks, strict=True) for _ in block]

    def paths(self) -> Iterator[str]:
        """Where each number first stands, such as ``params[2]['b']``."""
        everywhere = (
            f"{place}[{', '.join(map(str, index))}]" if index else place
            for place, shape in zip(self.treedef.paths(self.name), self.shapes, strict=True)
            for index in itertools.product(*map(range, shape or ()))
        )
        return (path for i, path in enumerate(everywhere) if self._first[i] == i)

    def spread(self, numbers: Sequence[Any]) -> Sequence[Any]:
        """What belongs to each number, once for every place where the number stands."""
        if len(self.numbers) == len(self._first):
            return numbers
        own = dict(zip(sorted({*self._first}), numbers, strict=True))
        return [own[i] for i in self._first]

    def unravel(self, numbers: Sequence[Any]) -> Any:
        """The tree with other numbers in the places of its own."""
        everywhere = self.spread(numbers)
        return self.treedef.unflatten(
            [assembled(everywhere[span], shape) for span, shape in self.spans()]
        )

    def spans(self) -> Iterator[tuple[slice, tuple[int, ...] | None]]:
        """Where the numbers of each block stand among all places, and its shape."""
        start = 0
        for shape in self.shapes:
            stop = start + math.prod(shape or ())
            yield slice(start, stop), shape
            start = stop

    def numbers_like(self, tree: Any, name: str) -> list[Number]:
        """The numbers of another tree of this form, in this one's order: tangents, cotangents.

        Raises TransformError, which names the place, for a tree of another form, and for two numbers
        where one Value stands twice.
        """
        found: list[Number] = []
        leaves = self.treedef.leaves_of(tree, name)
        for k, ((path, x), shape) in enumerate(zip(leaves, self.shapes, strict=True)):
            x = array_of_frame(x)  # noqa: PLW2901
            if (
                not (type(x) is Own or is_number(x) or is_array(x))
                or (x.shape if is_array(x) else None) != shape
            ):
                form = "a number" if shape is None else f"an array of shape {shape}"
                raise TransformError(
                    f"{path} is {x!r}, but {self._place(k)} is {form}: not of one form"
                )
            found += map(_number, _numbers_of(x, str, path))
        for i, first in enumerate(self._first):
            if found[i] is not found[first] and found[i] != found[first]:
                raise TransformError(
                    f"{name} has {found[first]!r} and {found[i]!r} for one Value that is reached twice"
                )
        return [found[i] for i in sorted({*self._first})]


def _first_places(places: Sequence[Any], trees: Sequence[int]) -> list[int]:
    """For each place the first one in its tree that holds the same Value."""
    seen: dict[tuple[int, Any], int] = {}
    values = [x.value if type(x) is Own else x for x in places]
    return [
        seen.setdefault((tree, v), i) if type(v) is Value else i
        for i, (tree, v) in enumerate(zip(trees, values, strict=True))
    ]


def _number(x: Any) -> Number:
    return x.value.data if type(x) is Own else x


def array_of_frame(x: Any) -> Any:
    """A frame or a Series of pandas as the array of its numbers; anything else as it is."""
    return x.to_numpy() if hasattr(x, "to_numpy") else x


def _numbers_of(x: Any, place: Callable[[Any], str], where: Any) -> list[Any]:
    """The numbers of a leaf, checked; ``place(where)`` names it in errors."""
    if not is_array(x):
        if type(x) is Own or is_number(x):
            return [x]
        raise NumberError(
            f"{place(where)} is {x!r} of type {type(x).__name__}: a transform takes numbers, and "
            f"nested lists, tuples, dicts, dataclasses, arrays and Modules of them"
        )
    from ..kinds.variables import refuse_other_arithmetic

    refuse_other_arithmetic(x)
    if x.dtype.kind not in "biufO":
        raise NumberError(f"{place(where)} is an array of {x.dtype}: variables are real numbers")
    elements: list[Number] = x.ravel().tolist()
    for index, element in enumerate(elements):
        if not is_number(element) or is_array(element):
            raise NumberError(f"{place(where)}.flat[{index}] is {element!r}, not a number")
    return elements


def assembled(numbers: Sequence[Any], shape: tuple[int, ...] | None) -> Any:
    """A block: the one number, or an array of them."""
    if shape is None:
        return numbers[0]
    if hasattr(shape, "assembled"):  # of rows
        return shape.assembled(numbers)
    from ..kinds.variables import as_array

    return as_array(list(numbers), shape)


def is_array(x: Any) -> bool:
    """Whether x is a NumPy array (and so a tree of variables, not one number)."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, numpy.ndarray)


def made_since(x: Any, since: int) -> TypeGuard[Value]:
    """Whether x is a Value made since then: a node of that transform's own graph."""
    return isinstance(x, Value) and x.serial >= since
