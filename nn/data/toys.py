"""Two data sets to try on, made here: two moons, and the exclusive or."""

from __future__ import annotations

import math

import numpy as np

from ..seed import Seed, numpy_generator
from ..settings import NOT_NEGATIVE, number, whole
from .arrays import Array


def make_moons(n: int = 100, noise: float = 0.1, seed: Seed = 0) -> tuple[Array, Array]:
    """Two interleaved half circles of n points in all, labels 0 and 1, with Gaussian noise.

    The circles are (cos t, sin t) and (1 - cos t, ½ - sin t) for t from 0 to π, as in scikit-learn;
    ``noise`` is the standard deviation. Raises ValueError for n below 1, and for a negative noise.

    >>> X, y = make_moons(100)
    >>> X.shape, sorted(set(y.tolist()))
    ((100, 2), [0, 1])
    """
    n, noise = whole("n", n), number("noise", noise, *NOT_NEGATIVE)
    y = np.arange(n, 2 * n) % 2  # of an odd n the second moon has one more
    t = math.pi * (np.arange(n) // 2) / np.maximum((n + y) // 2 - 1, 1)
    X = np.where(
        (y == 0)[:, np.newaxis],
        np.column_stack([np.cos(t), np.sin(t)]),
        np.column_stack([1 - np.cos(t), 0.5 - np.sin(t)]),
    )
    return X + numpy_generator(seed).normal(0.0, noise, X.shape), y


def make_xor(n: int = 4, noise: float = 0.0, seed: Seed = 0) -> tuple[Array, Array]:
    """The corners of the unit square in turn, and the exclusive or of each, n points with noise.

    ``noise`` is the standard deviation of the Gaussian noise. Raises as `make_moons` does.

    >>> X, y = make_xor()
    >>> X.tolist(), y.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    n, noise = whole("n", n), number("noise", noise, *NOT_NEGATIVE)
    corner = np.arange(n) % 4
    X = np.column_stack([corner // 2, corner % 2]).astype(float)
    y = (corner // 2) ^ (corner % 2)
    return X + numpy_generator(seed).normal(0.0, noise, X.shape), y
