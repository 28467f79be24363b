"""Operands: what an operation is given, as its node keeps it.

A number that is no Value is a constant, a sequence a tuple of both; an array that may still change is
copied, so that what a node saw stays what it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .kinds.kind import constant, is_array_of_values, kind_of


def operand(x: Any, Value: Any) -> tuple[Any, Any]:
    """An operand as its node keeps it, and its number; a sequence becomes a tuple of both.

    A sequence of constants is kept as a list: nothing flows into it. Numbers of a sequence are not
    `kept` yet, which a result that is a float saves: no batch is among them.
    """
    if type(x) is Value:
        a = x.data
        return x, a if type(a) is float or a is x.z else kept(a)
    if x is None or type(x) is float:
        return x, x
    if type(x) is not tuple and type(x) is not list:
        if not is_array_of_values(x) and (kind := kind_of(x)):
            x = kind.constant(x)
            return x, x
        if isinstance(x, (str, bytes, Mapping)) or not hasattr(x, "__iter__"):
            return (constant(x),) * 2  # raises, and says what is a number
    xs = tuple(x)
    values = [v.data for v in xs if type(v) is Value]
    if len(values) == len(xs) > 0:
        return xs, tuple(values)
    if len(values) + [*map(type, xs)].count(float) < len(xs):
        xs = tuple([v if type(v) is Value or type(v) is float else constant(v) for v in xs])
    numbers = tuple([v.data if type(v) is Value else v for v in xs])
    return (xs if values else list(xs)), numbers


def side_by_side(x: Any) -> Any:
    """The numbers of a plain array that is a whole sequence; whatever else it is as it is."""
    kind = getattr(getattr(x, "dtype", None), "kind", "")
    return x.tolist() if kind and kind in "biuf" and getattr(x, "ndim", 0) == 1 else x


def reflected(op: Any, x: Any, y: Any) -> Any:
    """What y, which is no number, makes of an operator with x on its left: as Python asks a float's
    neighbour, say a vector that a user wrote, whose parts may be Values. NotImplemented if it has no
    such method; that of a sequence repeats it, and arrays have been asked.
    """
    if isinstance(y, Sequence) or hasattr(y, "dtype"):
        return NotImplemented
    method = getattr(type(y), f"__r{'truediv' if op.name == 'div' else op.name}__", None)
    return method(y, x) if method else NotImplemented


def kept(x: Any) -> Any:
    """What a node keeps of a Value's data: of an array that may still change, a copy."""
    flags = getattr(x, "flags", None)
    return constant(x) if flags is not None and flags.writeable else x


def kept_each(xs: Any, numbers: Any) -> Any:
    """What a node keeps of the numbers in a slot that may hold a sequence."""
    if type(numbers) is not tuple:
        return numbers
    pairs = zip(xs, numbers, strict=True)
    return tuple(
        [n if type(n) is float or n is getattr(v, "z", None) else kept(n) for v, n in pairs]
    )
