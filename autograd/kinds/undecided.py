"""Undecided: what a comparison answers about a set of numbers, of which some pass and others do not.

A condition of it takes both branches: the value is the hull of both, and an adjoint goes into each
under a mask. Where two adjoints meet whose masks cannot hold together, they are alternatives, and the
hull of them is what arrives.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any, NoReturn

from ..errors import NumberError
from .kind import Number, register
from .masks import Masked

Term = frozenset[tuple[object, bool]]  # comparisons, and whether they hold: all of them together

_MOST = 16  # terms, beyond which two truths are no longer known to exclude each other


class Undecided:
    """The truth of a comparison that holds for some numbers of a set, and for others does not.

    ``hull`` makes a number of two that stands for either. ``terms`` are the ways in which it may hold:
    what two truths have in common tells whether they can hold together.
    """

    shape = ()

    def __init__(
        self, said: str, hull: Callable[[Any, Any], Number], terms: frozenset[Term] = frozenset()
    ) -> None:
        self.said, self.hull = said, hull
        known = 0 < len(terms) <= _MOST
        self.terms = terms if known else frozenset({frozenset({(object(), True)})})

    def __repr__(self) -> str:
        return f"Undecided({self.said!r})"

    def __bool__(self) -> NoReturn:
        raise NumberError(
            f"{self.said} holds for some of these numbers and not for others, and Python's `if` asks "
            f"for one answer: where(condition, x, y) takes the hull of both, or narrow the numbers"
        )

    def __invert__(self) -> Any:
        said = f"not ({self.said})"
        contraries = [
            Undecided(said, self.hull, frozenset(map(frozenset, ([c] for c in _contraries(term)))))
            for term in self.terms
        ]
        return reduce(operator.and_, contraries)

    def __and__(self, other: Any) -> Any:
        if type(other) is not Undecided:
            return other if other is False else self
        pairs = {a | b for a in self.terms for b in other.terms}
        terms = _fewest({term for term in pairs if not term & _contraries(term)})
        return Undecided(f"{self.said} and {other.said}", self.hull, terms) if terms else False

    def __or__(self, other: Any) -> Any:
        if type(other) is not Undecided:
            return other if other is True else self
        terms = _fewest({*self.terms, *other.terms})
        always = frozenset() in terms
        return always or Undecided(f"{self.said} or {other.said}", self.hull, terms)

    def __xor__(self, other: Any) -> Any:
        return (
            (self & ~other) | (~self & other)
            if type(other) is not bool
            else (~self if other else self)
        )

    def meets(self, other: Any) -> bool:
        """Whether both may hold together."""
        return (self & other) is not False

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def astype(self, _: type) -> Number:
        """What it counts as: anything from 0 to 1."""
        return self.hull(0, 1)

    def choose(self, x: Number, y: Number) -> Any:
        """Either of two numbers; of two truths the other one."""
        return ~self if x is False and y is True else self.hull(x, y)


def _contraries(term: Term) -> Term:
    return frozenset((comparison, not holds) for comparison, holds in term)


def _fewest(terms: set[Term]) -> frozenset[Term]:
    """The same truth in fewer terms: a and b, or a and not b, is a."""
    if len(terms) > 4 * _MOST:
        return frozenset(terms)
    for a, b in itertools.combinations(terms, 2):
        if a - b == _contraries(b - a) and len(a - b) == 1:
            return _fewest(terms - {a, b} | {a & b})
    return frozenset(a for a in terms if not any(b < a for b in terms))


register(Undecided, {"where": Undecided.choose, "only": lambda c, g: Masked(g, c)}, priority=2)
