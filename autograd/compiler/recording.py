"""A recording: the function run once on recording numbers, and what it left behind.

It serves all calls of one structure: see `Recorder.guards` for the shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import kind as _kind  # noqa: F401  (registers the recording numbers)
from .containers import OtherFormError, is_plain, unpacker
from .passes import without_dead_code
from .program import check
from .recorder import SAMPLES, Recorder
from .signature import Arguments, Results, fits, recorded_arguments


class Recording:
    """A function as a program, for arguments of one structure."""

    def __init__(self, f: Callable[..., Any], arguments: Arguments, masked: bool) -> None:
        recorder = Recorder(masked, arguments.shapes)
        args, kwargs = recorded_arguments(arguments, recorder)
        self.results = Results(f(*args, **kwargs), recorder, getattr(f, "__name__", repr(f)))
        self.treedef, self.numbers = arguments.treedef, arguments.numbers
        self._leaves = unpacker(arguments.tree) if is_plain(arguments.tree) else None
        self.guards = recorder.guards()
        self.captured = [*recorder.captured.values()]
        self.length = recorder.samples.length or 0  # of the samples, when it was recorded
        recorder.program.outputs = self.results.outputs
        self.program = without_dead_code(recorder.program)
        check(self.program)

    def serves(self, arguments: Arguments) -> bool:
        """Whether these arguments are of its structure and shapes."""
        if arguments.numbers != self.numbers or not fits(self.guards, arguments.shapes):
            return False
        if self._leaves is None:
            return arguments.treedef == self.treedef
        try:
            self._leaves(arguments.tree)
        except OtherFormError:
            return False
        return True

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
