"""The reference: a program executed one instruction after the other, by the engine's own functions.

Uniform numbers are Python floats, per-sample ones arrays of n. Slow and plain: every pass and every
backend is tested against it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from ...kinds import numeric, special
from ...kinds.ieee import divide
from .program import ARITHMETIC, BINARY, COMPARISONS, DOTS, OF_ORDER, UNARY, Program, halves


def _select(c: Any, x: Any, y: Any) -> Any:
    if isinstance(c, bool):
        return x if c else y
    return np.where(c, x, y)


def _of_order(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda n, x: function(int(n), x)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{
        name: getattr(numeric, name, None) or getattr(special, name)
        for name in (UNARY | BINARY) - {*ARITHMETIC, "neg", "abs", *OF_ORDER}
    },
    **{name: _of_order(getattr(special, name)) for name in OF_ORDER},
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "neg", "abs", *COMPARISONS)},
    **{name: getattr(operator, f"{name}_") for name in ("and", "or")},
    "xor": operator.xor,
    "not": lambda c: not c if isinstance(c, bool) else ~c,
    "div": divide,
    "select": _select,
}
"""What each operation of numbers is: the functions that the engine itself calls."""


def _dot(op: str, ws: Sequence[Any], xs: Sequence[Any], start: Sequence[Any]) -> Any:
    terms = [*start, *map(operator.mul, ws, xs)]
    return reduce(FUNCTIONS[DOTS[op]], terms) if terms else 0.0


def interpret(program: Program, arrays: Sequence[Any], n: int = 0) -> list[Any]:
    """The outputs: floats, and arrays of n where an output is per sample.

    ``arrays`` are the argument arrays, or single numbers, of which inputs are elements.
    """
    flat = [np.ravel(np.asarray(x, dtype=float)) for x in arrays]
    values: list[Any] = []
    with np.errstate(all="ignore"):
        for i in range(len(program)):
            values.append(_execute(program, i, values, flat, n))
    many = program.per_sample
    return [np.broadcast_to(values[i], n) if many[i] else values[i] for i in program.outputs]


def _execute(program: Program, i: int, values: list[Any], flat: list[Any], n: int) -> Any:
    op, a, b, c = program.op[i], program.a[i], program.b[i], program.c[i]
    if op == "const":
        return program.constants[a]
    if op == "count":
        return float(n)
    if op == "input":
        return flat[a][b + c * np.arange(n)] if program.per_sample[i] else float(flat[a][b])
    operands = [values[j] for j in program.operands(i)]
    if op == "total":
        return float(np.add.reduce(np.broadcast_to(operands[0], n)))
    if op in DOTS:
        return _dot(op, *halves(operands))
    return FUNCTIONS[op](*operands)
