"""Kinds of number: what the engine asks of one, and the functions that compute on it.

A `Kind` answers for all numbers of one type. Its table may hold functions by NumPy's names (``exp``,
``arctan2``, ...) and answers to the questions that the engine asks, the methods below; what a table
leaves out has a definition by operators. Floats never come here on the engine's hot paths.

Names: x, y numbers; z a result; g, c adjoints.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from .. import context
from ..errors import BatchError, KindError, NumberError

Number = Any
"""A number of a registered kind: only its table knows more."""


class Numeric(Protocol):
    """What a type checker lets stand for a number: all that has a negative, as no text and no list."""

    def __neg__(self) -> Any: ...


Function = Callable[..., Any]
Table = dict[str, Function]


class Kind:
    """A kind of number. Every method is a question, and a table may answer it otherwise."""

    ieee: Any = None  # the subclass that divides by zero as IEEE 754 has it

    def __init__(self, name: str, table: Mapping[str, Any], priority: float) -> None:
        self.name, self.priority, self.functions = name, priority, dict(table)
        for question in QUESTIONS & table.keys():
            setattr(self, question, table[question])

    @staticmethod
    def constant(x: Number) -> Number:
        """A number that comes in: checked, and made immutable."""
        return x

    def variable(self, x: Number) -> Number:
        """What a leaf holds for x: of an integer or a condition the number that it counts as."""
        return self.constant(x)

    @staticmethod
    def result(z: Number) -> Number:
        """What a formula answered, as it is kept: immutable, and of the kind's own type."""
        return z

    @staticmethod
    def evaluate(op: Any, *operands: Any) -> Number:
        """What a user's primitive makes of its operands, of which one is of this kind."""
        return op.value(*operands)

    @staticmethod
    def like(n: int, x: Number) -> Number:
        """The integer n as a number of the kind of x."""
        return type(x)(n)

    @staticmethod
    def item(x: Number) -> Number:
        """The one number that x holds."""
        return x

    @staticmethod
    def is_nan(x: Number) -> bool:
        """Whether x, or a sample of it, is nan."""
        return bool(x != x)

    @staticmethod
    def is_finite(x: Number) -> bool:
        """Whether x, or every sample of it, is finite."""
        return bool(x - x == 0)

    @staticmethod
    def only(c: Any, g: Number) -> Number:
        """The adjoint g where the condition c, a number of this kind, holds; elsewhere nothing."""
        return g if c else NOTHING

    @staticmethod
    def strays(_c: Number, _mask: Any) -> bool:
        """Whether a formula made something of nothing: it mixes samples."""
        return False

    @staticmethod
    def to_shape(x: Number, shape: tuple[int, ...]) -> Number:
        """x summed over the samples that a shape lacks, repeated over those that x lacks."""
        return x if shape_of(x) == shape else _repeated(x, shape)

    cost: Callable[[Sequence[Number]], int | None] = staticmethod(lambda xs: None)
    """How many operations of a program these numbers take; None where none is recorded."""

    def unbroadcast(self, c: Number, x: Number) -> Number:
        """The adjoint c as an operand that holds x takes it: summed over the samples that share x."""
        shape = shape_of(x)
        return self.result(c) if shape_of(c) == shape else self.to_shape(c, shape)

    @staticmethod
    def unbroadcast_each(cs: Sequence[Number], _xs: Sequence[Number]) -> Sequence[Number]:
        """`unbroadcast` for a sequence of operands at once in a new one, or cs itself."""
        return cs


NOTHING = float("0.0")
"""The adjoint of what nothing was sent to: a 0.0 known by identity, JAX's symbolic zero."""

QUESTIONS = {name for name in vars(Kind) if not name.startswith("_")}
names: set[str] = {*QUESTIONS}  # of everything that a table may hold
by_operators: Table = {}  # definitions that serve every kind
plain: set[type] = {float, int}  # of single numbers that are kept as they are, without a check
_registered: dict[type, Kind] = {}
_kinds: dict[type, Kind | None] = {}
shipped: dict[str, Function] = {}  # what registers the kinds of a library, once it is met


def register(kind: type, functions: Mapping[str, Any], priority: float = 1) -> None:
    """Make a type a kind of number, with its table; users come in by `users.register`."""
    for name, function in functions.items():
        if name not in names:
            raise ValueError(f"no function is called {name!r}; choose from {sorted(names)}")
        if not callable(function):
            raise TypeError(f"{name!r} of {kind.__name__} cannot be called: {function!r}")
    _registered[kind] = Kind(kind.__name__, functions, priority)
    _kinds.clear()  # a subclass that was seen before may now find a nearer table


def kind_of(x: object) -> Kind | None:
    """The kind of a number, or None for what is none."""
    try:
        return _kinds[type(x)]
    except KeyError:
        return _resolve(type(x))


def _resolve(kind: type) -> Kind | None:
    """The kind of a type, or of the nearest class that it derives from."""
    for base in kind.__mro__:
        if load := shipped.pop(base.__module__.partition(".")[0], None):
            load()
    near = next((base for base in kind.__mro__ if base in _registered), None)
    _kinds[kind] = found = _registered[near] if near else None
    return found


def is_registered(kind: type) -> bool:
    """Whether a type itself has a table: one that derives from it may be given its own."""
    _resolve(kind)
    return kind in _registered


