"""Folding: an instruction that is known to answer what another does is not made.

The rules keep every IEEE result, the sign of a zero too: 1·x is x, x - 0 and x + (-0.0) are x, but
0·x is not 0, for x may be inf, and x + 0.0 is not x, for x may be -0.0. x + x is 2·x, which reads x
once: what nobody else reads then needs no place in memory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..programs.functions import FUNCTIONS
from ..programs.program import ARITHMETIC, BINARY, COMPARISONS, UNARY, Program


def emit(p: Program, op: str, x: int, y: int = -1) -> int | bool:
    """The instruction of an operation, or of what it is known to be."""
    if not (p.folds[x] or p.folds[y] or (x == y and op == "add")):
        return p.add(op, x, y)
    operands = (x,) if y < 0 else (x, y)
    values = [p.value(i) for i in operands]
    if op in UNARY or op in BINARY or op in COMPARISONS:
        if None not in values:
            known = FUNCTIONS[op](*values)
            return bool(known) if op in COMPARISONS else p.constant(float(known))
        simpler = _simplified(p, op, operands, values)
        if simpler is not None:
            return int(simpler)
    return p.add(op, x, y)


def emit_row(p: Program, op: str, x: Any, y: Any) -> Any:
    """`emit` of every pair, where x and y are arrays of instructions."""
    if (op == "add" and (x == y).any()) or p.may_fold(x) or p.may_fold(y):
        return np.array([emit(p, op, i, j) for i, j in zip(x.tolist(), y.tolist(), strict=True)])
    return p.row(op, x, y)


def zero_once(p: Program, x: int, y: int) -> Any:
    """The instruction of x + y, which takes 0.0 once: the first makes -0.0 to 0.0, others nothing."""
    if _is_zero(p.value(x), 1):
        x, y = y, x
    return x if _is_zero(p.value(y), 1) and not _may_be_minus_zero(p, x) else emit(p, "add", x, y)


def _may_be_minus_zero(p: Program, i: int, depth: int = 2) -> bool:
    """Whether a number may be -0.0, as a sum is if both its terms are; it is not looked at in depth."""
    value = p.value(i)
    if value is not None or p.op[i] != "add" or not depth:
        return value is None or _is_zero(value, -1)
    return all(_may_be_minus_zero(p, j, depth - 1) for j in (p.b[i], p.a[i]))


def _simplified(p: Program, op: str, operands: Sequence[int], values: Sequence[Any]) -> Any:
    """x, where an operation is known to answer just x (or -x, 2·x, x·x, 1/x), sign of zero and all."""
    x, v = operands[0], values[-1]
    if op == "neg":
        return p.a[x] if p.op[x] == "neg" else None
    if op == "mul" and (1 in values or -1 in values):
        other = operands[0] if values[1] in (1, -1) else operands[1]
        return other if 1 in values else emit(p, "neg", other)
    if (op in ("div", "pow") and v == 1) or (op == "sub" and _is_zero(v, 1)):
        return x
    if op == "add" and (_is_zero(values[0], -1) or _is_zero(v, -1)):
        return x if _is_zero(v, -1) else operands[1]
    if op == "add" and operands[1] == x:
        return emit(p, "mul", x, p.constant(2.0))
    if op == "pow" and v in (0, 2, -1):
        one = p.constant(1.0)
        return one if v == 0 else p.add("mul", x, x) if v == 2 else p.add("div", one, x)
    return _of_negated(p, op, *operands) if op in ARITHMETIC else None


def _of_negated(p: Program, op: str, x: int, y: int) -> Any:
    """x + (-y) is x - y, and (-x)(-y) is xy: IEEE 754 defines the one by the other. (-x)c is x(-c)."""
    is_left, is_right = p.op[x] == "neg", p.op[y] == "neg"
    if op in ("add", "sub") and is_right:
        return emit(p, "sub" if op == "add" else "add", x, p.a[y])
    if op == "add" and is_left:
        return emit(p, "sub", y, p.a[x])
    if op in ("mul", "div") and (is_left or is_right):
        left, right = (_negated(p, i) for i in (x, y))
        return None if left is None or right is None else emit(p, op, left, right)
    return None


def _negated(p: Program, i: int) -> int | None:
    """-x, if it costs nothing: of a negated number or a constant."""
    value = p.value(i)
    return p.a[i] if p.op[i] == "neg" else None if value is None else p.constant(-value)


def _is_zero(v: float | None, sign: int) -> bool:
    return v is not None and v == 0 and math.copysign(1, v) == sign
