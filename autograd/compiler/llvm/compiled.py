"""One shape of a kernel: text made into machine code, and called."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cached_property

from ..rolling.rolled import Rolled
from . import cache
from .kernel import Kernel
from .shapes import Shape
from .target import Loaded, Target

ARGUMENTS = [ctypes.c_int64, *[ctypes.c_void_p] * 5, ctypes.c_int64]


class Compiled:
    """One shape of a kernel, ready to run."""

    def __init__(self, rolled: Rolled, shape: Shape, target: Target) -> None:
        kernel = Kernel(rolled, shape, target.library)
        modules = kernel.modules()
        self.shape, self.layout = shape, kernel.layout
        called = [*kernel.declarations]
        objects = [cache.compiled(target, text, level) for text, level in modules]
        self._loaded = Loaded(objects, [s for s in called if s[:5] != "llvm."])
        self.address = self._loaded.address("kernel")
        self.function = self._loaded.function("kernel", ctypes.c_int64, *ARGUMENTS)

    @cached_property
    def phases(self) -> list[Callable[..., int]]:
        """The kernel's phases, each told with which samples it begins and ends."""
        kinds = [ctypes.c_int64, *ARGUMENTS, ctypes.c_int64, ctypes.c_int64]
        names = [f"phase{k}" for k in range(len(self.layout.phases))]
        return [self._loaded.function(name, *kinds) for name in names]
