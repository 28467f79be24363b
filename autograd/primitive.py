"""Operations: `primitive` makes one of a value formula and one pullback formula per argument.

A primitive knows the calculus and no graph. Applied to plain numbers it is a plain function; how it
is applied to Values is `value.apply`. Every operation has two operand slots: a second operand may be
None, a sequence is a tuple in its slot, and three arguments or more are a tuple in the first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .adjoints import shares
from .errors import PrimitiveError
from .kinds.ieee import with_ieee_division
from .kinds.kind import (
    NOTHING,
    Number,
    check_lengths,
    constant,
    is_array_of_values,
    kind_of,
    leaf,
    like,
)

if TYPE_CHECKING:
    from .value import Value

bind: Callable[[Primitive], Callable[..., Any]]  # `value`, which makes nodes, puts it here


class Primitive:
    """An operation: a value formula and one pullback formula per argument. `primitive` makes it."""

    apply: Callable[..., Any]  # the operation in two slots, and the way back from its nodes:
    pull: Callable[[Value], None]  # two methods below, until `bind` puts faster ones there
    takes_masks = False  # whether the pullback wants an adjoint `Masked`, as a sweep in itself

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
        self.formula, self.dx, self.dy = _in_two_slots(value, pullbacks)

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

    def apply(self, x: Any, y: Any = None) -> Any:  # type: ignore[no-redef]
        """The operation in two slots. Its first use binds it to nodes, and replaces this."""
        return bind(self)(x, y)

    def pull(self, node: Value) -> None:  # type: ignore[no-redef]
        """Add what a node sends to the adjoints of its operands. `bind` puts a faster one here."""
        for v, c, x in shares(node, node.grad):
            if c is not NOTHING:
                c = self.received(c, x)  # noqa: PLW2901
                v.grad = c if v.grad is NOTHING else v.grad + c

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> str:
        return self.name  # pickled by reference, as a function is

    def result(self, z: Any, x: Any, y: Any) -> Number:
        """A result that is no float, made ready to be kept; a batch's operands have one length."""
        kind = kind_of(z)
        if kind is None:
            raise PrimitiveError(f"the value formula of {self.name} returned {z!r}, not a number")
        check_lengths(self.name, z, x, y)
        if isinstance(z, int):  # a constant that was chosen: of the kind of the numbers beside it
            operands = [n for slot in (x, y) for n in (slot if type(slot) is tuple else (slot,))]
            kinds = [n for n in operands if not (n is None or isinstance(n, int))]
            return like(z, kinds[0]) if kinds else z
        return kind.result(z)

    def again(self, error: Exception, x: Any, y: Any) -> Number:
        """The value formula raised: it is repeated with IEEE division, or the error explained."""
        if isinstance(error, ZeroDivisionError):
            return with_ieee_division(self.formula, x, y)
        check_lengths(self.name, x, y)
        raise error

    def received(self, c: Any, x: Number) -> Number:
        """What an operand that held x receives of a formula's answer."""
        kind = kind_of(c)
        if kind is None:
            raise PrimitiveError(f"a pullback formula of {self.name} returned {c!r}, not a number")
        return kind.receive(c, x)

    def pull_each(self, node: Value) -> None:
        """`pull` where an operand is a sequence: every Value of it receives its part."""
        g, z, x, y = node.grad, node.z, node.x, node.y
        sent, kind = [], type(node)
        for operand, numbers, formula in ((node.left, x, self.dx), (node.right, y, self.dy)):
            if type(operand) is tuple and kind in map(type, operand):
                cs = self.each_sent(formula(g, z, x, y), len(operand))
                if type(cs[0]) is not float and type(cs[0]) in {*map(type, cs)} and kind_of(cs[0]):
                    cs = numbers = kind_of(cs[0]).receive_each(cs, numbers)
                sent.append((operand, cs, numbers))
            elif type(operand) is kind:
                sent.append(((operand,), (formula(g, z, x, y),), (numbers,)))
        for operand, cs, numbers in sent:
            for v, c, n in zip(operand, cs, numbers):  # noqa: B905  (faster than strict)
                if type(v) is kind and c is not NOTHING:
                    if c is not n and (type(c) is not float or type(n) is not float):
                        c = self.received(c, n)  # noqa: PLW2901
                    v.grad = c if v.grad is NOTHING else v.grad + c

    def each_sent(self, cs: Any, n: int) -> list[Number]:
        """A pullback formula's answer to a sequence of n, checked."""
        if type(cs) is not list or len(cs) != n:
            raise PrimitiveError(
                f"a pullback formula of {self.name} sent {cs!r} to a sequence of {n}: "
                f"it must return a list of as many numbers"
            )
        return cs


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


def elementwise(function: Callable[..., Any], *operands: Any) -> Any:
    """A function applied along arrays of Values, with NumPy's broadcasting."""
    from .kinds.variables import along_arrays

    return along_arrays(function, [x for x in operands if x is not None])


def operand(x: Any, Value: Any) -> tuple[Any, Any]:
    """An operand as its node keeps it, and its number; a sequence becomes a tuple of both.

    A sequence of constants is kept as a list: nothing flows into it.
    """
    if type(x) is Value:
        return x, x.data
    if x is None or type(x) is float:
        return x, x
    if type(x) is not tuple and type(x) is not list:
        if not is_array_of_values(x) and (kind := kind_of(x)):
            x = kind.constant(x)
            return x, x
        if isinstance(x, (str, bytes, Mapping)) or not hasattr(x, "__iter__"):
            return (leaf(x),) * 2  # raises, and says what is a number
    xs = tuple(x)
    types = [*map(type, xs)]
    values = types.count(Value)
    if values == len(xs) > 0:
        return xs, tuple([v.data for v in xs])
    if values + types.count(float) < len(xs):
        xs = tuple([v if type(v) is Value else constant(v) for v in xs])
    numbers = tuple([v.data if type(v) is Value else v for v in xs])
    return (xs if values else list(xs)), numbers


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
