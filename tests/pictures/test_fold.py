"""Folding of graphs too large to be seen."""

from autograd import Value, group
from autograd import sum as total
from autograd.pictures.fold import REST, fold, summary
from autograd.value import topological_order


def layers(n):
    h = Value(1.0)
    for i in (1, 2):
        with group(f"layer {i}"):
            for half in "ab":
                with group(half):
                    for _ in range(n):
                        h = h * Value(1.0) + 1
    return h - 1


def test_a_small_graph_is_not_folded():
    order = topological_order(layers(2))
    boxes = fold(order, 300)
    assert all(box is node for node, box in boxes.items())
    assert summary(boxes) == ""


def test_inner_groups_fold_first_with_the_leaves_that_they_alone_use():
    order = topological_order(layers(50))
    boxes = fold(order, 5)
    assert set(map(str, boxes.values())) == {
        *("('layer 1', 'a')", "('layer 1', 'b')", "('layer 2', 'a')", "('layer 2', 'b')"),
        str(order[-1]),
    }
    assert len(boxes) == len(order)
    assert "layer 1 / b (150)" in summary(boxes)
    assert summary(boxes).startswith("602 nodes. Folded: ")


def test_outer_groups_fold_when_inner_ones_are_too_many():
    order = topological_order(layers(50))
    assert set(fold(order, 3).values()) == {("layer 1",), ("layer 2",), order[-1]}


def test_the_output_is_shown_even_if_a_group_made_it():
    with group("all"):
        h = Value(1.0)
        for _ in range(400):
            h = h + 1
    boxes = fold(topological_order(h), 300)
    assert boxes[h] is h
    assert set(boxes.values()) == {("all",), h}


def test_without_groups_the_nodes_nearest_the_output_stay():
    h = Value(1.0)
    chain = [h] + [h := h + 1 for _ in range(1000)]
    boxes = fold(topological_order(h), 300)
    assert [box is node for node, box in boxes.items()] == [False] * 941 + [True] * 60
    assert boxes[chain[0]] is REST
    assert 'group("a name")' in summary(boxes)
    assert "other nodes (941)" in summary(boxes)


def test_a_group_stays_when_ungrouped_nodes_are_too_many():
    with group("inside"):
        h = Value(1.0) * 2
    f = total([h] + [h + i for i in range(1000)])
    boxes = fold(topological_order(f), 300)
    assert boxes[h] == ("inside",)
    assert len(set(boxes.values())) <= 62


def test_a_leaf_of_two_groups_is_shown_if_there_is_room_and_folded_with_the_first_if_not():
    x = [Value(1.0) for _ in range(100)]
    with group("a"):
        a = total([v * 2 for v in x])
    with group("b"):
        b = total([v * 3 for v in x])
    order = topological_order(a + b)
    assert set(fold(order, 110).values()) == {("a",), ("b",), order[-1], *x}
    folded = fold(order, 50)
    assert set(folded.values()) == {("a",), ("b",), order[-1]}
    assert {folded[v] for v in x} == {("a",)}


def test_a_hundred_thousand_operands_of_one_node_fold():
    f = total([Value(1.0) for _ in range(100_000)])
    assert len(set(fold(topological_order(f), 300).values())) == 61
