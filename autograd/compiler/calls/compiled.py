"""One program of a function, and its kernel."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from ..rolling.passes import with_dots, with_stored_conditions, without_dead_code
from ..rolling.roll import roll
from ..rolling.rolled import Rolled
from ..rolling.stats import operations, size
from .listing import Listing, Stats
from .recording import Recording
from .signature import Arguments


def _llvm(rolled: Rolled, arrays: int, threads: int) -> Any:
    from ..llvm.backend import build

    return build(rolled, arrays, threads=threads)


def _numpy(rolled: Rolled, arrays: int, _: int) -> Any:
    from ..source.numpy_backend import build

    return build(rolled, arrays)


def _python(rolled: Rolled, arrays: int, _: int) -> Any:
    from ..source.python_backend import build

    return build(rolled, arrays)


BACKENDS: dict[str, Callable[[Rolled, int, int], Any]] = {
    "llvm": _llvm,
    "numpy": _numpy,
    "python": _python,
}
"""What makes a kernel of a rolled program, of so many arrays, for so many threads, by name."""


class Compiled:
    """A recording and its kernel; where a watched number is nan, the masked program's."""

    def __init__(
        self,
        f: Callable[..., Any],
        arguments: Arguments,
        backend: str,
        threads: int = 1,
        masked: bool = False,
    ) -> None:
        self.f, self.backend, self.threads = f, backend, threads
        self._seconds: dict[str, float] = {}
        self._operations: dict[str, int] = {}
        self.masked: Compiled | None = None
        self.recording = self._timed("record", lambda: Recording(f, arguments, masked))
        program = self.recording.program
        self._operations["recorded"] = operations(program)
        self.program = self._timed(
            "passes", lambda: with_stored_conditions(without_dead_code(program))
        )
        self._operations["needed"] = operations(self.program)
        self.rolled = self._timed(
            "roll", lambda: roll(with_dots(self.program)).of(arguments.element)
        )
        program.columns = self.program.columns = None  # which are large, and nobody asks again
        arrays = len(arguments.arrays) + len(self.recording.captured)
        build = BACKENDS[backend]
        self.kernel = self._timed("compile", lambda: build(self.rolled, arrays, self.threads))

    def _timed(self, stage: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        self._seconds[stage] = time.perf_counter() - start
        return result

    def __call__(self, arguments: Arguments) -> Any:
        """The function's answer."""
        recording, outputs, n = self.run(arguments)
        return recording.results.answer(outputs, n)

    def run(self, arguments: Arguments) -> tuple[Recording, Sequence[Any], int]:
        """The outputs of a recording, its own or the masked one's, and the number of samples."""
        recording = self.recording
        n = recording.samples(arguments)
        outputs, seen = self.kernel.run_watching([*arguments.arrays, *recording.captured], n)
        if not seen:
            return recording, outputs, n
        if self.masked is None:
            self.masked = Compiled(self.f, arguments, self.backend, self.threads, masked=True)
        return self.masked.run(arguments)

    @cached_property
    def listing(self) -> Listing:
        """The program, to read."""
        return Listing(self.program, self.rolled, self.recording.labels)

    @property
    def stats(self) -> Stats:
        """How much it is, and what it took."""
        seconds = dict(self._seconds)
        seconds["compile"] += getattr(self.kernel, "seconds", 0.0)
        return Stats(self.backend, dict(self._operations), size(self.rolled), seconds)
