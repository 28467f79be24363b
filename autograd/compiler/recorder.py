"""The recording number: arithmetic on it adds instructions to a program.

A kind of number like any other, given to `register`. The engine runs on it, forward and backward,
and leaves the whole computation behind; no formula is written here. What can be known is folded at
once (`Recorder.emit`), by rules that keep every IEEE result: 1·x is x, but 0·x is not 0, for x may be
inf. How many samples there are is never known (`Samples`), and what a comparison answers is a
`Truth`, whose bool nobody can say.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NoReturn

from ..errors import TransformError
from ..kinds.conditions import Condition
from ..kinds.kind import Number
from .fold import emit
from .program import COMPARISONS, Program


class RecordingError(TransformError):
    """A number that is being recorded was asked for its value."""


def refusal(what: str) -> Callable[..., NoReturn]:
    """A method that says why a number without a value yet cannot answer."""

    def method(self: Any, *_: Any) -> NoReturn:
        raise RecordingError(
            f"{what} of a number that jit records: it has no value yet, for Python runs once for all "
            f"inputs. where(condition, x, y) chooses; autograd's functions (exp, not math.exp) compute"
        )

    return method


class Samples:
    """The number of samples: one and the same within a recording, known when the program runs."""

    __slots__ = ("recorder",)
    __hash__ = object.__hash__
    __index__ = __bool__ = refusal("the number of samples as an integer")

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def __repr__(self) -> str:
        return "n"

    def __mul__(self, other: Any) -> Any:
        return self if type(other) is int and other == 1 else self.number() * other

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self if type(other) is int and other == 1 else self.number() / other

    def __rtruediv__(self, other: Any) -> Any:
        return other / self.number()

    def number(self) -> Recorded:
        """n as a number of the program."""
        return Recorded(self.recorder, self.recorder.program.count())

    def repeat(self, x: Number) -> Recorded:
        """The same number for every sample."""
        return Recorded(self.recorder, self.recorder.program.constant(float(x)), (self,))


class Recorder:
    """A program that is being recorded; ``masked`` if branches not taken are to send nothing."""

    def __init__(self, masked: bool = False) -> None:
        self.program = Program()
        self.samples = Samples(self)
        self.masked = masked
        self.captured: dict[bytes, tuple[int, Any]] = {}  # arrays that the function closes over
        self.arguments = 0

    def capture(self, x: Any) -> Recorded:
        """A batch that the function closes over: an argument array of its own, that never changes."""
        key = x.tobytes()
        if key not in self.captured:
            self.captured[key] = (self.arguments + len(self.captured), x)
        i = self.program.input(self.captured[key][0], 0, 1, per_sample=True)
        return Recorded(self, i, (self.samples,))


class _Kept:
    """What the recording kinds share: an instruction of a recorder, and a shape."""

    __slots__ = ("instruction", "recorder", "shape")
    __array_ufunc__ = None  # NumPy's arrays and numbers leave the operation to us
    __hash__ = object.__hash__
    __bool__ = refusal("the truth (an `if`, `and`, `or`, `not`)")
    __float__, __int__, __index__ = refusal("float()"), refusal("int()"), refusal("an index")
    __complex__, __round__, __trunc__ = refusal("complex()"), refusal("round()"), refusal("int()")
    __floor__ = __ceil__ = refusal("math.floor()")

    def __init__(self, recorder: Recorder, instruction: int, shape: tuple[Any, ...] = ()) -> None:
        self.recorder, self.instruction, self.shape = recorder, instruction, shape

    def __repr__(self) -> str:
        return self.recorder.program._name(self.instruction)  # noqa: SLF001

    @property
    def ndim(self) -> int:
        """0 for one number, 1 for one a sample."""
        return len(self.shape)


def record(op: str, *numbers: Any) -> Any:
    """An operation on numbers of which one at least is recorded."""
    recorder = next(x.recorder for x in numbers if isinstance(x, _Kept))
    lifted = [lift(recorder, x) for x in numbers]
    shape = next((x.shape for x in lifted if x.shape), ())
    i = emit(recorder.program, op, *[x.instruction for x in lifted])
    return i if isinstance(i, bool) else Recorded(recorder, i, shape)


def lift(recorder: Recorder, x: Any) -> Any:
    """A number as one of the recording."""
    if type(x) is Recorded:
        return x
    if type(x) is Truth:
        return x.count()
    if type(x) is Condition:
        x = x.count()
    if isinstance(x, Samples):
        return x.number()
    if hasattr(x, "number"):  # an array argument as a batch
        return x.number()
    if getattr(x, "ndim", 0):
        return recorder.capture(x)
    return Recorded(recorder, recorder.program.constant(float(x)))


def _operator(op: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def method(x: Recorded, y: Any) -> Any:
        return record(op, x, y) if _beside(y) else NotImplemented

    def swapped(x: Recorded, y: Any) -> Any:
        return record(op, y, x) if _beside(y) else NotImplemented

    return method, swapped


def _beside(y: Any) -> bool:
    """Whether y computes beside recorded numbers; a Value or a `Masked` does so by itself."""
    if isinstance(y, (_Kept, float, int, Samples, Condition)):
        return True
    return hasattr(y, "dtype") and y.dtype != "O"


def _comparison(op: str) -> Callable[..., Any]:
    def method(x: Recorded, y: Any) -> Any:
        if not _beside(y):
            return NotImplemented
        answer = record(op, x, y)
        return answer if isinstance(answer, bool) else Truth(*answer)

    return method


class Recorded(_Kept):
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
    __hash__ = object.__hash__

    def __iter__(self) -> Any:  # (recorder, instruction, shape), to make a Truth of it
        return iter((self.recorder, self.instruction, self.shape))

    def __neg__(self) -> Any:
        return record("neg", self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return record("abs", self)


def _logical(op: str) -> Callable[..., Any]:
    def method(x: Truth, y: Any) -> Any:
        if type(y) is Truth:
            return Truth(*record(op, _raw(x), _raw(y)))
        if not isinstance(y, bool):
            return NotImplemented
        return {"and": x if y else False, "or": True if y else x, "xor": ~x if y else x}[op]

    return method


def _counting(operate: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda x, y: operate(x.count(), y.count() if type(y) is Truth else y)


class Truth(_Kept):
    """A condition of the program: it chooses, knows & | ^ ~, and counts as 0 or 1 in arithmetic."""

    __slots__ = ()
    __and__ = __rand__ = _logical("and")
    __or__ = __ror__ = _logical("or")
    __xor__ = __rxor__ = _logical("xor")
    __hash__ = object.__hash__

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


def _raw(c: Truth) -> Recorded:
    return Recorded(c.recorder, c.instruction, c.shape)


def choose(c: Any, x: Any, y: Any) -> Any:
    """x where the condition holds, else y."""
    if isinstance(c, bool):
        return x if c else y
    if type(c) is Recorded:
        c = c != 0
        return choose(c, x, y)
    if x is False and y is True:
        return ~c if type(c) is Truth else choose(c, 0.0, 1.0)
    some = next(v for v in (c, x, y) if isinstance(v, _Kept))
    recorder = some.recorder
    if type(c) is not Truth:  # a condition of plain arrays, which the function closes over
        c = lift(recorder, c if type(c) is Condition else c.astype(float)) != 0.0
    x, y = lift(recorder, x), lift(recorder, y)
    shape = c.shape or x.shape or y.shape
    if x.instruction == y.instruction:
        return Recorded(recorder, x.instruction, shape)
    i = recorder.program.add("select", c.instruction, x.instruction, y.instruction)
    return Recorded(recorder, i, shape)
