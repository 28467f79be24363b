"""Pullback formulas made wrong on purpose, for the tests of the tests."""

from autograd import NOTHING, Primitive
from autograd.operations.composites import EVERY

# arguments without a derivative: conditions, and the orders of functions
CONDITIONS = {("where", 0), ("polygamma", 0), ("gaussian", 0), ("iv", 0), ("sinc_slope", 0)}
RULES = [
    (name, i)
    for name, op in EVERY.items()
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
