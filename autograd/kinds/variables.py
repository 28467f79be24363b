"""Arrays of variables: an array of Values, on which NumPy's functions are ours.

An array that is given to a transform holds separate variables. The user's function gets them as an
array of dtype object in the same shape, so indexing, slices and reshaping are NumPy's own.
Arithmetic would be right as well; but NumPy's ``maximum`` of objects picks one at a tie, and knows
no ``exp`` of them: every function goes through NumPy's protocols to ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .. import context
from ..errors import BatchError, NumberError
from . import dispatch
from .kind import Number, is_array_of_values


class Variables(np.ndarray[Any, Any]):
    """An array of Values (and numbers), of dtype object.

    ``np.asarray`` and ``np.array(..., subok=False)`` make of it a plain array of objects, which NumPy
    does not ask how to compute: arithmetic is right there too, but a tie in ``np.maximum`` or
    ``np.max`` sends all to one operand, and what NumPy cannot do with objects raises. Use
    ``np.asanyarray``.
    """

    _data = dispatch.no_masked_array

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        """NumPy's protocol (NEP 13): ``np.exp(array)``, ``array * array``."""
        if any(hasattr(type(x), "rows") for x in inputs):  # a matrix that knows its own products
            return NotImplemented
        inputs = tuple(x.to_numpy() if hasattr(x, "to_numpy") else x for x in inputs)
        return dispatch.ufunc(ufunc, method, inputs, settings)

    def __array_function__(self, function: Any, types: Any, args: Any, settings: Any) -> Any:
        """NumPy's protocol (NEP 18): ``np.stack([array, array])``."""
        if any(hasattr(kind, "rows") for kind in types):
            return NotImplemented
        return dispatch.function(function, args, settings)

    def __getitem__(self, index: Any) -> Any:
        """NumPy's own indexing; an index made of Values has one place for each sample."""
        parts = index if type(index) is tuple else (index,)
        if any(is_made_of_values(part) for part in parts):
            return dispatch.indexed(self, parts)
        return super().__getitem__(index)

    def __setitem__(self, index: Any, element: Any) -> None:
        """NumPy's own assignment; places that differ from sample to sample are refused."""
        for part in index if type(index) is tuple else (index,):
            if is_made_of_values(part):
                raise BatchError(
                    "an assignment at an index of Values would differ from sample to sample: "
                    "where(condition, x, y) chooses sample by sample"
                )
        super().__setitem__(index, element)

    def astype(self, dtype: Any, *args: Any, **settings: Any) -> Any:
        """A copy as floats, which Values are: a condition counts. What would lose them is refused."""
        if dtype is object:
            return self.copy()
        if not any(hasattr(x, "astype") for x in self.ravel().tolist()):
            return np.asarray(self).astype(dtype, *args, **settings)
        return along_arrays(
            lambda x: x.astype(dtype) if hasattr(x, "astype") else np.array(x).astype(dtype)[()],
            [self],
        )

    def sort(self, *args: Any, **settings: Any) -> None:
        """Sort in place, as ``np.sort`` does."""
        self[...] = np.sort(self, *args, **settings)


def _by_function(name: str) -> Callable[..., Any]:
    def method(self: Variables, *args: Any, **settings: Any) -> Any:
        return getattr(np, name)(self, *args, **settings)

    return method


for _name in (  # those that NumPy would compute by comparing objects, without asking its protocols
    "all any argmax argmin argpartition argsort choose clip cumprod cumsum dot max mean min nonzero "
    "prod round searchsorted std sum take var"
).split():
    setattr(Variables, _name, _by_function(_name))


def is_made_of_values(x: Any) -> bool:
    """Whether x is a Value, or an array of dtype object."""
    return is_value(x) or is_array_of_values(x)  # NumPy says that dtype(float) is None


