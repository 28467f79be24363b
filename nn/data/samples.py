"""Samples made ready: split, dealt out in mini-batches, scaled, enlarged.

Random choices come from a ``seed``: an integer, which gives the same choices every time, or a
`random.Random`, which goes on from where it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import permutations

from ..seed import Seed, generator, numpy_generator
from ..settings import NOT_NEGATIVE, number, whole
from .arrays import Array, as_numbers, as_pairs, as_samples, plain


def train_test_split(
    X: ArrayLike,
    y: ArrayLike,
    *,
    test_size: float = 0.25,
    stratify: ArrayLike | None = None,
    seed: Seed = 0,
) -> tuple[Array, Array, Array, Array]:
    """X_train, X_test, y_train, y_test: samples in a random order, cut in two.

    ``test_size`` is the part of the samples that goes to the test, rounded up to whole samples.
    ``stratify`` is a label for each sample, such as ``stratify=y``: both parts then have as large a
    share of each label as all samples have. Raises ValueError for X, y and labels of different
    lengths, where either part would be empty, and for labels that do not go into both parts.

    >>> X_train, X_test, y_train, y_test = train_test_split([[0.0]] * 8, [0] * 8)
    >>> len(X_train), len(X_test)
    (6, 2)
    """
    X, y = as_pairs(X, y)
    n = len(X)
    expected = f"a part between 0 and 1 of {n} samples that leaves some to either side"
    number("test_size", test_size, lambda part: 0 < part < 1 and math.ceil(part * n) < n, expected)
    held_out = math.ceil(test_size * n)
    keys = np.frombuffer(generator(seed).randbytes(8 * len(X)), "<u8")
    order: Array = keys.argsort()
    if stratify is not None:
        labels = plain("stratify", stratify)
        if labels.shape != (len(X),):
            raise ValueError(f"stratify is a label for each sample, given shape {labels.shape}")
        order = order[_evenly(labels[order], held_out)]
    test, train = order[:held_out], order[held_out:]
    return X[train], X[test], y[train], y[test]


def _evenly(labels: Array, first: int) -> Array:
    """An order of samples whose first so many, and the others, have their share of each label.

    Sample i of the k with a label has the rank (i + ½)/k; in the order of ranks every label is
    spread evenly.
    """
    kinds, label, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if counts.min() < 2 or not len(kinds) <= first <= len(labels) - len(kinds):
        raise ValueError(
            f"stratify needs two samples of each label, and room for one of each of the {len(kinds)} "
            f"labels in both parts, of {first} and {len(labels) - first} samples"
        )
    rank = np.empty(len(labels))
    for k, count in enumerate(counts):
        rank[label == k] = (np.arange(count) + 0.5) / count
    return np.argsort(rank, kind="stable")


def minibatches(
    X: ArrayLike, y: ArrayLike, batch_size: int | None = None, seed: Seed = 0
) -> Iterator[tuple[Array, Array]]:
    """Pairs of ``batch_size`` samples and targets, in a random order; the last may be smaller.

    One pass over the data, an epoch. ``batch_size=None`` is the full batch, in the order given.
    Raises ValueError for a batch_size below 1, and for X and y of different lengths.

    >>> [len(y) for X, y in minibatches([[0.0]] * 8, [0] * 8, 3)]
    [3, 3, 2]
    """
    X, y = as_pairs(X, y)
    if batch_size is None:
        return iter([(X, y)])
    batch_size = whole("batch_size", batch_size, 1, ", or None for all samples")
    (order,) = permutations(len(X), [generator(seed).getrandbits(64)])
    parts = (order[start : start + batch_size] for start in range(0, len(X), batch_size))
    return ((X[part], y[part]) for part in parts)


def standardize(X: ArrayLike, *others: ArrayLike) -> Any:
    """(X - mean)/deviation, column by column; ``others`` by the mean and deviation of X too.

    So a test set is scaled as the training set is, and nothing is learned from it. A column that
    does not vary is only shifted. One array for one, a tuple for several; raises ValueError for
    another number of columns.

    >>> train, test = standardize([[0.0], [2.0]], [[4.0]])
    >>> train.ravel(), test.ravel()
    (array([-1.,  1.]), array([3.]))
    """
    arrays = [as_samples(x) for x in (X, *others)]
    widths = {array.shape[1:] for array in arrays}
    if len(widths) > 1:
        raise ValueError(f"the arrays are to have the same columns, given {sorted(widths)}")
    first = arrays[0]
    same = np.ptp(first, axis=0) == 0  # of which mean and deviation would be rounding errors
    mean = np.where(same, first[0], first.mean(axis=0))
    scale = np.where(same, 1.0, first.std(axis=0))
    scaled = tuple((array - mean) / scale for array in arrays)
    return scaled if others else scaled[0]


def one_hot(y: ArrayLike, classes: int | None = None) -> Array:
    """Labels 0 … k-1 as rows of k numbers: 1 in the column of the label, 0 elsewhere.

    ``classes`` is k; without it the largest label decides. Raises ValueError for a label that is
    no integer from 0 to k-1.

    >>> one_hot([2, 0])
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    labels = as_numbers("y", y)
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError(f"labels are an array (n,), given one of shape {labels.shape}")
    k = max(1, int(labels.max()) + 1) if classes is None else whole("classes", classes)
    wrong = labels[~np.isin(labels, range(k))]
    if wrong.size:
        raise ValueError(f"labels are integers from 0 to {k - 1}, given {wrong[0]}")
    return np.equal.outer(labels, np.arange(k)).astype(float)


