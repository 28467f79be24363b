"""Samples one by one: what a batch is while jit records for just so many of them.

A function that asks for single samples of a batch is recorded once more, with the lengths of its
arrays as they are (see `calls.record`). An array is then one of recorded numbers, and stands for an
array of floats: beside a Value it is a batch, here a number of which every sample is an instruction of
its own. The program's equal instructions become loops again when it is rolled.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ... import context
from ...errors import BatchError, NumberError
from ...kinds import dispatch, numeric
from ...kinds import kind as kinds
from ...kinds import special as functions
from ...kinds.conditions import Condition, truth_of
from ...kinds.kind import by_operators, is_array_of_values, names, register
from ...kinds.masks import Masked
from ...kinds.variables import as_array, boxed, is_of_floats
from ...operations import samples, sequences
from ...value import Value
from .fold import zero_once
from .kind import MOVES, cost, evaluate
from .no_value import NoValue
from .recorded import Recorded, Truth, lift
from .refusals import refuse_single_samples

if TYPE_CHECKING:
    from .recorder import Recorder

OF_ARRAYS = """T argmax argmin argsort clip copy cumprod cumsum dot flatten max min prod ptp ravel
    repeat reshape size squeeze std swapaxes take transpose var""".split()
"""Attributes of arrays that `SampleList` has beside those of a batch."""


@final
class SampleList(NoValue):
    """A batch of recorded numbers, or of conditions: Truths, and bools where they are known."""

    __slots__ = ("numbers", "recorder")

    def __init__(self, recorder: Recorder, numbers: Sequence[Any]) -> None:
        self.recorder = recorder
        self.numbers = [
            x if type(x) is Recorded or _is_truth(x) else lift(recorder, x) for x in numbers
        ]

    @property
    def shape(self) -> tuple[int]:  # type: ignore[override]
        """(n,), as of any batch."""
        return (len(self.numbers),)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, (tuple, list, np.ndarray)):
            return as_array(self.numbers, self.shape)[index]
        found = self.numbers[index]
        return SampleList(self.recorder, found) if isinstance(index, slice) else found

    def __getattr__(self, name: str) -> Any:
        """What a plain array can do that no batch does: beside no Value it stands for one."""
        if name not in OF_ARRAYS:
            raise AttributeError(f"samples that jit records have no {name!r}", name=name, obj=self)
        return getattr(as_array(self.numbers, self.shape), name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.numbers)

    def __repr__(self) -> str:
        return f"<{len(self.numbers)} samples, being recorded>"

    def beside(self, x: Any) -> Any:
        """Of floats, samples."""
        if not isinstance(x, np.ndarray) or x.dtype == object or not x.ndim:
            return x
        return SampleList(self.recorder, x.tolist()) if x.ndim == 1 else self.recorder.capture(x)

    def any(self) -> bool:
        """Of conditions, whether one may hold for a sample."""
        return any(c is not False for c in self.numbers)

    def astype(self, _: type) -> SampleList:
        """Conditions as the numbers 0 and 1 that they count as."""
        return _each(float_of, self)


def _is_truth(x: Any) -> bool:
    return type(x) in (Truth, bool, np.bool_)


def float_of(x: Any) -> Any:
    """A condition as the number that it counts as."""
    return x.count() if type(x) is Truth else float(x) if _is_truth(x) else x


def _each(function: Callable[..., Any], *operands: Any) -> SampleList:
    """A function of the numbers of every sample; what is one number is so for all."""
    given = [*map(truth_of, operands)]
    recorder = next(x.recorder for x in given if hasattr(x, "recorder"))
    lengths = {kinds.shape_of(x)[0] for x in given if kinds.shape_of(x)}
    if len(lengths) > 1:
        raise BatchError(f"batches of different lengths met: {sorted(lengths)} samples")
    (n,) = lengths
    recorder.make_room(n)
    columns = [_column(x, n) for x in given]
    return SampleList(recorder, [function(*row) for row in zip(*columns, strict=True)])


def _column(x: Any, n: int) -> Sequence[Any]:
    if isinstance(x, SampleList):
        return x.numbers
    return x.tolist() if isinstance(x, np.ndarray) else [x] * n


# ------------------------------------------------------------------------------------------ operators


def _operator(operate: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def method(x: SampleList, y: Any) -> Any:
        return _each(operate, x, y) if _is_beside(y) else NotImplemented

    def swapped(x: SampleList, y: Any) -> Any:
        return _each(operate, y, x) if _is_beside(y) else NotImplemented

    return method, swapped


def _is_beside(y: Any) -> bool:
    """Whether y computes beside samples; a Value does so by itself, and of an array NumPy asks."""
    known = isinstance(y, (SampleList, Recorded, Truth, float, int, Condition))
    return known or (isinstance(y, np.generic) and not y.ndim)


def _counting(operate: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *xs: operate(*map(float_of, xs))


def _negated(c: Any) -> Any:
    return ~c if type(c) is Truth else not c


def _plus(x: Any, y: Any) -> Any:
    """x + y; what single samples receive is 0.0 for all others, which need no instruction each."""
    if type(x) is not Recorded or type(y) is not Recorded:
        return x + y
    return Recorded(x.recorder, zero_once(x.recorder.program, x.instruction, y.instruction))


for _name in "add sub mul truediv pow mod".split():
    _operate = _plus if _name == "add" else getattr(operator, _name)
    _forward, _swapped = _operator(_counting(_operate))
    setattr(SampleList, f"__{_name}__", _forward)
    setattr(SampleList, f"__r{_name}__", _swapped)
for _name in ("and", "or", "xor"):
    _forward, _swapped = _operator(getattr(operator, f"__{_name}__"))
    setattr(SampleList, f"__{_name}__", _forward)
    setattr(SampleList, f"__r{_name}__", _swapped)
for _name in "lt le gt ge eq ne".split():
    setattr(SampleList, f"__{_name}__", _operator(_counting(getattr(operator, _name)))[0])
for _name in ("neg", "abs"):
    _operate = _counting(getattr(operator, _name))
    setattr(SampleList, f"__{_name}__", lambda x, f=_operate: _each(f, x))
setattr(SampleList, "__invert__", lambda x: _each(_negated, x))  # noqa: B010  (for the type checker)


# ------------------------------------------------------------------------ what the engine asks of them


def _to_shape(x: SampleList, shape: tuple[int, ...]) -> Any:
    """The sum over samples, or the same."""
    if shape and shape != x.shape:
        raise BatchError(f"a batch of {x.shape[0]} samples where there are {shape[0]}")
    return x if shape else lift(x.recorder, sequences.sum([*map(float_of, x.numbers)]))


def _is_nan(x: SampleList) -> bool:
    found = [kinds.is_nan(n) for n in x.numbers]  # of all: the program looks at each
    return any(found)


def _dot(ws: Sequence[Any], xs: Sequence[Any]) -> Any:
    """Σ wᵢ xᵢ, of every sample one instruction."""
    half = len(ws)
    return _each(lambda *row: numeric.dot(row[:half], row[half:]), *ws, *xs) if half else 0.0


def _logsumexp(xs: Sequence[Any]) -> Any:
    return _each(lambda *row: numeric.logsumexp(row), *xs)


def _stack(xs: Sequence[Any]) -> SampleList:
    return SampleList(next(x.recorder for x in xs if hasattr(x, "recorder")), [*xs])


def _place(x: SampleList, to: tuple[int, int]) -> SampleList:
    start, n = to
    after = n - start - len(x.numbers)
    return SampleList(x.recorder, [*[0.0] * start, *x.numbers, *[0.0] * after])


MOVES.update({samples.stack: _stack, samples.place: _place})
_OF_SEQUENCES = {"sum", "dot", "scale", "logsumexp", "softmax", "shift", "ties"}


def _function(name: str) -> Callable[..., Any]:
    function = getattr(numeric, name, None) or getattr(functions, name)
    return lambda *operands: _each(function, *operands)


register(
    SampleList,
    {name: _function(name) for name in sorted(names - kinds.QUESTIONS - _OF_SEQUENCES)}
    | {name: by_operators[name] for name in ("sum", "scale", "softmax", "shift", "ties")}
    | {
        "dot": _dot,
        "logsumexp": _logsumexp,
        "evaluate": evaluate,
        "only": lambda c, g: Masked(g, c if all(map(_is_truth, c.numbers)) else c != 0),
        "variable": lambda x: x.astype(float),
        "to_shape": _to_shape,
        "like": lambda n, x: lift(x.recorder, float(n)),
        "is_nan": _is_nan,
        "is_finite": lambda x: True,
        "cost": cost,
    },
    priority=5.5,
)


# ---------------------------------------------------------------------------------------- beside arrays


def _batch_of(x: Any) -> SampleList:
    """An array of recorded numbers, or of floats, as a batch."""
    array = boxed(x)
    if array.ndim != 1:
        raise NumberError(
            f"a batch is a one-dimensional array, one number a sample; got an array of shape "
            f"{array.shape}"
        )
    numbers = array.tolist()
    recorder = next(n.recorder for n in numbers if hasattr(n, "recorder"))
    if not recorder.one_by_one:
        recorder.samples.length = len(numbers)
        refuse_single_samples()
    return SampleList(recorder, numbers)


def beside(operands: Sequence[Any]) -> Sequence[Any]:
    """Operands of which some are arrays of objects, as batches where that is what they stand for.

    Recorded numbers in an array stand for floats: beside a Value they are a batch, where an array of
    Values, or beside one number a matrix, has each of its elements beside it. While n is not known,
    such an array is taken by elements, until samples meet one.
    """
    recorder = _recorder_of(operands)
    if recorder is None or context.running.get().samples:
        return operands
    arrays = [x for x in operands if is_array_of_values(x)]
    others = [x for x in operands if not is_array_of_values(x)]
    floats = [x for x in arrays if is_of_floats(x)]
    if not recorder.one_by_one:
        _note_meeting(recorder, floats, others)
        return operands
    numbers = [x for x in others if isinstance(x, (Value, SampleList))]
    is_matrix = max((x.ndim for x in arrays), default=2) > 1
    are_elements = is_matrix and not any(map(kinds.shape_of, numbers))
    if are_elements or len(floats) < len(arrays) or not numbers:
        return operands
    return [_batch_of(x) if is_array_of_values(x) else x for x in operands]


def _note_meeting(recorder: Recorder, floats: Sequence[Any], others: Sequence[Any]) -> None:
    """While n is not known: raise for samples that meet an array of elements, or one did before."""
    batches = [x for x in others if isinstance(x, (Value, Recorded, Truth)) and kinds.shape_of(x)]
    if batches and (floats or recorder.is_mixed):
        refuse_single_samples()
    recorder.is_mixed |= bool(floats) and any(isinstance(x, Value) for x in others)


def _recorder_of(operands: Sequence[Any]) -> Recorder | None:
    """That of the numbers which are recorded, if there are any."""
    for x in operands:
        known = hasattr(x, "recorder") or not isinstance(x, np.ndarray)
        for n in (x,) if known else x.ravel().tolist():
            number = n.data if isinstance(n, Value) else n
            if hasattr(number, "recorder"):
                return number.recorder  # type: ignore[no-any-return]
    return None


dispatch.batch_of, dispatch.beside = _batch_of, beside
