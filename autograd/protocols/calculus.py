"""NumPy's functions of sampled curves: interpolation, integrals, differences, statistics."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from ..errors import GradientLostError
from ..operations.branches import where
from ..operations.sequences import dot
from .boxes import array_of, arrayed, checked_axes, data_of, plain, unboxed
from .choosing import element_at
from .ordering import place_of
from .products import matmul
from .reductions import average


def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: None = None
) -> Any:
    """The line through the two points around x; outside ``left`` and ``right``, the ends' numbers."""
    if period is not None:
        raise GradientLostError("np.interp of Values takes no period=: take x % period first")
    x, xp, fp = (plain(arrayed(p)) for p in (x, xp, fp))
    if xp.ndim != 1 or xp.shape != fp.shape or not len(xp):
        raise ValueError(f"interp takes points of one length, got {xp.shape} and {fp.shape}")
    points, values = xp.tolist(), fp.tolist()
    ends = (values[0] if left is None else left, values[-1] if right is None else right)
    elements = [_between(v, points, values, ends) for v in x.ravel().tolist()]
    return unboxed(array_of(elements, np.shape(x)))


def _between(x: Any, xs: list[Any], ys: list[Any], ends: tuple[Any, Any]) -> Any:
    inside = _on_lines(x, xs, ys) if len(xs) > 1 else ys[0]
    return where(x < xs[0], ends[0], where(x > xs[-1], ends[1], inside))


def _on_lines(x: Any, xs: list[Any], ys: list[Any]) -> Any:
    """The line of the interval in which x lies; of numbers that are not known yet, a choice among
    all.
    """
    below = [data_of(p) <= data_of(x) for p in xs[1:-1]]

    def line(i: Any) -> Any:
        x0, x1, y0, y1 = (element_at(i + k, p) for p in (xs, ys) for k in (0, 1))
        return y0 + (x - x0) * ((y1 - y0) / (x1 - x0))

    if all(isinstance(c, bool) or hasattr(c, "dtype") for c in below):
        return line(_interval(x, xs, below))
    inside = line(0)
    for i, p in enumerate(xs[1:-1], 1):
        inside = where(p <= x, line(i), inside)
    return inside


def _interval(x: Any, xs: list[Any], below: list[Any]) -> Any:
    """How many points but the first and the last lie below or at x: each sample its own."""
    i: Any = reduce(operator.add, (np.asarray(c) * 1 for c in below), np.array(0))
    return place_of(i, (x, *xs))


