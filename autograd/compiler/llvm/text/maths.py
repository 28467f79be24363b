"""exp, log, tanh and their kin as plain arithmetic: a few multiplications that run in every lane.

A processor has no instruction for them, a library function takes one number at a time, and LLVM's
own ``llvm.exp`` on a vector becomes one call a lane. So they are written here in LLVM's text, once
for any lane width, any machine, and numbers of either width. Each is at most 3 ulp from the true value
(tests compare with mpmath), and answers IEEE 754's special values: inf, nan, signed zeros, subnormals.

**exp** (and expm1, sigmoid, which are made of it). Cut x into k·ln 2 + r with a whole k and
|r| ≤ ½ ln 2; then eˣ = 2ᵏ·eʳ: a short polynomial, and k added to the exponent's bits. ln 2 is
subtracted in two parts, the first with so few bits that k times it is exact (W. J. Cody, W. Waite,
*Software Manual for the Elementary Functions*, 1980). Adding 1.5·2⁵² (float32: 1.5·2²³) rounds to a
whole number and leaves it in the low bits of the sum. **tanh** cuts x so too, at half of ln 2.

**log** (and log1p). x = 2ᵏ·m with ½√2 ≤ m < √2, f = m - 1, s = f/(2 + f); then
log m = 2 artanh s = 2s + s³·Q(s²), written as f - (f²/2 - s·(f²/2 + s²·Q(s²))), which loses no bits
(the form of Sun's fdlibm, K. C. Ng 1993).

The polynomials are Chebyshev fits, of as few coefficients as leave an error that rounding hides (of
float32's less than ⅕ ulp); the tests compute them again with mpmath.
"""

from __future__ import annotations

import math
from functools import reduce

from ...programs.elements import DOUBLE, SINGLE, Element
from .ir import Text
from .lanes import Numbers

Coefficients = dict[Element, tuple[float, ...]]
LN2: Coefficients = {
    DOUBLE: (0.693147180369123816490, 1.90821492927058770002e-10),
    SINGLE: (0.693145751953125, 1.4286068e-06),
}
"""ln 2 in two parts: the first 32 bits (float32: 15), and the rest."""
EXP: Coefficients = {SINGLE: (0.5, 0.16666578, 0.041666556, 0.008363173, 0.0013926176)}
"""(eʳ - 1 - r)/r² on |r| ≤ ½ ln 2, constant term first."""
EXP[DOUBLE] = (
    0.5000000000000001,
    0.16666666666666669,
    0.041666666666624164,
    0.008333333333330065,
    0.0013888888917196719,
    0.00019841269863040545,
    2.4801521322368692e-05,
    2.7557268480310024e-06,
    2.7620075879983367e-07,
    2.5100375832561234e-08,
)
ARTANH: Coefficients = {SINGLE: (0.66666687, 0.3998878, 0.2957995)}
"""(2 artanh(s)/s - 2)/s² in powers of s², for s² ≤ (3 - 2√2)², constant term first."""
ARTANH[DOUBLE] = (
    0.666666666666667,
    0.39999999999899505,
    0.28571428625975487,
    0.2222221113479508,
    0.18182889125261723,
    0.15331721600556042,
    0.14616449685043406,
)


TANH: Coefficients = {SINGLE: (-0.3333333, 0.13332243, -0.05299652)}
"""(tanh(r) - r)/r³ in powers of r² on |r| ≤ ¼ ln 2, constant term first."""
TANH[DOUBLE] = (
    -0.3333333333333328,
    0.13333333333212813,
    -0.05396825349959849,
    0.021869421825241465,
    -0.008858936176728262,
    0.0034639177836132927,
)


def polynomial(n: Numbers, coefficients: tuple[float, ...], x: Text) -> Text:
    """Σ coefficients[i]·xⁱ by pairs of pairs (G. Estrin 1960): a shorter chain than Horner's.

    Of three Horner's is as short, and forms no x⁴, which is subnormal of small float32s: a processor
    takes a hundred times as long over those.
    """
    terms = [n.number(c) for c in coefficients]
    if len(terms) <= 3:
        return reduce(lambda z, c: n.fma(z, x, c), reversed(terms))
    while len(terms) > 1:
        pairs = [terms[k : k + 2] for k in range(0, len(terms), 2)]
        terms = [n.fma(pair[1], x, pair[0]) if len(pair) > 1 else pair[0] for pair in pairs]
        x = n.mul(x, x) if len(terms) > 1 else x
    return terms[0]


