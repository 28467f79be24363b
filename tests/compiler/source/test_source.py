"""Programs as Python's source: short, of nothing but our own words, the same numbers as `execute`."""

import math
from itertools import product

import numpy as np
import pytest
from random_programs import ARRAYS, PLAIN, random_program, with_all_outputs
from recorded_programs import network, program_of, simulation, value_and_gradient
from reference import execute
from rolled_programs import ARRAY, Maker

import autograd as ag
from autograd.compiler.programs.functions import FUNCTIONS
from autograd.compiler.programs.program import ARITY, DOTS, SOURCES
from autograd.compiler.rolling.roll import roll
from autograd.compiler.rolling.rolled import Dot, Group, Leaf, Loop, Outputs, Rolled, Stage
from autograd.compiler.source import numpy_backend, python_backend
from autograd.compiler.source.forms import IEEE, PYTHON, Term, constant, expression
from autograd.compiler.source.numpy_backend import ARRAYS as OF_ARRAYS
from autograd.compiler.source.numpy_backend import IEEE_ARRAYS
from autograd.compiler.source.text import FORMS

BACKENDS = [python_backend, numpy_backend]
BACKEND = pytest.mark.parametrize("backend", BACKENDS, ids=["python", "numpy"])
MANY = [0, 1, 7, 100]


@pytest.mark.parametrize("table", [IEEE, PYTHON, OF_ARRAYS, IEEE_ARRAYS, FORMS])
def test_a_table_has_every_operation(table):
    assert table.keys() - {"count"} == FUNCTIONS.keys()
    assert FUNCTIONS.keys() == ARITY.keys() - SOURCES - {*DOTS, "total"}  # all but loads and loops


def assert_same(found, expected, rtol):
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.broadcast_to(x, np.shape(y)), y, rtol=rtol, atol=rtol)


@BACKEND
@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed, backend):
    rolled = roll(with_all_outputs(random_program(seed)))
    kernel = backend.build(rolled, 2)
    for n in (0, 1, 5):
        assert_same(kernel.run(ARRAYS, n)[0], execute(rolled, ARRAYS, n), 1e-12)


@BACKEND
@pytest.mark.parametrize("seed", range(40))
def test_arithmetic_has_the_references_bits(seed, backend):
    rolled = roll(with_all_outputs(random_program(1000 + seed, *PLAIN, totals=False)))
    kernel = backend.build(rolled, 2)
    for n in (0, 1, 5):
        found, expected = kernel.run(ARRAYS, n)[0], execute(rolled, ARRAYS, n)
        for x, y in zip(found, expected, strict=True):
            np.testing.assert_array_equal(x, y)
            signs = [np.where(np.isnan(z), False, np.signbit(z)) for z in (x, y)]
            np.testing.assert_array_equal(*signs)  # of zeros too; a nan has none


@BACKEND
@pytest.mark.parametrize("seed", range(40))
def test_random_rolled_programs_with_loops(seed, backend):
    maker = Maker(seed, ["USU", "SU", "S", "SUS", "U"][seed % 5])
    kernel = backend.build(maker.rolled, 3)
    rng = np.random.default_rng(seed)
    for n in MANY:
        arrays = [
            rng.normal(size=ARRAY),
            rng.normal(size=(n, maker.features)),
            rng.normal(size=200),
        ]
        assert_same(kernel.run(arrays, n)[0], execute(maker.rolled, arrays, n), 1e-11)


@BACKEND
def test_a_layer_is_a_few_lines_whatever_its_width(backend):
    short = [len(backend.build(network(4, hidden), 5).source.splitlines()) for hidden in (8, 64)]
    assert short[0] == short[1] < 50


@BACKEND
@pytest.mark.parametrize("n", [1, 7, 100])
def test_a_network_and_its_gradients(backend, n):
    rng = np.random.default_rng(n)
    rolled = network(5, 12)
    arrays = [rng.normal(size=shape) for shape in ((12, 5), 12, 12, (n, 5), n)]
    found = backend.build(rolled, 5).run(arrays, n)[0]
    assert_same(found, execute(rolled, arrays, n), 1e-12)


def test_weights_meet_samples_in_matrix_products():
    source = numpy_backend.build(network(5, 12), 5).source
    assert "np.tanh(arg0[0 : 60].reshape(12, 5) @ s[0 : 5] + arg1[0 : 12][:, None])" in source
    assert "@ s[0 : 5].T" in source  # the outer product, summed over samples


@BACKEND
def test_a_simulation_stays_a_loop(backend):
    rolled, arrays = simulation(200), [np.array([0.01, 0.5, 1.0])]
    kernel = backend.build(rolled, 1)
    assert len(kernel.source.splitlines()) < 20
    assert kernel.run(arrays, 0)[0] == execute(rolled, arrays)


def test_what_python_writes_needs_no_library():
    for rolled in (network(3, 8), simulation(10)):
        source = python_backend.build(rolled, 5).source
        assert "numpy" not in source
        assert "np." not in source


