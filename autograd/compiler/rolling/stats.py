"""How much a flat program is, and what is left of it after each pass.

Operations count arithmetic: a dot of k terms is 2k - 1, or 2k where its sum starts with a number.
Instructions count what a pass has to do with: a dot is one.
"""

from __future__ import annotations

import numpy as np

from ..programs.program import Program
from .columns import CODE, Columns, is_dot, is_source, results


def operations(program: Program, needed: bool = False) -> int:
    """The operations of the instructions that compute, or of those that results need."""
    columns = Columns.of(program)
    count = (~(is_source(columns.op) | (columns.op == CODE["count"]))).astype(np.int64)
    dots = is_dot(columns.op)
    count[dots] = columns.length[dots] - 1
    return int(count[columns.uses(results(program)) > 0].sum() if needed else count.sum())


def instructions(program: Program) -> int:
    """How many instructions results need, but for constants, inputs and the number of samples."""
    columns = Columns.of(program)
    computes = ~(is_source(columns.op) | (columns.op == CODE["count"]))
    return int((computes & (columns.uses(results(program)) > 0)).sum())
