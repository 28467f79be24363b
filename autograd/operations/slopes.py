"""Derivatives that are primitives themselves, so that the next derivative has all its digits too.

Differentiated by its parts, ``1/√((1 - x)(1 + x))`` would be a difference of two halves near 0, and
lose the slope there. These are written once, with a value formula that is accurate where the value
is hard and a pullback that is accurate where the slope is; n is the order of a derivative, a constant.
"""

from __future__ import annotations

from typing import Any

from ..kinds import numeric, special
from ..kinds.kind import NOTHING
from ..primitive import primitive


@primitive(
    lambda g, z, x, y: g * x / z,
    lambda g, z, x, y: -g * y / z,
    domain=((2.0, 4.0), (-1.5, 1.5)),
)
def leg(x: Any, y: Any) -> Any:
    """√(x² - y²), the leg of a right triangle with hypotenuse x; ∂z/∂x = x/z, ∂z/∂y = -y/z.

    >>> leg(5.0, 4.0)
    3.0
    """
    return special.leg(x, y)


@primitive(lambda g, z, x: -g * z * numeric.tanh(x / 2))
def logistic(x: Any) -> Any:
    """σ(x) σ(-x), the slope of the sigmoid; dz/dx = -z tanh(x/2).

    >>> logistic(0.0)
    0.25
    """
    return special.logistic(x)


@primitive(
    lambda g, z, n, x: NOTHING,
    lambda g, z, n, x: numeric.unless(z == 0, -(2 // n) * g * x * z),
    domain=((2, 2), (-2.0, 2.0)),
)
def gaussian(n: Any, x: Any) -> Any:
    """exp(-x²/n) for n = 1 or 2, the rounding of x² made good; dz/dx = -2 x z/n, nothing where z is 0:
    the powers of x that higher derivatives multiply it by may be infinite.

    >>> gaussian(2, 0.0)
    1.0
    """
    return special.gaussian(n, x)


@primitive(lambda g, z, x: numeric.unless(z == 0, -g * z * (x + z)))
def mills(x: Any) -> Any:
    """φ(x)/Φ(x) of the normal distribution, the slope of `log_ndtr`; dz/dx = -z (x + z), nothing where
    z is 0, as of `gaussian`.

    Right to 8 ulps, as `log_ndtr`. For x ≪ 0, where z is nearly -x, the slope loses x² units in the
    last place.

    >>> f"{mills(0.0):.6f}"
    '0.797885'
    """
    return special.mills(x)


@primitive(
    lambda g, z, n, x: NOTHING,
    lambda g, z, n, x: g * special.polygamma(n + 1, x),
    domain=((1, 1), (0.5, 4.0)),
)
def polygamma(n: Any, x: Any) -> Any:
    """The n-th derivative of `digamma`; dz/dx is the next one.

    >>> f"{polygamma(1, 1.0):.6f}"
    '1.644934'
    """
    return special.polygamma(n, x)


@primitive(
    lambda g, z, n, x: NOTHING,
    lambda g, z, n, x: g * (special.iv(n - 1, x) + special.iv(n + 1, x)) / 2,
    domain=((2, 2), (-2.0, 2.0)),
)
def iv(n: Any, x: Any) -> Any:
    """Modified Bessel function Iₙ(x); dz/dx = (Iₙ₋₁(x) + Iₙ₊₁(x))/2.

    SciPy's loses digits for n > 1: for x < 1e-100, where it answers 0, and beyond 300.

    Source: M. Abramowitz, I. Stegun, Handbook of mathematical functions, 9.6.26.

    >>> iv(2, 0.0)
    0.0
    """
    return special.iv(n, x)


@primitive(
    lambda g, z, n, x: NOTHING,
    lambda g, z, n, x: g * special.sinc_slope(n + 1, x),
    domain=((1, 1), (-2.0, 2.0)),
)
def sinc_slope(n: Any, x: Any) -> Any:
    """The n-th derivative of `sinc`; dz/dx is the next one. Near its zeros digits cancel.

    >>> sinc_slope(1, 0.0)
    0.0
    """
    return special.sinc_slope(n, x)
