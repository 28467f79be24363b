"""Data sets: arrays of samples, split, dealt out in mini-batches, scaled, enlarged; and two to try on.

X is an array (n, d), a sample a row; y is n targets, or (n, k). Lists and pandas frames and series
are taken wherever arrays are. Random choices come from a ``seed``: an integer, which gives the same
choices every time, or a `random.Random`, which goes on from where it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..seed import Seed, generator

Array = NDArray[Any]


def as_samples(X: ArrayLike) -> Array:
    """X as an array (n, d) of floats, a sample in each row.

    Raises ValueError for another shape, for no samples, and for what is no finite number.

    >>> as_samples([[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]])
    """
    X = as_numbers("X", X)
    if X.ndim != 2 or X.size == 0:
        raise ValueError(
            f"X is an array (n, d) of one sample or more, given one of shape {X.shape}"
            + ("; of one number a sample: X.reshape(-1, 1)" if X.ndim == 1 and X.size else "")
        )
    return X.astype(float, copy=False)


def as_numbers(name: str, data: ArrayLike) -> Array:
    """Data, such as a pandas frame or series, as an array; ValueError for what is no finite number.

    >>> as_numbers("y", [0, 1])
    array([0, 1])
    """
    array = np.asarray(data)
    if array.dtype == object and all(isinstance(x, (Real, np.bool_)) for x in array.flat):
        array = array.astype(float)  # a frame of truths beside numbers
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold numbers, given an array of type {array.dtype}")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        raise ValueError(f"{name} is {array[tuple(bad[0])]} in sample {bad[0][0]}")
    return array


def as_pairs(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Samples and their targets as arrays; ValueError if they are not as many.

    >>> as_pairs([[1.0], [2.0]], [0, 1])[1]
    array([0, 1])
    """
    samples, targets = as_samples(X), as_numbers("y", y)
    if targets.shape[:1] != samples.shape[:1]:
        raise ValueError(f"X has {len(samples)} samples, y is of shape {targets.shape}")
    return samples, targets


def train_test_split(
    X: ArrayLike, y: ArrayLike, *, test_size: float = 0.25, seed: Seed = 0
) -> tuple[Array, Array, Array, Array]:
    """X_train, X_test, y_train, y_test: samples in a random order, cut in two.

    ``test_size`` is the part of the samples that goes to the test, rounded up to whole samples.
    Raises ValueError for X and y of different lengths, and where either part would be empty.

    >>> X_train, X_test, y_train, y_test = train_test_split([[0.0]] * 8, [0] * 8)
    >>> len(X_train), len(X_test)
    (6, 2)
    """
    X, y = as_pairs(X, y)
    held_out = math.ceil(test_size * len(X))
    if not 0 < held_out < len(X):
        raise ValueError(
            f"test_size is a part between 0 and 1 of {len(X)} samples that leaves some to either "
            f"side, given {test_size!r}"
        )
    order = _shuffled(len(X), seed)
    test, train = order[:held_out], order[held_out:]
    return X[train], X[test], y[train], y[test]


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
    if batch_size < 1:
        raise ValueError(f"batch_size is a number of samples ≥ 1, given {batch_size!r}")
    order = _shuffled(len(X), seed)
    parts = [order[start : start + batch_size] for start in range(0, len(X), batch_size)]
    return ((X[part], y[part]) for part in parts)


def _shuffled(n: int, seed: Seed) -> Array:
    order = list(range(n))
    generator(seed).shuffle(order)
    return np.array(order)


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
    mean, deviation = arrays[0].mean(axis=0), arrays[0].std(axis=0)
    scale = np.where(deviation == 0, 1.0, deviation)
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
    k = int(labels.max()) + 1 if classes is None else classes
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
    rng = _numpy_generator(seed)
    for name, amount in {"copies": copies, "noise": noise, "shift": shift}.items():
        if not amount >= 0:
            raise ValueError(f"{name} is not negative, given {amount!r}")
    form = image or (1, X.shape[1])
    if math.prod(form) != X.shape[1]:
        raise ValueError(f"an image of {form} has not the {X.shape[1]} pixels of a row")
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


def make_moons(n: int = 100, noise: float = 0.1, seed: Seed = 0) -> tuple[Array, Array]:
    """Two interleaved half circles of n points in all, labels 0 and 1, with Gaussian noise.

    The circles are (cos t, sin t) and (1 - cos t, ½ - sin t) for t from 0 to π, as in scikit-learn.

    >>> X, y = make_moons(100)
    >>> X.shape, sorted(set(y.tolist()))
    ((100, 2), [0, 1])
    """
    y = np.arange(_count(n)) % 2
    t = math.pi * (np.arange(n) // 2) / max((n - 1) // 2, 1)
    X = np.where(
        (y == 0)[:, np.newaxis],
        np.column_stack([np.cos(t), np.sin(t)]),
        np.column_stack([1 - np.cos(t), 0.5 - np.sin(t)]),
    )
    return X + _numpy_generator(seed).normal(0.0, noise, X.shape), y


def make_xor(n: int = 4, noise: float = 0.0, seed: Seed = 0) -> tuple[Array, Array]:
    """The corners of the unit square in turn, and the exclusive or of each, n points with noise.

    >>> X, y = make_xor()
    >>> X.tolist(), y.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    corner = np.arange(_count(n)) % 4
    X = np.column_stack([corner // 2, corner % 2]).astype(float)
    y = (corner // 2) ^ (corner % 2)
    return X + _numpy_generator(seed).normal(0.0, noise, X.shape), y


def _count(n: int) -> int:
    if n < 1:
        raise ValueError(f"n is a number of points ≥ 1, given {n!r}")
    return n


def _numpy_generator(seed: Seed) -> np.random.Generator:
    return np.random.default_rng(generator(seed).getrandbits(64))
