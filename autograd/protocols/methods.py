"""The functions as methods of a Value: ``v.tanh()`` is ``tanh(v)``.

NumPy asks for them, too: of an array of objects, such as ``np.array([v, w])``, ``np.hypot`` calls each
element's ``hypot``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from ..errors import GradientLostError
from ..kinds.conditions import Condition
from ..operations import arithmetic, branches, elementary, sequences, special, steps
from ..operations import composites as functions
from ..primitive import Primitive

if TYPE_CHECKING:
    from ..value import Value

P = ParamSpec("P")


def _method(function: Callable[Concatenate[Any, P], Any]) -> Callable[Concatenate[Value, P], Value]:
    """A function as a method of its first argument."""
    if not isinstance(function, Primitive):
        return function

    def of_one(self: Any) -> Any:
        return function.apply(self)

    def of_two(self: Any, other: Any) -> Any:
        return function.apply(self, other)

    method = functools.wraps(function)(of_one if len(function.pullbacks) == 1 else of_two)
    return cast("Callable[Concatenate[Value, P], Value]", method)


def _reduction(function: Callable[[Any], Any]) -> Callable[[Value], Value]:
    """The method over the samples of a batch, called as NumPy calls it."""

    def method(self: Any, *, axis: None = None, dtype: None = None, out: None = None) -> Any:
        if axis is not dtype or dtype is not out or out is not None:  # np.sum(v) passes all three
            raise TypeError(f"{method.__name__} of a Value is over its samples, without settings")
        return function(self)

    return functools.wraps(function)(method)


def _by_numpy(name: str) -> Callable[..., Any]:
    """NumPy's function of an array as a method of a batch, the array of its samples."""

    def method(self: Any, *args: Any, **settings: Any) -> Any:
        import numpy as np

        return getattr(np, name)(self, *args, **settings)

    method.__name__ = name
    method.__doc__ = f"``np.{name}`` of the samples of a batch."
    return method


class Methods:
    """Every function of one number with NumPy's name, as a method."""

    __slots__ = ()

    def __round__(self: Any, digits: None = None) -> Value:
        """The nearest integer, halves to the even one; derivative 0."""
        if digits is not None:
            raise TypeError(
                f"round(v, {digits!r}) of a Value has no derivative of use: "
                f"round(v.item(), {digits!r}) is the number, f'{{v:.{digits!r}f}}' writes it"
            )
        return _method(branches.round)(self)

    __abs__ = _method(branches.abs)
    __floordiv__ = steps.floor_divide
    __divmod__ = steps.divmod

    def astype(self: Any, dtype: Any) -> Any:
        """A condition as the number it counts as, 0 or 1; a number as itself, if ``dtype`` is float."""
        name = getattr(dtype, "__name__", str(dtype))
        if type(self.data) is Condition:
            return self if name == "bool" else self + 0.0
        if name not in ("float", "float64"):
            raise GradientLostError(
                f"astype({name}) of a number would lose its gradient: floor(x), ceil(x) and round(x) "
                f"answer floats, astype(float) the number itself"
            )
        return self

    def conjugate(self) -> Any:
        """A real number's own, as NumPy's products of objects ask for it."""
        return self

    def __matmul__(self: Any, y: Any) -> Any:
        import numpy as np

        return np.matmul(self, y)

    def __rfloordiv__(self, x: Any) -> Any:
        return steps.floor_divide(x, self)

    def __rdivmod__(self, x: Any) -> Any:
        return steps.divmod(x, self)

    hypot = _method(arithmetic.hypot)
    fmod = _method(arithmetic.fmod)
    square = _method(arithmetic.square)
    reciprocal = _method(arithmetic.reciprocal)
    sqrt = _method(arithmetic.sqrt)
    cbrt = _method(arithmetic.cbrt)
    exp = _method(elementary.exp)
    expm1 = _method(elementary.expm1)
    exp2 = _method(elementary.exp2)
    log = _method(elementary.log)
    log1p = _method(elementary.log1p)
    log2 = _method(elementary.log2)
    log10 = _method(elementary.log10)
    sigmoid = _method(elementary.sigmoid)
    softplus = _method(elementary.softplus)
    erf = _method(special.erf)
    erfc = _method(special.erfc)
    sin = _method(elementary.sin)
    cos = _method(elementary.cos)
    tan = _method(elementary.tan)
    arcsin = _method(elementary.arcsin)
    arccos = _method(elementary.arccos)
    arctan = _method(elementary.arctan)
    sinh = _method(elementary.sinh)
    cosh = _method(elementary.cosh)
    tanh = _method(elementary.tanh)
    arctan2 = _method(elementary.arctan2)
    arcsinh = _method(elementary.arcsinh)
    arccosh = _method(elementary.arccosh)
    arctanh = _method(elementary.arctanh)
    neg = _method(arithmetic.neg)
    abs = fabs = _method(branches.abs)
    sign = _method(branches.sign)
    floor = _method(branches.floor)
    ceil = _method(branches.ceil)
    round = rint = _method(branches.round)
    relu = _method(branches.relu)
    log_sigmoid = _method(functions.log_sigmoid)
    elu = _method(functions.elu)
    leaky_relu = _method(functions.leaky_relu)
    hard_tanh = _method(functions.hard_tanh)
    clip = _method(functions.clip)
    sinc = _method(special.sinc)
    gammaln = _method(special.gammaln)
    digamma = _method(special.digamma)
    i0 = _method(special.i0)
    i1 = _method(special.i1)
    ndtr = _method(special.ndtr)
    log_ndtr = _method(special.log_ndtr)
    erfinv = _method(special.erfinv)
    logit = _method(special.logit)
    degrees = rad2deg = _method(functions.degrees)
    radians = deg2rad = _method(functions.radians)
    sum = _reduction(sequences.sum)
    mean = _reduction(functions.mean)
    var = _by_numpy("var")
    std = _by_numpy("std")
    cumsum = _by_numpy("cumsum")
    cumprod = _by_numpy("cumprod")
    max = _by_numpy("max")
    min = _by_numpy("min")
    prod = _by_numpy("prod")
    argmax = _by_numpy("argmax")
    argmin = _by_numpy("argmin")
    dot = _by_numpy("dot")
