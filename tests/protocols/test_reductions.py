"""Sums, means, variances, quantiles and running sums, with every setting that NumPy's have."""

from itertools import product

import numpy as np
import pytest
from helpers import assert_right, close_arrays

from autograd import GradientLostError, Value, grad, value_and_grad, vmap
from autograd.protocols.functions import FUNCTIONS

X = np.array([1.5, 0.25, 3.0, -2.0])
M = np.array([[1.0, 5.0, 3.0], [4.0, 2.5, 7.0]])
CUBE = np.arange(24.0).reshape(2, 3, 4) % 7 + 0.1 * np.arange(24).reshape(2, 3, 4)
HOLES = np.array([1.0, np.nan, 3.0, 2.0])
MASK = np.array([True, False, True, True])

RIGHT = {
    "sum, initial": (lambda v: np.sum(v, initial=2.0), X),
    "sum, where": (lambda v: np.sum(v * v, where=MASK), X),
    "sum, where of rows": (lambda m: np.sum(m, axis=0, where=[[True], [False]]), M),
    "sum, dtype": (lambda v: np.sum(v, dtype=np.float64), X),
    "sum, axes, keepdims": (lambda c: np.sum(c * c, axis=(0, -1), keepdims=True), CUBE),
    "prod, where, initial": (lambda v: np.prod(v, where=MASK, initial=2.0), X),
    "max, initial": (lambda v: np.max(v, initial=2.0), X),
    "max, where": (lambda v: np.max(v, initial=-9.0, where=MASK[::-1]), X),
    "min, keepdims": (lambda m: m - np.min(m, axis=1, keepdims=True), M),
    "max of axes": (lambda c: np.max(c, axis=(0, 2)), CUBE),
    "mean, where": (lambda m: np.mean(m, axis=1, where=m > 2.6), M),
    "var, ddof": (lambda m: np.var(m, axis=0, ddof=1), M),
    "var, where": (lambda v: np.var(v, where=MASK), X),
    "var, correction": (lambda m: np.var(m, correction=1), M),
    "std, keepdims": (lambda m: m / np.std(m, axis=1, keepdims=True), M),
    "std, method": (lambda m: m.std(axis=1), M),
    "average": (lambda v: np.average(v, weights=[1.0, 2.0, 3.0, 4.0]), X),
    "average, weights": (lambda w: np.average(X, weights=w), X + 3),
    "average, axis": (lambda m: np.average(m, axis=1, weights=[1.0, 2.0, 5.0]), M),
    "average, axis 0": (lambda m: np.average(m, 0, [1.0, 2.0], keepdims=True), M),
    "average, no weights": (lambda m: np.average(m, axis=0), M),
    "average, returned": (lambda w: np.average(X, weights=w, returned=True)[1], X + 3),
    "median, even": (np.median, X),
    "median, axis": (lambda m: np.median(m, axis=1, keepdims=True), M),
    "median, axes": (lambda c: np.median(c, axis=(0, 1)), CUBE),
    "quantile": (lambda v: np.quantile(v, 0.3), X),
    "quantiles": (lambda m: np.quantile(m, [0.0, 0.2, 0.9, 1.0], axis=0), M),
    "quantiles, keepdims": (lambda m: np.quantile(m, [0.2, 0.9], axis=1, keepdims=True), M),
    "percentile": (lambda m: np.percentile(m, [20, 75]), M),
    "ptp": (lambda m: np.ptp(m, axis=0), M),
    "cumsum, flat": (lambda m: np.cumsum(m * m), M),
    "cumsum, axis": (lambda m: np.cumsum(m, axis=1), M),
    "cumsum, method": (lambda v: v.cumsum() * v, X),
    "cumprod, axis 0": (lambda m: m.cumprod(axis=0), M),
    "cumulative_sum": (lambda v: np.cumulative_sum(v, include_initial=True), X),
    "cumulative_prod": (lambda m: np.cumulative_prod(m, axis=1, include_initial=True), M),
    "nansum": (np.nansum, HOLES),
    "nansum, axis": (lambda v: np.nansum(v.reshape(2, 2), axis=1), HOLES),
    "nanprod": (np.nanprod, HOLES),
    "nanmax": (np.nanmax, HOLES),
    "nanmin": (np.nanmin, HOLES),
    "nancumsum": (np.nancumsum, HOLES),
    "nanmean": (np.nanmean, HOLES),
    "nanvar": (np.nanvar, HOLES),
    "nanstd": (np.nanstd, HOLES),
}


