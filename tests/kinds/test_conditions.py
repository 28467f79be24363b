"""Conditions: one truth a sample, which counts as 0 or 1 and chooses, and is no bool."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import BatchError, NumberError, Value, grad, vmap
from autograd.kinds.conditions import Condition

X = np.array([1.0, -2.0, 3.0, 0.0])
ROWS = np.array([[1.0, 2.0, 3.0], [1.0, -1.0, 2.0], [-1.0, -1.0, -1.0]])


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda t: np.where(t > 0, 1.0, 0.0), [1, 0, 1, 0]),
        (lambda t: (t > 0) * 1.0, [1, 0, 1, 0]),
        (lambda t: 1 - (t > 0), [0, 1, 0, 1]),
        (lambda t: (t > 0).astype(float), [1, 0, 1, 0]),
        (lambda t: (t > 0) + (t > 2), [1, 0, 2, 0]),
        (lambda t: (t > 0) & (t < 2), [1, 0, 0, 0]),
        (lambda t: (t > 0) | (t == 0), [1, 0, 1, 1]),
        (lambda t: (t > 0) ^ (t > 2), [1, 0, 0, 0]),
        (lambda t: ~(t > 0), [0, 1, 0, 1]),
        (lambda t: np.logical_and(t > 0, 2 > t), [1, 0, 0, 0]),
        (lambda t: np.logical_not(t > 0), [0, 1, 0, 1]),
        (lambda t: ag.where(t > 0, t, -t), [1, 2, 3, 0]),
        (lambda t: -(t > 0), [-1, 0, -1, 0]),
        (lambda t: (t > 0) == (t < 2), [1, 0, 0, 0]),
    ],
)
def test_under_vmap_a_condition_is_one_number_a_sample(f, expected):
    assert vmap(f)(X).tolist() == expected


def test_counting_the_conditions_of_an_array_of_variables():
    assert vmap(lambda row: np.sum(row > 0))(ROWS).tolist() == [3, 2, 0]
    assert vmap(lambda row: np.mean(row > 0))(ROWS) == pytest.approx([1, 2 / 3, 0])


def test_outside_vmap_truths_count_in_sums():
    b = Value(np.array([1.0, -1.0]))
    assert ag.sum([b > 0, b > 0]).tolist() == [2, 0]


def test_a_batch_of_bools_is_of_numbers():
    b = Value(np.array([True, True, False]))
    assert b.data.dtype == float
    assert (b + b + b).mean().data == 2.0


def test_bools_beside_values_count_in_sequences():
    b = np.array([True, True, False])
    x = Value(np.array([1.0, 2.0, 3.0]))
    assert ag.dot([x, b], [b, b]).data.tolist() == [2, 3, 0]
    assert ag.sum([x, b, b]).data.tolist() == [3, 4, 3]
    assert ag.prod([x, b]).data.tolist() == [1, 2, 0]
    assert ag.logsumexp([b, x]).data == pytest.approx(np.logaddexp(b, x.data))


@pytest.mark.parametrize(
    "f",
    [
        lambda outer, inner: np.where(outer > 0, inner, 0.0),
        lambda outer, inner: ag.where(outer > 0, inner, 0.0),
        lambda outer, inner: ag.relu(outer) * inner,
        lambda outer, inner: ag.clip(outer, 0, 1) * inner + ag.leaky_relu(outer),
    ],
)
def test_a_condition_on_the_outer_variable_of_a_nested_vmap(f):
    xs, ys = np.array([1.0, -1.0, 2.0]), np.array([1.0, 2.0])
    found = vmap(lambda outer: vmap(lambda inner: f(outer, inner))(ys))(xs)
    assert np.allclose(found, [[float(f(x, y)) for y in ys] for x in xs])


def test_a_branch_not_taken_sends_nothing_through_a_condition():
    def f(x):
        return ag.where(x > 0, ag.log(x), 0.0)

    assert vmap(grad(f))(X).tolist() == [1, 0, 1 / 3, 0]
    assert vmap(grad(grad(f)))(X).tolist() == [-1, 0, -1 / 9, 0]


def test_a_constant_array_of_bools_is_returned_to_every_sample():
    truths = np.array([True, False, True, False])
    assert vmap(lambda t: truths)(X).shape == (4, 4)
    with pytest.raises(BatchError, match="in_axes=None"):
        vmap(lambda t: ag.where(truths, t, 0.0))(X)


@pytest.mark.parametrize("c", [~1, ~0])  # what ~ makes of True and False
def test_the_integers_that_python_makes_of_not_true_are_no_truths(c):
    for choose in (ag.where, np.where):
        with pytest.raises(NumberError, match=rf"got {c}.*x <= 0 in place of ~\(x > 0\)"):
            choose(c, Value(1.0), 2.0)


@pytest.mark.parametrize("ask", [bool, int, float, lambda c: [1, 2][c], math.exp])
def test_a_condition_answers_no_single_question(ask):
    with pytest.raises(BatchError, match="where"):
        ask(Condition(np.array([True, False])))


def test_an_if_under_vmap_names_where():
    with pytest.raises(BatchError, match=r"where\(condition"):
        vmap(lambda t: t if t > 0 else -t)(X)


def test_logic_of_numbers_is_refused():
    with pytest.raises(TypeError, match="&"):
        Value(1.0) & Value(2.0)
    with pytest.raises(TypeError, match="conditions"):
        ~Value(1.0)
    with pytest.raises(TypeError, match="astype"):
        Value(1.0).astype(int)


THREE = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "f",
    [
        lambda t, c: (t > c) * 1.0,
        lambda t, c: (c <= t) * 1.0,
        lambda t, c: (t == c) * 1.0,
        lambda t, c: np.less(t, c) * 1.0,
        lambda t, c: np.where(t >= c, t, 0.0),
    ],
)
def test_an_array_beside_a_sample_is_the_same_for_all_or_an_error(f):
    """It was compared sample by sample, as if it held samples."""
    other = np.array([2.0, 0.5, 2.5])
    together = vmap(f, in_axes=(0, None))(THREE, other)
    assert together.tolist() == [f(t, other).tolist() for t in THREE]
    with pytest.raises(BatchError, match="in_axes=None"):
        vmap(lambda t: f(t, other))(THREE)


@pytest.mark.parametrize(
    "f",
    [
        lambda t, c: np.where((t > 1) & (c > 1), t, 0.0),
        lambda t, c: np.where((c > 1) & (t > 1), t, 0.0),
        lambda t, c: np.where(np.logical_or(c > 1, t > 1), t, 0.0),
        lambda t, c: np.where((t > 1) ^ (c > 1), t, c),
        lambda t, c: np.isclose(t, c) * 1.0,
    ],
)
def test_truths_beside_a_sample_are_the_same_for_all(f):
    other = np.array([2.0, 0.5, 2.5])
    expected = [f(t, other).tolist() for t in THREE]
    assert vmap(f, in_axes=(0, None))(THREE, other).tolist() == expected


def test_values_compare_with_an_array_of_values_element_by_element():
    array = np.array([Value(1.0), Value(3.0)], dtype=object)
    assert (Value(2.0) > array).tolist() == [True, False]
    batch = Value(THREE) > array
    assert [c.tolist() for c in batch] == [[False, True, True], [False, False, False]]


def test_a_condition_has_an_absolute_value():
    x = np.array([1.0, -2.0])
    assert vmap(lambda v: abs(v > 0) * v)(x).tolist() == [1.0, 0.0]
