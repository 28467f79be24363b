"""Passes and rolling keep every result: random programs, and programs that the engine recorded."""

import numpy as np
import pytest
from random_programs import ARRAYS, random_program

import autograd as ag
import autograd.compiler.kind
from autograd.compiler.interpret import interpret
from autograd.compiler.passes import with_dots, with_stored_conditions, without_dead_code
from autograd.compiler.program import check
from autograd.compiler.recorded import Recorded, lift
from autograd.compiler.recorder import Recorder
from autograd.compiler.roll import roll
from autograd.compiler.rolled import execute


def assert_same(found, expected):
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("n", [0, 1, 5])
def test_rolling_and_passes_keep_every_bit(seed, n):
    program = random_program(seed)
    check(program)
    expected = interpret(program, ARRAYS, n)
    for other in (
        without_dead_code(program),
        with_dots(program),
        with_stored_conditions(program),
    ):
        check(other)
        assert_same(interpret(other, ARRAYS, n), expected)
        assert_same(execute(roll(other), ARRAYS, n), expected)


def recorded(f, sizes, masked=False):
    """The program of f of lists of recorded numbers."""
    recorder = Recorder(masked)
    p = recorder.program
    args = [
        [Recorded(recorder, p.input(k, j)) for j in range(size)] for k, size in enumerate(sizes)
    ]
    p.outputs = [lift(recorder, x).instruction for x in f(*args)]
    check(p)
    return with_dots(p)


def layer_and_gradient(ws, xs):
    def f(ws):
        hidden = [ag.tanh(ag.dot(ws[8 * k : 8 * k + 8], xs)) for k in range(8)]
        return ag.dot(ws[:8], hidden)

    value, gradient = ag.value_and_grad(f)(ws)
    return [value, *gradient]


def test_a_layer_and_its_gradient_become_few_loops():
    program = recorded(layer_and_gradient, [64, 8])
    rolled = roll(program)
    arrays = [np.linspace(-1, 1, 64), np.linspace(0.1, 0.9, 8)]
    value, gradient = ag.value_and_grad(
        lambda ws: layer_and_gradient_value(ws, arrays[1].tolist())
    )(arrays[0].tolist())
    np.testing.assert_allclose(execute(rolled, arrays), [value, *gradient], rtol=1e-14)
    groups = [*rolled.groups()]
    assert len(program) > 100
    assert len(groups) < 12
    assert max(g.count * g.outer for g, _ in groups) >= 56  # the outer product


def layer_and_gradient_value(ws, xs):
    hidden = [ag.tanh(ag.dot(ws[8 * k : 8 * k + 8], xs)) for k in range(8)]
    return ag.dot(ws[:8], hidden)
