"""Composites that step: what rounds towards 0, divides to whole numbers, takes a sign or ignores nan.

Their derivative is that of the piece which the point lies on.
"""

from __future__ import annotations

from typing import Any

from ..kinds.kind import like
from .arithmetic import div, mod, reciprocal
from .branches import abs, ceil, floor, maximum, minimum, round, where


def trunc(x: Any) -> Any:
    """x without its fraction: the nearest integer towards 0; derivative 0.

    >>> trunc(-1.5)
    -1.0
    """
    return where(x < 0, ceil(x), floor(x))


def floor_divide(x: Any, y: Any) -> Any:
    """x // y, the largest integer not above x/y; derivative 0.

    It is computed from the remainder, as NumPy does: 1 // 0.1 is 9, though 1/0.1 rounds to 10.

    >>> floor_divide(1.0, 0.1)
    9.0
    """
    return where(y == 0, div(x, y), round(div(x - mod(x, y), y)))


def divmod(x: Any, y: Any) -> tuple[Any, Any]:
    """(x // y, x % y).

    >>> divmod(7.0, 2.0)
    (3.0, 1.0)
    """
    return floor_divide(x, y), mod(x, y)


def copysign(x: Any, y: Any) -> Any:
    """|x| with the sign of y, which -0.0 has too; dz/dx = ±sign x.

    >>> copysign(2.0, -0.0)
    -2.0
    """
    return where(is_negative(y), -abs(x), abs(x))


def is_negative(x: Any) -> Any:
    """Whether x has a minus, as -0.0 has; of a nan it is not asked.

    >>> is_negative(-0.0), is_negative(0.0)
    (True, False)
    """
    return (x < 0) | ((x == 0) & (reciprocal(where(x == 0, x, like(1, x))) < 0))


def heaviside(x: Any, at_zero: Any) -> Any:
    """The unit step: 0 for x < 0, 1 for x > 0, ``at_zero`` at 0; derivative 0 in x.

    >>> heaviside(2.0, 0.5)
    1.0
    """
    side = where(x > 0, like(1, x), like(0, x))
    return where(x == 0, at_zero, where(x == x, side, x - x))


def fmax(x: Any, y: Any) -> Any:
    """The larger of x and y, where a nan is ignored; derivative as `maximum` has it.

    >>> fmax(1.0, float("nan"))
    1.0
    """
    return maximum(where(x == x, x, y), where(y == y, y, x))


def fmin(x: Any, y: Any) -> Any:
    """The smaller of x and y, where a nan is ignored; derivative as `minimum` has it.

    >>> fmin(1.0, float("nan"))
    1.0
    """
    return minimum(where(x == x, x, y), where(y == y, y, x))
