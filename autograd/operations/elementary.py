"""The elementary functions, a paragraph each, as in `arithmetic`.

Exponentials and logarithms, the circular and the hyperbolic functions, and their inverses.
"""

from __future__ import annotations

from typing import Any

from ..kinds import numeric, special
from ..kinds.kind import like
from ..kinds.numeric import where
from ..primitive import primitive


def _over_square(x: Any, r: Any) -> Any:
    """x/r², with no overflow on the way; a constant 0 at r = 0, so that Hessians are symmetric."""
    return where(r == 0, like(0, r), x / r / r)


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
