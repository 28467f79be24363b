"""A schedule: kernels and copies between them, to be done step after step in one call of machine code.

It is a table, an entry of which is `WIDTH` integers:

    COPY    to, its step, from, its step, bytes          addresses move by their steps, in bytes
    GATHER  to, from, bytes of a row, rows, starts       the rows of a mini-batch, one by one
    CALL    kernel, n, starts, and what a kernel is given (see `kernel`)

Of step k, ``starts[k]`` to ``starts[k + 1]`` are the places in ``rows`` that make its mini-batch; a
kernel gets so many samples, or always n where starts is 0. A kernel that saw a watched nan ends the
run at once: the steps before it are done, its own has changed nothing that is carried.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

COPY, GATHER, CALL = range(3)
WIDTH = 10


class Changing:
    """An array that is another one at every run of a schedule."""

    __slots__ = ("array",)
    array: Any


Place = Any
"""An array, or a `Changing` one."""


class Schedule:
    """The entries of a step; what an array stands for in them is its address."""

    def __init__(self) -> None:
        self.entries: list[list[Any]] = []

    def copy(self, to: Place, source: Place, count: int, to_step: int = 0, step: int = 0) -> None:
        """So many numbers from an array to another, which move by steps in numbers."""
        self._add(COPY, to, 8 * to_step, source, 8 * step, 8 * count)

    def gather(self, to: Place, source: Place, row: int, rows: Place, starts: Place) -> None:
        """A mini-batch of rows of so many numbers."""
        self._add(GATHER, to, source, 8 * row, rows, starts)

    def call(self, kernel: Any, arrays: Sequence[Any], n: int, starts: Place) -> Any:
        """An LLVM kernel, of n samples, or of mini-batches of at most n; answers its memory."""
        from ..llvm.memory import Memory

        compiled = kernel.fitted(n)
        memory = Memory(compiled.layout, compiled.shape, n)
        table = np.array([x.ctypes.data for x in arrays], np.uint64)
        # what comes last is read by nobody: it lives as long as its address is in use
        kept = (table, compiled, *arrays, *memory.rooms)
        self._add(CALL, compiled.address, n, starts, table, *memory.addresses, memory.stride, kept)
        return memory

    def _add(self, *entry: Any) -> None:
        self.entries.append([*entry, *[0] * (WIDTH - len(entry))])

    def table(self) -> Any:
        """The entries as integers."""
        rows = [[*map(_integer, entry[:WIDTH])] for entry in self.entries]
        return np.array(rows, np.int64).reshape(-1, WIDTH)


def _integer(x: Any) -> int:
    if isinstance(x, int):
        return x
    return int((x.array if isinstance(x, Changing) else x).ctypes.data)
