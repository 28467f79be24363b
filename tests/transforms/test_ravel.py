"""Nests: every kind of container comes back in its own form, and an error says where it happened."""

import copy
import dataclasses
import functools
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
import pytest

from autograd import (
    NumberError,
    TransformError,
    Value,
    grad,
    gradcheck,
    hessian,
    hvp,
    jacobian,
    jet,
    jit,
    jvp,
    numerical_gradient,
    register_pytree_node,
    value_and_grad,
    vjp,
    vmap,
)
from autograd.transforms.pytree import flatten, tree_map
from autograd.transforms.ravel import Raveled


class Point(NamedTuple):
    x: object
    y: object


@dataclasses.dataclass
class Weights:
    w: object
    b: object


@dataclasses.dataclass(frozen=True)
class Frozen:
    w: object
    b: object


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    w: object
    b: object


class Pair:
    def __init__(self, **parts):
        vars(self).update(parts)


class Layer:
    """Values in attributes, beside what is no variable."""

    def __init__(self, w, b, name="layer"):
        self.w, self.b, self.name = w, b, name
        self.size = 2

    def __call__(self, x):
        return self.w * x + self.b


class Network:
    def __init__(self, *layers):
        self.layers = [*layers]
        self.options = {"rate": 0.5}

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def copy_with(tree, **attributes):
    clone = copy.copy(tree)
    vars(clone).update(attributes)
    return clone


register_pytree_node(
    Layer,
    lambda layer: ({".w": layer.w, ".b": layer.b}, layer),
    lambda layer, parts: copy_with(layer, w=parts[0], b=parts[1]),
)
register_pytree_node(
    Network,
    lambda net: ({".layers": net.layers}, net),
    lambda net, parts: copy_with(net, layers=parts[0]),
)


ARRAY = np.arange(6.0).reshape(1, 3, 2)
NESTS = {
    "number": 2.0,
    "list": [1.0, 2.0],
    "tuple": (1.0, (2.0,), []),
    "named tuple": Point(1.0, Point(2.0, 3.0)),
    "dict": {"b": 1.0, "a": [2.0], 3: 4.0},
    "ordered dict": OrderedDict(z=1.0, a=2.0),
    "dataclass": Weights(1.0, [2.0, Weights(3.0, None)]),
    "frozen": Frozen(1.0, {"k": 2.0}),
    "slots": Slotted(1.0, Point(2.0, 3.0)),
    "array": ARRAY,
    "arrays": {"w": ARRAY, "b": [np.array(3.0), np.array([5.0])]},
    "None": [None, 2.0, {"n": None}],
    "all": [Point({"a": (1.0, ARRAY)}, Frozen([2.0], None)), 3.0],
}


def total_square(tree):
    return sum((x * x for x in Raveled(tree, "tree").numbers), 0.0)


def doubled(tree):
    raveled = Raveled(tree, "tree")
    return raveled.unravel([2 * x for x in raveled.numbers])


def assert_same_form(a, b):
    if isinstance(a, dict):
        assert isinstance(b, dict)
        assert list(a) == list(b)
        a, b = [*a.values()], [*b.values()]
    else:
        assert type(a) is type(b)
    if dataclasses.is_dataclass(a):
        a, b = ([getattr(t, f.name) for f in dataclasses.fields(a)] for t in (a, b))
    if isinstance(a, np.ndarray):
        assert np.array_equal(a, b)
        assert a.shape == b.shape
        assert a.dtype == b.dtype
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            assert_same_form(x, y)
    else:
        assert a == b


@pytest.mark.parametrize("name", NESTS)
def test_a_gradient_has_the_form_of_its_argument(name):
    tree = NESTS[name]
    value, slopes = value_and_grad(total_square)(tree)
    assert value == total_square(tree) > 0
    assert_same_form(slopes, doubled(tree))


@pytest.mark.parametrize("name", NESTS)
def test_forward_and_reverse_results_have_the_forms_of_both_sides(name):
    tree = NESTS[name]
    out, tangent = jvp(doubled, (tree,), (tree,))
    assert_same_form(out, doubled(tree))
    assert_same_form(tangent, doubled(tree))
    out, pull = vjp(doubled, tree)
    assert_same_form(out, doubled(tree))
    assert_same_form(pull(tree)[0], doubled(tree))


