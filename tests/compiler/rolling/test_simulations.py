"""Time steps written as Python loops, with their gradients: recorded, rolled and run by LLVM."""

import numpy as np
import pytest
from planted import arrays, planted
from reference import execute, interpret

from autograd import dot, exp, jit, jvp, log, mean, sin, sqrt, tanh, value_and_grad, where
from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.recording.recorded import Recorded, lift
from autograd.compiler.recording.recorder import Recorder
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.roll import roll
from autograd.compiler.rolling.rolled import Loop


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_llvm_runs_planted_loops(seed, per_sample):
    program = planted(seed, per_sample)
    kernel = LLVMKernel(roll(program))
    for n in (0, 1, 8, 64, 65, 130) if per_sample else (0,):
        given = arrays(n, seed)
        for x, y in zip(kernel.run(given, n)[0], interpret(program, given, n), strict=True):
            np.testing.assert_allclose(x, np.broadcast_to(y, np.shape(x)), rtol=1e-6, atol=1e-9)


def leaves(tree):
    return [x for y in tree for x in leaves(y)] if isinstance(tree, (list, tuple)) else [tree]


def recorded(f, sizes, samples=()):
    """The program of f of lists of numbers; of those in ``samples``, one a sample."""
    recorder, arguments = Recorder(), []
    p = recorder.program
    for k, size in enumerate(sizes):
        many, shape = k in samples, (recorder.samples,) if k in samples else ()
        inputs = [p.input(k, j, size if many else 0, many) for j in range(size)]
        arguments.append([Recorded(recorder, i, shape) for i in inputs])
    p.outputs = [lift(recorder, x).instruction for x in leaves(f(*arguments))]
    return with_dots(p)


def rk4(slope, y, h, steps):
    for _ in range(steps):
        k1 = slope(y)
        k2 = slope([a + h / 2 * b for a, b in zip(y, k1, strict=True)])
        k3 = slope([a + h / 2 * b for a, b in zip(y, k2, strict=True)])
        k4 = slope([a + h * b for a, b in zip(y, k3, strict=True)])
        y = [
            a + h / 6 * (b + 2 * c + 2 * d + e)
            for a, b, c, d, e in zip(y, k1, k2, k3, k4, strict=True)
        ]
        yield y


def pendulum(p, y, steps=60):
    *_, z = rk4(lambda y: [y[1], -p[0] * sin(y[0]) - p[1] * y[1]], y, 0.01, steps)
    return z[0] * z[0] + z[1]


def lorenz(p, y, steps=60):
    def slope(y):
        return [p[0] * (y[1] - y[0]), y[0] * (p[1] - y[2]) - y[1], y[0] * y[1] - p[2] * y[2]]

    *_, z = rk4(slope, y, 0.01, steps)
    return z[0] * z[0] + z[1]


def loops(rolled):
    return [item for stage in rolled.stages for item in stage.items if isinstance(item, Loop)]


CASES = [(pendulum, [9.81, 0.1], [1.0, 0.5]), (lorenz, [10.0, 28.0, 8 / 3], [1.0, 1.1, 0.9])]


@pytest.mark.parametrize("samples", [(), (1,)])
@pytest.mark.parametrize(("f", "p", "y"), CASES)
def test_a_simulation_and_its_gradient(f, p, y, samples):
    def loss(p, y):
        z = f(p, y)
        return z.sum() if samples else z

    wanted = (0,) if samples else (0, 1)
    program = recorded(value_and_grad(loss, wanted), [len(p), len(y)], samples)
    rolled, n = roll(program), 67 if samples else 0
    given = [np.array(p), np.array(y)]
    if samples:
        given[1] = given[1] + np.random.default_rng(0).normal(size=(n, len(y))) * 0.1
    want = interpret(program, given, n)
    for x, y in zip(execute(rolled, given, n), want, strict=True):
        np.testing.assert_array_equal(x, y)
    for x, y in zip(LLVMKernel(rolled).run(given, n)[0], want, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-8)
    eager = value_and_grad(loss, wanted)(p, [*given[1].T] if samples else given[1].tolist())
    for x, y in zip(want, leaves(eager), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-8)


@pytest.mark.parametrize("f", [case[0] for case in CASES])
def test_the_rolled_program_does_not_grow_with_the_steps(f):
    sizes = [len(x) for x in next(case[1:] for case in CASES if case[0] is f)]
    found = []
    for steps in (50, 100):
        rolled = roll(recorded(value_and_grad(lambda *a, s=steps: f(*a, s), (0, 1)), sizes))
        found.append(sum(1 for _ in rolled.groups()))
        assert len(loops(rolled)) == 2  # there and back
    assert found[0] == found[1] < 250


