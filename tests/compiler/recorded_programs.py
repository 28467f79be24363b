"""What tests of the compiler share: programs of functions."""

from itertools import chain

import numpy as np
from helpers import at, changed, places

import autograd as ag
from autograd.compiler.recording.recorded import Recorded, lift
from autograd.compiler.recording.recorder import Recorder
from autograd.compiler.rolling.check import check
from autograd.compiler.rolling.columns import Columns, results
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.passes import with_stored_conditions
from autograd.compiler.rolling.roll import roll
from autograd.compiler.rolling.rolled import Group, Leaf, Loop, Outputs, Rolled, Stage


def recorded(f, count, masked=False, per_sample=False):
    """The program of a function of so many numbers that returns a list, as it was recorded."""
    recorder = Recorder(masked)
    p = recorder.program
    shape = (recorder.samples,) if per_sample else ()
    xs = [
        Recorded(recorder, p.input(k, 0, int(per_sample), per_sample), shape) for k in range(count)
    ]
    p.outputs = [lift(recorder, x).instruction for x in f(*xs)]
    check(p)
    return p


def program_of(f, count, masked=False, per_sample=False):
    """The program as a backend gets it, but flat."""
    return with_dots(with_stored_conditions(recorded(f, count, masked, per_sample)))


def without_dead_code(program):
    """The program of the instructions that its results depend on."""
    columns = Columns.of(program)
    return columns.kept(columns.uses(results(program)) > 0, program)


def value_and_gradient(f):
    """A function's value and its derivatives by every argument, as one list."""

    def both(*xs):
        value, gradient = ag.value_and_grad(f, tuple(range(len(xs))))(*xs)
        return [value, *gradient]

    return both


def of_numbers(op, arguments):
    """A primitive as a function of its differentiable numbers, and these numbers."""
    where = places(arguments)

    def f(*xs):
        changing = arguments
        for place, x in zip(where, xs, strict=True):
            changing = changed(changing, place, x)
        return op(*changing)

    return f, [at(arguments, place) for place in where]


def assert_within_ulps(found, expected, ulps=4, dtype=float, of=""):
    """Equal but for so many roundings; nan is nan. The error says what the numbers are of."""
    found, expected = np.array(found, dtype), np.array(expected, dtype)
    try:
        np.testing.assert_array_max_ulp(found, expected, maxulp=ulps)
    except AssertionError as error:
        error.add_note(of)
        raise


def network(features, hidden):
    """The rolled program of the mean squared error of a layer and a neuron, with its gradients.

    Arguments: weights (hidden, features), biases, weights of the neuron, inputs, targets.
    """
    recorder = Recorder()
    p = recorder.program

    def shared(array, count):
        return [Recorded(recorder, p.input(array, k)) for k in range(count)]

    def samples(array, first, step):
        return Recorded(recorder, p.input(array, first, step, True), (recorder.samples,))

    xs, y = [samples(3, j, features) for j in range(features)], samples(4, 0, 1)

    def loss(ws, bs, v):
        rows = [ws[i * features : (i + 1) * features] for i in range(hidden)]
        h = [ag.tanh(ag.dot(w, xs) + b) for w, b in zip(rows, bs, strict=True)]
        return ag.mean((ag.dot(v, h) - y) ** 2)

    parameters = shared(0, hidden * features), shared(1, hidden), shared(2, hidden)
    value, gradients = ag.value_and_grad(loss, (0, 1, 2))(*parameters)
    p.outputs = [lift(recorder, x).instruction for x in [value, *chain(*gradients)]]
    return roll(with_dots(with_stored_conditions(p)))


def simulation(steps):
    """The rolled program of x ← x + h·v, v ← v - h·sin x: h, x, v are one argument's numbers."""
    h, x, v = (Leaf("A", k, array=0) for k in range(3))
    start = [Group((0,), (leaf,), Leaf("U", 2 + k), False) for k, leaf in enumerate((x, v))]
    here, there = (
        [Leaf("U", 2 + k, step=2) for k in range(2)],
        [Leaf("U", 4 + k, step=2) for k in range(2)],
    )
    body = (
        Group((0, 1, 2, "mul", "add"), (here[0], h, here[1]), there[0], False),
        Group((0, 1, 2, "sin", "mul", "sub"), (here[1], h, there[0]), there[1], False),
    )
    last = [Group((0,), (Leaf("U", 2 + 2 * steps + k),), Leaf("U", k), False) for k in range(2)]
    stage = Stage(False, [*start, Loop(steps, body, False), *last])
    outputs = [Leaf("U", 0), Leaf("U", 1)]
    return Rolled([stage], uniform_slots=4 + 2 * steps, outputs=Outputs.of(outputs))
