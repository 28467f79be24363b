"""From Values to the arrays of variables that our NumPy functions compute on, and back.

To *box* arguments is to make an array of dtype object (`Variables`) of every Value: of one number an
array of no dimension (under `vmap` of each sample, which is what one sees there), of a batch the
one-dimensional array of its samples. To *unbox* a result is the opposite: ``np.sort(batch)`` is a batch
again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import GradientLostError
from ..kinds.kind import is_array_of_values
from ..kinds.variables import Variables, is_batch, is_value
from ..operations import samples


def leaves(x: Any) -> Iterator[Any]:
    """The arrays and numbers in the arguments of a function."""
    if isinstance(x, (list, tuple, dict)):
        for part in x.values() if isinstance(x, dict) else x:
            yield from leaves(part)
    else:
        yield x


def boxed(x: Any) -> Any:
    """Arguments with every Value as an array of variables."""
    if isinstance(x, dict):
        return {key: boxed(part) for key, part in x.items()}
    if type(x) in (list, tuple):
        return type(x)(map(boxed, x))
    if not is_value(x):
        return x
    if not is_batch(x):
        box = np.empty((), dtype=object)
        box[()] = x
        return box.view(Variables)
    return array_of(samples.samples_of(x), x.shape[:1])


def array_of(elements: list[Any], shape: tuple[int, ...]) -> Any:
    """An array of variables with these elements."""
    array = np.empty(len(elements), dtype=object)
    for i, x in enumerate(elements):
        array[i] = x
    return array.reshape(shape).view(Variables)


def arrayed(x: Any) -> Any:
    """A boxed argument as an array: in a list each number is in a box of its own, of which NumPy would
    make an array of boxes.
    """
    array = np.asanyarray(x)
    if not isinstance(x, (list, tuple)) or array.dtype != object:
        return array
    elements = [e.item() if isinstance(e, np.ndarray) else e for e in array.ravel().tolist()]
    return array_of(elements, array.shape)


def plain(x: Any) -> Any:
    """Boxed arguments as arrays of objects, on which NumPy's functions are its own."""
    if isinstance(x, dict):
        return {key: plain(part) for key, part in x.items()}
    if type(x) in (list, tuple):
        return type(x)(map(plain, x))
    return x.view(np.ndarray) if isinstance(x, Variables) else x


def unboxed(result: Any, as_batches: bool = False, as_floats: bool = True) -> Any:
    """A result without boxes: arrays of variables, and with ``as_batches`` those of one dimension
    batches.

    Computed numbers that are all plain become floats; an array that was made by moving elements
    stays one of objects, into which Values can be put.
    """
    if type(result) in (list, tuple):
        return type(result)(unboxed(x, as_batches, as_floats) for x in result)
    if not isinstance(result, np.ndarray) or result.dtype != object:
        return result
    elements = result.ravel().tolist()
    if not result.ndim:
        return elements[0]
    if not any(map(is_value, elements)):
        dtype = _dtype_of(elements) if as_floats else None
        return result.view(Variables) if dtype is None else np.asarray(result, dtype)
    return samples.stack(elements) if as_batches and result.ndim == 1 else result.view(Variables)


def put(result: Any, out: Any) -> Any:
    """A result, in the array ``out`` where one was given: an array of floats refuses Values."""
    if out is None:
        return result
    holds_floats = isinstance(out, np.ndarray) and out.dtype != object
    if holds_floats and (is_value(result) or is_array_of_values(result)):
        raise GradientLostError(
            f"an array of {out.dtype} holds no Values, their gradients would be lost: write x = x + v "
            f"for x += v, or give an array of dtype object"
        )
    out[...] = result
    return out


AT = ("add", "subtract", "multiply", "divide")
"""The ufuncs whose ``at`` NumPy itself does right to objects: by their operators."""


def put_at(name: str, array: Any, places: Any, *numbers: Any) -> Any:
    """``np.add.at``: in place, as often as a place is named; an array of floats refuses Values."""
    if name not in AT:
        return NotImplemented
    if not is_array_of_values(array):
        raise GradientLostError(
            f"np.{name}.at of Values into {'one' if is_value(array) else 'an array of floats'} would "
            f"lose the gradient: write into np.zeros_like(x, shape={np.shape(array)}) of an array x of "
            f"Values"
        )
    return getattr(np, name).at(plain(array), places, *map(plain, map(boxed, numbers)))


def _dtype_of(elements: list[Any]) -> type | None:
    kinds = {*map(type, elements)}
    return float if kinds <= {int, float} else bool if kinds <= {bool, np.bool_} else None


def data_of(x: Any) -> Any:
    """The number that an element of an array holds."""
    return x.data if is_value(x) else x


def rows_along(x: Any, axis: int) -> Iterator[tuple[tuple[int, ...], list[Any]]]:
    """The rows of an array along an axis, each with its place among the other axes."""
    rows = np.moveaxis(plain(x), axis, -1)
    for place in np.ndindex(rows.shape[:-1]):
        yield place, rows[place].tolist()


def mapped(function: Any, x: Any, axis: int | None) -> Any:
    """A function from a list to a number along an axis; of the flat array where it is None."""
    axis = axis if axis is None else checked_axis(axis, x.ndim or 1)
    if axis is None or not x.ndim:
        return function(plain(x).ravel().tolist())
    shape = [n for i, n in enumerate(x.shape) if i != axis]
    return unboxed(array_of([function(row) for _, row in rows_along(x, axis)], tuple(shape)))


def mapped_to_rows(function: Any, x: Any, axis: int | None) -> Any:
    """A function from a list to a list along an axis; of the flat array where it is None."""
    if axis is None:
        x, axis = x.ravel(), -1
    rows = np.moveaxis(np.empty(x.shape, dtype=object), checked_axis(axis, x.ndim), -1)
    for place, row in rows_along(x, axis):
        for i, element in enumerate(function(row)):
            rows[(*place, i)] = element
    return unboxed(np.moveaxis(rows, -1, axis))


def checked_axis(axis: Any, ndim: int) -> int:
    """An axis counted from the front; AxisError where an array has none such."""
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return int(axis) % ndim


def checked_axes(axes: Any, ndim: int) -> tuple[int, ...]:
    """One axis or several, counted from the front; all of them where None is given."""
    counted = tuple(
        checked_axis(a, ndim) for a in np.atleast_1d(range(ndim) if axes is None else axes)
    )
    if len({*counted}) < len(counted):
        raise ValueError(f"an axis is given twice: {axes!r}")
    return counted
