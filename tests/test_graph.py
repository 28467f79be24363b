"""Topological order, and adjoints sent down it."""

import random

import pytest

import autograd as a
from autograd import Value, value
from autograd.adjoints import contributions
from autograd.kinds.masks import unbroadcast
from autograd.transforms import nesting


def test_every_node_stands_after_its_parents_once_and_the_root_last():
    rng = random.Random(3)
    nodes = [Value(rng.random()) for _ in range(4)]
    for _ in range(300):
        x, y = rng.choices(nodes, k=2)
        nodes.append(rng.choice([a.add, a.maximum, lambda x, y: a.sum([x, y, x]), a.hypot])(x, y))
    root = a.sum(nodes[-20:])
    order = value.topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order) > 100
    assert order[-1] is root
    for node in order:
        assert all(place[p] < place[node] for p in node.parents)


def assert_sorted(root):
    order = value.topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    for node in order:
        assert all(place[parent] < place[node] for parent in node.parents)
    return order


def test_a_sequence_that_skips_a_layer_is_sorted_before_both():
    xs = tuple(v * 2 for v in (Value(1.0), Value(2.0)))
    hidden = tuple(a.dot(xs, xs) + i for i in range(2))
    y = a.dot(hidden, xs)
    assert len(assert_sorted(y)) == 9
    other = a.dot(xs, hidden)
    assert len(assert_sorted(other)) == 9


@pytest.mark.parametrize("seed", range(20))
def test_random_graphs_of_shared_sequences_are_sorted(seed):
    rng = random.Random(seed)
    nodes = [Value(1.0) for _ in range(4)]
    sequences = [tuple(nodes[:2]), tuple(nodes[2:])]
    for _ in range(30):
        kind = rng.randrange(3)
        if kind == 0:
            sequences.append(tuple(rng.choices(nodes, k=2)))
        elif kind == 1:
            nodes.append(a.dot(rng.choice(sequences), rng.choice(sequences)))
        else:
            nodes.append(rng.choice(nodes) + rng.choice(nodes))
    whole = a.dot(tuple(nodes), (1.0,) * len(nodes))
    assert {*nodes} <= {*assert_sorted(whole)}


def test_the_order_is_left_before_right_and_first_before_last():
    w, x, y, z = (Value(float(i)) for i in range(4))
    order = value.topological_order(a.dot((w, x), (y, z)))
    assert [v.data for v in order[:4]] == [0.0, 1.0, 2.0, 3.0]


def test_the_order_is_the_same_every_time():
    x, y = Value(1.0), Value(2.0)
    z = (x * y + y) * a.dot([x, y], [y, x])
    first = value.topological_order(z)
    assert [v is w for v, w in zip(first, value.topological_order(z), strict=True)] == [True] * 6


def test_nodes_made_before_a_number_are_not_visited():
    x = Value(1.0)
    old = x * 2
    since = next(a.context.serials)
    new = old * 3
    assert value.topological_order(new, since=since) == [new]
    assert len(value.topological_order(new)) == 3


@pytest.mark.parametrize("constant", [2.0, 3])
def test_a_pass_visits_no_constant(constant):
    x = Value(1.0)
    z = a.sum([constant, constant]) + x * constant
    assert len(value.topological_order(z)) == 3


def test_a_leaf_is_its_own_order():
    x = Value(1.0)
    assert value.topological_order(x) == [x]


def test_contributions_are_in_the_order_of_the_operands():
    x, y = Value(2.0), Value(3.0)
    z = a.dot([x, 5.0, y], [y, x, 7.0])
    found = [(v, unbroadcast(c, n)) for v, c, n in contributions(z, 1.0)]
    assert [v for v, _ in found] == [x, y, y, x]
    assert [c for _, c in found] == [3.0, 7.0, 2.0, 5.0]


def test_a_pass_over_part_of_a_graph_leaves_the_rest_alone():
    x = Value(2.0)
    h = x * 3
    above = h * 5
    above.backward()
    x.grad = 0.0
    h.backward()
    assert (x.grad, h.grad, above.grad) == (3.0, 1.0, 1.0)


def test_several_roots_share_one_order():
    x = Value(2.0)
    a1, a2 = x * 3, x * 5
    order = value.topological_order(a1, a2)
    assert [v is w for v, w in zip(order, (x, a1, a2), strict=True)] == [True] * 3


def test_live_nodes_are_those_that_depend_on_older_ones():
    old = Value(2.0)
    since = next(a.context.serials)
    x = Value(3.0)
    free = x * 2
    live = old * x
    above = live + free
    order = value.topological_order(above, since=since)
    assert nesting.live_nodes(order, since) == {live, above}
