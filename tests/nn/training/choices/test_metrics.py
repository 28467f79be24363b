"""Metrics: labels that are one, and those that are not."""

import numpy as np
import pytest

from autograd import Value
from nn import MLP, accuracy, confusion_matrix, predict


@pytest.mark.parametrize("scores", [np.array([-1.0, 2.0]), np.array([[2.0, -1.0], [0.0, 1.0]])])
def test_targets_of_a_column_are_as_many_labels(scores):
    """As losses take them: a frame of one column of labels."""
    for metric in (accuracy, confusion_matrix):
        assert np.array_equal(metric(scores, [[0], [1]]), metric(scores, [0, 1]))
        with pytest.raises(ValueError, match=r"of shape \(3, 1\)"):
            metric(scores, [[0], [1], [0]])


@pytest.mark.parametrize("label", [-1, 3, 0.5])
def test_labels_that_are_no_class_are_named(label):
    for metric in (accuracy, confusion_matrix):
        with pytest.raises(ValueError, match=f"labels of 3 scores are 0 to 2, given {label}"):
            metric(np.zeros((2, 3)), [0, label])


def test_scores_that_are_classes_already_are_told_what_to_write():
    for metric in (accuracy, confusion_matrix):
        with pytest.raises(ValueError, match=r"given 2; of classes .* np.mean\(classes == y\)$"):
            metric(np.array([0, 1, 2]), [0, 1, 2])
        with pytest.raises(ValueError, match="given 0.5$"):
            metric([0.3, -1.0, 2.0, 3.0], [0, 0.5, 0.7, 1])


def test_labels_may_be_floats():
    assert confusion_matrix(np.eye(2), [0.0, 1.0]).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("outputs", [1, 3])
def test_what_a_model_answers_are_scores(outputs):
    X, y = np.random.default_rng(0).normal(size=(20, 2)), np.arange(20) % 2
    model = MLP(2, [4, outputs], seed=0)
    scores = predict(model, X)
    for answered in (model(X), [model(x) for x in X], scores.tolist()):
        for metric in (accuracy, confusion_matrix):
            assert np.array_equal(metric(answered, y), metric(scores, y))


@pytest.mark.parametrize(
    ("scores", "shape"),
    [
        (np.zeros((5, 3, 2)), "(5, 3, 2)"),
        (np.zeros((5, 1)), "(5, 1)"),
        ([[Value(np.zeros(5))]], "(1, 5, 1)"),
        (1.0, "()"),
        (Value(1.0), "()"),
        ([], "(0,)"),
        (np.zeros((5, 0)), "(5, 0)"),
    ],
    ids=str,
)
def test_scores_of_another_shape_are_an_error(scores, shape):
    for metric in (accuracy, confusion_matrix):
        with pytest.raises(ValueError, match=r"array \(n,\), or \(n, k\)") as raised:
            metric(scores, np.zeros(5))
        assert str(raised.value).endswith(f"given one of shape {shape}")


@pytest.mark.parametrize("measure", [accuracy, confusion_matrix])
@pytest.mark.parametrize("texts", [["no", "yes"], np.array(["no", "yes"], object)])
def test_texts_are_told_how_they_are_compared(measure, texts):
    way = r'np.mean\(predict\(model, X, "classes"\) == y\)'
    with pytest.raises(ValueError, match=f"scores are numbers, given 'no'; .*{way}"):
        measure(texts, texts)
    with pytest.raises(ValueError, match=f"targets are numbers, given 'no'; .*{way}"):
        measure([-1.0, 1.0], texts)
