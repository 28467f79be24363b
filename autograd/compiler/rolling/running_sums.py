"""Long sums come after all that they add: terms that are alike side by side, and the sum a loop.

``for x, y in data: loss = loss + error(x, y)`` was recorded as one term after another, each added as
soon as it was there. In that order the whole loss is one expression, of which no part is like another.
What it adds does not need it, so it may as well be added later: then the terms are many expressions of
one form, and the sums follow each other, a loop of one line.

A sum that goes on from turn to turn of a loop over time is left to the loop, and so is one per sample,
whose terms would each take memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..programs.program import Program
from .additions import Additions
from .arrays import climbed
from .columns import CODE, Columns, is_sum, results
from .dots import turns
from .periods import LEAST_SAVED


def with_running_sums_apart(program: Program) -> Program:
    """The program whose long sums are added up when all that they add is there."""
    columns, of_results = Columns.of(program), results(program)
    count = columns.uses(of_results)
    sums = np.flatnonzero((count > 0) & is_sum(columns.op) & ~columns.many)
    left, right = columns.a[sums], columns.b[sums]
    goes_on = is_sum(columns.op) & (count == 1) & ~columns.many
    on_left, on_right = goes_on[left], goes_on[right] & (columns.op[sums] == CODE["add"])
    of_both = np.minimum(left, right)  # of two sums that are added the older one goes on
    before = np.where(on_left, np.where(on_right, of_both, left), right)
    whole = np.arange(len(count))
    whole[before[on_left | on_right]] = sums[on_left | on_right]
    whole, _ = climbed(whole)
    length = np.bincount(whole[sums], minlength=len(count))
    sums = sums[length[whole[sums]] > LEAST_SAVED]
    if len(sums):
        sums = sums[~_in_loops(columns, of_results, whole, sums)[whole[sums]]]
    places = 2 * np.arange(len(count)) + 1
    places[sums] = places[whole[sums]]
    if (np.diff(places[count > 0]) >= 0).all():
        return program
    return Additions(program).to(count > 0, columns.reads, places)


def _in_loops(columns: Columns, of_results: Any, whole: Any, sums: Any) -> Any:
    """Whether one of some sums is in a loop, by whole sum; for them alone nothing is a loop."""
    added = np.stack([columns.a[sums], columns.b[sums]], axis=1)
    goes_on, operands = np.nonzero(whole[added] == whole[sums][:, None])
    looped = turns(columns, of_results, sums[goes_on], operands)[sums] > 0
    found = np.zeros(len(whole), dtype=bool)
    found[whole[sums[looped]]] = True
    return found
