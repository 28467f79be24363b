"""Folding keeps every result, to the sign of a zero: random programs, made with and without it."""

import math
import warnings
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_programs import recorded, value_and_gradient, without_dead_code
from reference import interpret

import autograd as ag
from autograd.compiler.programs.program import ARITHMETIC, ARITY, Program
from autograd.compiler.recording.fold import emit
from autograd.compiler.rolling.dots import with_dots
from autograd.compiler.rolling.passes import operations

SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, -0.5, math.inf, -math.inf, math.nan]
OPERATIONS = [*ARITHMETIC, "neg", "neg", "pow", "abs", "maximum"]  # neg often: most rules are of it
NEAR = 6  # operands are among the last numbers, or rules would seldom meet
PAIRS = np.array([*product([*SPECIAL, 0.3, -7.0, 1e308], repeat=2)]).T.copy()
steps = st.lists(
    st.tuples(st.sampled_from(OPERATIONS), st.integers(1, NEAR), st.integers(1, NEAR)), max_size=12
)


def program(constants, steps, fold):
    """Every step an operation on two numbers before it, all of them outputs; inputs per sample."""
    p = Program()
    numbers = [p.constant(x) for x in constants] + [p.input(k, 0, 1, True) for k in range(2)]
    for op, a, b in steps:
        operands = [numbers[-i] for i in (a, b)][: 1 if op in ("neg", "abs") else 2]
        numbers.append(emit(p, op, *operands) if fold else p.add(op, *operands))
    p.outputs = numbers
    return p


def assert_same_bits(found, plain):
    for x, y in zip(found, plain, strict=True):
        np.testing.assert_array_equal(x, y)
        signs = [np.where(np.isnan(z), False, np.signbit(z)) for z in (x, y)]
        np.testing.assert_array_equal(*signs)  # a nan has no sign


def test_every_operation_on_every_pair():
    """Of two inputs, their negatives and the special constants, for the special values of both."""

    def every(make):
        p = Program()
        numbers = [p.input(k, 0, 1, True) for k in range(2)]
        numbers += [p.add("neg", x) for x in numbers] + [p.constant(x) for x in SPECIAL]
        p.outputs = [
            make(p, op, *operands)
            for op in sorted({*OPERATIONS, "mod", "exp"})
            for operands in product(numbers, repeat=ARITY[op])
        ]
        return interpret(p, PAIRS, PAIRS.shape[1])

    assert_same_bits(every(emit), every(Program.add))


@settings(max_examples=200, deadline=None)
@given(st.tuples(*[st.sampled_from(SPECIAL)] * 4), steps)
def test_folding_and_dead_code_keep_every_bit(constants, steps):
    n = PAIRS.shape[1]
    plain = interpret(program(constants, steps, fold=False), PAIRS, n)
    folded = program(constants, steps, fold=True)
    for other in (folded, without_dead_code(folded), with_dots(folded)):
        assert_same_bits(interpret(other, PAIRS, n), plain)


def count(f, arguments):
    return operations(without_dead_code(recorded(f, arguments)))


def test_a_minus_is_not_an_operation_of_its_own():
    assert count(lambda x, y: [x + -y], 2) == count(lambda x, y: [-y + x], 2) == 1
    assert count(lambda x, y: [-x * -y, -x / -y], 2) == 2
    assert count(lambda x, y: [-x * 2.0, 3.0 / -y], 2) == 2
    assert count(lambda x, y: [x - -y], 2) == 1
    assert count(lambda x, y: [-x - y], 2) == 2  # -(x + y) would have another zero


def test_the_gradient_of_a_difference_negates_nothing():
    f = value_and_gradient(lambda x, y: (x - y) ** 2 + ag.exp(x))
    assert "neg" not in without_dead_code(recorded(lambda x, y: f(x, y)[:2], 2)).op


def test_twice_a_number_reads_it_once():
    p = Program()
    x = p.input(0, 0)
    twice = emit(p, "add", x, x)
    assert (p.op[twice], p.a[twice], p.value(p.b[twice])) == ("mul", x, 2.0)


def test_recording_a_nan_raises_no_warning_of_numpys():
    """Python compares two floats by an instruction that flags a nan, once it knows both are floats."""
    clip = ag.jit(lambda v: np.clip(v[::-1], 0.0, 1.0), backend="python")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in range(1, 20):
            assert (
                clip(np.arange(n) - 1.5).tolist()
                == np.clip(np.arange(n)[::-1] - 1.5, 0, 1).tolist()
            )