@pytest.mark.parametrize("name", NESTS)
def test_a_jacobian_has_a_form_within_a_form(name):
    tree = NESTS[name]
    forward, reverse = (jacobian(doubled, mode=m)(tree) for m in ("forward", "reverse"))
    assert_same_form(forward, reverse)
    numbers = flatten(forward)[0]
    n = len(Raveled(tree, "tree").numbers)
    assert sum(x.size if isinstance(x, np.ndarray) else 1 for x in numbers) == n * n
    assert sum(np.sum(x) for x in numbers) == 2 * n


def test_a_jacobian_of_arrays_in_nests_has_shapes_joined():
    def f(p):
        return {"u": p["a"] * 2, "w": (p["b"] * p["a"], p["b"].sum())}

    J = jacobian(f)({"a": 2.0, "b": np.array([3.0, 4.0])})
    assert J["u"]["a"] == 2
    assert J["u"]["b"].tolist() == [0, 0]
    assert J["w"][0]["a"].tolist() == [3, 4]
    assert J["w"][0]["b"].tolist() == [[2, 0], [0, 2]]
    assert J["w"][1]["b"].tolist() == [1, 1]
    assert jacobian(lambda m: m[:, 0] * m[:, 1])(np.ones((2, 3))).shape == (2, 2, 3)
    assert jacobian(lambda m: m[:0])(np.ones(2)).shape == (0, 2)


def test_a_function_sees_the_form_that_it_was_given():
    def f(p):
        assert type(p) is Point
        assert type(p.x) is Frozen
        assert p.x.b is None
        assert p.y.shape == (2,)
        return p.x.w * p.y[1]

    assert_same_form(
        grad(f)(Point(Frozen(2.0, None), np.array([3.0, 4.0]))),
        Point(Frozen(4.0, None), np.array([0.0, 2.0])),
    )


def test_the_callers_nest_is_left_as_it_was():
    tree = Weights([1.0], np.array([2.0, 3.0]))

    def f(t):
        t.w[0] = t.w[0] * 3
        t.b[0] = t.b[1]
        t.extra = 5
        return t.w[0] + t.b.sum()

    slopes = grad(f)(tree)
    assert slopes.w == [3]
    assert slopes.b.tolist() == [0, 2]
    assert_same_form(tree, Weights([1.0], np.array([2.0, 3.0])))
    assert not hasattr(tree, "extra")


# ---------------------------------------------------------------------------- classes of one's own


def test_a_gradient_of_an_object_is_an_object_of_the_gradients():
    net = Network(Layer(Value(2.0), Value(3.0)), Layer(Value(5.0), Value(7.0)))
    value, slopes = value_and_grad(lambda m: m(1.0))(net)  # 5 (2·1 + 3) + 7
    assert value == 32
    assert type(slopes) is Network
    assert [(layer.w, layer.b) for layer in slopes.layers] == [(5, 5), (5, 1)]
    assert slopes.options is net.options
    assert slopes.layers[0].name == "layer"
    assert [v.data for layer in net.layers for v in (layer.w, layer.b)] == [2, 3, 5, 7]
    assert [v.grad for layer in net.layers for v in (layer.w, layer.b)] == [0, 0, 0, 0]


def test_second_derivatives_of_an_object():
    layer = Layer(Value(2.0), Value(3.0))
    slopes = grad(lambda m: grad(lambda x: m(x) ** 2)(4.0))(layer)  # d/dx = 2 w (w x + b)
    assert (slopes.w, slopes.b) == (2 * (2 * 2 * 4 + 3), 2 * 2)
    H = hessian(lambda m: m.w * m.w * m.b)(layer)
    assert (H.w.w, H.w.b, H.b.w, H.b.b) == (6, 4, 4, 0)


def test_a_value_reached_twice_is_one_variable():
    w = Value(3.0)
    tied = Layer(w, w)

    def f(s):
        return s.w * s.b * 2  # 2 w²

    assert (grad(f)(tied).w, grad(f)(tied).b) == (12, 12)
    assert (numerical_gradient(f, tied).w, numerical_gradient(f, tied).b) == pytest.approx((12, 12))
    assert (hessian(f)(tied).w.b, hessian(f)(tied).b.b) == (4, 4)
    assert jvp(f, (tied,), (Layer(1.0, 1.0),)) == (18, 12)
    assert hvp(f)(tied, Layer(1.0, 1.0)).w == 4
    gradcheck(f, tied, order=2)
    f(tied).backward()
    assert w.grad == 12
    assert [v.data for v in grad(lambda p: p[0] * p[1])([w, w])] == [6, 6]


