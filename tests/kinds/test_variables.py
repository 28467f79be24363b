"""Arrays of variables: NumPy's functions give right derivatives or say why not; none is lost."""

import numpy as np
import pytest
from helpers import differences

import autograd as a
from autograd import GradientLostError, Value, grad, hessian, jacobian, jvp

X = np.array([1.0, 2.0, 3.0])
M = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
S = np.array([[2.0, 0.5], [0.3, 1.5]])


def added_in_place(v):
    w = v * 1
    w += v
    w *= 2
    w[0] -= v[2]
    w -= 1.0
    w /= 2.0
    w **= 2
    return w


def put_into_objects(v):
    w = np.zeros(4, dtype=object)
    w[0], w[1:3] = v[0] * v[1], v[:2]
    return w


# name: (function of an array, point); written for plain arrays, whose differences are the oracle
RIGHT = {
    "slices": (lambda v: v[1:] * v[:-1], X),
    "steps": (lambda v: v[::-1] * v, X),
    "fancy index": (lambda v: v[[0, 0, 2]] ** 2, X),
    "mask": (lambda v: v[v > 1.5] ** 2, X),
    "newaxis": (lambda v: v[:, None] * v[None, :], X),
    "ellipsis": (lambda m: m[..., 0] * m[..., -1], M),
    "row": (lambda m: m[0] * m[1], M),
    "reshape": (lambda m: m.reshape(3, 2) ** 2, M),
    "transpose": (lambda m: m.T @ m, M),
    "flatten": (lambda m: m.flatten() * m.ravel(), M),
    "scalar ops": (lambda v: 2 * v + v / 3 - 1 / v + v**2 + 2**v - (-v), X),
    "v ** v": (lambda v: v**v, X),
    "mod": (lambda v: v % 0.7, X),
    "list beside": (lambda v: v * [1.0, 2.0, 3.0] + [[1.0], [2.0]] * v, X),
    "in place": (added_in_place, X),
    "np.add": (lambda v: np.add(v, v), X),
    "np.exp": (np.exp, X),
    "np.expm1": (np.expm1, X),
    "np.log": (np.log, X),
    "np.log1p": (np.log1p, X),
    "np.log2": (np.log2, X),
    "np.log10": (np.log10, X),
    "np.sqrt": (np.sqrt, X),
    "np.cbrt": (np.cbrt, X),
    "np.square": (np.square, X),
    "np.reciprocal": (np.reciprocal, X),
    "np.sin": (np.sin, X),
    "np.tanh": (np.tanh, X),
    "np.arctan2": (lambda v: np.arctan2(v, v[::-1]), X),
    "np.hypot": (lambda v: np.hypot(v, 2.0), X),
    "np.abs": (lambda v: np.abs(v - 2.5), X),
    "abs": (lambda v: abs(v - 2.5), X),
    "np.sign": (lambda v: np.sign(v - 2.5) * v, X),
    "np.floor": (lambda v: np.floor(v + 0.5) * v, X),
    "np.maximum": (lambda v: np.maximum(v, v[::-1] + 0.5), X),
    "np.minimum": (lambda v: np.minimum(2.5, v), X),
    "np.logaddexp": (lambda v: np.logaddexp(v, 1.0), X),
    "np.clip": (lambda v: np.clip(v, 1.5, 2.5), X),
    "v.clip": (lambda v: v.clip(1.5, 2.5), X),
    "np.where": (lambda v: np.where(v > 1.5, v**2, v), X),
    "np.sum": (np.sum, M),
    "np.sum, axis 0": (lambda m: np.sum(m * m, axis=0), M),
    "np.sum, axis -1": (lambda m: np.sum(m * m, axis=-1), M),
    "np.sum, axes": (lambda m: np.sum(m * m, axis=(0, 1)), M),
    "np.sum, keepdims": (lambda m: m / np.sum(m, axis=1, keepdims=True), M),
    "np.mean": (lambda m: np.mean(m * m), M),
    "np.mean, axis": (lambda m: np.mean(m * m, axis=0), M),
    "np.mean, keepdims": (lambda m: m - np.mean(m, axis=1, keepdims=True), M),
    "np.var": (np.var, M),
    "np.std, axis": (lambda m: np.std(m, axis=1), M),
    "np.prod": (np.prod, X),
    "np.prod, axis": (lambda m: np.prod(m, axis=0, keepdims=True), M),
    "np.max": (lambda m: np.max(m), M),
    "np.max, axis": (lambda m: np.max(m, axis=1, keepdims=True), M),
    "np.min, axis": (lambda m: m.min(axis=0), M),
    "np.median": (np.median, X),
    "np.sort": (lambda v: np.sort(v[::-1]) * X, X),
    "v[np.argmax]": (lambda v: v[np.argmax(v)] ** 2, X),
    "@ vectors": (lambda v: v @ v, X),
    "@ matrix": (lambda v: M @ v, X),
    "@ from the left": (lambda v: v @ M.T, X),
    "@ matrices": (lambda s: s @ s, S),
    "@ list": (lambda v: v @ [1.0, 2.0, 3.0], X),
    "np.dot": (lambda v: np.dot(v, v), X),
    "np.dot matrix": (lambda m: np.dot(m, X), M),
    "np.vdot": (lambda v: np.vdot(v, v), X),
    "np.inner": (lambda v: np.inner(v, v), X),
    "np.outer": (lambda v: np.outer(v, v), X),
    "np.tensordot": (lambda m: np.tensordot(m, m, axes=([1], [1])), M),
    "np.einsum": (lambda m: np.einsum("ij,kj->ik", m, m), M),
    "np.kron": (lambda v: np.kron(v, v[:2]), X),
    "np.cross": (lambda v: np.cross(v, X[::-1]) * v, X),
    "np.trace": (lambda s: np.trace(s @ s), S),
    "np.linalg.norm": (np.linalg.norm, X),
    "np.linalg.norm, axis": (lambda m: np.linalg.norm(m, axis=1), M),
    "np.cumsum": (lambda v: np.cumsum(v * v), X),
    "np.cumprod": (np.cumprod, X),
    "np.diff": (lambda v: np.diff(v * v), X),
    "np.roll": (lambda v: np.roll(v, 1) * v, X),
    "np.stack": (lambda v: np.exp(np.stack([v, v * v])), X),
    "np.concatenate": (lambda v: np.concatenate([v, v * v, [0.0]]), X),
    "np.vstack": (lambda v: np.vstack([v, v * v]), X),
    "np.hstack": (lambda v: np.hstack([v, v * v]), X),
    "np.array": (lambda v: np.exp(np.array([v[0], v[1] * v[2]])), X),
    "np.broadcast_to": (lambda v: np.broadcast_to(v, (2, 3)) ** 2, X),
    "np.repeat": (lambda v: np.repeat(v, 2) ** 2, X),
    "np.polyval": (lambda v: np.polyval(v, 2.0), X),
    "objects": (put_into_objects, X),
    "zeros_like": (lambda v: np.zeros_like(v) + v**2, X),
    "tolist": (lambda v: np.array([x * x for x in v.tolist()]), X),
    "iteration": (lambda m: np.array([row.sum() ** 2 for row in m]), M),
    "no dimension": (lambda v: v * v, np.array(3.0)),
    "empty part": (lambda v: v.sum() + v[:0].sum() + v[:0].prod(), X),
    "empty rows": (lambda v: v.sum() + v.reshape(3, 1)[:, :0].sum(axis=1), X),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_function_of_numpys_has_the_right_derivative(name):
    f, x = RIGHT[name]
    expected = differences(f, x)
    assert np.any(expected != 0)
    for mode in ("forward", "reverse"):
        assert np.shape(jacobian(f, mode=mode)(x)) == expected.shape
        assert jacobian(f, mode=mode)(x) == pytest.approx(expected, rel=1e-8, abs=1e-8)
    value, _ = jvp(f, (x,), (np.ones(x.shape),))
    assert np.array_equal(value, np.asarray(f(x), dtype=float)) or value == pytest.approx(f(x))


REFUSED = {
    "float": (lambda v: float(v[0]), GradientLostError),
    "a slot of a float array": (lambda v: np.zeros(3).__setitem__(0, v[0]), GradientLostError),
    "a float array +=": (lambda v: np.zeros(3).__iadd__(v).sum(), TypeError),
    "out=": (lambda v: np.add(v, v, out=np.zeros(3)).sum(), GradientLostError),
    "np.float64": (lambda v: np.float64(v[0]), TypeError),
    "np.array of floats": (lambda v: np.array(v, dtype=float).sum(), GradientLostError),
    "np.full": (lambda v: np.full(3, v[0], dtype=float).sum(), GradientLostError),
    "np.add.at": (lambda v: np.add.at(v, [0, 0], 1.0), TypeError),
    "astype": (lambda v: v.astype(int).sum(), GradientLostError),
    "np.sum, dtype=": (lambda v: np.sum(v, dtype=int), GradientLostError),
    "np.exp, where=": (lambda v: np.exp(v, where=[True, False, True]).sum(), TypeError),
    "no largest": (lambda v: np.max(v[:0]), ValueError),
    "shapes of @": (lambda v: v @ np.ones(2), ValueError),
    "shapes of +": (lambda v: (v + np.ones(2)).sum(), ValueError),
    "np.fft": (lambda v: np.abs(np.fft.fft(v)).sum(), TypeError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_lose_the_gradient_is_refused(name):
    f, error = REFUSED[name]
    with pytest.raises(error):
        grad(f)(X)


def test_a_tie_gives_half_to_each_wherever_the_array_comes_from():
    tied = np.array([2.0, 2.0, 1.0])
    half = [0.5, 0.5, 0]
    assert grad(np.max)(tied).tolist() == half
    assert grad(lambda v: np.maximum(v[0], v[1]))(tied).tolist() == half
    assert grad(lambda v: np.maximum(v[:1], v[1:2])[0])(tied).tolist() == half
    assert grad(lambda v: np.maximum(v, 2.0).sum())(tied).tolist() == half
    assert grad(lambda v: np.maximum(2.0, v).sum())(tied).tolist() == half
    assert grad(lambda v: np.minimum(v, [2.0, 2.0, 0.0]).sum())(tied).tolist() == half
    for stacked in (np.concatenate, np.stack, np.vstack, np.hstack):
        f = lambda v, stacked=stacked: np.maximum(stacked([v, v]), 2.0).sum() / 2
        assert grad(f)(tied).tolist() == half
    assert grad(lambda v: np.maximum(np.where(v > 0, v, 0), 2.0).sum())(tied).tolist() == half
    rows = jacobian(lambda m: np.max(m, axis=1))(np.array([[3.0, 3.0], [1.0, 2.0]]))
    assert rows.tolist() == [[[0.5, 0.5], [0, 0]], [[0, 0], [0, 1]]]


def test_an_index_of_floats_is_refused_as_numpy_does():
    for transform in (grad, jacobian):
        with pytest.raises(IndexError, match="integer"):
            transform(lambda v: v[np.array([0.0, 1.0])].sum())(X)


def test_a_product_with_zeros_has_its_derivatives():
    assert grad(np.prod)(np.array([0.0, 2.0, 3.0])).tolist() == [6, 0, 0]
    assert grad(np.prod)(np.array([0.0, 0.0, 3.0])).tolist() == [0, 0, 0]
    assert hessian(np.prod)(np.array([0.0, 0.0, 3.0]))[0, 1] == 3


def test_a_branch_that_an_array_does_not_take_sends_nothing():
    def f(v):
        return np.where(v > 0, np.log(v), 0.0).sum()

    x = np.array([0.0, 2.0])
    assert grad(f)(x).tolist() == [0, 0.5]
    assert hessian(f)(x).tolist() == [[0, 0], [0, -0.25]]


def test_comparisons_and_tests_of_arrays_give_plain_bools():
    def f(v):
        assert (v > 1.5).dtype == bool
        assert (v == X).all()
        assert not np.isnan(v).any()
        assert np.isfinite(v).all()
        assert np.array_equal(np.where((v > 1) & (v < 3), True, False), [False, True, False])
        return v.sum()

    assert grad(f)(X).tolist() == [1, 1, 1]


def test_arguments_keep_their_numbers_and_their_kind():
    for x in (np.array([1, 2]), np.array([True, False]), np.array([1, 2], dtype=np.float32)):
        slopes = grad(lambda v: (v * v).sum())(x)
        assert slopes.dtype == float
        assert slopes.tolist() == [2 * float(e) for e in x]
    x = X.copy()

    def overwrites(v):
        v[0] = v[1]
        return v.sum()

    assert grad(overwrites)(x).tolist() == [0, 2, 1]
    assert np.array_equal(x, X)


def test_arrays_of_something_else_are_refused():
    for x in (np.array([1j]), np.array(["a"]), np.array([None]), np.array(["2020"], "M8[D]")):
        with pytest.raises(TypeError, match="argument 0"):
            grad(lambda v: v.sum())(x)


def test_a_sum_of_an_array_is_one_node():
    seen = []
    grad(lambda v: seen.append(np.sum(v * v)) or seen[0])(np.arange(100.0))
    assert seen[0].op is a.PRIMITIVES["sum"]
    assert len(seen[0].parents) == 100
    grad(lambda v: seen.append(v @ v) or seen[1])(np.arange(100.0))
    assert seen[1].op is a.PRIMITIVES["dot"]


def test_an_object_array_of_values_outside_transforms_serves_backward():
    values = np.array([Value(1.0), Value(2.0)])
    (np.exp(values) * values).sum().backward()
    assert values[1].grad == pytest.approx(3 * np.exp(2))


def test_what_asarray_makes_of_variables_is_right_but_at_ties():
    """A plain array of objects: NumPy computes with it, and asks no protocol."""

    def on(convert, f):
        return grad(lambda v: np.sum(f(convert(v))))(np.array([2.0, 2.0, 1.0])).tolist()

    for f in (lambda v: v * v[::-1], np.exp, np.sort, lambda v: np.where(v > 1.5, v * v, v)):
        assert on(np.asarray, f) == on(np.asanyarray, f) == on(np.array, f)
    assert on(np.asanyarray, np.max) == [0.5, 0.5, 0]
    assert on(np.asarray, np.max) == [1, 0, 0]
    x, y = Value(1.0), Value(1.0)
    np.max(np.stack([x, y])).backward()
    assert (x.grad, y.grad) == (0.5, 0.5)
    for f in (np.floor, np.isnan, np.signbit, lambda v: np.linalg.inv(np.outer(v, v))):
        with pytest.raises(TypeError):
            on(np.asarray, f)


def test_an_array_of_variables_sorts_itself_and_stays_of_variables():
    def least(x):
        x = x * 1.0
        x.sort()
        return x.astype(object)[0]

    assert grad(least)(np.array([3.0, 1.0, 2.0])).tolist() == [0.0, 1.0, 0.0]


def test_conjugates_of_values_are_themselves():
    v = Value(2.0)
    assert np.conjugate(np.array([v]))[0] is v
