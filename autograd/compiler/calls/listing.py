"""What `jit` shows of a program: its text (``.program``) and its statistics (``.stats``)."""

from __future__ import annotations

from typing import NamedTuple

from ..rolling.size import Size


class Listing(str):
    """A program to read, shown as it is: three-address code, with loops as loops."""

    __slots__ = ()
    __repr__ = str.__str__


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
