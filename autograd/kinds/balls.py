"""Balls: numbers known up to a radius (`flint.arb`), so that values and gradients come with guarantees.

Whatever number each ball stands for, the true result lies in the ball that comes out. A comparison
that some of them pass and others do not answers a `Condition` that is `Undecided`: it chooses both
branches, and takes the hull of what they give, values and adjoints.

Names: x, y balls; f a function of exact ones. Source of the arithmetic: F. Johansson, Arb, IEEE
Transactions on Computers 66 (2017).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any, NoReturn

import flint
from flint import arb

from ..errors import NumberError
from . import special  # noqa: F401  (its names stand in the registry
from .conditions import Condition
from .kind import Number, register
from .numeric import only, where
from .undecided import Undecided


def ball(x: Number) -> Any:
    """A number as a ball; NotImplemented for what is none, or a kind of higher priority."""
    if type(x) is Ball:
        return x
    if isinstance(x, Fraction):
        return Ball(flint.fmpq(x.numerator, x.denominator))
    return Ball(x) if isinstance(x, (arb, int, float)) or hasattr(x, "_mpf_") else NotImplemented


def _refusal(name: str) -> Callable[[Any], NoReturn]:
    def method(self: Any) -> NoReturn:
        raise NumberError(f"{name} of a ball would forget its radius: {self}; .mid() is its middle")

    return method


def _hull(x: Any, y: Any) -> Ball:
    """A ball that holds both, and has the sign that they have: its radius is rounded."""
    x, y = arb(ball(x)), arb(ball(y))
    z = x.union(y)
    for sign in (1, -1):
        if sign * x >= 0 and sign * y >= 0 and not sign * z >= 0:
            z = arb(0, (sign * z).upper() / 2)
            z = z + sign * z.rad()
    return Ball(z)


def _restored(middle: tuple[int, int], radius: tuple[int, int]) -> Ball:
    return Ball(arb(middle), arb(radius))


class Ball(arb):
    """An `flint.arb` whose comparisons say when they cannot tell."""

    __hash__ = object.__hash__
    __float__, __int__, __complex__ = map(_refusal, ("float()", "int()", "complex()"))

    def __repr__(self) -> str:
        return str(self.str(more=True))

    __str__ = __repr__

    def __reduce__(self) -> Any:
        if not self.is_finite():
            return Ball, ("nan",)
        parts = [tuple(map(int, part.man_exp())) for part in (self.mid(), self.rad())]
        return _restored, tuple(parts)

    @property
    def _mpf_(self) -> NoReturn:
        """mpmath would take the middle for the number: it leaves the operation to us."""
        raise AttributeError("_mpf_")

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __neg__(self) -> Ball:
        return Ball(arb.__neg__(self))

    def __pos__(self) -> Ball:
        return self

    def __abs__(self) -> Ball:
        return _hull(self.abs_lower(), self.abs_upper())


def _operator(compute: Callable[[Any, Any], Any], swapped: bool) -> Callable[[Ball, Any], Any]:
    def method(x: Ball, y: Any) -> Any:
        y = ball(y)
        if y is NotImplemented:
            return y
        return Ball(compute(y, x) if swapped else compute(x, y))

    return method


_COMPLEMENTS = {"lt": ("<", arb.__ge__), "le": ("≤", arb.__gt__), "gt": (">", arb.__le__)}
_COMPLEMENTS |= {"ge": ("≥", arb.__lt__), "eq": ("=", arb.__ne__), "ne": ("≠", arb.__eq__)}


def _comparison(name: str) -> Callable[[Ball, Any], Any]:
    """flint's comparisons are true where they are certain; a ball beside itself is one number."""
    certain, (sign, contrary) = getattr(arb, f"__{name}__"), _COMPLEMENTS[name]

    def method(x: Ball, y: Any) -> Any:
        other = ball(y)
        if other is NotImplemented:
            return other
        if x is y and not x.is_nan():
            return name in ("le", "ge", "eq")
        if certain(x, other):
            return True
        return False if contrary(x, other) else Condition(Undecided(f"{x} {sign} {other}", _hull))

    return method


