"""Loops over time that read and add by given indices are loops all the same, and keep every bit."""

import random
import re
from itertools import pairwise

import numpy as np
import pytest
from helpers import differences
from reference import execute, interpret

import autograd as ag
from autograd.compiler.recording.recorded import Recorded, lift
from autograd.compiler.recording.recorder import Recorder
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.roll import roll
from autograd.compiler.rolling.rolled import Loop
from autograd.compiler.rolling.scatter import with_steady_sums


def indices(n, of, seed=0):
    return random.Random(seed).choices(range(of), k=n)


def scaled(steps, states=3, symbols=12):
    """A hidden Markov model's likelihood of what was observed, by the forward algorithm."""
    seen = indices(steps, symbols)

    def likelihood(A, B):
        alpha, total = [b[seen[0]] / states for b in B], 0.0
        for k in seen[1:]:
            alpha = [
                sum(alpha[i] * A[i][j] for i in range(states)) * B[j][k] for j in range(states)
            ]
            scale = sum(alpha)
            alpha, total = [a / scale for a in alpha], total + ag.log(scale)
        return total

    return likelihood, (states, states), (states, symbols)


def logarithmic(steps, states=2, symbols=12):
    """The same by logarithms, each taken where it is read."""
    seen = indices(steps, symbols)

    def likelihood(A, B):
        alpha = [ag.log(b[seen[0]]) for b in B]
        for k in seen[1:]:
            alpha = [
                ag.logsumexp([alpha[i] + ag.log(A[i][j]) for i in range(states)]) + ag.log(B[j][k])
                for j in range(states)
            ]
        return ag.logsumexp(alpha)

    return likelihood, (states, states), (states, symbols)


def recurrent(steps, hidden=3, words=10, width=2):
    """A recurrent network reads words' vectors."""
    text = indices(steps, words)

    def last(vectors, w):
        h = [0.1] * hidden
        for word in text:
            h = [ag.tanh(ag.dot(row, [*vectors[word], *h])) for row in w]
        return ag.dot(h, h)

    return last, (words, width), (hidden, width + hidden)


def spoken(steps, hidden=2, letters=5):
    """A recurrent network reads a text, and says how likely each next letter was."""
    text = indices(steps + 1, letters)

    def loss(letters, w):
        h, total = [0.1] * hidden, 0.0
        for now, then in pairwise(text):
            h = [ag.tanh(letters[now][0] * x - ag.dot(row, h)) for x, row in zip(h, w, strict=True)]
            scores = [ag.dot(row, h) for row in letters]
            total = total + ag.logsumexp(scores) - scores[then]
        return total / steps

    return loss, (letters, hidden), (hidden, hidden)


def switching(steps, phases=9):
    """An epidemic whose contacts change now and then."""
    ends = sorted(random.Random(0).sample(range(1, steps), phases - 1))
    phase = [sum(t >= end for end in ends) for t in range(steps)]

    def infected(contacts, rates):
        s, i = 0.9, 0.1
        for k in phase:
            new = contacts[k] * s * i
            s, i = s - 0.1 * new, i + 0.1 * (new - rates[0] * i)
        return i

    return infected, (phases,), (1,)


def ratings(steps, players=5):
    """Elo's ratings, match by match."""
    matches = [random.Random(t).sample(range(players), 2) for t in range(steps)]

    def likelihood(first, gain):
        rating, total = [*first], 0.0
        for a, b in matches:
            wins = ag.sigmoid(rating[a] - rating[b])
            change, total = gain[0] * (1 - wins), total + ag.log(wins)
            rating[a], rating[b] = rating[a] + change, rating[b] - change
        return total

    return likelihood, (players,), (1,)


MODELS = [scaled, logarithmic, recurrent, spoken, switching, ratings]


def arguments(shapes):
    draw = np.random.default_rng(1)
    return [draw.uniform(0.2, 0.9, shape) for shape in shapes]


def flat(tree):
    if isinstance(tree, list | tuple):
        return np.concatenate([flat(x) for x in tree])
    return np.ravel(np.asarray(tree, float))


