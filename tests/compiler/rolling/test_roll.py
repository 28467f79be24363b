"""Passes and rolling keep every result: random programs, and programs that the engine recorded."""

import random
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from random_programs import ARRAYS, random_program
from recorded_programs import without_dead_code
from reference import assert_same, execute, interpret

import autograd as ag
from autograd.compiler.programs.program import Program
from autograd.compiler.recording.recorded import Recorded, lift
from autograd.compiler.recording.recorder import Recorder
from autograd.compiler.rolling.check import check
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.passes import with_stored_conditions
from autograd.compiler.rolling.roll import roll
from autograd.compiler.rolling.rolled import Loop


def broken(op, *operands, outputs=(2,), sequences=(), per_sample=False):
    """A program of an input and a condition, and one instruction more."""
    program = Program()
    x = program.input(0, 0)
    program.add("lt", x, x)
    program.sequences = [*sequences]
    program.add(op)
    for side, i in zip((program.a, program.b), operands, strict=False):
        side[2] = i
    program.per_sample[2] = per_sample
    program.outputs = [*outputs]
    return program


@pytest.mark.parametrize(
    ("program", "says"),
    [
        (broken("cosh2", 0), "%2 = cosh2: no such operation"),
        (broken("add", 0, 2), "%2 = add: an operand that is not computed before"),
        (broken("add", 0, 1), "%2 = add: a condition where a number belongs"),
        (broken("not", 0), "%2 = not: a condition where a number belongs"),
        (broken("total", 0), "%2 = total: a sum over samples of one number"),
        (broken("sin", 0, per_sample=True), "%2 = sin: per sample where no operand is"),
        (broken("dot", 0, sequences=[([0, 0], [0])]), "%2 = dot: sequences of two lengths"),
        (broken("sin", 0, outputs=(1,)), "output %1 is no number of the program"),
        (broken("sin", 0, outputs=(3,)), "output %3 is no number of the program"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_program_that_is_not_well_formed_is_named(program, says):
    with pytest.raises(ValueError, match=says):
        check(program)


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


def test_straight_lines_have_one_leaf_for_a_place_and_one_code_for_a_form():
    def chain(xs):
        known, draw = [*xs], random.Random(1)
        for _ in range(300):
            x = draw.choice(known[-9:])
            known.append(ag.sin(x) * known[-1] if draw.random() < 0.5 else x + 0.5 * known[-1])
        return known[-1:]

    found = [group for group, _ in roll(recorded(chain, [3])).groups()]
    leaves = [leaf for group in found for leaf in (*group.leaves, group.target)]
    codes = [group.code for group in found]
    assert len(found) > 100
    for some in (leaves, codes):  # 300,000 operations of them have to fit into memory
        assert len({*map(id, some)}) == len({*some}) < len(some) / 2


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


def heads_and_gradient(ws, xs):
    """Queries and keys of four numbers, two by two: what reaches xs is added up by short chains."""

    def f(xs):
        q, k = ([ag.dot(ws[12 * r + c : 12 * r + 12 + c], xs) for r in range(4)] for c in (0, 48))
        q, k = [ag.tanh(x) for x in q], [ag.tanh(x) for x in k]
        return sum(ag.dot(q[h : h + 2], k[h : h + 2]) for h in (0, 2))

    value, gradient = ag.value_and_grad(f)(xs)
    return [value, *gradient]


def test_products_that_rows_add_up_are_dots_and_no_loop_over_rows():
    rolled = roll(recorded(heads_and_gradient, [96, 12]))
    assert not any(isinstance(item, Loop) for stage in rolled.stages for item in stage.items)
    assert sum(1 for _ in rolled.groups()) < 25


def test_outputs_that_nothing_computes_are_in_their_slots_too():
    """An element of an argument, a constant, an output that is there already: copied by a few loops."""
    p = Program()
    x = [p.input(0, k) for k in range(4)]
    y = [p.add("mul", a, b) for a, b in pairwise(x)]
    sampled = p.input(1, 0, 3, per_sample=True)
    zero = p.constant(0.0)
    p.outputs = [*y, *x[::-1], *[zero] * 90, sampled, *y, *[x[0], zero, zero, y[2], zero] * 40]
    rolled = roll(p)
    assert [k for k, leaf in enumerate(rolled.outputs) if leaf[:2] != ("U", k)] == [97]
    assert sum(1 for _ in rolled.groups()) < 12
    assert_same(execute(rolled, ARRAYS, 3), interpret(p, ARRAYS, 3))


def anew(p, *instruction):
    """An instruction that is made whether the same is there or not."""
    p.close()
    return p.add(*instruction)


def chains(seed):
    """A program of long sums of products, which start with all kinds of numbers."""
    rng, p = random.Random(seed), Program()
    uniform = [p.input(0, k) for k in range(4)]
    sampled = [p.input(1, k, 3, per_sample=True) for k in range(3)]
    numbers = [*uniform, *sampled, p.constant(0.0), p.constant(-0.0), p.constant(1.5)]
    for _ in range(rng.randrange(1, 6)):
        kinds = rng.choices([uniform, sampled, numbers], k=4)
        product = anew(p, "mul", rng.choice(kinds[0]), rng.choice(kinds[1]))
        x = rng.choice([*numbers, *[product] * 9])
        for k in range(rng.randrange(4, 20)):
            product = anew(p, "mul", rng.choice(kinds[0]), rng.choice(kinds[1 + k // 9]))
            if (k + seed) // 9 % 2:
                x = anew(p, "sub", x, product)
            else:
                x = anew(p, "add", *rng.sample([x, product], 2))
        numbers.append(x)
    p.outputs = numbers[10:]
    return p


@pytest.mark.parametrize("seed", range(60))
def test_long_sums_keep_every_bit(seed):
    program = chains(seed)
    dots = with_dots(program)
    check(dots)
    for n in (0, 1, 5):
        expected = interpret(program, ARRAYS, n)
        assert_same(interpret(dots, ARRAYS, n), expected)
        assert_same(execute(roll(dots), ARRAYS, n), expected)


def test_long_sums_start_with_whatever_they_do():
    programs = [with_dots(chains(seed)) for seed in range(60)]
    starts = [b for p in programs for op, b in zip(p.op, p.b, strict=True) if op == "dot"]
    assert sum(b >= 0 for b in starts) > 20
    assert sum(b < 0 for b in starts) > 10
    assert sum(op == "subdot" for p in programs for op in p.op) > 20


def test_a_dot_starts_with_an_expression_that_has_no_line_of_its_own():
    p = Program()
    w, x = ([p.input(k, i) for i in range(4)] for k in (0, 1))
    start = p.add("add", p.add("mul", w[0], w[1]), x[0])
    first = p.dot(w, x, start)
    p.outputs = [p.dot(x, w, first, "subdot"), p.add("sin", p.dot(w, w, p.add("exp", w[0])))]
    rolled = roll(p)
    groups = [group for group, _ in rolled.groups()]
    assert sorted(len(group.dots) for group in groups) == [0, 1, 2]  # exp stands alone
    assert_same(execute(rolled, ARRAYS, 0), interpret(p, ARRAYS, 0))


def test_a_dot_goes_along_the_terms_that_lie_in_a_line_and_from_one_line_to_the_next():
    p = Program()
    w, x = ([p.input(k, i) for i in range(4)] for k in (0, 1))
    where = [2, 0, *range(4), *range(4), 3, 1, *[1] * 9, 0]
    p.outputs = [p.dot([w[i] for i in where], [x[i] for i in where], x[3])]
    rolled = roll(p)
    ((group, _),) = rolled.groups()
    assert [(d.terms, d.w_stride, d.x_stride) for d in group.dots] == [(10, 0, 0)]
    assert_same(execute(rolled, ARRAYS, 0), interpret(p, ARRAYS, 0))


def test_dots_that_are_alike_go_along_the_same_lines():
    def f(x, y):
        return [ag.dot([*x[k : k + 20], y[0]], [*y[1:21], x[k]]) for k in range(6)]

    text = str(ag.jit(f, backend="python").program(np.ones(30), np.ones(30)))
    assert "u[i] = dot(x[i : 20 + i], y[1 : 21]) + y[0] * x[i]" in text


def forward_substitution(L, b):
    y = []
    for row, z in zip(L, b, strict=True):
        for w, v in zip(row, y, strict=False):
            z = z - w * v
        y.append(z / row[len(y)])
    return sum(v * v for v in y)


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
def test_a_triangular_system_reads_as_dots(backend):
    n = 18
    A = np.random.default_rng(1).normal(size=(n, n)) / n + 2 * np.eye(n)
    f, arguments = forward_substitution, (A, A[0])
    g = ag.jit(f, backend=backend)
    np.testing.assert_allclose(g(*arguments), f(*arguments), rtol=1e-13)
    text = str(g.program(*arguments))
    assert text.count("\n") < 22
    assert text.count("subdot(") > n // 2
    both = ag.value_and_grad(f)
    for found, want in zip(
        ag.jit(both, backend=backend)(*arguments), both(*arguments), strict=True
    ):
        np.testing.assert_allclose(found, np.array(want, dtype=float), rtol=1e-10, atol=1e-12)


NEURONS = {
    "from the bias on": lambda w, x, b: sum((wi * xi for wi, xi in zip(w, x, strict=True)), b),
    "from 0 on": lambda w, x, b: sum(wi * xi for wi, xi in zip(w, x, strict=True)) + b,
    "by steps": lambda w, x, b: reduce(lambda z, k: z + x[k] * w[k], range(len(w)), b),
    "and more": lambda w, x, b: sum((wi * xi for wi, xi in zip(w, x, strict=True)), b) + b * b,
}


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
@pytest.mark.parametrize("how", NEURONS)
def test_neurons_written_by_hand_are_as_few_lines_as_a_dot(how, backend):
    def loss(layers, X):
        rows = [*X.T]
        for W, b in layers:
            rows = [ag.tanh(NEURONS[how](w, rows, bi)) for w, bi in zip(W, b, strict=True)]
        return sum(rows).mean()

    rng = np.random.default_rng(0)
    layers = [(rng.normal(size=(a, b)) / 3, rng.normal(size=a)) for a, b in ((24, 8), (16, 24))]
    X, f = rng.normal(size=(13, 8)), ag.value_and_grad(loss)
    g = ag.jit(f, backend=backend)
    (value, gradient), (expected, of_eager) = g(layers, X), f(layers, X)
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    for found, want in zip(gradient, of_eager, strict=True):
        for x, y in zip(found, want, strict=True):
            np.testing.assert_allclose(x, np.array(y, dtype=float), rtol=1e-12, atol=1e-14)
    assert str(g.program(layers, X)).count("\n") < 40
    assert "dot(" in str(g.program(layers, X))
