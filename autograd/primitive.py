"""Operations: `primitive` makes one of a value formula and one pullback formula per argument.

Applied to Values an operation computes its number and makes a node; applied to plain numbers it is
a plain function. Every node has two operand slots: a second operand may be None, a sequence is a
tuple in its slot, and three arguments or more are a tuple in the first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import context, registry, samples
from .errors import PrimitiveError
from .ieee import with_ieee_division
from .registry import Number
from .untaken import NOTHING
from .value import Value

_new = object.__new__


class Primitive:
    """An operation: a value formula and one pullback formula per argument. `primitive` makes it."""

    def __init__(
        self,
        value: Callable[..., Number],
        pullbacks: tuple[Callable[..., Any], ...],
        domain: tuple[tuple[float, float], ...],
        sequences: bool,
    ) -> None:
        functools.update_wrapper(self, value)
        self.name = value.__name__
        self.value, self.pullbacks = value, pullbacks
        self.domain, self.sequences = domain, sequences
        self._formulas = _in_two_slots(value, pullbacks)
        self.dx, self.dy = self._formulas[1:]
        self.apply = _applying(self, self._formulas[0])

    def __call__(self, *operands: Any) -> Any:
        """The operation applied: a Value if an operand is one, element by element along arrays."""
        if len(operands) != len(self.pullbacks):
            raise TypeError(
                f"{self.name} takes {len(self.pullbacks)} argument(s), got {len(operands)}"
            )
        if len(operands) < 3:
            return self.apply(*operands)
        if any(map(is_array_of_values, operands)):
            return elementwise(self, *operands)
        return self.apply(operands)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> str:
        return self.name  # pickled by reference, as a function is

    def result(self, z: Any, x: Any, y: Any) -> Number:
        """A result that is no float, made ready to be kept; a batch's operands have one length."""
        if not registry.is_number(z):
            raise PrimitiveError(f"the value formula of {self.name} returned {z!r}, not a number")
        samples.check_lengths(self.name, z, x, y)
        if isinstance(z, int):  # a constant that was chosen: of the kind of the numbers beside it
            operands = [n for slot in (x, y) for n in (slot if type(slot) is tuple else (slot,))]
            kinds = [n for n in operands if not (n is None or isinstance(n, int))]
            return registry.like(z, kinds[0]) if kinds else z
        return registry.sealed(z)

    def sent(self, c: Any) -> Number:
        """What a pullback formula returned, checked."""
        if type(c) is float or type(c) is Value:
            return c
        return registry.sealed(self._checked(c))

    def received(self, c: Any, number: Number) -> Number:
        """What an argument that held ``number`` receives of it: the sum over shared samples."""
        if c is NOTHING:
            return c
        kept = samples.shape(c) == samples.shape(number)  # else a new sum, or a read-only view
        return samples.conform(self.sent(c) if kept else self._checked(c), number)

    def each_received(self, cs: Sequence[Any], numbers: Sequence[Number]) -> Sequence[Number]:
        """What each argument of a sequence receives."""
        of_one_kind = samples.each_conformed(cs, numbers)
        return of_one_kind or [self.received(c, x) for c, x in zip(cs, numbers, strict=True)]

    def _checked(self, c: Any) -> Number:
        if not registry.is_number(c):
            raise PrimitiveError(f"a pullback formula of {self.name} returned {c!r}, not a number")
        return c


def primitive(
    *pullbacks: Callable[..., Any], domain: Any = (-2.0, 2.0), sequences: bool = False
) -> Callable[[Callable[..., Number]], Primitive]:
    """Make an operation of a value formula. The engine's own operations are made by this call.

    ``pullbacks`` are the formulas ``(g, z, *arguments) -> what the argument receives``, one for each
    argument of the decorated function. They and the value formula run on every kind of number, and
    on Values for higher derivatives: write them with operators and this package's functions. An
    argument that is a sequence gets a list back; say ``sequences=True`` if arguments are sequences
    (an array of Values is then one of them, otherwise it is taken element by element). ``domain`` is
    the interval that tests draw arguments from, or a tuple of one interval for each.

    Raises PrimitiveError if the formulas are not as many as the arguments; and when used, if one
    returns no number.

    >>> from autograd import Value, primitive
    >>> @primitive(lambda g, z, x: g * 3 * x * x)
    ... def cube(x):
    ...     "x³"
    ...     return x * x * x
    >>> x = Value(2.0)
    >>> cube(x).backward()
    >>> x.grad
    12.0
    """

    def decorate(value: Callable[..., Number]) -> Primitive:
        if not hasattr(value, "__code__"):
            raise PrimitiveError(
                f"primitive() decorates a function written with def, got {value!r}"
            )
        if value.__code__.co_argcount == 0:
            raise PrimitiveError(
                f"{value.__name__} needs named arguments; one of *args takes a sequence instead"
            )
        names = value.__code__.co_varnames[: value.__code__.co_argcount]
        if len(names) != len(pullbacks) or not all(map(callable, pullbacks)):
            raise PrimitiveError(
                f"{value.__name__} has the arguments ({', '.join(names)}) and needs as many pullback "
                f"formulas, (g, z, {', '.join(names)}) -> number; got {len(pullbacks)}: {pullbacks}"
            )
        domains = domain if isinstance(domain[0], tuple) else (domain,) * len(names)
        return Primitive(value, pullbacks, domains, sequences)

    return decorate


