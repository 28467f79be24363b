"""The engine on recording numbers leaves programs that compute what the engine computes."""

import math
from fractions import Fraction

import numpy as np
import pytest
from edges import ROWS
from helpers import arguments_of
from recorded_programs import assert_within_ulps, of_numbers, program_of, value_and_gradient
from reference import execute, interpret

import autograd as ag
from autograd import RecordingError
from autograd.compiler.recording.recorded import Recorded, lift
from autograd.compiler.recording.recorder import Recorder
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.roll import roll
from autograd.operations.composites import EVERY


def run(f, xs):
    """f's results by its program, the masked one where a watched number is nan; rolled and flat."""
    p = program_of(f, len(xs))
    p.outputs, results = [*p.outputs, *p.watch], len(p.outputs)
    if np.isnan(interpret(p, xs)[results:]).any():
        p = program_of(f, len(xs), masked=True)
    found = interpret(p, xs)[:results]
    np.testing.assert_array_equal(execute(roll(p), xs)[:results], found)
    return found


@pytest.mark.parametrize("op", EVERY.values(), ids=lambda op: op.name)
def test_every_primitive_forward_and_backward(op):
    for arguments in arguments_of(op, points=3):
        f, xs = of_numbers(op, arguments)
        assert_within_ulps(run(value_and_gradient(f), xs), value_and_gradient(f)(*xs))


@pytest.mark.parametrize(("name", "f", "at", "value", "derivatives"), ROWS)
def test_every_edge_is_the_engines(name, f, at, value, derivatives):
    xs = [float(x) for x in at]
    found = run(value_and_gradient(f), xs)
    np.testing.assert_allclose(found, value_and_gradient(f)(*xs), rtol=1e-15)


def test_an_inner_gradient_of_a_branch_not_taken_is_masked_too():
    def f(x):
        inner = ag.grad(lambda v: ag.where(v > 0, ag.log(v), v))(x)
        return [ag.where(inner == inner, inner, 5.0)]

    assert run(f, [0.0]) == f(0.0) == [1.0]


@pytest.mark.parametrize("c", [0, 0.5, 0.0, True, np.bool_(False), np.int64(3), Fraction(1, 2)])
def test_a_condition_that_is_given_is_any_number(c):
    f = value_and_gradient(lambda x: ag.where(c, 3 * x, 2 * x))
    assert run(f, [1.5]) == f(1.5)


@pytest.mark.parametrize("ask", [bool, float, int, math.exp, round, lambda x: [1, 2][x]])
def test_what_asks_for_the_number_names_the_way_out(ask):
    with pytest.raises(RecordingError, match="where"):
        program_of(lambda x: [ask(x)], 1)
    with pytest.raises(RecordingError, match="where"):
        program_of(lambda x: [1.0 if x > 0 else x], 1)


@pytest.mark.parametrize("f", [lambda x: x**0, lambda x: x * 1, lambda x: 0 * x, lambda x: x + 0.0])
@pytest.mark.parametrize("x", [-0.0, 2.0, math.inf, math.nan])
def test_folding_keeps_ieee(f, x):
    (found,) = interpret(program_of(lambda x: [f(x)], 1), [x])
    np.testing.assert_array_equal([found, math.copysign(1, found)], [f(x), math.copysign(1, f(x))])


def neuron(w, b, x):
    return ag.mean(ag.tanh(w * x + b) ** 2)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_one_program_serves_every_number_of_samples(n):
    recorder = Recorder()
    p = recorder.program
    w, b = (Recorded(recorder, p.input(0, k)) for k in range(2))
    x = Recorded(recorder, p.input(1, 0, 1, per_sample=True), (recorder.samples,))
    value, gradient = ag.value_and_grad(lambda w, b: neuron(w, b, x), (0, 1))(w, b)
    p.outputs = [lift(recorder, v).instruction for v in (value, *gradient)]
    arrays = [np.array([0.5, -0.2]), np.linspace(-1, 2, n)]
    value, gradient = ag.value_and_grad(lambda w, b: neuron(w, b, arrays[1]), (0, 1))(0.5, -0.2)
    rolled = roll(with_dots(p))
    np.testing.assert_allclose(execute(rolled, arrays, n), [value, *gradient], rtol=1e-14)
    assert [stage.per_sample for stage in rolled.stages] == [False, True, False]
    assert np.isnan(execute(rolled, [arrays[0], np.array([])], 0)[0])  # 0/0: the mean of none
