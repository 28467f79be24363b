"""Python's numbers: floats, and integers and booleans, which the functions take as floats."""

from __future__ import annotations

import math

from . import special  # noqa: F401  (its functions of floats stand in the table
from .ieee import dividing_by_zero
from .kind import Table, register
from .numeric import floats


def of_integer(n: int) -> float:
    """The float nearest to an integer; OverflowError, which says what holds it, beyond all floats."""
    try:
        return float(n)
    except OverflowError:
        size = int(math.log10(abs(n)))
        raise OverflowError(
            f"an integer of {size + 1} digits is beyond all floats, which end at 1.8e308: "
            f"fractions.Fraction(n) is exact, mpmath.mpf(n) has the digits that one asks for"
        ) from None


_floats: Table = {
    **floats,
    "ieee": dividing_by_zero(float),
    "like": lambda n, x: of_integer(n),
    "is_finite": math.isfinite,
}
register(int, {**_floats, "variable": of_integer}, priority=0)
register(float, {**_floats, "constant": float, "variable": float, "result": float}, priority=0)
