"""Series: every function of truncated Taylor polynomials, from the pullback formulas of its primitive.

z = f(x) has z′ = Σ pullback(x′, z, x). The formulas run on the series z itself, and give coefficient
k + 1 from those before it: no derivative is written a second time, and an order n costs n² products
an operation. Functions whose derivative is another one of them at each order (`gammaln`, `i0`, `sinc`)
cost n³.

Source: A. Griewank, A. Walther, Evaluating derivatives, SIAM 2008, chapter 13.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

from . import dispatch, special  # noqa: F401  (its functions stand in the table
from . import kind as kinds
from .ieee import as_ieee
from .kind import NOTHING, Number, like, register, shape_of
from .masks import instantiate
from .numeric import where
from .polynomials import (
    PRIORITY,
    Rule,
    Series,
    constant,
    derivative,
    each,
    is_at,
    lazy,
    operator_of,
    plus,
    series_like,
    times,
)

# ------------------------------------------------------------- any function, by its pullbacks


def solve(op: Any, *operands: Any) -> Any:
    """The series z with z₀ = f(x₀) and z′ = Σ pullback(x′, z, x), for a primitive f.

    Sine's formula asks for cosine, and cosine's for sine. In formulas a function of x is made once, so
    that each has the other's coefficients: operands carry a memo as long as they are at work.
    """
    own = [x for slot in operands for x in _slot(slot) if type(x) is Series]
    near = max(own, key=lambda x: x.level)
    memo = next((x.memo for x in own if x.memo is not None), None)
    if memo is None:
        memo = {}
        operands = tuple(_mapped(partial(_at_work, memo), slot) for slot in operands)
    key = (op, *[x if type(x) in (int, float) else id(x) for x in operands])
    if key in memo:
        return memo[key][1]

    def rule(z: Series) -> Rule:
        memo[key], z.memo = (operands, z), memo
        slopes: list[Series] = []

        def coefficient(k: int) -> Number:
            if k == 0:
                heads = partial(_mapped, lambda x: x[0] if is_at(z.level, x) else x)
                return op(*map(heads, operands))
            if not slopes:
                slopes.append(_slope(op, z, operands))
            c = slopes[0][k - 1]
            return c if c is NOTHING else c / k

        return coefficient

    z = lazy(rule, near, *[x for x in own if x.level == near.level])
    if z.rule is None:  # it is done, and holds nothing of what it was made by: that holds itself
        z.memo = None
        for _, helper in memo.values():
            helper.rule = None
        memo.clear()
    return z


def _slope(op: Any, z: Series, operands: Sequence[Any]) -> Series:
    """z′ = Σ pullback(x′, z, x); of a sequence the sum of x′ times its partial derivatives."""
    sent = []
    for pullback, slot in zip(op.pullbacks, operands, strict=True):
        moving = [i for i, x in enumerate(_slot(slot)) if is_at(z.level, x) and not x.is_constant]
        if moving and slot is _slot(slot):
            cs = pullback(like(1, z[0]), z, *operands)
            pairs = [(derivative(slot[i]), cs[i]) for i in moving if cs[i] is not NOTHING]
            sent += [x * instantiate(c) for x, c in pairs]
        elif moving:
            sent.append(instantiate(pullback(derivative(slot), z, *operands)))
    return constant(reduce(plus, sent, NOTHING), z)


def _slot(operand: Any) -> Sequence[Any]:
    return operand if type(operand) in (tuple, list) else (operand,)


def _mapped(function: Callable[[Any], Any], operand: Any) -> Any:
    several = type(operand) in (tuple, list)
    return tuple(map(function, operand)) if several else function(operand)


def _at_work(memo: dict[Any, Any], x: Any) -> Any:
    """The same series with a memo, and the same coefficients, known or not."""
    if type(x) is not Series:
        return x
    return series_like(x, x.known, dual=x.dual, rule=x.rule, memo=memo)


# --------------------------------------------------------------- operators that are functions


def power(x: Any, y: Any) -> Any:
    """xʸ: of a whole y ≥ 0 a product, right where x is 0 too."""
    if type(y) is not int or y < 0:
        return solve(dispatch.primitives["pow"], x, y)
    z = constant(1, x)
    for bit in f"{y:b}":
        z = times(times(z, z), x) if bit == "1" else times(z, z)
    return z


def _power_below(x: Any, y: Any) -> Any:
    """xʸ⁻¹ by the xʸ that is at work, where that is no 0/0."""
    zero = type(x) is Series and x[0] == 0
    if type(zero) is bool:
        return power(x, y - 1) if zero else power(x, y) / x
    return where(zero, power(x, y - 1), power(x, y) / where(zero, like(1, x), x))


Series.__abs__ = lambda x: solve(dispatch.primitives["abs"], x)  # type: ignore[attr-defined]
operator_of("pow", power)
_lifted: Any = vars(Series)["__pow__"]  # which makes a series of a whole y too
Series.__pow__ = lambda x, y: power(x, y) if type(y) is int else _lifted(x, y)  # type: ignore[operator]
operator_of("mod", lambda x, y: solve(dispatch.primitives["mod"], x, y))


# ------------------------------------------------------------------- what the engine asks of one


def _evaluate(op: Any, *operands: Any) -> Any:
    """A user's primitive is solved; one that moves samples moves those of every coefficient."""
    if not op.linear:
        return solve(op, *operands)
    x, *rest = operands
    near = max((y for y in _slot(x) if type(y) is Series), key=lambda y: y.level)
    if x is near:
        return each(lambda c: op(c, *rest), x)
    return each(lambda *cs: op(cs, *rest), *[constant(y, near) for y in x])


def _where(c: Any, x: Any, y: Any) -> Any:
    c = c[0] if type(c) is Series else c
    own = [z for z in (x, y) if type(z) is Series]
    if type(c) is bool or not own:
        return where(c, x, y)
    near = max(own, key=lambda z: z.level)
    zero = like(0, near[0])

    def chosen(*cs: Number) -> Number:
        return where(c, *[zero if z is NOTHING else z for z in cs])

    return each(chosen, constant(x, near), constant(y, near))


def _unbroadcast(c: Series, x: Number) -> Number:
    """What a constant receives of a dual series: its last coefficient (`monomial`)."""
    if not c.dual or (type(x) is Series and x.level >= c.level):
        return kinds.to_shape(c, shape_of(x))
    return kinds.unbroadcast(c.coefficients[-1], x)


def _to_shape(x: Series, shape: tuple[int, ...]) -> Series:
    return x if x.shape == shape else each(lambda c: kinds.to_shape(c, shape), x)


def _function(name: str) -> Callable[..., Any]:
    """The function of a name: its primitive solved; what is no primitive is defined by operators."""

    def function(*operands: Any) -> Any:
        op = dispatch.primitives.get(name)
        return solve(op, *operands) if op else kinds.by_operators[name](*operands)

    return function


register(
    Series,
    {name: _function(name) for name in sorted(kinds.names - kinds.QUESTIONS)}
    | {name: kinds.by_operators[name] for name in ("sum", "dot")}
    | {
        "where": _where,
        "pow": power,
        "power_below": _power_below,
        "evaluate": _evaluate,
        "unbroadcast": _unbroadcast,
        "to_shape": _to_shape,
        "result": lambda z: each(lambda c: kinds.of(c).result(c), z),
        "ieee": lambda x: each(as_ieee, x),
        "like": lambda n, x: like(n, x[0]),
        "is_nan": lambda x: any(map(kinds.is_nan, x.coefficients)),
        "is_finite": lambda x: all(map(kinds.is_finite, x.coefficients)),
    },
    priority=PRIORITY,
)
