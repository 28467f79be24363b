"""At which distances a row of operations comes again: stretches that are the same a period later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .arrays import MIXING, stretches

LEAST_SAVED = 64  # instructions
CANDIDATES = 32  # periods that are tried
CONTEXT = 8  # runs of instructions that vote for a period together
STRETCHES = 4  # of a period, that are looked at
SHORT = 8  # instructions of a period of which more are
ALL_TRUE = np.uint64(0x0101010101010101)


def candidates(kind: Any) -> list[tuple[int, int, int, int]]:
    """Stretches that are the same a period later, the longest first: length, from, to, period. More are
    looked at of a short period: rows of one operation each may hide a running sum.
    """
    return sorted(
        (
            (stop - start, start, stop, period)
            for period in _periods(kind)
            for start, stop in _long_stretches(
                kind[period:] == kind[:-period], STRETCHES * max(1, SHORT // period)
            )
        ),
        reverse=True,
    )


def _periods(kind: Any) -> list[int]:
    """The distances at which operations come again in the same company, by a vote. Of a run of one
    operation the first votes for all: it for the run before that is alike, the rest for 1.
    """
    if len(kind) < LEAST_SAVED:
        return []
    starts = np.concatenate([[0], np.flatnonzero(kind[1:] != kind[:-1]) + 1])
    length = np.diff(starts, append=len(kind))
    run = kind[starts] + length.astype(np.uint64) * MIXING
    company = run.copy()
    for shift in range(1, CONTEXT):
        company[:-shift] = company[:-shift] * MIXING + run[shift:]
    place = np.uint64(len(starts).bit_length())  # its low bits make way for the position
    sorted_ = np.sort((company << place) | np.arange(len(starts), dtype=np.uint64))
    again = (sorted_[1:] >> place) == (sorted_[:-1] >> place)
    order = (sorted_ & ((np.uint64(1) << place) - np.uint64(1))).astype(np.int64)
    votes = np.bincount(np.diff(starts[order])[again], length[order[1:]][again], minlength=2)
    votes[1] += (length - 1).sum()
    votes[len(kind) // 3 + 1 :] = 0
    periods = np.flatnonzero(votes)
    order = np.argsort(-votes[periods] * periods, kind="stable")
    best, others = np.split(periods[order], [CANDIDATES])
    short = others[(others <= SHORT) & (votes[others] >= LEAST_SAVED)]  # a sum, say
    return [*map(int, best), *map(int, short)]


def _long_stretches(holds: Any, most: int) -> Iterator[tuple[int, int]]:
    """The longest stretches of truths that are worth a look: of most periods there is none."""
    eights = holds[: len(holds) // 8 * 8].view(np.uint64) == ALL_TRUE
    least = LEAST_SAVED // 8 - 1
    for start, stop in stretches(eights, most) if np.count_nonzero(eights) >= least else ():
        if stop - start >= least:
            first, last = 8 * start, 8 * stop
            before, after = holds[max(first - 7, 0) : first], holds[last : last + 7]
            yield first - _truths(before[::-1]), last + _truths(after)


def _truths(holds: Any) -> int:
    """How many truths come first."""
    return len(holds) if holds.all() else int(holds.argmin())
