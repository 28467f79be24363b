"""jit: the same answers as the function itself, in the same form, for everything it can record."""

import gc
import math
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import autograd as ag
from autograd import RecordingError, Value, grad, hessian, hvp, jacobian, jit, value_and_grad, vmap
from autograd.errors import BatchError, NumberError, TransformError
from autograd.transforms.pytree import Own, flatten
from autograd.transforms.tape import Tape
from nn import MLP, RReLU, Sequential, cross_entropy, mse_loss

rng = np.random.default_rng(0)
X, y, w = rng.normal(size=(20, 3)), rng.normal(size=20), rng.normal(size=3)
W, b = rng.normal(size=(4, 3)), rng.normal(size=4)
TIMES = np.linspace(0.0, 1.0, 7)
OTHER, FIVE = rng.normal(size=20), rng.normal(size=5)
ROWS = rng.normal(size=(3, 20))
SQUARE = rng.normal(size=(5, 5)) * (1 - np.eye(5))
LAYERS = [(W, b), (rng.normal(size=(1, 4)), rng.normal(size=1))]


def number(x):
    x = x.value if type(x) is Own else x
    return x.data if isinstance(x, Value) else x


def assert_same(got, want, rtol=1e-12, atol=1e-13):
    """One form, and the same numbers in it."""
    (left, form), (right, expected) = flatten(got), flatten(want)
    assert form == expected
    for x, x_expected in zip(map(number, left), map(number, right), strict=True):
        if isinstance(x_expected, np.ndarray) and x_expected.dtype == object:
            flat = [float(number(v)) for v in x_expected.ravel()]
            x_expected = np.array(flat).reshape(x_expected.shape)
        assert np.shape(x) == np.shape(x_expected)
        assert isinstance(x, np.ndarray) == isinstance(x_expected, np.ndarray)
        np.testing.assert_allclose(x, x_expected, rtol=rtol, atol=atol)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def network(layers, X, y):
    h = list(X.T)
    for weight, bias in layers:
        h = [ag.tanh(ag.dot(list(row), h) + c) for row, c in zip(weight, bias, strict=True)]
    return ag.mean((h[0] - y) ** 2)


def safe_log(x):
    return ag.where(x > 0, ag.log(x), 0.0)


def polynomial(x):
    return x[0] ** 2 * x[1] + ag.sin(x[2])


