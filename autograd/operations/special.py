"""The special functions of statistics and physics, a paragraph each.

Those that Python's ``math`` lacks need SciPy of floats, and most of batches; the first one loads it.
Sources of the derivatives:
M. Abramowitz, I. Stegun, Handbook of mathematical functions, chapters 6, 7 and 9.
"""

from __future__ import annotations

from typing import Any

from ..kinds import numeric, special
from ..kinds.kind import like
from ..kinds.numeric import where
from ..primitive import primitive


def _share(x: Any, y: Any) -> Any:
    """x/y, the slope of x log y; 0 at (0, 0), where the function is 0 along x = 0."""
    return where((x == 0) & (y == 0), like(0, y), x / y)


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


@primitive(lambda g, z, x: g * special.digamma(x), domain=(0.5, 4.0))
def gammaln(x: Any) -> Any:
    """log |Γ(x)|; dz/dx = ψ(x), `digamma`.

    Near its zeros at 1 and 2 it is right to an ulp of 1, not of itself, as C's and SciPy's are.

    >>> gammaln(1.0)
    0.0
    """
    return special.gammaln(x)


@primitive(lambda g, z, x: g * special.polygamma(1, x), domain=(0.5, 4.0))
def digamma(x: Any) -> Any:
    """ψ(x), the derivative of log Γ(x); dz/dx = ψ⁽¹⁾(x), the trigamma function.

    Near its zeros it is right to an ulp of 1, not of itself.

    >>> f"{digamma(1.0):.6f}"
    '-0.577216'
    """
    return special.digamma(x)


@primitive(lambda g, z, x: g * special.iv(1, x))
def i0(x: Any) -> Any:
    """Modified Bessel function I₀(x); dz/dx = I₁(x), of which SciPy's is right to 10 ulps.

    >>> i0(0.0)
    1.0
    """
    return special.iv(0, x)


@primitive(lambda g, z, x: g * (special.iv(0, x) + special.iv(2, x)) / 2)
def i1(x: Any) -> Any:
    """Modified Bessel function I₁(x), as SciPy's right to 10 ulps; dz/dx = (I₀(x) + I₂(x))/2.

    >>> i1(0.0)
    0.0
    """
    return special.iv(1, x)


@primitive(
    lambda g, z, x: g * special.gaussian(2, x) / numeric.sqrt(8 * numeric.arctan(like(1, x)))
)
def ndtr(x: Any) -> Any:
    """Φ(x), the distribution function of the normal distribution; dz/dx = exp(-x²/2)/√(2π).

    Right to 6 ulps, also where it is tiny: SciPy's functions, of which it is made, are off by 3.

    >>> ndtr(0.0)
    0.5
    """
    return special.ndtr(x)


@primitive(lambda g, z, x: g * special.mills(x))
def log_ndtr(x: Any) -> Any:
    """log Φ(x), finite where Φ(x) rounds to 0; dz/dx = φ(x)/Φ(x), φ the density.

    Right to 8 ulps, as `ndtr` to 6.

    >>> f"{log_ndtr(-40.0):.6f}"
    '-804.608442'
    """
    return special.log_ndtr(x)


@primitive(
    lambda g, z, x: g * numeric.sqrt(numeric.arctan(like(1, x))) / special.gaussian(1, z),
    domain=(-0.9, 0.9),
)
def erfinv(x: Any) -> Any:
    """The inverse of erf; dz/dx = (√π/2) exp(z²), in which the rounding of z counts z² times.

    >>> erfinv(0.0)
    0.0
    """
    return special.erfinv(x)


@primitive(
    lambda g, z, x, y: g * numeric.log(y),
    lambda g, z, x, y: g * _share(x, y),
    domain=((-2.0, 2.0), (0.5, 2.0)),
)
def xlogy(x: Any, y: Any) -> Any:
    """x log y, 0 where x is 0; ∂z/∂x = log y, ∂z/∂y = x/y.

    >>> xlogy(0.0, 0.0)
    0.0
    """
    return special.xlogy(x, y)


@primitive(
    lambda g, z, x, y: g * numeric.log1p(y),
    lambda g, z, x, y: g * _share(x, 1 + y),
    domain=((-2.0, 2.0), (-0.5, 2.0)),
)
def xlog1py(x: Any, y: Any) -> Any:
    """x log(1 + y), 0 where x is 0; ∂z/∂x = log(1 + y), ∂z/∂y = x/(1 + y).

    >>> xlog1py(0.0, -1.0)
    0.0
    """
    return special.xlog1py(x, y)


@primitive(lambda g, z, x: g / (x * (1 - x)), domain=(0.1, 0.9))
def logit(x: Any) -> Any:
    """log(x/(1 - x)), the inverse of the sigmoid; dz/dx = 1/(x (1 - x)).

    >>> logit(0.5)
    0.0
    """
    return special.logit(x)


@primitive(lambda g, z, x: g * special.sinc_slope(1, x))
def sinc(x: Any) -> Any:
    """sin(πx)/(πx), 1 at 0; near 0 the derivatives of every order are right by their series.

    Elsewhere the slope (cos πx - z)/x has, near the extrema of z, the digits that cancelling leaves.

    >>> sinc(0.0)
    1.0
    """
    return special.sinc_slope(0, x)
