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
from .boxes import checked_axes
from .ordering import sort
from .ufuncs import check_dtype, reduction, rows_of


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
        return reduction(name, a, axis, keepdims, initial, where)

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
    return np.squeeze(result, checked_axes(axis, a.ndim))


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
    if ddof and correction is not None:
        raise ValueError(f"ddof={ddof!r} and correction={correction!r} are two names of one thing")
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
        if axis is None or np.ndim(axis) or weights.shape != (a.shape[axis],):
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
    axes = checked_axes(axis, a.ndim)
    levels = np.asarray(q, dtype=float)
    if np.any((levels < 0) | (levels > 1)):
        raise ValueError(f"quantiles lie in [0, 1], got {q!r}")
    rest = [i for i in range(a.ndim) if i not in axes]
    rows = np.moveaxis(sort(rows_of(a, rest, axes)), -1, 0)
    if not len(rows):
        raise ValueError("a quantile of no numbers is not defined")
    places = levels * (len(rows) - 1)
    low = np.minimum(places.astype(int), max(len(rows) - 2, 0))
    high = np.minimum(low + 1, len(rows) - 1)
    part = (places - low).reshape(levels.shape + (1,) * (rows.ndim - 1))
    result = rows[low] + (rows[high] - rows[low]) * part
    result = np.where(np.isnan(rows[-1]), rows[-1], result)  # a nan is sorted last
    return np.expand_dims(result, [levels.ndim + i for i in axes]) if keepdims else result


def _percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
) -> Any:
    levels = np.asarray(q, dtype=float) / 100
    return quantile(a, levels, axis, None, False, method, keepdims)


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
        return ufunc.accumulate(np.ravel(a)) if axis is None else ufunc.accumulate(a, axis=axis)

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
        axis = 0 if axis is None else axis
        result = _running(ufunc)(x, axis, dtype)
        if not include_initial:
            return result
        first = np.full_like(np.take(result, [0], axis), ufunc.identity)
        return np.concatenate([first, result], axis)

    return function


def _without_nan(function: Any, instead: float) -> Callable[..., Any]:
    """A reduction of what is no nan."""

    def of_the_others(a: Any, *args: Any, **settings: Any) -> Any:
        return function(np.where(np.isnan(a), instead, a), *args, **settings)

    return of_the_others


def _numbers(a: Any, where: Any) -> Any:
    """What of the elements that are wanted is no nan."""
    return np.logical_and(np.logical_not(np.isnan(a)), where)


def _nanmean(a: Any, *args: Any, where: Any = True, **settings: Any) -> Any:
    return _mean(a, *args, **settings, where=_numbers(a, where))


def _nanvar(a: Any, *args: Any, where: Any = True, **settings: Any) -> Any:
    return _var(a, *args, **settings, where=_numbers(a, where))


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
