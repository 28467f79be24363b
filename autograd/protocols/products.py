"""Products of arrays of variables, each number of a result one n-ary `dot`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import context
from ..kinds.kind import is_array_of_values
from ..kinds.variables import is_batch
from ..operations import sequences
from .boxes import array_of, arrayed, plain, unboxed


def of_samples(x: Any, y: Any) -> Any:
    """Σ x y over the samples of two batches, or of one and an array of as many numbers; NotImplemented
    for all else. Two nodes, however many samples there are.
    """
    if not (is_batch(x) or is_batch(y)):
        return NotImplemented
    alone = not context.running.get().samples  # under `vmap` an array is one sample's own
    for v in (x, y):
        is_row = alone and getattr(v, "ndim", 0) == 1 and not is_array_of_values(v)
        if not (is_batch(v) or is_row):
            return NotImplemented
    return (x * y).sum()


def _dots(a: Any, b: Any) -> Any:
    """Σᵢ aᵢ bᵢ along the last axis of two arrays that broadcast; each result one `dot`."""
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(
            f"shapes {a.shape} and {b.shape} do not match: {a.shape[-1]} numbers a sum"
        )
    a, b = np.broadcast_arrays(plain(a), plain(b))
    results = [sequences.dot(a[i].tolist(), b[i].tolist()) for i in np.ndindex(a.shape[:-1])]
    return unboxed(array_of(results, a.shape[:-1]))


def _with_axes(x: Any, least: int, name: str) -> Any:
    array = arrayed(x)
    if array.ndim < least:
        raise ValueError(
            f"np.{name} takes an array of {least} or more dimensions, got {array.ndim}"
        )
    return array


def _vecdot(a: Any, b: Any, axis: int = -1) -> Any:
    a, b = (np.moveaxis(_with_axes(x, 1, "vecdot"), axis, -1) for x in (a, b))
    return _dots(a, b)


def _matvec(a: Any, b: Any) -> Any:
    return _dots(_with_axes(a, 2, "matvec"), _with_axes(b, 1, "matvec")[..., None, :])


def _vecmat(a: Any, b: Any) -> Any:
    return _matvec(np.swapaxes(_with_axes(b, 2, "vecmat"), -1, -2), a)


def matmul(a: Any, b: Any) -> Any:
    """The product of matrices, or of stacks of them."""
    a, b = _with_axes(a, 1, "matmul"), _with_axes(b, 1, "matmul")
    if b.ndim == 1:
        return _vecdot(a, b) if a.ndim == 1 else _matvec(a, b)
    if a.ndim == 1:
        return _vecmat(a, b)
    return _dots(a[..., :, None, :], np.swapaxes(b, -1, -2)[..., None, :, :])


def _dot(a: Any, b: Any, out: None = None) -> Any:
    a, b = arrayed(a), arrayed(b)
    if not a.ndim or not b.ndim:
        return np.multiply(a, b)
    if b.ndim == 1:
        return _dots(a, b)
    right = np.swapaxes(b, -1, -2)
    return _dots(a.reshape(*a.shape[:-1], *[1] * (b.ndim - 1), a.shape[-1]), right)


def _inner(a: Any, b: Any) -> Any:
    return _dot(a, np.swapaxes(b, -1, -2)) if np.ndim(b) > 1 else _dot(a, b)


def _vdot(a: Any, b: Any) -> Any:
    return _dots(np.ravel(a), np.ravel(b))


def _outer(a: Any, b: Any, out: None = None) -> Any:
    return np.multiply.outer(np.ravel(a), np.ravel(b))


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = arrayed(a), arrayed(b)
    if isinstance(axes, int):
        axes = range(a.ndim - axes, a.ndim), range(axes)
    left, right = ([*np.atleast_1d(np.asarray(side, dtype=int))] for side in axes)
    a = np.moveaxis(a, left, range(a.ndim - len(left), a.ndim))
    b = np.moveaxis(b, right, range(b.ndim - len(right), b.ndim))
    if a.shape[a.ndim - len(left) :] != b.shape[b.ndim - len(right) :]:
        raise ValueError(f"tensordot over axes {left} and {right}: their lengths do not match")
    free = a.shape[: a.ndim - len(left)], b.shape[: b.ndim - len(right)]
    length = int(np.prod(a.shape[a.ndim - len(left) :], dtype=int))
    rows, columns = (x.reshape(-1, length) for x in (a, b))
    return unboxed(np.reshape(plain(_dots(rows[:, None], columns[None])), free[0] + free[1]))


def _linalg_outer(x1: Any, x2: Any, /) -> Any:
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError(f"outer takes two vectors, got shapes {np.shape(x1)} and {np.shape(x2)}")
    return _outer(x1, x2)


def _multi_dot(arrays: Sequence[Any], *, out: None = None) -> Any:
    first, *rest = map(np.asanyarray, arrays)
    dims = [array.ndim for array in (first, *rest)]
    if not rest or not {dims[0], dims[-1]} <= {1, 2} or {*dims[1:-1]} - {2}:
        raise ValueError(
            f"multi_dot takes two arrays or more, matrices but for the ends; got dimensions {dims}"
        )
    for array in rest:
        first = _dot(first, array)
    return first


PRODUCTS: dict[str, Callable[..., Any]] = {
    "matmul": matmul,
    "vecdot": _vecdot,
    "matvec": _matvec,
    "vecmat": _vecmat,
}
"""The ufuncs of whole rows."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "dot": _dot,
    "inner": _inner,
    "vdot": _vdot,
    "outer": _outer,
    "tensordot": _tensordot,
    "linalg.matmul": matmul,
    "linalg.vecdot": lambda x1, x2, /, *, axis=-1: _vecdot(x1, x2, axis),
    "linalg.outer": _linalg_outer,
    "linalg.tensordot": lambda x1, x2, /, *, axes=2: _tensordot(x1, x2, axes),
    "linalg.multi_dot": _multi_dot,
}
