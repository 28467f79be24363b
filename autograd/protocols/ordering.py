"""NumPy's functions that order and choose: sort, argmax, take, select, any, sample by sample.

Places are found from the numbers. Where elements have samples, under `vmap` or of batches, a place
is a Value with one number a sample, and `choose` picks by it; elsewhere it is a plain integer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import GradientLostError
from ..kinds.conditions import Condition
from ..kinds.variables import Variables
from ..operations.branches import where
from ..operations.choices import choose
from .boxes import (
    array_of,
    checked_axis,
    data_of,
    is_value,
    mapped,
    mapped_to_rows,
    plain,
    unboxed,
)
from .ufuncs import reduction, truth

# ---------------------------------------------------------------------------------------- places


def _stacked(elements: Sequence[Any]) -> Any:
    """The numbers of elements along a first axis, their samples along the others."""
    data = [data_of(x) for x in elements]
    if any(getattr(x, "shape", ()) for x in data):
        return np.stack(np.broadcast_arrays(*data)).astype(float)
    return np.array(data, dtype=float if {*map(type, data)} <= {int, float} else object)


def _place(i: Any, elements: Sequence[Any]) -> Any:
    """A place among elements: an integer, or a Value with one a sample."""
    if not np.shape(i):
        return int(i)
    return type(next(x for x in elements if is_value(x)))(i.astype(float))


def _order(elements: list[Any]) -> list[Any]:
    if not elements:
        return []
    order = np.argsort(_stacked(elements), axis=0, kind="stable")
    return [_place(i, elements) for i in order]


def _picked(i: Any, elements: list[Any]) -> Any:
    """The element at a place, which may count from the end."""
    places, n = np.asarray(data_of(i), dtype=float), len(elements)
    if np.any((places < -n) | (places >= n) | (places != np.floor(places))):
        raise IndexError(f"an index holds {data_of(i)!r}: places in {n} elements are whole numbers")
    if not places.shape:
        return elements[int(places)]
    return choose(type(i)(places % n), elements)


def sort(a: Any, axis: int | None = -1, kind: Any = None, *, stable: Any = None) -> Any:
    """Each element by its place in the order, so that derivatives go where it came from."""
    return mapped_to_rows(lambda row: [_picked(i, row) for i in _order(row)], a, axis)


def _partition(a: Any, kth: Any, axis: int | None = -1, kind: Any = None) -> Any:
    return sort(a, axis)  # sorted is partitioned, at every place


def _argsort(a: Any, axis: int | None = -1, kind: Any = None, *, stable: Any = None) -> Any:
    return _as_places(mapped_to_rows(_order, a, axis))


def _argpartition(a: Any, kth: Any, axis: int | None = -1, kind: Any = None) -> Any:
    return _argsort(a, axis)


def _argmax(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    return _extreme(np.argmax, a, axis, keepdims)


def _argmin(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    return _extreme(np.argmin, a, axis, keepdims)


def _extreme(function: Any, a: Any, axis: int | None, keepdims: bool) -> Any:
    def place(row: list[Any]) -> Any:
        return _place(function(_stacked(row), axis=0), row)

    result = _as_places(mapped(place, a, axis))
    if not keepdims:
        return result
    return np.reshape(result, (1,) * a.ndim) if axis is None else np.expand_dims(result, axis)


def _as_places(result: Any) -> Any:
    """Integers, unless there is one a sample."""
    return result if is_value(result) or isinstance(result, Variables) else np.intp(result)


# ---------------------------------------------------------------------------------- by their places


def picked(array: Any, index: tuple[Any, ...]) -> Any:
    """``array[index]`` where the index holds Values: every sample picks from its own place."""
    parts = [np.asarray(part, dtype=object) for part in index]
    for element in (x for part in parts for x in part.ravel().tolist()):
        _check_place(element)
    places = np.broadcast_arrays(*parts)
    lengths = array.shape[: len(parts)]
    rest = array.shape[len(parts) :]
    columns = plain(array).reshape(math.prod(lengths), math.prod(rest)).T.tolist()
    results = []
    for place in np.ndindex(places[0].shape):
        flat: Any = 0
        for part, n in zip(places, lengths, strict=True):
            flat = flat * n + part[place] % n
        results += [_picked(flat, column) for column in columns]
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
    return unboxed(
        array_of([_picked(i, row) for i, *row in zip(*columns, strict=True)], arrays[0].shape)
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
    "sort": sort,
    "partition": _partition,
    "argsort": _argsort,
    "argpartition": _argpartition,
    "argmax": _argmax,
    "argmin": _argmin,
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