def shift(n: Numbers, more: int = 0) -> Text:
    """What, added to a smaller number, rounds it to a whole one; the low bits of the sum are that and
    ``more``.
    """
    return n.number(1.5 * 2**n.element.fraction + more)


def powers(count: int) -> int:
    """The least whole number beyond count·ln 2."""
    return math.ceil(count * math.log(2))


def clamped(n: Numbers, x: Text, low: float, high: float) -> Text:
    """X between two bounds; nan stays nan."""
    x = n.select(n.compare("gt", x, n.number(high)), n.number(high), x)
    return n.select(n.compare("lt", x, n.number(low)), n.number(low), x)


def reduced(n: Numbers, x: Text) -> tuple[Text, Text]:
    """(bits, p) with x = k·ln 2 + r: bits whose low part is k, and p = eʳ - 1."""
    shifted = n.fma(x, n.number(1 / math.log(2)), shift(n))
    k, r = n.exactly("fsub", shifted, shift(n)), x
    for part in LN2[n.element]:
        r = n.fma(k, n.number(-part), r)
    coefficients, square = EXP[n.element], n.mul(r, r)
    if n.element == SINGLE:  # r⁶ would be subnormal of a small r, and slow
        return n.to_bits(shifted), n.fma(polynomial(n, coefficients, r), square, r)
    low, high = (polynomial(n, some, r) for some in (coefficients[:4], coefficients[4:]))
    sixth = n.mul(square, n.mul(square, square))
    return n.to_bits(shifted), n.fma(high, sixth, n.fma(low, square, r))


def power_of_two(n: Numbers, bits: Text) -> Text:
    """2ᵏ for a k whose biased exponent stands in the low bits."""
    return n.from_bits(n.integers("shl", bits, n.integer(n.element.fraction)))


def exp(n: Numbers, x: Text) -> Text:
    """e^x, in two factors of 2^(k/2), so that neither overflows and a subnormal rounds once."""
    e = n.element
    low, high = -powers(e.bias + e.fraction), powers(e.bias + 1)
    bits, p = reduced(n, clamped(n, x, low, high))
    bits = n.integers("add", bits, n.integer(2 * e.bias))
    half = n.integers("lshr", bits, n.integer(1))
    other = n.integers("sub", bits, half)
    z = n.exactly("fadd", p, n.number(1.0))
    z = n.exactly("fmul", z, power_of_two(n, half))
    return n.exactly("fmul", z, power_of_two(n, other))


def expm1(n: Numbers, x: Text) -> Text:
    """e^x - 1 = 2(h·p + (h - ½)) with h = 2^(k-1), which does not overflow before the result does.

    Far below an ulp of 1 it is x (whose half may be too small for a number).
    """
    e = n.element
    low, high = -powers(e.fraction + 5), powers(e.bias + 1)
    bits, p = reduced(n, clamped(n, x, low, high))
    h = power_of_two(n, n.integers("add", bits, n.integer(e.bias - 1)))
    z = n.fma(h, p, n.exactly("fsub", h, n.number(0.5)))
    tiny = n.compare("lt", n.intrinsic("fabs", x), n.number(2.0 ** -(e.fraction + 2)))
    return n.select(tiny, x, n.exactly("fadd", z, z))


def tanh(n: Numbers, x: Text) -> Text:
    """X = a + r with a = k·½ln 2, where tanh a = u/v for u = (2ᵏ - 1)/2 and v = (2ᵏ + 1)/2, so with
    t = tanh r it is (u + v·t)/(v + u·t). For k = 0 u is -0, so that -0 + v·t keeps the sign of -0.

    Here ln 2 in one piece will do: what k times its rounding adds, the quotient hides for a large k.
    """
    e, most = n.element, math.ceil(powers(n.element.fraction + 5) / 2)
    x = clamped(n, x, -most, most)
    shifted = n.fma(x, n.number(2 / math.log(2)), shift(n, e.bias - 1))
    k = n.exactly("fsub", shifted, shift(n, e.bias - 1))
    r = n.fma(k, n.number(-math.log(2) / 2), x)
    square, one = n.mul(r, r), n.number(1.0)
    t = n.mul(r, n.fma(square, polynomial(n, TANH[e], square), one))
    half = power_of_two(n, n.to_bits(shifted))
    u = n.neg(n.exactly("fsub", n.number(0.5), half))
    v = n.exactly("fadd", half, n.number(0.5))
    return n.div(n.fma(v, t, u), n.fma(u, t, v))


