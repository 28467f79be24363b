"""Placeholders: what a step of `scan` is called with while it is traced.

A placeholder has a shape, and the memory in which machine code will find its numbers at every step. It
computes nothing: functions that `jit` made take placeholders, and answer placeholders.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ...errors import TransformError


def _no_arithmetic(self: Placeholder, *_: Any, **__: Any) -> Any:
    raise TransformError(
        f"a step of scan hands {self!r} to functions that jit made, and computes nothing with it "
        f"itself: put the arithmetic into a function of its own, under jit"
    )


class Placeholder:
    """Stands for an array, or for one number (shape ()).

    ``memory`` is a flat array of as many numbers, or more. ``starts`` says, of samples of a mini-batch,
    how many there are at each step (see `llvm.running.schedule`); ``source`` is, of what a step is
    given of xs, where it is copied from.
    """

    __slots__ = ("memory", "shape", "source", "starts")

    def __init__(
        self, memory: Any, shape: tuple[int, ...], starts: Any = None, source: Any = None
    ) -> None:
        self.memory, self.shape, self.starts, self.source = memory, shape, starts, source

    def __repr__(self) -> str:
        return f"<a place of shape {self.shape} in a step of scan>"

    __array_ufunc__ = __array_function__ = _no_arithmetic
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _no_arithmetic
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = __matmul__ = _no_arithmetic
    __getitem__ = __iter__ = __len__ = __bool__ = __float__ = __int__ = _no_arithmetic
    __lt__ = __le__ = __gt__ = __ge__ = _no_arithmetic


tracing: ContextVar[Any] = ContextVar("tracing", default=None)
"""The tracer of the step that is being traced, or None."""
