"""Special functions, and functions whose short formula would lose digits, on every kind of number.

SciPy computes the special ones of floats and arrays, mpmath and SymPy their own. n is the order of
a function or of a derivative, an integer.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from functools import partial, reduce

from .kind import Function, Number, by_operators, find, is_finite, like, names
from .numeric import (
    arctan,
    arctanh,
    binary,
    cos,
    exp,
    expm1,
    floats,
    log,
    log1p,
    maximum,
    minimum,
    mod,
    round,
    scale,
    sin,
    sqrt,
    tan,
    unary,
    where,
)
from .scipy import of_floats


def _of_order(name: str, on_float: Function) -> Function:
    """A function of an order n and a number."""

    def function(n: int, x: Number) -> Number:
        return on_float(n, x) if type(x) is float else find(name, x)(n, x)

    floats[name] = lambda n, x: on_float(n, float(x))
    return function


# ------------------------------------------------------------------------------- logsumexp, softmax


def _logsumexp(xs: Sequence[Number]) -> Number:
    top = reduce(maximum, xs)
    if not is_finite(top):  # inf, or all -inf, or nan
        return top
    first = xs.index(top)
    rest = [exp(x - top) for i, x in enumerate(xs) if i != first]
    return top + log1p(reduce(operator.add, rest)) if rest else top


def softmax(g: Number, xs: Sequence[Number], z: Number) -> Sequence[Number]:
    """g exp(xᵢ - z) of z = logsumexp(x), divided by the sum of exp(xᵢ - z), since z is rounded.

    For floats and arrays the largest xᵢ stands for z: no rounding of log n enters the exponent.
    """
    if type(z) is float and z < math.inf and type(g) is float:
        top = max(xs)
        return in_proportion(g, [math.exp(x - top) for x in xs])
    return find("softmax", g, z)(g, xs, z)  # type: ignore[no-any-return]


def in_proportion(g: Number, terms: Sequence[Number]) -> Sequence[Number]:
    """g divided in the proportion of some numbers."""
    return scale(g / reduce(operator.add, terms), terms)


def _softmax(g: Number, xs: Sequence[Number], z: Number) -> Sequence[Number]:
    """An infinite one has all of g."""
    return in_proportion(g, [where((x == z) & (z > 0), like(1, z), exp(x - z)) for x in xs])


def ties(xs: Sequence[Number], z: Number) -> Number:
    """How many of a sequence are equal to its largest, or smallest, z."""
    return find("ties", z)(xs, z)


def _ties(xs: Sequence[Number], z: Number) -> Number:
    return reduce(operator.add, [where(x == z, like(1, z), like(0, z)) for x in xs])


# ----------------------------------------------------------------------------- by other functions


def _leg(x: Number, y: Number) -> Number:
    return sqrt(x - y) * sqrt(x + y)  # no square overflows, and near x = y no digit is lost


def _logistic(x: Number) -> Number:
    e = exp(-abs(x))
    s = 1 + e
    return e / (s * s)


def compensated_gaussian(n: int, x: Number) -> Number:
    """exp(-x²/n) of floats: a rounded x² alone would lose x² units in the last place.

    With h, x rounded to eight binary places, h² is exact and x² = h² + (x - h)(x + h). (In float32
    too, as far as the result is no zero: x < 16 leaves h twelve bits.)
    """
    x = minimum(abs(x), 1000.0)  # beyond, the result is 0
    h = round(x * 256.0) / 256.0
    z = exp(-h * h / n)
    return z + z * expm1((h - x) * (x + h) / n)


def _mills(x: Number) -> Number:
    return gaussian(2, x) / (sqrt(8 * arctan(like(1, x))) * ndtr(x))


class Normal:
    """The normal distribution of doubles by SciPy's functions: for x < -1, where Φ loses digits and
    underflows, by erfcx(t) = exp(t²) erfc(t).
    """

    def __init__(self, ndtr: Function, erfcx: Function) -> None:
        self.central, self.erfcx = ndtr, erfcx

    def scaled(self, x: Number) -> Number:
        """exp(x²/2) Φ(x) of a tail."""
        return self.erfcx(-minimum(x, -1.0) * _ROOT_HALF) / 2

    def ndtr(self, x: Number) -> Number:
        """Φ(x)."""
        return where(x < -1, self.scaled(x) * compensated_gaussian(2, x), self.central(x))

    def log_ndtr(self, x: Number) -> Number:
        """log Φ(x)."""
        return where(x < -1, log(self.scaled(x)) - x * x / 2, log1p(-self.ndtr(-x)))

    def mills(self, x: Number) -> Number:
        """φ(x)/Φ(x), which is -x + O(1/x) far out: -inf is there too."""
        bulk = compensated_gaussian(2, x) / self.central(maximum(x, -1.0))
        tail = 1 / self.scaled(maximum(x, -1e9))
        return where(x < -1e9, -x, where(x < -1, tail, bulk) / _ROOT_TAU)


_ROOT_HALF, _ROOT_TAU = math.sqrt(0.5), math.sqrt(2 * math.pi)


def reflected(digamma: Function, polygamma: Function) -> Function:
    """ψ⁽ⁿ⁾(x) of doubles by SciPy's: for x < 0 its ψ loses digits near the poles, and its ψ⁽ⁿ⁾ adds up
    |x| terms and seems to hang at -10¹⁰.

    There (-1)ⁿ ψ⁽ⁿ⁾(1 - x) - ψ⁽ⁿ⁾(x) is the n-th derivative of π cot(πx): Abramowitz, Stegun, 6.4.7.
    """

    def function(n: int, x: Number) -> Number:
        above = where(x < 0, 1 - x, x)
        z = polygamma(n, above) if n else digamma(above)
        return where(x < 0, (-1) ** n * z - _cotangent_slope(n, where(x < 0, x, 0.5)), z)

    return function


def polygamma_by_sums(n: int, x: Number) -> Number:
    """ψ⁽ⁿ⁾(x) of doubles, x ≥ 0, n ≥ 1: (-1)ⁿ⁺¹ n! ζ(s, x) with s = n + 1, and ζ(s, x) = Σ (x + k)⁻ˢ by
    ten of its terms and Euler's and Maclaurin's formula for the rest.

    Source: https://dlmf.nist.gov/25.11.E5 with B₂ⱼ/(2j)! of https://dlmf.nist.gov/24.2.T1.
    """
    s, w = n + 1, x + _TERMS
    total = w ** (1 - s) / n + w**-s / 2
    rising = 1
    for j, b in enumerate(_BERNOULLI, 1):
        rising *= s if j == 1 else (s + 2 * j - 3) * (s + 2 * j - 2)  # s (s + 1) … (s + 2j - 2)
        total += w ** (1 - s - 2 * j) * (b * rising / math.factorial(2 * j))
    for k in reversed(range(_TERMS)):  # the smallest first
        total += (x + k) ** -s
    return (-1) ** s * math.factorial(n) * total


_TERMS = 10
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def _cotangent_slope(n: int, x: Number) -> Number:
    """The n-th derivative of π cot(πx): a polynomial of c = cot(πx), since c' = -π (1 + c²); of n = 0
    at a pole nan, since it has no sign there.
    """
    t = tan(math.pi * (x - round(x)))
    c = where(t == 0, math.inf if n else math.nan, 1 / where(t == 0, 1.0, t))
    powers = [0, 1]  # its coefficients
    for _ in range(n):
        slope = [k * a for k, a in enumerate(powers)][1:]
        powers = [-(p + q) for p, q in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
    return math.pi ** (n + 1) * reduce(lambda total, a: total * c + a, reversed(powers))


def bessel(iv: Function, i0: Function, i1: Function) -> Function:
    """Iₙ(x) of doubles: SciPy's own I₀ and I₁ are more accurate than its Iₙ, but nan at infinity."""

    def function(n: int, x: Number) -> Number:
        z = i0(x) if n == 0 else i1(x) if abs(n) == 1 else iv(n, x)
        return where(abs(x) == math.inf, x if n % 2 else abs(x), z)

    return function


