"""Tests of the tests: a rule that is wrong by 0.1 % does not pass the registry's check."""

import pytest
from helpers import assert_rules_hold

from autograd import NOTHING, PRIMITIVES, Primitive

CONDITIONS = {("where", 0), ("taken", 0)}  # arguments without a derivative
RULES = [
    (name, i)
    for name, op in PRIMITIVES.items()
    for i in range(len(op.pullbacks))
    if (name, i) not in CONDITIONS
]


def off_by_a_thousandth(rule):
    def wrong(g, *seen):
        c = rule(g, *seen)
        if isinstance(c, list):
            return [1.001 * share for share in c]
        return 0.001 * g if c is NOTHING else 1.001 * c

    return wrong


def mutated(op, i, change):
    pullbacks = [change(rule) if j == i else rule for j, rule in enumerate(op.pullbacks)]
    return Primitive(op.value, tuple(pullbacks), op.domain, op.sequences)


@pytest.mark.parametrize(("name", "i"), RULES)
def test_a_rule_off_by_a_thousandth_is_caught(name, i):
    op = PRIMITIVES[name]
    with pytest.raises(AssertionError, match=name):
        assert_rules_hold(mutated(op, i, off_by_a_thousandth))


@pytest.mark.parametrize(("name", "i"), RULES)
def test_the_same_rebuilding_without_a_change_passes(name, i):
    assert_rules_hold(mutated(PRIMITIVES[name], i, lambda rule: rule))


def test_there_is_a_rule_for_every_argument():
    assert len(RULES) >= 63
    assert {name for name, _ in RULES} == set(PRIMITIVES)
