"""Which sums over samples are kept, and which of them are brought to the results together."""

import pytest

pytest.importorskip("llvmlite")

from autograd.compiler.llvm.kernels import sums
from autograd.compiler.rolling.rolled import Group, Leaf


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
    (group,) = sums.neighbours([(WEIGHTS, 1), (BIASES, 1)])
    assert addresses(group) == [*range(1, 21)]


def test_what_lies_between_totals_is_left_alone():
    (rows,) = sums.neighbours([(WEIGHTS, 1)])
    assert addresses(rows) == addresses(WEIGHTS)
    groups = sums.neighbours([(WEIGHTS, 1), (total(Leaf("U", 4)), 1)])
    found = [place for group in groups for place in addresses(group)]
    assert sorted(found) == sorted([4, *addresses(WEIGHTS)])


def test_every_iteration_of_a_loop_has_its_own():
    (group,) = sums.neighbours([(total(Leaf("U", 7, inner=1, step=3), 3), 4)])
    assert addresses(group) == [*range(7, 19)]


def test_the_span_is_from_the_least_to_the_last():
    assert sums.span([(BIASES, 1), (WEIGHTS, 1)]) == (1, 20)
    assert sums.span([]) == (0, 0)
    assert [*sums.neighbours([])] == []
