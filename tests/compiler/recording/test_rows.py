"""Matrices of weights are recorded by rows: the answers are those of their elements."""

import numpy as np
import pytest

import autograd as ag
from autograd import dot, grad, hessian, jacobian, jit, jvp, mean, tanh, value_and_grad, vmap
from autograd.compiler.calls.arguments import arguments_of
from autograd.compiler.calls.record import record
from autograd.compiler.programs.elements import DOUBLE

RNG = np.random.default_rng(5)
W, V, x, y = (
    RNG.normal(size=(4, 3)),
    RNG.normal(size=(2, 4)),
    RNG.normal(size=3),
    RNG.normal(size=4),
)
STACK = RNG.normal(size=(3, 4, 4))


def total(xs):
    return ag.sum([*np.ravel(xs)])


def deep(stack, x):
    for w in stack:
        x = tanh(w @ x)
    return total(x)


def in_place(w, x):
    w[1, 1] = 2.0
    return total(w @ x)


def in_place_through_a_view(w, x):
    row = w[1]
    row[0] = row[0] * row[2]
    return total(tanh(w @ x))


def added_in_place(w, x):
    w += 1.5
    return total(tanh(w @ x))


def shared(w, v, x):
    h = tanh(w @ x)
    return total(v @ h) * total(v @ tanh(h)) + total(h)


PROGRAMS = {
    "W @ x": (lambda w, x: total(tanh(w @ x)), (W, x)),
    "x @ W": (lambda w, x: total(tanh(x @ w)), (W, y)),
    "W.T @ x": (lambda w, x: total(tanh(w.T @ x)), (W, y)),
    "x @ W.T": (lambda w, x: total(tanh(x @ w.T)), (W, x)),
    "W.T.T @ x": (lambda w, x: total(tanh(w.T.T @ x)), (W, x)),
    "np.dot": (lambda w, x: total(tanh(np.dot(w, x))), (W, x)),
    "a method": (lambda w, x: total(tanh(w.dot(x))), (W, x)),
    "W @ W": (lambda w, x: total(tanh(w @ w.T * x[0])), (W, x)),
    "matrix @ matrix": (lambda w, v: total(tanh(v @ w)), (W, V)),
    "plain vector": (lambda w: total(tanh(w @ np.array([1.0, 2.0, 3.0]))), (W,)),
    "mixed vector": (lambda w, x: total(tanh(w @ np.array([x[0] * x[1], 1.0, x[2]]))), (W, x)),
    "two layers": (lambda w, v, x: total(v @ tanh(w @ x)), (W, V, x)),
    "shared": (shared, (W, V, x)),
    "a regulariser after": (lambda w, x: total(tanh(w @ x)) + np.sum(w**2), (W, x)),
    "a regulariser before": (lambda w, x: np.sum(w**2) + total(tanh(w @ x)), (W, x)),
    "one of x @ W": (lambda w, x: tanh(x @ w)[1] * x[0], (W, y)),
    "one of W @ x": (lambda w, x: tanh(w @ x)[1] * x[0], (W, x)),
    "elements too": (lambda w, x: total(w @ x) * w[1, 2] + w[0, 0], (W, x)),
    "some elements only": (lambda w, x: w[1, 2] * x[0], (W, x)),
    "rows one by one": (lambda w, x: ag.sum([dot(row, x) ** 2 for row in w]), (W, x)),
    "no use": (lambda w, x: x[0] * 2, (W, x)),
    "a stack": (deep, (STACK, y)),
    "one of a stack": (lambda s, y: total(tanh(s[-1] @ y) + s[0, 1]), (STACK, y)),
    "a slice of a stack": (lambda s, y: total(s[1:] @ y), (STACK, y)),
    "an element set": (in_place, (W, x)),
    "a view set": (in_place_through_a_view, (W, x)),
    "added in place": (added_in_place, (W, x)),
    "np.where": (lambda w, x: np.sum(np.where(w > 0, w, 0.1 * w)) + total(w @ x), (W, x)),
    "stacked": (lambda w, x: np.sum(np.vstack([w, [x]]) ** 2) + total(w @ x), (W, x)),
    "stacked first": (lambda w, x: np.sum(np.vstack([[x * x], w]) ** 3), (W, x)),
    "beside a number": (lambda w, x: np.sum(x[0] * w + w * x[1]), (W, x)),
    "a function": (lambda w, x: np.sum(tanh(w)) + total(np.exp(w) @ x), (W, x)),
    "reshaped": (lambda w, x: total(w.reshape(2, 6) @ np.tile(x, 2)), (W, x)),
    "powers": (lambda w, x: total((w @ x) ** 3), (W, x)),
}
ALONE = {"plain vector", "an element set", "a view set", "added in place"}
"""Of one argument, or changed: what `vmap` does not do twice."""


