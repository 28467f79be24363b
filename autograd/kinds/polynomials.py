"""Truncated Taylor polynomials Σ cₖ tᵏ, whose coefficients are computed as they are asked for.

Sums, products and quotients are Cauchy's, an order n costs n² products; comparisons compare constant
terms. All other functions are in `series`, which makes these a kind of number.

Names: x, y, z series; k the number of a coefficient; NOTHING a coefficient that is absent, which is
not 0. Source: the demand for coefficients is the relaxed product of J. van der Hoeven, J. Symb. Comp.
34 (2002), in its plain form.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import partial, reduce
from typing import Any

from ..errors import NumberError
from . import kind as kinds
from .kind import NOTHING, Number, kind_of, leaf, shape_of
from .masks import Masked

PRIORITY = 6  # coefficients may be batches, or recorded; Values hold series
Rule = Callable[[int], Number]


class Series:
    """A Taylor polynomial of order n: ``coefficients`` are c₀, …, cₙ, numbers of any other kind.

    A Value may hold one, and `jet` makes them. Two that meet must have one order. Raises NumberError
    for no coefficients, for what is no number, and when orders differ.

    >>> from autograd import Value, exp
    >>> exp(Value(Series([0.0, 1.0, 0.0, 0.0]))).data
    Series([1.0, 1.0, 0.5, 0.16666666666666666])
    """

    __slots__ = ("dual", "known", "level", "memo", "order", "rule")
    __array_ufunc__ = None  # an array on the left leaves the operation to us
    __hash__ = object.__hash__
    known: list[Number]
    order: int
    level: int  # of two transforms the inner one's is higher: the outer's series are its constants
    dual: bool  # an adjoint, whose coefficients count from the last one (`monomial`)
    rule: Rule | None  # gives the next coefficient
    memo: dict[Any, Any] | None  # of what is at work in formulas: the functions that were asked for

    def __init__(self, coefficients: Iterable[Number]) -> None:
        if not isinstance(coefficients, Iterable):
            raise NumberError(
                f"a Series takes its coefficients [c0, c1, ...], got {coefficients!r}"
            )
        self.known = [*map(leaf, coefficients)]
        if not self.known:
            raise NumberError("a Series has at least its constant term, got no coefficients")
        self.order, self.level, self.dual = len(self.known) - 1, 0, False
        self.rule = self.memo = None

    def __getitem__(self, k: int) -> Number:
        """Coefficient k, NOTHING where there is none."""
        if k > self.order:
            raise IndexError(f"a Series of order {self.order} has no coefficient {k}")
        while len(self.known) <= k:
            self.known.append(self.rule(len(self.known)))  # type: ignore[misc]
        return self.known[k]

    @property
    def coefficients(self) -> tuple[Number, ...]:
        """c₀, …, cₙ."""
        zero = kinds.like(0, self[0])
        return tuple(zero if self[k] is NOTHING else self[k] for k in range(self.order + 1))

    @property
    def is_constant(self) -> bool:
        """Whether it is known to have a constant term alone."""
        return len(self.known) > self.order and all(c is NOTHING for c in self.known[1:])

    @property
    def shape(self) -> tuple[int, ...]:
        """(n,) of a series of batches."""
        _ = self[0]  # of one at work nothing may be known yet
        return max(map(shape_of, self.known), key=len)

    def __repr__(self) -> str:
        whole = len(self.known) > self.order
        return f"Series({[*self.coefficients] if whole else [*self.known, ...]})"

    def __bool__(self) -> bool:
        return bool(self[0])

    def __neg__(self) -> Series:
        return each(operator.neg, self)


# ----------------------------------------------------------------------------- how one is made


def series_like(x: Series, known: list[Number], **parts: Any) -> Series:
    """A series of the order and level of x."""
    z: Series = object.__new__(Series)
    z.order, z.level, z.known = x.order, x.level, known
    z.dual, z.rule, z.memo = (parts.get(name) for name in ("dual", "rule", "memo"))  # type: ignore[assignment]
    return z


def lazy(rule: Callable[[Series], Rule], *operands: Series) -> Series:
    """A series that depends on others, which is computed at once if they are known.

    ``rule`` is given the series itself, and answers what gives its next coefficient. Only in formulas
    it has to wait: a series is at work there, of which they give the coefficients.
    """
    memo = next((x.memo for x in operands if x.memo is not None), None)
    z = series_like(operands[0], [], dual=any(x.dual for x in operands), memo=memo)
    z.rule = rule(z)
    if all(len(x.known) > x.order and x.memo is None for x in operands):
        _ = z[z.order]
        z.rule = None
    return z


def monomial(k: int, order: int, level: int, dual: bool = False) -> Series:
    """tᵏ.

    Adjoints of series are dual series, Ḡ = Σ ḡₙ₋ₖ tᵏ for the adjoints ḡₖ of coefficients. The chain
    rule of a product's coefficients is then a product of series again, so the formulas serve as they
    stand, and what a constant receives is the last coefficient.
    """
    z = Series([0.0] * (order + 1))
    z.level, z.dual, z.known = level, dual, [1 if i == k else NOTHING for i in range(order + 1)]
    return z


def constant(x: Number, near: Series) -> Series:
    """A number as the series x + 0t + …; one of that level as it is."""
    if is_at(near.level, x):
        return x  # type: ignore[no-any-return]
    if isinstance(x, int):
        x = kinds.like(x, near[0])  # a third of 1 is then a Fraction, where the others are
    return series_like(near, [x, *[NOTHING] * near.order])


def is_at(level: int, x: Any) -> bool:
    """Whether x is a series of this level."""
    return type(x) is Series and x.level == level


def each(function: Callable[..., Number], *xs: Series) -> Series:
    """A function of coefficients, where one is there."""

    def coefficient(k: int) -> Number:
        cs = [x[k] for x in xs]
        return NOTHING if all(c is NOTHING for c in cs) else function(*cs)

    return lazy(lambda _: coefficient, *xs)


def derivative(x: Series) -> Series:
    """x′, of which no formula asks the last coefficient."""

    def coefficient(k: int) -> Number:
        c = x[k + 1] if k < x.order else NOTHING
        return c if c is NOTHING else (k + 1) * c

    return lazy(lambda _: coefficient, x)


# -------------------------------------------------------------------------- Cauchy's arithmetic


def plus(a: Number, b: Number) -> Number:
    """The sum of two coefficients."""
    return a if b is NOTHING else b if a is NOTHING else a + b


def _minus(a: Number, b: Number) -> Number:
    return a if b is NOTHING else -b if a is NOTHING else a - b


def _convolved(xs: Sequence[Number], ys: Sequence[Number]) -> Number:
    """Σ xᵢ yₙ₋ᵢ."""
    pairs = zip(xs, reversed(ys), strict=True)
    terms = [a * b for a, b in pairs if a is not NOTHING and b is not NOTHING]
    return reduce(operator.add, terms) if terms else NOTHING


def _upto(x: Series, k: int) -> list[Number]:
    _ = x[k]
    return x.known[: k + 1]


def times(x: Series, y: Series) -> Series:
    """The product: coefficient k is Σ xᵢ yₖ₋ᵢ."""
    return lazy(lambda _: lambda k: _convolved(_upto(x, k), _upto(y, k)), x, y)


def _over(x: Series, y: Series) -> Series:
    """q with q y = x: its coefficient k from those before it."""

    def rule(q: Series) -> Rule:
        known = q.known  # not q, which would hold itself

        def coefficient(k: int) -> Number:
            c = _minus(x[k], _convolved(known[:k], _upto(y, k)[1:]))
            return c if c is NOTHING else c / y[0]

        return coefficient

    return lazy(rule, x, y)


def _inner(x: Series, y: Any) -> Series | None:
    """Of x and what it meets the series of the inner transform; None with Values and masks."""
    if type(y) is not Series:
        kind = kind_of(y)
        return x if kind and kind.priority < PRIORITY and type(y) is not Masked else None
    if y.level == x.level and y.order != x.order:
        raise NumberError(
            f"a Series of order {x.order} met one of order {y.order}: those that meet must have as "
            f"many coefficients (a polynomial's last ones are 0.0)"
        )
    return max(x, y, key=lambda z: z.level)


def operator_of(name: str, compute: Callable[[Any, Any], Any]) -> None:
    """Give series an operator: what computes it for two series."""

    def method(x: Series, y: Any) -> Any:
        z = _inner(x, y)
        return compute(constant(x, z), constant(y, z)) if z is not None else NotImplemented

    def swapped(x: Series, y: Any) -> Any:
        z = _inner(x, y)
        return compute(constant(y, z), constant(x, z)) if z is not None else NotImplemented

    setattr(Series, f"__{name}__", method)
    setattr(Series, f"__r{name}__", swapped)


def _of_constant_terms(compare: Callable[[Any, Any], Any]) -> Callable[[Series, Series], Any]:
    return lambda x, y: compare(x[0], y[0])


operator_of("add", partial(each, plus))
operator_of("sub", partial(each, _minus))
operator_of("mul", times)
operator_of("truediv", _over)
for _compare in "eq ne lt le gt ge".split():
    operator_of(_compare, _of_constant_terms(getattr(operator, _compare)))
