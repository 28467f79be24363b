"""The table of text."""

from autograd import Value, dot, where
from autograd.pictures.table import record, table


def test_nodes_stand_in_topological_order_with_operation_value_and_gradient():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    f = where(True, dot([x, w], [4, 5.0]) ** 2, x)
    f.backward()
    assert table(f).splitlines() == [
        "node  operation            value  gradient",
        "x     leaf                     2       184",
        "w     leaf                     3       230",
        "v1    dot([x, w], [4, 5])     23        46",
        "v2    v1 ** 2                529         1",
        "v3    where(True, v2, x)     529         1",
    ]


def test_gradients_are_a_dash_until_a_pass_starts_at_the_root():
    x = Value(2.0, "x")
    f = x * x
    g = f + 1
    f.backward()
    assert table(g).count("–") == 3
    assert table(f).count("–") == 0
    g.backward()
    assert table(g).count("–") == 0


def test_a_number_of_ours_is_no_label_of_another_node():
    x = Value(2.0, "v1")
    assert [line.split()[0] for line in table(-(x * 1)).splitlines()] == ["node", "v1", "v2", "v3"]


def test_labels_cannot_break_a_line():
    x = Value(2.0, "a\nb\x00\t\u2028c")
    assert table(x).splitlines()[1].startswith("a b   c  leaf")


def test_of_a_large_graph_the_last_rows_are_shown_and_the_rest_counted():
    x = Value(1.0, "x")
    for _ in range(100_000):
        x = x + 1
    lines = table(x, limit=3).splitlines()
    assert lines[0] == "(99,998 earlier nodes are not shown)"
    assert len(lines) == 5
    assert lines[2].split()[:4] == ["v1", "…", "+", "1"]


def test_a_record_holds_what_json_can():
    x = Value(float("inf"), "x")
    f = x - x
    f.backward()
    nodes = record("x - x", f)["nodes"]
    assert [node["value"] for node in nodes] == ["inf", "nan"]
    assert nodes[0]["gradient"] == 0.0
