"""Sorting, choosing and indexing: right for every sample, whose orders differ."""

import numpy as np
import pytest
from helpers import close_arrays

from autograd import BatchError, GradientLostError, grad, vmap

ROWS = np.array([[1.0, 3.0, 2.0], [3.0, 2.0, 1.0], [2.0, 2.0, 5.0]])
EACH = {
    "argsort as an index": lambda x: x[np.argsort(x)] * [1.0, 10.0, 100.0],
    "argsort, reversed": lambda x: x[x.argsort()[::-1]] ** 2,
    "argmax as an index": lambda x: x[np.argmax(x)] ** 2,
    "argmin from the end": lambda x: x[np.argmin(x) - 3] ** 2,
    "take": lambda x: np.take(x, np.argsort(x)) * x,
    "rows of a matrix": lambda x: np.outer(x, x)[np.argmax(x)],
    "an element of a matrix": lambda x: np.outer(x, x * x)[0, np.argmax(x)],
    "take_along_axis": lambda x: np.take_along_axis(
        np.outer(x, x), np.argsort(np.outer(x, x), 1), 1
    ),
    "select": lambda x: np.select([x > 2, x > 1], [x * x, 10 * x], -x),
    "choose": lambda x: np.choose(np.argmax(x), [x[0], 2 * x[1], 3 * x[2]]),
    "median": lambda x: np.median(x) * x[0],
}


@pytest.mark.parametrize("name", EACH)
def test_every_sample_has_an_order_of_its_own(name):
    f = EACH[name]
    close_arrays(vmap(f)(ROWS), [f(row) for row in ROWS])
    total = lambda row: np.sum(f(row))
    close_arrays(vmap(grad(total))(ROWS), [grad(total)(row) for row in ROWS])


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
    with pytest.raises(GradientLostError, match="beside a slice"):
        vmap(lambda x: np.outer(x, x)[:, np.argmax(x)])(ROWS)
    with pytest.raises(ValueError, match="a choice for each condition"):
        grad(lambda x: np.select([x > 1], [x, x]).sum())(ROWS)
