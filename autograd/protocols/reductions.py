"""NumPy's functions that sum up: sums, means, variances, quantiles, and their running kin.

Each is written with ufuncs, so it serves arrays of variables and, where that is cheaper than their
samples one by one, batches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import GradientLostError
from ..kinds.variables import Variables
from .boxes import checked_axis
from .ordering import sort
from .ufuncs import check_dtype, reduction


def _reduction(name: str) -> Callable[..., Any]:
    """A ufunc's reduction as NumPy's function of an array has it."""

    def function(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        check_dtype(name, dtype)
        return reduction(name, np.asanyarray(a), axis, keepdims, initial, where)

    return function


def _extremum(name: str) -> Callable[..., Any]:
    fold = _reduction(name)
    return lambda a, axis=None, out=None, keepdims=False, initial=None, where=True: fold(
        a, axis, None, None, keepdims, initial, where
    )


def _count(a: Any, axis: Any, where: Any = True) -> Any:
    """How many elements a reduction meets."""
    kept = np.broadcast_to(where, a.shape)
    if kept.dtype == object:  # one truth a sample
        return reduction("add", kept + 0, axis, True)
    return np.sum(np.asarray(kept), axis=axis, keepdims=True)


def _mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    *,
    where: Any = True,
) -> Any:
    check_dtype("mean", dtype)
    n = _count(a, axis, where)
    if not isinstance(n, Variables) and not np.all(n):
        raise ValueError("the mean of no numbers is not defined")
    return _squeezed(reduction("add", a, axis, True, where=where) / n, a, axis, keepdims)


def _squeezed(result: Any, a: Any, axis: Any, keepdims: Any) -> Any:
    """A result that kept its axes, without them unless they are wanted."""
    if keepdims or not a.ndim:
        return result
    axes = range(a.ndim) if axis is None else np.atleast_1d(axis)
    return np.squeeze(result, tuple(checked_axis(i, a.ndim) for i in axes))


def _var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: bool = False,
    *,
    where: Any = True,
    mean: Any = None,
    correction: Any = None,
) -> Any:
    check_dtype("var", dtype)
    n = _count(a, axis, where)
    middle = reduction("add", a, axis, True, where=where) / n if mean is None else mean
    squares = reduction("add", np.square(a - middle), axis, True, where=where)
    n = n - (ddof if correction is None else correction)
    return _squeezed(squares / n, a, axis, keepdims)


def _std(*args: Any, **settings: Any) -> Any:
    return np.sqrt(_var(*args, **settings))


def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    """Σ wᵢ aᵢ / Σ wᵢ; the mean where there are no weights."""
    a = np.asanyarray(a)
    if weights is None:
        weights = np.ones(a.shape)
    weights = np.asanyarray(weights)
    if weights.shape != a.shape:
        if weights.ndim != 1 or axis is None:
            raise ValueError(f"weights of shape {weights.shape} for an array of shape {a.shape}")
        weights = np.moveaxis(weights.reshape(-1, *[1] * (a.ndim - 1)), 0, axis)
        weights = np.broadcast_to(weights, a.shape)
    total = np.sum(weights, axis=axis, keepdims=keepdims)
    result = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (result, total + 0 * result) if returned else result


# ---------------------------------------------------------------------------------- by their order


def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
) -> Any:
    """Between the two neighbours in order, weighted by their distance: method 7 of Hyndman and Fan,
    Sample quantiles in statistical packages, The American Statistician 50 (1996).
    """
    if method != "linear":
        raise GradientLostError(f'np.quantile of Values takes method="linear", got {method!r}')
    if isinstance(axis, tuple):
        a, axis = _joined(a, axis), -1
    levels = np.asarray(q, dtype=float)
    if np.any((levels < 0) | (levels > 1)):
        raise ValueError(f"quantiles lie in [0, 1], got {q!r}")
    rows = sort(a, axis)
    axis = 0 if axis is None else checked_axis(axis, rows.ndim)
    if not rows.shape[axis]:
        raise ValueError("a quantile of no numbers is not defined")
    rows = np.moveaxis(rows, axis, 0)
    places = levels * (len(rows) - 1)
    low = np.minimum(places.astype(int), max(len(rows) - 2, 0))
    high = np.minimum(low + 1, len(rows) - 1)
    part = (places - low).reshape(levels.shape + (1,) * (rows.ndim - 1))
    result = rows[low] + (rows[high] - rows[low]) * part
    return np.expand_dims(result, levels.ndim + axis) if keepdims else result


def _joined(a: Any, axes: tuple[int, ...]) -> Any:
    """An array with several axes made one, the last."""
    axes = tuple(checked_axis(i, a.ndim) for i in axes)
    moved = np.moveaxis(a, axes, range(-len(axes), 0))
    return moved.reshape(*moved.shape[: a.ndim - len(axes)], -1)


def _percentile(a: Any, q: Any, *args: Any, **settings: Any) -> Any:
    return quantile(a, np.asarray(q, dtype=float) / 100, *args, **settings)


def _median(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    return quantile(a, 0.5, axis, keepdims=keepdims)


def _ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    return np.max(a, axis, keepdims=keepdims) - np.min(a, axis, keepdims=keepdims)


# --------------------------------------------------------------------------------- running, and nan


def _running(ufunc: Any) -> Callable[..., Any]:
    def function(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        check_dtype(ufunc.__name__, dtype)
        flat = a if axis is not None else a.ravel()
        return ufunc.accumulate(flat, axis=axis or 0)

    return function


def _running_along(ufunc: Any) -> Callable[..., Any]:
    """The same in the array API's way, where an axis is asked for and a first element can be added."""

    def function(
        x: Any,
        /,
        *,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        include_initial: bool = False,
    ) -> Any:
        if axis is None and x.ndim > 1:
            raise ValueError(f"give the axis of an array of {x.ndim} dimensions")
        result = _running(ufunc)(x, axis or 0, dtype)
        if not include_initial:
            return result
        first = np.full_like(np.take(result, [0], axis or 0), ufunc.identity)
        return np.concatenate([first, result], axis or 0)

    return function


