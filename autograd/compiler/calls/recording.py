"""A recording: the function run once on recording numbers, and what it left behind.

It serves all calls of one structure: see `Recorder.guards` for the shapes.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from inspect import Parameter
from typing import Any

import numpy as np

from ...errors import RecordingError
from ...tools.anomaly import users_line
from ...transforms.pytree import Treedef
from ..recording import kind as _kind  # noqa: F401  (registers the recording numbers)
from ..recording.recorder import SAMPLES, Recorder
from ..rolling.check import check
from ..source.text import Labels
from .signature import Arguments, Results, fits, recorded_arguments

POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class Recording:
    """A function as a program, for arguments of one structure."""

    def __init__(self, f: Callable[..., Any], arguments: Arguments, masked: bool) -> None:
        recorder = Recorder(masked, arguments.shapes)
        args, kwargs = recorded_arguments(arguments, recorder)
        dtype, name = arguments.element.dtype, getattr(f, "__name__", repr(f))
        try:
            self.results = Results(f(*args, **kwargs), recorder, name, dtype)
        except Exception as error:
            _add_place(error, name)
            raise
        self.treedef, self.numbers = arguments.treedef, arguments.numbers
        _alike(self.treedef, self.treedef)  # what objects are besides their parts is that of now
        self.guards = recorder.guards()
        self.labels = _labels(f, arguments, recorder)
        self.captured = [np.asarray(x, dtype) for x in recorder.captured.values()]
        self.length = recorder.samples.length or 0  # of the samples, when it was recorded
        recorder.program.outputs = self.results.outputs
        self.program = recorder.program
        self.program.close()
        check(self.program)

    def serves(self, arguments: Arguments) -> bool:
        """Whether these arguments are of its structure and shapes."""
        if arguments.numbers != self.numbers or not fits(self.guards, arguments.shapes):
            return False
        return _alike(arguments.treedef, self.treedef)

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


def _add_place(error: Exception, name: str) -> None:
    """To an error that says nothing of jit, what jit has to do with it, and the user's line."""
    if isinstance(error, RecordingError):
        return
    *_, (last, _) = traceback.walk_tb(error.__traceback__)
    place = users_line(last)
    at = f" ({place[0]}, line {place[1]})" if place else ""
    error.add_note(
        f"jit was recording {name}{at}, on numbers that have no value yet: Python runs once for all "
        f"inputs; where(condition, x, y) chooses"
    )


def _alike(a: Treedef, b: Treedef) -> bool:
    """Whether two trees are of one form, with the keys of dicts in one order, of one type where a list
    and a tuple are one form, and of objects that are equal besides their parts.
    """
    if a is b and a.form is None:  # leaves, of which there is one
        return True
    same = a.form == b.form and [*a.children] == [*b.children] and a.aux == b.aux
    same = same and (a.form != "sequence" or a.build is b.build)
    return same and all(map(_alike, a.children.values(), b.children.values()))


def _labels(f: Callable[..., Any], arguments: Arguments, recorder: Recorder) -> Labels:
    """The argument arrays by the names of the function's parameters."""
    args, kwargs = arguments.treedef.children.values()
    named = [*zip(_parameters(f, len(args.children)), args.children.values(), strict=True)]
    named += [(step[2:-2], child) for step, child in kwargs.children.items()]
    places = [path for name, child in named for path in child.paths(name)]
    if arguments.are_packed:
        pairs = zip(places, arguments.numbers, strict=True)
        places = ["numbers", *(path for path, is_number in pairs if not is_number)]
    held = [f"constant{k}" for k in range(len(recorder.captured))]
    shapes = [
        shape[1:] if recorder.samples_in(k) else shape for k, shape in enumerate(arguments.shapes)
    ]
    return Labels([*places, *held], [*shapes, *[()] * len(held)])


def _parameters(f: Callable[..., Any], count: int) -> list[str]:
    """Names of so many positional arguments."""
    try:
        names = [
            name for name, p in inspect.signature(f).parameters.items() if p.kind in POSITIONAL
        ]
    except (TypeError, ValueError):  # a builtin that does not tell
        names = []
    return [*names, *(f"arg{k}" for k in range(len(names), count))][:count]
