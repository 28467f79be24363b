"""A recording: what calls have to know of a function that was run once on recording numbers.

It serves all calls of one structure: see `Recorder.guards` for the shapes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ...transforms.pytree import Treedef
from ..programs.program import SAMPLES
from .arguments import Arguments, Results, fits


class Recording(NamedTuple):
    """What a program is called with, and what its outputs are."""

    treedef: Treedef  # of the arguments
    numbers: tuple[bool, ...]  # of their leaves, see `Arguments`
    variables: tuple[int, ...]
    guards: list[tuple[int, ...]]
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
        """How many samples there are if no argument tells: those of an array whose shape is fixed, or
        that the function closes over.
        """
        return SAMPLES if any(guard[:1] == (SAMPLES,) for guard in self.guards) else self.length

    def samples(self, arguments: Arguments) -> int:
        """How many samples the arguments hold."""
        pairs = zip(self.guards, arguments.arrays, strict=True)
        free = (len(x) for guard, x in pairs if guard[:1] == (SAMPLES,))
        return next(free, self.length)


def alike(a: Treedef, b: Treedef) -> bool:
    """Whether two trees are of one form, with the keys of dicts in one order, of one type where a list
    and a tuple are one form, and of objects that are equal besides their parts.
    """
    if a is b and a.form is None:  # leaves, of which there is one
        return True
    same = a.form == b.form and [*a.children] == [*b.children] and a.aux == b.aux
    same = same and (a.form != "sequence" or a.build is b.build)
    return same and all(map(alike, a.children.values(), b.children.values()))