def holding(z: Number) -> Value:
    """A leaf for a number that is the engine's own, of any shape: under `vmap` one a sample."""
    v = Value(0)
    v.data = v.z = z
    return v


def is_array_of_values(x: Any) -> bool:
    """Whether x is a NumPy array of dtype object."""
    return getattr(x, "dtype", None) == "O" and getattr(x, "ndim", None) is not None


def elementwise(function: Callable[..., Any], *operands: Any) -> Any:
    """A function applied along arrays of Values, with NumPy's broadcasting."""
    from .variables import along_arrays

    return along_arrays(function, [x for x in operands if x is not None])


def _in_two_slots(value: Any, pullbacks: Any) -> tuple[Any, Any, Any]:
    """The formulas as a node calls them, with two arguments: a second None, or all in a first."""
    if len(pullbacks) == 2:
        return value, *pullbacks
    if len(pullbacks) == 1:
        rule = pullbacks[0]
        return lambda x, _: value(x), lambda g, z, x, _: rule(g, z, x), None
    return (
        lambda xs, _: value(*xs),
        lambda g, z, xs, _: [rule(g, z, *xs) for rule in pullbacks],
        None,
    )


def _applying(  # noqa: C901  (unrolled: the engine spends its time here)
    op: Primitive, value: Callable[[Any, Any], Number]
) -> Callable[..., Any]:
    """The function that applies a primitive: it computes the number and makes the node."""
    one_by_one = not op.sequences

    def apply(x: Any, y: Any = None) -> Any:  # noqa: C901
        if type(x) is Value:
            x_number = x.data
        elif type(x) is float or type(x) is int:
            x_number = x
        elif one_by_one and is_array_of_values(x):
            return elementwise(op.apply, x, y)
        else:
            x, x_number = _operand(x)
        if type(y) is Value:
            y_number = y.data
        elif type(y) is float or type(y) is int or y is None:
            y_number = y
        elif one_by_one and is_array_of_values(y):
            return elementwise(op.apply, x, y)
        else:
            y, y_number = _operand(y)
        try:
            z = value(x_number, y_number)
        except (ZeroDivisionError, ValueError) as error:
            z = _again(op.name, error, value, x_number, y_number)
        if type(z) is not float:
            z = op.result(z, x_number, y_number)
        if not (type(x) is Value or type(y) is Value or type(x) is tuple or type(y) is tuple):
            return holding(z) if context.running.samples and samples.shape(z) else z
        node = _new(Value)
        node.data = node.z = z
        node.grad = NOTHING
        node.op = op
        node.left = x
        node.right = y
        node.x = x_number
        node.y = y_number
        node.epoch = context.epoch
        if context.observers:
            context.announce("made", node)
        return node

    return apply


def _operand(x: Any) -> tuple[Any, Any]:
    """An operand as the node keeps it, and its number; a sequence becomes a tuple of both.

    A sequence of constants is kept as a list: nothing flows into it.
    """
    if type(x) is not tuple and type(x) is not list:
        if registry.is_number(x) and not is_array_of_values(x):
            x = registry.constant(x)
            return x, x
        if isinstance(x, (str, bytes, Mapping)) or not hasattr(x, "__iter__"):
            return (registry.leaf(x),) * 2  # raises, and says what is a number
    xs = tuple(x)
    kinds = [type(v) for v in xs]
    if kinds.count(Value) == len(xs) > 0:
        return xs, tuple([v.data for v in xs])
    if kinds.count(Value) + kinds.count(float) < len(xs):
        xs = tuple([v if type(v) is Value else registry.operand(v) for v in xs])
    numbers = tuple([v.data if type(v) is Value else v for v in xs])
    return (xs if Value in kinds else list(xs)), numbers


def _again(name: str, error: Exception, formula: Callable[..., Any], *numbers: Any) -> Number:
    """A formula that raised: repeated with IEEE division, or the error explained."""
    if isinstance(error, ZeroDivisionError):
        return with_ieee_division(formula, *numbers)
    samples.check_lengths(name, *numbers)
    raise error
