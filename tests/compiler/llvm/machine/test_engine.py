"""The engine's own gradients, recorded, compiled and called as a builtin, are the eager ones."""

import numpy as np
import pytest

import autograd.compiler.recording.kind  # noqa: F401  (registers the recording numbers)
from autograd import dot, exp, log, maximum, relu, sigmoid, sin, tanh, value_and_grad, where
from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.llvm.builtins.call import builtin
from autograd.compiler.recording.recorded import Recorded, lift
from autograd.compiler.recording.recorder import Recorder
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.passes import with_stored_conditions
from autograd.compiler.rolling.roll import roll


def rolled(program):
    """What a back end gets of a recording."""
    return roll(with_dots(with_stored_conditions(program)))


def compiled(f, arguments):
    """value_and_grad(f) of floats as a builtin."""
    recorder = Recorder()
    xs = [Recorded(recorder, recorder.program.input(k, 0), ()) for k in range(arguments)]
    value, gradients = value_and_grad(f, tuple(range(arguments)))(*xs)
    results = [lift(recorder, x).instruction for x in (value, *gradients)]
    recorder.program.outputs = results
    tree = (0, tuple(range(1, arguments + 1)))
    return builtin(rolled(recorder.program), arguments, tree, lambda *_: pytest.fail("slow"))


def long(x, y):
    z = x * y
    for k in range(300):  # more than one part
        z = [z * y + 0.3, z - x * 0.1, z / (1.5 + z * z)][k % 3] + (
            sin(x) * 0.5 if k % 40 == 0 else 0
        )
    return exp(-z * z) + tanh(z)


FUNCTIONS = [
    lambda x, y: x * y + sin(x),
    lambda x, y: tanh(x) * exp(y) - log(x * x + 1) / sigmoid(y),
    lambda x, y: where(x > y, log(x), y * y) + relu(x - y) * maximum(x, 2 * y),
    lambda x, y: (x**3 + abs(y)) ** 0.5,
    long,
]


@pytest.mark.parametrize("f", FUNCTIONS)
def test_recorded_and_compiled_gradients_are_the_eager_ones(f):
    g = compiled(f, 2)
    for point in ((0.3, 0.7), (1.7, 0.2), (2.5, 2.5), (0.01, 1e3)):
        value, gradients = value_and_grad(f, (0, 1))(*point)
        got, got_gradients = g(*point)
        assert got == pytest.approx(value, rel=1e-12)
        assert got_gradients == pytest.approx(gradients, rel=1e-11, abs=1e-300)


def network(w1, b1, w2, x, y):
    hidden = [tanh(dot(w, x) + b) for w, b in zip(w1, b1, strict=True)]
    return ((dot(w2, hidden) - y) ** 2).sum()


@pytest.mark.parametrize("n", [1, 3, 8, 9, 64, 100])
def test_a_network_over_samples(n):
    """Parameters are shared, inputs a batch: the gradients are sums over samples."""
    rng = np.random.default_rng(n)
    d, h = 3, 10
    arrays = [rng.normal(size=(h, d)), rng.normal(size=h), rng.normal(size=h)]
    arrays += [rng.normal(size=(n, d)), rng.normal(size=n)]
    recorder = Recorder()
    p = recorder.program

    def one(array, k):
        return Recorded(recorder, p.input(array, k), ())

    def many(array, first, step):
        return Recorded(recorder, p.input(array, first, step, True), (recorder.samples,))

    w1 = [[one(0, i * d + j) for j in range(d)] for i in range(h)]
    inputs = [many(3, j, d) for j in range(d)], many(4, 0, 1)
    value, gradients = value_and_grad(network, (0, 1, 2))(
        w1, [one(1, i) for i in range(h)], [one(2, i) for i in range(h)], *inputs
    )
    leaves = [value, *(g for row in gradients[0] for g in row), *gradients[1], *gradients[2]]
    p.outputs = [lift(recorder, x).instruction for x in leaves]
    got = LLVMKernel(rolled(p)).run(arrays, n)[0]
    X, y = arrays[3:]
    want, eager = value_and_grad(network, (0, 1, 2))(
        *(x.tolist() for x in arrays[:3]), [X[:, j] for j in range(d)], y
    )
    flat = [want, *np.ravel(eager[0]), *eager[1], *eager[2]]
    np.testing.assert_allclose(got, flat, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("count", [2, 4, 7, 8, 9, 16, 17, 33])
def test_instances_side_by_side_have_each_its_own_constant_and_share_numbers_of_one(count):
    def f(x):
        shared = sin(x)
        return sum(shared * (x + k) ** (k * 0.25) for k in range(1, count + 1))

    value, (gradient,) = value_and_grad(f, (0,))(0.7)
    got, (got_gradient,) = compiled(f, 1)(0.7)
    assert (got, got_gradient) == pytest.approx((value, gradient), rel=1e-12)
