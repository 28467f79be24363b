"""What a Value does with Python's operators and NumPy's functions: apply the primitives.

The operators and the methods with NumPy's names are attached here, above the primitives that they
apply. A conversion that would lose the gradient silently is refused, with the way out.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any, NoReturn

from . import branches, ops, registry, samples, sequences, untaken
from .errors import BatchError, GradientLostError, NumberError
from .primitive import Primitive
from .value import Value

PRIMITIVES: dict[str, Primitive] = {
    op.name: op
    for module in (ops, branches, sequences)
    for op in vars(module).values()
    if isinstance(op, Primitive)
}
"""Every primitive of the engine by its name: what tests, the gallery and the command line walk."""

# ------------------------------------------------------------------------ operators and methods


def _swapped(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda y, x: apply(x, y)


for _symbol, _op in {
    "add": ops.add,
    "sub": ops.sub,
    "mul": ops.mul,
    "truediv": ops.div,
    "mod": ops.mod,
    "pow": ops.pow,
}.items():
    setattr(Value, f"__{_symbol}__", _op.apply)
    setattr(Value, f"__r{_symbol}__", _swapped(_op.apply))


def reduction(function: Callable[[Any], Any]) -> Callable[..., Any]:
    """The method over the samples of a batch, called as NumPy calls it."""

    def method(self: Value, *, axis: None = None, dtype: None = None, out: None = None) -> Any:
        if axis is not dtype or dtype is not out or out is not None:  # np.sum(v) passes all three
            raise TypeError(f"{method.__name__} of a Value is over its samples, without settings")
        return function(self)

    return functools.wraps(function)(method)


def attach(function: Callable[..., Any]) -> None:
    """Make a function a method of Value, which is its first argument."""
    setattr(Value, function.__name__, _as_method(function))


def _as_method(function: Callable[..., Any]) -> Callable[..., Any]:
    if not isinstance(function, Primitive):
        return function
    apply = function.apply
    return functools.wraps(function)(lambda self: apply(self))  # noqa: PLW0108  (of one argument)


for _name, _op in PRIMITIVES.items():
    if _name not in vars(sequences) and len(_op.pullbacks) == 1:
        attach(_op)
attach(reduction(sequences.sum))
Value.__neg__ = ops.neg.apply
Value.__abs__ = branches.abs.apply


def _round(self: Value) -> Any:
    return branches.round(self)


def _pos(self: Value) -> Value:
    return self


# --------------------------------------------------------------------------- numbers, comparisons


def _data(x: Any) -> Any:
    return x.data if type(x) is Value else x


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[[Value, Any], Any]:
    def method(self: Value, other: Any) -> Any:
        other = _data(other)
        return compare(self.data, other) if registry.is_number(other) else NotImplemented

    return method


def _bool(self: Value) -> bool:
    if getattr(self.data, "ndim", 0):
        raise BatchError(
            "a batch is neither true nor false: where(condition, x, y) chooses sample by sample"
        )
    return bool(self.data)


def _refuse(name: str) -> Callable[..., NoReturn]:
    def method(self: Value, *_: Any) -> NoReturn:
        raise GradientLostError(
            f"{name} of a Value would lose its gradient: use autograd's function of it (exp(v), not "
            f"math.exp(v)), an array of dtype object, or v.item() if only the number is wanted"
        )

    return method


def _no_symbol(self: Value) -> NoReturn:
    """SymPy's protocol: it then leaves ``symbol * v`` to the Value's own operators."""
    from sympy import SympifyError  # SymPy is loaded: it called us

    raise SympifyError(self)


def _repr(self: Value) -> str:
    label = f", label={self.label!r}" if self.label else ""
    return f"Value(data={self.data}, grad={self.grad}{label})"


def _format(self: Value, spec: str) -> str:
    return format(self.data, spec) if spec else repr(self)


# ------------------------------------------------------------------------------- NumPy's functions

_UFUNCS = {
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
}


def _on_data(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda x, y: compare(_data(x), _data(y))


_COMPARISONS = {
    "equal": _on_data(operator.eq),
    "not_equal": _on_data(operator.ne),
    "less": _on_data(operator.lt),
    "less_equal": _on_data(operator.le),
    "greater": _on_data(operator.gt),
    "greater_equal": _on_data(operator.ge),
}
_TESTS = ("isnan", "isfinite", "isinf", "signbit")
EXTRA_UFUNCS: dict[str, Callable[..., Any]] = {
    "positive": _pos,
    "conjugate": _pos,
    "real": _pos,
}  # functions.py adds its own


def function_for(ufunc: Any) -> Callable[..., Any] | None:
    """Our function for one of NumPy's, or None."""
    name = ufunc.__name__
    return (
        _COMPARISONS.get(name) or PRIMITIVES.get(_UFUNCS.get(name, name)) or EXTRA_UFUNCS.get(name)
    )