def _without_nan(function: Any, instead: float) -> Callable[..., Any]:
    """A reduction of what is no nan."""

    def of_the_others(a: Any, *args: Any, **settings: Any) -> Any:
        return function(np.where(np.isnan(a), instead, a), *args, **settings)

    return of_the_others


def _nanmean(a: Any, axis: Any = None, *args: Any, **settings: Any) -> Any:
    return _mean(a, axis, *args, **settings, where=np.logical_not(np.isnan(a)))


def _nanvar(a: Any, axis: Any = None, *args: Any, **settings: Any) -> Any:
    return _var(a, axis, *args, **settings, where=np.logical_not(np.isnan(a)))


_sum, _prod = _reduction("add"), _reduction("multiply")
_largest, _smallest = _extremum("maximum"), _extremum("minimum")

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sum": _sum,
    "prod": _prod,
    "max": _largest,
    "amax": _largest,
    "min": _smallest,
    "amin": _smallest,
    "mean": _mean,
    "var": _var,
    "std": _std,
    "average": average,
    "quantile": quantile,
    "percentile": _percentile,
    "median": _median,
    "ptp": _ptp,
    "cumsum": _running(np.add),
    "cumprod": _running(np.multiply),
    "cumulative_sum": _running_along(np.add),
    "cumulative_prod": _running_along(np.multiply),
    "nansum": _without_nan(_sum, 0.0),
    "nanprod": _without_nan(_prod, 1.0),
    "nanmax": _without_nan(_largest, -np.inf),
    "nanmin": _without_nan(_smallest, np.inf),
    "nancumsum": _without_nan(_running(np.add), 0.0),
    "nancumprod": _without_nan(_running(np.multiply), 1.0),
    "nanmean": _nanmean,
    "nanvar": _nanvar,
    "nanstd": lambda *args, **settings: np.sqrt(_nanvar(*args, **settings)),
}
