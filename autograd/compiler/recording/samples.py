"""The number of samples, which is known when the program runs, and what can be asked of it before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...kinds.kind import Number
from .refusals import refuse_single_samples
from .sample_arrays import SampleArray

if TYPE_CHECKING:
    from .recorder import Recorder


class Samples:
    """The number of samples: one and the same within a recording, known when the program runs.

    ``length`` is what it was when the program was recorded: arrays are compared by it. Who compares it
    with a number has a program of just this length; the engine itself does not.
    """

    __slots__ = ("length", "recorder")
    __hash__ = object.__hash__
    __index__ = __bool__ = __lt__ = __le__ = __gt__ = __ge__ = refuse_single_samples

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.length: int | None = None

    def __repr__(self) -> str:
        return "n"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Samples):
            return self is other
        if not isinstance(other, int):
            return NotImplemented
        self.recorder.pin()
        return other == self.length

    def __mul__(self, other: Any) -> Any:
        return self if type(other) is int and other == 1 else self.number() * other

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if type(other) is Samples:
            return 1
        return self if type(other) is int and other == 1 else self.number() / other

    def __rtruediv__(self, other: Any) -> Any:
        return other / self.number()

    def can_be(self, n: int) -> bool:
        """Whether an array that the function closes over may hold a number for each of n samples."""
        return self.recorder.can_have(n)

    def held(self, x: Any) -> Any:
        """The batch of an array that the function closes over."""
        return self.recorder.capture(x)

    def number(self) -> Any:
        """n as a number of the program."""
        return self.recorder.recorded(self.recorder.program.count())

    def repeated(self, x: Number) -> Any:
        """The same number for every sample."""
        i = self.recorder.program.constant(float(x))
        return self.recorder.recorded(i, (self,))

    def stacked(self, numbers: Sequence[Any], shape: tuple[int, ...] | None) -> Any:
        """What `vmap` answers: the results of all samples."""
        if shape is None:
            self.recorder.is_mixed = True  # outside of `vmap` they are an array
            return numbers[0]
        array = np.empty(math.prod(shape), dtype=object)
        array[:] = numbers
        return SampleArray(array.reshape(shape), self)
