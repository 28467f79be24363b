"""Metrics: labels that are one, and those that are not."""

import numpy as np
import pytest

from nn import accuracy, confusion_matrix


def test_targets_of_a_column_are_no_one_hot_rows():
    for metric in (accuracy, confusion_matrix):
        with pytest.raises(ValueError, match=r"shape \(2,\), targets of shape \(2, 1\)"):
            metric([-1.0, 2.0], [[0], [1]])


@pytest.mark.parametrize("label", [-1, 3, 0.5])
def test_labels_that_are_no_class_are_named(label):
    for metric in (accuracy, confusion_matrix):
        with pytest.raises(ValueError, match=f"labels of 3 scores are 0 to 2, given {label}"):
            metric(np.zeros((2, 3)), [0, label])


def test_labels_may_be_floats():
    assert confusion_matrix(np.eye(2), [0.0, 1.0]).tolist() == [[1, 0], [0, 1]]