def _whole_power(x: Any, n: int) -> Ball:
    """xⁿ of a ball: on its ends, from 0 on if n is even."""
    if n < 0:
        return Ball(1 / _whole_power(x, -n))
    return _monotone(lambda v: v**n)(x if n % 2 else Ball.__abs__(x))


def _power(x: Any, y: Any) -> Any:
    n = y.unique_fmpz() if y.is_exact() else None
    return arb.__pow__(x, y) if n is None else _whole_power(x, int(n))


for _name, _compute in {
    "add": arb.__add__,
    "sub": arb.__sub__,
    "mul": lambda x, y: _square(x) if x is y else arb.__mul__(x, y),
    "truediv": arb.__truediv__,
    "pow": _power,
    "mod": lambda x, y: x - y * _floor(x / y),
}.items():
    setattr(Ball, f"__{_name}__", _operator(_compute, swapped=False))
    setattr(Ball, f"__r{_name}__", _operator(_compute, swapped=True))
for _name in _COMPLEMENTS:
    setattr(Ball, f"__{_name}__", _comparison(_name))


# --------------------------------------------------------------------------------------- functions


def _of_balls(f: Callable[..., Any]) -> Callable[..., Ball]:
    return lambda *xs: Ball(f(*[arb(ball(x)) for x in xs]))


def _monotone(f: Callable[[Any], Any]) -> Callable[[Any], Ball]:
    """A function that only rises, or only falls: the hull of its values at both ends."""

    def function(x: Any) -> Ball:
        x = arb(ball(x))
        z = x if x.is_nan() else f(x) if x.is_exact() else _hull(f(x.lower()), f(x.upper()))
        return Ball(z)  # flint's asin of the ends of nan would be a number

    return function


def _of_ends(f: Callable[[Fraction], int]) -> Callable[[Any], Ball]:
    """A function that steps, of the ends as exact fractions."""

    def step(x: Any) -> Any:
        if not x.is_finite():
            return x
        mantissa, exponent = map(int, x.man_exp())
        return arb(f(mantissa * Fraction(2) ** exponent))

    return _monotone(step)


def _square(x: Any) -> Ball:
    return _whole_power(ball(x), 2)


_floor: Callable[[Any], Ball] = _of_ends(math.floor)


def _polygamma(n: int, x: Any) -> Ball:
    """(-1)ⁿ⁺¹ n! ζ(n + 1, x), Hurwitz's: Abramowitz, Stegun, 6.4.10."""
    z = math.factorial(n) * arb(n + 1).zeta(ball(x)) if n else ball(x).digamma()
    return Ball(z if n % 2 or not n else -z)


def _sinc_slope(n: int, x: Any) -> Ball:
    """The n-th derivative of sinc, ∫₀¹ (πu)ⁿ cos⁽ⁿ⁾(πxu) du: at the middle of the ball, and around it
    by the bound of the next one, πⁿ⁺¹/(n + 2).
    """
    x = ball(x)
    if n == 0:
        return Ball(x.sinc_pi())
    radius = x.rad() * arb.pi() ** (n + 1) / (n + 2)
    return Ball(_sinc_at(n, x.mid()) + _hull(-radius, radius))


