"""Operations: `primitive` makes one of a value formula and one pullback formula per argument.

A primitive knows the calculus and no graph: how it is applied to Values, and what flows back
through the nodes it made, are `value.apply` and `value.pull`, which `specialised` puts into it. Every
operation has two operand slots: a second operand may be None, a sequence is a tuple in its slot,
and three arguments or more are a tuple in the first.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from pickle import PicklingError
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Generic, ParamSpec, overload

from .errors import BatchError, NumberError, PrimitiveError
from .kinds.floats import of_integer
from .kinds.ieee import with_ieee_division
from .kinds.kind import Number, by_elements, kind_of, like, plain

if TYPE_CHECKING:
    from .value import Value

P = ParamSpec("P")


class Primitive(Generic[P]):
    """An operation: a value formula and one pullback formula per argument. `primitive` makes it."""

    bind: ClassVar[Callable[[Any], None]]  # gives the next two; `specialised` puts it here
    apply: Callable[..., Any]  # the operation in its two slots, of Values too
    pull: Callable[[Value], None]  # what flows back through a node that it made
    linear = False  # whether a tangent goes through it as a number does, not by partial derivatives
    moves_samples = False  # whether its pullback takes an adjoint with its mask, which it moves too
    by_name = False  # whether its value formula asks each kind for a function of that name

    def __init__(
        self,
        value: Callable[Concatenate[Any, P], Number],
        pullbacks: tuple[Callable[..., Any], ...],
        domain: tuple[tuple[float, float], ...],
        sequences: bool,
    ) -> None:
        functools.update_wrapper(self, value)
        self.name = value.__name__
        self.value, self.pullbacks = value, pullbacks
        self.domain, self.sequences = domain, sequences
        self.formula, self.dx, self.dy = _in_two_slots(value, pullbacks)

    @overload
    def __call__(
        self, x: Value | Sequence[Value], /, *operands: P.args, **named: P.kwargs
    ) -> Value: ...
    @overload
    def __call__(self, x: Any, /, *operands: P.args, **named: P.kwargs) -> Any: ...
    def __call__(self, *operands: Any) -> Any:  # type: ignore[misc]  # not by name
        """The operation applied: a Value if an operand is one, element by element along arrays."""
        if len(operands) != len(self.pullbacks):
            raise TypeError(
                f"{self.name} takes {len(self.pullbacks)} argument(s), got {len(operands)}"
            )
        if len(operands) < 3:
            return self.apply(*operands)
        if not self.sequences and by_elements(operands):
            return elementwise(self, *operands)
        return self.apply(operands)

    def __getattr__(self, name: str) -> Any:
        """``apply`` and ``pull``, when they are first used: bound to nodes, and kept."""
        if name not in ("apply", "pull"):
            raise AttributeError(f"a primitive has no attribute {name!r}")
        type(self).bind(self)
        return vars(self)[name]

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> str:
        """Pickled by reference, as a function is."""
        if getattr(sys.modules.get(self.__module__), self.name, None) is not self:
            raise PicklingError(
                f"{self!r} was made within a function, as a checkpoint's are, and a pickle only names "
                f"what stands in a module: compute that part of the graph again after loading"
            )
        return str(self.name)

    # --------------------------------------------------------------------------- on numbers alone

    def evaluate(self, x: Any, y: Any) -> Number:
        """z = f(x, y), checked and made ready to be kept."""
        try:
            z = self.formula(x, y) if self.by_name else self.by_kind(x, y)
        except ZeroDivisionError:
            z = with_ieee_division(self.formula if self.by_name else self.by_kind, x, y)
        except (ValueError, TypeError):
            _check_lengths(self.name, x, y)
            self._check_single(x, y)
            raise
        except OverflowError:
            for n in (*_numbers(x), *_numbers(y)):
                if isinstance(n, int):
                    of_integer(n)  # raises, and says why
            raise
        return z if type(z) is float else self.result(z, x, y)

    def by_kind(self, x: Any, y: Any) -> Number:
        """z as the kind of highest priority among the operands has it: the value formula, mostly."""
        n = len(self.pullbacks)
        operands = x if n > 2 else (x, y)[:n]
        numbers = {type(v): v for slot in operands for v in _numbers(slot)}.values()
        kinds = [kind for kind in map(kind_of, numbers) if kind]
        if not kinds:
            return self.formula(x, y)
        return max(kinds, key=lambda kind: kind.priority).evaluate(self, *operands)

    def _check_single(self, x: Any, y: Any) -> None:
        """Raise for what is no number where one number belongs, and say what was meant."""
        if self.sequences or len(self.pullbacks) > 2:
            return
        for n in (x, y)[: len(self.pullbacks)]:
            if n is None:
                raise NumberError(f"{self.name} of None: does a function return nothing?")
            if type(n) is tuple or type(n) is list:
                raise NumberError(
                    f"{self.name} takes one number, got a sequence of {len(n)}: for samples of one "
                    f"scalar write np.array([...]), for one result each [v + x for x in xs]; sum, mean "
                    f"and dot take sequences"
                )
            if kind_of(n) is None:
                raise NumberError(
                    f"{self.name} takes numbers, got {n!r} of type {type(n).__name__}"
                )

    def result(self, z: Any, x: Any, y: Any) -> Number:
        """A result that is no float, made ready to be kept; a batch's operands have one length."""
        if type(z) in plain and type(z) is not int:
            return z
        kind = kind_of(z)
        if kind is None:
            self._check_single(x, y)
            raise PrimitiveError(f"the value formula of {self.name} returned {z!r}, not a number")
        if getattr(z, "shape", ()) and not self.moves_samples:
            _check_lengths(self.name, z, x, y)
        if isinstance(z, int):  # a constant that was chosen: of the kind of the numbers beside it
            beside = [n for slot in (x, y) for n in _numbers(slot) if not isinstance(n, int | None)]
            return like(z, beside[0]) if beside else z
        return kind.result(z)

    def answer(self, formula: Any, g: Any, z: Any, x: Any, y: Any) -> Any:
        """What a pullback formula makes of the adjoint g, checked."""
        try:
            c = formula(g, z, x, y)
        except ZeroDivisionError:
            c = with_ieee_division(formula, g, z, x, y)
        return c if type(c) is float or type(c) is type(g) else self.checked(c)

    def checked(self, c: Any) -> Number:
        """What a pullback formula made, which must be a number."""
        if kind_of(c) is None:
            raise PrimitiveError(f"a pullback formula of {self.name} returned {c!r}, not a number")
        return c

    def answers(self, formula: Any, n: int, g: Any, z: Any, x: Any, y: Any) -> list[Any]:
        """What a pullback formula makes of the adjoint g for each of a sequence of n, checked."""
        try:
            cs = formula(g, z, x, y)
        except ZeroDivisionError:
            cs = with_ieee_division(formula, g, z, x, y)
        if type(cs) is not list or len(cs) != n:
            raise PrimitiveError(
                f"a pullback formula of {self.name} sent {cs!r} to a sequence of {n}: "
                f"it must return a list of as many numbers"
            )
        return cs


