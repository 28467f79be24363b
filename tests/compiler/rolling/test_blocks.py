"""Loops written out in a program are found again, and keep every result."""

import numpy as np
import pytest
from planted import arrays, planted
from reference import execute, interpret

from autograd import cos, dot, exp, grad, jit, maximum, sin, tanh, value_and_grad
from autograd.compiler.rolling.check import check
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.roll import roll
from autograd.compiler.rolling.rolled import Loop


def loops(rolled):
    return [item for stage in rolled.stages for item in stage.items if isinstance(item, Loop)]


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_planted_loops_keep_every_bit(seed, per_sample):
    program = planted(seed, per_sample)
    check(program)
    for n in (0, 1, 5):
        given = arrays(n, seed)
        want = interpret(program, given, n)
        for other in (program, with_dots(program)):
            for x, y in zip(execute(roll(other), given, n), want, strict=True):
                np.testing.assert_array_equal(x, y)


def test_most_planted_loops_are_found():
    found = [len(loops(roll(planted(seed)))) > 0 for seed in range(60)]
    assert sum(found) > 30


@pytest.mark.parametrize("turns", range(4, 16))
def test_what_later_turns_read_of_the_first_one_does_not_move(turns):
    """A reference that is made in the first turn, as Newton's method has what a step starts from."""

    def last(x, y):
        z = cos(x * y)
        for k in range(turns):
            z = sin(z) * y
            if k == 0:
                first = z
            z = exp(-z) + cos(z - first)
        return z

    for f in (last, grad(last)):
        np.testing.assert_allclose(jit(f)(0.7, 1.1), f(0.7, 1.1), rtol=1e-12)


def test_neurons_that_add_to_one_adjoint_are_no_steps_of_time():
    rng = np.random.default_rng(0)
    layers = [(rng.normal(size=(64, k)), rng.normal(size=64)) for k in (4, 64)]

    def output(layers, x):
        for W, b in layers:
            x = tanh(W @ x + b)
        return dot(list(x), list(x))

    step = jit(value_and_grad(output))
    step(layers, rng.normal(size=4))
    rolled = step._last().rolled
    assert not loops(rolled)
    dots = [d for group, _ in rolled.groups() for d in group.dots if d.terms == 64]
    assert any(64 in (abs(d.w_stride), abs(d.x_stride)) for d in dots), "along a column of W"


def test_links_of_many_short_chains_are_taken_together():
    """The largest of nine scores, for each of ten rows: its adjoint goes from one to the next."""

    def weighted(scores):
        total = 0.0
        for row in scores:
            top = row[0]
            for x in row[1:]:
                top = maximum(top, x)
            total = total + tanh(top)
        return total

    scores = np.random.default_rng(0).normal(size=(10, 9))
    f = value_and_grad(weighted)
    step = jit(f)
    (value, found), (expected, want) = step(scores), f(scores)
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    np.testing.assert_allclose(found, np.array(want, dtype=float), rtol=1e-13)
    assert not loops(step._last().rolled)
    assert str(step.program(scores)).count("\n") < 90


def test_a_total_of_neurons_is_no_loop_over_them():
    """Most of the work of one is its dot, which needs no other's."""

    def smooth(w, x):
        total = 0.0
        for i in range(len(x) - len(w) + 1):
            total = total + tanh(sum(w[j] * x[i + j] for j in range(len(w))))
        return total

    rng = np.random.default_rng(0)
    w, x, f = rng.normal(size=9), rng.normal(size=100), value_and_grad(smooth)
    step = jit(f)
    (value, found), (expected, want) = step(w, x), f(w, x)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(found, np.array(want, dtype=float), rtol=1e-12)
    (total,) = loops(step._last().rolled)
    assert [group.code for group in total.body] == [(0, 1, "add")]


def drawdown(p, x):
    wealth = np.cumsum(p[0] * x + p[1])
    return (np.maximum.accumulate(wealth) - wealth).mean()


def trapezoids(p, x):
    y = np.exp(-p[:1] * np.linspace(0.0, 4.0, len(x))) * np.cos(p[1:] * x)
    return ((y[1:] + y[:-1]) / 2).sum()


def rolling_mean(p, x):
    total = np.cumsum(p[:1] * x + p[1:] * x**2)
    return (((total[5:] - total[:-5]) / 5) ** 2).mean()


RUNNING = {  # by a running sum, product or extremum: and the most lines that they may have
    "compounded": (lambda p, x: np.cumprod(1 + p[0] * x + p[1]).mean(), 35),
    "a drawdown": (drawdown, 60),
    "trapezoids": (trapezoids, 35),
    "a rolling mean": (rolling_mean, 40),
    "total variation": (lambda p, x: np.abs(np.diff(p[0] * x + p[1] * x**2)).sum(), 40),
}


@pytest.mark.parametrize("name", RUNNING)
def test_what_runs_along_a_series_is_a_loop(name):
    """Each is a row of sums beside others that are no loops, or right after one."""
    f, most = RUNNING[name]
    p, x = np.array([0.4, 0.7]), np.random.default_rng(0).normal(size=200) / 50
    g = jit(value_and_grad(f), backend="python")
    (value, gradient), (expected, due) = g(p, x), value_and_grad(f)(p, x)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(gradient, np.array(due, dtype=float), rtol=1e-10, atol=1e-14)
    assert str(g.program(p, x)).count("\n") < most