def sigmoid(n: Numbers, x: Text) -> Text:
    """1/(1 + e^-x) where x ≥ 0, else e^x/(1 + e^x): with e^-|x|, which cannot overflow."""
    e = exp(n, n.neg(n.intrinsic("fabs", x)))
    top = n.select(n.compare("ge", x, n.number(0.0)), n.number(1.0), e)
    return n.div(top, n.exactly("fadd", e, n.number(1.0)))


def log_parts(n: Numbers, x: Text, correction: Text | None = None) -> Text:
    """Log x of a positive, finite x; with what x lacks, divided by it, added where bits are left."""
    e, low = n.element, n.number(LN2[n.element][1])
    small, up = n.compare("lt", x, n.number(e.least)), e.fraction + 2
    x = n.select(small, n.exactly("fmul", x, n.number(2.0**up)), x)
    # subtracting the bits of ½√2 leaves a signed exponent k in the upper bits: m = x / 2ᵏ
    bits = n.to_bits(x)
    offset = n.integers("sub", bits, n.integer(e.pattern(math.sqrt(0.5))))
    exponent = n.integers("and", offset, n.integer(-(1 << e.fraction)))
    m = n.from_bits(n.integers("sub", bits, exponent))
    k = small_integer(n, n.integers("lshr", exponent, n.integer(e.fraction)))
    k = n.select(small, n.exactly("fsub", k, n.number(up)), k)
    f = n.exactly("fsub", m, n.number(1.0))
    s = n.div(f, n.exactly("fadd", f, n.number(2.0)))
    z = n.exactly("fmul", s, s)
    r = n.exactly("fmul", z, polynomial(n, ARTANH[e], z))
    half = n.exactly("fmul", n.exactly("fmul", f, f), n.number(0.5))
    low = n.fma(k, low, correction) if correction else n.mul(k, low)
    inner = n.fma(s, n.exactly("fadd", half, r), low)
    tail = n.exactly("fsub", n.exactly("fsub", half, inner), f)
    return n.fma(k, n.number(LN2[e][0]), n.neg(tail))


def small_integer(n: Numbers, bits: Text) -> Text:
    """The number k of an integer in two's complement, as long as an exponent and a sign, by arithmetic
    that every machine has.
    """
    sign, large = 1 << n.element.exponent, 1 << n.element.fraction
    moved = n.integers("xor", bits, n.integer(sign))  # k + sign
    low = n.integers("or", moved, n.integer(n.element.pattern(large)))  # the bits of large + that
    return n.exactly("fsub", n.from_bits(low), n.number(large + sign))


def outside(n: Numbers, z: Text, x: Text, pole: float) -> Text:
    """A logarithm's special values: -inf at its pole, nan below; inf and nan are their own."""
    z = n.select(n.compare("lt", x, n.number(math.inf)), z, x)
    at_pole = n.select(n.compare("eq", x, n.number(pole)), n.number(-math.inf), n.number(math.nan))
    return n.select(n.compare("le", x, n.number(pole)), at_pole, z)


def log(n: Numbers, x: Text) -> Text:
    """The natural logarithm."""
    return outside(n, log_parts(n, x), x, 0.0)


def log1p(n: Numbers, x: Text) -> Text:
    """log(1 + x) = log u + c/u, where u is 1 + x rounded and c what the rounding lost."""
    u = n.exactly("fadd", x, n.number(1.0))
    above = n.exactly("fsub", x, n.exactly("fsub", u, n.number(1.0)))
    large = n.exactly("fsub", n.number(1.0), n.exactly("fsub", u, x))
    c = n.select(n.compare("gt", x, n.number(1.0)), large, above)
    z = log_parts(n, u, n.div(c, u))
    return outside(n, n.intrinsic("copysign", z, x), x, -1.0)


OWN = {f.__name__: f for f in (exp, expm1, log, log1p, sigmoid, tanh)}
"""The functions written here, by NumPy's names (sigmoid by ours)."""
