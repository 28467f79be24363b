"""NumPy's arrays: a batch, n samples of one scalar computed together.

A user's batch has one dimension; a nested ``vmap`` puts one in front. `Masked` is the adjoint of a
batch some of whose samples took another branch.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import context
from ..errors import BatchError, KindError, NumberError
from ..registry import register
from ..untaken import NOTHING, masks

# ---------------------------------------------------------------------------- what comes in and out


def _constant(x: Any) -> Any:
    """A read-only copy of a one-dimensional array of floats (or of booleans: a condition)."""
    if masks.sweeping:
        return x  # an adjoint or a number of the graph: ours already
    if x.ndim == 0:
        return _scalar(x[()])
    if x.dtype.kind not in "biuf" or x.ndim != max(1, len(context.running.samples)):
        raise NumberError(
            f"a batch is a one-dimensional array of floats, one number a sample; "
            f"got an array of shape {x.shape} and type {x.dtype}"
        )
    return _sealed(x.astype(bool if x.dtype.kind == "b" else float))


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


def _each_conformed(cs: Sequence[Any], xs: Sequence[Any]) -> Sequence[Any]:
    """What batches' arguments receive: weights the sums over samples, in two calls for all of them
    (the bits of `to_shape`), batches what was sent, sealed.
    """
    shapes = {c.shape for c in cs}
    if cs[0].ndim == len(shapes) == 1:
        if type(xs[0]) is float:
            return np.add.reduce(np.array(cs), axis=1).tolist()  # type: ignore[no-any-return]
        if shapes == {x.shape for x in xs if type(x) is np.ndarray}:
            return [_sealed(c) for c in cs]
    return ()


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


# ----------------------------------------------------------------------------- branches not taken


class Masked:
    """An adjoint that was sent to the samples of a mask only: what the others hold is no number.

    Formulas are linear in the adjoint, so ``+ - * /`` by other numbers are all it takes part in.
    """

    __slots__ = ("data", "mask", "shape")
    __array_ufunc__ = None  # an array on the left leaves the operation to us

    def __init__(self, data: Any, mask: Any) -> None:
        data, mask = np.broadcast_arrays(data, mask)
        self.data, self.mask = np.where(mask, data, 0.0), mask
        self.shape = self.data.shape

    def __getitem__(self, index: int) -> Any:
        data, mask = self.data[index], self.mask[index]
        if data.ndim:
            return Masked(data, mask)
        return float(data) if mask else NOTHING

    def _with(self, operate: Callable[[Any, Any], Any], y: Any) -> Any:
        if type(y) is Masked:
            return Masked(operate(self.data, y.data), self.mask & y.mask)
        if isinstance(y, (int, float, np.ndarray)):
            return Masked(operate(self.data, y), self.mask)
        return NotImplemented

    def __mul__(self, y: Any) -> Any:
        return self._with(operator.mul, y)

    __rmul__ = __mul__

    def __truediv__(self, y: Any) -> Any:
        return self._with(np.divide, y)

    def __neg__(self) -> Masked:
        return Masked(-self.data, self.mask)

    def __add__(self, y: Any) -> Any:
        if type(y) is Masked:
            return Masked(self.data + y.data, self.mask | y.mask)
        return self.data + y if isinstance(y, (int, float, np.ndarray)) else NotImplemented

    __radd__ = __add__

    def __sub__(self, y: Any) -> Any:
        return self + -y

    def __rsub__(self, y: Any) -> Any:
        return -self + y


def _only(c: Any, g: Any) -> Any:
    if masks.on:
        return Masked(g, c)
    masks.met = True
    return np.where(c, g, 0.0)


def _only_masked(c: Any, g: Masked) -> Masked:
    return Masked(g.data, g.mask & c)


def _where_masked(c: Any, x: Any, y: Any) -> Any:
    return _only_masked(c, _masked(x)) + _only_masked(np.logical_not(c), _masked(y))


def _masked(x: Any) -> Masked:
    return x if type(x) is Masked else Masked(x, True)


def _masked_to_shape(c: Masked, shape: tuple[int, ...]) -> Any:
    data, sent = to_shape(c.data, shape), to_shape(c.mask, shape)
    return Masked(data, sent > 0) if shape else (data if sent else NOTHING)


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
    "only": _only,
    "constant": _constant,
    "sealed": _sealed,
    "to_shape": to_shape,
    "each_conformed": _each_conformed,
    "like": lambda n, x: float(n),
    "item": _item,
    "is_nan": lambda x: bool(np.isnan(x).any()),
    "is_finite": lambda x: bool(np.isfinite(x).all()),
}

register(np.ndarray, _functions, priority=2)
register(np.generic, _functions | {"constant": _scalar, "sealed": _scalar}, priority=0)
register(
    Masked,
    {
        "only": _only_masked,
        "where": _where_masked,
        "to_shape": _masked_to_shape,
        "sent": lambda g: g.mask,
        "filled": lambda g: g.data,
        "like": lambda n, x: float(n),
        "is_nan": lambda g: bool(np.isnan(g.data).any()),
        "is_finite": lambda g: bool(np.isfinite(g.data).all()),
    },
    priority=3,
)