CASES = {
    "Python's operators": (lambda x: (7.0 // x, divmod(7.0, x), divmod(x, 2.0), -(x > 1)), 2.5),
    "what is chosen of two that are one": (
        lambda x: ag.gammaln(ag.where(x > 0, 2.5, 2.5)) * x,
        2.0,
    ),
    "a derivative of that": (ag.grad(lambda x: ag.gammaln(ag.where(x > 0, 2.5, 2.5) * x)), 2.0),
    "an element that NumPy calls an array": (
        lambda a, A: a * A[0, ...] + (A + a)[1, ...],
        2.0,
        FIVE,
    ),
    "methods that elements have": (lambda A: (A.cumsum(), A.ravel(), A.mean(axis=1)), SQUARE),
    "samples in reverse": (lambda x: ag.vmap(lambda t: t * t)(x[::-1]), FIVE),
    "samples of two lengths": (lambda x, y: (ag.vmap(np.sin)(x), ag.vmap(np.cos)(y)), FIVE, OTHER),
    "an array beside computed ones": (lambda A: (A * 2 + np.arange(5.0))[1], SQUARE),
    "a builtin that tells no signature": (dict,),
    "Bessel functions of several orders": (
        lambda xs: [ag.grad(ag.grad(ag.grad(ag.i0)))(x) for x in xs],
        np.linspace(0.5, 2.0, 12),
    ),
    # numbers
    "arithmetic": (lambda x, y: (x * y + ag.sin(x)) / y - 2**x, 2.0, 3.0),
    "python's": (lambda x: (abs(-x), x // 2, x % 2, divmod(x, 2), +x, x**-1), 3.5),
    "numpy's": (lambda x: (np.exp(x), np.sqrt(x) * np.float64(2), np.maximum(x, 2)), 1.5),
    "an integer": (lambda x: x * 2, 3),
    "a bool": (lambda x: x * 2, True),
    "a NumPy number": (lambda x: x * 2, np.float32(3)),
    "an array of no dimension": (lambda x: x * 2, np.array(2.0)),
    "a constant": (lambda x: 1.0, 3.0),
    "fractions": (grad(lambda x: x * Fraction(1, 3) + ag.dot([Fraction(1, 7)], [x])), 3.0),
    "the argument": (lambda x: x, 3.0),
    "no argument": (lambda: 3.0,),
    "a truth": (lambda x: x > 1, 3.0),
    "conditions": (lambda x: ag.where((x > 1) & np.logical_not(x > 2), x, -x), 3.0),
    "conditions of samples": (vmap(lambda x: ag.where((x > 1) & ~(x > 2), x, -x)), X),
    "forms": (lambda x: {"a": x * 2, "b": None, "c": [x, (x, 2)]}, 3.0),
    "many results": (lambda x: [x * i for i in range(100)], 3.5),
    # arrays
    "an array": (lambda x: np.exp(x) * 2 + np.sin(x), y),
    "an array of truths": (lambda x: x > 0, y),
    "an array of integers": (lambda x: x * 2, np.arange(5)),
    "an array of bools": (lambda x: x * 2, y > 0),
    "a series": (lambda x: np.sum(x * 2), pd.Series([1.0, 2.0])),
    "a frame": (lambda x: np.sum(x.T * 2), pd.DataFrame(X)),
    "itself": (lambda x: x, X),
    "sums": (lambda x: (np.sum(x * x), (x * x).mean(), np.mean(x), x.sum()), y),
    "along axes": (lambda x: (x.sum(axis=0), np.mean(x, axis=1)), X),
    "elements": (lambda x: x[0] * x[1] + x[-1], w),
    "a slice": (lambda x: x[1:] * 2, w),
    "reversed": (lambda x: x[::-1] * x, w),
    "columns": (lambda x: [c * 2 for c in x.T], X),
    "two dimensions": (lambda x: x * 2 - w, X),
    "reshaped": (lambda x: x.reshape(3, 20)[1], X),
    "a product": (lambda W, x: W @ x, W, w),
    "a layer": (lambda W, x, b: np.tanh(W @ x + b), W, w, b),
    "dot": (np.dot, y, OTHER),
    "stacked": (lambda x, z: (np.stack([x, x]), np.concatenate([x, z])), y, FIVE),
    "where": (lambda x: np.where(x > 0, x, 0.1 * x), y),
    "clipped": (lambda x: np.clip(x, -0.5, 0.5), y),
    "norm": (np.linalg.norm, w),
    "largest": (np.max, y),
    "cumulated": (np.cumsum, w),
    "its length": (lambda x: np.sum(x * x) / x.shape[0] / len(x), y),
    "two lengths": (lambda x, z: np.sum(x * x) + np.sum(z * z), y, FIVE),
    "an empty array": (np.sum, np.array([])),
    "own lengths": (lambda x: x * x.shape[0] + x.size, y),
    "an array of one": (lambda x: (x * 2, x), np.array([3.0])),
    "a row of one": (lambda x: x[None] + x[:, None][0], np.array([3.0])),
    "an array of none": (lambda x: (x * 2, np.exp(x)), np.array([])),
    "repeated": (lambda x: np.broadcast_to(x[0], (3,)) * 1, y),
    "truths of parts": (lambda x: (x[1:] > 0, np.isclose(x, 0.3)), y),
    "tests": (lambda x: (np.isnan(x), np.isfinite(x), np.less(x, 2.0)), 1.5),
    "any and all": (lambda x: (np.any(x > 1), np.all(x > -9)), y),
    "python's sum": (sum, y),
    "a solution": (np.linalg.solve, SQUARE, FIVE),
    "a solution's gradient": (
        grad(lambda A, b: np.sum(np.linalg.solve(A, b)), (0, 1)),
        SQUARE,
        FIVE,
    ),
    "an inverse": (np.linalg.inv, SQUARE),
    "determinants": (lambda A: (np.linalg.det(A), *np.linalg.slogdet(A)), SQUARE),
    "interpolated": (lambda x: np.interp(x, [0.0, 1.0, 2.0], [0.0, 3.0, 5.0]), y),
    "interpolated slopes": (grad(lambda x: np.interp(x, [0.0, 1.0, 2.0], [0.0, 3.0, 5.0])), 1.0),
    "convolved": (np.convolve, y, w),
    "an integral": (np.trapezoid, y),
    # what the function closes over
    "a constant array": (lambda x: np.sum(x * OTHER), y),
    "a constant array beside a variable": (
        value_and_grad(lambda a, x: ag.mean(a * x * OTHER)),
        2.0,
        y,
    ),
    "a constant array of another length": (grad(lambda x: np.sum(x * FIVE)), 2.0),
    "a matrix beside a variable, and single samples": (
        grad(lambda a, X, y: np.sum(np.hypot(a, X)) + np.linalg.norm(a * y)),
        2.0,
        X,
        y,
    ),
    "a constant matrix beside a variable, and single samples": (
        grad(lambda a, y: np.sum(a * X) + np.linalg.norm(a * y)),
        2.0,
        y,
    ),
    "methods of plain arrays, and single samples": (
        grad(
            lambda a, t, y: (
                np.linalg.norm(a * y)
                * (ag.logsumexp([y, t]).max() + (t * OTHER).min() + (t * y).T[3])
                + a * np.sum(ag.dot([y, t], [t, y])[:, None] * np.ones(2))
            )
        ),
        2.0,
        1.5,
        y,
    ),
    "targets beside samples that are mapped": (
        value_and_grad(lambda w, X: ag.mean(vmap(lambda x, t: (np.sum(w * x) - t) ** 2)(X, OTHER))),
        w,
        X,
    ),
    "rows along the second axis beside samples that are mapped": (
        lambda y: vmap(lambda t, r: vmap(lambda a: a * t)(r), in_axes=(0, 1))(y, ROWS),
        y,
    ),
    "a constant matrix": (jacobian(lambda x: np.tanh(W @ x)), w),
    "a Value": (lambda x: Value(3.0) * x, 2.0),
    # transforms
    "grad": (grad(rosenbrock), y),
    "hessian": (hessian(rosenbrock), y),
    "hvp": (hvp(rosenbrock), y, OTHER),
    "jacobian": (jacobian(lambda v: [v[0] * v[1], v[0] + v[1]]), [3.0, 2.0]),
    "third order": (grad(grad(grad(lambda x: ag.tanh(x) * x))), 0.3),
    "vjp": (lambda x: ag.vjp(lambda t: t**3, x)[1](1.0), 2.0),
    "jvp": (lambda x: ag.jvp(lambda t: t**3, (x,), (1.0,)), 2.0),
    "checkpoint": (grad(lambda x: ag.checkpoint(lambda t: ag.exp(t) * t)(x)), 2.0),
    "logsumexp": (grad(lambda x: ag.logsumexp(list(x))), w),
    "a network": (value_and_grad(network), LAYERS, X, y),
    # samples
    "vmap": (vmap(lambda x: ag.tanh(x) * x), y),
    "vmap of rows": (vmap(lambda x: (x[0], x.sum(), x * 2)), X),
    "vmap with a shared argument": (vmap(lambda a, x: a * x, in_axes=(None, 0)), 2.0, y),
    "vmap along the second axis": (vmap(lambda x: x * 2, in_axes=1), X),
    "vmap, then a sum": (lambda X: np.sum(vmap(lambda x: x[0] * x[1])(X)), X),
    "vmap of rows, then sums": (lambda X: vmap(lambda x: x * 2)(X).mean(axis=0), X),
    "vmap of grad": (vmap(grad(lambda x: ag.tanh(x) * x)), y),
    "vmap of hessian": (vmap(hessian(polynomial)), X),
    "a gradient a sample": (
        vmap(grad(lambda w, x, t: (ag.dot(list(w), list(x)) - t) ** 2), in_axes=(None, 0, 0)),
        w,
        X,
        y,
    ),
    "a gradient through vmap": (
        grad(lambda a, X: ag.mean(vmap(lambda x: ag.tanh(a * x[0]))(X))),
        0.3,
        X,
    ),
    "vmap in vmap": (vmap(vmap(lambda x: x * x)), X),
    "vmap in vmap, summed": (vmap(lambda x: np.sum(vmap(lambda t: t * t)(x))), X),
    "vmap over separate numbers": (
        grad(lambda W: np.sum(vmap(lambda r: np.sum(r * r))(W))),
        W,
    ),
    "vmap over separate numbers, two results": (
        lambda W: vmap(lambda r: (r[0], r * 2), out_axes=(0, 1))(W[1:]),
        W,
    ),
    # no samples, and samples of no numbers
    "vmap of no rows": (vmap(lambda x: (x[0], x * 2)), X[:0]),
    "vmap of rows of none": (vmap(lambda x: (np.sum(x), x * 2)), X[:, :0]),
    "vmap of no rows of an array": (lambda W: vmap(lambda x: (x[0], x * 2))(W[4:]), W),
    "vmap of no rows that were computed": (lambda W: vmap(np.sum)((W + W[:, :1])[:0]), W),
    "a gradient through vmap of none": (grad(lambda W: np.sum(vmap(np.sum)(W[4:]))), W),
    "vmap of rows of none beside a number": (
        vmap(lambda a, x: a * x + a / (1 + x), in_axes=(None, 0)),
        1.5,
        X[:, :0],
    ),
    "samples of no numbers beside no row": (
        vmap(lambda x, y: x * y, in_axes=(None, 0)),
        X[0, :0],
        X[:, 0],
    ),
    "vmap in vmap, of an array closed over": (
        vmap(lambda w: vmap(lambda t: np.tanh(w[0] * t) + np.sum(w * t))(TIMES)),
        X,
    ),
    "vmap in vmap, of rows closed over, as many as samples": (
        vmap(grad(lambda w: np.sum(vmap(lambda r: np.tanh(w @ r))(X - 1)))),
        X,
    ),
    "derivatives in vmap in vmap": (  # a network whose own second derivative is in its loss
        vmap(
            grad(lambda w: np.sum(vmap(grad(grad(lambda t: np.sin(w[0] * t) * w[1])))(TIMES) ** 2))
        ),
        X,
    ),
    "vmap in vmap, of an array of none closed over": (
        vmap(lambda w: vmap(lambda t: w[0] * t)(TIMES[:0]).sum()),
        X,
    ),
    "a constant of NumPy's for every sample": (vmap(lambda x: np.float64(2.0)), X),
    "vmap in vmap, of none": (vmap(vmap(np.sum)), np.zeros((2, 0, 3))),
    "vmap of none, along the second axis": (lambda W: vmap(lambda x: x, 0, 1)(W[:0]), W),
    # branches not taken
    "a branch not taken": (grad(safe_log), 0.0),
    "a branch not taken of some samples": (vmap(grad(safe_log)), np.array([0.0, 1.0, -2.0])),
}


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
@pytest.mark.parametrize("name", CASES)
def test_the_answer_is_the_functions_own(name, backend):
    f, *arguments = CASES[name]
    with np.errstate(all="ignore"):
        want = f(*arguments)
    g = jit(f, backend=backend)
    assert_same(g(*arguments), want)
    assert_same(g(*arguments), want)


def test_an_array_that_is_closed_over_is_mapped_beside_as_many_samples_alone():
    g = jit(lambda x: vmap(lambda a, b: a * b)(x, FIVE))
    for x in (np.ones(5), np.arange(5.0)):
        np.testing.assert_array_equal(g(x), x * FIVE)
    with pytest.raises(TransformError, match="one number of samples, .* {3: .*, 5: "):
        g(np.ones(3))


@pytest.mark.parametrize("backend", ["llvm", "numpy"])
@pytest.mark.parametrize("name", CASES)
def test_in_float32_it_is_the_functions_own_to_roundings(name, backend):
    f, *arguments = CASES[name]
    with np.errstate(all="ignore"):
        want = f(*arguments)
    g = jit(f, backend=backend, dtype="float32")
    for _ in range(2):
        got = g(*arguments)
        assert_same(got, want, rtol=2e-5, atol=2e-6)
        for x in flatten(got)[0]:
            is_array = isinstance(x, np.ndarray)
            assert x.dtype in (np.float32, bool) if is_array else type(x) in (float, bool)


def test_an_argument_that_is_no_setting_of_jit_is_named():
    with pytest.raises(TypeError, match="jit\\(\\) takes a function, got 3"):
        jit(3)
    with pytest.raises(ValueError, match="backend is one of .*'numpy'.*, given 'gpu'"):
        jit(abs, backend="gpu")


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
def test_what_the_backend_wrote_can_be_read(backend):
    g = jit(lambda x: x * 2 + 1, backend=backend)
    with pytest.raises(TransformError, match="has no program yet"):
        _ = g.source
    with pytest.raises(TransformError, match="with Values runs the function itself"):
        g.bind(Value(1.0))
    g(1.0)
    assert ("define" if backend == "llvm" else "arg0[0] * 2.0 + 1.0") in g.source


def test_one_number_has_no_elements():
    with pytest.raises(TypeError, match="one number that jit records has no elements"):
        jit(lambda x: [*x])(1.0)


def test_an_answer_that_is_too_deep_for_source_is_bound_all_the_same():
    def deep(x):
        for _ in range(45):
            x = [x]
        return x

    assert jit(deep, backend="llvm").bind(1.5)() == deep(1.5)


def test_keywords_are_arguments_too():
    assert jit(lambda x, *, k: x * k)(3.0, k=2.0) == 6.0


@pytest.mark.parametrize("n", [0, 1, 2, 7, 64, 65, 300])
def test_one_program_serves_every_number_of_samples(n):
    g = jit(value_and_grad(network))
    g(LAYERS, X, y)
    xs, ts = rng.normal(size=(n, 3)), rng.normal(size=n)
    value, gradient = g(LAYERS, xs, ts)
    assert len(g._compiled) == 1
    if n:
        assert_same((value, gradient), value_and_grad(network)(LAYERS, xs, ts), rtol=1e-11)
    else:
        assert math.isnan(value)  # the mean of none


def test_a_program_that_begins_with_no_samples_serves_some():
    g = jit(lambda X: ag.mean(X.T[0] * X.T[1]))
    assert math.isnan(g(X[:0]))
    assert_same(g(X), np.mean(X[:, 0] * X[:, 1]))
    assert len(g._compiled) == 1


@pytest.mark.parametrize("counts", [(0, 3, 0, 3), (3, 0, 3, 0)])
def test_who_asks_whether_there_are_samples_is_answered(counts):
    def f(a, x):
        z = a * x
        return a if z.shape[0] == 0 else np.sum(z**2) / z.shape[0]

    g = jit(value_and_grad(f))
    for n in counts:
        assert_same(g(1.5, y[:n]), value_and_grad(f)(1.5, y[:n]))
    assert len(g._compiled) == 2


@pytest.mark.parametrize("other", [X[:, :2], X[:7], np.ones((3, 20)), [1.0, 2.0]])
def test_another_shape_or_structure_is_recorded_anew(other):
    def f(x):
        return np.sum(np.asarray(x[0]) * 2) if isinstance(x, list) else np.sum(x[1:] * x[:-1])

    g = jit(f)
    for x in (X, other, X):
        assert_same(g(x), f(x))
    assert len(g._compiled) == 2


def test_the_function_runs_once():
    runs = []

    def f(x):
        runs.append(x)
        return x * 2

    g = jit(f)
    assert [g(1.0), g(2.0), g(3)] == [2.0, 4.0, 6.0]
    assert len(runs) == 1


def test_a_model_is_an_argument():
    model = MLP(3, [5, 1], activation="tanh", seed=0)
    f = value_and_grad(lambda m, X, y: mse_loss(m(X), y))
    g = jit(f)
    for _ in range(2):
        assert_same(g(model, X, y), f(model, X, y))
        for p in model.parameters():
            p.data += 0.1  # read again at every call
    assert len(g._compiled) == 1
    assert_same(g(model, X[:7], y[:7]), f(model, X[:7], y[:7]))
    assert len(g._compiled) == 1


def test_a_model_of_other_settings_is_another_program():
    f = jit(lambda m, X: ag.sum(m(X)))
    models = [MLP(3, [5, 1], activation=a, seed=0) for a in ("tanh", "relu", "tanh")]
    for model in models:
        assert_same(f(model, X), ag.sum(model(X)).data)
    assert len(f._compiled) == 2
    model = Sequential(MLP(3, [5, 1], seed=0), RReLU(0.1, 0.3)).eval()
    assert_same(f(model, X), ag.sum(model(X)).data)
    model.layers[1].upper = 0.5
    assert_same(f(model, X), ag.sum(model(X)).data)
    assert len(f._compiled) == 4


def test_a_list_and_a_tuple_come_back_as_they_are():
    g = jit(grad(lambda v: v[0] * v[1]))
    assert [g([2.0, 3.0]), g((2.0, 3.0)), g([4.0, 5.0])] == [[3.0, 2.0], (3.0, 2.0), [5.0, 4.0]]


def test_classes_are_targets():
    model, c = MLP(3, [5, 4], activation="tanh", seed=0), rng.integers(0, 4, size=20)
    f = value_and_grad(lambda m, X, c: cross_entropy(m(X), c))
    assert_same(jit(f)(model, X, c), f(model, X, c))


def test_within_a_transform_or_a_graph_it_is_the_function():
    g = jit(lambda t: t**3)
    assert grad(g)(2.0) == 12.0
    assert grad(grad(g))(2.0) == 12.0
    assert_same(vmap(g)(y), y**3)
    v = Value(2.0)
    g(v).backward()
    assert v.grad == 12.0
    assert jit(lambda x: g(x) + 1)(2.0) == 9.0
    assert jit(grad(g))(2.0) == 12.0


def truth(x):
    return x if x > 0 else -x


REFUSED = {
    "if": truth,
    "and": lambda x: x > 0 and x,
    "float": lambda x: math.exp(x),
    "int": lambda x: int(x),
    "index": lambda x: [1, 2][x],
    "range": lambda x: [*range(x)],
    "round": lambda x: math.floor(x),
    "max": lambda x: max(x, 0.0),
    "in": lambda x: x in [1.0, 2.0],
    "sorted": lambda x: sorted([x, 1.0]),
    "an f-string": lambda x: f"{x:.3f}",
    "item": lambda x: x.item(),
    "a float": lambda x: float(np.sin(x)),
    "an array of floats": lambda x: np.array([x], dtype=float),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_asks_for_the_number_names_the_line_and_the_way_out(name):
    with pytest.raises(RecordingError, match="where") as caught:
        jit(REFUSED[name])(1.0)
    line = REFUSED[name].__code__.co_firstlineno
    assert f"{__file__}, line {line + (name == 'if')}" in str(caught.value)


@pytest.mark.parametrize("f", [sorted, max, lambda x: x[np.argmax(x)], lambda x: x[x[0]]])
def test_an_order_or_a_place_that_python_asks_for_is_refused(f):
    for asked in (f, grad(lambda x: f(x)[0] if f is sorted else f(x))):
        with pytest.raises(RecordingError, match="where"):
            jit(asked)(w)


def test_an_array_is_not_changed_in_place():
    def assigned(x):
        x[0] = 1.0

    def increased(x):
        x += 1.0

    for f in (assigned, increased, lambda x: assigned(x * 2)):
        with pytest.raises(RecordingError, match=r"test_jit.py, line \d+: .* not changed in place"):
            jit(f)(w)


def test_an_index_by_a_condition_is_refused():
    with pytest.raises(RecordingError, match="how many"):
        jit(lambda x: x[x > 0])(w)


@pytest.mark.parametrize("argument", ["a", 1j, object(), np.array(["a"]), np.ma.array([1.0])])
def test_what_is_no_number_is_refused(argument):
    with pytest.raises(NumberError):
        jit(lambda x, y: x)(1.0, argument)


def test_a_result_that_is_no_number_is_refused():
    def f(x):
        return {"a": "text"}

    with pytest.raises(NumberError, match=r"result of f\['a'\] is 'text'"):
        jit(f)(1.0)


def test_samples_of_two_lengths_are_refused():
    with pytest.raises((BatchError, TransformError)):
        jit(lambda w, x, z: ag.mean(Value(1.0) * x * z))(1.0, y, FIVE)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda v: [ag.sin(v[0] * k) for k in range(1, 9)], [0.5, 0.1]),  # a column is cheap
        (lambda v: [ag.sum([ag.sin(x) for x in v]), ag.prod(v)], [*np.linspace(0.1, 1, 12)]),
        # 6 results of 8 variables through one number: fewer passes is not fewer operations
        (
            lambda v: [k * ag.exp(ag.sum([x * x for x in v])) for k in range(2, 8)],
            [*np.linspace(0, 1, 8)],
        ),
    ],
)
def test_a_jacobian_takes_the_way_of_fewer_operations(f, x):
    def operations(mode):
        g = jit(jacobian(f, mode=mode), backend="python")
        g(x)
        return g.stats.passes["needed"]

    assert operations(None) == min(map(operations, ("forward", "reverse")))
    assert_same(jit(jacobian(f))(x), jacobian(f)(x))


def chain(v):
    x = ag.sum([ag.sin(t) * t for t in v])
    for _ in range(30):
        x = ag.sin(x)
    return x


@pytest.mark.parametrize(
    ("f", "n", "hopeless"),
    [
        (lambda v: [chain(v) ** k for k in range(2, 100)], 2, "_pull_one"),
        (lambda v: [chain(v)], 100, "_push_one"),
    ],
)
def test_a_jacobian_does_not_go_the_longer_way_to_its_end(f, n, hopeless, monkeypatch):
    passes, one_pass = [], getattr(Tape, hopeless)
    monkeypatch.setattr(Tape, hopeless, lambda *args: passes.append(1) or one_pass(*args))
    g = jit(jacobian(f), backend="python")
    x = [*np.linspace(0.1, 1, n)]
    assert_same(g(x), jacobian(f, mode="forward" if hopeless == "_pull_one" else "reverse")(x))
    assert len(passes) < 50


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
def test_bound_to_arguments_it_reads_what_is_written_into_them(backend):
    f = value_and_grad(network)
    layers, xs = [(w.copy(), b.copy()) for w, b in LAYERS], X.copy()
    g = jit(f, backend=backend).bind(layers, xs, y)
    assert_same(g(), f(layers, xs, y), rtol=1e-11)
    layers[0][0][1, 2] += 1.0
    xs[3, 1] = 2.0
    assert_same(g(), f(layers, xs, y), rtol=1e-11)


def test_bound_numbers_constants_and_what_comes_back():
    def f(a, x, b):
        return a * 2, 1.5, b, x * OTHER[0] + a, np.sum(x * OTHER), x[2]

    g = jit(f).bind(2.0, y, 3.0)
    for _ in range(2):
        assert_same(g(), f(2.0, y, 3.0))


def test_bound_it_answers_in_the_same_arrays():
    def f(w, x):
        return w * x[0], [np.outer(x[1], w)], vmap(lambda row: row[0] * row)(x)

    g = jit(f).bind(np.ones(3), np.arange(6.0).reshape(2, 3))
    (one, (two,), three), (other, (another,), third) = g(), g()
    assert all(x is y for x, y in [(one, other), (two, another), (three, third)])


SHAPES = {
    "shape": lambda x, z: x * 2 if x.shape == (2,) else x * 3,
    "length": lambda x, z: x * 2 if len(x) > 2 else x * 3,
    "two shapes": lambda x, z: x.sum() * 2 if x.shape == z.shape else x.sum() + z.sum(),
    "two lengths": lambda x, z: np.sum(x * (2 if x.shape[0] == z.shape[0] else 3)),
    "text": lambda x, z: x * len(str(x.shape)) if "2" in str(x.shape) else x,
    "dict": lambda x, z: x * {2: 5.0, 3: 7.0}.get(x.shape[0], 1.0),
    "results": lambda x, z: np.sum(x) * (2 if vmap(lambda v: [v, v])(x)[0].shape == (3,) else 1),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_program_serves_only_shapes_for_which_the_function_would_do_the_same(name):
    f = SHAPES[name]
    g = jit(f)
    for n, m in [(2, 2), (3, 2), (3, 3), (2, 1), (1, 1), (0, 0), (3, 1), (2, 3)]:
        x, z = rng.normal(size=n), rng.normal(size=m)
        assert_same(g(x, z), f(x, z))


def test_pivots_are_chosen_when_the_program_runs():
    g = jit(lambda A, b: (np.linalg.solve(A, b), np.linalg.det(A)))
    for _ in range(20):
        A = rng.normal(size=(5, 5)) * 10.0 ** rng.integers(-9, 9, size=(5, 1))
        A[rng.integers(5), 0] = 0.0
        assert_same(g(A, FIVE), (np.linalg.solve(A, FIVE), np.linalg.det(A)), rtol=1e-7)
    assert len(g._compiled) == 1


def test_a_container_is_no_leaf_and_a_dicts_order_is_part_of_its_form():
    g = jit(lambda x, p: [x * p[0]] if isinstance(p, list) else x * p)
    assert_same(g(y, 2.0), y * 2)
    assert_same(g(y, [2.0]), [y * 2])
    h = jit(lambda p: p["a"] - 2 * p["b"])
    for _ in range(2):
        assert h({"a": 1.0, "b": 3}) == h({"b": 3, "a": 1.0}) == -5.0


def test_a_program_that_begins_with_an_empty_array_serves_others():
    g = jit(lambda x, z: x * z)
    for n in (0, 3, 1, 20):
        assert_same(g(OTHER[:n], y[:n]), OTHER[:n] * y[:n])
    assert len(g._compiled) == 1


def test_the_collector_is_left_as_it_was_found():
    seen = []

    def f(x):
        seen.append(gc.isenabled())
        return x * x

    assert gc.isenabled()
    jit(f)(3.0)
    gc.disable()
    try:
        jit(f)(3.0)
        assert not gc.isenabled()
    finally:
        gc.enable()
    assert seen == [True, False]


@pytest.mark.parametrize("transform", [grad, jacobian, hessian, vmap])
def test_a_variable_of_a_transform_around_is_no_constant(transform):
    def f(a):
        return jit(lambda x: ag.sin(x * a), backend="python")(2.0)

    at = np.ones(3) if transform is vmap else 0.3
    with pytest.raises(RecordingError, match=r"closes over a variable .* as an argument"):
        transform(f)(at)
    assert jit(lambda x: ag.sin(x * ag.Value(0.3)), backend="python")(2.0) == math.sin(0.6)
    assert grad(lambda a: jit(lambda x, a: ag.sin(x * a))(2.0, a))(0.3) == 2 * math.cos(0.6)


def test_the_magnitude_of_a_condition_counts_it():
    f = jit(lambda x: abs(x > 0) * x)
    assert (f(2.0), f(-2.0)) == (2.0, 0.0)


def test_conditions_of_no_elements_are_conditions():
    f = jit(lambda x, p: np.roll(np.where((x < p) | (x > 0), 2 * x, x), 1))
    assert f(np.array([]), 2.0).tolist() == []
    assert f(np.array([1.0, 3.0]), 2.0).tolist() == [6.0, 2.0]


def test_without_numpy_it_says_what_to_install():
    script = """
import sys
from fractions import Fraction
sys.modules["numpy"] = None  # as if it were not installed
from autograd import grad, jit
print(grad(lambda x: x * x)(3.0))
try:
    jit(lambda x: x)
except ImportError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    slope, said = run.stdout.splitlines()
    assert slope == "6.0"
    assert said.startswith('jit() computes with NumPy: pip install "chainrule[jit]"')
