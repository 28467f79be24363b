"""The memory that a kernel works in: it belongs to one call, so several threads may run one program."""

from __future__ import annotations

from typing import Any

from . import reused
from .kernel import Layout
from .spaces import Shape

LINE = 64  # bytes of a line of the cache, and of the widest vector


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
    numbers = reused.empty(count + LINE // 8)
    first = -numbers.ctypes.data % LINE // 8
    return numbers[first : first + count]
