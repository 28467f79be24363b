"""sin and cos as plain arithmetic, for any lane width; both at most 3 ulp from the true value.

Cut x into k·π/2 + r with a whole k and |r| ≤ π/4. Two polynomials give sin r and cos r; which of them
sin x is, and with which sign, the last two bits of k say. Both functions of one x share all of that.

π/2 is subtracted in three parts, as ln 2 is in `maths`: the first two have 38 bits each, so that k
times them is exact for k < 2¹⁵, and what remains of x is exact until it is small. No double below 2²⁰
is nearer than 2⁻⁶¹ to a multiple of π/2, where the third part's rounding is still far below one ulp.
(Of float32 there are four parts, of 14 bits, for k < 2¹⁰; none is nearer than 2⁻³¹.)
Beyond `FAR` a library's function is called, lane by lane, out of the way; inf has its nan from there.

The polynomials are Chebyshev fits, as those of `maths`: tests compute them again.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ...programs.elements import DOUBLE, SINGLE
from .ir import Text
from .lanes import Numbers
from .maths import Coefficients, polynomial, shift
from .outside import apart, by_lane

HALF_PI: Coefficients = {
    DOUBLE: (1.5707963267923333, 2.5633441515839558e-12, 1.0562999066987428e-23),
    SINGLE: (1.5706787109375, 0.00011761486530303955, 9.920313459588215e-10, 6.2233720e-14),
}
"""π/2 in parts: its first 38 bits, the next 38, and the rest (float32: three of 14, and the rest)."""
FAR = {DOUBLE: 2.0**15, SINGLE: 2.0**10}
"""Where k has 15 bits (float32: 10)."""
SIN: Coefficients = {SINGLE: (-0.16666664, 0.008332748, -0.0001958789)}
"""(sin r - r)/r³ in powers of r² on |r| ≤ π/4, constant term first."""
SIN[DOUBLE] = (
    -0.16666666666666666,
    0.008333333333330948,
    -0.00019841269836758574,
    2.755731610255244e-06,
    -2.5051131845003624e-08,
    1.5918129294866608e-10,
)
COS: Coefficients = {SINGLE: (0.041666664, -0.0013888302, 2.4547942e-05)}
"""(cos r - 1 + r²/2)/r⁴, likewise."""
COS[DOUBLE] = (
    0.041666666666666664,
    -0.0013888888888887398,
    2.480158729876569e-05,
    -2.7557317271729793e-07,
    2.08761462684032e-09,
    -1.1382632425521717e-11,
)


def reduced(n: Numbers, x: Text) -> tuple[Text, Text]:
    """(bits, r) with x = k·π/2 + r: bits whose low part is k."""
    shifted = n.fma(x, n.number(2 / math.pi), shift(n))
    k = n.exactly("fsub", shifted, shift(n))
    for part in HALF_PI[n.element]:
        x = n.fma(k, n.number(-part), x)
    return n.to_bits(shifted), x


def sin_near(n: Numbers, r: Text) -> Text:
    """Sin r of |r| ≤ π/4. (The sum would lose the sign of -0.0. No cube is formed, which is subnormal
    of small float32s, and slow then.)
    """
    square = n.mul(r, r)
    tail = n.mul(polynomial(n, SIN[n.element], square), square)
    return n.intrinsic("copysign", n.fma(tail, r, r), r)


def cos_near(n: Numbers, r: Text) -> Text:
    """Cos r of |r| ≤ π/4."""
    square = n.mul(r, r)
    tail = n.fma(polynomial(n, COS[n.element], square), square, n.number(-0.5))
    return n.fma(tail, square, n.number(1.0))


def turned(n: Numbers, z: Text, quarters: Text) -> Text:
    """Z or -z: the sign changes every two quarters of a turn."""
    bits = n.element.bits
    top = n.integers("shl", quarters, n.integer(bits - 2))
    sign = n.integers("and", top, n.integer(-(1 << (bits - 1))))
    return n.from_bits(n.integers("xor", n.to_bits(z), sign))


def sin(n: Numbers, x: Text) -> Text:
    """Sin x."""
    k, r = reduced(n, x)
    z = n.select(n.is_odd(k), cos_near(n, r), sin_near(n, r))
    return unless_far(n, "sin", x, turned(n, z, k))


def cos(n: Numbers, x: Text) -> Text:
    """Cos x, a quarter of a turn ahead of sin x."""
    k, r = reduced(n, x)
    z = n.select(n.is_odd(k), sin_near(n, r), cos_near(n, r))
    return unless_far(n, "cos", x, turned(n, z, n.integers("add", k, n.integer(1))))


def unless_far(n: Numbers, name: str, x: Text, near: Text) -> Text:
    """What is right near 0, but the library's answer for all lanes if one of them is far away."""
    far = n.any(n.compare("gt", n.intrinsic("fabs", x), n.number(FAR[n.element])))

    def library() -> list[Text]:
        return [apart(n, f"far.{name}", lambda m, y: by_lane(m, name, y), x)]

    return n.code.when(far, library, [(n.type, near)])[0]


OWN: dict[str, Callable[[Numbers, Text], Text]] = {f.__name__: f for f in (cos, sin)}
"""The functions written here, by NumPy's names."""
