"""The points where conventions differ: kind of number × mode × edge case.

Rule: where PyTorch and JAX agree, so do we; where they differ, the subgradient of least norm; a nan
is never hidden; a branch that was not taken sends nothing. Measured with torch 2.13, jax 0.10.2.
"""

import math
from itertools import product

import mpmath
import numpy as np
import pytest
from edges import ROWS, SECOND, inf, nan
from helpers import same

import autograd as a
from autograd import Value
from autograd.kinds.masks import instantiate

KINDS = ["float", "batch of one", "batch of like samples", "batch of other samples", "mpf"]
ORDINARY = (0.3, 0.7, 0.9)


def numbers(kind, at):
    """The arguments as numbers of a kind, and how a sample is read from a result."""
    if kind == "float":
        return [float(x) for x in at], lambda r: r
    if kind == "mpf":
        return [mpmath.mpf(x) for x in at], float
    column = {
        "batch of one": lambda x, other: [x],
        "batch of like samples": lambda x, other: [x, x, x],
        "batch of other samples": lambda x, other: [other, x, other + 1.5, -other],
    }[kind]
    i = {"batch of one": 0, "batch of like samples": 2, "batch of other samples": 1}[kind]
    arrays = [np.array(column(float(x), y)) for x, y in zip(at, ORDINARY, strict=False)]
    return arrays, lambda r: float(np.broadcast_to(r, arrays[0].shape)[i])


def reverse(f, arguments):
    leaves = [Value(x) for x in arguments]
    z = f(*leaves)
    z.backward()
    return z.data, [instantiate(v.grad) for v in leaves]


def reverse_of_a_part(f, arguments):
    """The same where the adjoint arrives from a node above, and another summand stands beside."""
    leaves = [Value(x) for x in arguments]
    z = f(*leaves)
    (z * 1 + Value(2.0)).backward()
    return z.data, [instantiate(v.grad) for v in leaves]


def transformed(transform):
    """A mode made of transforms; arrays are samples, which vmap maps."""

    def mode(f, arguments):
        n = len(arguments)

        def one(*xs):
            return transform(f, xs, n)

        batch = isinstance(arguments[0], np.ndarray)
        return (a.vmap(one) if batch else one)(*arguments)

    return mode


def alone(f, xs, i):
    """f of its i-th argument; a tangent of 0 given to the others would be 0 · inf at some rows."""
    return lambda x: f(*xs[:i], x, *xs[i + 1 :])


@transformed
def gradient(f, xs, n):
    z, received = a.value_and_grad(f, argnums=tuple(range(n)))(*xs)
    return z, list(received)


@transformed
def forward(f, xs, n):
    pushed = [a.jvp(alone(f, xs, i), (x,), (1.0,)) for i, x in enumerate(xs)]
    return pushed[0][0], [t for _, t in pushed]


@transformed
def reverse_over_reverse(f, xs, n):
    firsts = [a.value_and_grad(a.grad(f, i))(*xs)[0] for i in range(n)]
    return a.value_and_grad(f)(*xs)[0], firsts


@transformed
def forward_over_reverse(f, xs, n):
    firsts = [a.jvp(a.grad(alone(f, xs, i)), (x,), (1.0,))[0] for i, x in enumerate(xs)]
    return a.value_and_grad(f)(*xs)[0], firsts


@transformed
def reverse_over_forward(f, xs, n):
    def tangent(i):
        return lambda x: a.jvp(alone(f, xs, i), (x,), (1.0,))[1]

    return a.value_and_grad(f)(*xs)[0], [
        a.value_and_grad(tangent(i))(x)[0] for i, x in enumerate(xs)
    ]


MODES = {
    "backward": reverse,
    "backward, part": reverse_of_a_part,
    "grad": gradient,
    "forward": forward,
    "reverse over reverse": reverse_over_reverse,
    "forward over reverse": forward_over_reverse,
    "reverse over forward": reverse_over_forward,
}


@pytest.mark.parametrize(
    ("f", "at", "value", "derivatives"),
    [row[1:] for row in ROWS],
    ids=[f"{row[0]} at {row[2]}" for row in ROWS],
)
def test_every_kind_answers_in_every_mode(f, at, value, derivatives):
    for kind, mode in product(KINDS, MODES):
        arguments, sample = numbers(kind, at)
        z, received = MODES[mode](f, arguments)
        assert close(sample(z), value), (kind, mode, z)
        for c, expected in zip(received, derivatives, strict=True):
            assert close(sample(c), expected), (kind, mode, received)


