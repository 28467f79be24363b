"""What `jit` shows of a program: its text (``.program``) and its statistics (``.stats``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ..programs.program import Program
from ..rolling.rolled import Rolled
from ..rolling.size import Size
from ..source.text import Labels, program_text


@dataclass(frozen=True)
class Listing:
    """A program to read: printed it is three-address code, with loops as loops.

    ``flat`` is the program as it was recorded, one operation an instruction.
    """

    flat: Program = field(repr=False)
    rolled: Rolled = field(repr=False)
    labels: Labels = field(repr=False)

    def __str__(self) -> str:
        return program_text(self.rolled, self.labels)

    __repr__ = __str__


class Stats(NamedTuple):
    """What a program consists of, and what it took to make it."""

    backend: str
    operations: dict[str, int]
    """How many were recorded, and how many of them the results need."""
    passes: dict[str, int]
    """The instructions that the results need: of the program as recorded, and after each pass."""
    size: Size
    seconds: dict[str, float]
    """What each stage took: record, passes, dots, roll, compile; or read and compile."""
    kept: str
    """Whether the next process finds the recording: "yes", or "no: " and what stands against it."""
