"""NumPy's ufuncs and their methods: called, folded, accumulated, outer; the rest is refused."""

import numpy as np
import pytest
from helpers import assert_right

from autograd import (
    BatchError,
    GradientLostError,
    NumberError,
    Value,
    grad,
    hessian,
    jacobian,
    jit,
    vmap,
)

X = np.array([1.5, 0.25, 3.0])
M = np.array([[1.0, 5.0, 3.0], [4.0, 2.5, 7.0]])
RIGHT = {
    "add.accumulate": (lambda m: np.add.accumulate(m * m, axis=1), M),
    "multiply.accumulate": (np.multiply.accumulate, M),
    "maximum.accumulate": (lambda v: np.maximum.accumulate(v[::-1]), X),
    "multiply.outer": (lambda v: np.multiply.outer(v, v), X),
    "subtract.outer": (lambda m: np.subtract.outer(m, X), M),
    "multiply.reduce, axes": (lambda m: np.multiply.reduce(m, axis=(0, 1)), M),
    "subtract.reduce": (np.subtract.reduce, X),
    "hypot.reduce": (np.hypot.reduce, X),
    "logaddexp.reduce": (lambda m: np.logaddexp.reduce(m, axis=1), M),
    "logical_or.reduce": (lambda m: np.logical_or.reduce(m > 4.5, axis=0) * m[0], M),
    "dtype=float": (lambda v: np.exp(v, dtype=float), X),
    "divmod": (lambda v: np.divmod(v, 0.7)[0] + divmod(v, 0.7)[1], X),
    "modf": (lambda v: np.modf(-v)[0] * v, X + 0.1),
    "a user's own": (lambda v: np.vectorize(lambda t: t * t + 1)(v), X),
    "matmul of stacks": (lambda m: m.reshape(2, 3, 1) @ m.reshape(2, 1, 3), M),
    "matmul, a stack by one": (lambda v: np.arange(12.0).reshape(2, 2, 3) @ v, X),
    "matmul, a row by a stack": (lambda v: v @ np.arange(12.0).reshape(2, 3, 2), X),
    "vecdot": (lambda m: np.vecdot(m, X), M),
    "vecdot, axis": (lambda m: np.vecdot(m, m + 1, axis=0), M),
}


@pytest.mark.parametrize("name", RIGHT)
def test_values_and_derivatives_are_right(name):
    assert_right(*RIGHT[name])


def test_second_derivatives_go_where_the_largest_came_from():
    assert hessian(lambda v: np.max(v) ** 3)(X).tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 18]]


def test_methods_of_batches_are_batches():
    batch = Value(X)
    running = np.add.accumulate(batch)
    assert running.data.tolist() == [1.5, 1.75, 4.75]
    running.sum().backward()
    assert batch.grad.tolist() == [3, 2, 1]


@pytest.mark.parametrize(
    ("f", "match"),
    [
        (lambda v: np.maximum.at(v, [0], 1.0), r"np.maximum.at.*autograd's"),
        (lambda v: np.add.reduceat(v, [0, 1]), r"np.add.reduceat.*autograd's"),
        (lambda v: np.spacing(v), r"np.spacing.*autograd's"),
        (lambda v: np.exp(v, where=[True, False, True]), "np.where"),
        (lambda v: np.exp(v, dtype=np.float32), "float64"),
        (lambda v: np.exp(v, out=np.zeros(3)), "holds no Values, .* write x = x"),
    ],
)
def test_what_would_lose_a_gradient_is_refused(f, match):
    with pytest.raises(GradientLostError, match=match):
        grad(lambda v: np.sum(f(v)))(X)
    with pytest.raises(GradientLostError, match=match):
        f(Value(X))


def test_reading_before_numpy_is_asked_loads_none():
    import subprocess
    import sys

    code = "import autograd, sys; v = autograd.Value(7.0) // 2; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    "f",
    [
        lambda w, r: w + r * X,
        lambda w, r: r * X / w,
        lambda w, r: np.hypot(X * r, w),
    ],
)
def test_as_many_values_as_samples_are_not_taken_for_an_outer_product(f, compiled):
    slopes = grad(lambda w, r: np.sum(f(w, r)), argnums=(0, 1))
    slopes = jit(slopes) if compiled else slopes
    with pytest.raises(
        BatchError, match=r"array of 3 Values meets a batch of 3 .* np\.stack\(\[v\]\)"
    ):
        slopes(X, 2.0)


def test_one_value_as_an_array_of_one_pairs_samples_with_values():
    def f(w, r):
        return np.sum((w * (np.stack([r]) * X)) ** 2) + np.sum(np.stack([r]) * M)

    dw, dr = grad(f, argnums=(0, 1))(X, 2.0)
    assert dw == pytest.approx(2 * X * (2 * X) ** 2)
    assert dr == pytest.approx(np.sum(2 * 2 * (X * X) ** 2) + M.sum())


