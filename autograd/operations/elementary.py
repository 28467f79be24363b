"""Every primitive of one or two numbers, a paragraph each: its value and its pullbacks.

In a formula x and y are the arguments, z the result, g the adjoint of z; a pullback formula answers
g · ∂z/∂x. It says ``g / y`` and never ``g * (1 / y)``, so that an adjoint over 0 is IEEE's inf.
Formulas run on numbers of every kind, and on Values for higher derivatives. A new operation is a
new paragraph.
"""

from __future__ import annotations

from typing import Any

from ..kinds import numeric, special
from ..kinds.kind import like
from ..kinds.numeric import where
from ..primitive import primitive


def _nonzero(r: Any) -> Any:
    """r, or 1 in place of 0: a ratio x/r with x = 0 there is then 0."""
    return where(r == 0, like(1, r), r)


def _over_square(x: Any, r: Any) -> Any:
    """x/r², with no overflow on the way; a constant 0 at r = 0, so that Hessians are symmetric."""
    return where(r == 0, like(0, r), x / r / r)


def _times_in(x: Any, y: Any, z: Any) -> Any:
    """How many y's went out of x to leave the remainder z: x/y rounded; inf where y is 0.

    A remainder of y itself is what -1 of them leave of a number that is tiny beside y.
    """
    return where(z == y, like(-1, z), where(z == z, numeric.round((x - z) / y), x / y))


def _log_of_base(x: Any, z: Any) -> Any:
    """log x as a number of the kind of z: of a constant 1.5 to as many digits as z has."""
    return numeric.log(like(1, z) * x)


# --------------------------------------------------------------------------------------- arithmetic


@primitive(
    lambda g, z, x, y: g,
    lambda g, z, x, y: g,
)
def add(x: Any, y: Any) -> Any:
    """Sum x + y; ∂z/∂x = ∂z/∂y = 1.

    >>> add(2.0, 3.0)
    5.0
    """
    return x + y


@primitive(
    lambda g, z, x, y: g,
    lambda g, z, x, y: -g,
)
def sub(x: Any, y: Any) -> Any:
    """Difference x - y; ∂z/∂x = 1, ∂z/∂y = -1.

    >>> sub(2.0, 3.0)
    -1.0
    """
    return x - y


@primitive(
    lambda g, z, x, y: g * y,
    lambda g, z, x, y: g * x,
)
def mul(x: Any, y: Any) -> Any:
    """Product x y; ∂z/∂x = y, ∂z/∂y = x.

    >>> mul(2.0, 3.0)
    6.0
    """
    return x * y


@primitive(
    lambda g, z, x, y: g / y,
    lambda g, z, x, y: -(g / y) * z,
    domain=((-2.0, 2.0), (0.5, 2.0)),
)
def div(x: Any, y: Any) -> Any:
    """Quotient x / y; ∂z/∂x = 1/y, ∂z/∂y = -z/y. IEEE: 1/0 is inf, 0/0 nan.

    >>> div(1.0, 0.0)
    inf
    """
    return x / y


@primitive(
    lambda g, z, x, y: g,
    lambda g, z, x, y: -g * _times_in(x, y, z),
    domain=((2.1, 2.9), (1.0, 1.04)),
)
def mod(x: Any, y: Any) -> Any:
    """Remainder x - y floor(x/y), of the sign of y; ∂z/∂x = 1, ∂z/∂y = -floor(x/y).

    >>> mod(-7.0, 3.0)
    2.0
    """
    return numeric.mod(x, y)


@primitive(
    lambda g, z, x, y: g,
    lambda g, z, x, y: -g * _times_in(x, y, z),
    domain=((2.1, 2.9), (1.0, 1.04)),
)
def fmod(x: Any, y: Any) -> Any:
    """Remainder x - y trunc(x/y), of the sign of x; ∂z/∂x = 1, ∂z/∂y = -trunc(x/y).

    >>> fmod(-7.0, 3.0)
    -1.0
    """
    return numeric.fmod(x, y)


@primitive(lambda g, z, x: -g)
def neg(x: Any) -> Any:
    """Negation -x; dz/dx = -1.

    >>> neg(2.0)
    -2.0
    """
    return -x


@primitive(lambda g, z, x: g * 2 * x)
def square(x: Any) -> Any:
    """x²; dz/dx = 2x.

    >>> square(3.0)
    9.0
    """
    return x * x


@primitive(lambda g, z, x: -g * z * z, domain=(0.5, 2.0))
def reciprocal(x: Any) -> Any:
    """1/x; dz/dx = -z².

    >>> reciprocal(4.0)
    0.25
    """
    return 1 / x


