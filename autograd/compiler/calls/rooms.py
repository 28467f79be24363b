"""Rooms: what a step of `scan` is called with while it is looked at, places that will hold numbers.

A room has a shape, and memory in which machine code finds its numbers at every step. It computes
nothing: functions that `jit` made take rooms, and answer rooms.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from ...errors import TransformError


def _no_arithmetic(self: Room, *_: Any, **__: Any) -> Any:
    raise TransformError(
        f"a step of scan hands {self!r} to functions that jit made, and computes nothing with it "
        f"itself: put the arithmetic into a function of its own, under jit"
    )


class Room:
    """A place for an array, or for one number (shape ()), and the memory that is behind it."""

    __slots__ = ("batch", "memory", "shape", "source")

    def __init__(self, memory: Any, shape: tuple[int, ...], batch: Any = None) -> None:
        self.memory, self.shape = memory, shape  # a flat array of as many numbers, or more
        self.batch = batch  # of a mini-batch: where its lengths stand
        self.source: Any = None  # of what a step is given: where it comes from

    def __repr__(self) -> str:
        return f"<a place of shape {self.shape} in a step of scan>"

    __array_ufunc__ = __array_function__ = _no_arithmetic
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _no_arithmetic
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = __matmul__ = _no_arithmetic
    __getitem__ = __iter__ = __len__ = __bool__ = __float__ = __int__ = _no_arithmetic
    __lt__ = __le__ = __gt__ = __ge__ = _no_arithmetic


watching: ContextVar[Any] = ContextVar("watching", default=None)
"""What notes the calls of the step that is looked at now, or None."""
