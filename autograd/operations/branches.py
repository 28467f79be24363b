"""The primitives that step or choose: their derivative is 0, or goes to one operand alone.

``only`` and ``unless`` send nothing, which is not 0, into a branch that was not taken.
"""

from __future__ import annotations

import builtins
from typing import Any

from ..kinds import numeric
from ..kinds.kind import NOTHING, like
from ..kinds.numeric import only, unless
from ..primitive import primitive


def _share(chosen: Any, z: Any) -> Any:
    """The part of its adjoint that a maximum passes to an operand: 1, a half at a tie, nan for nan.

    ``z == z`` asks whether z is no nan; of symbols, whose ties are not known, it is true too.
    """
    half = numeric.where(z == z, like(1, z) / 2, z)
    return numeric.where(chosen, like(1, z), half)


@primitive(lambda g, z, x: g * numeric.sign(x))
def abs(x: Any) -> Any:
    """|x|; dz/dx = sign x, 0 at 0.

    >>> abs(-2.0)
    2.0
    """
    return builtins.abs(x)


@primitive(lambda g, z, x: NOTHING, domain=(0.1, 2.0))
def sign(x: Any) -> Any:
    """-1, 0 or 1; derivative 0.

    >>> sign(-2.0)
    -1.0
    """
    return numeric.sign(x)


@primitive(lambda g, z, x: NOTHING, domain=(0.1, 0.9))
def floor(x: Any) -> Any:
    """Largest integer not above x; derivative 0.

    >>> floor(1.5)
    1.0
    """
    return numeric.floor(x)


@primitive(lambda g, z, x: NOTHING, domain=(0.1, 0.9))
def ceil(x: Any) -> Any:
    """Smallest integer not below x; derivative 0.

    >>> ceil(1.5)
    2.0
    """
    return numeric.ceil(x)


@primitive(lambda g, z, x: NOTHING, domain=(0.6, 1.4))
def round(x: Any) -> Any:
    """Nearest integer, halves to the even one; derivative 0.

    >>> round(2.5)
    2.0
    """
    return numeric.round(x)


@primitive(lambda g, z, x: unless(x <= 0, numeric.where(x == x, g, g * z)))
def relu(x: Any) -> Any:
    """max(x, 0); dz/dx = 1 for x > 0, nothing for x ≤ 0, nan for nan (twice, too).

    >>> relu(-2.0)
    0.0
    """
    return numeric.relu(x)


@primitive(
    lambda g, z, x, y: unless(x < y, g * _share(x > y, z)),
    lambda g, z, x, y: unless(y < x, g * _share(y > x, z)),
)
def maximum(x: Any, y: Any) -> Any:
    """The larger of x and y, which receives g; half each at a tie, nan for nan.

    >>> maximum(1.0, 2.0)
    2.0
    """
    return numeric.maximum(x, y)


@primitive(
    lambda g, z, x, y: unless(x > y, g * _share(x < y, z)),
    lambda g, z, x, y: unless(y > x, g * _share(y < x, z)),
)
def minimum(x: Any, y: Any) -> Any:
    """The smaller of x and y, which receives g; half each at a tie, nan for nan.

    >>> minimum(1.0, 2.0)
    1.0
    """
    return numeric.minimum(x, y)


@primitive(
    lambda g, z, c, x, y: NOTHING,
    lambda g, z, c, x, y: only(c, g),
    lambda g, z, c, x, y: unless(c, g),
)
def where(c: Any, x: Any, y: Any) -> Any:
    """x where the condition c (a bool or an array of them) holds, else y: the chosen one receives g.

    A condition that is a Value counts by its number, and receives nothing.

    >>> where(True, 1.0, 2.0)
    1.0
    """
    return numeric.where(c, x, y)
