"""A schedule: kernels and copies between them, to be done step after step in one call of machine code.

`stepping` does them. A schedule is a table, an entry of which is `WIDTH` integers:

    COPY    to, its step, from, its step, bytes          addresses move by their steps, in bytes
    POINT   to, array, starts                            writes the address of ``array[starts[k]]``
    CALL    kernel, n, starts, and what a kernel is given (see `kernel`)

Of step k, ``starts[k]`` to ``starts[k + 1]`` are the places in an array's rows that make its
mini-batch; a kernel gets so many samples, or always n where starts is 0, and reads them where they
are, by their rows. A kernel that saw a watched nan ends the run at once: the steps before it are
done, its own has changed nothing that is carried.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...programs.elements import Element
from .memory import Memory

COPY, POINT, CALL = range(3)
WIDTH = 10


class Changing:
    """An array that is another one at every run of a schedule."""

    __slots__ = ("array",)
    array: Any


class Gathered(Changing):
    """An array of which every step reads some rows."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows = Changing()


Place = Any
"""An array, or a `Changing` one."""


class Schedule:
    """The entries of a step; what an array stands for in them is its address."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.entries: list[list[Any]] = []
        self._in_use: list[Any] = []  # what entries have addresses of
        self._table: Any = None

    def copy(self, to: Place, source: Place, count: int, to_step: int = 0, step: int = 0) -> None:
        """So many numbers from an array to another, which move by steps in numbers."""
        each = self.element.bytes
        self._add(COPY, to, each * to_step, source, each * step, each * count)

    def call(self, kernel: Any, arrays: Sequence[Place], n: int, starts: Place) -> Any:
        """An LLVM kernel, of n samples, or of mini-batches of at most n; answers its memory."""
        count = len(arrays)
        by_rows = any(isinstance(x, Gathered) for x in arrays)
        variant = kernel.fitted(n, count if by_rows else 0)
        memory = Memory(variant.layout, variant.shape, n)
        pointers, in_order = np.zeros(2 * count, np.uint64), np.arange(n)
        for k, x in enumerate(arrays):
            rows = (x.rows, starts) if isinstance(x, Gathered) else (in_order, 0)
            self._add(POINT, pointers[k:], x, 0)
            self._add(POINT, pointers[count + k :], *rows)
        self._add(CALL, variant.address, n, starts, pointers, *memory.addresses, memory.stride)
        self._in_use += [variant, memory]
        return memory

    def _add(self, *entry: Any) -> None:
        self.entries.append([*entry, *[0] * (WIDTH - len(entry))])

    def table(self) -> Any:
        """The entries as integers, with the addresses that changing arrays have now."""
        if self._table is None:
            self._changing = [
                (i, j, x)
                for i, entry in enumerate(self.entries)
                for j, x in enumerate(entry)
                if isinstance(x, Changing)
            ]
            integers = [[*map(_integer, entry)] for entry in self.entries]
            self._table = np.array(integers, np.int64).reshape(-1, WIDTH)
        for i, j, x in self._changing:
            self._table[i, j] = x.array.ctypes.data
        return self._table


def _integer(x: Any) -> int:
    if isinstance(x, Changing):
        return 0
    return x if isinstance(x, int) else int(x.ctypes.data)
