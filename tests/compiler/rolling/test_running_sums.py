"""Long sums come after what they add, where that is no loop over time; every result keeps its bits."""

import random

import numpy as np
import pytest
from random_programs import ARRAYS
from reference import assert_a_last_pass_keeps_every_bit

import autograd as ag
from autograd.compiler.programs.program import Program
from autograd.compiler.rolling.running_sums import with_running_sums_apart

DATA = np.random.default_rng(0).normal(size=(400, 3)).tolist()
CLASSES = random.Random(0).choices(range(3), k=400)


def distances(n):
    return lambda W: sum(abs(ag.dot(W[0], x) - ag.dot(W[1], x)) for x in DATA[:n])


def softplus(n):
    return lambda W: sum((ag.log(1 + ag.exp(ag.dot(W[0], x))) for x in DATA[:n]), W[1][0])


def entropy(n):
    def loss(W):
        total = 0.0
        for x, k in zip(DATA[:n], CLASSES[:n], strict=True):
            scores = [ag.dot(w, x) for w in W]
            total = total + ag.logsumexp(scores) - scores[k]
        return total

    return loss


def from_the_right(n):
    def loss(W):
        total = 0.0
        for x in DATA[:n]:
            total = ag.sin(ag.dot(W[0], x)) + (ag.dot(W[1], x) + total)
        return total

    return loss


def sums_first(n):
    def loss(W):
        total = 0.0
        for x in DATA[:n]:
            total = ag.sin(ag.dot(W[0], x)) - ag.exp(ag.dot(W[1], x)) + total
        return total

    return loss


LOSSES = [distances, softplus, entropy, from_the_right, sums_first]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("of", [lambda f: f, ag.value_and_grad], ids=["value", "gradient"])
def test_a_loss_of_many_samples_is_as_few_lines_whatever_their_number(loss, of):
    def lines(n):
        return len(str(ag.jit(of(loss(n)), backend="python").program(np.ones((3, 3)))).splitlines())

    assert lines(400) == lines(100) < 50


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_and_its_gradient_are_those_of_the_engine(loss, backend):
    both, W = ag.value_and_grad(loss(90)), np.random.default_rng(1).normal(size=(3, 3))
    value, slopes = ag.jit(both, backend=backend)(W)
    expected, rows = both(W)
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    np.testing.assert_allclose(slopes, np.array(rows), rtol=1e-11, atol=1e-12)


def sums(seed):
    """Three sums that go on, meet and are read now and then, of terms that may read some of them."""
    draw, p = random.Random(seed), Program()
    made = [p.input(1, k) for k in range(15)]
    running, step = made[:3], draw.choice([0, 0.02])
    for i in range(draw.choice([150, 400])):
        term = p.add("sin", p.add("mul", draw.choice(made), p.constant(0.1 * i)))
        k = draw.choice([0, 0, 0, 1, 2])
        op, pair = draw.choice(
            [("add", (running[k], term)), ("add", (term, running[k])), ("sub", (running[k], term))]
        )
        running[k] = p.add(op, *pair)
        if draw.random() < step:
            made.append(p.add("sin", running[k]))
        if draw.random() < step:
            running[k] = p.add("add", running[k], running[(k + 1) % 3])
    p.outputs = [*running, made[-1]]
    return p


@pytest.mark.parametrize("seed", range(30))
def test_random_sums_keep_every_bit(seed):
    assert_a_last_pass_keeps_every_bit(with_running_sums_apart, sums(seed), ARRAYS, 0)


def test_most_random_sums_come_later():
    programs = [sums(seed) for seed in range(30)]
    assert sum(with_running_sums_apart(p) is not p for p in programs) > 20


def test_a_sum_over_the_turns_of_a_loop_stays_in_the_loop():
    def energy(x):
        total = 0.0
        for _ in range(100):
            x = [x[0] + 0.1 * x[1], x[1] - 0.1 * ag.sin(x[0])]
            total = total + ag.cos(x[0])
        return total

    text = str(ag.jit(energy, backend="python").program(np.ones(2)))
    assert text.count("for k in") == 1, text


def test_what_is_short_or_per_sample_stays_as_it_is():
    for count, per_sample in [(40, False), (200, True)]:
        p = Program()
        total = x = p.input(0, 0, int(per_sample), per_sample)
        for k in range(count):
            total = p.add("add", total, p.add("sin", p.add("mul", x, p.constant(float(k)))))
        p.outputs = [total]
        assert with_running_sums_apart(p) is p
