"""Arrays of variables: an array of Values, on which NumPy's functions are ours.

An array that is given to a transform holds separate variables. The user's function gets them as an
array of dtype object in the same shape, so indexing, slices and reshaping are NumPy's own.
Arithmetic would be right as well; but NumPy's ``maximum`` of objects picks one at a tie, and knows
no ``exp`` of them: every function goes through `__array_ufunc__` to ours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from . import dispatch
from .dispatch import function_for
from .kind import Number


class Variables(np.ndarray[Any, Any]):
    """An array of Values (and numbers), of dtype object."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        """NumPy's protocol (NEP 13): the function applied to each element, by our primitives."""
        plain = [_boxed(x) for x in inputs]
        out = settings.pop("out", None)
        for name in ("casting", "order", "subok"):  # these say nothing about Values
            settings.pop(name, None)
        function = function_for(ufunc)
        if method == "reduce" and function:
            result = _reduced(function, plain[0], **settings)
        elif ufunc is np.matmul:
            result = _matmul(*plain)
        elif method == "__call__" and not settings:
            result = along_arrays(function or ufunc, plain)
        else:
            raise TypeError(
                f"np.{ufunc.__name__}.{method}{settings or ''} of Values is not defined"
            )
        if ufunc.__name__ in dispatch.tests:
            return _truths(result) if isinstance(result, np.ndarray) else result
        if out:
            out[0][...] = result
            return out[0]
        return result.view(Variables) if isinstance(result, np.ndarray) else result

    def __array_function__(self, function: Any, types: Any, args: Any, settings: Any) -> Any:
        """NumPy's protocol (NEP 18): what ``np.stack`` and its kin make of Values is ours too."""
        if function is np.where and len(args) == 3 and np.asarray(args[0]).dtype == object:
            return along_arrays(
                dispatch.functions["where"], args
            )  # conditions of one truth value a sample
        return as_ours(super().__array_function__(function, types, args, settings))


def _truths(result: Any) -> Any:
    """An array of bools; under `vmap` each is one truth a sample, and stays an object."""
    plain = all(isinstance(x, (bool, np.bool_)) for x in result.flat)
    return np.asarray(result, dtype=bool) if plain else as_ours(result)


def as_ours(result: Any) -> Any:
    """An array of objects that NumPy made, as one of Values."""
    ours = type(result) is np.ndarray and result.dtype == object
    return result.view(Variables) if ours else result


def along_arrays(function: Any, inputs: Sequence[Any]) -> Any:
    """A function of Values applied element by element."""
    result = np.frompyfunc(function, len(inputs), 1)(*map(_boxed, inputs))
    return as_ours(result)


def _boxed(x: Any) -> Any:
    """A plain array; of a single number one of no dimension (NumPy would ask a Value its protocol)."""
    if isinstance(x, (np.ndarray, list, tuple)):
        return np.asarray(x)
    box = np.empty((), dtype=object)
    box[()] = x
    return box


_NARY = {"add": "sum", "mul": "prod"}


def _reduced(function: Any, x: Any, axis: Any = 0, keepdims: bool = False, **settings: Any) -> Any:
    """A function of two folded along axes; a sum and a product are one n-ary node each."""
    if any(value is not None and value is not True for value in settings.values()):
        raise TypeError(f"a reduction of Values takes axis and keepdims, got {settings}")
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis) % x.ndim
    rest = [a for a in range(x.ndim) if a not in set(axes)]
    length = math.prod(x.shape[a] for a in axes)  # -1 would not do for an empty array
    rows = x.transpose([*rest, *axes]).reshape([*(x.shape[a] for a in rest), length])
    shape = [1 if a not in rest else n for a, n in enumerate(x.shape)] if keepdims else None
    nary = _NARY.get(function.__name__)
    fold: Any = dispatch.functions[nary] if nary else lambda row: reduce(function, row)
    if not length and not nary:
        raise ValueError(f"{function.__name__} of an empty array has no value")
    result = np.empty(rows.shape[:-1], dtype=object)
    for index in np.ndindex(result.shape):
        result[index] = fold(rows[index].tolist())
    return result.reshape(shape) if shape is not None else result[()]


def _matmul(a: Any, b: Any) -> Any:
    """The matrix product, each element one n-ary `dot`."""
    rows, columns = np.atleast_2d(a), b.reshape(-1, 1) if b.ndim == 1 else b
    if rows.ndim > 2 or columns.ndim > 2 or rows.shape[1] != columns.shape[0]:
        raise ValueError(f"shapes {a.shape} and {b.shape} do not match for @")
    result = np.empty((rows.shape[0], columns.shape[1]), dtype=object)
    for i, j in np.ndindex(result.shape):
        result[i, j] = dispatch.functions["dot"](rows[i].tolist(), columns[:, j].tolist())
    if b.ndim == 1:
        result = result[:, 0]
    return result[0] if a.ndim == 1 else result


def as_array(elements: list[Number], shape: tuple[int, ...]) -> Any:
    """An array of floats if all elements are numbers of NumPy's, else of objects (`Variables`)."""
    if all(isinstance(x, (int, float)) for x in elements):
        return np.array(elements, dtype=float).reshape(shape)
    array = np.empty(len(elements), dtype=object)
    array[:] = elements
    array = array.reshape(shape)
    return array.view(Variables) if any(hasattr(x, "__array_ufunc__") for x in elements) else array
