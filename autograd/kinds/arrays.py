"""NumPy's arrays: a batch, n samples of one scalar computed together.

A user's batch has one dimension; a nested ``vmap`` puts one in front. `Masked` is the adjoint of a
batch some of whose samples took another branch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np

from .. import context
from ..errors import BatchError, NumberError
from . import dispatch
from .conditions import Condition, count_of
from .kind import by_operators, kind_of, register
from .masks import Masked
from .scipy import of_arrays
from .special import Normal, bessel, compensated_gaussian, in_proportion, reflected
from .variables import is_of_floats, refuse_other_arithmetic

_DOUBLE = np.dtype(float)

# ---------------------------------------------------------------------------- what comes in and out


def _constant(x: Any) -> Any:
    """A read-only copy of a one-dimensional array of floats; of booleans a condition."""
    if context.running.get().sweeping:
        return x  # an adjoint or a number of the graph: ours already
    refuse_other_arithmetic(x)
    if x.ndim == 0:
        return _scalar(x[()])
    if is_of_floats(x):
        return dispatch.batch_of(x)
    if x.dtype.kind not in "biuf" or x.ndim > max(1, len(context.running.get().samples)):
        raise NumberError(
            f"a batch is a one-dimensional array of floats, one number a sample; "
            f"got an array of shape {x.shape} and type {x.dtype}{_way_to_a_batch(x)}"
        )
    return Condition(x.copy()) if x.dtype.kind == "b" else _sealed(x.astype(float))


def _way_to_a_batch(x: Any) -> str:
    """What to do with an array that is none, or what is wrong with it."""
    if x.ndim > 1:
        return ". Beside a Value v, write np.stack([v]) in its place, and all are arrays"
    if x.dtype != object:
        return ""
    others = [v for v in x.tolist() if kind_of(v) is None]
    if others:
        return f", in which {others[0]!r} is no number"
    return f": autograd.stack(list(x)) of {len(x)} Values is one"


def _variable(x: Any) -> Any:
    return count_of(_constant(x)) if x.ndim else float(_scalar(x[()]))


def _sealed(x: Any) -> Any:
    if x.ndim == 0:
        return _scalar(x[()])
    if x.dtype is not _DOUBLE and x.dtype == object:
        x = x.astype(float)  # a Fraction or an mpf met a batch: its samples are floats
    x.setflags(write=False)  # a third of the time of `flags.writeable = False`
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
    rows = xs if len({*map(np.shape, xs)}) == 1 else np.broadcast_arrays(*xs)
    stack = np.array(rows, dtype=float)
    shape, stack = stack.shape[1:], stack.reshape(len(xs), -1)
    top = stack.max(axis=0)
    finite = np.isfinite(top)
    shift = top if finite.all() else np.where(finite, top, 0.0)
    terms = np.exp(stack - shift)
    first = stack.argmax(axis=0), np.arange(stack.shape[1])
    one = terms[first]  # 1, or what inf and nan make of it
    terms[first] = 0.0
    rest = terms.sum(axis=0)
    z = np.log1p(rest) if shift is top else np.where(finite, np.log1p(rest), np.log(one + rest))
    return (shift + z).reshape(shape)


def _sigmoid(x: Any) -> Any:
    return np.exp(np.minimum(x, 0.0)) / (1 + np.exp(-np.abs(x)))  # faster than one exp and a choice


def _of_floats(function: Any) -> Callable[[Any, Any], Any]:
    """A ufunc that knows no objects, such as a Fraction beside a batch."""
    return lambda x, y: function(np.asarray(x, dtype=float), np.asarray(y, dtype=float))


def _power(x: Any, y: Any) -> Any:
    """xʸ; NumPy takes the square root for y = 0.5, which differs at -0.0 and -inf."""
    z = np.power(x, y)
    if not isinstance(y, float) or y != 0.5:
        return z
    z += 0.0
    total = np.add.reduce(z, axis=None)  # of what is 0 or more, or nan
    return z if total == total else np.where(np.equal(x, -np.inf), np.inf, z)


def _power_below(x: Any, y: Any) -> Any:
    below = y - 1
    exact = (below + 1 == y) & (y - below == 1)
    if np.all(exact):
        return _power(x, below)
    z = _power(x, y)
    return np.where(exact | (x == 0) | ~np.isfinite(z), _power(x, below), z / x)


def _softmax(g: Any, xs: Sequence[Any], z: Any) -> Sequence[Any]:
    if np.isinf(z).any():
        return by_operators["softmax"](g, xs, z)  # type: ignore[no-any-return]
    top = reduce(np.maximum, xs)
    return in_proportion(g, [np.exp(x - top) for x in xs])


_erfcx, _erfc = of_arrays("erfcx"), of_arrays("erfc")
_normal = Normal(of_arrays("ndtr"), _erfcx)
_gammaln = of_arrays("gammaln")
_polygamma = reflected(of_arrays("digamma"), of_arrays("polygamma"))


def _accurate_erfc(x: Any) -> Any:
    """SciPy's own loses x² units in the last place where it takes exp(-x²) of the rounded square."""
    far = np.maximum(x, 0.5)
    return np.where(x > 0.5, _erfcx(far) * compensated_gaussian(1, far), _erfc(x))


def _gammaln_of_all(x: Any) -> Any:
    """SciPy's own is -inf at -inf, and inf of subnormals, where |Γ(x)| is 1/|x|."""
    size = np.abs(x)
    return np.where(size < 1e-300, -np.log(size), _gammaln(np.where(size == np.inf, np.inf, x)))


def _strays(c: Any, mask: Any) -> bool:
    return c.shape == mask.shape and bool(np.any(~mask & (c != 0) & (c == c)))


def _unbroadcast(c: Any, x: Any) -> Any:
    shape = x.shape if type(x) is np.ndarray else getattr(x, "shape", ())
    return _sealed(c) if c.shape == shape else to_shape(c, shape)


_same = "exp expm1 exp2 log log1p log2 log10 sqrt cbrt sin cos tan arcsin arccos arctan sinh cosh"
_same += " tanh arcsinh arccosh arctanh floor ceil sign mod maximum minimum where"
_scipys = "erf erfinv erfcx i0 i1"
_functions: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in _same.split()},
    **{name: _of_floats(getattr(np, name)) for name in ("fmod", "arctan2", "hypot")},
    "round": lambda x: np.rint(np.asarray(x, dtype=float)),
    "pow": _power,
    **{name: of_arrays(name) for name in _scipys.split()},
    "erfc": _accurate_erfc,
    "gaussian": compensated_gaussian,
    "ndtr": _normal.ndtr,
    "log_ndtr": _normal.log_ndtr,
    "mills": _normal.mills,
    "gammaln": _gammaln_of_all,
    "digamma": partial(_polygamma, 0),
    "polygamma": _polygamma,
    "iv": bessel(*map(of_arrays, ("iv", "i0", "i1"))),
    "sigmoid": _sigmoid,
    "logsumexp": _logsumexp,
    "shift": lambda xs: reduce(np.maximum, xs),
    "softmax": _softmax,
    "power_below": _power_below,
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
