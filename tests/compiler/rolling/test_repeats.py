"""Cheap numbers are computed where they are read: every bit stays, and slots go."""

import numpy as np
import pytest
from random_programs import ARRAYS, random_program
from reference import assert_a_last_pass_keeps_every_bit, execute, interpret

from autograd.compiler.programs.program import Program
from autograd.compiler.rolling import repeats
from autograd.compiler.rolling.columns import CODE, Columns, results
from autograd.compiler.rolling.repeats import with_repeats
from autograd.compiler.rolling.roll import roll


@pytest.mark.parametrize("seed", range(60))
def test_every_bit_stays(seed, monkeypatch):
    monkeypatch.setattr(repeats, "CACHED", -1)
    assert_a_last_pass_keeps_every_bit(with_repeats, random_program(seed), ARRAYS, 5)


def squares_and_products(count):
    """d = x - m is read by a sum of squares and by its product with x, for so many m."""
    p = Program()
    x = p.input(0, 0, 1, per_sample=True)
    for k in range(count):
        d = p.add("sub", x, p.input(1, k))
        p.outputs += [p.add("total", p.add("sin", d)), p.add("total", p.add("mul", d, x))]
    return p


def test_a_difference_that_two_read_has_no_slot_in_a_large_program():
    large = squares_and_products(repeats.CACHED + 1)
    other = with_repeats(large)
    assert [*other.op].count("sub") == 2 * large.op.count("sub")
    columns = Columns.of(other)
    assert (columns.uses(results(other))[columns.op == CODE["sub"]] == 1).all()
    assert roll(large).sample_slots == 1  # the input
    arrays = [np.linspace(-1, 1, 5), np.arange(repeats.CACHED + 1.0)]
    np.testing.assert_array_equal(execute(roll(large), arrays, 5), interpret(large, arrays, 5))


def test_what_fits_the_cache_stays_as_it_is():
    small = squares_and_products(8)
    assert with_repeats(small) is small


def test_what_a_dot_reads_or_costs_more_or_many_read_stays(monkeypatch):
    monkeypatch.setattr(repeats, "CACHED", -1)
    p = Program()
    x = p.input(0, 0, 1, per_sample=True)
    in_dot = p.add("sub", x, p.constant(0.1))
    costly = p.add("mul", p.add("exp", x), p.constant(3.0))
    popular = p.add("add", x, p.constant(0.2))
    result = p.add("mul", x, x)
    p.outputs = [
        result,
        p.dot([in_dot, x], [in_dot, x]),
        p.add("sin", in_dot),
        p.add("cos", result),
    ]
    p.outputs += [p.add(op, costly) for op in ("sin", "cos")]
    p.outputs += [p.add(op, popular) for op in ("sin", "cos", "tan", "exp")]
    assert with_repeats(p) is p
