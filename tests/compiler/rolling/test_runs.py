"""Rows of addresses as runs: each row is in one, and turns are told from loops in loops."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autograd.compiler.rolling.runs import FEWEST, by_turns, runs

STEPS = st.lists(st.integers(1, 5), min_size=2, max_size=7)


def rows_of(found):
    """The rows that runs say there are."""
    for first, count, outer, step, far in found:
        for o in range(outer):
            yield from ((first, o * count + i, [*(i * step + o * far)]) for i in range(count))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=60))
def test_runs_are_the_rows_in_order(rows):
    table = np.array(rows)
    for order in (np.arange(len(table)), by_turns(table)):
        assert sorted(order.tolist()) == [*range(len(table))]
        found = [*rows_of(runs(table[order]))]
        assert [first + k for first, k, _ in found] == [*range(len(table))]
        for row, (first, _, moved) in zip(table[order], found, strict=True):
            assert row.tolist() == (table[order][first] + moved).tolist()


@given(STEPS, st.integers(2 * FEWEST, 40), st.lists(st.integers(0, 9), max_size=3))
def test_places_of_a_turn_are_a_run_each(steps, turns, before):
    places = np.cumsum([*before, *steps * turns]).reshape(-1, 1)
    found = [*runs(places[by_turns(places)])]
    assert len(found) <= len(steps) + 2 * len(before) + 2


def test_a_loop_in_a_loop_keeps_its_order():
    matrix = np.array([[10 * j + i, i] for j in range(8) for i in range(6)])
    assert by_turns(matrix).tolist() == [*range(48)]
    triangle = np.array([[8 * j + i] for j in range(8) for i in range(j)])
    assert by_turns(triangle).tolist() == [*range(len(triangle))]