def test_tangents_of_one_variable_that_differ_are_refused():
    w = Value(3.0)
    with pytest.raises(TransformError, match="one Value that is reached twice"):
        jvp(lambda s: s.w * s.b, (Layer(w, w),), (Layer(1.0, 0.0),))


def test_arguments_are_variables_of_their_own():
    w = Value(3.0)
    slopes = grad(lambda x, y: x * x * y, argnums=(0, 1))(w, w)
    assert [v.data for v in slopes] == [18, 9]


def test_an_unflatten_that_makes_something_else_is_named():
    class Odd:
        x = 1.0

    register_pytree_node(Odd, lambda odd: ([odd.x], None), lambda _, parts: parts)
    with pytest.raises(TransformError, match="unflatten of Odd made"):
        grad(lambda odd: odd[0])(Odd())


def test_an_unflatten_that_loses_a_part_is_named():
    register_pytree_node(
        Pair,
        lambda pair: (vars(pair), None),
        lambda _, parts: Pair(a=parts[0]),
    )
    with pytest.raises(TransformError, match=r"of Pair made .*other parts.*\['a'\] for"):
        grad(lambda pair: pair.a)(Pair(a=1.0, b=2.0))


@pytest.mark.parametrize("arguments", [(1.0, len, len), (dict, None, len), (dict, len, 2)])
def test_a_registration_that_cannot_work_is_refused(arguments):
    with pytest.raises(TypeError, match=r"class|called"):
        register_pytree_node(*arguments)


def test_cotangents_are_read_by_their_keys_in_any_order():
    _, pull = vjp(lambda v: {"a": v * 2, "b": v * 3}, 1.0)
    assert pull({"b": 0.0, "a": 1.0}) == (2.0,)
    tangents = ({"b": 1.0, "a": 0.0},)
    assert jvp(lambda d: d["a"] * 2 + d["b"] * 3, ({"a": 1.0, "b": 1.0},), tangents)[1] == 3


def test_what_a_dataclass_has_cached_is_computed_of_the_variables():
    @dataclasses.dataclass(frozen=True)
    class Side:
        length: float

        @functools.cached_property
        def area(self):
            return self.length**2

    side = Side(3.0)
    assert side.area == 9.0
    assert grad(lambda s: s.area)(side) == Side(6.0)
    assert side.area == 9.0


@dataclasses.dataclass
class Computed:
    w: float

    def __post_init__(self):
        self.count, self.index, self.name = 3, np.arange(3), "w"
        if self.w == 2.0:
            self.double = 2 * self.w
        if self.w < 0:
            self.each = [np.array([self.w, 1.0])]


def test_a_number_that_post_init_computed_of_the_fields_is_refused():
    """A constant to f, it would lose the part of the gradient that goes through it: 6 for 12."""
    assert grad(lambda d: d.w * d.count)(Computed(3.0)).w == 3.0
    for d, place in ((Computed(2.0), ".double"), (Computed(-1.0), ".each")):
        for run in (
            lambda d=d: grad(lambda d: d.w)(d),
            lambda d=d: jvp(lambda d: d.w, (d,), (d,)),
            lambda d=d: jet(lambda d: d.w, d, 2, d),
        ):
            with pytest.raises(TransformError, match=rf"{place} is .* __post_init__ .* property"):
                run()
    with pytest.raises(TransformError, match=r"^argument 0\['a'\]\[0\].double is 4.0.* double = "):
        grad(lambda p: p["b"])({"a": [Computed(2.0)], "b": 1.0})
    assert jit(lambda d: d.w * d.double)(Computed(2.0)) == 8.0  # no derivative is asked for


@pytest.mark.parametrize("wrong", [Frozen(1.0, 1.0), {"w": 1.0, "b": 1.0}, [1.0, 1.0], 1.0, None])
def test_a_cotangent_of_a_dataclass_is_one_of_that_class(wrong):
    _, pull = vjp(lambda v: Weights(v * 2, v * 3), 1.0)
    assert pull(Weights(1.0, 1.0)) == (5.0,)
    with pytest.raises(TransformError, match="cotangents is"):
        pull(wrong)


