"""Hints for common slips: errors that say what to write instead.

Names that micrograd has and we have not raise an error that names ours (type checkers do not see
them, and refuse them). ``pow(v, y, n)`` says what it would be. Errors of a user's function that
come from what a transform gave it get a note (`advise`). And what the engine keeps on a node for
itself is left out of tab completion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

_RENAMED = {
    "_prev": "v.parents, the Values among v.operands, in order",
    "_op": "v.op, the primitive, and v.op.name",
    "_backward": "v.pullback(g), what each of v.parents receives",
}
"""Micrograd's names, and what to use here."""

_ENGINES_OWN = {"left", "right", "x", "y", "z", "serial", "notes", "_data", *_RENAMED}


def _renamed(name: str) -> property:
    def get(self: Any) -> NoReturn:
        raise AttributeError(f"a Value has no {name}: see {_RENAMED[name]}")

    return property(get)


def power(forward: F) -> F:
    """The method for ``v ** y``, made to refuse the third argument that ``pow(v, y, n)`` hands it."""

    def pow(x: Any, y: Any, n: None = None) -> Any:
        if n is not None:
            raise TypeError(
                f"pow(v, y, n) is of integers: the remainder of a Value is v**y % {n!r}"
            )
        return forward(x, y)

    return cast("F", update_wrapper(pow, forward))


_ADVICE = {
    "'list'": "an argument is a list, and f got one: np.array([...]) computes as a whole",
    "'Value' object|type 'Value'": (
        "an array of floats that met one Value, v, is one Value, of as many samples: with "
        "np.stack([v]) in place of v all are arrays, which have elements and a shape"
    ),
    "'(float|Variables)' object has no attribute": (
        "plain numbers and arrays do not have a Value's methods: tanh(x), or np.tanh(x), takes all, "
        "x.tanh() a Value alone"
    ),
    r"used as indices|valid indices|\bint64|^int\(\) of": (
        "a place that is computed is looked up by np.choose(i, array), which answers array[i]; a table "
        "is an array to jit, and each of its columns, table['x'], an argument of its own"
    ),
    r"dtype\('O'\) to dtype\('float64|ufunc '.*' not supported": (
        "np.array([...]) of Values is a plain array of objects, on which NumPy computes alone: "
        "np.block([...]) in its place makes one whose functions are autograd's, and np.zeros_like(x, "
        "shape=...), of such an array x, one to write into"
    ),
}
"""A pattern that the text of an error matches, and what can be done about it."""


def advise(error: Exception, args: Iterable[Any]) -> None:
    """Add a note to an error of a user's function, called with args, if one of the patterns fits."""
    for sign, advice in _ADVICE.items():
        told = advice in getattr(error, "__notes__", ())
        foreign = sign == "'list'" and not any(isinstance(x, list) for x in args)
        if re.search(sign, str(error)) and not told and not foreign:
            error.add_note(advice)


class Hints:
    """Gives `Value` micrograd's names, which raise, and its list for tab completion."""

    __slots__ = ()

    def __dir__(self) -> Iterable[str]:
        """The names for users."""
        return [name for name in super().__dir__() if name not in _ENGINES_OWN]

    if not TYPE_CHECKING:
        _prev = _renamed("_prev")
        _op = _renamed("_op")
        _backward = _renamed("_backward")
