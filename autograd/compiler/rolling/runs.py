"""Rows of addresses in arithmetic progression: the inner and outer loops of a group.

What a turn of a loop over time has left at several places, say the cosine of four angles, is read at
steps 4, 3, 3, 2, and again 4, 3, 3, 2: rows `by_turns` are the first ones of all turns, then the second
ones, and each is a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .arrays import MIXING, stretches

MOST = 64  # places in a turn
FEWEST = 4  # turns that are worth another order
MANY, FEW = 8, 4  # runs, and rows of a run
FEW_TERMS = 16  # of a dot: what is written out is longer than a loop


def runs(table: Any) -> Iterator[tuple[int, int, int, Any, Any]]:
    """Rows in arithmetic progression, and equal runs of them likewise: first row, inner count, outer
    count, and the steps of both.
    """
    zero = np.zeros(table.shape[1], dtype=np.int64)
    inner = _inner_runs(table)
    k = 0
    while k < len(inner):
        first, count = inner[k]
        step = table[first + 1] - table[first] if count > 1 else zero
        outer, distance = 1, zero
        while k + outer < len(inner) and inner[k + outer][1] == count:
            row = inner[k + outer][0]
            if count > 1 and ((table[row + 1] - table[row]) != step).any():
                break
            d = table[row] - table[inner[k + outer - 1][0]]
            if outer > 1 and (d != distance).any():
                break
            outer, distance = outer + 1, d
        yield first, count, outer, step, distance
        k += outer


def by_length(table: Any) -> Any:
    """The order of rows in which runs of one length and one step follow each other, the longest first:
    what lies inside of a grid, say, and then its edges.
    """
    kinds: dict[Any, list[range]] = {}
    for first, count in _inner_runs(table):
        step = tuple((table[first + 1] - table[first]).tolist()) if count > 1 else ()
        kinds.setdefault((-count, step), []).append(range(first, first + count))
    return np.array([row for kind in sorted(kinds) for run in kinds[kind] for row in run])


def is_irregular(table: Any, few: int = FEW) -> bool:
    """Whether rows make so many runs, and so short ones, that addresses are sooner looked up."""
    if len(_inner_runs(table)) < MANY:
        return False
    return bool(are_many(sum(1 for _ in runs(table)), len(table), few))


def are_many(runs: Any, rows: int, few: int = FEW) -> Any:
    """Whether there are many runs, and few rows in each; the more runs, the more rows are few."""
    return (runs >= MANY) & (rows < runs * np.maximum(few, runs // MANY))


def _inner_runs(table: Any) -> list[tuple[int, int]]:
    n, i = len(table), 0
    steps = np.diff(table, axis=0)
    changes = np.flatnonzero((steps[1:] != steps[:-1]).any(axis=1)) if n > 2 else np.array([], int)
    breaks = [*(changes + 2).tolist(), n]
    found = []
    for stop in breaks:
        if stop > i + 1 or i < stop == n:  # a row after a break begins a run, whatever led to it
            found.append((i, stop - i))
            i = stop
    return found


def by_turns(table: Any) -> Any:
    """The order of rows in which they make the fewest runs: as they are, or by turns."""
    rows = np.arange(len(table))
    move = _hashed(np.diff(table, axis=0))
    if (move[1:] != move[:-1]).sum() <= FEWEST:
        return rows
    again = (
        (stop - start, -turn, start)
        for turn in range(2, min(MOST, len(move)))
        for start, stop in stretches(move[turn:] == move[:-turn], 1)
    )
    length, back, start = max(again, default=(0, -1, 0))
    turn = -back
    turns = (length + turn + 1) // turn
    if turns < FEWEST:
        return rows
    turned = rows.copy()
    part = slice(start, start + turns * turn)
    turned[part] = rows[part].reshape(turns, turn).T.ravel()
    return min(rows, turned, key=lambda order: len([*runs(table[order])]))


def _hashed(table: Any) -> Any:
    """A number for each row, equal for equal ones."""
    powers = np.cumprod(np.full(table.shape[1], MIXING))
    return table.astype(np.uint64) @ powers
