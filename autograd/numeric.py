"""Numbers: which library computes ``tanh`` of what. The only place that asks for a number's kind.

A *kind* is a type of number with a table of functions. Floats take a fast path here and follow
IEEE 754 throughout: where Python's ``math`` raises, these functions answer inf or nan. The tables of
NumPy, mpmath, SymPy and Fraction stand in ``kinds/``, each read when its first number appears.

Names: x, y numbers; g an adjoint, c a contribution to one or a condition; xs, ws sequences.
"""

from __future__ import annotations

import contextlib
import math
import operator
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from importlib import import_module
from typing import Any, Final

from .errors import BatchError, KindError, NumberError

Number = Any
"""A number of a registered kind: only the tables know more."""
Function = Callable[..., Any]

NOTHING: Final = float("0.0")
"""What a branch not taken sends: a 0.0 known by identity."""

# ------------------------------------------------------------------------------- kinds of number

_registered: dict[type, tuple[dict[str, Function], int]] = {}
_resolved: dict[type, tuple[dict[str, Function], int]] = {}
_shipped = {
    "numpy": "arrays",
    "mpmath": "multiprecision",
    "sympy": "symbols",
    "fractions": "fractions",
}
_no_number: tuple[dict[str, Function], int] = ({}, -1)


def register(kind: type, functions: Mapping[str, Function], priority: int = 1) -> None:
    """Teach the engine a kind of number. The engine's own kinds are registered by this call.

    The kind needs the operators ``+ - * / **``, ``abs`` and comparisons. ``functions`` maps NumPy's
    names (``exp``, ``arctan2``, ...) to what computes them for this kind; what is not given falls
    back to a definition by operators (``maximum``, ``sign``, ``pow``, ...) or raises `KindError`
    when it is asked for. Where kinds meet in one call, the one of higher ``priority`` computes:
    floats have 0, other single numbers 1, batches 2.

    Raises TypeError for a ``kind`` that is no type, ValueError for an unknown function.

    >>> from decimal import Decimal
    >>> from autograd import Value, exp, register
    >>> register(Decimal, {"exp": Decimal.exp})
    >>> x = Value(Decimal(1))
    >>> exp(x).backward()
    >>> x.grad
    Decimal('2.718281828459045235360287471')
    """
    if not isinstance(kind, type):
        raise TypeError(f"register() takes a type of number, got {kind!r}")
    for name, function in functions.items():
        if name not in NAMES:
            raise ValueError(f"no function is called {name!r}; choose from {sorted(NAMES)}")
        if not callable(function):
            raise TypeError(f"{name!r} of {kind.__name__} cannot be called: {function!r}")
    _registered[kind] = (dict(functions), priority)
    _resolved.clear()  # a subclass that was seen before may now find a nearer table


def _resolve(kind: type) -> tuple[dict[str, Function], int]:
    """The table of a kind, or of the nearest class that it derives from, and its priority."""
    if kind not in _resolved:
        shipped = _shipped.pop(kind.__module__.partition(".")[0], None)
        if shipped:
            import_module(f".kinds.{shipped}", __package__)
        near = next((base for base in kind.__mro__ if base in _registered), None)
        _resolved[kind] = _registered[near] if near else _no_number
    return _resolved[kind]


def is_number(x: object) -> bool:
    """Whether x is a number of a registered kind."""
    return _resolve(type(x)) is not _no_number


def _find(name: str, *numbers: Number) -> Function:
    """What computes a function of these numbers; the kind of highest priority decides."""
    table, highest = _no_number
    for x in numbers:
        candidate, priority = _resolve(type(x))
        if candidate is _no_number:
            raise NumberError(f"{name} takes numbers, got {x!r} of type {type(x).__name__}")
        if priority > highest:
            table, highest, kind = candidate, priority, type(x)
    function = table.get(name) or _BY_OPERATORS.get(name)
    if function is None:
        raise KindError(
            f"there is no {name} of a {kind.__name__}; a float, an mpmath.mpf, a SymPy "
            f"expression or a NumPy array has one (or give {kind.__name__} one: numeric.register)"
        )
    return function


# ----------------------------------------------------------------------- functions of one number

_floats: dict[str, Function] = {}


def _nan(x: float) -> float:
    return math.nan


def _inf(x: float) -> float:
    return math.inf


def _pole_at(pole: float) -> Callable[[float], float]:
    return lambda x: -math.inf if x == pole else math.nan


