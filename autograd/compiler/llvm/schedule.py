"""What does a schedule (`compiler.schedule`), step after step: one function for all of them.

It reads a table, entry by entry, and copies, gathers rows or calls a kernel as they say.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any

from ..rolling.schedule import CALL, COPY, GATHER, WIDTH
from . import cache
from .ir import Code, Text
from .target import Loaded, host

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
    return Loaded(cache.of_text(host(), "schedule", schedule_text), [])


@functools.cache
def _function() -> Any:
    arguments = ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p
    return _loaded().function("run", ctypes.c_int64, *arguments)


def run(table: Any, steps: int) -> int:
    """Do so many steps; answers how many were done before a watched nan."""
    if not (steps and len(table)):
        return steps
    done: int = _function()(steps, len(table), table.ctypes.data)
    return done
