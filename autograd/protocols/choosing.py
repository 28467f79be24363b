"""NumPy's functions that choose: take, choose, select, where, any, all, and an index made of Values.

A place among elements is an integer or, where it differs from sample to sample, a Value with one number
a sample: `choose` picks by it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import GradientLostError
from ..kinds.conditions import Condition
from ..kinds.variables import Variables, is_value
from ..operations.branches import where
from ..operations.choices import choose
from .boxes import array_of, checked_axis, data_of, plain, unboxed
from .ufuncs import reduction, truth


def is_recorded(elements: list[Any]) -> bool:
    """Whether `jit` is recording some of these: then they have no value yet."""
    return any(hasattr(data_of(x), "recorder") for x in elements)


def _counted(i: Any, n: int) -> Any:
    """A place among n elements, counted from the front where it counts from the end."""
    if is_recorded([i]):
        return where((i < -n) | (i >= n), math.nan, where(i < 0, i + n, i))
    places = np.asarray(data_of(i), dtype=float)
    if np.any((places < -n) | (places >= n) | (places != np.floor(places))):
        raise IndexError(f"an index holds {data_of(i)!r}: places in {n} elements are whole numbers")
    return type(i)(places % n) if places.shape else int(places % n)


def element(i: Any, elements: list[Any]) -> Any:
    """The element at a place, which may count from the end."""
    return element_at(_counted(i, len(elements)), elements)


def element_at(place: Any, elements: list[Any]) -> Any:
    """The element at a place that is known to be among them, counted from the front."""
    return choose(place, elements) if is_value(place) else elements[place]


def indexed(array: Any, index: tuple[Any, ...]) -> Any:
    """``array[index]`` where the index holds Values: every sample picks from its own place."""
    for x in (x for part in index for x in np.asarray(part, dtype=object).ravel().tolist()):
        if is_recorded([x]) and not x.shape:
            operator.index(data_of(x))  # raises, as a list's does
    return picked(array, index)


def picked(array: Any, index: tuple[Any, ...]) -> Any:
    """The elements of an array at computed places."""
    parts = [np.asarray(part, dtype=object) for part in index]
    for x in (x for part in parts for x in part.ravel().tolist()):
        _check_place(x)
    places = np.broadcast_arrays(*parts)
    lengths = array.shape[: len(parts)]
    rest = array.shape[len(parts) :]
    columns = plain(array).reshape(math.prod(lengths), math.prod(rest)).T.tolist()
    results = []
    for place in np.ndindex(places[0].shape):
        flat: Any = 0
        for part, n in zip(places, lengths, strict=True):
            flat = flat * n + _counted(part[place], n)
        results += [element_at(flat, column) for column in columns]
    return unboxed(array_of(results, places[0].shape + rest))


def _check_place(x: Any) -> None:
    if type(data_of(x)) is Condition:
        bool(x)  # raises, as Python's `if` does, and names the way out
    if isinstance(x, (slice, type(None), type(...))):
        raise GradientLostError(
            "an index of one place a sample stands beside a slice: index the axes alone, or use "
            "np.take_along_axis"
        )


def _take(a: Any, indices: Any, axis: Any = None, mode: Any = "raise") -> Any:
    if not _has_values(indices):
        return unboxed(np.take(plain(a), indices, axis, mode=mode))
    a = np.asarray(a)
    if axis is None:
        return picked(a.ravel(), (indices,))
    rows = picked(np.moveaxis(a, axis, 0), (indices,))
    return np.moveaxis(rows, range(indices.ndim), range(axis, axis + indices.ndim))


def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    if not _has_values(indices):
        return unboxed(np.take_along_axis(plain(arr), indices, axis))
    arr = np.asarray(arr)
    if axis is None:
        return picked(arr.ravel(), (indices,))
    axis = checked_axis(axis, arr.ndim)
    grids = np.indices(indices.shape)
    return picked(arr, tuple(indices if i == axis else grid for i, grid in enumerate(grids)))


def _has_values(indices: Any) -> bool:
    return isinstance(indices, Variables) or is_value(indices)


def _choose_arrays(a: Any, choices: Any, mode: Any = "raise") -> Any:
    arrays = np.broadcast_arrays(*(np.asarray(x) for x in (a, *choices)))
    columns = [array.ravel().tolist() for array in arrays]
    columns[0] = [i.astype(float) if is_value(i) else i for i in columns[0]]
    return unboxed(
        array_of([element(i, row) for i, *row in zip(*columns, strict=True)], arrays[0].shape)
    )


def _select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    if len(condlist) != len(choicelist):
        raise ValueError(
            f"select takes a choice for each condition, got {len(choicelist)} and {len(condlist)}"
        )
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = _where_arrays(condition, choice, result)
    return result


def _where_arrays(condition: Any, *branches: Any) -> Any:
    if not branches:
        return _nonzero(condition)
    arrays = np.broadcast_arrays(*(np.asarray(x, dtype=object) for x in (condition, *branches)))
    columns = [array.ravel().tolist() for array in arrays]
    results = [where(truth(c), x, y) for c, x, y in zip(*columns, strict=True)]
    return unboxed(array_of(results, arrays[0].shape))


# ------------------------------------------------------------------------------------------ truths


def _any_true(
    a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True
) -> Any:
    return reduction("logical_or", a, axis, keepdims, where=where)


def _all_true(
    a: Any, axis: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True
) -> Any:
    return reduction("logical_and", a, axis, keepdims, where=where)


def _count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return reduction("add", np.not_equal(a, 0) + 0, axis, keepdims)


def _nonzero(a: Any) -> Any:
    return np.nonzero(_truths(a))


def _truths(a: Any) -> Any:
    """An array's elements as bools, which those of one truth a sample refuse to be."""
    elements = np.asarray(a, dtype=object)
    return np.array([bool(x) for x in elements.ravel().tolist()], bool).reshape(elements.shape)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "take": _take,
    "take_along_axis": _take_along_axis,
    "choose": _choose_arrays,
    "select": _select,
    "where": _where_arrays,
    "any": _any_true,
    "all": _all_true,
    "count_nonzero": _count_nonzero,
    "nonzero": _nonzero,
    "flatnonzero": lambda a: _nonzero(a.ravel())[0],
    "argwhere": lambda a: np.argwhere(_truths(a)),
}
