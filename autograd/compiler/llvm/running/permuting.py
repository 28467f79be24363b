"""Random orders by machine code: what `shuffle` does in Python, bit for bit."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...shuffle import FIRST, GOLDEN, SECOND
from ..machine import cache
from ..machine.loading import Loaded
from ..machine.target import host
from ..text.ir import Code, Text


def permuting_text() -> Text:
    """``void permute(i64 n, i64 count, ptr seeds, ptr orders)``."""
    code = Code()

    def one(row: Text) -> None:
        seed = code.item("i64", "%seeds", row)
        order = code.place("i64", "%orders", code.new(f"mul i64 {row}, %n"))

        def number(i: Text, state: list[Text]) -> list[Text]:
            state = [code.new(f"add i64 {state[0]}, {GOLDEN}")]
            count = code.new(f"add i64 {i}, 1")
            upper = code.new(f"lshr i64 {_mixed(code, state[0])}, 32")
            place = code.new(f"lshr i64 {code.new(f'mul i64 {upper}, {count}')}, 32")
            there, here = (code.place("i64", order, k) for k in (place, i))
            code.do(f"store i64 {i}, ptr {here}, align 8")  # so that a place may be i itself
            code.do(f"store i64 {code.new(f'load i64, ptr {there}, align 8')}, ptr {here}, align 8")
            code.do(f"store i64 {i}, ptr {there}, align 8")
            return state

        code.loop("%n", number, [("i64", seed)])

    code.repeat("%count", one)
    code.do("ret void")
    return code.text("void @permute(i64 %n, i64 %count, ptr %seeds, ptr %orders) nounwind") + "\n"


def _mixed(code: Code, z: Text) -> Text:
    for shift, factor in ((30, FIRST), (27, SECOND)):
        z = code.new(f"xor i64 {z}, {code.new(f'lshr i64 {z}, {shift}')}")
        z = code.new(f"mul i64 {z}, {factor}")
    return code.new(f"xor i64 {z}, {code.new(f'lshr i64 {z}, 31')}")


@functools.cache
def _function() -> Any:
    loaded = Loaded(cache.of_text(host(), "permuting", permuting_text), [])
    arguments = ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p
    return loaded.function("permute", None, *arguments)


def permuted(n: int, seeds: Sequence[int]) -> np.ndarray:
    """An order of n > 0 numbers for each seed."""
    given = np.array([*seeds], np.uint64)
    orders = np.empty((len(given), n), np.int64)
    if len(given):
        _function()(n, len(given), given.ctypes.data, orders.ctypes.data)
    return orders
