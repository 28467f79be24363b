"""Functions of numbers: which library computes ``tanh`` of what.

Floats take a fast path and follow IEEE 754 throughout: where Python's ``math`` raises, these answer
inf or nan. Every other kind of number is looked up in its table.

Names: x, y numbers; g an adjoint; c a condition; xs, ws sequences.
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from .. import context
from ..errors import NumberError
from .kind import NOTHING, Function, Number, by_operators, find, kind_of, like, names, of, to_shape

# ----------------------------------------------------------------------- functions of one number

floats: dict[str, Function] = {}


def _always(z: float) -> Callable[[float], float]:
    return lambda x: z


_nan, _inf = _always(math.nan), _always(math.inf)


def _pole_at(pole: float) -> Callable[[float], float]:
    return lambda x: -math.inf if x == pole else math.nan


def unary(
    name: str, on_float: Callable[[float], float], elsewhere: Callable[[float], float] = _nan
) -> Function:
    """A function of one number; ``elsewhere`` answers where Python's ``math`` raises.

    It computes floats at once, and stands in their table for integers and booleans.
    """

    def function(x: Number) -> Number:
        if type(x) is not float:
            return find(name, x)(x)
        try:
            return on_float(x)
        except (ValueError, OverflowError):
            return elsewhere(x)

    floats[name] = lambda x: function(float(x))  # integers, booleans, subclasses of float
    return function


def _integral(on_float: Callable[[float], int]) -> Callable[[float], float]:
    """``math.floor`` and its kin as floats: the sign of a zero kept, inf and nan unchanged."""
    return lambda x: math.copysign(on_float(x), x)


def _sigmoid(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    e = math.exp(x)
    return e / (1 + e)


exp = unary("exp", math.exp, _inf)
expm1 = unary("expm1", math.expm1, _inf)
exp2 = unary("exp2", math.exp2, _inf)
log = unary("log", math.log, _pole_at(0))
log1p = unary("log1p", math.log1p, _pole_at(-1))
log2 = unary("log2", math.log2, _pole_at(0))
log10 = unary("log10", math.log10, _pole_at(0))
sqrt = unary("sqrt", math.sqrt)
cbrt = unary("cbrt", math.cbrt)
sin = unary("sin", math.sin)
cos = unary("cos", math.cos)
tan = unary("tan", math.tan)
arcsin = unary("arcsin", math.asin)
arccos = unary("arccos", math.acos)
arctan = unary("arctan", math.atan)
sinh = unary("sinh", math.sinh, lambda x: math.copysign(math.inf, x))
cosh = unary("cosh", math.cosh, _inf)
tanh = unary("tanh", math.tanh)
arcsinh = unary("arcsinh", math.asinh)
arccosh = unary("arccosh", math.acosh)
arctanh = unary(
    "arctanh", math.atanh, lambda x: math.copysign(math.inf, x) if abs(x) == 1 else math.nan
)
erf = unary("erf", math.erf)
erfc = unary("erfc", math.erfc)
sigmoid = unary("sigmoid", _sigmoid)
relu = unary("relu", lambda x: 0.0 if x <= 0 else x)
floor = unary("floor", _integral(math.floor), float)
ceil = unary("ceil", _integral(math.ceil), float)
round = unary("round", _integral(builtins.round), float)
sign = unary("sign", lambda x: math.copysign(1.0, x) if x < 0 or x > 0 else x)  # 0, nan: as is

# ---------------------------------------------------------------------- functions of two numbers


def binary(name: str, on_float: Callable[[float, float], float]) -> Function:
    """A function of two numbers."""

    def function(x: Number, y: Number) -> Number:
        if type(x) is float and (type(y) is float or type(y) is int):
            return on_float(x, y)
        return find(name, x, y)(x, y)

    floats[name] = lambda x, y: on_float(float(x), float(y))
    return function


def _pow(x: float, y: float) -> float:
    y = float(y)  # an integer beyond all floats raises OverflowError here, as it does in a sum
    odd = y % 2 == 1
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and odd else math.inf
    except ValueError:  # a zero to a negative power, or a root of a negative number
        if x != 0:
            return math.nan
        return math.copysign(math.inf, x) if odd else math.inf


def _float_mod(x: float, y: float) -> float:
    return x % y if y != 0 else math.nan


def _fmod(x: float, y: float) -> float:
    return math.fmod(x, y) if y != 0 and math.isfinite(x) else math.nan


def _larger(x: Number, y: Number) -> Number:
    return x if x > y or x != x else y


def _smaller(x: Number, y: Number) -> Number:
    return x if x < y or x != x else y


def _power_below(x: float, y: float) -> float:
    below = y - 1
    z = _pow(x, y)
    is_exact = below + 1 == y and y - below == 1
    if is_exact or x == 0 or not math.isfinite(z):
        return _pow(x, below)
    return z / x  # y - 1 is rounded, which a power of a tiny or huge x shows, and one of x = -1


pow = binary("pow", _pow)
power_below = binary("power_below", _power_below)  # xʸ⁻¹
mod = binary("mod", _float_mod)
fmod = binary("fmod", _fmod)
arctan2 = binary("arctan2", math.atan2)
hypot = binary("hypot", math.hypot)
maximum = binary("maximum", _larger)
minimum = binary("minimum", _smaller)

# ------------------------------------------------------------------------------------- branches


def where(c: Any, x: Number, y: Number) -> Number:
    """x where the condition holds, else y; sample by sample if the condition is an array."""
    if type(c) is bool:
        return x if c else y
    if type(c) is int and c < 0:
        raise NumberError(
            f"where takes a truth, got {c}, as Python's ~ makes of a plain one: write x <= 0 in place "
            f"of ~(x > 0), or np.logical_not(x > 0)"
        )
    return find("where", c, x, y)(c, x, y)


def only(c: Any, g: Number) -> Number:
    """The adjoint where the condition holds, elsewhere nothing (which is not 0 · g)."""
    if type(c) is bool:
        return g if c else NOTHING
    return of(c).only(c, g)


def unless(c: Any, g: Number) -> Number:
    """Nothing where the condition holds, elsewhere the adjoint."""
    if type(c) is bool:
        return NOTHING if c else g
    return only(where(c, False, True), g)


# ------------------------------------------------------------------------------------ sequences


def sum(xs: Any) -> Number:
    """A sequence's sum from left to right, the same bits in every Python; or a batch's sum."""
    if not isinstance(xs, Sequence):
        return to_shape(xs, context.running.get().samples)
    if xs and type(xs[0]) is float:
        total = _sum(xs)
        if type(total) is float:  # a number of another kind would have made it one of that kind
            return total
    return _of_all("sum", xs)(xs)


def _sum(xs: Sequence[Number]) -> Number:
    return reduce(operator.add, xs) if xs else 0.0


def _of_all(name: str, *sequences: Sequence[Number]) -> Function:
    """What computes a function of whole sequences (or rows, each a number): by highest priority."""
    numbers = (x for xs in sequences for x in ([xs] if kind_of(xs) else xs))
    return find(name, 0.0, *{type(x): x for x in numbers}.values())


def check_sequence(name: str, xs: Any) -> None:
    """NumberError for what is no sequence."""
    if not isinstance(xs, Sequence):
        batch = "an array in a Value is a batch, one number of as many samples"
        one = batch if getattr(xs, "shape", ()) else "one number"
        raise NumberError(f"{name} takes sequences of numbers, got {xs!r}: {one}")


def dot(ws: Sequence[Number], xs: Sequence[Number]) -> Number:
    """Σ wᵢ xᵢ from left to right."""
    if not (type(ws) is type(xs) is tuple):  # faster than asking twice what each is
        check_sequence("dot", ws)
        check_sequence("dot", xs)
    if len(ws) != len(xs):
        raise ValueError(f"dot takes sequences of one length, got {len(ws)} and {len(xs)} numbers")
    if ws and type(ws[0]) is type(xs[0]) is float:
        total = _dot(ws, xs)
        if type(total) is float:
            return total
    return _of_all("dot", ws, xs)(ws, xs)


def _dot(ws: Sequence[Number], xs: Sequence[Number]) -> Number:
    if not ws:
        return 0.0
    pairs = zip(ws, xs)  # noqa: B905  (checked above, and faster than strict)
    w, x = next(pairs)
    total = w * x  # a 0 to begin with would take the sign of -0.0
    for w, x in pairs:
        total = total + w * x  # not in place: a sum may be of a wider shape or kind than its terms
    return total


def prod(xs: Sequence[Number]) -> Number:
    """∏ xᵢ from left to right."""
    check_sequence("prod", xs)
    return reduce(operator.mul, xs) if xs else 1.0


def scale(g: Number, xs: Sequence[Number]) -> Sequence[Number]:
    """(g xᵢ) for every i."""
    if type(g) is float and xs and type(xs[0]) is float and type(xs[-1]) is float:
        return [g * x for x in xs]
    return _of_all("scale", (g,), xs)(g, xs)  # type: ignore[no-any-return]


def logsumexp(xs: Sequence[Number]) -> Number:
    """log Σ exp xᵢ, computed from the largest so that nothing overflows and small sums survive."""
    check_sequence("logsumexp", xs)
    if not xs:
        return -math.inf
    return _of_all("logsumexp", xs)(xs)


def shift(xs: Sequence[Number]) -> Number:
    """The largest of a sequence, to subtract before exp; of symbols, which do not overflow, 0."""
    return _of_all("shift", xs)(xs) if xs else -math.inf


# ----------------------------------------------------------------------------------------- tables


def _mod(x: Number, y: Number) -> Number:
    z = x % y
    return where(z * y < 0, z + y, z)  # Decimal's has the sign of x


by_operators |= {
    "sign": lambda x: like((x > 0) - (x < 0), x),
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "relu": lambda x: maximum(x, like(0, x)),
    "pow": operator.pow,
    "power_below": lambda x, y: pow(x, y - 1),
    "mod": _mod,
    "maximum": _larger,
    "minimum": _smaller,
    "where": lambda c, x, y: x if c else y,
    "shift": lambda xs: reduce(maximum, xs),
    "sum": _sum,
    "dot": _dot,
    "scale": lambda g, xs: [g * x for x in xs],
}
names |= by_operators.keys() | floats.keys()
