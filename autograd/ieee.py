"""Division by zero as IEEE 754 has it, for the kinds of float on which Python's raises.

Nothing is spent on it until a formula raises ZeroDivisionError: it then runs once more on numbers
of a subclass that divides by zero. Exact kinds, which have no infinity, raise again.
"""

from __future__ import annotations

import math
from typing import Any

from .registry import Function, Number, ieee_kind, is_number


def dividing_by_zero(kind: Any) -> Any:
    """The subclass of a kind of float that answers x / 0 with inf or nan, where Python's raises."""

    def divide(x: Number, y: Number) -> Number:
        try:
            z = kind.__truediv__(x, y)  # not x / y, which y, if of the subclass, would answer
            return z if z is NotImplemented else ieee(z)
        except ZeroDivisionError:
            if x == 0 or x != x:  # noqa: PLR0124
                return ieee("nan")
            return ieee(math.copysign(1, x) * math.copysign(1, y) * math.inf)

    def closed(name: str) -> Function:
        method = getattr(kind, name)
        return lambda x, y: z if (z := method(x, y)) is NotImplemented else ieee(z)

    names = [f"__{r}{name}__" for name in ("add", "sub", "mul") for r in ("", "r")]
    members: dict[str, Any] = {name: closed(name) for name in names}
    members |= {
        "__truediv__": divide,
        "__rtruediv__": lambda y, x: divide(kind(x), y),
        "__neg__": lambda x: ieee(-kind(x)),
        "__module__": kind.__module__,
    }
    ieee: Any = type(f"ieee_{kind.__name__}", (kind,), members)
    return ieee


def with_ieee_division(formula: Function, *numbers: Any) -> Number:
    """A formula that raised ZeroDivisionError, run again: exact kinds, without inf, raise again."""
    return formula(*map(_as_ieee, numbers))


def _as_ieee(x: Any) -> Any:
    if isinstance(x, (tuple, list)):
        return [_as_ieee(element) for element in x]
    kind = ieee_kind(x) if is_number(x) else None
    return kind(x) if kind else x
