"""Recorded numbers and conditions: arithmetic on them adds instructions to a program.

No formula is written here. What can be known is folded at once (`fold.emit`), by rules that keep every
IEEE result. What a comparison answers is a `Truth`, whose bool nobody can say.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from numbers import Rational
from typing import TYPE_CHECKING, Any

from ...kinds import numeric
from ...kinds.conditions import Condition, truth_of
from ...protocols.methods import Methods
from ..programs.program import COMPARISONS
from .fold import emit
from .no_value import Written
from .refusals import refusal
from .samples import Samples

if TYPE_CHECKING:
    from .recorder import Recorder


def record(op: str, *numbers: Any) -> Any:
    """An operation on numbers of which one at least is recorded."""
    if len(numbers) == 1 and type(numbers[0]) is Recorded:
        (x,) = numbers
        return Recorded(x.recorder, emit(x.recorder.program, op, x.instruction), x.shape)
    recorder = next(x.recorder for x in numbers if isinstance(x, Written))
    lifted = [lift(recorder, x) for x in numbers]
    shape = next((x.shape for x in lifted if x.shape), ())
    if recorder.one_by_one and shape:
        return getattr(numeric, op)(*lifted)
    i = emit(recorder.program, op, *[x.instruction for x in lifted])
    return i if isinstance(i, bool) else Recorded(recorder, i, shape)


def lift(recorder: Recorder, x: Any) -> Any:
    """A number as one of the recording."""
    if type(x) is Recorded:
        return x
    if type(x) is float:
        return Recorded(recorder, recorder.program.constant(x))
    if type(x) is Truth:
        return x.count()
    if type(x) is Condition:
        return lift(recorder, x.count())
    if isinstance(x, Samples):
        return x.number()
    if hasattr(x, "number"):  # an array that can be samples
        return lift(recorder, x.number())
    if hasattr(x, "recorder"):  # samples one by one
        return x
    if getattr(x, "ndim", 0):
        return recorder.capture(x)
    return Recorded(recorder, recorder.program.constant(float(x)))


def _operator(op: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def method(x: Recorded, y: Any) -> Any:
        if type(y) is Recorded:
            i = emit(x.recorder.program, op, x.instruction, y.instruction)
            return Recorded(x.recorder, i, x.shape or y.shape)
        if type(y) is float:
            program = x.recorder.program
            i = emit(program, op, x.instruction, program.constant(y))
            return Recorded(x.recorder, i, x.shape)
        return record(op, x, y) if _beside(y) else NotImplemented

    def swapped(x: Recorded, y: Any) -> Any:
        return record(op, y, x) if _beside(y) else NotImplemented

    return method, swapped


def _beside(y: Any) -> bool:
    """Whether y computes beside recorded numbers; a Value or a `Masked` does so by itself."""
    if isinstance(y, (Written, float, Rational, Samples, Condition)):
        return True
    return hasattr(y, "dtype") and y.dtype != "O" and not y.ndim  # of an array NumPy asks


def _comparison(op: str) -> Callable[..., Any]:
    def method(x: Recorded, y: Any) -> Any:
        if not _beside(y):
            return NotImplemented
        z = record(op, x, y)
        return z if isinstance(z, bool) else Truth(z.recorder, z.instruction, z.shape)

    return method


class Recorded(Written, Methods):
    """A number of the program; ``shape`` is (n,) for one a sample."""

    __slots__ = ()
    __add__, __radd__ = _operator("add")
    __sub__, __rsub__ = _operator("sub")
    __mul__, __rmul__ = _operator("mul")
    __truediv__, __rtruediv__ = _operator("div")
    __pow__, __rpow__ = _operator("pow")
    __mod__, __rmod__ = _operator("mod")
    __lt__, __le__, __gt__, __ge__ = map(_comparison, ("lt", "le", "gt", "ge"))
    __eq__, __ne__ = _comparison("eq"), _comparison("ne")
    __hash__ = Written.__hash__

    def __neg__(self) -> Any:
        return record("neg", self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return record("abs", self)

    def repeated(self, x: Any) -> Any:
        """x for every sample: this is the number of them, which a primitive was given as an operand."""
        return self.recorder.samples.repeated(x)


def _logical(op: str) -> Callable[..., Any]:
    def method(x: Truth, y: Any) -> Any:
        if type(y) is Truth:
            i = x.recorder.program.add(op, x.instruction, y.instruction)
            return Truth(x.recorder, i, x.shape or y.shape)
        if not isinstance(y, bool):
            return NotImplemented
        return {"and": x if y else False, "or": True if y else x, "xor": ~x if y else x}[op]

    return method


def _counting(operate: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda x, y: operate(x.count(), y.count() if type(y) is Truth else y)


class Truth(Written):
    """A condition of the program: it chooses, knows & | ^ ~, and counts as 0 or 1 in arithmetic."""

    __slots__ = ()
    __and__ = __rand__ = _logical("and")
    __or__ = __ror__ = _logical("or")
    __xor__ = __rxor__ = _logical("xor")
    __hash__ = Written.__hash__

    def __invert__(self) -> Truth:
        p = self.recorder.program
        i = p.a[self.instruction] if p.op[self.instruction] == "not" else None
        return Truth(self.recorder, p.add("not", self.instruction) if i is None else i, self.shape)

    def any(self) -> bool:
        """Whether it may hold for a sample."""
        return True

    all = refusal("all()")

    def count(self) -> Any:
        """1 where it holds, else 0."""
        return choose(self, 1.0, 0.0)

    __abs__ = count

    def astype(self, _: type) -> Any:
        """`count`, as an array of booleans is asked for it."""
        return self.count()

    def __neg__(self) -> Any:
        return -self.count()


def _swapped(operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda x, y: operate(y, x)


for _name in ("add", "sub", "mul", "truediv", "pow", "mod"):
    _operate = getattr(operator, _name)
    setattr(Truth, f"__{_name}__", _counting(_operate))
    setattr(Truth, f"__r{_name}__", _counting(_swapped(_operate)))
for _name in COMPARISONS:
    setattr(Truth, f"__{_name}__", _counting(getattr(operator, _name)))


def choose(c: Any, x: Any, y: Any) -> Any:
    """x where the condition holds, else y."""
    if isinstance(c, (float, Rational)):  # a bool is one
        return x if c else y
    if type(c) is Recorded:
        c = c != 0
        return choose(c, x, y)
    if x is False and y is True:
        return ~c if type(c) is Truth else choose(c, 0.0, 1.0)
    some = next(v for v in (c, x, y) if isinstance(v, Written))
    recorder = some.recorder
    c = truth_of(c)
    if not hasattr(c, "recorder"):  # of plain arrays, which the function closes over
        if recorder.one_by_one:
            c = recorder.listed(c.tolist())
        else:
            c = lift(recorder, c.astype(float)) != 0.0
    x, y = lift(recorder, x), lift(recorder, y)
    shape = c.shape or x.shape or y.shape
    if recorder.one_by_one and shape:
        return numeric.where(c, x, y)
    if x.instruction == y.instruction:
        return Recorded(recorder, x.instruction, shape)
    i = recorder.program.add("select", c.instruction, x.instruction, y.instruction)
    return Recorded(recorder, i, shape)