def _trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    y = np.moveaxis(np.asanyarray(y), axis, -1)
    steps: Any = dx
    if x is not None:
        x = np.asanyarray(x)
        x = x if x.ndim == 1 else np.moveaxis(x, axis, -1)
        steps = x[..., 1:] - x[..., :-1]
    return np.sum((y[..., 1:] + y[..., :-1]) * steps * 0.5, axis=-1)


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """Σⱼ aⱼ v_{k-j}, each one `dot`."""
    a, v = (plain(np.atleast_1d(x)).tolist() for x in (a, v))
    if not a or not v:
        raise ValueError("a convolution takes two sequences that are not empty")
    if len(v) > len(a):
        a, v = v, a
    n, m = len(a), len(v)
    skipped = {
        "full": (0, n + m - 1),
        "same": ((m - 1) // 2, (m - 1) // 2 + n),
        "valid": (m - 1, n),
    }
    if mode not in skipped:
        raise ValueError(f"mode is full, same or valid, got {mode!r}")
    sums = []
    for k in range(*skipped[mode]):
        js = range(max(0, k - m + 1), min(n, k + 1))
        sums.append(dot([a[j] for j in js], [v[k - j] for j in js]))
    return unboxed(array_of(sums, (len(sums),)))


def _correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    a, v = np.atleast_1d(a), np.atleast_1d(v)
    if len(v) > len(a):
        return _correlate(v, a, mode)[::-1]
    return convolve(a, v[::-1], mode)


def _ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    flat = np.ravel(ary)
    ends = [np.ravel(end) if end is not None else np.zeros(0) for end in (to_begin, to_end)]
    return np.concatenate([ends[0], flat[1:] - flat[:-1], ends[1]])


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Central differences inside, one-sided at the ends, on points that may be spaced unevenly."""
    f = np.asanyarray(f)
    axes = checked_axes(axis, f.ndim)
    if len(varargs) not in (0, 1, len(axes)) or (
        len(varargs) == 1 < len(axes) and np.ndim(varargs[0])
    ):
        raise TypeError(
            f"gradient takes a spacing for each of {len(axes)} axes, got {len(varargs)}"
        )
    spacings = (varargs or (1.0,)) * (1 if len(varargs) == len(axes) else len(axes))
    results = [_along_axis(f, h, a, edge_order) for h, a in zip(spacings, axes, strict=True)]
    return results[0] if len(results) == 1 else tuple(results)


def _along_axis(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    f = np.moveaxis(f, axis, 0)
    if edge_order not in (1, 2) or len(f) < edge_order + 1:
        raise ValueError(
            f"edge_order {edge_order!r} with {len(f)} points: it is 1 or 2, of more points"
        )
    spacing = np.asanyarray(spacing)
    if spacing.ndim > 1:
        raise ValueError(f"points along one axis, or one spacing; got an array of {spacing.shape}")
    h = np.diff(spacing) if spacing.ndim else np.full(len(f) - 1, spacing.item(), dtype=object)
    h = h.reshape(-1, *[1] * (f.ndim - 1))
    slopes = (f[1:] - f[:-1]) / h
    inside = (h[:-1] * slopes[1:] + h[1:] * slopes[:-1]) / (h[:-1] + h[1:])
    first, last = slopes[:1], slopes[-1:]
    if edge_order == 2:
        first = slopes[:1] + (slopes[:1] - slopes[1:2]) * h[:1] / (h[:1] + h[1:2])
        last = slopes[-1:] + (slopes[-1:] - slopes[-2:-1]) * h[-1:] / (h[-1:] + h[-2:-1])
    return np.moveaxis(np.concatenate([first, inside, last]), 0, axis)


# --------------------------------------------------------------------------------------- statistics


def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    *,
    dtype: None = None,
) -> Any:
    """Σ (xᵢ - x̄)(yᵢ - ȳ)/(n - ddof) of every two variables, in rows."""
    rows = np.atleast_2d(m)
    rows = rows if rowvar or np.ndim(m) == 1 else rows.T
    if y is not None:
        others = np.atleast_2d(y)
        rows = np.concatenate([rows, others if rowvar or np.ndim(y) == 1 else others.T])
    centred = rows - average(rows, 1, keepdims=True)
    n = rows.shape[1] - ((0 if bias else 1) if ddof is None else ddof)
    if n <= 0:
        raise ValueError(f"{rows.shape[1]} samples are too few for a covariance")
    return np.squeeze(matmul(centred, centred.T) / n)


def _corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: None = None) -> Any:
    c = cov(x, y, rowvar)
    if not np.ndim(c):
        return c / c
    deviations = np.sqrt(np.diagonal(c))
    return c / np.outer(deviations, deviations)


# -------------------------------------------------------------------------------------------- grids


def _linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False
) -> Any:
    intervals = num - 1 if endpoint else num
    whole = stop - start
    points = start + np.multiply.outer(np.arange(num) / max(intervals, 1), whole)
    return (points, whole / intervals if intervals else np.nan * whole) if retstep else points


def _logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0) -> Any:
    return np.power(base, _linspace(start, stop, num, endpoint))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "interp": interp,
    "trapezoid": _trapezoid,
    "trapz": _trapezoid,
    "convolve": convolve,
    "correlate": _correlate,
    "polymul": convolve,
    "ediff1d": _ediff1d,
    "gradient": gradient,
    "cov": cov,
    "corrcoef": _corrcoef,
    "linspace": _linspace,
    "logspace": _logspace,
}
