"""The engine on recording numbers leaves programs that compute what the engine computes."""

import math

import numpy as np
import pytest
from helpers import arguments_of, at, changed, places

import autograd as ag
import autograd.compiler.kind
from autograd import PRIMITIVES
from autograd.compiler.interpret import interpret
from autograd.compiler.passes import with_dots, with_stored_conditions
from autograd.compiler.program import check
from autograd.compiler.recorded import Recorded, lift
from autograd.compiler.recorder import Recorder, RecordingError
from autograd.compiler.roll import roll
from autograd.compiler.rolled import execute


def program_of(f, count, masked=False):
    """The program of a function of so many numbers that returns a list."""
    recorder = Recorder(masked)
    p = recorder.program
    p.outputs = [
        lift(recorder, x).instruction
        for x in f(*[Recorded(recorder, p.input(k, 0)) for k in range(count)])
    ]
    check(p)
    return with_dots(with_stored_conditions(p))


def run(f, xs):
    """f's results by its program, the masked one where a watched number is nan; rolled and flat."""
    p = program_of(f, len(xs))
    p.outputs, results = [*p.outputs, *p.watch], len(p.outputs)
    if np.isnan(interpret(p, xs)[results:]).any():
        p = program_of(f, len(xs), masked=True)
    found = interpret(p, xs)[:results]
    np.testing.assert_array_equal(execute(roll(p), xs)[:results], found)
    return found


def value_and_gradient(f):
    def both(*xs):
        value, gradient = ag.value_and_grad(f, tuple(range(len(xs))))(*xs)
        return [value, *gradient]

    return both


@pytest.mark.parametrize("op", PRIMITIVES.values(), ids=lambda op: op.name)
def test_every_primitive_forward_and_backward(op):
    for arguments in arguments_of(op, points=3):
        where = places(arguments)

        def f(*xs, arguments=arguments, where=where):
            for place, x in zip(where, xs, strict=True):
                arguments = changed(arguments, place, x)
            return op(*arguments)

        xs = [at(arguments, place) for place in where]
        expected = value_and_gradient(f)(*xs)
        np.testing.assert_array_max_ulp(
            np.array(run(value_and_gradient(f), xs)), np.array(expected, float), maxulp=4
        )


KINKS = {
    "relu": (ag.relu, [(0.0,), (-1.0,), (math.nan,)]),
    "abs": (ag.abs, [(0.0,), (-0.0,), (math.nan,)]),
    "sqrt": (ag.sqrt, [(0.0,), (-1.0,)]),
    "log": (ag.log, [(0.0,), (-1.0,)]),
    "exp": (ag.exp, [(1000.0,)]),
    "1/x": (lambda x: 1 / x, [(0.0,), (-0.0,)]),
    "0/x": (lambda x: 0 / x, [(0.0,)]),
    **{f"x**{y}": (lambda x, y=y: x**y, [(0.0,)]) for y in (0, 1, 2, 0.5, -1)},
    "x**y": (ag.pow, [(0.0, 0.0), (0.0, 2.0), (0.0, 0.5), (0.0, -1.0), (-2.0, 3.0), (2.0, 0.0)]),
    "maximum": (ag.maximum, [(1.0, 1.0), (math.nan, 1.0)]),
    "minimum": (ag.minimum, [(1.0, 1.0), (math.nan, 1.0)]),
    "clip": (lambda x: ag.clip(x, 0, 1), [(0.0,), (1.0,), (math.nan,)]),
    "hypot": (ag.hypot, [(0.0, 0.0)]),
    "arctan2": (ag.arctan2, [(0.0, 0.0)]),
    "sigmoid": (ag.sigmoid, [(800.0,), (-800.0,)]),
    "softplus": (ag.softplus, [(800.0,), (-800.0,), (math.inf,)]),
    "tanh": (ag.tanh, [(400.0,)]),
    "log1p": (ag.log1p, [(-1.0,)]),
    "arcsin": (ag.arcsin, [(1.0,)]),
    "arccosh": (ag.arccosh, [(1.0,)]),
    "arctanh": (ag.arctanh, [(1.0,)]),
    "logsumexp": (lambda x, y: ag.logsumexp([x, y]), [(1000.0, 1000.0), (-math.inf, -math.inf)]),
    "where": (lambda x: ag.where(x > 0, ag.log(x), 0), [(0.0,), (-1.0,)]),
    "elu": (ag.elu, [(0.0,)]),
    "leaky_relu": (ag.leaky_relu, [(0.0,), (math.nan,)]),
    "hard_tanh": (ag.hard_tanh, [(1.0,), (-1.0,)]),
}


@pytest.mark.parametrize("name", KINKS)
def test_every_edge_is_the_engines(name):
    f, points = KINKS[name]
    for xs in points:
        np.testing.assert_allclose(
            run(value_and_gradient(f), xs), value_and_gradient(f)(*xs), rtol=1e-15
        )


def test_an_inner_gradient_of_a_branch_not_taken_is_masked_too():
    def f(x):
        inner = ag.grad(lambda v: ag.where(v > 0, ag.log(v), v))(x)
        return [ag.where(inner == inner, inner, 5.0)]

    assert run(f, [0.0]) == f(0.0) == [1.0]


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