def test_division_by_zero_is_found_late_and_answered_as_ieee_has_it():
    kernel = python_backend.build(roll(program_of(lambda x: [1.0 / x, ag.exp(1.0 / x)], 1)), 1)
    assert "1.0 / arg0[0]" in kernel.source
    assert kernel.run([np.array(0.0)], 0)[0] == [math.inf, math.inf]
    assert kernel.run([np.array(-0.0)], 0)[0] == [-math.inf, 0.0]
    assert kernel.run([np.array(2.0)], 0)[0] == [0.5, math.exp(0.5)]


@BACKEND
def test_a_watched_nan_is_seen_wherever_it_is(backend):
    for space in "US":
        many = space == "S"
        leaf = Leaf("S", 0) if many else Leaf("A", 0, array=0)
        group = Group((0, "log"), (leaf,), Leaf(space, int(many)), many)
        rolled = Rolled(
            [Stage(many, [group])], watch=[group.target], outputs=Outputs.of([group.target])
        )
        rolled.sample_inputs = [(0, 0, 1)] if many else []
        rolled.sample_slots, rolled.uniform_slots = 2 * many, 1
        kernel = backend.build(rolled, 1)
        for n in (1, 8):
            x = np.ones(n)
            assert not kernel.run([x], n)[1]
            x[-1 if many else 0] = -1
            assert kernel.run([x], n)[1] is True


def by_hand(backend, rolled, x):
    """What a program of one feature a sample answers, as lists."""
    found = backend.build(rolled, 1).run([x], len(x))[0]
    assert_same(found, execute(rolled, [x], len(x)), 1e-15)
    return [y.tolist() if isinstance(y, np.ndarray) else y for y in found]


@BACKEND
def test_a_later_stage_reads_the_samples_of_an_earlier_one(backend):
    x, doubled, centred = Leaf("S", 0), Leaf("S", 1), Leaf("S", 2)
    first = Stage(True, [Group((0, 0, "add"), (x,), doubled, True)])
    first.items.append(Group((0,), (x,), Leaf("U", 0), True, total=True))
    second = Stage(False, [Group((0, "neg"), (Leaf("U", 0),), Leaf("U", 1), False)])
    third = Stage(True, [Group((0, 1, "add"), (doubled, Leaf("U", 1)), centred, True)])
    rolled = Rolled(
        [first, second, third], outputs=Outputs.of([centred]), sample_inputs=[(0, 0, 1)]
    )
    rolled.sample_slots, rolled.uniform_slots = 3, 2
    assert by_hand(backend, rolled, np.array([1.0, 2.0, 6.0])) == [[-7.0, -5.0, 3.0]]


@BACKEND
@pytest.mark.parametrize("turned", [False, True])
def test_an_outer_product_in_either_order(backend, turned):
    squares = Group((0, 0, "mul"), (Leaf("S", 0),), Leaf("S", 1), True)
    minus = Group((0, "neg"), (Leaf("S", 0),), Leaf("S", 2), True)
    leaves = (Leaf("S", 0, 1, 0), Leaf("S", 1, 0, 1))
    leaves = leaves[::-1] if turned else leaves
    outer = Group((0, 1, "mul"), leaves, Leaf("U", 0, 1, 3), True, count=3, outer=2, total=True)
    rolled = Rolled([Stage(True, [squares, minus, outer])], sample_inputs=[(0, 0, 1)])
    rolled.outputs = Outputs.of([Leaf("U", k) for k in range(6)])
    rolled.sample_slots, rolled.uniform_slots = 3, 6
    x = np.array([1.0, 2.0, -3.0])
    columns = [x, x * x, -x]
    expected = [columns[i] @ columns[1 + o] for o in range(2) for i in range(3)]
    assert by_hand(backend, rolled, x) == expected


@BACKEND
@pytest.mark.parametrize(("near", "far"), [(1, 6), (3, 1), (2, 7), (-3, -1)])
@pytest.mark.parametrize("shared", [True, False])
def test_a_matrix_times_a_vector_however_it_lies(backend, near, far, shared):
    """y[i] = (Σ w[far·i + near·j] v[j]) x, of a shared vector v or the samples' own numbers."""
    base = 25 if near < 0 else 0
    vector = Leaf("A", 40, array=1) if shared else Leaf("S", 0)
    leaves = (Leaf("A", base, inner=far, array=1), vector, Leaf("S", 0))
    dots = (Dot(6, 0, 1, near, 1),)
    target = Leaf("S", 6, inner=1)
    group = Group((-1, 2, "mul"), leaves, target, True, count=3, dots=dots)
    rolled = Rolled([Stage(True, [group])], sample_slots=9)
    rolled.sample_inputs = [(0, 5 - k, 6) for k in range(6)]  # turned round on their way
    rolled.outputs = Outputs.of([Leaf("S", 6 + k) for k in range(3)])
    x, w = np.random.default_rng(0).normal(size=(4, 6)), np.arange(50.0)
    kernel = backend.build(rolled, 2)
    for n in (0, 1, 4):
        found = kernel.run([x[:n], w], n)[0]
        assert_same(found, execute(rolled, [x[:n], w], n), 1e-13)
        assert {y.shape for y in found} == {(n,)}


