"""The table of NumPy's functions on Values (the ufuncs are in `ufuncs`), and the look-up in it.

A function in the table is given its arguments as arrays of variables (`boxes`), so it has one
definition for numbers, batches and arrays. What is in no table raises `GradientLostError`: NumPy's
own code may compute on objects in a way that loses a derivative without a word.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import context
from ..errors import GradientLostError
from ..kinds.kind import is_array_of_values, shape_of
from ..kinds.variables import holds_values, is_batch, refuse_other_arrays
from ..operations import branches, composites, steps
from ..operations.composites import EVERY
from . import calculus, choosing, linear_algebra, ordering, products, reductions
from .boxes import boxed, data_of, leaves, plain, put, unboxed
from .structure import BY_NUMPY, JOINS
from .ufuncs import along, reduction

# ------------------------------------------------------------------------------- element by element


def _clip(
    a: Any,
    a_min: Any = None,
    a_max: Any = None,
    out: Any = None,
    *,
    min: Any = None,
    max: Any = None,
) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    return along(composites.clip, a, low, high)


def _round(a: Any, decimals: int = 0, out: Any = None) -> Any:
    if not decimals:
        return along(branches.round, a)
    return along(branches.round, a * 10.0**decimals) / 10.0**decimals


def _nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    largest = float(np.finfo(float).max)
    high, low = largest if posinf is None else posinf, -largest if neginf is None else neginf

    def finite(v: Any) -> Any:
        bounded = branches.where(v == np.inf, high, branches.where(v == -np.inf, low, v))
        return branches.where(v == v, bounded, nan)

    return along(finite, x)


def _isclose(
    a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    near = np.less_equal(np.abs(np.subtract(a, b)), atol + rtol * np.abs(b))
    near = np.logical_or(near, np.equal(a, b))
    return np.logical_or(near, np.isnan(a) & np.isnan(b)) if equal_nan else near


def _array_equal(a1: Any, a2: Any) -> Any:
    return np.shape(a1) == np.shape(a2) and np.all(np.equal(a1, a2))


def _pad(array: Any, pad_width: Any, mode: Any = "constant", **settings: Any) -> Any:
    repeats = mode in ("constant", "edge", "reflect", "symmetric", "wrap")
    if not repeats or "reflect_type" in settings:
        raise GradientLostError(
            f"np.pad of Values repeats elements or constants, and computes none; got {mode!r}"
        )
    return np.pad(plain(array), pad_width, mode, **plain(settings))


def _searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """How many elements come before v; where the numbers are not known yet, a sum of conditions."""
    if all(map(_is_known, (a, v))):
        return np.searchsorted(_data(a), _data(v), side, sorter)
    if side not in ("left", "right") or sorter is not None:
        raise ValueError(f"searchsorted: side is 'left' or 'right', without sorter; got {side!r}")
    v = np.asanyarray(v)[..., None]
    before = np.less(a, v) if side == "left" else np.less_equal(a, v)
    return np.sum(np.logical_or(before, np.isnan(v)) + 0.0, axis=-1)


def _digitize(x: Any, bins: Any, right: bool = False) -> Any:
    if all(map(_is_known, (x, bins))):
        return np.digitize(_data(x), _data(bins), right)
    side = "left" if right else "right"
    falling = len(bins) - _searchsorted(bins[::-1], x, side)
    return np.where(bins[0] <= bins[-1], _searchsorted(bins, x, side), falling)


def _is_known(x: Any) -> bool:
    """Whether the elements of an array are numbers: neither recorded nor one for each sample."""
    elements = np.ravel(plain(x)).tolist()
    return not choosing.is_recorded(elements) and not any(map(shape_of, map(data_of, elements)))


def _data(x: Any) -> Any:
    """The numbers of an array; places among them are integers, and have no derivative."""
    elements = [data_of(v) for v in np.ravel(plain(x)).tolist()]
    return np.array(elements, dtype=float).reshape(np.shape(x))


def _trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    return reduction("add", np.diagonal(a, offset, axis1, axis2), -1)


def _each(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: along(function, x)


ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "i0": EVERY["i0"],
    "sinc": EVERY["sinc"],
    "fix": steps.trunc,
    "real": lambda x: x,
    "real_if_close": lambda x: x,
    "iscomplex": lambda x: False,
    "isreal": lambda x: True,
    "isposinf": lambda x: x == np.inf,
    "isneginf": lambda x: x == -np.inf,
}

FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _each(function) for name, function in ELEMENTWISE.items()},
    "clip": _clip,
    "round": _round,
    "around": _round,
    "nan_to_num": _nan_to_num,
    "isclose": _isclose,
    "allclose": lambda *args, **settings: np.all(_isclose(*args, **settings)),
    "array_equal": _array_equal,
    "pad": _pad,
    "searchsorted": _searchsorted,
    "digitize": _digitize,
    "trace": _trace,
    "linalg.trace": lambda x, /, *, offset=0: _trace(x, offset, -2, -1),
    **ordering.FUNCTIONS,
    **choosing.FUNCTIONS,
    **reductions.FUNCTIONS,
    **products.FUNCTIONS,
    **linear_algebra.FUNCTIONS,
    **calculus.FUNCTIONS,
}
"""By NumPy's name: a function of arrays of variables."""

