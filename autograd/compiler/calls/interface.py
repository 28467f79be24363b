"""The interface of a program: which arguments it serves, and what is made of its outputs."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...transforms.pytree import Treedef
from ..programs.program import SAMPLES
from .arguments import Arguments, Results, fits


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
        if not fits(self.guards, arguments.shapes):
            return False
        return alike(arguments.treedef, self.treedef)

    @property
    def fixed_samples(self) -> int:
        """How many samples every call has; SAMPLES if the arguments tell it. (They do not if
        samples are in an array whose shape is fixed, or that the function closes over.)
        """
        return SAMPLES if any(guard[:1] == (SAMPLES,) for guard in self.guards) else self.length

    def samples(self, arguments: Arguments) -> int:
        """How many samples the arguments hold."""
        pairs = zip(self.guards, arguments.arrays, strict=True)
        free = (len(x) for guard, x in pairs if guard[:1] == (SAMPLES,))
        return next(free, self.length)


def alike(a: Treedef, b: Treedef) -> bool:
    """Whether two trees are of one form and more: dicts have their keys in the same order, a list is no
    tuple, and objects are equal in what is besides their parts.
    """
    if a is b and a.form is None:  # leaves, of which there is one
        return True
    same = a.form == b.form and [*a.children] == [*b.children] and a.aux == b.aux
    same = same and (a.form != "sequence" or a.build is b.build)
    return same and all(map(alike, a.children.values(), b.children.values()))