def primitive(
    *pullbacks: Callable[..., Any], domain: Any = (-2.0, 2.0), sequences: bool = False
) -> Callable[[Callable[Concatenate[Any, P], Number]], Primitive[P]]:
    """Make an operation of a value formula. The engine's own operations are made by this call.

    ``pullbacks`` are the formulas ``(g, z, *arguments) -> what the argument receives``, one for each
    argument of the decorated function. They and the value formula run on every kind of number, and
    on Values for higher derivatives: write them with operators and this package's functions. An
    argument that is a sequence gets a list back; say ``sequences=True`` if arguments are sequences
    (an array of Values is then one of them, otherwise it is taken element by element). ``domain`` is
    the interval that tests draw arguments from, or a tuple of one interval for each.

    Raises PrimitiveError unless there is a formula for each argument, which takes what it is to take;
    and when used, if one returns no number.

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

    def decorate(value: Callable[Concatenate[Any, P], Number]) -> Primitive[P]:
        if not hasattr(value, "__code__"):
            raise PrimitiveError(
                f"primitive() takes the pullback formulas first, @primitive(lambda g, z, x: ...), and "
                f"decorates a function written with def; got {value!r}"
            )
        if value.__code__.co_argcount == 0:
            raise PrimitiveError(
                f"{value.__name__} needs named arguments; one of *args takes a sequence instead"
            )
        names = value.__code__.co_varnames[: value.__code__.co_argcount]
        taken = [_arguments(formula) for formula in pullbacks]
        if len(taken) != len(names) or {*taken} - {"unknown", 2 + len(names)}:
            raise PrimitiveError(
                f"{value.__name__} has the arguments ({', '.join(names)}) and needs as many pullback "
                f"formulas, (g, z, {', '.join(names)}) -> number; got {len(taken)}, which take {taken}"
            )
        return Primitive(value, pullbacks, _intervals(domain, len(names)), sequences)

    return decorate


def _intervals(domain: Any, n: int) -> tuple[tuple[float, float], ...]:
    """An interval for each of n arguments: those given, or the one given."""
    match domain:
        case (int() | float(), int() | float()):
            return (domain,) * n
        case tuple() if len(domain) == n and all(type(d) is tuple and len(d) == 2 for d in domain):
            return domain
    raise PrimitiveError(
        f"domain is an interval (low, high) to draw arguments from, or a tuple of one for each of {n}; "
        f"got {domain!r}"
    )


def _arguments(formula: Any) -> int | str:
    """How many arguments a formula takes; "unknown" if it does not say (a code's flag 4 is *args)."""
    is_plain = type(formula) is FunctionType and not formula.__defaults__
    if is_plain and not formula.__code__.co_flags & 4:
        return formula.__code__.co_argcount  # type: ignore[no-any-return]
    return "unknown" if callable(formula) else "none"


def _numbers(slot: Any) -> Sequence[Any]:
    """What an operand holds: itself, or the numbers of a sequence."""
    return slot if type(slot) is tuple or type(slot) is list else (slot,)


def elementwise(function: Callable[..., Any], *operands: Any) -> Any:
    """A function applied along arrays of Values, with NumPy's broadcasting."""
    from .kinds.variables import along_arrays

    return along_arrays(function, [x for x in operands if x is not None])


def _check_lengths(name: str, *numbers: Any) -> None:
    """BatchError unless all one-dimensional arrays among the numbers have one length."""
    lengths: set[int] = set()
    for x in (v for slot in numbers for v in _numbers(slot)):
        axes: Any = () if type(x) is float else getattr(x, "shape", ())
        if len(axes) == 1 and isinstance(axes[0], int):  # of a program's input it is not known
            lengths.add(axes[0])
    if len(lengths) > 1:
        raise BatchError(
            f"{name}: batches of different lengths met: {sorted(lengths)} samples (under vmap "
            f"np.stack([v]) in place of a sample v makes all arrays)"
        )


def _in_two_slots(value: Any, pullbacks: Any) -> tuple[Any, Any, Any]:
    """The formulas as a node calls them, with two arguments: a second None, or all in a first."""
    if len(pullbacks) == 2:
        return value, *pullbacks
    if len(pullbacks) == 1:
        rule = pullbacks[0]
        return lambda x, _: value(x), lambda g, z, x, _: rule(g, z, x), None
    return lambda xs, _: value(*xs), lambda g, z, xs, _: [f(g, z, *xs) for f in pullbacks], None
