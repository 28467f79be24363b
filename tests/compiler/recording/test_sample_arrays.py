"""Samples while jit records: what meets them, and what would take single ones."""

import numpy as np
import pytest
from test_jit import assert_same

from autograd import grad, hessian, jacobian, jit, jvp, value_and_grad, vmap


@pytest.mark.parametrize(
    "f",
    [
        lambda a, x: np.dot(a * x, x),
        lambda a, x: (a * x) @ x,
        lambda a, x: x @ (a * x),
        lambda a, x: np.clip(a * x, 0.0, 1.0).sum(),
        lambda a, x: np.inner(a * x, a * x),
    ],
)
def test_products_and_clipping_of_samples(f):
    g, x = jit(value_and_grad(f)), np.linspace(-1, 1, 5)
    for n in (5, 3):
        assert_same(g(0.5, x[:n]), value_and_grad(f)(0.5, x[:n]), rtol=1e-12)
    assert len(g._compiled) == 1


WITH_SAMPLES = {
    "a product": lambda x: vmap(np.sin)(x) * x,
    "an array on the left": lambda x: x - vmap(np.sin)(x),
    "a choice": lambda x: np.where(vmap(np.sin)(x) > x, x, 0.0),
    "two conditions": lambda x: np.where((vmap(np.sin)(x) < x) & (x > 0), x, 0.0),
    "a condition as a factor": lambda x: (vmap(np.sin)(x) > 0) * x,
    "the larger": lambda x: np.maximum(vmap(np.sin)(x), x),
    "a sum of products": lambda x: vmap(np.sin)(x) @ x,
    "one of a sum and an element": lambda x: vmap(np.sin)(x) + x[0],
    "rows times a matrix": lambda x: vmap(lambda t: np.array([t, t * t]))(x) @ np.ones((2, 3)),
    "arithmetic of answers": lambda x: vmap(lambda t: np.array([t, t * t]))(x) * 3 + np.ones(2),
    "a sum over two axes": lambda x: vmap(lambda t: np.array([t, x[0]]))(x).sum(axis=(0, 1)),
    "one of the answers": lambda x: vmap(lambda t: np.array([t, t * t]))(x)[1],
    "some columns": lambda x: vmap(lambda t: np.array([t, t * t]))(x).T[0:1],
    "a number for each of them": lambda x: (
        lambda r: r * (r.shape[0] / r.shape[0] + 6 / r.shape[0])
    )(vmap(np.sin)(x)),
    "a sum along a row": lambda x: vmap(lambda t: np.array([t, t * t]))(x).sum(axis=-1),
    "a mean along a row": lambda x: np.mean(vmap(lambda t: np.array([t, t * t]))(x), axis=1),
}


@pytest.mark.parametrize("name", WITH_SAMPLES)
def test_samples_meet_arrays_that_are_open_still(name):
    f, g, x = WITH_SAMPLES[name], jit(WITH_SAMPLES[name]), np.linspace(-2, 3, 6)
    for n in (6, 2):
        assert_same(g(x[:n]), f(x[:n]), rtol=1e-12)


@pytest.mark.parametrize("f", [sum, list, lambda v: [*v], len])
def test_answers_of_vmap_are_taken_apart(f):
    x = np.linspace(0, 1, 3)
    assert_same(jit(lambda x: f(vmap(np.sin)(x)))(x), f(vmap(np.sin)(x)))


def test_a_condition_of_all_samples_as_a_factor():
    f = vmap(value_and_grad(lambda a, x: (a > 0) * x, (0, 1)), in_axes=(None, 0))
    assert_same(jit(f)(1.0, np.arange(3.0)), f(1.0, np.arange(3.0)))


def decay(p, x, y):
    return p[0] * np.exp(-p[1] * x) - y