def boxed(x: Any) -> Any:
    """A plain array; of a single number one of no dimension (NumPy would ask a Value its protocol)."""
    if isinstance(x, (np.ndarray, list, tuple)):
        return np.asarray(x)
    if hasattr(x, "to_numpy"):  # pandas', or an array that jit records
        return x.to_numpy()
    box = np.empty((), dtype=object)
    box[()] = x
    return box


def is_of_floats(x: Any) -> bool:
    """Whether an array of objects stands for one of floats: of numbers that `jit` records."""
    if not is_array_of_values(x):
        return False
    elements = boxed(x).ravel().tolist()
    recorded = [hasattr(element, "recorder") for element in elements]
    values = [hasattr(element, "__array_ufunc__") for element in elements]
    return any(recorded) and not any(v and not r for v, r in zip(values, recorded, strict=True))


def is_value(x: Any) -> bool:
    """Whether x is a Value: what speaks NumPy's protocol, and is no array."""
    return hasattr(x, "__array_ufunc__") and not hasattr(x, "dtype")


def is_batch(x: Any) -> bool:
    """Whether x is a Value of more samples than `vmap` maps."""
    return is_value(x) and len(x.shape) > len(context.running.get().samples)


def holds_values(x: Any) -> bool:
    """Whether x is an array of objects that stands for no array of floats."""
    return is_array_of_values(x) and not is_of_floats(x)


def refuse_to_pair(inputs: Sequence[Any]) -> None:
    """BatchError for n Values and a batch of n samples: each for each, or each beside every one?"""
    lengths = {x.shape[0] for x in inputs if is_batch(x)}
    for x in inputs if lengths else ():
        if holds_values(x) and x.ndim and x.shape[-1] > 1 and x.shape[-1] in lengths:
            n = x.shape[-1]
            raise BatchError(
                f"an array of {n} Values meets a batch of {n} samples (an array of floats "
                f"that met one Value, v, is one). For one sample beside each Value make all arrays, "
                f"with np.stack([v]) in place of v; for the whole batch beside each, take a list"
            )


def refuse_other_arithmetic(x: Any) -> None:
    """NumberError for a subclass of arrays that computes otherwise: masked arrays, matrices, units."""
    kind = type(x)
    if kind.__mul__ is np.ndarray.__mul__ and (
        kind.__array_ufunc__ is np.ndarray.__array_ufunc__ or x.dtype == object
    ):
        return
    way = dispatch.MASKED if hasattr(x, "mask") else "np.asarray(x) takes its plain numbers"
    raise NumberError(f"a {kind.__module__}.{kind.__name__} computes in a way of its own: {way}")


def refuse_other_arrays(inputs: Iterable[Any]) -> None:
    """NumberError for a masked array, or any other that computes in a way of its own."""
    for x in inputs:
        if isinstance(x, np.ndarray):
            refuse_other_arithmetic(x)


def along_arrays(function: Any, inputs: Sequence[Any]) -> Any:
    """A function of Values applied element by element."""
    seen = dispatch.beside(inputs)
    if seen is not inputs:
        return function(*seen)
    refuse_to_pair(inputs)
    refuse_other_arrays(inputs)
    result = np.frompyfunc(function, len(inputs), 1)(*map(boxed, inputs))
    if not isinstance(result, np.ndarray):
        return result
    if context.running.get().samples or any(map(is_made_of_values, inputs)):
        return result.view(Variables)
    numbers = result.ravel().tolist()  # of plain arrays
    return result.astype(float) if {*map(type, numbers)} <= {float} else result.view(Variables)


def as_array(elements: list[Number], shape: tuple[int, ...]) -> Any:
    """An array of floats if all elements are numbers of NumPy's, else of objects (`Variables`)."""
    if all(isinstance(x, (int, float, np.number, np.bool_)) for x in elements):
        return np.array(elements, dtype=float).reshape(shape)
    array = np.empty(len(elements), dtype=object)
    array[:] = elements
    array = array.reshape(shape)
    return array.view(Variables) if any(hasattr(x, "__array_ufunc__") for x in elements) else array
