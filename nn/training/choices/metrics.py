"""Metrics: how often scores choose the right class. A metric is a function of (scores, targets).

Scores are what `predict` returns: (n,) numbers, a class apart by a threshold, or (n, k), one number
a class, of which the largest is chosen. So `fit` takes `accuracy` as it is; and what a model itself
answers to samples, Values, are scores too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...data.arrays import data_of, plain
from .arrangement import flat, target_shape


def classes(scores: Any, threshold: float = 0.0) -> np.ndarray:
    """The chosen classes: of (n, k) scores the index of the largest, of (n,) scores whether they are
    above the threshold (0 for logits and hinge scores, ½ for probabilities).

    >>> classes([[0.1, 0.9], [0.8, 0.2]]), classes([-3.0, 2.0])
    (array([1, 0]), array([0, 1]))
    """
    scores = _as_array(scores)
    chosen: np.ndarray = scores.argmax(axis=1) if scores.ndim == 2 else (scores > threshold) * 1
    return chosen


def _as_array(scores: Any) -> np.ndarray:
    """Scores as an array (n,), or (n, k) of two classes or more."""
    array: np.ndarray = plain("scores", scores)
    if array.dtype == object:  # Values
        array = np.array([*map(data_of, flat(scores))], float).T.reshape(target_shape(scores))
    if array.ndim not in (1, 2) or 0 in array.shape or array.shape[1:] == (1,):
        raise ValueError(
            f"scores are an array (n,), or (n, k) of k classes, as predict(model, X) returns; given "
            f"one of shape {array.shape}"
        )
    return array


def _true_and_chosen(scores: Any, targets: Any, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    for name, given in (("scores", scores), ("targets", targets)):
        texts = [x for x in plain(name, given).ravel()[:1].tolist() if isinstance(x, str)]
        if texts:
            raise ValueError(
                f"{name} are numbers, given {texts[0]!r}; of labels that are texts the accuracy is "
                f'np.mean(predict(model, X, "classes") == y)'
            )
    scores = _as_array(scores)
    chosen, targets = classes(scores, threshold), plain("targets", targets)
    if targets.shape == (*chosen.shape, 1):
        targets = targets[:, 0]
    if scores.ndim == 1:
        wrong = targets[~np.isin(targets, (-1, 0, 1))]
        if wrong.size:
            advice = "; of classes that are chosen already, the accuracy is np.mean(classes == y)"
            raise ValueError(
                f"labels of one score are 0 and 1, or -1 and 1; given {wrong.flat[0]}"
                + advice * (scores.dtype.kind in "iu")
            )
        targets = (targets > 0) * 1
    elif targets.ndim == 2:  # one-hot
        targets = classes(targets)
    if targets.shape != chosen.shape:
        raise ValueError(f"scores of shape {scores.shape}, targets of shape {targets.shape}")
    if scores.ndim == 2:
        k = scores.shape[1]
        wrong = targets[~np.isin(targets, range(k))]
        if wrong.size:
            raise ValueError(f"labels of {k} scores are 0 to {k - 1}, given {wrong[0]}")
        targets = targets.astype(int)
    return targets, chosen


def accuracy(scores: Any, targets: Any, threshold: float = 0.0) -> float:
    """The share of samples whose chosen class is the true one.

    Targets are class indices or one-hot rows for (n, k) scores, two labels (0 and 1, -1 and 1) for
    (n,); a column (n, 1) stands for (n,). Raises ValueError for other labels, for scores of another
    shape, and for scores and targets of different lengths.

    >>> accuracy([-3.0, 2.0, 1.0, -1.0], [-1, 1, -1, -1])
    0.75
    """
    true, chosen = _true_and_chosen(scores, targets, threshold)
    return float((true == chosen).mean())


def confusion_matrix(scores: Any, targets: Any, threshold: float = 0.0) -> np.ndarray:
    """Counts of samples: row i, column j those of class i for which class j was chosen.

    Arguments as for `accuracy`.

    >>> confusion_matrix([-3.0, 2.0, 1.0, -1.0], [0, 1, 0, 0])
    array([[2, 1],
           [0, 1]])
    """
    true, chosen = _true_and_chosen(scores, targets, threshold)
    scores = _as_array(scores)
    k = scores.shape[1] if scores.ndim == 2 else 2
    counts = np.zeros((k, k), int)
    np.add.at(counts, (true, chosen), 1)
    return counts