def is_number(x: object) -> bool:
    """Whether x is a number of a registered kind."""
    return kind_of(x) is not None


def is_array_of_values(x: Any) -> bool:
    """Whether x is a NumPy array of dtype object."""
    return getattr(x, "dtype", None) == "O" and getattr(x, "ndim", None) is not None


def by_elements(operands: Sequence[Any]) -> bool:
    """Whether an operation goes element by element: some operand is an array of dtype object, or has
    more axes than samples have, which beside single numbers can only be an array of its own.
    """
    arrays = [x for x in operands if hasattr(x, "dtype")]
    if not arrays or any(map(is_array_of_values, arrays)):
        return bool(arrays)
    most = max((x.ndim for x in arrays if hasattr(x, "__array_ufunc__")), default=0)
    if most < 2:
        return False
    state = context.running.get()
    axes = len(state.samples)
    is_batch = any(len(shape_of(x)) > axes for x in operands if not hasattr(x, "dtype"))
    return most > axes and not is_batch and not state.sweeping


def quiet() -> contextlib.AbstractContextManager[Any]:
    """While formulas run: NumPy's warnings off (the user's own operations keep their setting)."""
    numpy = sys.modules.get("numpy")
    return numpy.errstate(all="ignore") if numpy else contextlib.nullcontext()


def _repeated(x: Number, shape: tuple[Any, ...]) -> Number:
    """One number for every sample, where as yet it may not be known how many there are."""
    length = shape[0]
    if not isinstance(length, int):
        return length.repeated(x)
    numpy = sys.modules["numpy"]  # loaded, for something has a shape
    return numpy.broadcast_to(numpy.asarray(x, dtype=float), shape)


# ------------------------------------------------------------------------- questions, by the number


def find(name: str, *numbers: Number) -> Function:
    """What computes a function of these numbers; the kind of highest priority decides."""
    best: Any = None
    for x in numbers:
        kind = kind_of(x)
        if kind is None:
            raise NumberError(f"{name} takes numbers, got {x!r} of type {type(x).__name__}")
        if best is None or kind.priority > best.priority:
            best = kind
    function = best.functions.get(name) or by_operators.get(name)
    if function is None:
        raise KindError(
            f"there is no {name} of a {best.name}; a float, an mpmath.mpf, a SymPy expression or a "
            f"NumPy array has one (or give {best.name} one: autograd.register)"
        )
    return function


def of(x: Number) -> Kind:
    """The kind of what is a number."""
    kind = _kinds.get(type(x)) or kind_of(x)
    if kind is None:
        raise NumberError(f"{x!r} of type {type(x).__name__} is no number")
    return kind


def like(n: int, x: Number) -> Number:
    """The integer n as a number of the kind of x."""
    return of(x).like(n, x)


def unbroadcast(c: Number, x: Number) -> Number:
    """The adjoint c as an operand that holds x takes it: summed over the samples that share x."""
    return of(c).unbroadcast(c, x)


def unbroadcast_each(cs: Sequence[Number], xs: Sequence[Number]) -> Sequence[Number]:
    """What a sequence of operands takes, where a kind does so at once for all; else cs itself."""
    if not cs or type(cs[0]) is float or len({*map(type, cs)}) > 1:
        return cs
    kind = kind_of(cs[0])
    return kind.unbroadcast_each(cs, xs) if kind else cs


def is_nan(x: Number) -> bool:
    """Whether x, or a sample of it, is nan."""
    return of(x).is_nan(x)


def is_finite(x: Number) -> bool:
    """Whether x, or every sample of it, is finite."""
    return of(x).is_finite(x)


def to_shape(x: Number, shape: tuple[int, ...]) -> Number:
    """x summed over the samples that a shape lacks, repeated over those that x lacks."""
    return of(x).to_shape(x, shape)


def shape_of(x: Number) -> tuple[int, ...]:
    """(n,) for a batch of n samples, () for one number, a leading axis for each nested `vmap`."""
    return getattr(x, "shape", ())


def leaf(x: Number) -> Number:
    """What a leaf holds for x; NumberError for what is no number."""
    kind = kind_of(x)
    if kind is None:
        raise NumberError(
            f"a Value holds a number (int, float, Fraction, mpmath.mpf, a SymPy expression, a "
            f"registered kind) or a one-dimensional NumPy array of samples; got {x!r} of type "
            f"{type(x).__name__}" + "; into a text a Value goes as f'{v:.3f}'" * isinstance(x, str)
        )
    return kind.variable(x)


def constant(x: Number) -> Number:
    """A constant beside Values, which keeps its type; NumberError for what is no number."""
    kind = kind_of(x)
    return kind.constant(x) if kind else leaf(x)


def seed(g: Number, z: Number) -> Number:
    """The adjoint that a sweep starts with at a node of number z."""
    if type(z) is float and type(g) in (int, float):
        return float(g)
    g = constant(g)
    if shape_of(g) not in ((), shape_of(z)):
        raise BatchError(f"a gradient of shape {shape_of(g)} for a number of shape {shape_of(z)}")
    if isinstance(g, int):
        g = like(g, z)  # 1 as a number of z's kind, which divides by zero as that kind does
    return unbroadcast(float(g) if type(z) is float else g, z)
