"""Sums over samples: which of them are added up together after the last block."""

import pytest

pytest.importorskip("llvmlite")

from autograd.compiler.llvm import totals
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
