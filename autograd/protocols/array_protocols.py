"""NumPy's two protocols: its ufuncs (NEP 13) and its other functions (NEP 18) on Values are ours.

What answers each function stands in tables: in `ufuncs`, and in `functions` for the rest, theme by
theme. What stands in none is an error that names the way out; nothing is let through by default.
The tables use NumPy, so they are loaded when NumPy asks for the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kinds import dispatch


class ArrayProtocols:
    """What a Value answers when NumPy asks."""

    __slots__ = ()
    _data = dispatch.no_masked_array
    __pandas_priority__ = 1e4  # a pandas object on the left leaves the operation to us

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        """NumPy's protocol (NEP 13): ``np.exp(v)``, ``array * v``, ``np.float64(2) * v`` are ours."""
        return dispatch.ufunc(ufunc, method, inputs, settings)

    def __array_function__(self, function: Any, types: Any, args: Any, settings: Any) -> Any:
        """NumPy's protocol (NEP 18): ``np.where``, ``np.sort``, ``np.linalg.norm`` are ours."""
        return dispatch.function(function, args, settings)


def _load() -> None:
    from . import choosing, functions, ufuncs

    dispatch.ufunc, dispatch.function = ufuncs.answer, functions.answer
    dispatch.indexed = choosing.indexed


def _loading(name: str) -> Callable[..., Any]:
    """An answer that loads the tables when NumPy asks for the first time, and gives way to them."""

    def first(*question: Any) -> Any:
        _load()
        return getattr(dispatch, name)(*question)

    return first


dispatch.ufunc, dispatch.function = _loading("ufunc"), _loading("function")
dispatch.indexed = _loading("indexed")
