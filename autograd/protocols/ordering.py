"""NumPy's functions that order: sort, argsort, partition, argmax and argmin, sample by sample.

Places are found from the numbers. Where elements have samples, under `vmap` or of batches, a place
is a Value with one number a sample, and `choosing` picks by it; elsewhere it is a plain integer. What
`jit` records has no number yet: it is put in order by a network of exchanges, the same for all.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..kinds.variables import Variables, is_value
from ..operations.branches import where
from .boxes import data_of, mapped, mapped_to_rows
from .choosing import element, is_recorded

# ---------------------------------------------------------------------------------------- places


def _stacked(elements: Sequence[Any]) -> Any:
    """The numbers of elements along a first axis, their samples along the others."""
    data = [data_of(x) for x in elements]
    if any(getattr(x, "shape", ()) for x in data):
        return np.stack(np.broadcast_arrays(*data)).astype(float)
    return np.array(data, dtype=float if {*map(type, data)} <= {int, float} else object)


def place_of(i: Any, elements: Sequence[Any]) -> Any:
    """A place among elements, found from their numbers: an integer, or a Value with one a sample."""
    if not np.shape(i):
        return int(i)
    return type(next(x for x in elements if is_value(x)))(i.astype(float))


def _order(elements: list[Any]) -> list[Any]:
    if is_recorded(elements):
        return _exchanged(elements)[1]
    if not elements:
        return []
    order = np.argsort(_stacked(elements), axis=0, kind="stable")
    return [place_of(i, elements) for i in order]


# ------------------------------------------------------------------------- of numbers to be known later


def exchanges(n: int) -> Iterator[tuple[int, int]]:
    """The pairs of places whose elements, put in order pair after pair, are in order all.

    Batcher's merge exchange, about n (log₂ n)² / 4 pairs: Knuth, The Art of Computer Programming 3,
    section 5.2.2, algorithm M.

    >>> [*exchanges(3)]
    [(0, 2), (0, 1), (1, 2)]
    """
    top = p = 1 << (n - 1).bit_length() >> 1
    while p:
        q, r, d = top, 0, p
        while d:
            yield from ((i, i + d) for i in range(n - d) if i & p == r)
            q, r, d = q // 2, p, q - p
        p //= 2


def _exchanged(elements: list[Any]) -> tuple[list[Any], list[Any]]:
    """Elements in order, and the places they come from."""
    xs, places = [*elements], [float(i) for i in range(len(elements))]
    for i, j in exchanges(len(elements)):
        later = _is_before(xs[j], places[j], xs[i], places[i])
        for row in (xs, places):
            row[i], row[j] = where(later, row[j], row[i]), where(later, row[i], row[j])
    return xs, places


def _is_before(x: Any, i: Any, y: Any, j: Any) -> Any:
    """Whether x at place i comes before y at place j: nan after all others, else as they stand."""
    return (x < y) | (x == y) & (i < j) | (y != y) & ((x == x) | (i < j))


def _recorded_extreme(beyond: Callable[[Any, Any], Any], elements: list[Any]) -> Any:
    """The place of the first of the largest, or of the first nan."""
    found, place = elements[0], 0.0
    for i, x in enumerate(elements):
        further = beyond(x, found) | (x != x) & (found == found)
        found, place = where(further, x, found), where(further, float(i), place)
    return place


# ------------------------------------------------------------------------------------------- in order


def sort(a: Any, axis: int | None = -1, kind: Any = None, *, stable: Any = None) -> Any:
    """Each element by its place in the order, so that derivatives go where it came from."""
    return mapped_to_rows(_sorted, a, axis)


def _sorted(row: list[Any]) -> list[Any]:
    return _exchanged(row)[0] if is_recorded(row) else [element(i, row) for i in _order(row)]


def _partition(a: Any, kth: Any, axis: int | None = -1, kind: Any = None) -> Any:
    return sort(a, axis)  # sorted is partitioned, at every place


def _argsort(a: Any, axis: int | None = -1, kind: Any = None, *, stable: Any = None) -> Any:
    return _as_places(mapped_to_rows(_order, a, axis))


def _argpartition(a: Any, kth: Any, axis: int | None = -1, kind: Any = None) -> Any:
    return _argsort(a, axis)


def _argmax(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    return _extreme(np.argmax, operator.gt, a, axis, keepdims)


def _argmin(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    return _extreme(np.argmin, operator.lt, a, axis, keepdims)


def _extreme(function: Any, beyond: Any, a: Any, axis: int | None, keepdims: bool) -> Any:
    def place(row: list[Any]) -> Any:
        if is_recorded(row):
            return _recorded_extreme(beyond, row)
        return place_of(function(_stacked(row), axis=0), row)

    result = _as_places(mapped(place, a, axis))
    if not keepdims:
        return result
    return np.reshape(result, (1,) * a.ndim) if axis is None else np.expand_dims(result, axis)


def _as_places(result: Any) -> Any:
    """Integers, unless there is one a sample."""
    return result if is_value(result) or isinstance(result, Variables) else np.intp(result)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sort": sort,
    "partition": _partition,
    "argsort": _argsort,
    "argpartition": _argpartition,
    "argmax": _argmax,
    "argmin": _argmin,
}