@pytest.mark.parametrize("lag", [2, 3, 7])
def test_a_delay_is_a_loop_there_and_back(lag):
    lines = []
    for steps in (100, 200):

        def last(p, steps=steps):
            x = [p[0] * (k + 1) for k in range(lag)]
            for _ in range(steps):
                x.append(0.9 * sin(x[-lag] * p[1]) + p[0] * exp(-x[-lag] * x[-lag]))
            return x[-1] + x[-2]

        compiled, p = jit(value_and_grad(last), backend="python"), np.array([0.3, 0.7])
        for x, y in zip(compiled(p), value_and_grad(last)(p), strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-12)
        lines.append(len(compiled.program(p).splitlines()))
    assert max(lines) < 50


def filtered(p, y, seen):
    """-log of the likelihood of what a random walk's noisy observations are, where some are seen."""
    x, spread, total = 0.0, 10.0, 0.0
    for t in range(len(y)):
        spread = spread + exp(p[0])
        whole, error, is_seen = spread + exp(p[1]), y[t] - x, seen[t] > 0
        gain = where(is_seen, spread / whole, 0.0)
        total = total + where(is_seen, log(whole) + error * error / whole, 0.0) / 2
        x, spread = x + gain * error, spread - gain * spread
    return total


@pytest.mark.parametrize("backend", ["llvm", "python"])
def test_what_is_missing_is_an_argument_and_the_filter_a_loop(backend):
    rng, lines = np.random.default_rng(0), []
    slope = value_and_grad(filtered)
    for steps in (60, 120):
        y, seen = rng.normal(size=steps), (rng.random(steps) < 0.7).astype(float)
        arguments = np.array([0.1, -0.3]), y, seen
        compiled = jit(slope, backend=backend)
        for found, wanted in zip(compiled(*arguments), slope(*arguments), strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-12)
        lines.append(len(str(compiled.program(*arguments)).splitlines()))
    assert lines[1] == lines[0] < 100


def residuals(p, y, steps, every=3):
    """What is measured each third step."""
    a, b, c, d, e, *drive = p

    def slope(y):
        push = a * sin(y[0]) + b * y[1] + c * y[0] * y[0] * y[0] + d * y[1] * y[1] + e
        return [y[1], drive[0] - push * drive[1] - drive[2] * y[0] * y[1] + drive[3] * drive[4]]

    path = [*rk4(slope, y, 0.01, steps)]
    return [z[0] - 0.1 for z in path[every - 1 :: every]]


def test_the_jacobian_of_a_simulation():
    """By ten tangents: rows of ten columns, as many lines whatever the number of steps."""
    p, y = np.linspace(0.3, 1.1, 10).tolist(), [0.4, 0.1]

    def columns(p, y, steps):
        unit = [[float(j == k) for j in range(10)] for k in range(10)]
        return [jvp(lambda *p: residuals(p, y, steps), tuple(p), tuple(v)) for v in unit]

    found = []
    for steps in (21, 15):
        program = recorded(lambda p, y, s=steps: columns(p, y, s), [10, 2])
        rolled = roll(program)
        found.append(sum(1 for _ in rolled.groups()))
    assert found[1] == found[0]
    given = [np.array(p), np.array(y)]
    want = interpret(program, given)
    np.testing.assert_array_equal(execute(rolled, given), want)
    np.testing.assert_allclose(LLVMKernel(rolled).run(given, 0)[0], want, rtol=1e-9)


def power_iteration(A, steps):
    """The largest eigenvalue of a symmetric matrix: each step is dots of what the one before made."""
    v = [1.0] * len(A)
    for _ in range(steps):
        w = [dot(list(row), v) for row in A]
        size = sqrt(dot(w, w))
        v = [x / size for x in w]
    return dot(v, [dot(list(row), v) for row in A])


def recurrent(W, X, steps):
    h = [*X.T]
    for _ in range(steps):
        h = [tanh(dot(list(row), h)) for row in W]
    return mean(h[0])


@pytest.mark.parametrize("name", ["llvm", "numpy", "python"])
@pytest.mark.parametrize("steps", [5, 12])
def test_steps_of_dots_of_numbers_and_of_samples(name, steps):
    rng = np.random.default_rng(steps)
    A = rng.normal(size=(8, 8))
    W, X = rng.normal(size=(8, 8)) / 3, rng.normal(size=(21, 8))

    def both(A, W, X):
        return power_iteration(A, steps) + recurrent(W, X, steps)

    f = value_and_grad(both, (0, 1))
    for x, y in zip(
        leaves(jit(f, backend=name)(A @ A.T, W, X)), leaves(f(A @ A.T, W, X)), strict=True
    ):
        np.testing.assert_allclose(x, y, rtol=1e-9, atol=1e-12)
