"""The recording number: arithmetic on it adds instructions to a program.

A kind of number like any other, given to `register`. The engine runs on it, forward and backward,
and leaves the whole computation behind; no formula is written here. What can be known is folded at
once (`Recorder.emit`), by rules that keep every IEEE result: 1·x is x, but 0·x is not 0, for x may be
inf. How many samples there are is never known (`Samples`), and what a comparison answers is a
`Truth`, whose bool nobody can say.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ..errors import TransformError
from ..kinds import numeric
from ..kinds.conditions import Condition
from ..kinds.ieee import with_ieee_division
from ..kinds.kind import Number, by_operators, names, register
from ..kinds.masks import Masked
from .program import ARITHMETIC, BINARY, COMPARISONS, UNARY, Program


class RecordingError(TransformError):
    """A number that is being recorded was asked for its value."""


def refusal(what: str) -> Callable[..., NoReturn]:
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


def _fold(op: str, *numbers: float) -> float | bool:
    """An operation of constants, by the functions that the engine itself would call."""
    function = getattr(operator, {"div": "truediv"}.get(op, op), None) or getattr(numeric, op)
    if op in UNARY | BINARY and op not in ARITHMETIC and op not in ("neg", "abs"):
        function = getattr(numeric, op)
    try:
        return function(*numbers)  # type: ignore[no-any-return]
    except ZeroDivisionError:
        return with_ieee_division(function, *numbers)  # type: ignore[no-any-return]


class Recorder:
    """A program that is being recorded; ``masked`` if branches not taken are to send nothing."""

    def __init__(self, masked: bool = False) -> None:
        self.program = Program()
        self.samples = Samples(self)
        self.masked = masked
        self.captured: dict[bytes, tuple[int, Any]] = {}  # arrays that the function closes over
        self.arguments = 0

    def emit(self, op: str, *operands: int) -> int | bool:
        """The instruction of an operation, or of what it is known to be."""
        p = self.program
        values = [p.value(i) for i in operands]
        if op in UNARY or op in BINARY or op in COMPARISONS:
            if None not in values:
                known = _fold(op, *values)  # type: ignore[arg-type]
                return known if op in COMPARISONS else p.constant(float(known))
            simpler = self._simplified(op, operands, values)
            if simpler is not None:
                return simpler
        return p.add(op, *operands)

    def _simplified(self, op: str, operands: Sequence[int], values: Sequence[Any]) -> Any:
        """x, where an operation is known to answer just x (or -x, x·x, 1/x), sign of zero and all."""
        p, x, v = self.program, operands[0], values[-1]
        if op == "neg":
            return p.a[x] if p.op[x] == "neg" else None
        if op == "mul" and (1 in values or -1 in values):
            other = operands[0] if values[1] in (1, -1) else operands[1]
            return other if 1 in values else self.emit("neg", other)
        if (op in ("div", "pow") and v == 1) or (op == "sub" and _is_zero(v, 1)):
            return x
        if op == "add" and (_is_zero(values[0], -1) or _is_zero(v, -1)):
            return x if _is_zero(v, -1) else operands[1]
        if op == "pow" and v in (0, 2, -1):
            one = p.constant(1.0)
            return {0: one}.get(v) or (p.add("mul", x, x) if v == 2 else p.add("div", one, x))
        return None

    def capture(self, x: Any) -> Recorded:
        """A batch that the function closes over: an argument array of its own, that never changes."""
        key = x.tobytes()
        if key not in self.captured:
            self.captured[key] = (self.arguments + len(self.captured), x)
        i = self.program.input(self.captured[key][0], 0, 1, per_sample=True)
        return Recorded(self, i, (self.samples,))


def _is_zero(v: float | None, sign: int) -> bool:
    return v is not None and v == 0 and math.copysign(1, v) == sign


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
    i = recorder.emit(op, *[x.instruction for x in lifted])
    return i if isinstance(i, bool) else Recorded(recorder, i, shape)


def lift(recorder: Recorder, x: Any) -> Recorded:
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
        return x.number()  # type: ignore[no-any-return]
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
    __eq__, __ne__ = _comparison("eq"), _comparison("ne")  # type: ignore[assignment]
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

    def count(self) -> Any:
        """1 where it holds, else 0."""
        return choose(self, 1.0, 0.0)

    def astype(self, _: type) -> Any:
        """`count`, as an array of booleans is asked for it."""
        return self.count()

    def __neg__(self) -> Any:
        return -self.count()


for _name in ("add", "sub", "mul", "truediv", "pow", "mod"):
    _operate = getattr(operator, _name)
    setattr(Truth, f"__{_name}__", _counting(_operate))
    setattr(Truth, f"__r{_name}__", _counting(lambda x, y, o=_operate: o(y, x)))
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


def _to_shape(x: Any, shape: tuple[Any, ...]) -> Any:
    """The sum over samples, or the same number for every sample."""
    if type(x) is Truth:
        x = x.count()
    if len(shape) > len(x.shape):
        return Recorded(x.recorder, x.instruction, shape)
    if len(shape) == len(x.shape):
        return x
    program = x.recorder.program
    if not program.per_sample[x.instruction]:
        return Recorded(x.recorder, x.instruction) * x.recorder.samples.number()
    return Recorded(x.recorder, program.add("total", x.instruction))


def _is_nan(x: Any) -> bool:
    """Plain: the program is to look whether it is, when it runs. Masked: it may be."""
    if not x.recorder.masked:
        x.recorder.program.watch.append(x.instruction)
    return x.recorder.masked  # type: ignore[no-any-return]


def _logsumexp(xs: Sequence[Any]) -> Any:
    """top + log1p Σ exp(x - top) over all but the first of the largest, as on floats."""
    top = xs[0]
    for x in xs[1:]:
        top = numeric.maximum(top, x)
    finite = (top - top) == 0
    shift = numeric.where(finite, top, 0.0)
    one, rest, found = 0.0, 0.0, False
    for x in xs:
        term, largest = numeric.exp(x - shift), x == top
        first = largest & numeric.where(found, False, True) if found is not False else largest
        rest, one = rest + numeric.where(first, 0.0, term), numeric.where(first, term, one)
        found = largest if found is False else found | largest
    return shift + numeric.where(finite, numeric.log1p(rest), numeric.log(one + rest))


def _dot(ws: Sequence[Any], xs: Sequence[Any]) -> Any:
    every = [*ws, *xs]
    some = next((v for v in every if type(v) is Recorded), None)
    if some is None or not all(type(v) is Recorded or isinstance(v, float) for v in every):
        return by_operators["dot"](ws, xs)
    left, right = ([lift(some.recorder, v) for v in vs] for vs in (ws, xs))
    shape = next((v.shape for v in (*left, *right) if v.shape), ())
    ids = [[v.instruction for v in vs] for vs in (left, right)]
    return Recorded(some.recorder, some.recorder.program.dot(*ids), shape)


_functions: dict[str, Callable[..., Any]] = {
    **{op: (lambda *xs, op=op: record(op, *xs)) for op in (UNARY | BINARY) & names},
    "where": choose,
    "only": lambda c, g: Masked(g, c != 0 if type(c) is Recorded else c),
    "to_shape": _to_shape,
    "like": lambda n, x: Recorded(x.recorder, x.recorder.program.constant(float(n))),
    "is_nan": _is_nan,
    "is_finite": lambda x: True,
    "logsumexp": _logsumexp,
    "dot": _dot,
}
register(Recorded, _functions, priority=4)
register(Truth, _functions | {"variable": Truth.count}, priority=5)
