"""NumPy's ufuncs by our functions of numbers: element by element, folded, accumulated, in a table.

A sum, a product, an extremum along an axis are one n-ary node each.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import accumulate
from typing import Any

import numpy as np

from ..errors import GradientLostError
from ..kinds.kind import by_elements
from ..kinds.variables import (
    along_arrays,
    holds_values,
    is_batch,
    is_value,
    refuse_other_arrays,
)
from ..operations import branches, choices, sequences, steps
from ..operations import composites as functions
from ..operations.arithmetic import fmod, mod, mul
from ..operations.composites import EVERY
from ..operations.elementary import exp2
from . import products
from .boxes import array_of, boxed, checked_axes, mapped_to_rows, plain, put, put_at, unboxed

Function = Callable[..., Any]

_LOG2 = float(np.log(2))
_RENAMED = {
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "remainder": "mod",
    "power": "pow",
    "float_power": "pow",
    "negative": "neg",
    "absolute": "abs",
    "fabs": "abs",
    "rint": "round",
    "expit": "sigmoid",
    "psi": "digamma",
}
_COMPOSITES: dict[str, Function] = {
    "positive": lambda x: x,
    "conjugate": lambda x: x,
    "logaddexp": functions.logaddexp,
    "logaddexp2": lambda x, y: functions.logaddexp(x * _LOG2, y * _LOG2) / _LOG2,
    "degrees": functions.degrees,
    "rad2deg": functions.degrees,
    "radians": functions.radians,
    "deg2rad": functions.radians,
    "trunc": steps.trunc,
    "floor_divide": steps.floor_divide,
    "copysign": steps.copysign,
    "heaviside": steps.heaviside,
    "fmax": steps.fmax,
    "fmin": steps.fmin,
    "ldexp": lambda x, n: mul(x, exp2(n)),
}


def _asked_first(compare: Function, reflected: Function) -> Function:
    """A comparison, put to the Value: an array on the left would only ask NumPy again."""
    return lambda x, y: reflected(y, x) if is_value(y) and not is_value(x) else compare(x, y)


def truth(x: Any) -> Any:
    """Whether a number counts as true: one truth a sample where it has samples."""
    return x if isinstance(x, bool) else x != 0


TESTS: dict[str, Function] = {
    "equal": _asked_first(operator.eq, operator.eq),
    "not_equal": _asked_first(operator.ne, operator.ne),
    "less": _asked_first(operator.lt, operator.gt),
    "less_equal": _asked_first(operator.le, operator.ge),
    "greater": _asked_first(operator.gt, operator.lt),
    "greater_equal": _asked_first(operator.ge, operator.le),
    "isnan": lambda x: x != x,
    "isfinite": lambda x: abs(x) < np.inf,
    "isinf": lambda x: abs(x) == np.inf,
    "signbit": steps.is_negative,
    "logical_and": lambda x, y: truth(x) & truth(y),
    "logical_or": lambda x, y: truth(x) | truth(y),
    "logical_xor": lambda x, y: truth(x) ^ truth(y),
    "logical_not": lambda x: x == 0,
    "bitwise_and": _asked_first(operator.and_, operator.and_),
    "bitwise_or": _asked_first(operator.or_, operator.or_),
    "bitwise_xor": _asked_first(operator.xor, operator.xor),
    "invert": operator.invert,
}
"""What compares and tests: it answers true or false, and has no derivative."""

UFUNCS: dict[str, Function] = {
    **EVERY,
    **{theirs: EVERY[ours] for theirs, ours in _RENAMED.items()},
    **_COMPOSITES,
    **TESTS,
}
"""By NumPy's name: a function of numbers, applied element by element."""

PAIRS: dict[str, tuple[Function, Function]] = {
    "divmod": (steps.floor_divide, mod),
    "modf": (lambda x: fmod(x, 1), steps.trunc),
}
"""Those with two results."""

