"""How much a rolled program is: lines, loops, arithmetic, memory.

An operation counts as one flop whatever it is, a dot of k terms as 2k - 1 (2k where its sum starts
with a number), and a sum over samples as one more for each. What is per sample is counted for one
sample.
"""

from __future__ import annotations

from typing import NamedTuple

from ..programs.program import SOURCES
from .rolled import Group, Loop, Rolled, words

INTEGER = 8  # bytes of an address that is looked up


class Size(NamedTuple):
    """The size of a rolled program."""

    groups: int  # lines of the printed program
    loops: int  # groups of several instances, and loops over groups
    flops: int
    flops_per_sample: int
    bytes: int
    bytes_per_sample: int


def size(rolled: Rolled) -> Size:
    """The size of a rolled program."""
    found = [*rolled.groups()]
    flops = [0, 0]
    for group, iterations in found:
        flops[group.per_sample] += _flops(group) * iterations
    around = sum(isinstance(item, Loop) for stage in rolled.stages for item in stage.items)
    return Size(
        groups=len(found),
        loops=sum(group.count * group.outer > 1 for group, _ in found) + around,
        flops=flops[0],
        flops_per_sample=flops[1],
        bytes=rolled.element.bytes * (rolled.uniform_slots + len(rolled.constants))
        + INTEGER * len(rolled.tables),
        bytes_per_sample=rolled.element.bytes * rolled.sample_slots,
    )


def _flops(group: Group) -> int:
    written = sum(isinstance(word, str) and word not in SOURCES for word in words(group))
    dots = sum(2 * dot.terms - (not dot.start) for dot in group.dots)
    return group.count * group.outer * (written + dots + group.total)