def test_a_gradient_penalty_reaches_a_modules_values():
    layer = Layer(Value(2.0), Value(3.0))
    penalty = grad(lambda x: layer(x) ** 2)(4.0) ** 2
    penalty.backward()
    s = 2 * 2 * 11
    assert penalty.data == s**2
    assert layer.w.grad == 2 * s * (2 * (2 * 2 * 4 + 3))
    assert layer.b.grad == 2 * s * 4


# ------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        ("no", "argument 0"),
        ([1.0, {"b": "no"}], r"argument 0\[1\]\['b'\]"),
        ({"a": (1.0, ["no"])}, r"argument 0\['a'\]\[1\]\[0\]"),
        (Frozen(1.0, [2.0, "no"]), r"argument 0\.b\[1\]"),
        (Point(1.0, {"no"}), r"argument 0\[1\]"),
        ([np.array([1.0, "no"], dtype=object)], r"argument 0\[0\]\.flat\[1\]"),
        ([1.0, 2j], r"argument 0\[1\] is 2j of type complex"),
        ([1.0, range(3)], r"argument 0\[1\] is range"),
        ([np.array(["a"])], r"argument 0\[0\] is an array of <U1"),
    ],
)
def test_what_is_no_number_is_named_with_its_path(tree, path):
    for transform in (grad, jacobian, hessian):
        with pytest.raises(NumberError, match=path):
            transform(total_square)(tree)


def test_a_result_that_is_no_number_is_named_with_its_path():
    def f(x):
        return [x, {"k": "no"}]

    with pytest.raises(NumberError, match=r"the result of f\[1\]\['k'\] is 'no'"):
        jacobian(f)(1.0)


@pytest.mark.parametrize(
    ("primal", "tangent", "path"),
    [
        ([1.0, 2.0], [1.0], r"tangents\[0\] is \[1.0\]: not of one form with a sequence of"),
        ({"b": [1.0, 2.0]}, {"b": [1.0]}, r"tangents\[0\]\['b'\]"),
        ({"a": 1.0}, {"c": 1.0}, r"tangents\[0\]"),
        (np.ones(3), np.ones(2), r"tangents\[0\]"),
        (np.ones(3), [1.0, 1.0, 1.0], r"tangents\[0\]"),
        ([1.0, (2.0, 3.0)], [1.0, (2.0, "no")], r"tangents\[0\]\[1\]\[1\] is 'no'"),
        (1.0, None, r"tangents\[0\] is None"),
        (1.0, [1.0], r"tangents\[0\] is \[1.0\]"),
    ],
)
def test_tangents_of_another_form_are_named_with_both_paths(primal, tangent, path):
    with pytest.raises(TransformError, match=path):
        jvp(total_square, (primal,), (tangent,))
    _, pull = vjp(doubled, primal)
    with pytest.raises(TransformError, match=path.replace("tangents\\[0\\]", "cotangents")[:10]):
        pull(tangent)


def test_nests_without_a_number_are_refused():
    for empty in ([], {}, None, (), [[], {}]):
        with pytest.raises(TransformError, match="holds no number"):
            grad(lambda t: 1.0)(empty)


def test_a_deep_and_a_wide_nest_work():
    tree = 1.0
    for _ in range(100):
        tree = [tree]
    slopes = grad(total_square)(tree)
    for _ in range(100):
        (slopes,) = slopes
    assert slopes == 2
    wide = {i: float(i) for i in range(3000)}
    assert grad(total_square)(wide)[2999] == 5998


def test_leaves_are_mapped_in_every_container():
    tree = [Point(1, "a"), {"k": Frozen((2,), None)}]
    mapped = tree_map(lambda x: (x, x) if x is not None else x, tree)
    assert mapped == [Point((1, 1), ("a", "a")), {"k": Frozen(((2, 2),), None)}]


@pytest.mark.parametrize("transform", [grad, jit, vmap])
@pytest.mark.parametrize("depth", [251, 500, 5_000])
def test_nests_that_are_too_deep_are_refused_in_words(transform, depth):
    deep, circle = np.ones(2), []
    circle.append(circle)
    for _ in range(depth):
        deep = [deep]
    for tree in (deep, circle):
        with pytest.raises(TransformError, match="more than 250 containers in each other"):
            transform(lambda tree: 1.0)(tree)
