"""Kinds of number: a type, and a table of the functions that compute on it.

The tables of NumPy's, mpmath's, SymPy's and Fraction's numbers stand in ``kinds/``, each read when
its first number appears; ``register`` adds one. Beside the functions a table may answer the
questions at the end of this file, which the engine asks of a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from .errors import KindError, NumberError

Number = Any
"""A number of a registered kind: only the tables know more."""
Function = Callable[..., Any]
Table = dict[str, Function]

names: set[str] = set()  # of everything that a table may hold
by_operators: Table = {}  # definitions that serve every kind
_registered: dict[type, tuple[Table, int]] = {}
_resolved: dict[type, tuple[Table, int] | None] = {}
_shipped = {
    "numpy": "arrays",
    "mpmath": "multiprecision",
    "sympy": "symbols",
    "fractions": "fractions",
}


def register(kind: type, functions: Mapping[str, Function], priority: int = 1) -> None:
    """Teach the engine a kind of number. The engine's own kinds are registered by this call.

    The kind needs the operators ``+ - * / **``, ``abs`` and comparisons. ``functions`` maps NumPy's
    names (``exp``, ``arctan2``, ...) to what computes them for this kind; what is not given falls
    back to a definition by operators (``maximum``, ``sign``, ``pow``, ...) or raises `KindError`
    when it is asked for. Where kinds meet in one call, the one of higher ``priority`` computes:
    floats have 0, other single numbers 1, batches 2.

    Raises TypeError for a ``kind`` that is no type, ValueError for an unknown function.

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
    for name, function in functions.items():
        if name not in names:
            raise ValueError(f"no function is called {name!r}; choose from {sorted(names)}")
        if not callable(function):
            raise TypeError(f"{name!r} of {kind.__name__} cannot be called: {function!r}")
    _registered[kind] = (dict(functions), priority)
    _resolved.clear()  # a subclass that was seen before may now find a nearer table


def _resolve(kind: type) -> tuple[Table, int] | None:
    """The table of a kind, or of the nearest class that it derives from, and its priority."""
    if kind not in _resolved:
        shipped = _shipped.pop(kind.__module__.partition(".")[0], None)
        if shipped:
            import_module(f".kinds.{shipped}", __package__)
        near = next((base for base in kind.__mro__ if base in _registered), None)
        _resolved[kind] = _registered[near] if near else None
    return _resolved[kind]


def is_number(x: object) -> bool:
    """Whether x is a number of a registered kind."""
    return _resolve(type(x)) is not None


def find(name: str, *numbers: Number) -> Function:
    """What computes a function of these numbers; the kind of highest priority decides."""
    table: Table = {}
    kind, highest = object, -1
    for x in numbers:
        entry = _resolved.get(type(x)) or _resolve(type(x))
        if entry is None:
            raise NumberError(f"{name} takes numbers, got {x!r} of type {type(x).__name__}")
        if entry[1] > highest:
            kind, (table, highest) = type(x), entry
    function = table.get(name) or by_operators.get(name)
    if function is None:
        raise KindError(
            f"there is no {name} of a {kind.__name__}; a float, an mpmath.mpf, a SymPy "
            f"expression or a NumPy array has one (or give {kind.__name__} one: numeric.register)"
        )
    return function


# ------------------------------------------------------------------ what the engine asks of a kind


def question(name: str, default: Function) -> Function:
    """A question that a kind may answer in its table."""
    names.add(name)
    by_operators[name] = default

    def ask(x: Number, *more: Number) -> Any:
        entry = _resolved.get(type(x))
        if more or entry is None:
            return find(name, x, *more)(x, *more)
        return entry[0].get(name, default)(x)  # a batch's every node asks: spare it the search

    return ask


constant = question("constant", lambda x: x)  # an operand as it comes in: checked, made immutable
sealed = question("sealed", lambda x: x)  # a result: a plain float for any subclass, read-only
like = question("like", lambda n, x: type(x)(n))  # the integer n as a number of the kind of x
item = question("item", lambda x: x)  # the one number that a batch of one holds
is_nan = question("is_nan", lambda x: bool(x != x))
is_finite = question("is_finite", lambda x: bool(x - x == 0))  # a batch: all samples
ieee_kind = question("ieee_kind", lambda x: None)  # the subclass that divides by zero, or None


def leaf(x: Number) -> Number:
    """What a Value holds for x: a constant, but an integer becomes a float."""
    if not is_number(x):
        raise NumberError(
            f"a Value holds a number (int, float, Fraction, mpmath.mpf, a SymPy expression, a "
            f"registered kind) or a one-dimensional NumPy array of samples; "
            f"got {x!r} of type {type(x).__name__}"
        )
    x = constant(x)
    return float(x) if isinstance(x, int) else x


def operand(x: Number) -> Number:
    """A constant beside Values, which keeps its type; NumberError for anything else."""
    return constant(x) if is_number(x) else leaf(x)