@pytest.mark.parametrize("name", RIGHT)
def test_values_and_derivatives_are_right(name):
    f, x = RIGHT[name]
    if np.isnan(x).any():  # the oracle's differences cannot be taken at nan
        full = np.flatnonzero(~np.isnan(x))
        assert_right(lambda v: f(_with_hole(v)), x[full])
    else:
        assert_right(f, x)


def _with_hole(v):
    return np.concatenate([v[:1], [np.nan], v[1:]])


@pytest.mark.parametrize("axis", [2, -3, (0, 5)])
@pytest.mark.parametrize(
    "name", ["sum", "prod", "max", "min", "mean", "var", "cumsum", "argmax", "sort"]
)
def test_an_axis_that_an_array_lacks_is_refused(name, axis):
    if isinstance(axis, tuple) and name in ("cumsum", "argmax", "sort"):
        axis = 2
    with pytest.raises(np.exceptions.AxisError):
        grad(lambda m: np.sum(getattr(np, name)(m, axis=axis)))(M)
    with pytest.raises(np.exceptions.AxisError):
        grad(lambda m: m.sum(axis=7))(M)


def test_a_where_under_vmap_is_one_truth_a_sample():
    rows = np.array([X, X[::-1], 2 * X])
    for f in (
        lambda v: np.sum(v * v, where=v > 0),
        lambda v: np.prod(v, where=v > 0),
        lambda v: np.mean(v, where=v > 0),
        lambda v: np.max(v, where=v < 2, initial=-9.0),
        lambda v: np.std(v, where=v > 0),
        np.nansum,
        np.nanmean,
    ):
        close_arrays(vmap(f)(rows), [f(row) for row in rows])
        close_arrays(vmap(grad(f))(rows), [grad(f)(row) for row in rows])


def test_equal_largest_share_equally():
    assert grad(np.max)(np.array([2.0, 2.0, 2.0, 1.0])).tolist() == [1 / 3, 1 / 3, 1 / 3, 0]
    assert grad(np.min)(np.array([2.0, 2.0, 3.0])).tolist() == [0.5, 0.5, 0]
    tied = np.array([[2.0, 2.0, 1.0], [0.0, 1.0, 2.0]])
    assert vmap(grad(np.max))(tied).tolist() == [[0.5, 0.5, 0], [0, 0, 1]]
    assert np.isnan(grad(np.max)(np.array([1.0, np.nan]))).all()


def test_a_quantile_of_what_holds_a_nan_is_nan():
    for f in (
        np.median,
        lambda v: np.quantile(v, 0.3),
        lambda v: np.median(v.reshape(3, 1), axis=0)[0],
    ):
        value, slopes = value_and_grad(f)(np.array([3.0, np.nan, 1.0]))
        assert np.isnan(value)
        close_arrays(slopes, [0, 1, 0])


def test_a_batch_has_the_statistics_of_its_samples():
    batch = Value(X)
    for name in ("sum", "mean", "std", "var", "cumsum", "cumprod"):
        close_arrays(getattr(batch, name)().data, getattr(X, name)())
    batch.std().backward()
    close_arrays(batch.grad, (X - X.mean()) / (4 * X.std()))


def test_nothing_has_no_mean_and_no_largest():
    for f in (np.max, np.mean, np.median, lambda v: np.quantile(v, 0.5)):
        with pytest.raises(ValueError, match="no |empty"):
            grad(lambda v, f=f: f(v[:0]))(X)


def test_settings_that_lose_a_gradient_are_refused():
    for f, match in (
        (lambda v: np.sum(v, dtype=int), "float64"),
        (lambda v: np.mean(v, dtype=np.float32), "float64"),
        (lambda v: np.quantile(v, 0.5, method="hazen"), "linear"),
        (lambda v: np.quantile(v, 1.5), r"\[0, 1\]"),
        (lambda v: np.sort(v, order="a").sum(), "order"),
    ):
        with pytest.raises((GradientLostError, ValueError), match=match):
            grad(f)(X)


