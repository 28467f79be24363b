"""Sums over samples: which of them are added up together after the last block."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from machines import runnable

from autograd.compiler.llvm import backend, totals
from autograd.compiler.llvm.kernel import Kernel
from autograd.compiler.rolling.rolled import Group, Leaf, Outputs, Rolled, Stage


def total(target, count=1, outer=1):
    return Group((0,), (Leaf("S", 0),), target, True, count, outer, total=True)


def addresses(group):
    leaf = group.target
    return [
        leaf.base + o * leaf.outer + i * leaf.inner
        for o in range(group.outer)
        for i in range(group.count)
    ]


WEIGHTS = total(Leaf("U", 1, inner=1, outer=4), 3, 5)  # rows of three, each with a bias behind it
BIASES = total(Leaf("U", 4, inner=4), 5)


def test_neighbours_are_one_whoever_computes_them():
    (group,) = totals.neighbours([(WEIGHTS, 1), (BIASES, 1)])
    assert addresses(group) == [*range(1, 21)]


def test_what_lies_between_totals_is_left_alone():
    (rows,) = totals.neighbours([(WEIGHTS, 1)])
    assert addresses(rows) == addresses(WEIGHTS)
    groups = totals.neighbours([(WEIGHTS, 1), (total(Leaf("U", 4)), 1)])
    found = [place for group in groups for place in addresses(group)]
    assert sorted(found) == sorted([4, *addresses(WEIGHTS)])


def test_every_iteration_of_a_loop_has_its_own():
    (group,) = totals.neighbours([(total(Leaf("U", 7, inner=1, step=3), 3), 4)])
    assert addresses(group) == [*range(7, 19)]


def test_the_span_is_from_the_least_to_the_last():
    assert totals.span([(BIASES, 1), (WEIGHTS, 1)]) == (1, 20)
    assert totals.span([]) == (0, 0)
    assert [*totals.neighbours([])] == []


def products():
    """The sum of x, that of x·y, and that of x·y·2, which reads a number that is no slot."""
    slots = Leaf("S", 0), Leaf("S", 1)
    terms = [((0,), slots[:1]), ((0, 1, "mul"), slots)]
    terms.append(((0, 1, "mul", 2, "mul"), (*slots, Leaf("K", 0))))
    rolled = Rolled(constants=[2.0], sample_inputs=[(0, 0, 1), (1, 0, 1)])
    rolled.sample_slots, rolled.uniform_slots = 2, 3
    groups = [
        Group(code, leaves, Leaf("U", k), True, total=True)
        for k, (code, leaves) in enumerate(terms)
    ]
    rolled.stages = [Stage(True, groups)]
    rolled.outputs = Outputs.of([Leaf("U", k) for k in range(3)])
    return rolled


@pytest.mark.parametrize("machine", [*runnable()], ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize("last", [(3.0, -2.0), (np.inf, 2.0), (np.inf, 0.0), (np.nan, 1.0)])
def test_the_last_sample_counts_once(last, machine):
    kernel = backend.build(products(), 2, machine)
    for n in (1, 2, 7, 8, 9, 100, 127, 128, 129, 300):
        x, y = np.random.default_rng(n).normal(size=(2, n))
        x[-1], y[-1] = last
        with np.errstate(invalid="ignore"):
            want = [x.sum(), (x * y).sum(), 2 * (x * y).sum()]
        np.testing.assert_allclose(kernel.run([x, y], n), want, rtol=1e-12, atol=1e-12)


def test_a_total_of_slots_is_written_once():
    kernel = backend.build(products(), 2)
    text = Kernel(kernel.rolled, kernel._shape(few=False), kernel.target.library).text()
    assert text.count("fmul contract") == 5  # the third one's two again, behind a mask
