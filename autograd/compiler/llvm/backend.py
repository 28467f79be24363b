"""The back end's front: a rolled program becomes machine code, and machine code runs on arrays.

The memory that a kernel works in belongs to one call, so that several threads may run one program.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..rolled import Rolled
from .kernel import Kernel, Layout, narrow, wide
from .target import Loaded, Target, host
from .tiles import Shape

LINE = 64  # bytes of a line of the cache, and of the widest vector
ARGUMENTS = [ctypes.c_int64, *[ctypes.c_void_p] * 5, ctypes.c_int64]


class Compiled:
    """One shape of a kernel, ready to run."""

    def __init__(self, rolled: Rolled, shape: Shape, target: Target) -> None:
        kernel = Kernel(rolled, shape, target.library)
        text = kernel.text()
        self.shape, self.layout = shape, kernel.layout
        called = [*kernel.declarations]
        self._loaded = Loaded(target.compile(text), [s for s in called if s[:5] != "llvm."])
        self.function = self._loaded.function("kernel", ctypes.c_int64, *ARGUMENTS)


class LLVMKernel:
    """A program as machine code: narrow for few samples, wide for many, each made when it is met."""

    def __init__(self, rolled: Rolled, target: Target) -> None:
        self.rolled, self.target = rolled, target
        self._compiled: dict[bool, Compiled] = {}

    def compiled(self, n: int) -> Compiled:
        """The shape for n samples."""
        few = 0 < n <= self.target.lanes
        if few not in self._compiled:
            shape = (narrow if few else wide)(self.target.lanes)
            self._compiled[few] = Compiled(self.rolled, shape, self.target)
        return self._compiled[few]

    def run(self, arrays: Sequence[Any], n: int) -> list[Any]:
        """The outputs: floats, and arrays of n where an output is per sample."""
        return self.run_watching(arrays, n)[0]

    def run_watching(self, arrays: Sequence[Any], n: int) -> tuple[list[Any], bool]:
        """The outputs, and whether a watched number was nan."""
        compiled = self.compiled(n)
        memory = Memory(compiled.layout, compiled.shape, n)
        table = (ctypes.c_void_p * len(arrays))(*[x.ctypes.data for x in arrays])
        seen = compiled.function(n, table, *memory.addresses, memory.stride)
        rows = iter(memory.results)
        outputs: list[Any] = []
        for leaf in self.rolled.outputs:
            if leaf.space == "S":
                outputs.append(next(rows))
            elif leaf.space == "A":
                outputs.append(float(arrays[leaf.array].flat[leaf.base]))
            else:
                source = self.rolled.constants if leaf.space == "K" else memory.uniform
                outputs.append(float(source[leaf.base]))
        return outputs, bool(seen)


class Memory:
    """What a kernel works in."""

    def __init__(self, layout: Layout, shape: Shape, n: int) -> None:
        blocks = -(-max(n, 1) // shape.block)
        self.stride = shape.block * (blocks if layout.whole else 1)
        counts = layout.uniform, layout.slots * self.stride, layout.sums, layout.results * n
        self.rooms = [room(count) for count in counts]
        self.uniform, self.results = self.rooms[0], self.rooms[3].reshape(layout.results, n)
        self.addresses = [x.ctypes.data for x in self.rooms]


def room(count: int) -> Any:
    """Room for so many doubles, where a line of the cache begins."""
    numbers = np.empty(count + LINE // 8)
    first = -numbers.ctypes.data % LINE // 8
    return numbers[first : first + count]


def build(rolled: Rolled, n_arrays: int, target: Target | None = None) -> LLVMKernel:
    """The back end's entry: see `rolled` for what it is given; the target is this machine."""
    return LLVMKernel(rolled, target or host())
