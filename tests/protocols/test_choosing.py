"""Choosing and indexing: right for every sample, whose places differ."""

import numpy as np
import pytest
from helpers import close_arrays

from autograd import BatchError, GradientLostError, grad, jit, vmap

ROWS = np.array([[1.0, 3.0, 2.0], [3.0, 2.0, 1.0], [2.0, 2.0, 5.0]])


def test_places_are_looked_up_where_python_runs_once():
    table = np.arange(12.0).reshape(4, 3)
    look_up = vmap(lambda i, rows: rows[i], in_axes=(0, None))
    places = np.array([3.0, 0.0, 3.0])
    close_arrays(jit(look_up)(places, table), table[[3, 0, 3]])
    slopes = grad(lambda rows, i: np.sum(look_up(i, rows)))
    close_arrays(jit(slopes)(table, places), slopes(table, places))
    take = jit(lambda row, i: np.take(row, i))
    assert [take(table[1], i) for i in (0, 2, -1)] == [3.0, 5.0, 5.0]
    assert np.isnan([take(table[1], i) for i in (3.0, -4.0, 0.5)]).all()  # no error for a number
    take = jit(vmap(lambda i, j, rows: rows[i, j], in_axes=(0, 0, None)))
    close_arrays(take(places, np.array([1.0, 2.0, 3.0]), table), [10, 2, np.nan])


def test_truths_of_each_sample():
    assert vmap(lambda x: np.any(x > 4))(ROWS).tolist() == [0, 0, 1]
    assert vmap(lambda x: np.all(x > 1))(ROWS).tolist() == [0, 0, 1]
    assert vmap(lambda x: np.count_nonzero(x > 1))(ROWS).tolist() == [2, 2, 3]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[x > 1].sum(),
        lambda x: x[0] if x[0] > 1 else x[1],
        lambda x: np.nonzero(x > 1)[0],
        lambda x: x.__setitem__(x > 1, 0.0),
    ],
)
def test_lengths_and_branches_that_differ_name_where(f):
    with pytest.raises(BatchError, match=r"where\(condition, x, y\) chooses sample by sample"):
        vmap(f)(ROWS)


def test_indices_that_point_nowhere_are_refused():
    with pytest.raises(IndexError, match="places in 3 elements"):
        vmap(lambda x: np.choose(x + 9, [x[0], x[1], x[2]]))(ROWS)
    for place in (3.0, -4.0, 0.5):  # of one sample of three
        with pytest.raises(IndexError, match="places in 3 elements"):
            vmap(lambda x, i: x[i])(ROWS, np.array([0.0, place, 1.0]))
    with pytest.raises(GradientLostError, match="beside a slice"):
        vmap(lambda x: np.outer(x, x)[:, np.argmax(x)])(ROWS)
    with pytest.raises(ValueError, match="a choice for each condition"):
        grad(lambda x: np.select([x > 1], [x, x]).sum())(ROWS)
