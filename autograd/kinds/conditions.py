"""Conditions: truth, one for each sample, as a kind of number of its own.

A comparison of batches under `vmap` answers a Value that holds a Condition, and an array of booleans
beside Values becomes one. It chooses (`where`, `only`), it knows ``& | ^ ~``, and in arithmetic it
counts as 0 or 1, where NumPy's ``True + True`` is True. Python's ``if`` has no answer for it. A ball
that a comparison straddles gives one as well, of a truth that is `undecided`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NoReturn

from ..errors import BatchError
from . import kind as kinds
from .kind import Number, find, is_number, register


def _refusal(name: str) -> Callable[[Any], NoReturn]:
    def method(self: Condition) -> NoReturn:
        if not self.shape:
            bool(self.truth)  # of one number, and it says why it cannot tell
        raise BatchError(
            f"{name} of a condition asks for one answer, and it has one for each sample: "
            f"where(condition, x, y) chooses sample by sample"
        )

    return method


def _logical(operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Condition, other: Any) -> Any:
        truth = operate(self.truth, truth_of(other))
        return truth if type(truth) is bool else Condition(truth)

    return method


def _counting(operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Condition, other: Any) -> Any:
        return operate(self.count(), count_of(other)) if is_number(other) else NotImplemented

    return method


class Condition:
    """One truth a sample; ``truth`` is an array of booleans, or what a kind has in its place."""

    __slots__ = ("truth",)
    __array_ufunc__ = None  # an array on the left leaves the operation to us
    __bool__, __int__, __float__ = _refusal("bool()"), _refusal("int()"), _refusal("float()")
    __index__ = _refusal("an index")
    __hash__ = object.__hash__

    def __init__(self, truth: Any) -> None:
        self.truth = truth

    @property
    def shape(self) -> tuple[int, ...]:
        """One axis for each `vmap` that it depends on."""
        return kinds.shape_of(self.truth)

    def count(self) -> Number:
        """1.0 where it holds, else 0.0."""
        return self.truth.astype(float)

    def __repr__(self) -> str:
        return f"Condition({self.truth!r})"

    def __invert__(self) -> Condition:
        return Condition(~self.truth)

    def __neg__(self) -> Number:
        return -self.count()

    def __abs__(self) -> Number:
        return self.count()

    __and__ = __rand__ = _logical(operator.and_)
    __or__ = __ror__ = _logical(operator.or_)
    __xor__ = __rxor__ = _logical(operator.xor)


def _reversed(operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda x, y: operate(y, x)


for _name in "add sub mul truediv mod pow".split():
    _operate = getattr(operator, _name)
    setattr(Condition, f"__{_name}__", _counting(_operate))
    setattr(Condition, f"__r{_name}__", _counting(_reversed(_operate)))
for _name in "eq ne lt le gt ge".split():
    setattr(Condition, f"__{_name}__", _counting(getattr(operator, _name)))


def truth_of(c: Any) -> Any:
    """A condition's array of booleans; anything else as it is."""
    return c.truth if type(c) is Condition else c


def count_of(c: Any) -> Any:
    """A condition as numbers, 1 where it holds and 0 elsewhere; anything else as it is."""
    return c.count() if type(c) is Condition else c


def _on_counts(name: str) -> Callable[..., Number]:
    """A function of numbers, of which some are conditions."""

    def function(*operands: Any) -> Number:
        plain = [[*map(count_of, x)] if type(x) in (tuple, list) else count_of(x) for x in operands]
        numbers = [n for x in plain for n in (x if type(x) is list else (x,))]
        return find(name, *numbers)(*plain)

    return function


def _where(c: Any, x: Any, y: Any) -> Number:
    c, x, y = truth_of(c), count_of(x), count_of(y)
    return find("where", c, x, y)(c, x, y)


register(
    Condition,
    {name: _on_counts(name) for name in sorted(kinds.names - kinds.QUESTIONS)}
    | {
        "where": _where,
        "only": lambda c, g: kinds.of(c.truth).only(c.truth, g),
        "variable": lambda c: c.count(),
        "like": lambda n, c: float(n),
        "to_shape": lambda c, shape: kinds.to_shape(c.count(), shape),
        "is_nan": lambda c: False,
        "is_finite": lambda c: True,
    },
    priority=2.5,
)
