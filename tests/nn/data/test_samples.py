"""Data: what is dealt out is what was given, in the order of the seed; pandas frames are data."""

import math
import random

import numpy as np
import pytest

from nn import (
    augment,
    make_moons,
    minibatches,
    one_hot,
    standardize,
    train_test_split,
)

X = np.arange(20.0).reshape(10, 2)
y = np.arange(10)


def test_a_split_deals_every_sample_once_with_its_target():
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, seed=1)
    assert (len(X_train), len(X_test)) == (7, 3)
    assert len(train_test_split(X, y, test_size=0.21)[1]) == 3  # rounded up
    assert sorted([*y_train, *y_test]) == list(y)
    np.testing.assert_array_equal(X[y_train], X_train)
    np.testing.assert_array_equal(X[y_test], X_test)
    assert list(y_train) + list(y_test) != list(y)


def test_a_seed_gives_one_order_and_a_generator_goes_on():
    def order(seed):
        return [int(label) for _, labels in minibatches(X, y, 3, seed) for label in labels]

    assert order(3) == order(3) != order(4)
    rng = random.Random(3)
    assert order(3) == order(rng) != order(rng)


def test_minibatches_are_one_pass_over_the_data():
    batches = list(minibatches(X, y, 4))
    assert [len(labels) for _, labels in batches] == [4, 4, 2]
    for samples, labels in batches:
        np.testing.assert_array_equal(samples, X[labels])
    assert sorted(np.concatenate([labels for _, labels in batches])) == list(y)


def test_the_full_batch_is_the_data_in_order():
    ((samples, labels),) = minibatches(X, y)
    np.testing.assert_array_equal(samples, X)
    np.testing.assert_array_equal(labels, y)


def test_random_choices_leave_global_random_state_alone():
    before, numpy_before = random.getstate(), np.random.get_state()[1].copy()
    train_test_split(X, y), list(minibatches(X, y, 2)), augment(X, y, noise=1.0), make_moons()
    assert random.getstate() == before
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_before)


def test_standardized_columns_have_mean_0_and_deviation_1_and_others_follow_the_first():
    rng = np.random.default_rng(0)
    train, test = rng.normal(3, 5, (50, 4)), rng.normal(3, 5, (20, 4))
    scaled, other = standardize(train, test)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(scaled.std(axis=0), 1)
    np.testing.assert_allclose(other, (test - train.mean(axis=0)) / train.std(axis=0))
    np.testing.assert_array_equal(standardize(train), scaled)


def test_a_column_that_does_not_vary_becomes_0():
    assert standardize([[5.0, 1.0], [5.0, 3.0]]).tolist() == [[0.0, -1.0], [0.0, 1.0]]


@pytest.mark.parametrize("number", [0.1, 1e-9, 1e17, -3.3])
def test_a_column_of_one_number_is_shifted_and_not_divided_by_rounding_errors(number):
    scaled, other = standardize(np.full((7, 1), number), [[number + 1.0]])
    assert scaled.tolist() == [[0.0]] * 7
    assert other == pytest.approx((number + 1.0) - number)


@pytest.mark.parametrize("test_size", [0.2, 0.25, 0.5])
def test_a_stratified_split_keeps_the_share_of_each_label(test_size):
    labels = np.array(["a"] * 60 + ["b"] * 30 + ["c"] * 10)
    rows, index = np.arange(200.0).reshape(100, 2), np.arange(100)
    parts = train_test_split(rows, index, test_size=test_size, stratify=labels, seed=3)
    assert sorted([*parts[2], *parts[3]]) == [*index]
    np.testing.assert_array_equal(rows[parts[3]], parts[1])
    for label, count in (("a", 60), ("b", 30), ("c", 10)):
        held_out = (labels[parts[3]] == label).sum()
        assert abs(held_out - test_size * count) <= 1
    again = train_test_split(rows, index, test_size=test_size, stratify=labels, seed=4)
    assert sorted(again[3]) != sorted(parts[3])


def test_one_hot_rows_have_a_one_at_the_label():
    assert one_hot([1, 0, 1], classes=3).tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0]]
    assert one_hot([1.0, 0.0]).shape == (2, 2)


