"""Folding: an instruction that is known to answer what another does is not made.

The rules keep every IEEE result, the sign of a zero too: 1·x is x, x - 0 and x + (-0.0) are x, but
0·x is not 0, for x may be inf, and x + 0.0 is not x, for x may be -0.0. x + x is 2·x, which reads x
once: what nobody else reads then needs no place in memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..programs.functions import FUNCTIONS
from ..programs.program import BINARY, COMPARISONS, UNARY, Program

KNOWN = UNARY | BINARY | {*COMPARISONS}  # of constants
UNITS = {1.0, -1.0}


def emit(p: Program, op: str, x: int, y: int = -1) -> int | bool:
    """The instruction of an operation, or of what it is known to be."""
    if not (p.folds[x] or p.folds[y] or (x == y and op == "add")):
        return p.add(op, x, y)
    u, v = p.value(x), None if y < 0 else p.value(y)
    if u is not None and (v is not None or y < 0) and op in KNOWN:
        known = FUNCTIONS[op](u) if v is None else FUNCTIONS[op](u, v)
        return bool(known) if op in COMPARISONS else p.constant(float(known))
    rule = RULES.get(op)
    simpler = rule(p, x, y, u, v) if rule else None
    return p.add(op, x, y) if simpler is None else simpler


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


# Rules: what an operation on x and y, whose values are u and v where they are known, answers: just x,
# or -x, 2·x, x·x, 1/x, sign of zero and all; None if it is an operation indeed.


def _neg(p: Program, x: int, _y: int, _u: Any, _v: Any) -> Any:
    return p.a[x] if p.op[x] == "neg" else None


def _add(p: Program, x: int, y: int, u: Any, v: Any) -> Any:
    if _is_zero(u, -1) or _is_zero(v, -1):
        return x if _is_zero(v, -1) else y
    if x == y:
        return emit(p, "mul", x, p.constant(2.0))
    if p.op[y] == "neg":
        return emit(p, "sub", x, p.a[y])
    return emit(p, "sub", y, p.a[x]) if p.op[x] == "neg" else None


def _sub(p: Program, x: int, y: int, _u: Any, v: Any) -> Any:
    if _is_zero(v, 1):
        return x
    return emit(p, "add", x, p.a[y]) if p.op[y] == "neg" else None


def _mul(p: Program, x: int, y: int, u: Any, v: Any) -> Any:
    if u in UNITS or v in UNITS:
        other, unit = (y, u) if v is None else (x, v)
        return other if unit == 1 else emit(p, "neg", other)
    return _of_negated(p, "mul", x, y)


def _div(p: Program, x: int, y: int, _u: Any, v: Any) -> Any:
    return x if v == 1 else _of_negated(p, "div", x, y)


def _pow(p: Program, x: int, _y: int, _u: Any, v: Any) -> Any:
    if v in {0, 1}:
        return x if v else p.constant(1.0)
    return p.add("mul", x, x) if v == 2 else p.add("div", p.constant(1.0), x) if v == -1 else None


def _of_negated(p: Program, op: str, x: int, y: int) -> Any:
    """(-x)(-y) is xy, and (-x)c is x(-c): IEEE 754 defines them so, as x + (-y), which is x - y."""
    if p.op[x] == "neg" or p.op[y] == "neg":
        left, right = (_negated(p, i) for i in (x, y))
        return None if left is None or right is None else emit(p, op, left, right)
    return None


def _negated(p: Program, i: int) -> int | None:
    """-x, if it costs nothing: of a negated number or a constant."""
    value = p.value(i)
    return p.a[i] if p.op[i] == "neg" else None if value is None else p.constant(-value)


def _is_zero(v: float | None, sign: int) -> bool:
    return v is not None and v == 0 and math.copysign(1, v) == sign


RULES: dict[str, Callable[[Program, int, int, Any, Any], Any]] = {
    "neg": _neg,
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
}
