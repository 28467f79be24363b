"""Sums that grow here and there: what each turn of a loop adds to the one of many that it looked up.

The adjoint of a table of numbers, of which every step of a Markov chain or of a recurrent network reads
a row, is a sum for each number, over the steps that read it. A loop over the steps reads the sum so far
from where an earlier turn has left it, which may be any; but the first term of each is added to nothing,
so that the turns are not alike. Here it is added to -0.0, which changes no number, and all terms are
added as soon as they are computed. That is done if it leaves less than half as much outside of loops.

Such sums are recognised by their terms, which do the same to the like: the sum that each is added to
is now this far back, now that.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..programs.program import Program
from .additions import Additions
from .arrays import MIXING, numbered
from .blocks import find
from .columns import CODE, Columns, is_dot, is_source, results, whether
from .flow import Flow, codes
from .runs import are_many

ROUNDS = 3  # operations below one that say what it is
is_sum = whether({"add", "sub"})


def with_steady_sums(program: Program) -> Program:
    """The program whose scattered sums all begin with -0.0, if more of it becomes loops."""
    columns = Columns.of(program)
    live = columns.uses(results(program)) > 0
    sums, older, newer, form = _scattered(columns, live)
    if not len(sums):
        return program
    of_form = np.isin(form, form[newer]) & live
    of_form[newer] = False
    changed = _begun(program, columns, live, (sums, older, newer), np.flatnonzero(of_form))
    return changed if 2 * _outside(changed) < _outside(program) else program


def _outside(program: Program) -> int:
    """How many instructions are in no loop, or in the first turn of one."""
    flow = Flow(Columns.of(program), results(program))
    return len(flow) - sum(period * (count - 1) for _, period, count in find(flow))


def _scattered(columns: Columns, live: Any) -> tuple[Any, Any, Any, Any]:
    """Sums whose like reach back now this far, now that: they, what they add to, and what they add;
    and the form of every instruction.
    """
    form, adds = _forms(columns), is_sum(columns.op)
    computed = ~is_source(columns.op)
    sums = np.flatnonzero(live & adds)
    a, b, is_sub = columns.a[sums], columns.b[sums], columns.op[sums] == CODE["sub"]
    older, newer = np.where(is_sub, a, np.minimum(a, b)), np.where(is_sub, b, np.maximum(a, b))
    fits = computed[older] & computed[newer] & (older < newer)
    sums, older, newer = sums[fits], older[fits], newer[fits]
    if not len(sums):
        return sums, older, newer, form
    kind = numbered(2 * form[newer] + is_sub[fits])
    order = np.argsort(kind, kind="stable")
    place = np.cumsum(live & computed & ~adds)
    back, of = (place[newer] - place[older])[order], kind[order]
    changes = np.bincount(of[1:][(back[1:] != back[:-1]) & (of[1:] == of[:-1])], minlength=of[-1] + 1)
    pairs = zip(changes.tolist(), np.bincount(kind).tolist(), strict=True)
    chosen = np.array([are_many(*pair) for pair in pairs])[kind]
    return sums[chosen], older[chosen], newer[chosen], form


def _forms(columns: Columns) -> Any:
    """A number for what each instruction does, to what, that does what to what."""
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
    return numbered((form >> np.uint64(1)).astype(np.int64))


def _begun(program: Program, columns: Columns, live: Any, some: Any, firsts: Any) -> Program:
    """The program that adds these sums' terms as soon as they are there, and terms that are the first
    to -0.0; the last that read one of these reads the sum.
    """
    sums, older, newer = some
    more, now, given = Additions(program), np.arange(len(live)), columns.reads.copy()
    zero, many = more.constant(0.0), columns.many[firsts]
    place = 2 * firsts + 2
    zeros = np.array([more.add(CODE["neg"], kind, 1, zero)[0] for kind in (False, True)])
    begun = more.add(CODE["add"], many, place, zeros[many.astype(np.int64)], firsts)
    last = np.full(len(live), -1)  # the element that is the last to read each
    e = np.flatnonzero(np.repeat(live, columns.length))
    last[given[e]] = e
    last[results(program)] = -1
    given[last[firsts[last[firsts] >= 0]]] = begun[last[firsts] >= 0]
    results_now = now.copy()
    results_now[firsts] = begun
    now[sums] = results_now[sums] = more.count + np.arange(len(sums))
    at = columns.first[sums] + (columns.a[sums] != older)
    given = np.where(given < len(now), now[np.minimum(given, len(now) - 1)], given)
    more.add(columns.op[sums], columns.many[sums], 2 * newer + 2, given[at], newer)
    kept = live.copy()
    kept[sums] = False
    return more.to(kept, given, results_now)
