"""Division by zero as IEEE 754 has it, for the kinds of float on which Python's raises.

Nothing is spent on it until a formula raises ZeroDivisionError: it then runs once more on numbers
of a subclass that divides by zero. Exact kinds, which have no infinity, raise again.
"""

from __future__ import annotations

import math
import operator
from numbers import Real
from typing import Any

from .kind import Function, Number, kind_of, shape_of


def dividing_by_zero(kind: Any) -> Any:
    """The subclass of a kind of float that answers x / 0 with inf or nan, where Python's raises."""

    def plain(x: Number) -> Number:  # the kind's own operators then run, not these, which ask them
        return kind(x) if type(x) is ieee else x

    def divide(x: Number, y: Number) -> Number:
        try:
            return x / y
        except ZeroDivisionError:
            if not isinstance(y, (kind, float, int)):
                raise  # an exact zero: its kind has no infinity
            if x == 0 or x != x:
                return kind("nan")
            return kind(math.copysign(1, x) * math.copysign(1, y) * math.inf)

    def closed(operate: Function) -> Function:
        def method(x: Number, y: Number) -> Number:
            z = operate(plain(x), plain(y))
            return ieee(z) if type(z) is kind else z

        return method

    members: dict[str, Any] = {"__neg__": lambda x: ieee(-plain(x)), "__module__": kind.__module__}
    for name, operate in {
        "add": operator.add,
        "sub": operator.sub,
        "mul": operator.mul,
        "truediv": divide,
    }.items():
        members[f"__{name}__"] = closed(operate)
        members[f"__r{name}__"] = closed(lambda y, x, operate=operate: operate(x, y))
    ieee: Any = type(f"ieee_{kind.__name__}", (kind,), members)
    return ieee


def divide(x: Number, y: Number) -> Number:
    """x / y, where Python's float raises too."""
    try:
        return x / y
    except ZeroDivisionError:
        return with_ieee_division(operator.truediv, x, y)


def with_ieee_division(formula: Function, *numbers: Any) -> Number:
    """A formula that raised ZeroDivisionError, run again: exact kinds, without inf, raise again.

    Integers beside other numbers stay what they are, since not all kinds know a float; alone they
    are floats. So is an exact number beside samples, which are floats whatever they met.
    """
    if any(map(shape_of, numbers)):
        numbers = tuple(float(x) if isinstance(x, Real) and not shape_of(x) else x for x in numbers)
    if all(isinstance(x, int | None) for x in numbers):
        numbers = tuple(x if x is None else float(x) for x in numbers)
    return formula(*map(as_ieee, numbers))


def as_ieee(x: Any) -> Any:
    """A number, or a sequence of them, that divides by zero if its kind can."""
    if isinstance(x, (tuple, list)):
        return [as_ieee(element) for element in x]
    kind = kind_of(x)
    return kind.ieee(x) if kind and kind.ieee and not isinstance(x, int) else x
