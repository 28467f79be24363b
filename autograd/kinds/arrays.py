"""NumPy's arrays: a batch, n samples of one scalar computed together.

A user's batch has one dimension; a nested ``vmap`` puts one in front. `Masked` is the adjoint of a
batch some of whose samples took another branch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import context
from ..errors import BatchError, KindError, NumberError
from .conditions import Condition, count_of
from .kind import register
from .masks import Masked

# ---------------------------------------------------------------------------- what comes in and out


def _constant(x: Any) -> Any:
    """A read-only copy of a one-dimensional array of floats; of booleans a condition."""
    if context.running.sweeping:
        return x  # an adjoint or a number of the graph: ours already
    if x.ndim == 0:
        return _scalar(x[()])
    if x.dtype.kind not in "biuf" or x.ndim != max(1, len(context.running.samples)):
        raise NumberError(
            f"a batch is a one-dimensional array of floats, one number a sample; "
            f"got an array of shape {x.shape} and type {x.dtype}"
        )
    return Condition(x.copy()) if x.dtype.kind == "b" else _sealed(x.astype(float))


def _variable(x: Any) -> Any:
    return count_of(_constant(x)) if x.ndim else float(_scalar(x[()]))


def _sealed(x: Any) -> Any:
    if x.ndim == 0:
        return _scalar(x[()])
    if x.dtype == object:
        x = x.astype(float)  # a Fraction or an mpf met a batch: its samples are floats
    x.flags.writeable = False
    return x


def _scalar(x: Any) -> Any:
    if x.dtype.kind not in "biuf":
        raise NumberError(f"a Value holds real numbers, got {x!r} of type {x.dtype}")
    return float(x) if x.dtype.kind == "f" else x.item()


def _item(x: Any) -> float:
    if x.size != 1:
        raise BatchError(
            f"a batch of {x.size} samples is not one number: read .data, or use mean()"
        )
    return float(x.item())


# --------------------------------------------------------------------------------- samples and sums


def to_shape(c: Any, shape: tuple[int, ...]) -> Any:
    """c summed over the axes that the shape lacks, repeated along those that c lacks."""
    if type(c) is np.ndarray and c.ndim == 1 and not shape:  # the usual case, in one call
        return float(np.add.reduce(c))
    c = np.asarray(c, dtype=float)
    for _ in range(c.ndim - len(shape)):
        c = np.add.reduce(c)
    for axis in range(-np.ndim(c), 0):
        if shape[axis] == 1:
            c = np.add.reduce(c, axis=axis, keepdims=True)
    return np.broadcast_to(c, shape) if shape else float(c)


def _unbroadcast_each(cs: Sequence[Any], xs: Sequence[Any]) -> Sequence[Any]:
    """What weights receive, the sums over samples, in one call for all (the bits of `to_shape`)."""
    if len({c.shape for c in cs}) == cs[0].ndim == 1 and {*map(type, xs)} == {float}:
        return np.add.reduce(np.array(cs), axis=1).tolist()  # type: ignore[no-any-return]
    return cs


def _logsumexp(xs: Sequence[Any]) -> Any:
    stack = np.stack(np.broadcast_arrays(*xs)).astype(float)
    top = stack.max(axis=0)
    shift = np.where(np.isfinite(top), top, 0.0)
    terms = np.exp(stack - shift)
    first = np.expand_dims(stack.argmax(axis=0), 0)
    one = np.take_along_axis(terms, first, 0)[0]  # 1, or what inf and nan make of it
    np.put_along_axis(terms, first, 0.0, 0)
    rest = terms.sum(axis=0)
    return shift + np.where(np.isfinite(top), np.log1p(rest), np.log(one + rest))


def _sigmoid(x: Any) -> Any:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1 + e)


def _special(name: str) -> Callable[[Any], Any]:
    def function(x: Any) -> Any:
        try:
            from scipy import special
        except ImportError as error:
            raise KindError(f"{name} of an array needs SciPy: pip install scipy") from error
        return getattr(special, name)(x)

    return function


def _strays(c: Any, mask: Any) -> bool:
    return c.shape == mask.shape and bool(np.any(~mask & (c != 0) & (c == c)))


def _unbroadcast(c: Any, x: Any) -> Any:
    shape = x.shape if type(x) is np.ndarray else getattr(x, "shape", ())
    return _sealed(c) if c.shape == shape else to_shape(c, shape)


_same = "exp expm1 exp2 log log1p log2 log10 sqrt cbrt sin cos tan arcsin arccos arctan sinh cosh"
_same += (
    " tanh arcsinh arccosh arctanh floor ceil sign mod fmod arctan2 hypot maximum minimum where"
)
_functions: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in _same.split()},
    "round": np.rint,
    "pow": np.power,
    "erf": _special("erf"),
    "erfc": _special("erfc"),
    "sigmoid": _sigmoid,
    "logsumexp": _logsumexp,
    "only": lambda c, g: Masked(g, c if c.dtype == bool else c != 0),
    "constant": _constant,
    "variable": _variable,
    "result": _sealed,
    "to_shape": to_shape,
    "unbroadcast": _unbroadcast,
    "strays": _strays,
    "unbroadcast_each": _unbroadcast_each,
    "like": lambda n, x: float(n),
    "item": _item,
    "is_nan": lambda x: bool(np.isnan(x).any()),
    "is_finite": lambda x: bool(np.isfinite(x).all()),
}

register(np.ndarray, _functions, priority=2)
register(
    np.generic,
    _functions | {"constant": _scalar, "variable": lambda x: float(_scalar(x)), "result": _scalar},
    priority=0,
)