def close(a, b):
    for one, other in zip(a, b, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_the_gradient_is_that_of_elements(name, backend):
    if backend == "llvm":
        pytest.importorskip("llvmlite")
    f, args = PROGRAMS[name]
    every = tuple(range(len(args)))
    copies = [a.copy() for a in args]
    value, gradient = value_and_grad(f, every)(*args)
    compiled = jit(value_and_grad(f, every), backend=backend)(*copies)
    close([value, *gradient], [compiled[0], *compiled[1]])
    close(args, copies)


@pytest.mark.parametrize("name", sorted(PROGRAMS.keys() - ALONE))
def test_samples_share_rows(name):
    f, args = PROGRAMS[name]
    many = np.stack([args[-1], args[-1] * 0.5, args[-1] - 1.0])

    def loss(*args):
        return mean(vmap(lambda x: f(*args[:-1], x))(args[-1]))

    every = tuple(range(len(args) - 1))
    value, gradient = value_and_grad(loss, every)(*args[:-1], many)
    compiled = jit(value_and_grad(loss, every), backend="python")(*args[:-1], many)
    close([value, *gradient], [compiled[0], *compiled[1]])


def test_a_mapped_function_takes_matrices_as_they_are():
    def loss(w, X):
        return mean(vmap(lambda w, x: total(tanh(w @ x)), in_axes=(None, 0))(w, X))

    X = RNG.normal(size=(5, 3))
    close([grad(loss)(W, X)], [jit(grad(loss), backend="python")(W, X)])


@pytest.mark.parametrize(
    "transform", [hessian, jacobian, lambda f: grad(lambda w, x: total(f(w, x)))]
)
def test_derivatives_of_derivatives_go_by_elements(transform):
    def f(w, x):
        return total(grad(lambda w: total(tanh(w @ x)))(w) ** 2)

    g = transform(f)
    close([g(W[:2], x)], [jit(g, backend="python")(W[:2], x)])


def test_an_inner_derivative_beside_rows():
    """The inner transform's sweep meets no row: its variable is multiplied by elements."""

    def f(w, x):
        slope = grad(lambda t: total(tanh(w @ np.array([x[0] * t, x[1], t]))))(0.7)
        tangent = jvp(lambda x: total(tanh(w @ x)), (x,), (np.ones(3),))[1]
        return slope + tangent + total(w @ x)

    close([grad(f)(W, x)], [jit(grad(f), backend="python")(W, x)])


def test_a_gradient_that_is_computed_with():
    def step(w, x):
        g = grad(lambda w: total(tanh(w @ x)))(w)
        g[0, 0] = 0.0
        return w - 0.1 * g, g, g.T

    close(step(W, x), jit(step, backend="python")(W, x))


def test_what_the_function_closes_over_is_constant():
    a = ag.Value(2.0)
    f = grad(lambda w: total(tanh(w @ x * a)))
    result = f(W)
    close([[[v.data for v in row] for row in result]], [jit(f, backend="python")(W)])


def test_branches_not_taken_send_nothing():
    def f(w, x):
        return total([ag.where(z > 0, z, ag.sqrt(z)) for z in w @ x])

    w = np.array([[1.0, 2.0], [0.0, 0.0], [3.0, 1.0]])
    at = np.array([1.0, 1.0])
    close([grad(f)(w, at)], [jit(grad(f), backend="python")(w, at)])
    close([grad(f)(w, at)], [jit(grad(f))(w, at)])


def test_nothing_is_not_zero():
    """0 · inf would be nan: an element that nobody used receives nothing, and sends nothing."""
    w = np.array([[1.0, np.inf], [2.0, 3.0]])
    for f in (lambda w, x: (x @ w)[0], lambda w, x: (w @ x)[1]):
        at = (w, np.array([1.0, 2.0]))
        close(grad(f, (0, 1))(*at), jit(grad(f, (0, 1)), backend="python")(*at))


def test_a_column_is_no_row():
    f = grad(lambda w: total(tanh(w @ np.array([2.0]))))
    close([f(y[:, None])], [jit(f, backend="python")(y[:, None])])


def test_rows_cost_no_node_for_each_weight(monkeypatch):
    """What the engine does grows with rows, not with weights."""
    from autograd.compiler.recording import recorded

    made = []
    count = recorded.Recorded.__init__
    monkeypatch.setattr(recorded.Recorded, "__init__", lambda *a: (made.append(1), count(*a))[1])

    def numbers(n):
        made.clear()
        w, v = RNG.normal(size=(50, n)), RNG.normal(size=n)
        arguments = arguments_of((w, v), {}, DOUBLE)
        f = value_and_grad(lambda w, v: total(tanh(w @ np.tanh(v))))
        _, program = record(f, arguments, masked=False)
        assert len(program) > 2 * 50 * n
        return len(made)

    assert numbers(200) < 2 * numbers(50)