def test_augmented_data_are_the_samples_and_then_their_noisy_copies():
    bigger, labels = augment(X, y, copies=200, noise=0.5, seed=0)
    np.testing.assert_array_equal(bigger[:10], X)
    assert labels.tolist() == list(y) * 201
    noise = bigger[10:].reshape(200, 10, 2) - X
    assert noise.std() == pytest.approx(0.5, rel=0.05)
    assert noise.mean() == pytest.approx(0, abs=0.03)


def test_a_shift_moves_a_row_and_leaves_zeros_behind():
    shifted, _ = augment([[1.0, 2.0, 3.0, 4.0]], [0], copies=50, shift=1)
    assert {tuple(row) for row in shifted} == {(1, 2, 3, 4), (2, 3, 4, 0), (0, 1, 2, 3)}


def test_an_image_is_shifted_up_down_and_sideways():
    image = np.zeros((4, 5))
    image[2, 2] = 1.0
    shifted, _ = augment(image.reshape(1, -1), [0], copies=200, shift=1, image=(4, 5))
    places = {tuple(np.argwhere(row.reshape(4, 5))[0]) for row in shifted}
    assert places == {(i, j) for i in (1, 2, 3) for j in (1, 2, 3)}
    assert set(shifted.sum(axis=1)) == {1.0}


def test_a_shift_may_be_longer_than_the_row():
    shifted, _ = augment([[1.0, 2.0]], [0], copies=60, shift=5)
    assert {tuple(row) for row in shifted} == {(1, 2), (2, 0), (0, 1), (0, 0)}


def test_labels_may_be_texts():
    labels = np.array([f"label {k}" for k in y])
    for given in (labels, labels.tolist(), labels.astype(object)):
        *_, train, test = train_test_split(X, given, test_size=0.3, seed=1)
        *_, train_indices, test_indices = train_test_split(X, y, test_size=0.3, seed=1)
        assert train.tolist() == labels[train_indices].tolist()
        assert test.tolist() == labels[test_indices].tolist()
        parts = [part for _, part in minibatches(X, given, 4)]
        assert sorted(np.concatenate(parts)) == labels.tolist()
        assert augment(X, given)[1].tolist() == [*labels, *labels]
    with pytest.raises(ValueError, match="y holds texts, which are labels, and None"):
        train_test_split(X, [*labels[:9], None])


def test_pandas_frames_are_data():
    import pandas as pd

    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1]}, index=range(100, 110))
    series = pd.Series(y, index=frame.index)
    for ours, theirs in zip(train_test_split(X, y), train_test_split(frame, series), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(standardize(frame), standardize(X))
    np.testing.assert_array_equal(one_hot(series), np.eye(10))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: train_test_split(X, y[:9]), r"X has 10 samples, y is of shape \(9,\)"),
        (lambda: train_test_split(X, y, test_size=1.0), "part between 0 and 1.*given 1.0"),
        (lambda: train_test_split(X, y, test_size=0), "part between 0 and 1.*given 0"),
        (lambda: train_test_split(X, y, test_size=math.nan), "part between 0 and 1.*given nan"),
        (lambda: minibatches(X, y, 0), "batch_size .* given 0"),
        (lambda: minibatches(X, 3), r"y is of shape \(\)"),
        (lambda: standardize(X, [[1.0]]), r"same columns, given \[\(1,\), \(2,\)\]"),
        (lambda: one_hot([0, 3], classes=3), "from 0 to 2, given 3"),
        (lambda: one_hot([0, -1]), "given -1"),
        (lambda: one_hot([0, 0.5, 1]), "given 0.5"),
        (lambda: one_hot([[0, 1]]), r"given one of shape \(1, 2\)"),
        (lambda: augment(X, y, image=(-1, -2)), "image .* the 2 pixels"),
        (lambda: one_hot([-1]), "from 0 to 0, given -1"),
        (lambda: standardize([[1, 2], [3]]), "X is no array"),
        (lambda: augment(X, y, noise=-1.0), "noise is a finite number ≥ 0, given -1.0"),
        (lambda: augment(X, y, shift=1, image=(3, 3)), r"the 2 pixels of a row, given \(3, 3\)"),
        (lambda: train_test_split(X, y, stratify=y), "two samples of each label"),
        (lambda: train_test_split(X, y, stratify=y[:9] % 2), r"given shape \(9,\)"),
    ],
)
def test_a_mistake_is_an_error_that_names_it(call, message):
    with pytest.raises(ValueError, match=message):
        call()
