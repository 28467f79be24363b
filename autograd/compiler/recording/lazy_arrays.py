"""The two lazy arrays: an argument, and what is computed of others element by element.

An argument, or a view of it, knows where its elements lie: as a NumPy array of positions, so that
slices, transposes and reshaping are NumPy's own. A computed array keeps its operands, all in its own
form; a view of it is the same of views of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, final

import numpy as np

from ...errors import BatchError
from ...kinds.variables import as_array
from ...primitive import elementwise
from .lazy import Lazy, View
from .matrices import by_rows
from .recorded import Recorded
from .recorder import Recorder

ITEM = 8  # bytes of a position
DEEPEST = 20  # what is computed of so many, one of the other, is recorded at once


def computed(some: Lazy, operate: Any, inputs: Sequence[Any]) -> Any:
    """A function of arrays and numbers, with NumPy's broadcasting."""
    shapes = [x.form if isinstance(x, Lazy) else np.shape(x) for x in inputs]
    form = np.broadcast_shapes(*[s for s, x in zip(shapes, inputs, strict=True) if _is_array(x)])
    operands = [_in_form(x, form) if _is_array(x) else x for x in inputs]
    array = ComputedArray(some.recorder, operate, operands)
    return array if array.depth < DEEPEST else array.opened()


def _in_form(x: Any, form: tuple[int, ...]) -> Any:
    if not isinstance(x, Lazy):
        return np.broadcast_to(x, form)
    return x if x.form == form else x.view(lambda a: np.broadcast_to(a, form))


def _is_array(x: Any) -> bool:
    return isinstance(x, (Lazy, np.ndarray, list, tuple))


@final
class ArgumentArray(Lazy):
    """An array argument, or a view of it."""

    __slots__ = ("_samples", "argument", "positions", "recorder")
    depth = 0
    by_rows = by_rows
    compute = computed

    def __init__(self, recorder: Recorder, argument: int, positions: Any) -> None:
        self.recorder, self.argument, self.positions = recorder, argument, positions
        self._samples: Recorded | None = None  # once it was asked for

    @property
    def form(self) -> tuple[int, ...]:  # type: ignore[override]
        """Its shape."""
        shape: tuple[int, ...] = self.positions.shape
        return shape

    def view(self, view: View) -> Any:
        """NumPy's view of the positions; where it is none, but a copy, the elements."""
        found = view(self.positions)
        if np.ndim(found):
            part = ArgumentArray(self.recorder, self.argument, found)
            is_copy = found.size and not np.may_share_memory(found, self.positions)
            return part.to_numpy() if is_copy else part
        self.fix()
        return self._element(int(found))

    def _element(self, position: int) -> Recorded:
        return Recorded(self.recorder, self.recorder.program.input(self.argument, position))

    def led_by(self, axis: int | None = None) -> set[int]:
        """The argument, unless the axis is not its first."""
        whole = self.recorder.positions[self.argument]
        is_first = axis is None or (
            self.positions.strides[axis] == whole.strides[0] and self.form[axis] == len(whole)
        )
        return {self.argument} if is_first else set()

    def to_numpy(self) -> Any:
        """The elements."""
        self.fix()
        positions = self.positions.ravel().tolist()
        instructions = [self.recorder.program.input(self.argument, i) for i in positions]
        return as_array([Recorded(self.recorder, i) for i in instructions], self.form)

    def is_whole(self) -> bool:
        """Whether it is one element many times, or runs along a whole axis of the argument."""
        return self.ndim == 1 and (self._is_one() or self._axis() is not None)

    def _is_one(self) -> bool:
        return bool(self.positions.strides[0] == 0 and self.form[0] > 1)

    def _axis(self) -> int | None:
        """The axis of the argument that it runs along, from the first element to the last."""
        whole = self.recorder.positions[self.argument]
        mine = self.form[0], self.positions.strides[0]
        for axis, (length, stride) in enumerate(zip(whole.shape, whole.strides, strict=True)):
            index = self._first() // max(1, stride // ITEM) % max(1, length)  # of its first element
            if (length, stride) == mine and index == 0:
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
        """One number a sample; BatchError if it cannot be."""
        if self._samples is None:
            self._samples = self._as_samples()
        return self._samples

    def _as_samples(self) -> Recorded:
        if not self.is_batch():
            raise BatchError(
                f"samples are a one-dimensional array, of as many numbers as there are samples "
                f"({self.recorder.samples.length or 'any'}): got one of shape {self.form}"
            )
        if self._is_one():
            return self._element(self._first())
        recorder, axis = self.recorder, self._axis()
        recorder.take_samples(self.argument, axis or 0, self.form[0])
        step = math.prod(recorder.positions[self.argument].shape[(axis or 0) + 1 :])
        i = recorder.program.input(self.argument, self._first(), step, per_sample=True)
        return Recorded(recorder, i, (recorder.samples,))


@final
class ComputedArray(Lazy):
    """A function of arrays, element by element; each operand is in its form, or one number."""

    __slots__ = ("_found", "depth", "form", "operands", "operate", "recorder")
    compute = computed

    def __init__(self, recorder: Recorder, operate: Any, operands: Sequence[Any]) -> None:
        self.recorder, self.operate, self.operands = recorder, operate, operands
        self.form = next(x.form for x in operands if isinstance(x, Lazy))
        self.depth = 1 + max(x.depth for x in operands if isinstance(x, Lazy))
        self._found: dict[Any, Any] = {}  # what was asked for: operands may be the same ones

    def view(self, view: View) -> Any:
        """The same function of views."""
        seen: dict[int, Any] = {}

        def viewed(x: Any) -> Any:  # no deeper than DEEPEST
            if id(x) in seen:
                return seen[id(x)]
            if isinstance(x, ComputedArray):
                operands = [*map(viewed, x.operands)]
                some = any(isinstance(operand, Lazy) for operand in operands)
                found = (
                    ComputedArray(self.recorder, x.operate, operands)
                    if some
                    else x.operate(*operands)
                )
            elif isinstance(x, np.ndarray):
                found = view(x)
            else:
                found = x.view(view) if isinstance(x, Lazy) else x
            seen[id(x)] = found
            return found

        return viewed(self)

    def led_by(self, axis: int | None = None) -> set[int]:
        """All operands'."""
        found: set[int] = self._once(("led_by", axis), self._led_by, axis)
        return found

    def _led_by(self, axis: int | None) -> set[int]:
        return {k for x in self.operands if isinstance(x, Lazy) for k in x.led_by(axis)}

    def is_whole(self) -> bool:
        """Whether every operand does."""
        return self.ndim == 1 and self._once("is_whole", self._is_whole)

    def _is_whole(self) -> bool:
        return all(x.is_whole() for x in self.operands if isinstance(x, Lazy))

    def number(self) -> Any:
        """The function of numbers of one a sample."""
        return self._once("number", self._of, self.operate, lambda x: x.number())

    def to_numpy(self) -> Any:
        """The function of arrays of elements."""
        function = self.operate
        if not isinstance(function, np.ufunc):
            function = partial(elementwise, function)
        return self._once("to_numpy", self._of, function, lambda x: x.to_numpy())

    def _of(self, function: Any, taken: Any) -> Any:
        return function(*[taken(x) if isinstance(x, Lazy) else x for x in self.operands])

    def _once(self, what: Any, find: Any, *given: Any) -> Any:
        if what not in self._found:
            self._found[what] = find(*given)
        return self._found[what]
