"""Trees of every kind go the short way, and a tree that differs from those seen before is seen."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from test_jit import assert_same

from autograd import NumberError, Value, grad, jit, register_pytree_node, tanh, value_and_grad
from autograd.compiler.calls.compiled import Compiled
from nn import MLP, Module


@dataclass
class Pair:
    a: Any
    b: Any


@dataclass(slots=True, frozen=True)
class Fixed:
    a: Any
    b: Any


class Point(NamedTuple):
    x: Any
    y: Any


class Line:
    def __init__(self, slope, offset, name="line"):
        self.slope, self.offset, self.name = slope, offset, name


register_pytree_node(
    Line, lambda p: ([p.slope, p.offset], p.name), lambda name, parts: Line(*parts, name)
)


class Tied(Module):
    def __init__(self, a, b):
        self.a, self.b = a, b


def numbers(count: int) -> list[float]:
    return [0.1 * k for k in range(count)]


def rows(count: int) -> list[list[float]]:
    return [numbers(3) for _ in range(count)]


MAKERS: dict[str, Callable[[int], Any]] = {  # a tree of so many rows of three
    "lists": rows,
    "dicts": lambda n: {"w": rows(n), 3: numbers(n)},
    "ordered dicts": lambda n: OrderedDict(w=rows(n)),
    "dataclasses": lambda n: [Pair(row, 2.0) for row in rows(n)],
    "dataclasses with slots": lambda n: [Fixed(row, 2.0) for row in rows(n)],
    "named tuples": lambda n: [Point(0.5, tuple(row)) for row in rows(n)],
    "registered": lambda n: [Line(0.5, row) for row in rows(n)],
    "Values that objects own": lambda n: [Line(Value(0.5), [Value(x) for x in r]) for r in rows(n)],
    "a Module": lambda n: MLP(3, [n]),
}


def leaves(tree: Any) -> list[Any]:
    """All numbers in a tree."""
    if isinstance(tree, (list, tuple)):
        return [x for part in tree for x in leaves(part)]
    if isinstance(tree, dict):
        return leaves([*tree.values()])
    if isinstance(tree, Module):
        return tree.parameters()
    if isinstance(tree, (Pair, Line)):
        return leaves([x for x in vars(tree).values() if type(x) is not str])
    if isinstance(tree, Fixed):
        return leaves([tree.a, tree.b])
    return [tree]


def loss(tree: Any, x: Any) -> Any:
    return sum(tanh(p * x) * k for k, p in enumerate(leaves(tree)))


def plain(tree: Any) -> list[Any]:
    return [x.data if type(x) is Value else x for x in leaves(tree)]


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("name", MAKERS)
def test_every_container_goes_the_short_way(name, count, monkeypatch):
    f = value_and_grad(loss)
    g, tree = jit(f), MAKERS[name](count)
    g(tree, 0.5)
    monkeypatch.setattr(Compiled, "__call__", lambda *_: pytest.fail("the long way"))
    for x in (0.5, 2.0, 3):
        (found, slopes), (expected, by_engine) = g(tree, x), f(tree, x)
        assert_same(found, expected)
        assert_same(plain(slopes), plain(by_engine))
        assert type(slopes) is type(by_engine)


@pytest.mark.parametrize("name", MAKERS)
def test_a_tree_of_another_form_is_seen(name):
    f = grad(loss)
    g = jit(f)
    for count in (30, 29, 1, 30, 2):
        tree = MAKERS[name](count)
        for _ in range(2):
            assert_same(plain(g(tree, 0.5)), plain(f(tree, 0.5)))


def test_what_is_no_number_is_named_after_the_short_way_was_taken():
    g, pairs = jit(grad(loss)), MAKERS["dataclasses"](30)
    for _ in range(2):
        g(pairs, 0.5)
    pairs[3].a = [0.1, "text", 0.3]
    with pytest.raises(
        NumberError, match=r"^argument 0\[3\]\.a\[1\] is 'text' .* functools\.partial"
    ):
        g(pairs, 0.5)


def test_an_array_in_the_place_of_a_number_is_seen():
    g = jit(lambda tree: [x * 2.0 for x in leaves(tree)])
    tree = numbers(70)
    for _ in range(2):
        assert_same(g(tree), [x * 2.0 for x in tree])
    tree[5] = np.ones(2)
    found = g(tree)
    assert found[5].tolist() == [2.0, 2.0]
    assert found[6] == tree[6] * 2


def test_what_an_object_is_besides_its_parts_is_seen():
    g = jit(lambda line, x: line.slope * x if line.name == "line" else line.offset)
    for _ in range(2):
        assert g(Line(2.0, 5.0), 3.0) == 6.0
        assert g(Line(2.0, 5.0, "offset"), 3.0) == 5.0
    net = MLP(2, [3, 1])
    h = jit(lambda net, x: net([x, x]))
    for _ in range(2):
        for net.layers[0].activation in ("relu", "linear"):
            assert_same(h(net, 0.7), net([0.7, 0.7]).data)


@dataclass
class Options:
    scale: float


class Masked(Module):
    def __init__(self):
        self.w = Value(2.0)
        self.mask, self.rates, self.chosen = np.array([1.0, 0.5]), {"a": [3.0]}, {1}
        self.options = Options(2.0)

    def __call__(self, x):
        rate = self.rates["a"][0] * len(self.chosen) * self.options.scale
        return self.w * x * self.mask[0] * rate


def test_what_a_module_holds_is_seen_when_it_is_changed_in_place():
    model, g = Masked(), jit(lambda m, x: m(x))
    changes = [
        lambda: None,
        lambda: model.mask.fill(0.25),
        lambda: model.rates["a"].append(1.0),
        lambda: model.rates["a"].__setitem__(0, 7.0),
        lambda: model.chosen.add(2),
        lambda: vars(model.options).update(scale=5.0),
    ]
    for change in changes:
        change()
        assert [g(model, 3.0) for _ in range(3)] == [model(3.0).data] * 3


@pytest.mark.parametrize("aux", [{0: [2.0]}, [np.array([2.0, 1.0])]])
def test_what_a_registered_object_holds_is_seen_when_it_is_changed_in_place(aux):
    g = jit(lambda line, x: line.slope * x * line.name[0][0])
    line = Line(3.0, 1.0, aux)
    assert [g(line, 5.0) for _ in range(3)] == [30.0] * 3
    aux[0][0] = 4.0
    assert [g(line, 5.0) for _ in range(3)] == [60.0] * 3


def test_what_is_set_on_a_dataclass_besides_its_fields_is_seen():
    g = jit(lambda pair: pair.a * pair.more)
    for more in (2.0, 3.0):
        pair = Pair(1.5, None)
        pair.more = more
        assert [g(pair) for _ in range(3)] == [1.5 * more] * 3


def test_a_value_that_is_a_result_is_part_of_its_graph():
    g = jit(lambda line, x: line.slope * x)
    for _ in range(2):
        g(Line(Value(2.0), 1.0), 3.0)
    w = Value(2.0)
    out = g(Line(w * 2, 1.0), 3.0)
    out.backward()
    assert w.grad == 6.0


@pytest.mark.parametrize("order", [(True, False), (False, True)])
def test_tied_values_are_one_variable_and_a_form_of_their_own(order):
    g = jit(grad(lambda m, x: m.a * x + m.b * x * x))
    for is_tied in order * 2:
        v = Value(2.0)
        model = Tied(v, v if is_tied else Value(3.0))
        slopes = g(model, 2.0)
        assert (slopes.a.data, slopes.b.data) == ((6.0, 6.0) if is_tied else (2.0, 4.0))
        assert (slopes.a is slopes.b) == is_tied


def test_one_model_at_two_places_of_an_argument_is_one_model():
    def f(models, x):
        return models[0].a * models[1].a * x

    pair = (Tied(Value(2.0), Value(1.0)),) * 2
    for g in (grad(f), jit(grad(f))):
        for _ in range(2):
            assert [m.a.data for m in g(pair, 3.0)] == [12.0, 12.0]


def test_within_a_transform_a_models_values_are_the_transforms():
    g, model = jit(lambda m, x: m.a * x), Tied(Value(2.0), Value(3.0))
    for _ in range(2):
        assert g(model, 5.0) == 10.0
    assert grad(lambda m: g(m, 5.0))(model).a.data == 5.0


def test_a_copy_keeps_labels_and_lists():
    class Lists(Module):
        def __init__(self):
            self.w = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
            self.scale, self.names = Value(2.0), ("a", ["b"])

    for g in (grad, lambda f: jit(grad(f))):
        twin = g(lambda m: m.w[0][1] * m.scale)(Lists())
        assert [[v.data for v in row] for row in twin.w] == [[0.0, 2.0], [0.0, 0.0]]
        assert type(twin.w[0]) is list
        assert twin.w[1][0].label == "w[1, 0]"
        assert twin.names == ("a", ["b"])
