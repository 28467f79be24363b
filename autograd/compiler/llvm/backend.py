"""The back end's front: a rolled program becomes machine code, and machine code runs on arrays.

A program has one text for few samples, which fit into a register or two, and one for many, which goes
over blocks of them (`shapes`). Each is compiled when a call of so many samples is met first, or found
on disk (`cache`). Three ways lead in: `run` takes arrays one by one, by ctypes; `builtin_of_floats` and
`builtin_of_arrays` are functions of CPython's own kind, made of machine code too. What a first call of
one thread does not need is imported when it is.
"""

from __future__ import annotations

import contextlib
import ctypes
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..programs.program import SAMPLES
from ..rolling.rolled import Rolled
from .kernels.shapes import Shape, fitted, narrow, wide
from .machine.target import Target, host
from .running.memory import Layout, Memory
from .running.variant import Variant

if TYPE_CHECKING:
    from .builtins.arrays import ArrayBuiltin


class LLVMKernel:
    """A program as machine code: narrow for few samples, wide for many, each made when it is met.
    Without a ``target`` it is made for this machine.
    """

    def __init__(self, rolled: Rolled, target: Target | None = None, threads: int = 1) -> None:
        self.rolled, self.target = rolled, target or host()
        self.lanes = self.target.lanes_of(rolled.element)
        self.threads = threads
        self._variants: dict[str, Variant] = {}
        self._builtin: ArrayBuiltin | None = None
        self.seconds = 0.0  # that compiling has taken

    @property
    def source(self) -> str:
        """LLVM's text of the shape for many samples."""
        from .kernels.kernel import Kernel

        return Kernel(self.rolled, wide(self.lanes, self.rolled), self.target.library).text()

    @cached_property
    def operations(self) -> int:
        """Those of a sample."""
        from ..rolling.size import size

        stages = [stage for stage in self.rolled.stages if stage.per_sample]  # others stay unread
        return size(self.rolled.but(stages=stages)).flops_per_sample

    def variant(self, n: int) -> Variant:
        """The one for n samples."""
        is_narrow = 0 < n <= self.lanes
        name = "narrow" if is_narrow else "wide"
        if name not in self._variants:
            shape = narrow(self.lanes) if is_narrow else wide(self.lanes, self.rolled)
            self._variants[name] = self._made(shape)
            if self._builtin:
                self._builtin.add(name, self._variants[name])
        return self._variants[name]

    def fitted(self, most: int, rows: int = 0) -> Variant:
        """One for at most so many samples, 0 too; made anew at each call where its shape is its own.
        For ``rows`` see `Shape`.
        """
        shape = fitted(self.lanes, self.rolled, most)._replace(rows=rows)
        return self._made(shape) if shape.single or rows else self.variant(most)

    def _made(self, shape: Shape) -> Variant:
        with self._timed():
            return Variant(self.rolled, shape, self.target)

    @contextlib.contextmanager
    def _timed(self) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - start

    def builtin_of_floats(
        self, arguments: int, tree: Any, slow: Callable[..., Any]
    ) -> Callable[..., Any] | None:
        """A builtin that takes so many floats, if there can be one (see `call`)."""
        from .builtins import call

        with self._timed():
            return call.builtin(self.rolled, arguments, tree, slow)

    def builtin_of_arrays(
        self, shapes: Sequence[tuple[int, ...] | None], samples: int = SAMPLES
    ) -> Callable[..., Any] | None:
        """The builtin that takes arrays of these shapes as they are (see `arrays`), if it can be made.

        It hands on calls whose kernel is not made yet, and those that several threads share.
        """
        if self._builtin:
            return self._builtin.run
        from .builtins.arrays import ArrayBuiltin
        from .builtins.checks import AXES
        from .builtins.cpython import array_layout_is_known
        from .running.threads import most_for_one

        lengths = [len(shape or ()) for shape in shapes]
        if not array_layout_is_known() or not lengths or max(lengths) > AXES:
            return None
        most = most_for_one(self.threads, self.operations)
        self._builtin = ArrayBuiltin(shapes, Layout.of(self.rolled), samples, most, self._run_apart)
        self._builtin.fill(lanes=self.lanes)
        for name, variant in self._variants.items():
            self._builtin.add(name, variant)
        return self._builtin.run

    def run(self, arrays: Sequence[Any], n: int) -> tuple[list[Any], bool]:
        """The outputs, an array of n for one a sample, and whether a watched number was nan."""
        memory, seen = self._run(arrays, n)
        return self._outputs(memory), bool(seen)

    def _run_apart(self, *arrays: Any) -> Any:
        """What the builtin has checked, answered as the builtin does: into the last of the arrays, and
        results of samples into the one before.
        """
        assert self._builtin
        *leaves, out = arrays
        n = self._builtin.samples_of(leaves)
        rows = leaves.pop() if self.rolled.outputs.per_sample else np.empty(0)
        dtype = self.rolled.element.dtype
        _, seen = self._run([np.asarray(x, dtype) for x in leaves], n, (out, rows))
        return NotImplemented if seen else None

    def _run(self, arrays: Sequence[Any], n: int, answer: Sequence[Any] = ()) -> tuple[Memory, int]:
        """The memory of a call after it, and how many watched numbers were nan."""
        variant, threads = self.variant(n), self.threads
        if threads > 1:
            from .running.threads import Shared, worthwhile

            threads = worthwhile(threads, n, self.operations)
        if self._builtin and not 0 < n <= self.lanes:
            self._builtin.make_room(variant, n)
        memory = Memory(variant.layout, variant.shape, n, threads, answer)
        pointers = (ctypes.c_void_p * len(arrays))(*[x.ctypes.data for x in arrays])
        if threads > 1:
            return memory, Shared(variant, arrays, pointers, memory, n).run()
        return memory, variant.function(n, pointers, *memory.addresses, memory.stride)

    def _outputs(self, memory: Memory) -> list[Any]:
        """What has been computed, from where it is."""
        outputs: list[Any] = memory.uniform[: len(self.rolled.outputs)].tolist()
        for k, row in zip(self.rolled.outputs.per_sample, memory.results, strict=True):
            outputs[k] = row
        return outputs
