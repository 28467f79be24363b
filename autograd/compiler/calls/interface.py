"""The interface of a program: which arguments it serves, and what is made of its outputs.

The outputs are the numbers of the answer, in the order of its tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...transforms.pytree import Treedef
from ..programs.program import SAMPLES, axis_of_samples
from .arguments import Arguments


class Part(NamedTuple):
    """A leaf of the answer: the next ``size`` outputs, as an array or as one number."""

    size: int
    shape: tuple[int, ...] | None  # None: one number
    per_sample: bool
    is_truth: bool


class Results:
    """The tree of an answer, and how its leaves are made of a program's outputs."""

    def __init__(self, treedef: Treedef, parts: Sequence[Part], dtype: Any) -> None:
        self.treedef, self.parts, self.dtype = treedef, parts, dtype  # of arrays

    def answer(self, outputs: Sequence[Any], n: int) -> Any:
        """The answer, of the outputs that a program has computed for n samples."""
        leaves, start = [], 0
        for part in self.parts:
            numbers = outputs[start : start + part.size]
            start += part.size
            leaves.append(_leaf(part, numbers, n, self.dtype))
        return self.treedef.unflatten(leaves)


def _leaf(part: Part, numbers: Sequence[Any], n: int, dtype: Any) -> Any:
    if part.per_sample:
        x = made_of_samples(numbers, part.shape, n, dtype)
    else:
        x = numbers[0] if part.shape is None else np.array(numbers, dtype).reshape(part.shape)
    return x != 0 if part.is_truth else x


def made_of_samples(
    numbers: Sequence[Any], shape: tuple[int, ...] | None, n: int, dtype: Any
) -> Any:
    """An array of n samples, of outputs that are an array of n each, or one number for all samples."""
    if shape is None:
        return numbers[0] if np.ndim(numbers[0]) else np.full(n, numbers[0], dtype)
    columns = np.empty((len(numbers), n), dtype)
    for column, x in zip(columns, numbers, strict=True):
        column[:] = x
    return columns.T.reshape(n, *shape)


class Interface(NamedTuple):
    """What a program is called with, and how the answer is made of its outputs."""

    treedef: Treedef  # of the arguments
    numbers: tuple[bool, ...]  # of their leaves, see `Arguments`
    variables: tuple[int, ...]
    guards: list[tuple[int, ...]]  # the shapes of the argument arrays, see `Recorder.guards`
    results: Results
    captured: list[Any]  # arrays that the function closes over
    length: int  # of the samples, when it was recorded
    labels: tuple[list[str], list[tuple[int, ...]]]  # of the argument arrays: names, and shapes

    def serves(self, arguments: Arguments) -> bool:
        """Whether these arguments are of its structure and shapes."""
        if (arguments.numbers, arguments.variables) != (self.numbers, self.variables):
            return False
        return self._fits(arguments.shapes) and alike(arguments.treedef, self.treedef)

    def _fits(self, shapes: Sequence[tuple[int, ...]]) -> bool:
        """Whether arrays have the shapes that it was made for, all with one number of samples."""
        counts: set[int] = set()
        for guard, shape in zip(self.guards, shapes, strict=True):
            if guard != shape:
                if not guard or guard[0] != SAMPLES or guard[1:] != shape[1:] or not shape:
                    return False
                counts.add(shape[0])
        return len(counts) < 2

    @property
    def fixed_samples(self) -> int:
        """How many samples every call has; SAMPLES if the arguments tell it. (They do not if
        samples are in an array whose shape is fixed, or that the function closes over.)
        """
        return SAMPLES if axis_of_samples(self.guards) else self.length

    def samples(self, arguments: Arguments) -> int:
        """How many samples the arguments hold."""
        place = axis_of_samples(self.guards)
        return arguments.arrays[place[0]].shape[place[1]] if place else self.length


def still(x: Any) -> Any:
    """What an object is besides its parts, as it is now: containers and arrays may be changed in
    place.
    """
    if type(x) in (list, tuple):
        return type(x)(map(still, x))
    if type(x) is dict:
        return {key: still(y) for key, y in x.items()}
    if isinstance(x, np.ndarray):
        return x.shape, x.dtype.str, x.tobytes()
    return x.copy() if type(x) is set else x


def remembered(treedef: Treedef) -> Treedef:
    """The form of a tree as it is now."""
    if treedef.form is None:
        return treedef
    children = {step: remembered(child) for step, child in treedef.children.items()}
    return Treedef(treedef.form, children, treedef.build, still(treedef.aux))


def alike(a: Treedef, b: Treedef) -> bool:
    """Whether two trees are of one form and more: dicts have their keys in the same order, a list is no
    tuple, and objects are equal in what is besides their parts.
    """
    if a is b and a.form is None:  # leaves, of which there is one
        return True
    same = a.form == b.form and [*a.children] == [*b.children] and still(a.aux) == still(b.aux)
    same = same and (a.form != "sequence" or a.build is b.build)
    return same and all(map(alike, a.children.values(), b.children.values()))