@BACKEND
def test_a_loop_carries_what_it_read_before_it_was_overwritten(backend):
    """Fibonacci numbers of x and 2x: a register keeps a number whose slot changes."""
    a, b, old = Leaf("S", 1), Leaf("S", 2), Leaf("L", 0)
    start = [Group((0,), (Leaf("S", 0),), a, True), Group((0, 0, "add"), (a,), b, True)]
    kept = Group((0,), (b,), old, True)
    added = Group((0, 1, "add"), (a, b), b, True)
    moved = Group((0,), (old,), a, True)
    stage = Stage(True, [*start, Loop(4, (kept, added, moved), True)])
    rolled = Rolled(
        [stage], outputs=Outputs.of([b]), sample_inputs=[(0, 0, 1)], sample_slots=3, locals=1
    )
    assert by_hand(backend, rolled, np.array([1.0, 2.0])) == [[13.0, 26.0]]
    moving = Group((0,), (Leaf("S", 1, inner=1),), Leaf("S", 1, inner=1), True, count=2)
    stage.items.append(moving)  # now slots 1 and 2 are rows of an array
    assert by_hand(backend, rolled, np.array([1.0, 2.0])) == [[13.0, 26.0]]


@BACKEND
def test_one_number_for_every_sample(backend):
    group = Group((0,), (Leaf("K", 0),), Leaf("S", 1), True)
    rolled = Rolled([Stage(True, [group])], [2.5], sample_inputs=[(0, 0, 1)], sample_slots=2)
    rolled.outputs = Outputs.of([Leaf("S", 1)])
    assert by_hand(backend, rolled, np.array([1.0, 2.0])) == [[2.5, 2.5]]


@BACKEND
def test_outputs_are_the_callers_own(backend):
    """An output that is an argument is a copy of it."""
    rolled = Rolled(outputs=Outputs.of([Leaf("S", 0)]), sample_inputs=[(0, 1, 2)], sample_slots=1)
    rolled.stages.append(
        Stage(True, [Group((0,), (Leaf("S", 0),), Leaf("U", 0), True, total=True)])
    )
    rolled.uniform_slots = 1
    x = np.arange(6.0)
    (found,) = backend.build(rolled, 1).run([x], 3)[0]
    found += 1
    np.testing.assert_array_equal(found, [2, 4, 6])
    np.testing.assert_array_equal(x, np.arange(6.0))


def test_parentheses_stand_where_they_must():
    def text(*code):
        return expression(code, PYTHON, lambda k: constant(["2.0", "-3.0", "inf"][k]), None).text

    assert text(0, 1, "sub", 2, "sub") == "2.0 - -3.0 - inf"
    assert text(0, 1, 2, "sub", "sub") == "2.0 - (-3.0 - inf)"
    assert text(0, 1, "add", 2, "mul", "neg") == "-((2.0 + -3.0) * inf)"
    assert text(0, 1, "lt", 2, 0, "ge", "xor", "not") == "not (2.0 < -3.0) != (inf >= 2.0)"
    chosen = text(0, 1, "lt", 0, 1, "lt", 1, 2, "select", 2, "select")
    assert chosen == "(-3.0 if 2.0 < -3.0 else inf) if 2.0 < -3.0 else inf"


@pytest.mark.parametrize("forms", [PYTHON, OF_ARRAYS], ids=["python", "numpy"])
@pytest.mark.parametrize("ops", [*product(["and", "or", "xor"], repeat=2)])
def test_conditions_of_conditions_are_grouped_as_they_were_made(ops, forms):
    inner, outer = ops
    truths = np.array([*product([False, True], repeat=3)]).T
    for code in ((0, 1, inner, 2, outer), (0, 1, 2, inner, outer)):
        text = expression(code, forms, lambda k: Term("xyz"[k]), None).text
        run = eval(f"lambda x, y, z: {text}")
        found = run(*truths) if forms is OF_ARRAYS else [run(*row) for row in truths.T.tolist()]
        assert np.array_equal(found, postfix(code, truths)), text


def postfix(code, numbers):
    """What postfix code answers."""
    stack = []
    for word in code:
        y = stack.pop() if isinstance(word, str) else None
        stack.append(numbers[word] if y is None else FUNCTIONS[word](stack.pop(), y))
    return stack.pop()


def test_deep_expressions_become_lines():
    """Neither Python's parser nor ours has a limit that a long program meets."""

    def deep(x):
        for _ in range(3000):
            x = ag.sin(x) + 1.0
        return [x]

    for backend in BACKENDS:
        kernel = backend.build(roll(program_of(deep, 1)), 1)
        assert max(map(len, kernel.source.splitlines())) < 200
        assert kernel.run([np.array(0.3)], 0)[0] == [deep(0.3)[0]]


def test_numbers_may_come_as_lists():
    both = value_and_gradient(lambda x, y: x * ag.tanh(y))
    kernel = python_backend.build(roll(program_of(both, 2)), 2)
    assert kernel.run([[1.5], [0.5]], 0)[0] == both(1.5, 0.5)
