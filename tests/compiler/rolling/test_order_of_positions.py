"""The order of positions: what an instruction reads is computed before it."""

import numpy as np
import pytest

from autograd import jit, value_and_grad, vmap
from autograd.compiler.programs.program import Program
from autograd.compiler.rolling.columns import Columns, results
from autograd.compiler.rolling.flow import COMPUTED, Flow

PLACES = np.linspace(0.0, 1.0, 3)


def conditions_of_two_stages():
    """A condition for one sum of samples and for one number before, through another condition too."""
    p = Program()
    a, b, x = p.input(0, 0), p.input(0, 1), p.input(1, 0, 1, per_sample=True)
    less = p.add("lt", a, b)
    either = p.add("or", less, p.add("eq", a, b))
    before = p.add("select", either, a, b)
    at_once = p.add("select", p.add("not", less), b, before)
    total = p.add("total", p.add("mul", x, at_once))
    after = p.add("add", total, total)
    p.outputs = [p.add("select", less, after, a), p.add("select", either, b, after)]
    return p


def test_a_condition_comes_before_the_first_that_reads_it():
    """It was computed where the last one reads it, which came after the first."""
    p = conditions_of_two_stages()
    flow = Flow(Columns.of(p), results(p))
    assert len({*flow.stage.tolist()}) > 1
    computed = flow.space == COMPUTED
    assert (flow.value < flow.reader)[computed].all()


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
def test_the_slopes_of_an_interpolated_table_for_many_tables(backend):
    """IndexError: index 168 is out of bounds for axis 0 with size 36."""

    def squares(table, points):
        return np.sum(np.interp(points, PLACES, table) ** 2)

    rng = np.random.default_rng(0)
    tables, points = rng.random((4, 3)), rng.random(8)
    every = vmap(value_and_grad(squares), in_axes=(0, None))
    for one, other in zip(
        jit(every, backend=backend)(tables, points), every(tables, points), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-13)
