"""The compiled function: which program serves a call, and the kernel that runs it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

from .passes import with_dots, with_stored_conditions
from .program import Program
from .recording import Recording
from .roll import roll
from .rolled import Rolled
from .rooms import watching
from .shortcut import shortcut
from .signature import Arguments, arguments_of


def _llvm(rolled: Rolled, arrays: int) -> Any:
    from .llvm.backend import build

    return build(rolled, arrays)


BACKENDS: dict[str, Callable[[Rolled, int], Any]] = {"llvm": _llvm}
"""What makes a kernel of a rolled program, by name."""


def best() -> str:
    """The fastest backend that is installed."""
    return "llvm" if find_spec("llvmlite") else "numpy"


class Compiled:
    """A recording and its kernel; where a watched number is nan, the masked program's."""

    def __init__(
        self, f: Callable[..., Any], arguments: Arguments, backend: str, masked: bool = False
    ) -> None:
        self.f, self.backend = f, backend
        self.recording = Recording(f, arguments, masked)
        self.rolled = roll(with_dots(with_stored_conditions(self.recording.program)))
        self.arrays = len(arguments.arrays) + len(self.recording.captured)
        self.kernel = BACKENDS[backend](self.rolled, self.arrays)
        self.masked: Compiled | None = None

    def __call__(self, arguments: Arguments) -> Any:
        """The function's answer."""
        recording = self.recording
        n = recording.samples(arguments)
        outputs, seen = self.kernel.run_watching([*arguments.arrays, *recording.captured], n)
        if not seen:
            return recording.results.answer(outputs, n)
        if self.masked is None:
            self.masked = Compiled(self.f, arguments, self.backend, masked=True)
        return self.masked(arguments)


class Jitted:
    """What `jit` answers: the function, compiled when it is called.

    Each has a class of its own, whose ``__call__`` becomes the fastest way to call its last program:
    the interpreter then goes there at once.
    """

    def __new__(cls, *_: Any) -> Jitted:
        """An object of a new class."""
        return object.__new__(type(cls.__name__, (cls,), {"__module__": cls.__module__}))

    def __init__(self, f: Callable[..., Any], backend: str) -> None:
        functools.update_wrapper(self, f)
        self.f, self.backend = f, backend
        self._compiled: list[Compiled] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function's answer, computed by its program: the long way, for any arguments."""
        arguments = arguments_of(args, kwargs)
        if arguments is None:
            scan = watching.get()
            return scan.call(self, args, kwargs) if scan else self.f(*args, **kwargs)
        known = len(self._compiled)
        compiled = self.compiled_for(arguments)
        if len(self._compiled) > known and self.backend == "llvm":
            self._shorten(compiled, arguments)
        return compiled(arguments)

    def compiled_for(self, arguments: Arguments) -> Compiled:
        """The program that serves such arguments."""
        for compiled in self._compiled:
            if compiled.recording.serves(arguments):
                return compiled
        self._compiled.append(Compiled(self.f, arguments, self.backend))
        return self._compiled[-1]

    def _shorten(self, compiled: Compiled, arguments: Arguments) -> None:
        """Let calls of this form go to the program at once."""
        slow = partial(Jitted.__call__, self)
        found = shortcut(compiled.recording, compiled.rolled, compiled.kernel, arguments, slow)
        if found:
            type(self).__call__ = staticmethod(found)  # type: ignore[method-assign, assignment]

    def program(self, *args: Any, **kwargs: Any) -> Program:
        """The flat program for such arguments."""
        arguments = arguments_of(args, kwargs)
        assert arguments is not None
        return self.compiled_for(arguments).recording.program
