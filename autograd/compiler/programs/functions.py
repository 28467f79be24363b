"""What each operation of a program is: the engine's own function of numbers.

Constants are folded by them, and the reference that every backend is tested against computes with them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ...kinds import numeric, special
from ...kinds.ieee import divide
from .program import ARITHMETIC, BINARY, COMPARISONS, OF_ORDER, UNARY


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
