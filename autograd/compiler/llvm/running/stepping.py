"""What does a schedule (see `schedule`), step after step: one function for all of them.

It reads a table, entry by entry, and copies, points at rows or calls a kernel as they say.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any

from ..machine import cache
from ..machine.loading import Loaded
from ..machine.target import host
from ..text.ir import Code, Text
from .schedule import CALL, COPY, POINT, WIDTH


def schedule_text() -> Text:
    """``i64 run(i64 steps, i64 entries, ptr table)``, which answers how many steps were done."""
    code = Code()

    def entry(k: Text, i: Text) -> None:
        row = code.place("i64", "%table", code.new(f"mul i64 {i}, {WIDTH}"))
        for kind, write in ((COPY, _copy), (POINT, _point), (CALL, _call)):
            chosen = code.new(f"icmp eq i64 {code.item('i64', row, 0)}, {kind}")
            code.when(chosen, functools.partial(write, code, row, k))

    code.repeat("%steps", lambda k: code.repeat("%entries", functools.partial(entry, k)))
    code.do("ret i64 %steps")
    memcpy = "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"
    return f"{memcpy}\n{code.text('i64 @run(i64 %steps, i64 %entries, ptr %table) nounwind')}\n"


def _memcpy(code: Code, to: Text, source: Text, size: Text) -> None:
    code.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {to}, ptr {source}, i64 {size}, i1 false)")


def _copy(code: Code, row: Text, k: Text) -> None:
    def moved(first: int) -> Text:
        by = code.new(f"mul i64 {k}, {code.item('i64', row, first + 1)}")
        return code.place("i8", code.item("ptr", row, first), by)

    _memcpy(code, moved(1), moved(3), code.item("i64", row, 5))


def _point(code: Code, row: Text, k: Text) -> None:
    starts = code.item("ptr", row, 3)

    def start() -> list[Text]:
        return [code.new(f"shl i64 {_span(code, starts, k)[0]}, 3")]

    (by,) = code.when(code.new(f"icmp ne ptr {starts}, null"), start, [("i64", "0")])
    place = code.place("i8", code.item("ptr", row, 2), by)
    code.do(f"store ptr {place}, ptr {code.item('ptr', row, 1)}, align 8")


def _span(code: Code, starts: Text, k: Text) -> tuple[Text, Text]:
    """Where a mini-batch starts in the rows, and how many it has."""
    place = code.place("i64", starts, k)
    start, end = (code.item("i64", place, j) for j in (0, 1))
    return start, code.new(f"sub i64 {end}, {start}")


def _call(code: Code, row: Text, k: Text) -> None:
    starts = code.item("ptr", row, 3)
    varies = code.new(f"icmp ne ptr {starts}, null")
    n = code.item("i64", row, 2)
    (n,) = code.when(varies, lambda: [_span(code, starts, k)[1]], [("i64", n)])
    memory = ", ".join(f"ptr {code.item('ptr', row, j)}" for j in range(4, 9))
    kernel = code.item("ptr", row, 1)
    seen = code.new(f"call i64 {kernel}(i64 {n}, {memory}, i64 {code.item('i64', row, 9)})")
    stop, onwards = code.label(), code.label()
    code.do(f"br i1 {code.new(f'icmp ne i64 {seen}, 0')}, label %{stop}, label %{onwards}")
    code.enter(stop)
    code.do(f"ret i64 {k}")
    code.enter(onwards)


@functools.cache
def _function() -> Any:
    loaded = Loaded(cache.of_text(host(), "schedule", schedule_text, level=0), [])
    return loaded.function("run", *[ctypes.c_int64] * 3, ctypes.c_void_p)


def run(table: Any, steps: int) -> int:
    """Do so many steps; answers how many were done before a watched nan."""
    if not (steps and len(table)):
        return steps
    done: int = _function()(steps, len(table), table.ctypes.data)
    return done