def _xlogy(x: Number, y: Number) -> Number:
    return where((x == 0) & (y == y), like(0, y), x * log(y))


def _xlog1py(x: Number, y: Number) -> Number:
    return where((x == 0) & (y == y), like(0, y), x * log1p(y))


def _logit(x: Number) -> Number:
    near_half = (x > 0.25) & (x < 0.75)  # where 2x - 1 is exact, and log of nearly 1 is not
    return where(near_half, 2 * arctanh(2 * x - 1), log(x) - log1p(-x))


# ------------------------------------------------------------------------------------------- sinc


def _sinc_slope(n: int, x: Number) -> Number:
    """The n-th derivative of sin(πx)/(πx): near 0 by its series, else from u s(u) = sin u, which
    differentiated n times is u s⁽ⁿ⁾ + n s⁽ⁿ⁻¹⁾ = sin⁽ⁿ⁾ u.
    """
    pi = 4 * arctan(like(1, x))
    u = pi * x
    near = abs(u) < n + 2
    far = where(near, 1, u)
    turns = round(x)  # sin(πx) has all digits near its zeros too
    s, c = sin(pi * (x - turns)), cos(pi * (x - turns))
    waves, sign = (s, c, -s, -c), 1 - 2 * mod(turns, 2)
    z = sign * s / far
    for k in range(1, n + 1):
        z = (sign * waves[k % 4] - k * z) / far
    return pi**n * where(near, _sinc_series(n, where(near, u, like(0, x))), z)


