"""Places: where in a model a module, or an array of parameters, stands; parameters are labelled by it.

An array of parameters is a nested sequence of Values, all of whose rows have one shape.

A place knows its step, such as ``layers.0``, and the place of its owner. The name is put together when
somebody asks for it: so a layer that gets an owner renames its parameters without touching them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, repeat
from typing import Any, NamedTuple

from autograd import TransformError, Value


def endless(module: Any) -> TransformError:
    """The error of a module whose parameters have no end."""
    return TransformError(
        f"a {type(module).__name__} holds itself, or a list or module in it does: its parameters "
        f"have no end. Give what needs the whole to calls, as an argument"
    )


def refuse_cached(cls: type) -> None:
    """TypeError for a `cached_property` of modules: it would not move with their parameters."""
    for name, x in chain.from_iterable(vars(c).items() for c in cls.__mro__):
        if isinstance(x, cached_property):
            raise TypeError(
                f"{cls.__name__}.{name} is a cached_property: what it computes of the parameters would "
                f"stay as it was when they move; make it a property, or an attribute that __init__ sets"
            )


def unfound(module: Any, name: str) -> TypeError:
    """The error of parameters in an attribute that is neither a module nor made of sequences."""
    return TypeError(
        f"{type(module).__name__}.{name} holds parameters in a dict or an array, where parameters() "
        f"does not look: give each its attribute, or put them into lists (array.tolist()); what is no "
        f"parameter is named _{name}"
    )


class Place:
    """The place of a module, or of an array of parameters of some shape: a step from its owner's.

    >>> model = Place("")
    >>> str(Place("weight", Place("layers.0", model), (3, 2)))
    'layers.0.weight'
    """

    __slots__ = ("group", "owner", "shape", "step")

    def __init__(self, step: str, owner: Place | None = None, shape: tuple[int, ...] = ()) -> None:
        self.step, self.owner, self.shape = step, owner, shape
        self.group: Any = None  # of a module that was called

    def __str__(self) -> str:
        return ".".join(reversed([place.step for place in self.line() if place.step]))

    def line(self) -> Iterator[Place]:
        """This place, its owner's, and so on to the top."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.owner

    def _fingerprint(self) -> dict[str, Any]:
        """What stands for it in the fingerprint of a function (see `autograd.compiler.kept`):
        nothing.
        """
        return {}

    def labels(self) -> Iterator[Label]:
        """The labels of an array's parameters, the last index first."""
        return map(Label, repeat(self), range(math.prod(self.shape)))


class Label(NamedTuple):
    """The label of a parameter, written when it is read: its array's place, and its indices there.

    >>> str(Label(Place("weight", None, (3, 2)), 5))
    'weight[2, 1]'
    """

    array: Place
    number: int

    def __str__(self) -> str:
        indices, rest = [], self.number
        for n in reversed(self.array.shape):
            rest, i = divmod(rest, n)
            indices.append(i)
        return f"{self.array}{indices[::-1] or ''}"


# ------------------------------------------------------------------ nested sequences of Values

Shape = tuple[int, ...]


def shape_of(x: Any) -> Shape | None:
    """The shape of a Value, (), or of a nested sequence of Values; None for anything else."""
    if isinstance(x, Value):
        return ()
    if not isinstance(x, (list, tuple)) or not x:
        return None
    if {*map(type, x)} == {Value}:  # a row of weights, of which there are many
        return (len(x),)
    shapes = {shape_of(v) for v in x}
    inner = shapes.pop()
    return None if shapes or inner is None else (len(x), *inner)


def flat(array: Any, depth: int) -> Iterable[Value]:
    """The Values of a nested sequence of so many levels."""
    if depth == 0:
        return (array,)
    for _ in range(depth - 1):
        array = chain.from_iterable(array)
    flat: Iterable[Value] = array
    return flat
