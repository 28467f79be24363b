"""The flow of adjoints along the edges."""

import math

import numpy as np
import pytest

from autograd import NOTHING, Value, log, maximum, where
from autograd.pictures.flow import flow
from autograd.value import topological_order


def test_each_parent_receives_its_contribution():
    x, y, z = Value(-2.0), Value(5.0), Value(-4.0)
    f = (q := x + y) * z
    f.backward()
    sent = flow(topological_order(f))
    assert sent[f] == [-4, 3]
    assert sent[q] == [-4, -4]
    assert sent[x] == []


def test_contributions_add_up_to_the_gradient_and_ignore_earlier_passes():
    x = Value(3.0)
    f = x * x * x + x
    f.backward()
    f.backward()
    order = topological_order(f)
    sent = flow(order)
    received = sum(
        c for node in order for p, c in zip(node.parents, sent[node], strict=True) if p is x
    )
    assert received == 28
    assert x.grad == 56


def test_a_branch_not_taken_is_sent_nothing():
    x, y = Value(1.0), Value(2.0)
    f = maximum(lx := log(x), y)
    f.backward()
    sent = flow(topological_order(f))
    assert sent[f][0] is NOTHING
    assert sent[f][1] == 1
    assert sent[lx][0] is NOTHING


def test_before_a_pass_nothing_was_sent():
    f = Value(1.0) * 2
    assert flow(topological_order(f))[f] == [NOTHING]


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_samples_of_a_batch_that_took_another_branch_flow_without_nan():
    x = Value(np.array([0.0, 2.0]))
    f = where(x > 0, inner := log(x), 0).sum()
    f.backward()
    sent = flow(topological_order(f))
    assert sent[inner][0].tolist() == [0, 0.5]
    assert x.grad.tolist() == [0, 0.5]


def test_a_nan_that_is_real_stays():
    x = Value(0.0)
    f = log(x) * 0
    f.backward()
    assert math.isnan(f.data)
    assert math.isnan(flow(topological_order(f))[f.parents[0]][0])
