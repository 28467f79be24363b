"""One program of a function, and its kernel: recorded, optimised by passes, rolled, compiled.

The program is plain at first: a branch that is not taken may send a nan where it should send
nothing. So numbers that could show one are watched. When the first is seen, the function is
recorded once more, with masks, and that program answers, then and whenever a watched number is nan.
(`stats` has what each stage took and each pass left.)
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..rolling.rolled import Rolled
from .arguments import Arguments
from .interface import Interface

if TYPE_CHECKING:
    from ..kept.recordings import Entry
    from .listing import Listing, Stats


def build(rolled: Rolled, arrays: int, backend: str, threads: int = 1) -> Any:
    """The kernel of a rolled program of so many argument arrays; loads the backend."""
    if backend == "llvm":
        from ..llvm.backend import LLVMKernel

        return LLVMKernel(rolled, threads=threads)
    from ..source import numpy_backend, python_backend

    source = numpy_backend if backend == "numpy" else python_backend
    return source.build(rolled, arrays)


class Compiled:
    """A program's interface and kernel, with the masked ones for when a watched number is nan.

    Machine code of a function that has a fingerprint (see `kept`) is not recorded if another
    process has done so.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        arguments: Arguments,
        backend: str,
        threads: int,
        masked: bool = False,
    ) -> None:
        self.f, self.backend, self.threads, self.is_masked = f, backend, threads, masked
        self._entry: Entry | None = None
        self._seconds: dict[str, float] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self.masked: Compiled | None = None
        self.calls, self.is_short = 0, False  # calls by the long way; whether there is a shortcut
        self.interface, self.rolled = self._found(arguments) or self._made(arguments)
        arrays = len(arguments.arrays) + len(self.interface.captured)
        with self._timed("compile"):
            self.kernel = build(self.rolled, arrays, backend, threads)

    def _found(self, arguments: Arguments) -> tuple[Interface, Rolled] | None:
        """What another process has kept."""
        if self.backend != "llvm":
            return None
        from ..kept.recordings import Entry

        start = time.perf_counter()
        self._entry = Entry(self.f, arguments, self.is_masked)
        found = self._entry.read(arguments)
        if not found:
            return None
        self._seconds["read"] = time.perf_counter() - start
        interface, rolled, self._counts = found
        return interface, rolled

    def _made(self, arguments: Arguments) -> tuple[Interface, Rolled]:
        """The function recorded, optimised and rolled."""
        from ..rolling.dots import with_dots
        from ..rolling.passes import instructions, operations, with_stored_conditions
        from ..rolling.roll import roll
        from ..rolling.scatter import with_steady_sums
        from .record import record

        with self._timed("record"):
            interface, program = record(self.f, arguments, self.is_masked)
        with self._timed("passes"):
            stored = with_stored_conditions(program)
        with self._timed("dots"):
            dots = with_dots(with_steady_sums(stored))
        passes = {"needed": program, "stored conditions": stored, "dots": dots}
        counts = {name: instructions(p) for name, p in passes.items()}
        needed = operations(stored, needed=True)
        self._counts = {
            "operations": {"recorded": operations(program), "needed": needed},
            "passes": counts,
        }
        with self._timed("roll"):
            rolled = roll(dots, counts).of(arguments.element)
        if self._entry:
            self._entry.write(arguments, interface, rolled, self._counts)
        return interface, rolled

    @contextlib.contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._seconds[stage] = time.perf_counter() - start

    def __call__(self, arguments: Arguments) -> Any:
        """The function's answer."""
        interface, outputs, n = self.run(arguments)
        return interface.results.answer(outputs, n)

    def run(self, arguments: Arguments) -> tuple[Interface, Sequence[Any], int]:
        """The outputs of the program, or of the masked one if a watched number is nan: its interface,
        the outputs, and the number of samples.
        """
        n = self.interface.samples(arguments)
        arrays = [*arguments.arrays, *self.interface.captured]
        outputs, seen = self.kernel.run(arrays, n)
        if not seen:
            return self.interface, outputs, n
        if self.masked is None or not self.masked.interface.serves(arguments):
            self.masked = Compiled(self.f, arguments, self.backend, self.threads, masked=True)
        return self.masked.run(arguments)

    @property
    def listing(self) -> Listing:
        """The program, to read."""
        from ..source.text import Labels, program_text
        from .listing import Listing

        return Listing(program_text(self.rolled, Labels(*self.interface.labels)))

    @property
    def stats(self) -> Stats:
        """How much it is, and what it took."""
        from ..rolling.size import size
        from .listing import Stats

        seconds = dict(self._seconds)
        seconds["compile"] += getattr(self.kernel, "seconds", 0.0)
        operations, passes = (dict(self._counts[what]) for what in ("operations", "passes"))
        kept = self._entry.says if self._entry else "no: it is not compiled"
        return Stats(self.backend, operations, passes, size(self.rolled), seconds, kept)
