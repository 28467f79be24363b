"""Groups: what was made in a block or a call, by its name."""

import copy
import pickle

import numpy as np
import pytest

from autograd import Value, detect_anomaly, draw, explain, group, no_grad, tanh
from autograd.tools.groups import DEEPEST, blocks, paths
from autograd.value import topological_order


def path(v, root=None):
    return paths(topological_order(root or v))[v]


@group("inner")
def inner(x):
    return [tanh(x * 2) + 1, x * 3]


@group("outer")
def outer(x):
    before = x + 1
    a, b = inner(before)
    return a * b - before


def test_what_a_call_made_is_found_from_its_results():
    x = Value(0.5)
    h = x * 4
    f = outer(h)
    g = f * 2
    order = topological_order(g)
    assert [(node.op.name, p) for node, p in paths(order).items() if node.op] == [
        ("mul", ()),  # h, though the call alone uses it
        ("add", ("outer",)),
        ("mul", ("outer", "inner")),
        ("tanh", ("outer", "inner")),
        ("add", ("outer", "inner")),
        ("mul", ("outer", "inner")),
        ("mul", ("outer",)),
        ("sub", ("outer",)),
        ("mul", ()),
    ]
    assert paths(order)[x] == ()
    assert all(hasattr(v, "notes") is (v is f) for v in order if path(v, g) == ("outer",))


def test_a_part_of_the_results_is_enough():
    _, b = inner(Value(1.0))
    assert path(b) == ("inner",)


@pytest.mark.parametrize(
    "form",
    [
        lambda v: [[v]],
        lambda v: (v, 1.0),
        lambda v: {"a": v},
        lambda v: np.array([[v, 2.0]]),
        lambda v: [1.0, None, v],
    ],
)
def test_results_come_in_any_form(form):
    v = []

    @group("made")
    def f(x):
        v.append(x * 2 + 1)
        return form(v[0])

    f(Value(1.0))
    assert {*paths(topological_order(v[0])).values()} == {("made",), ()}


def test_what_passes_through_a_call_stays_what_it_was():
    x = Value(1.0, "x")
    y = outer(x)
    same = group("none of it")(lambda *values: [*values])
    assert same(x, y)[1] is y
    assert path(y) == ("outer",)
    assert path(x) == ()
    assert x.label == "x"
    assert set(x.notes) == {"label"}


def test_a_note_of_ones_own_stays_beside_the_group():
    @group("f")
    def f(x):
        y, z = x * 2, x * 3
        y.label = "y"
        return [y, z]

    y, z = f(Value(1.0))
    assert (y.label, z.label) == ("y", "")
    assert path(y) == path(z) == ("f",)
    a, b = inner(Value(1.0))  # whose notes are one, until one of them gets more
    a.label = "a"
    assert (a.label, b.label) == ("a", "")
    assert path(a) == path(b) == ("inner",)


def test_blocks_and_calls_are_inside_one_another():
    with group("a"):
        x = Value(1.0) * 2
        f = outer(x)
        with group("b"):
            g = f * 2
    assert path(g) == ("a", "b")
    assert path(f, g) == ("a", "outer")
    assert path(x, g) == ("a",)
    assert {*paths(topological_order(g)).values()} == {
        ("a", "b"),
        ("a", "outer"),
        ("a", "outer", "inner"),
        ("a",),
    }


def test_a_group_is_used_as_often_as_one_likes_and_ends_with_an_error():
    again = group("again")
    with pytest.raises(ZeroDivisionError), again, again:
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError):
        again(lambda: 1 / 0)()
    assert path(Value(1.0) * 2) == ()
    with again:
        v = Value(1.0) * 2
    assert path(v) == ("again",)


def test_groups_are_found_in_copies_too():
    g = outer(Value(0.5, "x") * 4) * 2
    made = [*paths(topological_order(g)).values()]
    for twin in (pickle.loads(pickle.dumps(g)), copy.deepcopy(g)):
        assert [*paths(topological_order(twin)).values()] == made
        assert [v.label for v in topological_order(twin)] == [v.label for v in topological_order(g)]


def test_a_recursion_is_named_to_some_depth():
    def down(n, x):
        return group(f"{n}")(lambda: down(n + 1, x * 1.5) if n < 600 else x)()

    import sys

    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(20_000)
        v = down(0, Value(1.0))
    finally:
        sys.setrecursionlimit(limit)
    assert max(map(len, paths(topological_order(v)).values())) == DEEPEST
    assert len(pickle.loads(pickle.dumps(blocks(topological_order(v))[v])).path) == 600


def test_a_call_without_a_graph_and_one_that_is_watched():
    with no_grad():
        y = outer(Value(0.5))
    assert y.parents == ()
    with detect_anomaly():
        assert path(outer(Value(0.5))) == ("outer",)


def test_the_decorated_function_keeps_its_name_and_its_pictures_a_frame():
    assert outer.__name__ == "outer"
    assert "cluster" in draw(outer(Value(0.5))).source
    assert "tanh" in str(explain(outer(Value(0.5))))
    with pytest.raises(TypeError, match="group\\(\\) takes a name, got 3"):
        group(3)
