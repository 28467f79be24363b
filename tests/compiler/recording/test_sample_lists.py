"""Samples one by one: what asks for single ones is recorded for arrays of just these lengths."""

import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from test_jit import assert_same

from autograd import (
    NumberError,
    RecordingError,
    Value,
    grad,
    hessian,
    hypot,
    jacobian,
    jit,
    jvp,
    logsumexp,
    primitive,
    value_and_grad,
    vjp,
    vmap,
    where,
)
from autograd.compiler.recording import recorder

BACKENDS = ["llvm", "numpy", "python"]
HELD = np.array([0.5, -1.0, 2.0])


@primitive(lambda g, z, x: g)
def added(x):
    return x.sum()


@primitive(lambda g, z, x: g)
def shifted(x):
    return (x - 1).mean()


SINGLE = {
    "cumsum": lambda a, x: np.sum(np.cumsum(a * x) ** 2),
    "concatenate": lambda a, x: np.sum(np.concatenate([a * x, x, np.flip(a * x)]) ** 2),
    "norm": lambda a, x: np.linalg.norm(a * x + 1),
    "diff": lambda a, x: np.sum(np.diff(a * x) ** 2),
    "outer": lambda a, x: np.sum(np.outer(a * x, np.tanh(a * x))),
    "the largest": lambda a, x: np.max(a * x) * np.prod(a * x),
    "a loop": lambda a, x: sum(v * v for v in vmap(lambda t: a * t)(x)),
    "an index": lambda a, x: vmap(lambda t: a * t)(x)[0] * a,
    "how many": lambda a, x: np.sum(a * x) if np.size(a * x) > 2 else a * a,
    "conditions": lambda a, x: np.sum(np.where(~(a * x > 1) & (x > 0), np.flip(a * x), a)),
    "a count": lambda a, x: np.sum((a * x > 1) * np.cumsum(a * x)),
    "a branch not taken": lambda a, x: np.sum(np.cumsum(where(a * x > 0, np.log(a * x), 0.0))),
    "two lengths": lambda a, x: np.sum(a * HELD) * np.sum(a * x) + np.sum(a * x[1:]),
    "logsumexp": lambda a, x: np.sum(np.cumsum(a * x)) + np.sum(logsumexp([a * x, a + x])),
    "an array that is held": lambda a, x: np.sum(np.cumsum(a * x)) + np.mean(hypot(a, HELD)),
    "primitives of batches": lambda a, x: (
        np.sum(np.cumsum(a * x)) * (shifted(a * x) + added(a * x))
    ),
    "slices": lambda a, x: np.sum(a * x) + np.sum(a * (x[1:] - x[:-1])),
}
MEETING = {  # elements of an array beside samples: an error, or a wrong answer, while n was unknown
    "reversed": lambda a, x: np.mean((a * x) * x[::-1]),
    "running sums": lambda a, x: np.mean(np.cumsum(x) * (a * x)),
    "answers of vmap": lambda a, x: np.mean(vmap(lambda t: np.exp(-t * t))(x) * (a * np.flip(x))),
    "floats and a batch": lambda a, x: np.mean(np.concatenate([np.cumsum(x), a * x]) ** 2 * a),
    "an array of both": lambda a, x: np.mean((a * np.flip(x)) * (a * x)),
    "samples of its elements": lambda a, x: np.mean((a * np.stack(x)) ** 2),
    "a jacobian": lambda a, x: np.mean(
        jacobian(lambda q: q[0] * np.exp(-q[1] * x) - a * x)(np.ones(2))[:, 0] * (a * x)
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", [*SINGLE, *MEETING])
def test_it_is_what_the_engine_answers(name, backend):
    f = (SINGLE | MEETING)[name]
    for t in (value_and_grad(f), hessian(f)):
        g = jit(t, backend=backend)
        for x in (np.array([0.0, 1.0, -2.0, 3.0]), np.array([2.0])) * 2:
            assert_same(g(1.5, x), t(1.5, x), rtol=1e-11)


def test_batches_are_answered_beside_single_samples():
    def f(a, x):
        return np.cumsum(Value(a) * x), Value(a) * x

    sums, batch = jit(f)(1.5, np.array([1.0, -2.0, 0.5]))
    assert sums.tolist() == [1.5, -1.5, -0.75]
    assert batch.tolist() == [1.5, -3.0, 0.75]


def test_more_samples_than_are_taken_apart_at_once():
    f = grad(SINGLE["a loop"])
    assert_same(jit(f)(1.5, np.ones(300)), f(1.5, np.ones(300)), rtol=1e-12)


def test_what_a_sample_costs_does_not_grow_with_how_many_there_are():
    def loss(p, x, y):
        return ((np.cumsum(p * x) - y) ** 2).mean()

    for n in (200, 700):
        x, y = np.linspace(1.0, 2.0, n), np.ones(n)
        g = jit(value_and_grad(loss))
        assert_same(g(0.5, x, y), value_and_grad(loss)(0.5, x, y), rtol=1e-12)
        assert g.stats.operations["needed"] < 11 * n
        assert len(str(g.program(0.5, x, y)).splitlines()) < 35  # its sums and products are loops


def test_what_single_samples_receive_is_0_for_all_others_in_sign_too():
    f = grad(lambda a, x: np.sum(np.cumsum(a * x) * -0.0), argnums=1)
    for backend in BACKENDS:
        found, due = (np.copysign(1.0, g(1.0, np.ones(40))) for g in (jit(f, backend=backend), f))
        assert found.tolist() == due.tolist()


def test_a_batch_that_is_a_leaf_and_a_branch_not_taken():
    def f(x):
        v = Value(x)
        np.sum(np.cumsum(where(v > 1.5, np.sqrt(v - 1.5), 0.0))).backward()
        return v.grad

    x = np.array([1.0, 2.0, 3.0])
    assert_same(jit(f)(x), f(x), rtol=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_sample_chooses_between_two_numbers_that_all_share(backend):
    def largest(a, b):
        return np.max(vmap(lambda a, b: where(a > 0, b[0], b[1]), in_axes=(0, None))(a, b))

    a, b, both = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0]), (0, 1)
    for f in (largest, value_and_grad(largest, argnums=both)):
        assert_same(jit(f, backend=backend)(a, b), f(a, b))


def test_samples_that_there_are_none_of():
    for name in ("cumsum", "concatenate", "conditions", "a loop"):
        f = value_and_grad(SINGLE[name])
        assert_same(jit(f)(1.5, np.ones(0)), f(1.5, np.ones(0)))


def decay(p, x, y):
    return p[0] * np.exp(-p[1] * x) - y


JACOBIANS = {
    "of a jacobian": jacobian(jacobian(decay)),
    "a normal matrix": lambda p, x, y: (lambda J: J.T @ J)(jacobian(decay)(p, x, y)),
    "a step of Gauss and Newton": lambda p, x, y: jacobian(decay)(p, x, y).T @ decay(p, x, y),
    "vjp": lambda p, x, y: vjp(lambda p: decay(p, x, y), p)[1](y),
    "columns": lambda p, x, y: np.outer(*jacobian(decay)(p, x, y).T) * y,
    "jvp of running sums": lambda p, x, y: jvp(lambda p: np.cumsum(decay(p, x, y)), (p,), (p,)),
    "jvp of what is constant": lambda p, x, y: jvp(lambda p: np.sum(x * y) * HELD, (p,), (p,)),
    "of a jacobian of what is constant": lambda p, x, y: jacobian(
        jacobian(lambda p: np.sum(np.outer(x, y)) * HELD)
    )(p),
    "a gradient for each": lambda p, x, y: np.cumsum(
        vmap(grad(lambda x, y: decay(p, x, y)), in_axes=(0, 0))(x, y)
    ),
}


@pytest.mark.parametrize("name", JACOBIANS)
def test_jacobians_of_samples(name):
    f, g = JACOBIANS[name], jit(JACOBIANS[name])
    for n in (4, 1, 4, 2):
        x = np.linspace(0, 1, n)
        assert_same(
            g(np.array([1.0, 2.0]), x, x + 1), f(np.array([1.0, 2.0]), x, x + 1), rtol=1e-11
        )


def test_a_deep_array_is_indexed():
    def f(x):
        for _ in range(30):
            x = np.tanh(x) * 0.9 + 0.1
        return x[0] + np.sum(x[1:] - x[:-1])

    x = np.linspace(-1, 1, 5)
    assert_same(jit(value_and_grad(f))(x), value_and_grad(f)(x), rtol=1e-12)
    assert_same(jit(f)(x), f(x), rtol=1e-12)


def test_a_length_is_recorded_once_by_two_runs():
    runs = []

    def f(a, x):
        runs.append(len(runs))
        return np.sum(np.cumsum(a * x))

    g = jit(grad(f))
    for n in (3, 5, 3, 5, 3):
        assert_same(g(2.0, np.ones(n)), n * (n + 1) / 2)
    assert len(runs) == 4  # two for each length
    assert len(g._compiled) == 2


def test_what_asks_for_none_runs_once_for_all_lengths():
    runs = []

    def f(a, x):
        runs.append(0)
        return np.mean((a * x - x) ** 2)

    g = jit(grad(f))
    for n in (3, 5, 1):
        g(2.0, np.ones(n))
    assert len(runs) == 1


def test_two_threads_of_two_lengths():
    f = value_and_grad(lambda a, x: np.sum(np.cumsum(a * x) ** 2))
    g, arrays = jit(f), [np.linspace(1, 2, n) for n in (3, 6)]
    with ThreadPoolExecutor(2) as pool:
        answers = [*pool.map(lambda k: g(1.5, arrays[k % 2]), range(40))]
    for k, answer in enumerate(answers):
        assert_same(answer, f(1.5, arrays[k % 2]), rtol=1e-12)


def test_the_error_is_that_of_the_second_run():
    with pytest.raises(RecordingError, match="the order"):
        jit(grad(lambda a, x: a if np.sum(np.cumsum(a * x)) > 0 else 2 * a))(2.0, np.ones(3))
    with pytest.raises(TypeError, match="subscriptable"):
        jit(grad(lambda a, x: (a * x)[0]))(2.0, np.ones(3))


def test_an_argument_is_not_changed_in_place():
    def f(a, x):
        total = np.sum(np.cumsum(a * x))
        x[0] = 1.0
        return total

    with pytest.raises(ValueError, match="read-only"):
        jit(grad(f))(2.0, np.ones(3))


def test_too_many_samples_are_refused_with_what_asked_for_them(monkeypatch):
    f = jit(grad(lambda a, x: np.sum(np.cumsum(a * x))))
    with pytest.raises(RecordingError, match=r"single samples.*100,000 instructions") as caught:
        f(2.0, np.ones(1_000_000))
    assert __file__ in str(caught.value)
    monkeypatch.setattr(recorder, "MOST", 50)
    assert f(2.0, np.ones(3)) == 6.0
    with pytest.raises(RecordingError, match="50 instructions"):
        f(2.0, np.ones(30))


def test_a_matrix_beside_one_value_is_its_elements_and_beside_a_batch_an_error():
    x, m = np.ones(3), np.ones((3, 3))
    f = jit(grad(lambda a, x, m: np.sum(np.cumsum(a * x)) + np.sum(a * m[1:])))
    assert f(2.0, x, m) == 12.0
    with pytest.raises(NumberError, match="one-dimensional"):
        jit(grad(lambda a, x, m: np.sum(np.cumsum(a * x)) + np.sum(a * x * m)))(2.0, x, m)


UNARY = [
    np.sin, np.cumsum, np.diff, np.flip, np.square, lambda x: np.roll(x, 1),
    lambda x: np.where(x > 0, x, 0.1 * x), lambda x: np.concatenate([x, np.flip(x)])[::2]
    if isinstance(x, np.ndarray) else np.concatenate([x, np.flip(x)]),
    lambda x: (x > 0) * x, lambda x: x / (1 + np.linalg.norm(x)),
]  # fmt: skip
BINARY = [
    np.add, np.multiply, np.maximum, lambda x, y: np.where(x < y, x, y), np.hypot,
    lambda x, y: np.stack([x, y]).sum(axis=0), lambda x, y: np.concatenate([x, y]),
]  # fmt: skip


def random_function(seed):
    """A function of two parameters and two batches, of NumPy's functions of whole batches."""

    def f(p, x, y):
        rng = random.Random(seed)
        numbers, arrays = [p[0], p[1]], [x, y, HELD]
        for _ in range(rng.randrange(2, 8)):
            z, w = rng.choice(arrays), rng.choice(arrays)
            way = rng.random()
            if way < 0.3:
                arrays.append(rng.choice(numbers) * z)
            elif way < 0.6:
                arrays.append(rng.choice(UNARY)(z))
            elif np.shape(z)[0] == np.shape(w)[0]:
                arrays.append(rng.choice(BINARY)(z, w))
            else:
                numbers.append(np.tanh(np.linalg.norm(z)))
        return sum(np.sum(np.tanh(z)) for z in arrays[3:]) + numbers[-1] * p[0]

    return f


def test_a_map_within_a_map_of_an_array_that_is_closed_over_is_refused_not_repeated_for_ever():
    def f(X, times):
        return np.cumsum(vmap(lambda x: vmap(lambda t: x * t)(times).sum())(X))

    times = np.array([1.0, 2.0])
    with pytest.raises(NumberError, match="vmap within a vmap maps: give it .* as an argument"):
        jit(lambda X: f(X, times))(HELD)
    assert_same(jit(f)(HELD, times), f(HELD, times))


@pytest.mark.parametrize("seed", range(40))
def test_random_functions_of_batches(seed):
    transform = [value_and_grad, hessian, lambda f: value_and_grad(f, (0, 1))][seed % 3]
    f = transform(random_function(seed))
    g = jit(f, backend=BACKENDS[seed % 2 + seed % 5 // 4])
    for n in (3, 2, 3):
        x, y = np.random.default_rng(n).normal(size=(2, n))
        p = np.array([0.7, -1.2])
        assert_same(g(p, x, y), f(p, x, y), rtol=1e-9, atol=1e-11)
