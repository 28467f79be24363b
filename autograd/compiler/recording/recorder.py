"""The recorder: the program that is being written, and what is known of its arguments.

The engine runs on recording numbers (`recorded`), forward and backward, and leaves the whole
computation behind. How many samples there are is not known (`Samples`), but `one_by_one`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import BatchError, NumberError, RecordingError
from ..programs.program import SAMPLES, Program
from .recorded import Recorded
from .sample_lists import SampleList
from .samples import Samples

MOST = 100_000
"""Instructions of a program of which samples are recorded one by one, at most."""


class TooManySamplesError(RecordingError):
    """Samples would be recorded one by one, and are too many for it."""


def _positions(shape: tuple[int, ...]) -> Any:
    """Where the elements of an argument array are, in C's order: of shape (3, 2), that of (i, j) is
    2i + j.

    NumPy's strides, here 16 and 8 bytes, stay with an axis through slices and transposes. So in a view
    they say which axis of the argument each of its axes is; axes of one element or none have strides
    larger than any, which tell these apart as well.
    """
    full = [max(1, n) for n in shape]
    size = math.prod(full)
    strides = [
        8 * (math.prod(full[axis + 1 :]) if n > 1 else size + axis + 1)
        for axis, n in enumerate(shape)
    ]
    return np.ndarray(shape, np.int64, np.arange(size, dtype=np.int64), strides=strides)


class Recorder:
    """A program that is being recorded; ``masked`` if branches not taken are to send nothing.

    ``shapes`` are those of the argument arrays. What the function does with them decides which other
    shapes the program serves: see `guards`. ``one_by_one`` it serves these alone, and samples are
    numbers of their own (`sample_lists`).
    """

    def __init__(
        self,
        masked: bool = False,
        shapes: Sequence[tuple[int, ...]] = (),
        one_by_one: bool = False,
    ) -> None:
        self.program = Program()
        self.one_by_one = one_by_one
        self.is_mixed = False  # whether arrays of elements met Values, which could be samples too
        self.samples = Samples(self)
        self.masked = masked
        self.positions = [_positions(shape) for shape in shapes]
        self.captured: dict[bytes, Any] = {}  # arrays that the function closes over, in order
        self._fixed: set[int] = set()  # arguments that have to be of just this shape
        self._sampled: set[int] = set()
        self._ties: list[set[int]] = []
        self._is_pinned = False

    def recorded(self, instruction: int, shape: tuple[Any, ...] = ()) -> Recorded:
        """An instruction as a number."""
        return Recorded(self, instruction, shape)

    def listed(self, numbers: Sequence[Any]) -> SampleList:
        """Numbers as samples one by one."""
        return SampleList(self, numbers)

    def capture(self, x: Any) -> Any:
        """A batch that the function closes over: an argument array of its own, that never changes."""
        x = np.asarray(x, dtype=float)
        if self.one_by_one:
            if x.ndim != 1:
                raise NumberError(
                    f"a batch is a one-dimensional array: got shape {x.shape} (what a vmap within a "
                    f"vmap maps: give it to the jitted function as an argument)"
                )
            self.make_room(len(x))
            return self.listed(x.tolist())
        if x.ndim != 1 or not self.can_have(len(x)):
            raise BatchError(
                f"an array of shape {x.shape} that a function closes over met numbers of "
                f"{self.samples.length} samples: jit records one number of samples; x.astype(object) "
                f"is separate numbers"
            )
        self.samples.length = len(x)
        self.captured.setdefault(x.tobytes(), x.copy())
        place = len(self.positions) + [*self.captured].index(x.tobytes())
        i = self.program.input(place, 0, 1, per_sample=True)
        return self.recorded(i, (self.samples,))

    def make_room(self, n: int) -> None:
        """Raise unless the program has room for so many instructions of samples one by one."""
        if len(self.program) + n > MOST:
            raise TooManySamplesError(
                f"to record single samples takes more than {MOST:,} instructions here. Without what "
                f"asks for them, one program serves any number of samples"
            )

    def can_have(self, n: int) -> bool:
        """Whether there are so many samples, or it is still open how many."""
        return self.samples.length in (None, n)

    def take_samples(self, argument: int, axis: int, n: int) -> None:
        """An argument's samples are along an axis; only the first may have another length later."""
        self.samples.length = n
        self._sampled.add(argument)
        if axis:
            self.fix({argument})

    def samples_in(self, argument: int) -> bool:
        """Whether samples were taken from an argument."""
        return argument in self._sampled

    def fix(self, arguments: set[int]) -> None:
        """The program needs these arguments in just this shape."""
        self._fixed |= arguments

    def tie(self, arguments: set[int]) -> None:
        """The program needs the first axes of these to be as long as each other, or as they are."""
        self._ties.append(arguments)

    def pin(self) -> None:
        """The program needs just so many samples."""
        self._is_pinned = True

    def guards(self) -> list[tuple[int, ...]]:
        """The shapes that the program serves; `SAMPLES` for an axis of any length, one everywhere."""
        is_fixed = self.one_by_one or self.captured or self._is_pinned
        free = set() if is_fixed else self._sampled - self._fixed
        while broken := [tie for tie in self._ties if tie & free and not tie <= free]:
            free -= set().union(*broken)
        return [
            (SAMPLES, *x.shape[1:]) if k in free else x.shape for k, x in enumerate(self.positions)
        ]
