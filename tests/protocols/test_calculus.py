"""Interpolation, integrals, differences and statistics with every setting, against plain NumPy."""

import numpy as np
import pytest
from helpers import assert_right, close_arrays

from autograd import GradientLostError, Value, grad, jit, vmap

X = np.array([0.5, 1.25, 3.5, 4.75, 7.0])
M = np.array([[1.0, 5.0, 3.0, 2.0], [4.0, 2.5, 7.0, 1.5], [0.5, 1.0, 2.0, 6.0]])
RIGHT = {
    "interp in x": (lambda x: np.interp(x, [1.0, 2.0, 4.0], [3.0, 1.0, 2.0]), X),
    "interp in xp": (lambda p: np.interp([0.0, 1.0, 4.0, 9.0], p, X * X), X),
    "interp in fp": (lambda f: np.interp([0.0, 1.0, 4.0, 9.0], X, f), X),
    "interp, outside": (lambda x: np.interp(x, [1.0, 2.0], [3.0, 1.0], left=-1.0, right=8.0), X),
    "trapezoid": (np.trapezoid, X),
    "trapezoid, x": (lambda x: np.trapezoid(x * x, x), X),
    "trapezoid, dx, axis": (lambda m: np.trapezoid(m, dx=0.5, axis=0), M),
    "convolve": (lambda v: np.convolve(v, [1.0, 2.0]), X),
    "convolve, same": (lambda v: np.convolve([1.0, 2.0], v, "same"), X),
    "convolve, valid": (lambda v: np.convolve(v, v[:2], "valid"), X),
    "correlate, full": (lambda v: np.correlate(v, v[:2], "full"), X),
    "correlate, same": (lambda v: np.correlate(v, [1.0, 2.0, 5.0], "same"), X),
    "correlate, a shorter first": (lambda v: np.correlate([1.0, 2.0], v, "same"), X[:4]),
    "correlate, a shorter odd first": (lambda v: np.correlate([1.0, 2.0], v, "same"), X),
    "correlate, shorter, valid": (lambda v: np.correlate([1.0, 2.0], v, "valid"), X),
    "gradient": (np.gradient, X),
    "gradient, spacing": (lambda v: np.gradient(v, 0.5), X),
    "gradient, places": (lambda v: np.gradient(v * v, v), X),
    "gradient, edges": (lambda v: np.gradient(v**3, X, edge_order=2), X),
    "gradient of axes": (lambda m: np.gradient(m)[0] * np.gradient(m)[1], M),
    "gradient, an axis": (lambda m: np.gradient(m, 2.0, axis=1), M),
    "ediff1d": (lambda v: np.ediff1d(v, to_begin=[9.0], to_end=v[:1]), X),
    "cov": (np.cov, M),
    "cov of one": (np.cov, X),
    "cov of two": (lambda v: np.cov(v, v * v, bias=True), X),
    "cov of columns": (lambda m: np.cov(m, rowvar=False, ddof=0), M),
    "corrcoef": (np.corrcoef, M),
    "linspace": (lambda v: np.linspace(v[0], v[1], 4, endpoint=False), X),
}


@pytest.mark.parametrize("name", RIGHT)
def test_values_and_derivatives_are_right(name):
    assert_right(*RIGHT[name])


def test_each_sample_lies_between_points_of_its_own():
    rows, f = np.array([X, X + 1.1, X / 2]), lambda p: np.interp(2.0, p, p * p)
    close_arrays(vmap(f)(rows), [f(row) for row in rows])
    close_arrays(vmap(grad(f))(rows), [grad(f)(row) for row in rows])
    batch = Value(X)
    np.sum(np.interp(batch, [1.0, 2.0, 4.0], [3.0, 1.0, 2.0])).backward()
    assert batch.grad.tolist() == [0, -2, 0.5, 0, 0]


def test_points_may_be_a_list_of_variables_and_numbers():
    def f(y, x):
        return np.sum(vmap(lambda x: np.interp(x, [0.0, 2.0, 4.0, 8.0], [y[0], 1.0, y[1], 3.0]))(x))

    def g(y, x):
        return np.sum(np.interp(x, [0.0, 2.0, 4.0, 8.0], np.stack([y[0], 1.0, y[1], 3.0])))

    y = np.array([0.5, -1.0])
    close_arrays(grad(f)(y, X), grad(g)(y, X))
    close_arrays(jit(grad(f))(y, X), grad(g)(y, X))


def test_a_table_is_looked_up_for_each_sample_of_a_compiled_function():
    points, rows = np.array([0.0, 1.0, 3.0, 4.0, 5.0]), np.array([X, X + 1.1, X / 2])
    f = vmap(lambda x: np.interp(x, points, points * points))
    close_arrays(jit(f)(X), f(X))
    close_arrays(jit(f)(rows), f(rows))


def test_what_is_no_curve_is_refused():
    for f, error in (
        (lambda v: np.interp(v, [1.0, 2.0], [1.0]), ValueError),
        (lambda v: np.interp(v, [1.0], [1.0], period=2.0), GradientLostError),
        (lambda v: np.convolve(v, v[:0]), ValueError),
        (lambda v: np.convolve(v, v, "round"), ValueError),
        (lambda v: np.gradient(v[:1]), ValueError),
        (lambda v: np.gradient(v, 1.0, 2.0), TypeError),
        (lambda v: np.cov(v[:1]), ValueError),
    ):
        with pytest.raises(error):
            grad(lambda v, f=f: np.sum(f(v)))(X)