def _sinc_series(n: int, u: Number) -> Number:
    """The n-th derivative of Σ (-1)ᵏ u²ᵏ/(2k + 1)!, until no digit changes; of a number that is
    being recorded, which cannot tell, the 20 terms that floats need at most.
    """
    k = (n + 1) // 2
    term = (-1) ** k * u ** (2 * k - n)
    total = term / (2 * k + 1)
    while True:
        k += 1
        term = -term * u * u / ((2 * k - n - 1) * (2 * k - n))
        before, total = total, total + term / (2 * k + 1)
        same = total == before
        if same is True or (hasattr(same, "dtype") and same.all()):
            return total
        if same is not False and not hasattr(same, "dtype") and k > n + 20:
            return total


# ------------------------------------------------------------------------------------- the functions

erfcx = unary("erfcx", of_floats("erfcx"))
i0, i1 = (unary(name, of_floats(name)) for name in ("i0", "i1"))
_normal = Normal(of_floats("ndtr"), erfcx)
leg = binary("leg", _leg)
logistic = unary("logistic", _logistic)
gaussian = _of_order("gaussian", compensated_gaussian)
gammaln = unary("gammaln", math.lgamma, lambda x: math.inf)
_polygamma = reflected(of_floats("digamma"), of_floats("polygamma"))
digamma = unary("digamma", partial(_polygamma, 0))
polygamma = _of_order("polygamma", _polygamma)
iv = _of_order("iv", bessel(of_floats("iv"), i0, i1))
ndtr = unary("ndtr", _normal.ndtr)
log_ndtr = unary("log_ndtr", _normal.log_ndtr)
mills = unary("mills", _normal.mills)
erfinv = unary("erfinv", of_floats("erfinv"))
xlogy = binary("xlogy", _xlogy)
xlog1py = binary("xlog1py", _xlog1py)
logit = unary("logit", _logit)
sinc_slope = _of_order("sinc_slope", _sinc_slope)

by_operators |= {
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "ties": _ties,
    "leg": _leg,
    "logistic": _logistic,
    "gaussian": lambda n, x: exp(-x * x / n),
    "mills": _mills,
    "xlogy": _xlogy,
    "xlog1py": _xlog1py,
    "logit": _logit,
    "sinc_slope": _sinc_slope,
}
names |= by_operators.keys() | floats.keys()
