"""Sorting, and what follows from it: right for every sample, whose orders differ."""

import numpy as np
import pytest
from helpers import close_arrays
from hypothesis import given
from hypothesis import strategies as st

from autograd import grad, jit, vmap
from autograd.protocols.ordering import exchanges

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
ORDERED = {
    "sort": lambda x: np.sort(x) * [1.0, 10.0, 100.0, 1000.0, 10000.0],
    "argsort": lambda x: np.argsort(x) * 1.0 + 0 * x,
    "argmax, argmin": lambda x: np.stack([np.argmax(x) * 1.0, np.argmin(x) * x[0]]),
    "partition": lambda x: np.partition(x, 1)[1] ** 2,
    "trimmed mean": lambda x: np.mean(np.sort(x)[1:-1] ** 2),
    "median": lambda x: np.median(np.abs(x - np.median(x))),
    "quantiles": lambda x: np.quantile(x, [0.1, 0.77]),
    "take": lambda x: np.take(x, np.argsort(x)[:2]) * x[0],
    "take along": lambda x: np.take_along_axis(np.outer(x, x), np.argsort(np.outer(x, x)), 1)[1],
    "choose": lambda x: np.choose(np.argmax(x), [k * x[k] for k in range(5)]),
}
TIES = [
    [1.0, 3.0, 2.0, 5.0, 4.0],
    [2.0, 2.0, 1.0, 2.0, 1.0],
    [0.0, -0.0, 0.0, -0.0, 0.0],
    [2.0, np.inf, -np.inf, np.inf, 0.0],
    [3.0, np.nan, 1.0, np.nan, 2.0],
]


@pytest.mark.parametrize("name", EACH)
def test_every_sample_has_an_order_of_its_own(name):
    f = EACH[name]
    close_arrays(vmap(f)(ROWS), [f(row) for row in ROWS])
    total = lambda row: np.sum(f(row))
    close_arrays(vmap(grad(total))(ROWS), [grad(total)(row) for row in ROWS])


def ordered(x):
    return {name: f(x) for name, f in ORDERED.items()}


def ordered_slopes(x):
    return {name: grad(lambda x, f=f: np.sum(f(x)))(x) for name, f in ORDERED.items()}


@pytest.mark.parametrize("backend", ["python", "numpy", "llvm"])
@pytest.mark.parametrize("f", [ordered, ordered_slopes])
def test_jit_orders_numbers_that_come_later_as_they_are_ordered_now(f, backend):
    many, one, rows = jit(vmap(f), backend=backend), jit(f, backend=backend), np.array(TIES)
    want, found, single = vmap(f)(rows), many(rows), [one(row) for row in rows]
    for name in ORDERED:
        close_arrays(found[name], want[name])
        close_arrays(np.array([answers[name] for answers in single]), want[name])


@pytest.mark.parametrize("f", [ordered, ordered_slopes])
def test_samples_that_are_ordered_may_be_asked_for_one_by_one(f):
    def one_by_one(rows):
        return {name: [*samples] for name, samples in vmap(f)(rows).items()}

    found, want = jit(one_by_one, backend="python")(np.array(TIES)), vmap(f)(np.array(TIES))
    for name in ORDERED:
        close_arrays(np.array(found[name]), want[name])


@given(st.lists(st.integers(0, 9), max_size=40))
def test_the_network_of_exchanges_puts_any_numbers_in_order(numbers):
    row = [*numbers]
    for i, j in exchanges(len(row)):
        row[i], row[j] = min(row[i], row[j]), max(row[i], row[j])
    assert row == sorted(numbers)
