"""Undecided truths: what cannot hold together, and nothing that can, is known to exclude each other."""

import itertools
import operator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import NumberError, register
from autograd.kinds.conditions import Condition
from autograd.kinds.masks import Masked, instantiate
from autograd.kinds.undecided import Undecided


class Interval(tuple):
    """A number that is somewhere between two."""

    __slots__ = ()


register(Interval, {})


def hull(x, y):
    ends = [end for n in (x, y) for end in (n if isinstance(n, Interval) else (n, n))]
    return Interval([min(ends), max(ends)])


COMPARISONS = [Undecided(name, hull) for name in "cde"]
formulas = st.recursive(
    st.sampled_from(range(3)),
    lambda part: st.one_of(
        st.tuples(st.just("not"), part),
        st.tuples(st.sampled_from(["and", "or", "xor"]), part, part),
    ),
    max_leaves=7,
)


def truth(formula, leaves):
    if isinstance(formula, int):
        return leaves[formula]
    name, *parts = formula
    values = [truth(part, leaves) for part in parts]
    if name == "not":
        return not values[0] if isinstance(values[0], bool) else ~values[0]
    return {"and": operator.and_, "or": operator.or_, "xor": operator.xor}[name](*values)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(formulas, formulas)
def test_what_is_decided_is_right(formula, other):
    found, second = truth(formula, COMPARISONS), truth(other, COMPARISONS)
    answers = [
        (truth(formula, list(leaves)), truth(other, list(leaves)))
        for leaves in itertools.product([False, True], repeat=3)
    ]
    if isinstance(found, bool):
        assert {p for p, _ in answers} == {found}
    elif isinstance(second, Undecided) and not found.meets(second):
        assert not any(p and q for p, q in answers)


def test_alternatives_meet_as_their_hull():
    c, d, _ = COMPARISONS
    assert Masked(2, c) + Masked(3, ~c) == (2, 3)
    three = Masked(2, c & d) + Masked(5, ~c) + Masked(3, c & ~d)
    assert three == (2, 5)
    alone = Masked(2, c) + Masked(5, ~c & d)
    assert instantiate(alone) == (0, 5)


def test_a_condition_of_it_counts_and_refuses_to_be_one_answer():
    c = Condition(COMPARISONS[0])
    assert c.count() == (0, 1)
    assert (c & False) is False
    assert (c | True) is True
    assert (True ^ c).truth.meets(COMPARISONS[0]) is False
    for ask in (bool, int, float):
        with pytest.raises(NumberError, match="c holds for some of these numbers"):
            ask(c)
