"""Arrays: what is taken for samples and targets, and what is refused.

X is an array (n, d), a sample a row; y is n targets, or (n, k): numbers, or texts
that are labels. Lists and pandas frames and series are taken wherever arrays are.
"""

from __future__ import annotations

import sys
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Value

Array = NDArray[Any]


def has_no_numbers_yet(data: Any) -> bool:
    """Whether `autograd.jit` is recording data: it can be computed with, but has no numbers yet."""
    known = isinstance(data, (np.ndarray, np.generic, Value))
    return hasattr(data, "__array_function__") and not known


def plain(name: str, data: Any) -> Any:
    """Data as an array; TypeError for an array class with an arithmetic of its own, which would be
    lost.

    What `jit` records stays as it is.

    >>> plain("X", [1, 2])
    array([1, 2])
    """
    if has_no_numbers_yet(data):
        return data
    if isinstance(data, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array, and a network knows no missing numbers: leave those samples "
            f"out, or fill them in, as {name}.filled(0) does"
        )
    numbers = isinstance(data, np.ndarray) and data.dtype != object  # others may be Values
    if numbers and type(data) not in (np.ndarray, np.memmap):
        raise TypeError(
            f"{name} is a {type(data).__name__}, an array with an arithmetic of its own: "
            f"np.asarray({name}) holds its numbers alone"
        )
    try:
        return np.asarray(data)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name} is no array: {error}") from error


def settled(name: str, array: Any) -> Any:
    """An array as floats, if it is one of objects that are real numbers (a frame of mixed columns);
    ValueError for a whole number beyond all floats.
    """
    of_objects = isinstance(array, np.ndarray) and array.dtype == object
    if not of_objects or not all(isinstance(x, (Real, np.bool_)) for x in array.flat):
        return array
    try:
        return array.astype(float)
    except OverflowError:
        place = next(i for i, x in np.ndenumerate(array) if abs(x) > sys.float_info.max)
        raise ValueError(f"{name} holds a number beyond all floats at {list(place)}") from None


def data_of(x: Any) -> Any:
    """What a Value holds; a plain number as it is.

    >>> data_of(Value(2.0)), data_of(3)
    (2.0, 3)
    """
    return x.data if isinstance(x, Value) else x


def as_samples(X: ArrayLike) -> Array:
    """X as an array (n, d) of floats, a sample in each row.

    Raises ValueError for another shape, for no samples, and for what is no finite number.

    >>> as_samples([[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]])
    """
    X = as_numbers("X", X)
    if X.ndim != 2 or X.size == 0:
        row = "; one sample: X.reshape(1, -1); samples of one number: X.reshape(-1, 1)"
        raise ValueError(
            f"X is an array (n, d) of one sample or more, given one of shape {X.shape}"
            + row * (X.ndim == 1 and X.size > 0)
        )
    return X.astype(float, copy=False)


def as_reals(name: str, data: ArrayLike) -> Array:
    """Data, such as a pandas frame or series, as an array; ValueError for what is no real number,
    TypeError for what `plain` refuses.

    >>> as_reals("y", [0, 1])
    array([0, 1])
    """
    array: Array = settled(name, plain(name, data))
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must hold numbers, given {_other(array)}")
    return array


def _other(array: Array) -> str:
    """What of an array is no real number: the first such element and its place."""
    for place, x in np.ndenumerate(array):
        if not isinstance(x, Real):
            value = x.item() if isinstance(x, np.generic) else x
            if place:
                return f"{value!r} at {list(place)}"
            dense = ": its .toarray() does" if hasattr(value, "toarray") else ""
            return f"a {type(x).__name__}{dense}"
    return f"an array of type {array.dtype}"


def are_texts(name: str, array: Array) -> bool:
    """Whether an array holds texts, which are labels; ValueError for texts among which is something
    else, such as a missing label.
    """
    elements = array.ravel().tolist() if array.dtype.kind in "OU" else []
    others = [x for x in elements if not isinstance(x, str)]
    if 0 < len(others) < len(elements):
        raise ValueError(f"{name} holds texts, which are labels, and {others[0]!r}, which is none")
    return bool(elements) and not others


def as_numbers(name: str, data: ArrayLike) -> Array:
    """`as_reals` that are finite; ValueError for others."""
    array = as_reals(name, data)
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        raise ValueError(f"{name} is {array[tuple(bad[0])]} in sample {bad[0][0]}")
    return array


def as_pairs(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Samples and their targets, numbers or texts, as arrays; ValueError if they are not as many.

    >>> as_pairs([[1.0], [2.0]], [0, 1])[1]
    array([0, 1])
    """
    samples, targets = as_samples(X), plain("y", y)
    if not are_texts("y", targets):
        targets = as_numbers("y", targets)
    if targets.shape[:1] != samples.shape[:1]:
        raise ValueError(f"X has {len(samples)} samples, y is of shape {targets.shape}")
    return samples, targets
