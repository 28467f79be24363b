"""Composites that step, against NumPy's, on floats, batches and under vmap."""

import math
from fractions import Fraction

import numpy as np
import pytest
from helpers import close_arrays

from autograd import Value, grad, vmap
from autograd.operations import choices, steps

X = np.array([-2.5, -0.0, 0.0, 1.0, 2.75, math.inf])
TWO = {
    "copysign": steps.copysign,
    "heaviside": steps.heaviside,
    "fmax": steps.fmax,
    "fmin": steps.fmin,
    "floor_divide": steps.floor_divide,
}


@pytest.mark.parametrize("name", TWO)
def test_two_numbers_give_what_numpys_function_gives(name):
    for y in (0.7, -2.0, math.nan, 3):
        expected = getattr(np, name)(X, y)
        close_arrays([TWO[name](x, y) for x in X.tolist()], expected)
        close_arrays(TWO[name](Value(X), y).data, expected)
        close_arrays(vmap(lambda x, y=y: TWO[name](x, y))(X), expected)


def test_steps_are_flat_and_what_was_chosen_receives():
    assert grad(lambda x: steps.trunc(x) + x // 0.4)(1.5) == 0
    assert grad(steps.copysign)(2.0, -1.0) == -1
    assert grad(steps.heaviside, 1)(0.0, 0.5) == 1
    assert grad(steps.fmax)(2.0, math.nan) == 1
    assert [grad(steps.fmax, k)(2.0, 2.0) for k in (0, 1)] == [0.5, 0.5]


def test_division_to_whole_numbers_of_a_value():
    v = Value(7.0)
    assert ((v // 2).data, (15 // v).data) == (3.0, 2.0)
    assert [z.data for z in (*divmod(v, 2), *divmod(15, v))] == [3.0, 1.0, 2.0, 1.0]
    assert (Value(Fraction(7, 2)) // 1).data == 3
    assert (v // 0).data == math.inf


def test_choices_pick_by_place():
    xs = [Value(1.0), Value(3.0)]
    z = choices.choose(1, xs)
    z.backward()
    assert (z.data, xs[0].grad, xs[1].grad) == (3.0, 0.0, 1.0)
