"""Random graphs, with sharing, constants on either side, in-place forms and n-ary nodes.

A program is a list of steps; each step applies an operation to numbers made before, so it runs alike
on our Values, on mpmath's numbers at 50 digits (whose derivative is a difference) and on PyTorch's
tensors.
"""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd as a
from autograd import Value

INPUTS = 3


def iadd(x, y):
    x += y
    return x


def isub(x, y):
    x -= y
    return x


def imul(x, y):
    x *= y
    return x


def idiv(x, y):
    x /= y
    return x


# every operation keeps its result in a range where nothing over- or underflows
STEPS = {
    "x + y": lambda m, x, y: x + y,
    "x - y": lambda m, x, y: x - y,
    "x * y": lambda m, x, y: m.tanh(x) * y,
    "x / y": lambda m, x, y: x / (y * y + 2),
    "x += y": lambda m, x, y: iadd(x * 1, y),
    "x -= y": lambda m, x, y: isub(x * 1, y),
    "x *= y": lambda m, x, y: imul(m.sin(x), y),
    "x /= y": lambda m, x, y: idiv(x * 1, m.cos(y) + 3),
    "2 - x": lambda m, x, y: 2 - x,
    "0.5 * x": lambda m, x, y: 0.5 * x,
    "3 / x": lambda m, x, y: 3 / (x * x + 1),
    "x * 0.75 - 1": lambda m, x, y: x * 0.75 - 1,
    "x**2": lambda m, x, y: m.tanh(x) ** 2,
    "x**-1.5": lambda m, x, y: (x * x + 1) ** -1.5,
    "x**y": lambda m, x, y: (m.tanh(x) + 2) ** m.sin(y),
    "1.5**x": lambda m, x, y: 1.5 ** m.tanh(x),
    "-x": lambda m, x, y: -x,
    "exp": lambda m, x, y: m.exp(m.sin(x)),
    "log": lambda m, x, y: m.log(x * x + 1),
    "sqrt": lambda m, x, y: m.sqrt(x * x + 0.5),
    "x * x": lambda m, x, y: m.sin(x) * m.sin(x),
    "sum": lambda m, x, y: m.sum([x, 0.25, y, x]),
    "dot": lambda m, x, y: m.dot([m.tanh(x), 0.5, y], [y, x, 2.0]),
    "prod": lambda m, x, y: m.prod([m.tanh(x), y, 1.25]),
    "logsumexp": lambda m, x, y: m.logsumexp([x, y, 0.5]),
    "maximum": lambda m, x, y: m.maximum(x, y),
    "where": lambda m, x, y: m.where(x > y, m.sin(x), y),
}


class Ours:
    exp, log, sin, cos, tanh, sqrt = a.exp, a.log, a.sin, a.cos, a.tanh, a.sqrt
    sum, dot, prod, logsumexp, maximum, where = (
        a.sum,
        a.dot,
        a.prod,
        a.logsumexp,
        a.maximum,
        a.where,
    )


class Plain:
    """n-ary functions by their definition, on any numbers with operators."""

    where = staticmethod(lambda c, x, y: x if c else y)
    maximum = staticmethod(max)

    @staticmethod
    def sum(xs):
        total = xs[0]
        for x in xs[1:]:
            total = total + x
        return total

    @classmethod
    def dot(cls, ws, xs):
        return cls.sum([w * x for w, x in zip(ws, xs, strict=True)])

    @staticmethod
    def prod(xs):
        total = xs[0]
        for x in xs[1:]:
            total = total * x
        return total


class Mp(Plain):
    exp, log, sin, cos = mpmath.exp, mpmath.log, mpmath.sin, mpmath.cos
    tanh, sqrt = mpmath.tanh, mpmath.sqrt

    @classmethod
    def logsumexp(cls, xs):
        return mpmath.log(cls.sum([mpmath.exp(x) for x in xs]))


def run(program, m, inputs):
    made = [*inputs]
    for name, i, j in program:
        made.append(STEPS[name](m, made[i % len(made)], made[j % len(made)]))
    return m.sum([made[-1], *made[INPUTS::3], made[0]])


