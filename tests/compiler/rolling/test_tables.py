"""What is read by given indices is looked up: programs are as long whatever there is to read, and keep
every bit.
"""

import json
import random

import numpy as np
import pytest
from helpers import differences
from reference import execute, interpret

import autograd as ag
from autograd.compiler.kept import stored
from autograd.compiler.recording.recorded import Recorded, lift
from autograd.compiler.recording.recorder import Recorder
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.roll import roll


def pairs(n, of, seed=0):
    """Different pairs of different numbers below ``of``."""
    every = [(i, j) for i in range(of) for j in range(of) if i != j]
    return random.Random(seed).sample(every, n)


def indices(n, of, seed=0):
    return random.Random(seed).choices(range(of), k=n)


def springs(n):
    """The energy of springs between points of a plane, and its gradient: additions to their ends."""
    count = max(4, n // 3)
    lengths = np.random.default_rng(n).uniform(1, 2, n).tolist()

    def energy(x, y):
        total = 0.0
        for (i, j), length in zip(pairs(n, count), lengths, strict=True):
            d = ag.sqrt((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2)
            total = total + (d - length) ** 2
        return total

    return ag.value_and_grad(energy, (0, 1)), (count,), (count,)


def forces(n):
    """What springs pull at points of a line, added up by hand."""

    def pulls(x):
        pull = [0.0] * (n // 3)
        for i, j in pairs(n, n // 3):
            t = (x[i] - x[j]) ** 3
            pull[i], pull[j] = pull[i] - t, pull[j] + t
        return pull

    return pulls, (n // 3,)


def lookup(n):
    """exp of some numbers times others."""
    return lambda x: [ag.exp(x[i]) * x[k] for k, i in enumerate(indices(n, n))], (n,)


def words(n):
    """A loss of words' vectors, and its gradient."""
    tokens = indices(n, 20)

    def loss(vectors, w):
        scores = [ag.tanh(ag.dot(vectors[t], w) + 0.01 * k) for k, t in enumerate(tokens)]
        return ag.dot(scores, scores)

    return ag.value_and_grad(loss, (0, 1)), (20, 8), (8,)


def sparse(n):
    """A loss of a sparse matrix's product, of rows of several lengths, and its gradient."""
    draw = random.Random(n)
    columns = [draw.sample(range(n), draw.randint(1, 6)) for _ in range(n)]
    starts = np.cumsum([0, *map(len, columns)]).tolist()

    def loss(entries, x):
        rows = zip(starts, starts[1:], columns, strict=False)
        y = [ag.dot(entries[a:b], [x[j] for j in row]) for a, b, row in rows]
        return ag.dot(y, y)

    return ag.value_and_grad(loss, (0, 1)), (starts[-1],), (n,)


def ratings(n):
    """A matrix factored by some of its elements."""
    given = list(zip(indices(n, 12, 1), indices(n, 15, 2), strict=True))

    def loss(users, things):
        errors = [ag.dot(users[u], things[t]) - 0.1 * k for k, (u, t) in enumerate(given)]
        return ag.dot(errors, errors)

    return ag.value_and_grad(loss, (0, 1)), (12, 4), (15, 4)


def edges(n):
    """The Jacobian of what lies between points."""
    count = n // 5
    return ag.jacobian(lambda x: [(x[i] - x[j]) ** 2 for i, j in pairs(n, count)]), (count,)


PROGRAMS = [springs, forces, lookup, words, sparse, ratings]


def program_of(f, count, per_sample=False):
    """The program of a function of the numbers of one array, or of each sample's row of one."""
    recorder = Recorder()
    p, shape = recorder.program, (recorder.samples,) if per_sample else ()
    step = count * per_sample
    xs = [Recorded(recorder, p.input(0, k, step, per_sample), shape) for k in range(count)]
    p.outputs = [lift(recorder, x).instruction for x in f(xs)]
    return with_dots(p)


def arguments(shapes, seed=0):
    draw = np.random.default_rng(seed)
    return [draw.uniform(0.2, 1, shape) for shape in shapes]


def flat(tree):
    if isinstance(tree, list | tuple):
        return np.concatenate([flat(x) for x in tree])
    return np.ravel(np.asarray(tree, float))


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
@pytest.mark.parametrize("made", [*PROGRAMS, edges])
@pytest.mark.parametrize("n", [50, 130])
def test_what_is_looked_up_is_what_the_engine_reads(made, n, backend):
    f, *shapes = made(n)
    xs = arguments(shapes)
    g = ag.jit(f, backend=backend)
    np.testing.assert_allclose(flat(g(*xs)), flat(f(*xs)), rtol=1e-11, atol=1e-11)
    assert "T = [" in str(g.program(*xs))


def test_a_gradient_of_what_is_looked_up_is_the_slope():
    f, shape, _ = springs(60)
    x, y = arguments([shape, shape])
    g = ag.jit(f)
    _, (gradient, _) = g(x, y)
    slopes = differences(lambda x: g(x, y)[0], x)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("made", PROGRAMS)
def test_a_program_is_as_long_whatever_there_is_to_look_up(made):
    def lines(n):
        f, *shapes = made(n)
        return len(str(ag.jit(f, backend="python").program(*arguments(shapes))).splitlines())

    assert lines(600) < 1.4 * lines(200) + 10


def test_it_reads_as_it_was_written():
    f = ag.jit(
        lambda x: [
            ag.exp(x[i]) * x[k] for k, i in enumerate(random.Random(0).sample(range(40), 40))
        ]
    )
    text = str(f.program(np.ones(40)))
    assert text.splitlines()[1:] == [
        "for i in range(40):",
        "    u[i] = exp(x[T[i]]) * x[i]",
        "return *u[0 : 40]",
    ]
    matrix = [(i, j) for i, j in pairs(40, 8)]
    f = ag.jit(lambda x, w: [x[i] * w[i][j] for i, j in matrix])
    assert "    u[i] = x[T[i]] * w.flat[T[40 + i]]" in str(f.program(np.ones(8), np.ones((8, 8))))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("per_sample", [False, True])
def test_random_tables_keep_every_bit(seed, per_sample):
    draw = random.Random(seed)
    count = draw.randint(8, 40)
    some = [draw.choices(range(count), k=draw.randint(1, 9)) for _ in range(draw.randint(30, 90))]

    def f(xs):
        made = [ag.exp(0.1 * xs[row[0]]) - xs[row[-1]] for row in some]
        sums = [made[k] for k in range(len(some))]
        for k, row in enumerate(some):
            for i in row:
                j = i % len(some)
                sums[j] = sums[j] + made[k] if draw.random() < 0.5 else sums[j] - made[k]
        scattered = [made[i % len(made)] for row in some for i in row]
        return [*sums, ag.dot(scattered, [1.5] * len(scattered))]

    program = program_of(f, count, per_sample=per_sample)
    rolled = roll(program)
    assert rolled.tables
    n = 3 if per_sample else 0
    arrays = [np.random.default_rng(seed).uniform(-1, 1, (max(n, 1), count))]
    expected = interpret(program, arrays, n)
    head = json.loads(json.dumps(stored.head(rolled), default=int))
    for other in (rolled, stored.restored(head, stored.body(rolled))):
        for x, y in zip(execute(other, arrays, n), expected, strict=True):
            np.testing.assert_array_equal(x, y)


def test_tables_serve_samples():
    ends = pairs(60, 20)

    def f(x):
        total = 0.0
        for i, j in ends:
            total = total + ag.tanh(x[i] - x[j]) ** 2
        return total

    xs = np.random.default_rng(0).normal(size=(11, 20))
    for dtype, close in (("float64", 1e-12), ("float32", 1e-4)):
        value, gradient = ag.jit(ag.vmap(ag.value_and_grad(f)), dtype=dtype)(xs)
        for k, x in enumerate(xs):
            expected, slopes = ag.value_and_grad(f)(x)
            np.testing.assert_allclose(value[k], expected, rtol=close)
            np.testing.assert_allclose(gradient[k], slopes, rtol=close, atol=close)


@pytest.mark.parametrize(
    "f",
    [
        lambda w, x: [ag.tanh(ag.dot(row, x)) for row in w],
        lambda w, x: [ag.dot(w[0][k : k + 3], x[k : k + 3]) for k in range(20)],
        lambda w, x: [w[i][j] * x[j] for i in range(24) for j in range(i)],
    ],
    ids=["layer", "windows", "triangle"],
)
def test_what_moves_by_constant_steps_needs_no_table(f):
    program = program_of(lambda xs: f([xs[24 * k : 24 * k + 24] for k in range(24)], xs[576:]), 600)
    assert roll(program).tables == []