def _unary(
    name: str, on_float: Callable[[float], float], outside: Callable[[float], float] = _nan
) -> Function:
    """A function of one number; ``outside`` answers where Python's ``math`` raises."""

    def function(x: Number) -> Number:
        if type(x) is not float:
            return _find(name, x)(x)
        try:
            return on_float(x)
        except (ValueError, OverflowError):
            return outside(x)

    _floats[name] = lambda x: function(float(x))  # integers, booleans, subclasses of float
    return function


def _integral(on_float: Callable[[float], int]) -> Callable[[float], float]:
    """``math.floor`` and its kin as floats: the sign of a zero kept, inf and nan unchanged."""
    return lambda x: math.copysign(on_float(x), x)


def _sigmoid(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


exp = _unary("exp", math.exp, _inf)
expm1 = _unary("expm1", math.expm1, _inf)
exp2 = _unary("exp2", math.exp2, _inf)
log = _unary("log", math.log, _pole_at(0))
log1p = _unary("log1p", math.log1p, _pole_at(-1))
log2 = _unary("log2", math.log2, _pole_at(0))
log10 = _unary("log10", math.log10, _pole_at(0))
sqrt = _unary("sqrt", math.sqrt)
cbrt = _unary("cbrt", math.cbrt)
sin = _unary("sin", math.sin)
cos = _unary("cos", math.cos)
tan = _unary("tan", math.tan)
arcsin = _unary("arcsin", math.asin)
arccos = _unary("arccos", math.acos)
arctan = _unary("arctan", math.atan)
sinh = _unary("sinh", math.sinh, lambda x: math.copysign(math.inf, x))
cosh = _unary("cosh", math.cosh, _inf)
tanh = _unary("tanh", math.tanh)
arcsinh = _unary("arcsinh", math.asinh)
arccosh = _unary("arccosh", math.acosh)
arctanh = _unary(
    "arctanh", math.atanh, lambda x: math.copysign(math.inf, x) if abs(x) == 1 else math.nan
)
erf = _unary("erf", math.erf)
erfc = _unary("erfc", math.erfc)
sigmoid = _unary("sigmoid", _sigmoid)
relu = _unary("relu", lambda x: 0.0 if x <= 0 else x)
floor = _unary("floor", _integral(math.floor), float)
ceil = _unary("ceil", _integral(math.ceil), float)
round = _unary("round", _integral(round), float)
sign = _unary("sign", lambda x: x if x == 0 else x / abs(x), lambda x: math.copysign(1.0, x))

# ---------------------------------------------------------------------- functions of two numbers


def _binary(name: str, on_float: Callable[[float, float], float]) -> Function:
    def function(x: Number, y: Number) -> Number:
        if type(x) is float and (type(y) is float or type(y) is int):
            return on_float(x, y)
        return _find(name, x, y)(x, y)

    _floats[name] = lambda x, y: on_float(float(x), float(y))
    return function


def _pow(x: float, y: float) -> float:
    odd = y % 2 == 1
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and odd else math.inf
    except ValueError:  # a zero to a negative power, or a root of a negative number
        if x != 0:
            return math.nan
        return math.copysign(math.inf, x) if odd else math.inf


def _mod(x: float, y: float) -> float:
    return x % y if y != 0 else math.nan


def _fmod(x: float, y: float) -> float:
    return math.fmod(x, y) if y != 0 and math.isfinite(x) else math.nan


def _larger(x: Number, y: Number) -> Number:
    return x if x > y or x != x else y  # noqa: PLR0124  (x != x asks: is x nan?)


def _smaller(x: Number, y: Number) -> Number:
    return x if x < y or x != x else y  # noqa: PLR0124


pow = _binary("pow", _pow)
mod = _binary("mod", _mod)
fmod = _binary("fmod", _fmod)
arctan2 = _binary("arctan2", math.atan2)
hypot = _binary("hypot", math.hypot)
maximum = _binary("maximum", _larger)
minimum = _binary("minimum", _smaller)

# ------------------------------------------------------------------------------------- branches


def where(c: Any, x: Number, y: Number) -> Number:
    """x where the condition holds, else y; sample by sample if the condition is an array."""
    if type(c) is bool:
        return x if c else y
    return _find("where", c, x, y)(c, x, y)


def only(c: Any, g: Number) -> Number:
    """The adjoint where the condition holds, elsewhere nothing (which is not 0 · g)."""
    if type(c) is bool:
        return g if c else NOTHING
    return _find("only", c, g)(c, g)


def unless(c: Any, g: Number) -> Number:
    """Nothing where the condition holds, elsewhere the adjoint."""
    if type(c) is bool:
        return NOTHING if c else g
    return only(where(c, False, True), g)


# ------------------------------------------------------------------------------------ sequences


def sum(xs: Any) -> Number:
    """A sequence's sum from left to right, the same bits in every Python; or a batch's sum."""
    if isinstance(xs, Sequence):
        return reduce(operator.add, xs) if xs else 0.0
    return to_shape(xs, ())


def dot(ws: Sequence[Number], xs: Sequence[Number]) -> Number:
    """Σ wᵢ xᵢ from left to right."""
    if len(ws) != len(xs):
        raise ValueError(f"dot takes sequences of one length, got {len(ws)} and {len(xs)} numbers")
    total = 0
    for w, x in zip(ws, xs):
        total += w * x
    return total if ws else 0.0


def prod(xs: Sequence[Number]) -> Number:
    """∏ xᵢ from left to right."""
    return reduce(operator.mul, xs) if xs else 1.0


def scale(g: Number, xs: Sequence[Number]) -> Sequence[Number]:
    """(g xᵢ) for every i."""
    return [g * x for x in xs]


def logsumexp(xs: Sequence[Number]) -> Number:
    """log Σ exp xᵢ, computed from the largest so that nothing overflows and small sums survive."""
    if not xs:
        return -math.inf
    return _find("logsumexp", *xs)(xs)


def _logsumexp(xs: Sequence[Number]) -> Number:
    top = reduce(maximum, xs)
    if not is_finite(top):  # inf, or all -inf, or nan
        return top
    first = next(i for i, x in enumerate(xs) if x == top)
    rest = [exp(x - top) for i, x in enumerate(xs) if i != first]
    return top + log1p(reduce(operator.add, rest)) if rest else top


# -------------------------------------------------------------------- what the engine asks of a kind


def _hook(name: str, default: Function) -> Function:
    """A question of the engine's that a kind may answer in its table."""
    _BY_OPERATORS[name] = default
    return lambda *numbers: _find(name, *numbers)(*numbers)


_BY_OPERATORS: dict[str, Function] = {
    "sign": lambda x: like((x > 0) - (x < 0), x),
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "relu": lambda x: maximum(x, like(0, x)),
    "pow": operator.pow,
    "mod": operator.mod,
    "maximum": _larger,
    "minimum": _smaller,
    "where": lambda c, x, y: x if c else y,
    "only": lambda c, g: g if c else NOTHING,
    "logsumexp": _logsumexp,
    "to_shape": lambda c, shape: _repeated(c, shape),
}

constant = _hook("constant", lambda x: x)  # an operand as it comes in: checked, made immutable
sealed = _hook("sealed", lambda x: x)  # a result: a plain float for any subclass, read-only
filled = _hook("filled", lambda g: g)  # an adjoint with 0 where nothing was sent
sent = _hook("sent", lambda g: True)  # the samples that an adjoint was sent to
like = _hook("like", lambda n, x: type(x)(n))  # the integer n as a number of the kind of x
item = _hook("item", lambda x: x)  # the one number that a batch of one holds
is_nan = _hook("is_nan", lambda x: bool(x != x))  # noqa: PLR0124
is_finite = _hook("is_finite", lambda x: bool(x - x == 0))  # a batch: all samples
ieee_kind = _hook("ieee_kind", lambda x: None)  # the subclass that divides by zero, or None


def shape(x: Number) -> tuple[int, ...]:
    """(n,) for a batch of n samples, () for one number, a leading axis for each nested `vmap`."""
    return getattr(x, "shape", ())


def to_shape(c: Number, shape: tuple[int, ...]) -> Number:
    """c summed over the samples that the shape lacks, repeated over those that c lacks."""
    return c if getattr(c, "shape", ()) == shape else _find("to_shape", c)(c, shape)


def _repeated(c: Number, shape: tuple[int, ...]) -> Number:
    return import_module(".kinds.arrays", __package__).to_shape(c, shape)


def conform(c: Number, x: Number) -> Number:
    """What an argument x receives of c: the sum over samples if x is shared by all of them."""
    return to_shape(c, shape(x))


def leaf(x: Number) -> Number:
    """What a Value holds for x: a constant, but an integer becomes a float."""
    if not is_number(x):
        raise NumberError(
            f"a Value holds a number (int, float, Fraction, mpmath.mpf, a SymPy expression, a "
            f"registered kind) or a one-dimensional NumPy array of samples; "
            f"got {x!r} of type {type(x).__name__}"
        )
    x = constant(x)
    return float(x) if isinstance(x, int) else x


def operand(x: Number) -> Number:
    """A constant beside Values, which keeps its type; NumberError for anything else."""
    return constant(x) if is_number(x) else leaf(x)


def seed(g: Number, z: Number) -> Number:
    """The adjoint that a sweep starts with at a node of number z."""
    g = operand(g)
    if shape(g) not in ((), shape(z)):
        raise BatchError(f"a gradient of shape {shape(g)} for a number of shape {shape(z)}")
    return conform(float(g) if type(z) is float else g, z)


def check_lengths(name: str, *numbers: Any) -> None:
    """BatchError unless all one-dimensional arrays among the numbers have one length."""
    flat = [x for n in numbers for x in (n if isinstance(n, (tuple, list)) else (n,))]
    lengths = {len(x) for x in flat if len(shape(x)) == 1}
    if len(lengths) > 1:
        raise BatchError(f"{name}: batches of different lengths met: {sorted(lengths)} samples")


# ------------------------------------------------------------------------ division by zero, warnings


def dividing_by_zero(kind: type) -> type:
    """The subclass of a kind of float that answers x / 0 with inf or nan, where Python's raises."""

    def divide(x: Number, y: Number) -> Number:
        try:
            return ieee(kind(x) / y)
        except ZeroDivisionError:
            if x == 0 or x != x:  # noqa: PLR0124
                return ieee("nan")
            return ieee(math.copysign(1, x) * math.copysign(1, y) * math.inf)

    def closed(name: str) -> Function:
        method = getattr(kind, name)
        return lambda x, y: z if (z := method(x, y)) is NotImplemented else ieee(z)

    names = [f"__{r}{name}__" for name in ("add", "sub", "mul") for r in ("", "r")]
    members: dict[str, Any] = {name: closed(name) for name in names}
    members |= {
        "__truediv__": divide,
        "__rtruediv__": lambda y, x: divide(kind(x), y),
        "__neg__": lambda x: ieee(-kind(x)),
        "__module__": kind.__module__,
    }
    ieee: Any = type(f"ieee_{kind.__name__}", (kind,), members)
    return ieee


def with_ieee_division(formula: Function, *numbers: Any) -> Number:
    """A formula that raised ZeroDivisionError, run again: exact kinds, without inf, raise again."""
    return formula(*map(_as_ieee, numbers))


def _as_ieee(x: Any) -> Any:
    if isinstance(x, (tuple, list)):
        return [_as_ieee(element) for element in x]
    kind = ieee_kind(x) if is_number(x) else None
    return kind(x) if kind else x


def quiet() -> contextlib.AbstractContextManager[Any]:
    """NumPy's warnings off for one sweep of ours; the user's own operations keep their setting."""
    numpy = sys.modules.get("numpy")
    return numpy.errstate(all="ignore") if numpy else contextlib.nullcontext()


# ----------------------------------------------------------------- branches not taken, in a batch


class _Masks(threading.local):
    """Whether `only` keeps a mask beside a batch's adjoint, and whether it would have had one."""

    depth = 0  # of nested sweeps: the outermost decides
    on = False
    met = False


masks = _Masks()


@contextlib.contextmanager
def _set_masks(on: bool) -> Iterator[None]:
    before = masks.on
    masks.on, masks.met, masks.depth = on, False, masks.depth + 1
    try:
        yield
    finally:
        masks.on, masks.depth = before, masks.depth - 1


def sparing_masks(sweep: Callable[[], Sequence[Number]]) -> Sequence[Number]:
    """Run a sweep plainly, and over again with masks only if a gradient that it returns is nan.

    A sample's untaken branch must send nothing, but 0 · inf is nan. Masks cost time, so they are
    used only where an untaken branch was met and a nan seen. Inner sweeps follow the outermost.
    """
    if masks.depth:
        return sweep()
    with quiet(), _set_masks(on=False):
        gradients = sweep()
        again = masks.met and any(map(is_nan, gradients))
    if again:
        with quiet(), _set_masks(on=True):
            gradients = sweep()
    return gradients


_identity: Function = lambda x: x  # noqa: E731
_ieee_float = dividing_by_zero(float)
_real: dict[str, Function] = {
    "ieee_kind": lambda x: _ieee_float,
    "like": lambda n, x: float(n),
    "is_finite": math.isfinite,
}
NAMES: Final = frozenset(_floats) | frozenset(_BY_OPERATORS)
"""Every function that a kind's table may hold."""

register(float, {**_floats, **_real, "constant": float, "sealed": float}, priority=0)
register(int, {**_floats, **_real}, priority=0)
