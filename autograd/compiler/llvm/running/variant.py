"""A variant of a kernel, of one shape: text made into machine code, and called.

What is kept of it besides the code are the *facts*: how much memory it works in, and the symbols
that it calls. So a kernel that comes from the disk needs no text, and none of the files that write
it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cached_property

from ...kept.stored import name_of
from ...rolling.rolled import Rolled
from ..kernels.shapes import Shape
from ..machine import cache
from ..machine.loading import Loaded
from ..machine.target import Target
from .memory import Layout

ARGUMENTS = [ctypes.c_int64, *[ctypes.c_void_p] * 5, ctypes.c_int64]


class Variant:
    """A kernel of one shape, ready to run."""

    def __init__(self, rolled: Rolled, shape: Shape, target: Target) -> None:
        code = cache.code(
            target, f"kernel {shape} {name_of(rolled)}", lambda: _made(rolled, shape, target)
        )
        self.shape, self.layout = shape, Layout(rolled.element, *code.facts["layout"])
        self._loaded = Loaded(code.objects, code.facts["symbols"])
        self.address = self._loaded.address("kernel")
        self.function = self._loaded.function("kernel", ctypes.c_int64, *ARGUMENTS)

    @cached_property
    def phases(self) -> list[Callable[..., int]]:
        """The kernel's phases, each told with which samples it begins and ends."""
        kinds = [ctypes.c_int64, *ARGUMENTS, ctypes.c_int64, ctypes.c_int64]
        names = [f"phase{k}" for k in range(len(self.layout.phases))]
        return [self._loaded.function(name, *kinds) for name in names]


def _made(rolled: Rolled, shape: Shape, target: Target) -> cache.Code:
    """The kernel, compiled."""
    from ..kernels.kernel import Kernel

    kernel = Kernel(rolled, shape, target.library)
    return cache.of_kernel(target, kernel, kernel.modules())
