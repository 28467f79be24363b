"""NumPy's functions on Values are ours: what computes each, by NumPy's name.

The tables are instantiate by `protocols.python`, which stands above the operations; arrays of variables,
which stand below them, look their functions up here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

functions: dict[str, Callable[..., Any]] = {}
"""By the name of a ufunc; beside them ``sum``, ``prod``, ``dot`` and ``where``."""
tests: set[str] = set()
"""The names of those that compare or test, and answer true or false."""


def function_for(ufunc: Any) -> Callable[..., Any] | None:
    """Our function for one of NumPy's, or None."""
    return functions.get(ufunc.__name__)
