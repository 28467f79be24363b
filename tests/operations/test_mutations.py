"""Tests of the tests: a rule that is wrong by 0.1 % does not pass the registry's check."""

import pytest
from helpers import assert_rules_hold
from mutations import RULES, mutated, off_by_a_thousandth

from autograd.operations.composites import EVERY


@pytest.mark.parametrize(("name", "i"), RULES)
def test_a_rule_off_by_a_thousandth_is_caught(name, i):
    op = EVERY[name]
    with pytest.raises(AssertionError, match=name):
        assert_rules_hold(mutated(op, i, off_by_a_thousandth))


@pytest.mark.parametrize(("name", "i"), RULES)
def test_the_same_rebuilding_without_a_change_passes(name, i):
    assert_rules_hold(mutated(EVERY[name], i, lambda rule: rule))


def test_there_is_a_rule_for_every_argument():
    assert len(RULES) >= 63
    assert {name for name, _ in RULES} == set(EVERY)
