"""Array arguments while jit records: what an array is, its first use decides.

The same array may be separate numbers (a matrix of weights, of which W[2, 1] is one) or samples (a
column of data, one number of every sample). A `LazyArray` knows only where its elements lie in the
argument, as a NumPy array of positions, so that slices, transposes and reshaping are NumPy's own. Then

- arithmetic on one that runs along a whole axis of the argument makes that axis the samples: the
  program serves any length of it;
- everything else (an index, a loop over it, a matrix product) takes its elements as numbers of their
  own, and the program serves arrays of this shape only.

`Recorder.lengths` keeps which axes were needed as they are.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import BatchError, NumberError, TransformError
from ..kinds.kind import register
from ..kinds.variables import as_array
from ..operations.composites import mean
from .recorded import Recorded
from .recorder import Recorder, Samples

ITEM = 8  # bytes of a position


class LazyArray(np.lib.mixins.NDArrayOperatorsMixin):
    """An array argument of a function that is being recorded, or a view of it."""

    __slots__ = ("argument", "positions", "recorder")

    def __init__(self, recorder: Recorder, argument: int, positions: Any) -> None:
        self.recorder, self.argument, self.positions = recorder, argument, positions

    def __repr__(self) -> str:
        return f"<array argument {self.argument} of shape {self.positions.shape}, being recorded>"

    # ------------------------------------------------------------------------ its form, as NumPy's

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return int(self.positions.ndim)

    @property
    def shape(self) -> tuple[Any, ...]:
        """The lengths of the axes; one that is computed with is no longer free."""
        return tuple(Length(self, axis, n) for axis, n in enumerate(self.positions.shape))

    @property
    def size(self) -> int:
        """The number of elements."""
        self.fix()
        return int(self.positions.size)

    @property
    def dtype(self) -> Any:
        """float64 where it can be a batch; else object, as an array of numbers that are recorded."""
        return np.dtype(float if self.ndim != 1 or self.axis() is not None else object)

    @property
    def T(self) -> LazyArray:
        """The transpose."""
        return self._view(self.positions.T)

    def __len__(self) -> int:
        self.fix(0)
        return len(self.positions)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 1:
            yield from self.to_numpy().tolist()
        else:
            self.fix(0)
            yield from map(self._view, self.positions)

    def __getitem__(self, index: Any) -> Any:
        """NumPy's own indexing."""
        found = self.positions[index]
        return self._view(found) if isinstance(found, np.ndarray) else self._element(int(found))

    def __getattr__(self, name: str) -> Any:
        """Whatever else an array can do, its elements can."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.to_numpy(), name)

    def reshape(self, *shape: Any) -> LazyArray:
        """The same elements in another shape."""
        self.fix()
        return self._view(self.positions.reshape(*shape))

    def ravel(self) -> LazyArray:
        """All elements in a row."""
        return self.reshape(-1)

    def _view(self, positions: Any) -> LazyArray:
        return LazyArray(self.recorder, self.argument, positions)

    # ------------------------------------------------------------------- separate numbers, or samples

    def fix(self, axis: int | None = None) -> None:
        """The program serves this shape only; of an axis: if it is the argument's first."""
        argument = self.recorder.positions[self.argument]
        if axis is None or (
            self.positions.strides[axis] == argument.strides[0]
            and self.positions.shape[axis] == argument.shape[0]
        ):
            self.recorder.fix(self.argument)

    def _element(self, position: int) -> Recorded:
        self.fix()
        return Recorded(self.recorder, self.recorder.program.input(self.argument, position))

    def to_numpy(self) -> Any:
        """The elements as an array of numbers that are recorded."""
        self.fix()
        program, recorder = self.recorder.program, self.recorder
        flat = self.positions.ravel().tolist()
        elements = [Recorded(recorder, i) for i in program.inputs(self.argument, flat)]
        return as_array(elements, self.positions.shape)

    def axis(self) -> int | None:
        """The axis of the argument that this runs along as a whole, if it can be the samples."""
        argument = self.recorder.positions[self.argument]
        if self.ndim != 1 or not self.recorder.can_have(len(self.positions)):
            return None
        for axis, length in enumerate(argument.shape):
            same_step = argument.strides[axis] == self.positions.strides[0]
            if length == len(self.positions) and same_step:
                before = self._first() // max(1, argument.strides[axis] // ITEM)
                if before % max(1, length) == 0:
                    return axis
        return None

    def _first(self) -> int:
        """The position of the first element, which an empty view has as well."""
        place, start = (
            x.__array_interface__["data"][0]
            for x in (self.positions, self.recorder.positions[self.argument])
        )
        return int(place - start) // ITEM

    def number(self) -> Recorded:
        """One number a sample; BatchError if its length is another than that of the samples."""
        axis = self.axis()
        if axis is None:
            raise BatchError(
                f"samples are a one-dimensional array, of as many numbers as there are samples: got "
                f"one of shape {self.positions.shape}"
            )
        recorder = self.recorder
        recorder.take_samples(self.argument, axis, len(self.positions))
        step = self.positions.strides[0] // ITEM
        i = recorder.program.input(self.argument, self._first(), step, per_sample=True)
        return Recorded(recorder, i, (recorder.samples,))

    def opened(self) -> Any:
        """One number a sample where it can be, else an array of numbers."""
        return self.number() if self.axis() is not None else self.to_numpy()

    def samples(self, axis: int) -> Samples:
        """The number of samples, if they are along an axis (see `vmap`)."""
        if not -self.ndim <= axis < self.ndim:
            raise TransformError(f"an array of shape {self.positions.shape} has no axis {axis}")
        if not self.recorder.can_have(self.positions.shape[axis]):
            raise TransformError(
                f"vmap maps {self.positions.shape[axis]} samples within {self.recorder.samples.length}"
                f": jit records one number of samples"
            )
        return self.recorder.samples

    def mapped(self, axis: int) -> tuple[list[Recorded], tuple[int, ...] | None]:
        """What one sample of it holds, each number one of every sample, and in what shape."""
        columns = np.moveaxis(self.positions, axis, -1)
        numbers = [self._view(columns[i]).number() for i in np.ndindex(columns.shape[:-1])]
        return numbers, columns.shape[:-1] or None

    # ------------------------------------------------------------------------------ NumPy's protocols

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        """Element by element, so of samples if they can be."""
        batch = ufunc.signature is None and method == "__call__"
        return getattr(ufunc, method)(*_opened(inputs, batch), **settings)

    def __array_function__(self, function: Any, types: Any, args: Any, settings: Any) -> Any:
        """On arrays of numbers."""
        return function(*_opened(args, False), **settings)

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None, **settings: Any) -> Any:
        """Σ over the samples, or of an array of numbers."""
        if axis in (None, 0) and self.axis() is not None and not settings:
            return self.number().sum()
        return self.to_numpy().sum(axis=axis, **settings)

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None, **settings: Any) -> Any:
        """The mean over the samples, or of an array of numbers."""
        if axis in (None, 0) and self.axis() is not None and not settings:
            return mean(self.number())
        return self.to_numpy().mean(axis=axis, **settings)


