"""The door for a user's kind of number: what its table answers is checked, and no kind is replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from ..errors import KindError
from . import kind as kinds
from .kind import is_number

_own: dict[type, tuple[Mapping[str, Any], float]] = {}  # what users registered


def register(kind: type, functions: Mapping[str, Any], priority: float = 1) -> None:
    """Teach the engine a kind of number, as the engine's own kinds are taught.

    The kind needs the operators ``+ - * / **``, ``abs`` and comparisons. ``functions`` maps NumPy's
    names (``exp``, ``arctan2``, ...) to what computes them for this kind; what is not given falls
    back to a definition by operators (``maximum``, ``sign``, ``pow``, ...) or raises `KindError`
    when it is asked for. Where kinds meet in one call, the one of higher ``priority`` computes:
    floats have 0, other single numbers 1, batches 2.

    Raises TypeError for a ``kind`` that is no type, ValueError for an unknown function, and KindError
    for a kind that the engine has already; and when used, KindError for a function of the table that
    answers no number.

    >>> from decimal import Decimal
    >>> from autograd import Value, exp, register
    >>> register(Decimal, {"exp": Decimal.exp})
    >>> x = Value(Decimal(1))
    >>> exp(x).backward()
    >>> x.grad
    Decimal('2.718281828459045235360287471')
    """
    if not isinstance(kind, type):
        raise TypeError(f"register() takes a type of number, got {kind!r}")
    if kinds.is_registered(kind) and kind not in _own:
        raise KindError(
            f"{kind.__name__} is a kind of number already: register a class of yours, which may derive "
            f"from it"
        )
    if not isinstance(functions, Mapping):
        raise TypeError(f"functions is a dict of names and functions, got {functions!r}")
    if not isinstance(priority, (int, float)):
        raise TypeError(f"priority is a number, floats have 0 and batches 2; got {priority!r}")
    answering = {n: _answering(n, f, kind) if callable(f) else f for n, f in functions.items()}
    kinds.register(kind, answering, priority)
    _own[kind] = {**functions}, priority


def _answering(name: str, function: Callable[..., Any], kind: type) -> Callable[..., Any]:
    """A function of a table, whose answer must be a number, or a list of them."""

    @wraps(function, updated=())
    def answer(*operands: Any) -> Any:
        z = function(*operands)
        if not all(map(is_number, z if type(z) in (list, tuple) else (z,))):
            raise KindError(
                f"{name} of a {kind.__name__} answered {z!r}, which is no number: correct the table "
                f"that {kind.__name__} was registered with"
            )
        return z

    return answer