RESIDUALS = {
    "an array": (decay, np.array([1.0, 2.0])),
    "a dict": (lambda p, x, y: decay([p["a"], p["b"]], x, y), {"a": 1.0, "b": 2.0}),
    "two batches": (lambda p, x, y: [decay(p, x, y), {"x": p[0] * x}], [1.0, 2.0]),
    "beside a number": (lambda p, x, y: (decay(p, x, y), p[0] * p[1]), (1.0, 2.0)),
    "a matrix of parameters": (lambda p, x, y: p[0, 0] * x - p[1, 0] * y, np.ones((2, 2))),
}


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
@pytest.mark.parametrize("name", RESIDUALS)
def test_the_jacobian_of_samples_serves_any_number_of_them(name, mode):
    f, p = RESIDUALS[name]
    g = jit(jacobian(f, mode=mode))
    for n in (5, 1, 70, 0):
        x = np.linspace(0, 1, n)
        assert_same(g(p, x, x + 1), jacobian(f)(p, x, x + 1), rtol=1e-12)
    assert len(g._compiled) == 1


def test_a_tangent_of_samples():
    def f(p, x):
        return jvp(lambda p: decay(p, x, x), (p,), (np.array([1.0, -1.0]),))

    p, x = np.array([1.0, 2.0]), np.linspace(0, 1, 5)
    assert_same(jit(f)(p, x), f(p, x), rtol=1e-12)


SAME_FOR_ALL = [
    lambda w, x: np.mean(vmap(lambda t: w * 2)(x)),
    lambda w, x: vmap(lambda t: w)(x).mean(),
    lambda w, x: np.sum(vmap(lambda t: w)(x) * x),
    lambda w, x: np.sum(w * x, axis=0) / np.size(w * x) * np.ndim(w * x),
    lambda w, x: np.std(w * x, axis=-1) + np.shape(w * x)[0] * w,
]


@pytest.mark.parametrize("f", SAME_FOR_ALL)
def test_how_many_there_are_is_a_number_of_the_program(f):
    g, x = jit(value_and_grad(f)), np.linspace(1, 2, 5)
    for n in (5, 3):
        assert_same(g(0.5, x[:n]), value_and_grad(f)(0.5, x[:n]), rtol=1e-12)
    assert len(g._compiled) == 1


HELD, MATRIX = np.arange(3.0), np.arange(6.0).reshape(2, 3)
HOLDING = {
    "an element": lambda a: (HELD * a)[1] + (a * HELD)[2],
    "a product": lambda a: MATRIX @ (a * HELD) + np.sum((HELD - a) @ HELD),
    "two lengths": lambda a: np.sum(a * HELD) + np.sum(np.arange(4.0) * a),
    "a matrix": lambda a: (a * MATRIX) @ HELD,
}
SAMPLES_HELD = {
    "on the left": lambda a: np.sum((HELD * a - 1) ** 2) + (HELD - a).mean(),
    "on the right": lambda a: np.sum(a * HELD) + (a - HELD).mean(),
    "the larger": lambda a: np.sum(np.maximum(HELD, a)),
    "a power": lambda a: np.sum(HELD**a + a**HELD),
    "a choice": lambda a: np.sum(np.where(HELD > a, a * a, HELD * a)),
    "under vmap": lambda a: np.mean(vmap(lambda x: (x @ HELD - a) ** 2)(MATRIX) * a),
    "samples that are the same": lambda a: np.sum(vmap(lambda x: a * a)(MATRIX)),
}


@pytest.mark.parametrize("name", HOLDING)
def test_an_array_that_is_held_is_an_array(name):
    assert_same(jit(HOLDING[name])(1.5), HOLDING[name](1.5), rtol=1e-12)


@pytest.mark.parametrize("transform", [value_and_grad, jacobian, hessian])
@pytest.mark.parametrize("name", SAMPLES_HELD)
def test_beside_a_value_it_is_samples_on_either_side(name, transform):
    f = transform(SAMPLES_HELD[name])
    assert_same(jit(f)(1.5), f(1.5), rtol=1e-12)


def test_arrays_of_two_lengths_beside_a_value():
    assert jit(grad(HOLDING["two lengths"]))(1.5) == 9.0
    g = jit(grad(lambda a: np.sum(a * HELD) + np.sum(np.arange(4.0).astype(object) * a)))
    assert g(1.5) == 9.0


def test_weights_in_rows_meet_what_vmap_maps():
    W, X = np.arange(6.0).reshape(2, 3) / 5, np.linspace(-1, 1, 12).reshape(4, 3)
    for f in (lambda W: np.sum(np.tanh(X[0] @ W.T)), lambda W: np.mean(vmap(lambda x: W @ x)(X))):
        assert_same(jit(value_and_grad(f))(W), value_and_grad(f)(W), rtol=1e-12)