def test_a_result_is_put_where_out_says():
    def f(v):
        place = np.zeros_like(v[:1])
        np.sum(v * v, out=place[0:1].reshape(()))
        other = np.zeros(1, dtype=object)
        np.max(v, axis=0, out=other[0:1].reshape(()))
        return place[0] + other[0]

    assert grad(f)(X).tolist() == [3.0, 0.5, 7.0, -4.0]
    with pytest.raises(GradientLostError):
        grad(lambda v: np.mean(v, out=np.zeros(())))(X)


# ------------------------------------------------------------------------------ every axis of all

ALONG = {
    **{
        name: getattr(np, name)
        for name in """
            sum prod max min mean median var std ptp average any all count_nonzero argmax argmin
            nansum nanprod nanmax nanmin nanmean nanmedian nanvar nanstd
        """.split()
        if name in FUNCTIONS
    },
    "quantile": lambda a, **axes: np.quantile(a, 0.3, **axes),
    "percentiles": lambda a, **axes: np.percentile(a, [20.0, 90.0], **axes),
    "norm": np.linalg.norm,
    "norm 1": lambda a, **axes: np.linalg.norm(a, 1, **axes),
    "vector_norm": np.linalg.vector_norm,
}


def takes(f, x, axes):
    """Whether NumPy's own function does."""
    try:
        f(x, **axes)
    except (TypeError, ValueError):
        return False
    return True


@pytest.mark.parametrize("name", ALONG)
def test_axes_and_shapes_are_numpys(name):
    """Values here; the derivatives of every function are compared in test_functions."""
    for x, axis, keepdims in product(
        (CUBE, M, X), (None, 0, 1, -1, (0, 1), (-1, 0)), (False, True)
    ):
        f, axes = ALONG[name], {"axis": axis, "keepdims": keepdims}
        if takes(f, x, axes):
            seen = []
            grad(lambda v: seen.append(f(v, **axes)) or np.sum(v))(x)
            close_arrays(numbers(seen[0]), f(x, **axes))


@pytest.mark.parametrize("name", [name for name, f in ALONG.items() if takes(f, np.array(1.5), {})])
def test_one_number_is_an_array_of_none_of_them(name):
    found = []
    grad(lambda v: found.append(ALONG[name](v)) or v * 1.0)(1.5)
    close_arrays(numbers(found[0]), ALONG[name](np.array(1.5)))


def numbers(x):
    return np.array([getattr(v, "data", v) for v in np.ravel(x).tolist()]).reshape(np.shape(x))


@pytest.mark.parametrize("name", [*ALONG, "gradient", "matrix_norm"])
def test_no_function_makes_up_an_axis(name):
    f = {**ALONG, "gradient": np.gradient}.get(name)
    for axis in (2, -3):
        with pytest.raises(np.exceptions.AxisError):
            grad(lambda m: np.sum(f(m, axis=axis) if f else np.linalg.matrix_norm(m[0])))(M)
    if f and takes(f, CUBE, {"axis": (0, 1)}):
        with pytest.raises(ValueError, match="twice|duplicate"):
            grad(lambda m: np.sum(f(m, axis=(0, -2))))(M)


@pytest.mark.parametrize("f", [np.stack, np.hstack, np.vstack, np.dstack, np.column_stack])
def test_an_array_is_the_sequence_of_its_rows(f):
    for x in (X, M, CUBE):
        assert_right(f, x)


def test_what_numpy_refuses_is_refused():
    for f in (
        lambda m: np.linalg.norm(m, axis=()),
        lambda m: np.linalg.outer(m, m),
        lambda m: np.linalg.multi_dot([m, m[0], m]),
        lambda m: np.linalg.multi_dot([m]),
        lambda m: np.gradient(m, m, axis=0),
        lambda m: np.var(m, ddof=1, correction=1),
    ):
        for numbers in (M, None):
            with pytest.raises(ValueError, match="."):
                f(M) if numbers is M else grad(lambda m, f=f: np.sum(f(m)))(M)