def is_comparison(ufunc: Any) -> bool:
    """Whether one of NumPy's functions compares or tests numbers, and answers true or false."""
    return ufunc.__name__ in _COMPARISONS or ufunc.__name__ in _TESTS


def _array_ufunc(self: Value, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
    """NumPy's protocol (NEP 13): ``np.exp(v)``, ``array * v`` and ``np.float64(2) * v`` are ours."""
    if any(getattr(x, "dtype", None) == "O" for x in inputs):
        from .variables import Variables  # NumPy is loaded: it called us

        return Variables.__array_ufunc__(inputs[0], ufunc, method, *inputs, **settings)
    if ufunc.__name__ in _TESTS:
        return ufunc(self.data)
    function = function_for(ufunc)
    if function is None or method != "__call__" or settings:
        raise GradientLostError(
            f"np.{ufunc.__name__}{'' if method == '__call__' else '.' + method} has no derivative "
            f"here{' with ' + ', '.join(settings) if settings else ''}; autograd's own functions have"
        )
    return function(*inputs)


def _array_function(self: Value, function: Any, types: Any, args: Any, settings: Any) -> Any:
    """NumPy's protocol (NEP 18): ``np.where`` is ours; others see an array of dtype object."""
    if function.__name__ == "where":
        return branches.where(*args, **settings)
    from .variables import as_ours

    return as_ours(function._implementation(*args, **settings))  # noqa: SLF001  (NEP 18's way)


for _name, _function in {
    "__pos__": _pos,
    "conjugate": _pos,  # a real number's own, as NumPy's vdot and norm ask for it
    "_sympy_": _no_symbol,
    "__eq__": _comparison(operator.eq),
    "__ne__": _comparison(operator.ne),
    "__lt__": _comparison(operator.lt),
    "__le__": _comparison(operator.le),
    "__gt__": _comparison(operator.gt),
    "__ge__": _comparison(operator.ge),
    "__bool__": _bool,
    "__float__": _refuse("float()"),
    "__int__": _refuse("int()"),
    "__complex__": _refuse("complex()"),
    "__round__": _round,
    "__repr__": _repr,
    "__format__": _format,
    "__array_ufunc__": _array_ufunc,
    "__array_function__": _array_function,
    "_op_priority": math.inf,  # SymPy's protocol: an expression on the left leaves it to us
    "shape": property(lambda self: samples.shape(self.data)),
}.items():
    setattr(Value, _name, _function)


# ------------------------------------------------------------- Values as the numbers of formulas


def _nested(x: Any) -> NoReturn:
    raise NumberError(f"a Value holds a number, not another Value: {x!r}; v.detach() copies one")


registry.register(
    Value,
    {
        **{name: op for name, op in PRIMITIVES.items() if name in registry.names},
        "only": branches.taken,
        "filled": lambda v: v if untaken.sent(v.data) is True else sequences.filled(v),
        "constant": _nested,
        "like": lambda n, v: registry.like(n, v.data),
        "is_nan": lambda v: registry.is_nan(v.data),
        "is_finite": lambda v: registry.is_finite(v.data),
    },
    priority=9,
)
