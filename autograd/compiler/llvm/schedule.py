"""A schedule: kernels and copies between them, done step after step in one call of machine code.

The code is one for all schedules. It reads a table, an entry of which is `WIDTH` integers:

    COPY    to, its step, from, its step, bytes          addresses move by their steps, in bytes
    GATHER  to, from, bytes of a row, rows, starts       the rows of a mini-batch, one by one
    CALL    kernel, n, starts, and what a kernel is given (see `kernel`)

Of step k, ``starts[k]`` to ``starts[k + 1]`` are the places in ``rows`` that make its mini-batch; a
kernel gets so many samples, or always n where starts is 0. A kernel that saw a watched nan ends the
run at once: the steps before it are done, its own has changed nothing that is carried.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import cache
from .backend import LLVMKernel
from .ir import Code, Text
from .memory import Memory
from .target import Loaded, host

COPY, GATHER, CALL = range(3)
WIDTH = 10
SHORT = 64  # bytes of a row


def schedule_text() -> Text:
    """``i64 run(i64 steps, i64 entries, ptr table)``, which answers how many steps were done."""
    code = Code()

    def entry(k: Text, i: Text) -> None:
        row = code.new(f"getelementptr i64, ptr %table, i64 {code.new(f'mul i64 {i}, {WIDTH}')}")
        for kind, write in ((COPY, _copy), (GATHER, _gather), (CALL, _call)):
            chosen = code.new(f"icmp eq i64 {_field(code, row, 0)}, {kind}")

            def then(write: Any = write) -> list[Text]:
                write(code, row, k)
                return []

            code.when(chosen, then)

    code.repeat("%steps", lambda k: code.repeat("%entries", functools.partial(entry, k)))
    code.do("ret i64 %steps")
    memcpy = "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"
    return f"{memcpy}\n{code.text('i64 @run(i64 %steps, i64 %entries, ptr %table) nounwind')}\n"


def _field(code: Code, row: Text, k: int, kind: Text = "i64") -> Text:
    place = code.new(f"getelementptr i64, ptr {row}, i64 {k}")
    return code.new(f"load {kind}, ptr {place}, align 8")


def _memcpy(code: Code, to: Text, source: Text, size: Text) -> None:
    code.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {to}, ptr {source}, i64 {size}, i1 false)")


def _byte(code: Code, place: Text, by: Text) -> Text:
    return code.new(f"getelementptr i8, ptr {place}, i64 {by}")


def _copy(code: Code, row: Text, k: Text) -> None:
    def moved(first: int) -> Text:
        by = code.new(f"mul i64 {k}, {_field(code, row, first + 1)}")
        return _byte(code, _field(code, row, first, "ptr"), by)

    _memcpy(code, moved(1), moved(3), _field(code, row, 5))


def _gather(code: Code, row: Text, k: Text) -> None:
    size, rows = _field(code, row, 3), _field(code, row, 4, "ptr")
    to, source = _field(code, row, 1, "ptr"), _field(code, row, 2, "ptr")
    start, count = _span(code, _field(code, row, 5, "ptr"), k)

    def one(j: Text) -> None:
        place = code.new(f"getelementptr i64, ptr {rows}, i64 {code.new(f'add i64 {start}, {j}')}")
        at = code.new(f"mul i64 {code.new(f'load i64, ptr {place}, align 8')}, {size}")
        there = code.new(f"mul i64 {j}, {size}")
        _copy_row(code, _byte(code, to, there), _byte(code, source, at), size)

    def every() -> list[Text]:
        code.repeat(count, one)
        return []

    code.when(code.new(f"icmp sgt i64 {count}, 0"), every)


def _copy_row(code: Code, to: Text, source: Text, size: Text) -> None:
    """A row, number by number where a call would take longer."""
    short = code.new(f"icmp ult i64 {code.new(f'sub i64 {size}, 1')}, {SHORT}")  # and not 0

    def number(k: Text) -> None:
        x = code.new(f"load i64, ptr {_byte(code, source, k)}, align 8")
        code.do(f"store i64 {x}, ptr {_byte(code, to, k)}, align 8")

    def numbers() -> list[Text]:
        code.repeat(size, number, step=8)
        return []

    def whole() -> list[Text]:
        _memcpy(code, to, source, size)
        return []

    code.when(short, numbers)
    code.when(code.new(f"xor i1 {short}, true"), whole)


def _span(code: Code, starts: Text, k: Text) -> tuple[Text, Text]:
    """Where a mini-batch starts in the rows, and how many it has."""
    place = code.new(f"getelementptr i64, ptr {starts}, i64 {k}")
    start = code.new(f"load i64, ptr {place}, align 8")
    end = _field(code, place, 1)
    return start, code.new(f"sub i64 {end}, {start}")


def _call(code: Code, row: Text, k: Text) -> None:
    starts = _field(code, row, 3, "ptr")
    varies = code.new(f"icmp ne ptr {starts}, null")
    n = _field(code, row, 2)
    (n,) = code.when(varies, lambda: [_span(code, starts, k)[1]], [("i64", n)])
    memory = ", ".join(f"ptr {_field(code, row, j, 'ptr')}" for j in range(4, 9))
    kernel = _field(code, row, 1, "ptr")
    seen = code.new(f"call i64 {kernel}(i64 {n}, {memory}, i64 {_field(code, row, 9)})")
    stop, onwards = code.label(), code.label()
    code.do(f"br i1 {code.new(f'icmp ne i64 {seen}, 0')}, label %{stop}, label %{onwards}")
    code.enter(stop)
    code.do(f"ret i64 {k}")
    code.enter(onwards)


@functools.cache
def _loaded() -> Loaded:
    return Loaded(cache.compiled(host(), schedule_text()), [])


@functools.cache
def _run() -> Any:
    arguments = ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p
    return _loaded().function("run", ctypes.c_int64, *arguments)


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

    def call(self, kernel: LLVMKernel, arrays: Sequence[Any], n: int, starts: Place) -> Memory:
        """A kernel, of n samples; or of mini-batches of at most n, where they start."""
        compiled = kernel.compiled(n)
        memory = Memory(compiled.layout, compiled.shape, n)
        table = np.array([x.ctypes.data for x in arrays], np.uint64)
        # what comes last is read by nobody: it lives as long as its address is in use
        kept = (table, compiled, *arrays, *memory.rooms)
        self._add(CALL, compiled.address, n, starts, table, *memory.addresses, memory.stride, kept)
        return memory

    def _add(self, *entry: Any) -> None:
        self.entries.append([*entry, *[0] * (WIDTH - len(entry))])

    def run(self, steps: int) -> int:
        """Do so many steps; answers how many were done before a watched nan."""
        if not (steps and self.entries):
            return steps
        table = np.array([[*map(_integer, entry[:WIDTH])] for entry in self.entries], np.int64)
        done: int = _run()(steps, len(table), table.ctypes.data)
        return done


def _integer(x: Any) -> int:
    if isinstance(x, int):
        return x
    return int((x.array if isinstance(x, Changing) else x).ctypes.data)