def augment(
    X: ArrayLike,
    y: ArrayLike,
    *,
    copies: int = 1,
    noise: float = 0.0,
    shift: int = 0,
    image: tuple[int, int] | None = None,
    seed: Seed = 0,
) -> tuple[Array, Array]:
    """The samples, then ``copies`` changed copies of each with the same target.

    A copy gets Gaussian noise of standard deviation ``noise``, and is moved by up to ``shift``
    places along its row, either way; if a row is the pixels of an ``image`` (height, width), up,
    down and sideways. Vacated places are 0. Raises ValueError for a negative amount and for an
    image that rows do not hold. Source: P. Simard, D. Steinkraus, J. Platt, Best practices for
    convolutional neural networks applied to visual document analysis, ICDAR 2003; noise: C. Bishop,
    Training with noise is equivalent to Tikhonov regularization, Neural Computation 7, 1995.

    >>> X, y = augment([[1.0, 2.0]], [1], copies=2, noise=0.1)
    >>> X.shape, y
    ((3, 2), array([1, 1, 1]))
    """
    X, y = as_pairs(X, y)
    rng = numpy_generator(seed)
    copies, shift = whole("copies", copies, 0), whole("shift", shift, 0)
    noise = number("noise", noise, *NOT_NEGATIVE)
    form = (1, X.shape[1]) if image is None else image
    pixels, expected = X.shape[1], f"(height, width) of the {X.shape[1]} pixels of a row"
    number("image", form, lambda form: min(form) > 0 and math.prod(form) == pixels, expected)
    changed = np.repeat(X[np.newaxis], copies, axis=0).reshape(-1, *form)
    if shift:
        changed = np.array([_shifted(sample, shift, rng) for sample in changed])
    changed = changed.reshape(-1, X.shape[1]) + rng.normal(
        0.0, noise, (copies * len(X), X.shape[1])
    )
    return np.concatenate([X, changed]), np.concatenate([y] * (copies + 1))


def _shifted(sample: Array, most: int, rng: np.random.Generator) -> Array:
    """A (height, width) sample moved by up to so many places along each axis longer than 1."""
    for axis, size in enumerate(sample.shape):
        if size > 1:
            by = int(rng.integers(-most, most + 1))
            places = np.arange(size) - by
            inside = np.expand_dims((places >= 0) & (places < size), 1 - axis)
            sample = np.where(inside, sample.take(places, axis, mode="clip"), 0.0)
    return sample