@primitive(
    lambda g, z, x, y: where(
        (y == 0) & ((x == 0) | (x != x)),
        0 * g,
        g * y * numeric.power_below(x, y),
    ),
    lambda g, z, x, y: where(
        (x == 0) & (y >= 0),
        where(y > 0, g * z, 0 * g),  # 0 twice; but the slope of the first is ∂z/∂x, as it must be
        g * z * _log_of_base(x, z),
    ),
    domain=((0.5, 2.0), (-2.0, 2.0)),
)
def pow(x: Any, y: Any) -> Any:
    """xʸ, nan for a root of a negative number; ∂z/∂x = y xʸ⁻¹, ∂z/∂y = z log x.

    >>> pow(2.0, 3.0)
    8.0
    """
    return numeric.pow(x, y)


@primitive(lambda g, z, x: g / (2 * z), domain=(0.1, 4.0))
def sqrt(x: Any) -> Any:
    """√x; dz/dx = 1/(2z).

    >>> sqrt(9.0)
    3.0
    """
    return numeric.sqrt(x)


@primitive(lambda g, z, x: where(x == 0, g / (3 * z) / z, g * z / (3 * x)), domain=(0.1, 4.0))
def cbrt(x: Any) -> Any:
    """∛x, real for negative x too; dz/dx = 1/(3z²) = z/(3x), in which the rounding of z counts once
    (C's cbrt is off by up to 2.7 ulps).

    >>> cbrt(-8.0)
    -2.0
    """
    return numeric.cbrt(x)


@primitive(
    lambda g, z, x, y: g * x / _nonzero(z),
    lambda g, z, x, y: g * y / _nonzero(z),
)
def hypot(x: Any, y: Any) -> Any:
    """√(x² + y²); ∂z/∂x = x/z, ∂z/∂y = y/z, both 0 at the origin (the least subgradient).

    >>> hypot(3.0, 4.0)
    5.0
    """
    return numeric.hypot(x, y)


# ---------------------------------------------------------------------- exponentials and logarithms


@primitive(lambda g, z, x: g * z)
def exp(x: Any) -> Any:
    """eˣ; dz/dx = z.

    >>> exp(0.0)
    1.0
    """
    return numeric.exp(x)


@primitive(lambda g, z, x: g * numeric.exp(x))
def expm1(x: Any) -> Any:
    """eˣ - 1, accurate near 0; dz/dx = eˣ, of which z + 1 would lose all digits for x ≪ 0.

    >>> expm1(1e-20)
    1e-20
    """
    return numeric.expm1(x)


@primitive(lambda g, z, x: g * z * numeric.log(like(2, x)))
def exp2(x: Any) -> Any:
    """2ˣ; dz/dx = z log 2.

    >>> exp2(3.0)
    8.0
    """
    return numeric.exp2(x)


@primitive(lambda g, z, x: g / x, domain=(0.1, 4.0))
def log(x: Any) -> Any:
    """Natural logarithm, -inf at 0; dz/dx = 1/x.

    >>> log(1.0)
    0.0
    """
    return numeric.log(x)


@primitive(lambda g, z, x: g / (1 + x), domain=(-0.9, 2.0))
def log1p(x: Any) -> Any:
    """log(1 + x), accurate near 0; dz/dx = 1/(1 + x).

    >>> log1p(1e-20)
    1e-20
    """
    return numeric.log1p(x)


@primitive(lambda g, z, x: g / (x * numeric.log(like(2, x))), domain=(0.1, 4.0))
def log2(x: Any) -> Any:
    """Logarithm to base 2; dz/dx = 1/(x log 2).

    >>> log2(8.0)
    3.0
    """
    return numeric.log2(x)


@primitive(lambda g, z, x: g / (x * numeric.log(like(10, x))), domain=(0.1, 4.0))
def log10(x: Any) -> Any:
    """Logarithm to base 10; dz/dx = 1/(x log 10).

    >>> log10(1000.0)
    3.0
    """
    return numeric.log10(x)


@primitive(lambda g, z, x: g * special.logistic(x))
def sigmoid(x: Any) -> Any:
    """Logistic function σ(x) = 1/(1 + e⁻ˣ), without overflow; dz/dx = z (1 - z) = σ(x) σ(-x).

    >>> sigmoid(0.0)
    0.5
    """
    return numeric.sigmoid(x)


@primitive(lambda g, z, x: g * numeric.sigmoid(x))
def softplus(x: Any) -> Any:
    """log(1 + eˣ), without overflow; dz/dx = σ(x).

    Source: C. Dugas et al., Incorporating second-order functional knowledge, NIPS 2000.

    >>> softplus(800.0), softplus(-800.0)
    (800.0, 0.0)
    """
    return numeric.logsumexp((x, like(0, x)))


