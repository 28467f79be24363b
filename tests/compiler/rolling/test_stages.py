"""Samples → a sum → samples again: what a later stage reads is kept, however many blocks there are."""

import numpy as np
import pytest
from reference import execute, interpret

from autograd import exp, log, sqrt, tanh, value_and_grad
from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.recording.recorded import Recorded, lift
from autograd.compiler.recording.recorder import Recorder
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.roll import roll

COUNTS = [0, 1, 7, 64, 65, 1000]


def variance(w, x):
    h = w[0] * x[0] + x[1]
    return ((h - h.mean()) ** 2).mean()


def softmax_over_samples(w, x):
    h = exp(w[0] * x[0])
    share = h / h.sum()
    return (share * x[1] * w[1]).sum()


def normalised(w, x):
    """Two layers of batch normalisation: four sums over samples, one after the other."""
    for _ in range(2):
        h = tanh(w[0] * x[0] + w[1] * x[1])
        h = (h - h.mean()) / sqrt(((h - h.mean()) ** 2).mean() + 0.1)
        x = [h, x[0]]
    return log((x[0] * w[1]) ** 2 + 1).sum()


@pytest.mark.parametrize("f", [variance, softmax_over_samples, normalised])
def test_samples_again_after_a_sum(f):
    recorder = Recorder()
    p = recorder.program
    w = [Recorded(recorder, p.input(0, k)) for k in range(2)]
    x = [Recorded(recorder, p.input(1, k, 2, True), (recorder.samples,)) for k in range(2)]
    value, gradient = value_and_grad(f)(w, x)
    p.outputs = [lift(recorder, v).instruction for v in (value, *gradient)]
    p.outputs.append(max(i for i in range(len(p)) if p.per_sample[i]))  # and one a sample
    rolled = roll(with_dots(p))
    assert sum(stage.per_sample for stage in rolled.stages) > 1
    kernel = LLVMKernel(rolled)
    for n in COUNTS:
        given = [np.array([0.7, -0.4]), np.random.default_rng(n).normal(size=(n, 2))]
        want = interpret(p, given, n)
        for a, b, c in zip(want, execute(rolled, given, n), kernel.run(given, n)[0], strict=True):
            np.testing.assert_array_equal(a, b)
            np.testing.assert_allclose(c, np.broadcast_to(a, np.shape(c)), rtol=1e-9, atol=1e-12)
        if n:
            eager = value_and_grad(f)(given[0].tolist(), [*given[1].T])
            np.testing.assert_allclose(want[:3], [eager[0], *eager[1]], rtol=1e-9, atol=1e-14)


def test_a_program_that_computes_nothing():
    recorder = Recorder()
    p = recorder.program
    p.outputs = [p.constant(2.5), p.input(0, 1), p.input(1, 0, 1, per_sample=True), p.count()]
    given = [np.array([1.0, 4.0]), np.arange(9.0)]
    for n in (0, 9):
        for found in (execute(roll(p), given, n), LLVMKernel(roll(p)).run(given, n)[0]):
            for x, y in zip(found, [2.5, 4.0, given[1][:n], float(n)], strict=True):
                np.testing.assert_array_equal(x, y)
    p.outputs = p.outputs[:3]
    assert execute(roll(p), given, 9)[:2] == [2.5, 4.0]
