"""pandas' Series and frames: the arrays of their numbers, wherever an array is taken."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .kind import constant, leaf, register


def _constant(x: Any) -> Any:
    return constant(x.to_numpy())


for _type in (pd.Series, pd.DataFrame):
    register(_type, {"constant": _constant, "variable": lambda x: leaf(x.to_numpy())}, priority=2)