@primitive(lambda g, z, x: g * special.gaussian(1, x) / numeric.sqrt(numeric.arctan(like(1, x))))
def erf(x: Any) -> Any:
    """Error function (2/√π) ∫₀ˣ exp(-t²) dt; dz/dx = (2/√π) exp(-x²), where √π/2 = √arctan 1.

    >>> erf(0.0)
    0.0
    """
    return numeric.erf(x)


@primitive(lambda g, z, x: -g * special.gaussian(1, x) / numeric.sqrt(numeric.arctan(like(1, x))))
def erfc(x: Any) -> Any:
    """Complementary error function 1 - erf x, accurate for large x; dz/dx = -(2/√π) exp(-x²).

    >>> erfc(0.0)
    1.0
    """
    return numeric.erfc(x)


# ------------------------------------------------------------------------------------- trigonometry


@primitive(lambda g, z, x: g * numeric.cos(x))
def sin(x: Any) -> Any:
    """Sine of x radians; dz/dx = cos x.

    >>> sin(0.0)
    0.0
    """
    return numeric.sin(x)


@primitive(lambda g, z, x: -g * numeric.sin(x))
def cos(x: Any) -> Any:
    """Cosine of x radians; dz/dx = -sin x.

    >>> cos(0.0)
    1.0
    """
    return numeric.cos(x)


@primitive(lambda g, z, x: g * (1 + z * z), domain=(-1.2, 1.2))
def tan(x: Any) -> Any:
    """Tangent of x radians; dz/dx = 1 + z².

    >>> tan(0.0)
    0.0
    """
    return numeric.tan(x)


@primitive(lambda g, z, x: g / special.leg(1, x), domain=(-0.9, 0.9))
def arcsin(x: Any) -> Any:
    """Arc sine in radians; dz/dx = 1/√(1 - x²).

    >>> arcsin(0.0)
    0.0
    """
    return numeric.arcsin(x)


@primitive(lambda g, z, x: -g / special.leg(1, x), domain=(-0.9, 0.9))
def arccos(x: Any) -> Any:
    """Arc cosine in radians; dz/dx = -1/√(1 - x²).

    >>> arccos(1.0)
    0.0
    """
    return numeric.arccos(x)


@primitive(lambda g, z, x: g / (1 + x * x))
def arctan(x: Any) -> Any:
    """Arc tangent in radians; dz/dx = 1/(1 + x²).

    >>> arctan(0.0)
    0.0
    """
    return numeric.arctan(x)


@primitive(
    lambda g, z, x, y: _over_square(g * y, numeric.hypot(x, y)),
    lambda g, z, x, y: _over_square(-g * x, numeric.hypot(x, y)),
    domain=((0.5, 2.0), (-2.0, 2.0)),
)
def arctan2(x: Any, y: Any) -> Any:
    """Angle of the point (y, x): NumPy's order. With r² = x² + y²: ∂z/∂x = y/r², ∂z/∂y = -x/r²;
    both 0 at the origin.

    >>> arctan2(0.0, 1.0)
    0.0
    """
    return numeric.arctan2(x, y)


# ----------------------------------------------------------------------------- hyperbolic functions


@primitive(lambda g, z, x: g * numeric.cosh(x))
def sinh(x: Any) -> Any:
    """Hyperbolic sine; dz/dx = cosh x.

    >>> sinh(0.0)
    0.0
    """
    return numeric.sinh(x)


@primitive(lambda g, z, x: g * numeric.sinh(x))
def cosh(x: Any) -> Any:
    """Hyperbolic cosine; dz/dx = sinh x.

    >>> cosh(0.0)
    1.0
    """
    return numeric.cosh(x)


@primitive(lambda g, z, x: g * (1 - z * z))
def tanh(x: Any) -> Any:
    """Hyperbolic tangent; dz/dx = 1 - z².

    Near ±1 the slope is right to an ulp of 1, not of itself; all its digits would cost an exponential.

    >>> tanh(0.0)
    0.0
    """
    return numeric.tanh(x)


@primitive(lambda g, z, x: g / numeric.hypot(x, like(1, x)))
def arcsinh(x: Any) -> Any:
    """Inverse of sinh; dz/dx = 1/√(x² + 1).

    >>> arcsinh(0.0)
    0.0
    """
    return numeric.arcsinh(x)


@primitive(lambda g, z, x: g / special.leg(x, 1), domain=(1.2, 4.0))
def arccosh(x: Any) -> Any:
    """Inverse of cosh for x ≥ 1; dz/dx = 1/√(x² - 1).

    >>> arccosh(1.0)
    0.0
    """
    return numeric.arccosh(x)


@primitive(lambda g, z, x: g / special.leg(1, x) / special.leg(1, x), domain=(-0.9, 0.9))
def arctanh(x: Any) -> Any:
    """Inverse of tanh; dz/dx = 1/(1 - x²).

    >>> arctanh(0.0)
    0.0
    """
    return numeric.arctanh(x)