def tables(rolled):
    """What loops over time look up."""
    items = [item for stage in rolled.stages for item in stage.items if isinstance(item, Loop)]
    return [leaf for loop in items for g in loop.body for leaf in g.leaves if leaf.looked_up]


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
@pytest.mark.parametrize("model", MODELS)
def test_a_model_and_its_gradient_are_those_of_the_engine(model, backend):
    f, *shapes = model(60)
    both, xs = ag.value_and_grad(f, (0, 1)), arguments(shapes)
    g = ag.jit(both, backend=backend)
    np.testing.assert_allclose(flat(g(*xs)), flat(both(*xs)), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("model", [scaled, logarithmic, recurrent, spoken, ratings])
def test_a_program_is_as_long_whatever_the_steps(model):
    def lines(steps):
        f, *shapes = model(steps)
        g = ag.jit(ag.value_and_grad(f, (0, 1)), backend="python")
        return len(str(g.program(*arguments(shapes))).splitlines())

    assert lines(240) < 1.2 * lines(120) + 10


def test_it_reads_as_it_was_written():
    seen = indices(50, 6)

    def total(x):
        h = x[0]
        for k in seen:
            h = ag.tanh(h * x[k])
        return h

    text = str(ag.jit(total).program(np.full(6, 0.5)))
    assert "for k in range(49):\n    u[2 + k] = tanh(u[1 + k] * x[T[k]])" in text


def test_a_turn_looks_up_what_it_has_just_computed():
    seen = indices(50, 3)

    def last(x):
        h = 0.5
        for k in seen:
            scores = [h * x[0], ag.sin(h), h * x[1]]
            h = ag.tanh(scores[k] - scores[0] * scores[1] * scores[2])
        return h

    text = str(ag.jit(last, backend="python").program(np.full(3, 0.5)))
    assert re.search(r"tanh\(u\[T\[k\]\] - ", text)


def test_a_gradient_is_the_slope():
    f, *shapes = scaled(60)
    A, B = arguments(shapes)
    found, g = ag.jit(ag.grad(f, 1))(A, B), ag.jit(f)
    slopes = differences(lambda B: g(A, B), B)
    np.testing.assert_allclose(found, slopes, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_samples_are_computed_like_one(model):
    f, *shapes = model(60)
    A, B = arguments(shapes)
    many = B * np.linspace(0.5, 1, 7).reshape(-1, *[1] * B.ndim)
    both = ag.value_and_grad(f, (0, 1))
    found = ag.jit(ag.vmap(both, in_axes=(None, 0)))(A, many)
    for k, one in enumerate(many):
        value, slopes = both(A, one)
        np.testing.assert_allclose(found[0][k], value, rtol=1e-9)
        for x, y in zip(found[1], slopes, strict=True):
            np.testing.assert_allclose(x[k], y, rtol=1e-8, atol=1e-11)


def test_a_jacobian_of_what_is_looked_up_in_time():
    f, *shapes = recurrent(40)
    xs = arguments(shapes)
    outer = ag.jacobian(lambda v, w: [f(v, w), w[0][0] * f(v, w)], (0, 1))
    np.testing.assert_allclose(flat(ag.jit(outer)(*xs)), flat(outer(*xs)), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
def test_a_branch_not_taken_sends_nothing(backend):
    seen = indices(80, 5)

    def f(x):
        h = 0.3
        for k in seen:
            h = ag.tanh(h + ag.where(x[k] > 0, ag.log(x[k]), 0.1 * h))
        return h

    x = np.array([0.4, 0.0, 1.3, -1.0, 0.7])
    found = ag.jit(ag.grad(f), backend=backend)(x)
    np.testing.assert_allclose(found, ag.grad(f)(x), rtol=1e-12)
    assert found[1] == found[3] == 0


def random_steps(seed, xs):
    """Steps of some operations on what they look up: what is given, what earlier steps have left, what
    they have just computed.
    """
    draw = random.Random(seed)
    size, steps = draw.randint(1, 4), draw.choice([12, 40, 70])
    some = draw.randint(2, 9)
    at = [indices(steps, some, seed + k) for k in range(3)]
    kinds = [(draw.randrange(6), *draw.choices(range(60), k=3)) for _ in range(draw.randint(2, 7))]
    looked, state, sums = [ag.exp(x) for x in xs[:some]], [*xs[some : some + size]], [*xs[:some]]
    left = [*xs[:some]]
    for t in range(steps):
        made = []
        for kind, i, j, k in kinds:
            own = made[at[2][t] % len(made)] if made else 0.5
            places = [*state, looked[at[0][t]], xs[at[1][t]], left[at[2][t]], *made, own]
            x, y, z = places[i % len(places)], places[j % len(places)], places[k % len(places)]
            makers = [x * y, x + y, x - y, ag.sin(x), ag.where(x > y, z, x), x * y - z]
            made.append(0.5 * makers[kind])
        state = [0.3 * x + made[k % len(made)] for k, x in enumerate(state)]
        sums[at[0][t]] = sums[at[0][t]] + made[-1] * state[0]
        if seed % 3 == 0:
            left[at[1][t]] = ag.sin(left[at[1][t]] + state[-1])
    return [*state, *sums, *left]


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_random_steps_keep_every_bit(seed, per_sample):
    recorder = Recorder()
    p, shape = recorder.program, (recorder.samples,) if per_sample else ()
    step, count = 20 * per_sample, 20
    xs = [Recorded(recorder, p.input(0, k, step, per_sample), shape) for k in range(count)]
    p.outputs = [lift(recorder, x).instruction for x in random_steps(seed, xs)]
    n = 3 if per_sample else 0
    given = [np.random.default_rng(seed).uniform(-1, 1, (max(n, 1), count))]
    want = interpret(p, given, n)
    for program in (p, with_steady_sums(p), with_dots(with_steady_sums(p))):
        for x, y in zip(execute(roll(program), given, n), want, strict=True):
            np.testing.assert_array_equal(x, y)


def test_random_steps_look_up_in_time():
    def rolled(seed):
        recorder = Recorder()
        p = recorder.program
        xs = [Recorded(recorder, p.input(0, k), ()) for k in range(20)]
        p.outputs = [lift(recorder, x).instruction for x in random_steps(seed, xs)]
        return roll(with_dots(with_steady_sums(p)))

    assert sum(len(tables(rolled(seed))) > 0 for seed in range(30)) > 10


@pytest.mark.parametrize("steps", [40, 200])
def test_what_does_not_jump_about_stays_as_it_is(steps):
    def f(p, y):
        for _ in range(steps):
            y = [y[0] + 0.01 * y[1], y[1] - 0.01 * p[0] * ag.sin(y[0])]
        return y[0]

    recorder = Recorder()
    xs = [Recorded(recorder, recorder.program.input(0, k), ()) for k in range(3)]
    value, slopes = ag.value_and_grad(f, (0, 1))(xs[:1], xs[1:])
    answers = [value, *slopes[0], *slopes[1]]
    recorder.program.outputs = [lift(recorder, x).instruction for x in answers]
    assert with_steady_sums(recorder.program) is recorder.program