index = st.integers(0, 40)
programs = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), index, index), min_size=1, max_size=25
)
numbers = st.floats(-2, 2, allow_nan=False).map(lambda x: round(x, 3) + 0.0003)
starts = st.tuples(numbers, numbers, numbers).filter(lambda xs: len(set(xs)) == 3)
ordinary = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def ours(program, start):
    leaves = [Value(x) for x in start]
    z = run(program, Ours, leaves)
    z.backward()
    return z.data, [v.grad for v in leaves]


def agree(received, expected, scale=1e-9):
    largest = max(1.0, *map(abs, expected))
    return all(
        abs(c - e) <= scale * largest for c, e in zip(received, map(float, expected), strict=True)
    )


@ordinary
@given(programs, starts)
def test_gradients_agree_with_mpmath_at_50_digits(program, start):
    value, received = ours(program, start)
    with mpmath.workdps(50):
        exact = [mpmath.mpf(x) for x in start]
        assert abs(run(program, Mp, exact) - value) <= 1e-11 * max(1, abs(value))
        h = mpmath.mpf(10) ** -20
        expected = []
        for i in range(INPUTS):
            up, down = (
                run(program, Mp, [x + d * (i == j) for j, x in enumerate(exact)]) for d in (h, -h)
            )
            expected.append((up - down) / (2 * h))
    assert agree(received, expected)


@ordinary
@given(programs, starts)
def test_gradients_of_mpf_values_keep_forty_digits(program, start):
    with mpmath.workdps(50):
        exact = [mpmath.mpf(x) for x in start]
        _, received = ours(program, exact)
        with mpmath.workdps(120):
            h = mpmath.mpf(10) ** -55
            for i, c in enumerate(received):
                up, down = (
                    run(program, Mp, [x + d * (i == j) for j, x in enumerate(exact)])
                    for d in (h, -h)
                )
                expected = (up - down) / (2 * h)
                assert abs(c - expected) <= mpmath.mpf(10) ** -40 * max(1, abs(expected))


@ordinary
@given(programs, st.lists(starts, min_size=1, max_size=5))
def test_a_batch_is_its_samples_one_by_one(program, samples):
    leaves = [Value(np.array(column)) for column in zip(*samples, strict=True)]
    run(program, Ours, leaves).backward()
    for k, start in enumerate(samples):
        _, expected = ours(program, start)
        assert agree([np.broadcast_to(v.grad, len(samples))[k] for v in leaves], expected)


@ordinary
@given(programs, st.lists(numbers, min_size=2, max_size=5), starts)
def test_a_shared_number_receives_the_sum_over_samples(program, column, start):
    first, others = Value(np.array(column)), [Value(x) for x in start[1:]]
    run(program, Ours, [first, *others]).backward()
    parts = [ours(program, (x, *start[1:]))[1] for x in column]
    received = np.broadcast_to(first.grad, len(column))
    assert agree(received.tolist(), [part[0] for part in parts])
    totals = [math.fsum(part[i] for part in parts) for i in (1, 2)]
    assert agree([v.grad for v in others], totals)


@ordinary
@given(programs, starts)
def test_gradients_agree_with_pytorch(program, start):
    torch = pytest.importorskip("torch")

    class Torch(Plain):
        exp, log, sin, cos = torch.exp, torch.log, torch.sin, torch.cos
        tanh, sqrt = torch.tanh, torch.sqrt

        @staticmethod
        def logsumexp(xs):
            return torch.stack([torch.as_tensor(x, dtype=torch.float64) for x in xs]).logsumexp(0)

    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in start]
    z = run(program, Torch, leaves)
    z.backward()
    value, received = ours(program, start)
    assert abs(value - z.item()) <= 1e-11 * max(1, abs(value))
    assert agree(received, [0.0 if v.grad is None else v.grad.item() for v in leaves])


def test_every_step_is_taken_and_changes_something():
    for name, step in STEPS.items():
        x, y = Value(0.3), Value(0.9)
        z = step(Ours, x, y)
        z.backward()
        assert z.op is not None, name
        assert x.grad != 0 or y.grad != 0, name