def close(x, y):
    return same(x, y) or abs(x - y) <= 1e-12 * abs(y)


@pytest.mark.parametrize(
    ("f", "at", "value"),
    [(row[1], row[2], row[3]) for row in ROWS],
    ids=[f"{row[0]} at {row[2]}" for row in ROWS],
)
def test_plain_floats_have_the_same_values_as_floats_in_values(f, at, value):
    try:
        z = f(*map(float, at))
    except ZeroDivisionError:  # Python's own operators, no function of ours
        assert f(Value(1.0)).op.name in ("div", "pow")
        return
    if isinstance(z, complex):  # Python's own power of a negative number
        return
    assert close(z, value)


@pytest.mark.parametrize(("x", "expected"), [(nan, nan), (inf, inf), (-inf, -inf), (2.5, 2.0)])
def test_steps_keep_what_is_not_finite(x, expected):
    for kind in ("float", "batch of other samples", "mpf"):
        (number,), sample = numbers(kind, (x,))
        for step in (a.floor, a.round):
            assert same(sample(step(Value(number)).data), expected)


def test_a_nan_in_a_batch_stays_in_its_sample():
    x = Value(np.array([1.0, nan, 4.0]))
    a.sum(a.sqrt(x) * 2).backward()
    assert [same(*pair) for pair in zip(x.grad, (1.0, nan, 0.5), strict=True)] == [True] * 3


def test_a_zero_keeps_its_sign():
    assert math.copysign(1, a.floor(-0.0)) == -1
    assert math.copysign(1, a.round(-0.4)) == -1
    assert math.copysign(1, Value(-0.0).data) == -1
    assert math.copysign(1, a.cbrt(Value(-0.0)).data) == -1


@transformed
def second_rr(f, xs, n):
    return a.grad(a.grad(f))(*xs), []


@transformed
def second_fr(f, xs, n):
    return a.jvp(a.grad(f), xs, (1.0,))[1], []


@transformed
def second_rf(f, xs, n):
    return a.grad(lambda x: a.jvp(f, (x,), (1.0,))[1])(*xs), []


@transformed
def second_ff(f, xs, n):
    return a.jvp(lambda x: a.jvp(f, (x,), (1.0,))[1], xs, (1.0,))[1], []


SECOND_MODES = {
    "reverse over reverse": second_rr,
    "forward over reverse": second_fr,
    "reverse over forward": second_rf,
    "forward over forward": second_ff,
    "hessian": transformed(lambda f, xs, n: (a.hessian(f)(*xs), [])),
}


@pytest.mark.parametrize(
    ("f", "at", "second"), [row[1:] for row in SECOND], ids=[row[0] for row in SECOND]
)
def test_second_derivatives_in_every_mode_and_kind(f, at, second):
    for kind, mode in product(KINDS, SECOND_MODES):
        arguments, sample = numbers(kind, (at,))
        found, _ = SECOND_MODES[mode](f, arguments)
        assert abs(sample(found) - second) <= 1e-12 * max(1, abs(second)), (kind, mode, found)


@pytest.mark.parametrize("at", [(2.0, 0.0), (2.0, 3.0), (0.5, 1.0), (3.0, -1.0)])
def test_the_mixed_derivatives_of_a_power_are_those_of_both_orders(at):
    x, y = at
    expected = x ** (y - 1) * (1 + y * math.log(x))
    for f in (a.grad(a.grad(a.pow), 1), a.grad(a.grad(a.pow, 1))):
        assert f(x, y) == pytest.approx(expected)
        assert a.vmap(f)(np.array([x, 1.5]), np.array([y, 2.0]))[0] == pytest.approx(expected)


@pytest.mark.parametrize("x", [-0.7, 0.0, 0.4])
def test_a_mixed_derivative_at_a_zero_factor(x):
    mixed = a.grad(a.grad(lambda x, y: y * a.tanh(x)), argnums=1)(x, 0.0)
    assert mixed == pytest.approx(1 - math.tanh(x) ** 2)
