"""What a Value answers when Python, SymPy and pickle ask.

`Value` derives from `Protocols`. A conversion that would lose the gradient silently is refused, with
the way out.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Self

from .. import context
from ..context import next_annotation, serials
from ..errors import BatchError, GradientLostError
from ..kinds.conditions import Condition, truth_of
from ..kinds.kind import NOTHING, Number, by_elements, is_array_of_values, is_number, of, shape_of
from ..primitive import elementwise
from .array_protocols import ArrayProtocols
from .hints import Hints
from .text import Text

picture: Callable[[Any], Any]  # `pictures`, which draws Values, puts its `draw` here


def _number(x: Any) -> Any:
    return x.data if isinstance(x, Protocols) else x


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Protocols, other: Any) -> Any:
        a, number = self.data, other.data if isinstance(other, Protocols) else other
        if type(number) is not float and type(number) is not int:
            if not is_number(number) or is_array_of_values(number):
                return NotImplemented  # NumPy then asks us element by element
            if number is other and shape_of(number):
                state = context.running.get()
                if state.samples and not state.sweeping:
                    if by_elements((number,)):
                        return NotImplemented
                    raise closed_over(number)
        elif type(a) is float:
            return compare(a, number)
        return _one_a_sample(self, compare(a, number))

    return method


def closed_over(x: Any) -> BatchError:
    """The error of an array beside a sample: it could mean samples, or be the same for all."""
    return BatchError(
        f"a function under vmap met an array of shape {x.shape} beside a sample: give it as an "
        f"argument, with in_axes=None if it is the same for all samples; or write np.stack([v]) in "
        f"place of the sample v, and all are arrays"
    )


def _logical(operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Protocols, other: Any) -> Any:
        c, d = self.data, _number(other)
        if Condition not in (type(c), type(d)) and operate is operator.xor and is_number(d):
            raise TypeError(f"^ of numbers: it is of conditions; a power is v**y; got {c} and {d}")
        if Condition not in (type(c), type(d)) or is_array_of_values(d):
            return NotImplemented
        if d is other and shape_of(d) and context.running.get().samples:
            return elementwise(lambda truth: method(self, truth), d)  # the same for all samples
        return _one_a_sample(self, operate(truth_of(c), truth_of(d)))

    return method


def _one_a_sample(v: Protocols, truth: Any) -> Any:
    """Under `vmap` a comparison of batches is a number of its sample: a Value of a `Condition`."""
    if type(truth) is bool or not (context.running.get().samples and shape_of(truth)):
        return truth
    condition: Any = type(v)(0.0)  # type: ignore[call-arg]
    condition.data = condition.z = Condition(truth)
    return condition


def _refusal(name: str) -> Callable[..., NoReturn]:
    def method(self: Protocols, *_: Any) -> NoReturn:
        raise GradientLostError(
            f"{name} of {self!r} would lose its gradient: use autograd's function of it (exp(v), not "
            f"math.exp(v)), np.zeros_like(x, shape=...) of an array x of Values to write into, or "
            f"v.item() if only the number is wanted; f'{{v:.3f}}' writes it"
        )

    return method


class Protocols(ArrayProtocols, Hints, Text):
    """Everything about a Value that is no differentiation."""

    __slots__ = ()
    data: Number
    grad: Number
    serial: int
    left: Any
    right: Any
    notes: Mapping[str, Any]

    def __init_subclass__(cls) -> None:
        if cls.__name__ != "Value":
            raise TypeError("Value cannot be derived from; primitive() adds operations to it")

    # --------------------------------------------------------------------------- Python and SymPy

    _op_priority = math.inf  # SymPy's: an expression on the left leaves the operation to us
    __sympy__ = False  # what it asks of everything it meets: this is no expression, nor becomes one
    __hash__ = object.__hash__
    __eq__ = _comparison(operator.eq)
    __ne__ = _comparison(operator.ne)
    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)
    __and__ = __rand__ = _logical(operator.and_)
    __or__ = __ror__ = _logical(operator.or_)
    __xor__ = __rxor__ = _logical(operator.xor)
    __float__ = _refusal("float()")
    __int__ = _refusal("int()")
    __complex__ = _refusal("complex()")

    def __invert__(self) -> Any:
        """Not a condition."""
        if type(self.data) is not Condition:
            raise TypeError(f"~ of a number: it is of conditions, ~(x > 0); got {self!r}")
        return _one_a_sample(self, ~self.data.truth)

    def __pos__(self) -> Self:
        return self

    def __bool__(self) -> bool:
        if shape_of(self.data):
            raise BatchError(
                "a batch is neither true nor false: where(condition, x, y) chooses sample by sample; "
                "np.block([x, y]) of samples is an array, for NumPy's functions to sort or reduce"
            )
        return bool(self.data)

    def item(self) -> Number:
        """The number as a plain one; BatchError for a batch of several samples."""
        return of(self.data).item(self.data)

    def detach(self) -> Self:
        """A leaf with the same number: nothing flows back through it."""
        return type(self)(self.data, self.label)  # type: ignore[call-arg]

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the operation was applied to, in order: Values and constants."""
        slots = [x if isinstance(x, (tuple, list)) else (x,) for x in (self.left, self.right)]
        return tuple(x for slot in slots for x in slot if x is not None)

    @property
    def parents(self) -> tuple[Self, ...]:
        """The Values among the operands, in order."""
        values: Any = (x for x in self.operands if isinstance(x, Protocols))
        return tuple(values)

    # --------------------------------------------------------------------------------------- notes

    def note(self, key: str, default: Any = None) -> Any:
        """What was noted about this node under a key."""
        return getattr(self, "notes", {}).get(key, default)

    def annotate(self, **notes: Any) -> None:
        """Note something about this node: its label, its group, the line that made it."""
        node: Any = self  # a Value: its slots
        next_annotation()
        node.notes = {**getattr(self, "notes", {}), **notes}

    @property
    def label(self) -> str:
        """The node's name in pictures and messages, "" where it has none."""
        return str(self.note("label", ""))

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(
                f"a label is a text, the node's name in pictures; got {label!r}. A Value holds one "
                f"number; several are several Values, or samples of one in np.array([...])"
            )
        self.annotate(label=label)

    # ------------------------------------------------------------------------------------- samples

    @property
    def shape(self) -> tuple[int, ...]:
        """(n,) for a batch of n samples, () for one number."""
        return shape_of(self.data)

    @property
    def ndim(self) -> int:
        """1 for a batch, 0 for one number; under `vmap`, where one sees one sample, that is one."""
        return max(0, len(shape_of(self.data)) - len(context.running.get().samples))

    # -------------------------------------------------------------------- notebooks, copies, pickles

    def _repr_mimebundle_(self, **kinds: Any) -> dict[str, Any]:
        """What IPython and Jupyter show: the picture, ``repr`` in a console."""
        bundle: dict[str, Any] = picture(self)._repr_mimebundle_(**kinds)  # noqa: F821  (it is there once a notebook can ask)
        return bundle

    def __copy__(self) -> Any:
        """The node once more, on the same operands."""
        twin: Any = object.__new__(type(self))
        twin.__setstate__({n: getattr(self, n) for n in _fields(self) if hasattr(self, n)})
        return twin

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        node: Any = self
        node.serial, node.grad = next(serials), NOTHING
        for name, value in state.items():
            if hasattr(value, "setflags"):  # an array comes out of a pickle open to be written
                value.setflags(write=False)
            setattr(self, name, value)


def _fields(v: Any) -> list[str]:
    return [name for name in type(v).__slots__ if name != "serial"]