FOLDS: dict[str, tuple[Function, Any]] = {
    "add": (sequences.sum, 0.0),
    "multiply": (sequences.prod, 1.0),
    "maximum": (choices.largest, None),
    "minimum": (choices.smallest, None),
    "logaddexp": (sequences.logsumexp, -np.inf),
    "logical_or": (lambda xs: reduce(operator.or_, map(truth, xs)), False),
    "logical_and": (lambda xs: reduce(operator.and_, map(truth, xs)), True),
}
"""Reductions by one function of a sequence, and what each answers to an empty one."""


def answer(ufunc: Any, method: str, inputs: Sequence[Any], settings: dict[str, Any]) -> Any:
    """What a ufunc, or a method of one, makes of Values and arrays of them."""
    name = ufunc.__name__
    refuse_other_arrays(inputs)
    if not settings and method == "__call__" and name in UFUNCS:
        return _called(name, UFUNCS[name], inputs)  # the usual case, at once
    settings = {k: v for k, v in settings.items() if k not in ("casting", "order", "subok")}
    out = settings.pop("out", (None,))[0]
    check_dtype(name, settings.pop("dtype", None))
    if name in UFUNCS and method in _METHODS:
        result = _METHODS[method](name, inputs, settings)
    elif method == "__call__" and (not settings or name == "vecdot"):
        result = _of_arrays(ufunc, inputs, settings)
    else:
        result = NotImplemented
    if result is NotImplemented:
        raise GradientLostError(
            f"np.{name}{'' if method == '__call__' else '.' + method} of Values is not defined: "
            f"write it with autograd's own functions and arithmetic, or take v.data"
        )
    return put(result, out)


def check_dtype(name: str, dtype: Any) -> None:
    """GradientLostError for a type of number that Values do not have."""
    logical = name.startswith("logical") and dtype is bool
    if dtype is None or logical or np.dtype(dtype) in (np.dtype(float), np.dtype(object)):
        return
    raise GradientLostError(
        f"np.{name} with dtype={dtype!r} loses the gradient: Values hold float64"
    )


def _of_arrays(ufunc: Any, inputs: Sequence[Any], settings: dict[str, Any]) -> Any:
    """What a ufunc of whole rows, or of two results, or a user's own (of objects alone) answers."""
    name = ufunc.__name__
    if name in ("matmul", "vecdot") and not settings:
        whole = products.of_samples(*inputs)
        if whole is not NotImplemented:
            return whole
    if name in products.PRODUCTS:
        return _batched(products.PRODUCTS[name](*map(boxed, inputs), **settings), inputs)
    if name in PAIRS:
        return tuple(_called(name, f, inputs) for f in PAIRS[name])
    if all(set(types) <= set("O->") for types in ufunc.types):
        return unboxed(ufunc(*map(plain, map(boxed, inputs))))
    return NotImplemented


def _batched(result: Any, inputs: Sequence[Any]) -> Any:
    """A result of one dimension is a batch, if batches were given and no arrays of Values."""
    return unboxed(result, any(map(is_batch, inputs)) and not any(map(holds_values, inputs)))


def _called(name: str, function: Function, inputs: Sequence[Any]) -> Any:
    """A function of numbers, element by element where there are arrays of Values."""
    if not by_elements(inputs):
        return function(*map(_number, inputs) if name in TESTS else inputs)
    result = along_arrays(function, inputs)
    if name not in TESTS:
        return result
    return unboxed(result) if np.size(result) else result.astype(bool)


def along(function: Function, *inputs: Any) -> Any:
    """A function of numbers, element by element of an array."""
    return unboxed(along_arrays(function, inputs))


def _number(x: Any) -> Any:
    """A Value of one number as that number: so that a test of it makes no graph."""
    return x.data if is_value(x) and not x.shape else x


def _call(name: str, inputs: Sequence[Any], settings: dict[str, Any]) -> Any:
    _refuse_settings(name, settings)
    return _called(name, UFUNCS[name], inputs)