def _sinc_at(n: int, m: Any) -> Any:
    """Its Taylor series at 0 with Lagrange's remainder; far out by u s⁽ⁿ⁾ + n s⁽ⁿ⁻¹⁾ = sin⁽ⁿ⁾ u."""
    pi, terms = arb.pi(), 60
    if abs(m) < 1:
        even = [k for k in range(terms) if (n + k) % 2 == 0]
        slopes = [(-1) ** ((n + k) // 2) * pi ** (n + k) / (n + k + 1) for k in even]
        total = reduce(
            operator.add, [s * m**k / math.factorial(k) for s, k in zip(slopes, even, strict=True)]
        )
        rest = pi ** (n + terms) * abs(m) ** terms / ((n + terms + 1) * math.factorial(terms))
        return total + _hull(-rest, rest)
    s, c, u = m.sin_pi(), m.cos_pi(), pi * m
    z = s / u
    for k in range(1, n + 1):
        z = ((s, c, -s, -c)[k % 4] - k * z) / u
    return z * pi**n


def _middle(xs: Sequence[Any]) -> Any:
    """An exact number near the largest: what no result depends on may be any."""
    return arb(reduce(lambda x, y: x.max(y), map(ball, xs)).mid())


def _logsumexp(xs: Sequence[Any]) -> Ball:
    """It rises with each of them."""
    top = _middle(xs)

    def at(ends: Sequence[Any]) -> Any:
        return reduce(operator.add, [(x - top).exp() for x in ends]).log() + top

    balls = [arb(ball(x)) for x in xs]
    return _hull(at([x.lower() for x in balls]), at([x.upper() for x in balls]))


def _softmax(g: Any, xs: Sequence[Any], z: Any) -> list[Any]:
    """g/Σ exp(xⱼ - xᵢ), in which xᵢ - xᵢ is 0 whatever xᵢ is."""
    exp = _functions["exp"]
    others = [[exp(y - x) for j, y in enumerate(xs) if j != i] for i, x in enumerate(xs)]
    return [g / reduce(operator.add, terms, 1) for terms in others]


def _where(c: Any, x: Any, y: Any) -> Any:
    """A ball as a condition is one of 0."""
    return where(ball(c) != 0, x, y)


_RISING = "exp expm1 log log1p sqrt sinh tanh erf erfc erfinv"  # or falling
_INVERSES = "sin cos tan sinh cosh tanh"
_functions: dict[str, Callable[..., Any]] = {
    **{name: _of_balls(getattr(arb, name)) for name in "sin cos tan cosh digamma".split()},
    **{name: _monotone(getattr(arb, name)) for name in _RISING.split()},
    **{f"arc{name}": _monotone(getattr(arb, f"a{name}")) for name in _INVERSES.split()},
    "exp2": _monotone(lambda x: arb(2) ** x),
    "log2": _monotone(lambda x: x.log() / arb(2).log()),
    "log10": _monotone(lambda x: x.log() / arb(10).log()),
    "cbrt": _monotone(lambda x: x.root(3) if x >= 0 else -(-x).root(3)),
    "sigmoid": _monotone(lambda x: 1 / (1 + (-x).exp())),
    "logit": _monotone(lambda x: (x / (1 - x)).log()),
    "ndtr": _monotone(lambda x: (-x / arb(2).sqrt()).erfc() / 2),
    "log_ndtr": _monotone(lambda x: ((-x / arb(2).sqrt()).erfc() / 2).log()),
    "gaussian": lambda n, x: _monotone(lambda v: (-v / n).exp())(_square(x)),
    "relu": _monotone(lambda x: x.max(arb(0))),
    "floor": _floor,
    "ceil": _of_ends(math.ceil),
    "round": _of_ends(round),
    "sign": _of_ends(lambda x: (x > 0) - (x < 0)),
    "maximum": _of_balls(arb.max),
    "minimum": _of_balls(arb.min),
    "arctan2": _of_balls(arb.atan2),
    "hypot": lambda x, y: _monotone(arb.sqrt)(_square(x) + _square(y)),
    "mod": operator.mod,
    "fmod": lambda x, y: x - y * _of_ends(math.trunc)(x / y),
    "gammaln": _of_balls(lambda x: x.lgamma() if x > 0 else abs(x.gamma()).log()),
    "polygamma": _polygamma,
    "iv": lambda n, x: Ball(ball(x).bessel_i(n)),
    "sinc_slope": _sinc_slope,
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "shift": lambda xs: Ball(_middle(xs)),
    "ties": lambda xs, z: _hull(1, len(xs)),
    "where": _where,
}
_ball = {
    **_functions,
    "constant": ball,
    "variable": Ball,  # a new one: a ball beside itself is one number, two variables are not
    "result": ball,
    "like": lambda n, x: Ball(n),
    "only": lambda c, g: only(ball(c) != 0, g),
    "is_nan": lambda x: True,  # a sweep that met branches not taken is to be masked, as of symbols
    "is_finite": lambda x: x.is_finite(),
}
register(arb, _ball, priority=1.5)  # other single numbers beside it are exact balls
