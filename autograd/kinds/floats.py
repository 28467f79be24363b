"""Python's numbers: floats, and integers and booleans, which the functions take as floats."""

from __future__ import annotations

import math

from . import special  # noqa: F401  (its functions of floats stand in the table
from .ieee import dividing_by_zero
from .kind import Table, register
from .numeric import floats

_floats: Table = {
    **floats,
    "ieee": dividing_by_zero(float),
    "like": lambda n, x: float(n),
    "is_finite": math.isfinite,
}
register(int, {**_floats, "variable": float}, priority=0)
register(float, {**_floats, "constant": float, "variable": float, "result": float}, priority=0)
