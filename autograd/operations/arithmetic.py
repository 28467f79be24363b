"""Arithmetic, powers and roots, a paragraph each: its value and its pullbacks.

In a formula x and y are the arguments, z the result, g the adjoint of z; a pullback formula answers
g · ∂z/∂x. It says ``g / y`` and never ``g * (1 / y)``, so that an adjoint over 0 is IEEE's inf.
Formulas run on numbers of every kind, and on Values for higher derivatives. A new operation is a
new paragraph.
"""

from __future__ import annotations

from typing import Any

from ..kinds import numeric
from ..kinds.kind import like
from ..kinds.numeric import where
from ..primitive import primitive


def _nonzero(r: Any) -> Any:
    """r, or 1 in place of 0: a ratio x/r with x = 0 there is then 0."""
    return where(r == 0, like(1, r), r)


def _times_in(x: Any, y: Any, z: Any) -> Any:
    """How many y's went out of x to leave the remainder z: x/y rounded; inf where y is 0.

    A remainder of y itself is what -1 of them leave of a number that is tiny beside y.
    """
    return where(z == y, like(-1, z), where(z == z, numeric.round((x - z) / y), x / y))


def _log_of_base(x: Any, z: Any) -> Any:
    """log x as a number of the kind of z: of a constant 1.5 to as many digits as z has."""
    return numeric.log(like(1, z) * x)


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


@primitive(lambda g, z, x: where(x == z, g / (3 * z) / z, g * z / x / 3), domain=(0.1, 4.0))
def cbrt(x: Any) -> Any:
    """∛x, real for negative x too; dz/dx = 1/(3z²) = z/(3x), in which the rounding of z counts once
    (C's cbrt is off by up to 2.7 ulps), and 3x does not overflow; but for x = z: 0, ±1 and ±inf.

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