INSTEAD = {
    "linalg.lstsq": "np.linalg.solve(A.T @ A, A.T @ b) is the least-squares solution",
    "linalg.pinv": "np.linalg.solve(A.T @ A, A.T) is the pseudoinverse of full columns",
    "linalg.tensorsolve": "reshape, then np.linalg.solve",
    "linalg.tensorinv": "reshape, then np.linalg.inv",
    "linalg.cond": "np.linalg.norm(A, 1) * np.linalg.norm(np.linalg.inv(A), 1) is one",
    "unique": "np.sort keeps every element",
    "polyfit": "np.linalg.solve on np.vander's normal equations",
    "apply_along_axis": "a list comprehension over the rows, and np.stack",
    "piecewise": "np.where(condition, x, y) chooses",
}
"""What to do instead of functions that are not in the table."""


def answer(function: Any, args: Any, settings: dict[str, Any]) -> Any:
    """What one of NumPy's functions makes of Values and arrays of them."""
    name = name_of(function)
    if name in WHOLE and (not settings or settings in ONE_AXIS):
        whole = _of_whole_batches(name, args)
        if whole is not NotImplemented:
            return whole
    given = [*leaves(args), *leaves(settings)]
    refuse_other_arrays(given)
    batches = any(map(is_batch, given)) and not any(map(holds_values, given))
    if name in JOINS and args and not isinstance(args[0], (list, tuple)):
        args = ([*args[0]], *args[1:])  # an array's rows, one by one
    args, settings = boxed(args), boxed(settings)
    if name in BY_NUMPY:
        return _by_numpy(name, function, plain(args), plain(settings), batches)
    if name not in FUNCTIONS:
        way = INSTEAD.get(name, "write it with autograd's own functions and arithmetic")
        raise GradientLostError(
            f"np.{name} has no derivative here: {way}; if only the numbers are wanted, take v.data"
        )
    out = settings.pop("out", None)
    return put(unboxed(_called(name, FUNCTIONS[name], args, settings), batches), out)


def name_of(function: Any) -> str:
    """NumPy's name of a function, with its part: ``sort``, ``linalg.solve``, ``fft.rfft``."""
    return f"{function.__module__}.{function.__name__}".removeprefix("numpy.")


def _var(v: Any) -> Any:
    return np.square(v - v.mean()).mean()


WHOLE: dict[str, tuple[int, Callable[..., Any]]] = {
    "where": (3, branches.where),
    "sum": (1, lambda v: v.sum()),
    "mean": (1, lambda v: v.mean()),
    "var": (1, _var),
    "std": (1, lambda v: np.sqrt(_var(v))),
    "ndim": (1, lambda v: 1),
    "shape": (1, lambda v: v.shape[:1]),
    "size": (1, lambda v: v.shape[0]),
    "clip": (3, composites.clip),
    **dict.fromkeys(("dot", "inner", "vdot"), (2, products.of_samples)),
}
"""What a few nodes do for all samples of a batch at once: how many arguments it takes, the function."""
ONE_AXIS = [{"axis": 0}, {"axis": -1}, {"axis": None}]
"""Settings that leave a function of one batch as it is."""


def _of_whole_batches(name: str, args: Any) -> Any:
    """A function of batches without settings, if it is in `WHOLE`; NotImplemented for all else."""
    count, function = WHOLE[name]
    if len(args) != count:
        return NotImplemented
    if name in ("where", "clip"):  # whose arguments may be anything, sample by sample
        for x in args:
            if x is None or is_array_of_values(x) or isinstance(x, (list, tuple)):
                return NotImplemented
            if context.running.get().samples and isinstance(x, np.ndarray):
                return NotImplemented
    elif len(args) == 1 and not is_batch(args[0]):
        return NotImplemented
    return function(*args)


def _by_numpy(name: str, function: Any, args: Any, settings: Any, as_batches: bool) -> Any:
    try:
        return unboxed(function(*args, **settings), as_batches, as_floats=False)
    except GradientLostError:
        raise
    except TypeError as error:
        raise GradientLostError(f"np.{name} of Values: {error}") from error


_signature = functools.cache(inspect.signature)


def _called(name: str, function: Any, args: Any, settings: Any) -> Any:
    try:
        _signature(function).bind(*args, **settings)
    except TypeError as error:
        raise GradientLostError(
            f"np.{name} of Values takes {_signature(function)}: {error}"
        ) from error
    return function(*args, **settings)
