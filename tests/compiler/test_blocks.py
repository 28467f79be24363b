"""Loops written out in a program are found again, and keep every result."""

import numpy as np
import pytest
from planted import arrays, planted

from autograd.compiler.interpret import interpret
from autograd.compiler.passes import with_dots
from autograd.compiler.program import check
from autograd.compiler.roll import roll
from autograd.compiler.rolled import Loop, execute


def loops(rolled):
    return [item for stage in rolled.stages for item in stage.items if isinstance(item, Loop)]


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize("seed", range(60))
def test_planted_loops_keep_every_bit(seed, per_sample):
    program = planted(seed, per_sample)
    check(program)
    for n in (0, 1, 5):
        given = arrays(n, seed)
        want = interpret(program, given, n)
        for other in (program, with_dots(program)):
            for x, y in zip(execute(roll(other), given, n), want, strict=True):
                np.testing.assert_array_equal(x, y)


def test_most_planted_loops_are_found():
    found = [len(loops(roll(planted(seed)))) > 0 for seed in range(60)]
    assert sum(found) > 30
