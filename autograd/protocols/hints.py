"""Where fingers slip: what micrograd calls a thing is answered by what it is called here.

Type checkers do not see these names and refuse them; Python raises, and says the way. What the engine
keeps on a node for itself stays out of tab completion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

_RENAMED = {
    "_prev": "v.parents, the Values among v.operands, in order",
    "_op": "v.op, the primitive, and v.op.name",
    "_backward": "v.pullback(g), what each of v.parents receives",
}
"""What micrograd calls it, and what it is here."""

_ENGINES_OWN = {"left", "right", "x", "y", "z", "serial", "notes", "_data", *_RENAMED}


def _renamed(name: str) -> property:
    def get(self: Any) -> NoReturn:
        raise AttributeError(f"a Value has no {name}: see {_RENAMED[name]}")

    return property(get)


def power(forward: F) -> F:
    """The operator **, which Python gives a third argument in ``pow(v, y, n)``."""

    def pow(x: Any, y: Any, n: None = None) -> Any:
        if n is not None:
            raise TypeError(
                f"pow(v, y, n) is of integers: the remainder of a Value is v**y % {n!r}"
            )
        return forward(x, y)

    return cast("F", update_wrapper(pow, forward))


class Hints:
    """The names that are no names here, and what tab completion shows."""

    __slots__ = ()

    def __dir__(self) -> Iterable[str]:
        """What a user can use."""
        return [name for name in super().__dir__() if name not in _ENGINES_OWN]

    if not TYPE_CHECKING:
        _prev = _renamed("_prev")
        _op = _renamed("_op")
        _backward = _renamed("_backward")
