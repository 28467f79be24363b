"""Sums that a loop over time adds to here and there, rewritten so that its turns are alike.

Each step of a Markov chain, or of a recurrent network on tokens, reads the row of a table that a given
index names, and the adjoint of each number of the table is a sum over the steps that read it. As it was
recorded, two things make one step differ from the next:

- The first term of a sum is added to nothing. Here it is added to -0.0, which changes no number, and
  every term is added as soon as it is there.
- What is computed of a row, say its logarithm, was recorded by the first step that reads it. Here it is
  computed before them all.

Then a step reads the sum so far from where an earlier one has left it, which may be any (see `blocks`).
Both are recognised by reads of one kind that reach back now this far, now that. The program is changed
only if that leaves less than half as much outside of loops.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..programs.program import Program
from .additions import Additions
from .arrays import MIXING, numbered
from .blocks import find
from .columns import CODE, Columns, is_dot, is_source, is_sum, results
from .flow import Flow, codes
from .runs import MANY

ROUNDS = 3  # operations below one that say what it is
SHALLOW = 8  # operations from what is given to what may be computed beforehand


def with_steady_sums(program: Program) -> Program:
    """The program whose scattered sums begin with -0.0, if more of it becomes loops."""
    columns = Columns.of(program)
    live = columns.uses(results(program)) > 0
    seen = _Seen(columns, live)
    for form in _forms(columns):  # most programs show at a glance that nothing is scattered
        early, (sums, newer) = seen.early(form), seen.scattered(form)
        if not len(sums) and not early.any():
            return program
    changed = _steady(program, live, early, sums, newer, seen.firsts(form, newer))
    return changed if 2 * _outside(changed) < _outside(program) else program


def _outside(program: Program) -> int:
    """How many instructions are in no loop, or in the first turn of one."""
    flow = Flow(Columns.of(program), results(program))
    return len(flow) - sum(period * (count - 1) for _, period, count in find(flow))


class _Seen:
    """What is read here and there by instructions of one form."""

    def __init__(self, columns: Columns, live: Any) -> None:
        self.columns, self.live = columns, live
        self.computed, self.given = ~is_source(columns.op), _given(columns)
        self.place = np.cumsum(live & self.computed & ~is_sum(columns.op))
        self.sums = sums = np.flatnonzero(live & is_sum(columns.op))
        a, b, self.is_sub = columns.a[sums], columns.b[sums], columns.op[sums] == CODE["sub"]
        self.older = np.where(self.is_sub, a, np.minimum(a, b))
        self.newer = np.where(self.is_sub, b, np.maximum(a, b))

    def _irregular(self, kind: Any, reader: Any, read: Any) -> Any:
        """Which of some reads are of a kind that reaches back now this far, now that."""
        kind = numbered(kind)
        order = np.argsort(kind, kind="stable")
        back, of = (self.place[reader] - self.place[read])[order], kind[order]
        step = np.diff(back)[of[1:] == of[:-1]]
        if not len(step):
            return np.zeros(len(kind), dtype=bool)
        width = step.max() - step.min() + 1
        ways = np.sort(of[1:][of[1:] == of[:-1]] * width + step - step.min())
        different = ways[np.diff(ways, prepend=-1) > 0] // width
        return (np.bincount(different, minlength=of[-1] + 1) >= MANY)[kind]

    def scattered(self, form: Any) -> tuple[Any, Any]:
        """Sums that add to what is now this far back, now that; and what they add, which is newer."""
        older, newer = self.older, self.newer
        fits = ~self.given[older] & self.computed[newer] & (older < newer)
        sums, older, newer = self.sums[fits], older[fits], newer[fits]
        chosen = self._irregular(2 * form[newer] + self.is_sub[fits], newer, older)
        return sums[chosen], newer[chosen]

    def firsts(self, form: Any, newer: Any) -> Any:
        """What is like some that are added, but is not."""
        alike = np.zeros(int(form.max(initial=0)) + 1, dtype=bool)
        alike[form[newer]] = True
        found = alike[form] & self.live & ~self.given
        found[self.newer] = False
        return np.flatnonzero(found)

    def early(self, form: Any) -> Any:
        """What is computed from what is given when it is first read, and read again here and there."""
        columns, given, reads = self.columns, self.given, self.columns.reads
        readers = np.repeat(np.arange(len(given)), columns.length)
        e = np.flatnonzero(
            given[reads] & self.computed[reads] & self.live[readers] & ~given[readers]
        )
        kind = form[readers[e]] * 3 + np.minimum(e - columns.first[readers[e]], 2)
        early = np.zeros(len(given), dtype=bool)
        early[reads[e[self._irregular(kind, readers[e], reads[e])]]] = True
        while not early[below := reads[early[readers]]].all():
            early[below] = True
        return early & self.live


def _given(columns: Columns) -> Any:
    """What is given for all samples, or computed from nothing else in a few operations."""
    given = is_source(columns.op) & ~columns.many
    inner = np.flatnonzero(columns.length)
    for _ in range(SHALLOW):
        from_given = np.logical_and.reduceat(given[columns.reads], columns.first[inner])
        if (given[inner] == from_given).all():
            break
        given[inner] = from_given
    return given


def _forms(columns: Columns) -> Iterator[Any]:
    """The form of each instruction, a number: first for its operation alone, then for that and those
    of what it reads, some rounds down.
    """
    yield columns.op.astype(np.int64)
    own = np.zeros(len(columns.op), dtype=np.uint64)
    for part in (columns.op, codes(columns), columns.length):
        own = own * MIXING + part.astype(np.uint64)
    operands, form = columns.length * ~is_dot(columns.op), own
    for _ in range(ROUNDS):
        below = own.copy()
        for k in range(3):
            rows = np.flatnonzero(operands > k)
            below[rows] = below[rows] * MIXING + form[columns.reads[columns.first[rows] + k]]
        form = below
    yield numbered((form >> np.uint64(1)).astype(np.int64))


def _steady(program: Program, live: Any, early: Any, sums: Any, newer: Any, firsts: Any) -> Program:
    """The program that computes early what it may, adds terms as soon as they are there, and the first
    of them to -0.0; the last that read one of these reads the sum.
    """
    columns, more = Columns.of(program), Additions(program)
    given, answers = columns.reads.copy(), np.arange(len(live))
    zero, many = more.constant(0.0), columns.many[firsts]
    zeros = np.array([more.add(CODE["neg"], kind, 1, zero)[0] for kind in (False, True)])
    begun = more.add(CODE["add"], many, 2 * firsts + 2, zeros[many.astype(np.int64)], firsts)
    last = np.full(len(live), -1)  # the element that is the last to read each
    e = np.flatnonzero(np.repeat(live, columns.length))
    last[given[e]] = e
    last[results(program)] = -1
    given[last[firsts][last[firsts] >= 0]] = begun[last[firsts] >= 0]
    places = 2 * answers + 1
    places[sums] = 2 * newer + 2
    places[early], places[is_source(columns.op)] = 0, -1
    answers[firsts] = begun
    return more.to(live, given, places, answers)
