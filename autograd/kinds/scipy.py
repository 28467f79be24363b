"""SciPy's special functions, of floats and of arrays: the library is loaded by the first call."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from ..errors import KindError


def of_arrays(name: str) -> Callable[..., Any]:
    """A function of ``scipy.special``; KindError where SciPy is not installed."""

    def function(*numbers: Any) -> Any:
        try:
            special = importlib.import_module("scipy.special")
        except ImportError as error:
            raise KindError(
                f"{name} of floats and arrays needs SciPy: pip install scipy (mpmath's numbers do not)"
            ) from error
        return getattr(special, name)(*numbers)

    return function


def of_floats(name: str) -> Callable[..., float]:
    """The same of floats, as a Python float."""
    function = of_arrays(name)
    return lambda *numbers: float(function(*numbers))