def _refuse_settings(name: str, settings: dict[str, Any]) -> None:
    given = {key: x for key, x in settings.items() if not (key == "where" and x is True)}
    if given:
        raise GradientLostError(
            f"np.{name} of Values takes no {' and no '.join(given)}: np.where(condition, x, y) chooses"
        )


def _reduced(name: str, inputs: Sequence[Any], settings: dict[str, Any]) -> Any:
    return _batched(reduction(name, inputs[0], **settings), inputs)


def reduction(
    name: str,
    x: Any,
    axis: Any = 0,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """A function of two folded along axes, all of them where axis is None."""
    x = np.asanyarray(boxed(x))
    axes = checked_axes(axis, x.ndim or 1)[: x.ndim]  # a number alone has an axis 0, as in NumPy
    rest = [a for a in range(x.ndim) if a not in axes]
    array, kept = plain(x), np.broadcast_to(where, x.shape) if where is not True else None
    rows = rows_of(array, rest, axes)
    masks = None if kept is None else rows_of(plain(kept), rest, axes)
    results = []
    for place in np.ndindex(rows.shape[:-1]):
        row = rows[place].tolist()
        if masks is not None:
            row = _kept(name, row, masks[place].tolist())
        results.append(_folded(name, row if initial is None else [_item(initial), *row]))
    shape = [1 if a in axes else n for a, n in enumerate(x.shape)] if keepdims else rows.shape[:-1]
    return unboxed(array_of(results, tuple(shape)))


def _item(x: Any) -> Any:
    """What a box of no dimension holds."""
    return x.item() if isinstance(x, np.ndarray) else x


def rows_of(x: Any, rest: list[int], axes: Sequence[int]) -> Any:
    """An array with some axes made one, the last."""
    length = int(np.prod([x.shape[a] for a in axes], dtype=int))
    return x.transpose([*rest, *axes]).reshape([*(x.shape[a] for a in rest), length])


def _kept(name: str, row: list[Any], mask: list[Any]) -> list[Any]:
    """The elements that ``where=`` keeps; under `vmap` the others count as nothing to each sample."""
    if all(isinstance(c, bool) for c in mask):
        return [x for x, c in zip(row, mask, strict=True) if c]
    nothing = {"maximum": -np.inf, "minimum": np.inf}.get(name, FOLDS.get(name, (None, None))[1])
    if nothing is None:
        raise GradientLostError(f"np.{name}.reduce of Values takes no where= under vmap")
    return [branches.where(c, x, nothing) for x, c in zip(row, mask, strict=True)]


def _folded(name: str, row: list[Any]) -> Any:
    fold, empty = FOLDS.get(name, (lambda xs: reduce(UFUNCS[name], xs), None))
    if row:
        return fold(row)
    if empty is None:
        raise ValueError(f"np.{name} of an empty array has no value: give initial=")
    return empty


def _accumulated(name: str, inputs: Sequence[Any], settings: dict[str, Any]) -> Any:
    axis = settings.pop("axis", 0)
    _refuse_settings(f"{name}.accumulate", settings)
    function = UFUNCS[name]
    result = mapped_to_rows(lambda row: accumulate(row, function), boxed(inputs[0]), axis)
    return _batched(result, inputs)


def _outer(name: str, inputs: Sequence[Any], settings: dict[str, Any]) -> Any:
    _refuse_settings(f"{name}.outer", settings)
    x, y = (np.asarray(boxed(x)) for x in inputs)
    return _called(name, UFUNCS[name], [x.reshape(x.shape + (1,) * y.ndim), y.astype(object)])


def _at(name: str, inputs: Sequence[Any], settings: dict[str, Any]) -> Any:
    return NotImplemented if settings else put_at(name, *inputs)


_METHODS: dict[str, Function] = {
    "at": _at,
    "__call__": _call,
    "reduce": _reduced,
    "accumulate": _accumulated,
    "outer": _outer,
}
