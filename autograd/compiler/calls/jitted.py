"""The compiled function: it finds the program that serves a call, or makes one, and runs it.

By the long way a call takes the arguments apart, finds the program for their structure and shapes, or
records one, and runs it. At the second such call a function that does only what such arguments need
takes the place of ``__call__`` (`shortcut`; at the first call, if all arguments are floats). Arguments
that it does not know go the long way again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from types import MethodType
from typing import TYPE_CHECKING, Any, Self

from ...errors import TransformError
from ..programs.elements import Element
from ..scanning.placeholders import tracing
from .arguments import Arguments, arguments_of
from .compiled import Compiled
from .shortcut import bound, of_floats, shortcut

if TYPE_CHECKING:
    from .listing import Listing, Stats

LINKS = 8
"""Shortcuts that are linked in a chain: each hands what it does not know to the one before."""


class Jitted:
    """What `jit` answers: the function, compiled when it is called.

    Each has a class of its own, so that its ``__call__`` can be replaced by the shortcut to its last
    program: the interpreter then goes there directly. As functions are, it is a method in a class, and
    is copied and pickled by its name.
    """

    def __new__(cls, *_: Any) -> Self:
        """An object of a new class."""
        return object.__new__(type(cls.__name__, (cls,), {"__module__": cls.__module__}))

    def __init__(self, f: Callable[..., Any], backend: str, element: Element, threads: int) -> None:
        functools.update_wrapper(self, f)
        self.f, self.backend, self.element, self.threads = f, backend, element, threads
        self._compiled: list[Compiled] = []
        self._links = 0  # shortcuts in the chain

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function's answer, computed by its program: the long way, for any arguments."""
        arguments = arguments_of(args, kwargs, self.element)
        if arguments is None:
            tracer = tracing.get()
            return tracer.call(self, args, kwargs) if tracer else self.f(*args, **kwargs)
        compiled = self.compiled_for(arguments)
        if self.backend == "llvm" and self._shorten(compiled, arguments):
            return self(*args, **kwargs)  # by the shortcut: the long way need not be compiled too
        return compiled(arguments)

    def __repr__(self) -> str:
        return f"<{getattr(self.f, '__name__', self.f)}, compiled by {self.backend!r}>"

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> str:
        return getattr(self, "__qualname__", repr(self.f))

    def bind(self, *args: Any, **kwargs: Any) -> Callable[[], Any]:
        """The function of no arguments that runs the program on these again and again.

        Nothing is checked or allocated any more: arrays of the program's dtype in C's order are read
        where they are, so that what is written into them counts, and arrays of the answer are the
        same at every call, with new numbers (but for truths). Other arrays, and single numbers, are
        those of now.

        >>> import numpy as np
        >>> from autograd import grad, jit
        >>> x = np.array([1.0, 2.0])
        >>> slope = jit(grad(lambda x: x[0] * x[1])).bind(x)
        >>> slope().tolist()
        [2.0, 1.0]
        >>> x[0] = 5.0
        >>> slope().tolist()
        [2.0, 5.0]
        """
        arguments = self._arguments(args, kwargs)
        compiled = self.compiled_for(arguments)
        compiled.run(arguments)  # so that its kernel is made
        run = partial(compiled, arguments)
        if self.backend != "llvm":
            return run
        return bound(compiled, arguments, run)

    def _arguments(self, args: Any, kwargs: Any) -> Arguments:
        arguments = arguments_of(args, kwargs, self.element)
        if arguments is None:
            raise TransformError(
                "a call with Values runs the function itself, which has no program"
            )
        return arguments

    def program(self, *args: Any, **kwargs: Any) -> Listing:
        """What is run for such arguments, to read: three-address code, with loops as loops."""
        return self.compiled_for(self._arguments(args, kwargs)).listing

    @property
    def stats(self) -> Stats:
        """How much the last program is, what each pass left of it, and what each stage took."""
        return self._last().stats

    @property
    def source(self) -> str:
        """What the backend wrote for the last program: Python's source, or LLVM's."""
        text: str = self._last().kernel.source
        return text

    def _last(self) -> Compiled:
        if not self._compiled:
            raise TransformError(f"{self!r} has no program yet: one is made when it is called")
        return self._compiled[-1]

    def compiled_for(self, arguments: Arguments) -> Compiled:
        """The program that serves such arguments."""
        for compiled in self._compiled:
            if compiled.interface.serves(arguments):
                return compiled
        token = tracing.set(None)  # what the function calls is no step of a scan
        try:
            self._compiled.append(Compiled(self.f, arguments, self.backend, self.threads))
        finally:
            tracing.reset(token)
        return self._compiled[-1]

    def _shorten(self, compiled: Compiled, arguments: Arguments) -> bool:
        """Put a shortcut to a program in the place of ``__call__``, if it is time and there is one.
        What it refuses goes to the shortcut before it, and at last the long way.
        """
        compiled.calls += 1
        make = {1: of_floats, 2: shortcut}.get(compiled.calls)  # which costs time: not for one call
        if make is None or compiled.is_short:
            return False
        self._links %= LINKS  # a chain that is full begins anew, with the long way
        slow = type(self).__call__ if self._links else partial(Jitted.__call__, self)
        found = make(compiled, arguments, slow)
        if found:
            compiled.is_short = True
            type(self).__call__ = staticmethod(found)  # type: ignore[method-assign]
            self._links += 1
        return bool(found)


def best() -> str:
    """The fastest backend that is installed."""
    return "llvm" if find_spec("llvmlite") else "numpy"