def scattered(target, v):
    """A sum over places, one of which is named twice, as elements of a structure are put together."""
    np.add.at(target, ([0, 1, 0], [1, 0, 1]), v * v)
    np.multiply.at(target, ([0], [1]), v[0])
    return target


def test_adding_at_places_adds_as_often_as_they_are_named():
    assert_right(lambda v: scattered(np.zeros((2, 2), dtype=object), v), X)
    assert_right(lambda v: scattered(np.zeros_like(v, shape=(2, 2)), v), X)


def test_adding_values_to_an_array_of_floats_is_refused():
    with pytest.raises(GradientLostError, match=r"np.zeros_like\(x, shape=\(2, 2\)\)"):
        grad(lambda v: scattered(np.zeros((2, 2)), v).sum())(X)


BESIDE = {
    "operators": lambda v: v[0] * M - M**2 / v[1] + M ** v[2] + 2 * v[1] * M.astype(int),
    "functions": lambda v: np.arctan2(v[0], M) + np.logaddexp(M, v[1]) + np.maximum(M, 2.75 * v[2]),
    "choices": lambda v: np.where(M > 3, v[0], v[1] * M) + np.where(M > 2 * v[0], M, v[2]),
    "conditions": lambda v: (v[0] * 2.25 > M) * v[1] + (M <= 1.5 * v[2]) * M * v[0],
    "products": lambda v: (np.eye(3) * v[0] + v[1]) @ (v[2] * M.T),
}


@pytest.mark.parametrize("name", BESIDE)
def test_an_array_of_two_axes_beside_one_number_is_an_array_of_its_own(name):
    f = BESIDE[name]
    assert_right(f, X)
    rows = np.array([X, X + 0.5])
    expected = [f(row) for row in rows]
    np.testing.assert_allclose(vmap(f)(rows), expected, rtol=1e-14)
    np.testing.assert_allclose(jit(vmap(f), backend="python")(rows), expected, rtol=1e-14)
    slopes = jit(jacobian(f), backend="python")(X)
    np.testing.assert_allclose(slopes, jacobian(f)(X), rtol=1e-12)


def test_beside_a_batch_an_array_of_two_axes_is_no_number():
    with pytest.raises(NumberError, match=r"np.stack\(\[v\]\)"):
        Value(X) * M
    with pytest.raises(NumberError, match="in a way of its own"):
        Value(2.0) * np.ma.masked_array(M, M > 2)


BY_METHOD = """
    arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt cos cosh deg2rad degrees exp exp2 expm1
    fabs fmod hypot log log10 log1p log2 rad2deg radians rint sin sinh sqrt square tan tanh conjugate
""".split()


@pytest.mark.parametrize("name", BY_METHOD)
def test_a_plain_array_of_numbers_asks_them_for_their_methods(name):
    function = getattr(np, name)

    def f(v):
        listed = np.array([v[0] / 3, v[1] + (name == "arccosh")])  # a plain array, of objects
        return function(*[listed, np.array([v[1], v[0]])][: function.nin])

    at = np.array([0.75, 0.5 + (name == "arccosh")]) * (1 + 3 * (name == "arccosh"))
    np.testing.assert_allclose(jit(f, backend="python")(at), f(at), rtol=1e-14)
    slopes = jacobian(f)(at)
    np.testing.assert_allclose(jit(jacobian(f), backend="python")(at), slopes, rtol=1e-13)
    ours = jacobian(lambda v: f(v) if name == "conjugate" else f(np.stack([*v])))(at)
    np.testing.assert_allclose(slopes, ours, rtol=1e-13)


LISTS = {
    "rows": lambda v: [[v[0], 1.0, v[1]], [0.0, v[2], v[0]]] @ v,
    "a row": lambda v: v @ [v[0], 2.0, v[1]],
    "dot": lambda v: np.dot([v[0], v[1], 3.0], v) * np.inner([v[1], 1.0, 2.0], v),
    "tensordot": lambda v: np.tensordot([[v[0], v[1], 1.0]], v, 1),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_numbers_beside_an_array_is_an_array(name):
    assert_right(LISTS[name], X)
    rows = [
        [0.5, 1.0, 2.0],
        [0.25, 0.0, 1.0],
    ]  # what jit is given in lists are numbers of their own
    found = jit(lambda v, m: np.tanh(m @ v), backend="python")(X, rows)
    np.testing.assert_allclose(found, np.tanh(np.array(rows) @ X), rtol=1e-15)