def _opened(tree: Any, batch: bool) -> Any:
    if isinstance(tree, LazyArray):
        return tree.opened() if batch else tree.to_numpy()
    if isinstance(tree, (list, tuple)):
        return type(tree)(_opened(x, batch) for x in tree)
    return tree


class Length:
    """The length of an axis: known, but whoever computes with it makes a program for that length."""

    __slots__ = ("axis", "n", "of")
    __hash__ = object.__hash__

    def __init__(self, of: LazyArray, axis: int, n: int) -> None:
        self.of, self.axis, self.n = of, axis, n

    def __index__(self) -> int:
        self.of.fix(self.axis)
        return self.n

    __int__ = __index__

    def __repr__(self) -> str:
        return str(self.n)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Length):
            return self.n == other.n
        if isinstance(other, Samples):
            return other.length == self.n
        return int(self) == other


def _computing(operate: Callable[[Any, Any], Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    return (lambda x, y: operate(int(x), y)), (lambda x, y: operate(y, int(x)))


for _name in "add sub mul truediv floordiv mod pow".split():
    _forward, _swapped = _computing(getattr(operator, _name))
    setattr(Length, f"__{_name}__", _forward)
    setattr(Length, f"__r{_name}__", _swapped)
for _name in "lt le gt ge".split():
    setattr(Length, f"__{_name}__", _computing(getattr(operator, _name))[0])


def _number(x: LazyArray) -> Any:
    if x.ndim != 1:
        raise NumberError(
            f"a batch is a one-dimensional array, one number a sample; got an array of shape "
            f"{x.positions.shape}: its columns are x.T"
        )
    return x.number()


register(LazyArray, {"constant": _number, "variable": _number}, priority=6)
