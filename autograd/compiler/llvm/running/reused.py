"""Large arrays whose memory is used again.

The system clears every page that it gives a process: for results of a million samples that takes as
long as computing them. So the memory of the last large array that nobody holds any more is kept for the
next one, and goes back to the system with the process or when a larger one takes its place.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

LARGE = 1 << 22
"""Bytes of an array that is worth it: 4 MB. Smaller ones the C library uses again itself."""
MOST = 1 << 26
"""Bytes that are kept at most: 64 MB."""
LINE = 64
"""Bytes of a line of the cache, and of the widest vector."""
_kept: list[Any] = []


class _Lent:
    """Who an array belongs to: it gives the memory back when no array needs it."""

    def __init__(self, memory: Any) -> None:
        self.memory = memory
        self.__array_interface__ = memory.__array_interface__

    def __del__(self) -> None:
        if len(self.memory) <= MOST:
            _kept[:] = [self.memory]


def empty(shape: Any, dtype: Any) -> Any:
    """An array of any values, of a shape and a dtype as NumPy's ``empty`` takes them.

    A large one begins where a line of the cache does: what is written across two lines takes twice.
    """
    size = dtype.itemsize * (math.prod(shape) if isinstance(shape, tuple) else shape)
    if size < LARGE:
        return np.empty(shape, dtype)
    room = size + LINE
    try:
        memory = _kept.pop()
    except IndexError:
        memory = np.empty(room, np.uint8)
    if not room <= len(memory) <= 2 * room:
        memory = np.empty(room, np.uint8)
    first = -memory.ctypes.data % LINE
    return np.asarray(_Lent(memory))[first : first + size].view(dtype).reshape(shape)


def in_lines(shape: Any, dtype: Any) -> Any:
    """The same, but a small one begins where a line of the cache does as well."""
    count = math.prod(shape) if isinstance(shape, tuple) else shape
    numbers = empty(count + LINE // dtype.itemsize, dtype)
    first = -numbers.ctypes.data % LINE // dtype.itemsize
    return numbers[first : first + count].reshape(shape)
