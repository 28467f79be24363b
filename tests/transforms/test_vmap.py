"""vmap has JAX's meaning, for every axis and nesting, and inside and around every transform."""

import dataclasses
from typing import NamedTuple

import numpy as np
import pytest

import autograd as a
from autograd import (
    BatchError,
    TransformError,
    Value,
    context,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
    vmap,
)

V = np.array([1.0, 2.0, 3.0])
M = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
CUBE = np.arange(24.0).reshape(2, 3, 4)


def cubes(v):
    return v**3


def energy(v):
    return (v**3).sum() * v[0]


# (library, its numpy) -> nest of arrays; JAX answers what is expected
ROWS = {
    "elementwise": lambda L, n: L.vmap(lambda v: v * n.sin(v))(V),
    "rows": lambda L, n: L.vmap(lambda r: r[0] * r[1] + r.sum())(M),
    "axis 1": lambda L, n: L.vmap(lambda c: c[0] * c[1], in_axes=1)(M),
    "axis -1": lambda L, n: L.vmap(lambda c: c[0] * c[1], in_axes=-1)(M),
    "axis 1 of three": lambda L, n: L.vmap(lambda x: x[0, 1] * x[1, 2], in_axes=1)(CUBE),
    "axis -2 of three": lambda L, n: L.vmap(lambda x: x * x[0, 1], in_axes=-2)(CUBE),
    "two arguments": lambda L, n: L.vmap(lambda v, w: v * w)(V, V),
    "None": lambda L, n: L.vmap(lambda v, w: v * w, in_axes=(0, None))(V, 2.0),
    "None for an array": lambda L, n: L.vmap(lambda r, w: n.dot(r, w), in_axes=(0, None))(M, V),
    "None for a matrix": lambda L, n: L.vmap(lambda A, r: A @ r, in_axes=(None, 0))(
        M, np.stack([V, 2 * V])
    ),
    "axes of each": lambda L, n: L.vmap(lambda c, v: c[1] * v, in_axes=(-1, 0))(M, V),
    "axes as a list": lambda L, n: L.vmap(lambda v, w: v - w, in_axes=[0, 0])(V, V),
    "dict": lambda L, n: L.vmap(lambda p: p["a"] * p["b"].sum())({"a": V[:2], "b": M}),
    "tuple of results": lambda L, n: L.vmap(lambda v: (v, {"twice": [2 * v]}))(V),
    "array of results": lambda L, n: L.vmap(lambda v: n.stack([v, v * v]))(V),
    "constant result": lambda L, n: L.vmap(lambda v: 1.0)(V),
    "one sample": lambda L, n: L.vmap(lambda v: v * v)(np.ones(1)),
    "no sample": lambda L, n: L.vmap(lambda v: (v * v, v.sum()))(np.ones((0, 3))),
    "integers": lambda L, n: L.vmap(lambda v: v * v)(np.arange(3)),
    "max of rows": lambda L, n: L.vmap(n.max)(M),
    "mean of rows": lambda L, n: L.vmap(n.mean)(M),
    "nested": lambda L, n: L.vmap(L.vmap(n.exp))(M),
    "nested thrice": lambda L, n: L.vmap(L.vmap(L.vmap(lambda v: v * v)))(CUBE),
    "inner over outer": lambda L, n: L.vmap(lambda u: L.vmap(lambda v: u * v)(V))(M[:, 0]),
    "inner closes over a row": lambda L, n: L.vmap(lambda r: L.vmap(lambda v: v * r.sum())(r))(M),
    "inner of constants": lambda L, n: L.vmap(lambda u: u + L.vmap(cubes)(M[0]).sum())(V),
    "inner apart from outer": lambda L, n: L.vmap(lambda u: L.vmap(cubes)(M[0]))(V),
    "nested axes": lambda L, n: L.vmap(
        L.vmap(lambda u, v: u - v, in_axes=(None, 0)), in_axes=(0, None)
    )(V, M[0, :2]),
    "of grad": lambda L, n: L.vmap(L.grad(lambda v: n.sin(v) * v))(V),
    "of grad of rows": lambda L, n: L.vmap(L.grad(energy))(M),
    "of grad of grad": lambda L, n: L.vmap(L.grad(L.grad(lambda v: v**4)))(V),
    "of value_and_grad": lambda L, n: L.vmap(L.value_and_grad(cubes))(V),
    "of grad with aux": lambda L, n: L.vmap(
        L.value_and_grad(lambda v: (v**2, {"v": v, "n": 1.0}), has_aux=True)
    )(V),
    "of grad, argnums": lambda L, n: L.vmap(L.grad(lambda v, w: v * w * w, (1, 0)))(V, 2 * V),
    "of hessian": lambda L, n: L.vmap(L.hessian(energy))(M),
    "of jacobian": lambda L, n: L.vmap(L.jacobian(lambda v: v * v[0]))(M),
    "of jvp": lambda L, n: L.vmap(lambda u: L.jvp(cubes, (u,), (1.0,)))(V),
    "of jvp, own tangents": lambda L, n: L.vmap(lambda u, t: L.jvp(cubes, (u,), (t,)))(V, 2 * V),
    "of vjp": lambda L, n: L.vmap(lambda u: L.vjp(cubes, u)[1](1.0))(V),
    "of vjp, own cotangents": lambda L, n: L.vmap(lambda u, t: L.vjp(cubes, u)[1](t))(V, V),
    "of grad closing over a sample": lambda L, n: L.vmap(lambda u: L.grad(lambda v: u * v**2)(2.0))(
        V
    ),
    "of grad of an array, closing over a sample": lambda L, n: L.vmap(
        lambda u: L.grad(lambda v: (u * v * v).sum())(M[0])
    )(V),
    "nested, of grad": lambda L, n: L.vmap(L.vmap(L.grad(n.sin)))(M),
    "nested, of hessian over both": lambda L, n: L.vmap(
        lambda u: L.vmap(lambda w: L.hessian(lambda v: u * w * v**3)(1.5))(V)
    )(M[0]),
    "grad of": lambda L, n: L.grad(lambda v: n.sum(L.vmap(cubes)(v)))(V),
    "grad of, rows": lambda L, n: L.grad(lambda m: n.sum(L.vmap(lambda r: r[0] * r[2])(m)))(M),
    "grad of, closed over": lambda L, n: L.grad(
        lambda w: n.sum(L.vmap(lambda r: n.dot(w, r) ** 2)(M))
    )(V),
    "grad of, axis 1": lambda L, n: L.grad(
        lambda m: n.sum(L.vmap(lambda c: c[0] * c[1], in_axes=1)(m))
    )(M),
    "hessian of": lambda L, n: L.hessian(lambda v: n.sum(L.vmap(cubes)(v)))(V),
    "hessian of nested": lambda L, n: L.hessian(
        lambda v: n.sum(L.vmap(lambda u: L.vmap(lambda w: w * u * w)(v))(v))
    )(V),
    "axes of a tree": lambda L, n: L.vmap(
        lambda p, v: p["w"] @ p["x"] * v, in_axes=({"w": None, "x": 1}, None)
    )({"w": V, "x": np.arange(12.0).reshape(3, 4)}, 2.0),
    "axes of results": lambda L, n: L.vmap(
        lambda r: (r.sum(), {"a": r, "b": n.outer(r, r), "c": 1.0}),
        out_axes=(0, {"a": 1, "b": -1, "c": None}),
    )(M),
    "one axis for all results": lambda L, n: L.vmap(
        lambda r: (r * 2, [n.outer(r, r)]), in_axes=1, out_axes=1
    )(M),
    "grad of axes of a tree": lambda L, n: L.grad(
        lambda p: n.sum(L.vmap(lambda q: n.sin(q["w"] * q["b"]), in_axes=({"w": 0, "b": None},))(p))
    )({"w": V, "b": 0.3}),
    "jacobian of": lambda L, n: L.jacobian(L.vmap(cubes))(V),
    "jvp of": lambda L, n: L.jvp(L.vmap(cubes), (V,), (np.array([1.0, 0.5, 2.0]),)),
    "jvp of, closed over": lambda L, n: L.jvp(
        lambda w: L.vmap(lambda v: n.sin(w * v))(V), (0.3,), (1.0,)
    ),
    "vjp of": lambda L, n: L.vjp(L.vmap(cubes), V)[1](np.array([1.0, 0.5, 2.0])),
    "grad of vmap of grad, outside": lambda L, n: L.grad(
        lambda w: n.sum(L.vmap(L.grad(lambda v: w * v**4))(V))
    )(2.0),
    "grad of vmap of grad, samples": lambda L, n: L.grad(
        lambda z: n.sum(L.vmap(L.grad(lambda v: v**4))(z))
    )(V),
    "hessian of vmap of grad": lambda L, n: L.hessian(
        lambda w: n.sum(L.vmap(L.grad(lambda v: n.sin(w * v)))(V))
    )(0.3),
}


def assert_alike(ours, theirs):
    if isinstance(theirs, dict):
        assert theirs.keys() == ours.keys()
        ours, theirs = [ours[key] for key in theirs], list(theirs.values())
    if isinstance(theirs, (list, tuple)):
        assert len(ours) == len(theirs)
        for x, y in zip(ours, theirs, strict=True):
            assert_alike(x, y)
    else:
        assert np.shape(ours) == np.shape(theirs)
        assert isinstance(ours, float) or ours.dtype == float, "not plain numbers"
        assert np.asarray(ours) == pytest.approx(np.asarray(theirs), rel=1e-12, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
def test_a_map_means_what_it_means_in_jax(name):
    jax = pytest.importorskip("jax")
    with jax.enable_x64(
        True
    ):  # as one program: JAX compiles each operation of what it runs eagerly
        theirs = jax.jit(lambda: ROWS[name](jax, jax.numpy))()
        assert_alike(ROWS[name](a, np), theirs)


def test_jacobians_through_a_map_agree_in_both_modes():
    for f, x in ((vmap(cubes), V), (lambda w: vmap(lambda v: a.sin(w * v))(V), 0.3)):
        forward, reverse = (jacobian(f, mode=m)(x) for m in ("forward", "reverse"))
        assert forward == pytest.approx(reverse, rel=1e-15)
        assert np.any(forward != 0)


@pytest.mark.parametrize("n", [1, 3, 40])  # 40: more than a batch is cut into at once
@pytest.mark.parametrize("limit", [-9, 1.0])
def test_a_map_within_a_map_is_differentiated_like_the_sums_that_it_stands_for(n, limit):
    x = np.linspace(0.5, 2, n)
    weights = np.arange(n * n).reshape(n, n) * 0.1

    def term(u, w):  # with a branch that some samples do not take
        return a.where(w > limit, w * u * w, a.sqrt(u))

    def mapped(v):
        return np.sum(weights * vmap(lambda u: vmap(lambda w: term(u, w))(v))(v))

    def summed(v):
        return a.sum([weights[i, j] * term(v[i], v[j]) for i in range(n) for j in range(n)])

    assert grad(mapped)(x) == pytest.approx(grad(summed)(x), rel=1e-12)
    if n < 10:
        expected = hessian(summed)(x)
        for mode in ("forward", "reverse"):
            assert jacobian(grad(mapped), mode=mode)(x) == pytest.approx(expected, rel=1e-12)
        assert hessian(mapped)(x) == pytest.approx(expected, rel=1e-12)
    else:
        v = np.linspace(1, -1, n)
        assert hvp(mapped)(x, v) == pytest.approx(hvp(summed)(x, v), rel=1e-12)


def test_jacobians_inside_a_map_agree_in_both_modes():
    for mode in ("forward", "reverse"):
        inner = jacobian(lambda r: r * r[0], mode=mode)
        assert np.array_equal(vmap(inner)(M), [inner(row) for row in M])


def test_a_hessian_vector_product_for_each_sample():
    product = vmap(lambda r, v: hvp(lambda x: (x**3).sum())(r, v), in_axes=(0, None))
    assert np.array_equal(product(M, np.ones(3)), 6 * M)


def test_named_tuples_and_dataclasses_are_mapped_and_come_back():
    class Point(NamedTuple):
        x: object
        y: object

    @dataclasses.dataclass(frozen=True)
    class Weights:
        w: object
        b: object

    out = vmap(lambda p: Point(p.x * p.y, p.x))(Point(V, 2 * V))
    assert type(out) is Point
    assert np.array_equal(out.x, 2 * V * V)
    weights = Weights(V, 0.5)
    out = vmap(lambda p, r: (p.w * r).sum() + p.b, in_axes=(None, 0))(weights, M)
    assert np.array_equal(out, M @ V + 0.5)
    slopes = vmap(grad(lambda p, r: (p.w * r).sum() * p.b), in_axes=(None, 0))(weights, M)
    assert type(slopes) is Weights
    assert np.array_equal(slopes.w, 0.5 * M)
    assert np.array_equal(slopes.b, M @ V)


def test_keyword_arguments_are_passed_as_they_are():
    assert np.array_equal(vmap(lambda v, k: v * k)(V, k=2.0), 2 * V)


def test_a_branch_not_taken_sends_nothing_within_a_map():
    def f(v):
        return a.where(v > 0, a.log(v), 0 * v)

    x = np.array([0.0, -1.0, 2.0])
    assert np.array_equal(vmap(grad(f))(x), [0, 0, 0.5])
    assert np.array_equal(vmap(grad(grad(f)))(x), [0, 0, -0.25])
    assert np.array_equal(vmap(lambda v: jvp(f, (v,), (1.0,))[1])(x), [0, 0, 0.5])
    assert np.array_equal(grad(lambda z: vmap(f)(z).sum())(x), [0, 0, 0.5])
    assert np.array_equal(np.diag(hessian(lambda z: vmap(f)(z).sum())(x)), [0, 0, -0.25])
    assert np.array_equal(jacobian(vmap(f), mode="forward")(x), np.diag([0, 0, 0.5]))


def test_an_infinity_of_one_sample_stays_with_it():
    x = np.array([0.0, 4.0])
    assert np.array_equal(vmap(grad(a.sqrt))(x), [np.inf, 0.25])
    assert grad(lambda z: vmap(a.sqrt)(z)[1])(x).tolist() == [0, 0.25]
    assert jacobian(vmap(a.sqrt))(x).tolist() == [[np.inf, 0], [0, 0.25]]


def test_outer_values_get_gradients_through_a_map():
    w, b = Value(2.0), Value(1.0)
    vmap(lambda v: w * v * v + b)(V).sum().backward()
    assert (w.grad, b.grad) == (14, 3)
    w.zero_grad()
    vmap(grad(lambda v: w * v**3))(V).sum().backward()  # Σ 3 w v²
    assert w.grad == 42


def test_a_map_of_values_connects_to_them():
    xs = [Value(1.0), Value(2.0)]
    out = vmap(lambda v: v**3)(np.array(xs))
    (out * np.array([1.0, 10.0])).sum().backward()
    assert [x.grad for x in xs] == [3, 120]


@pytest.mark.parametrize("constant", [2, 2.0, np.float32(2), np.int64(2), np.bool_(1), np.array(2)])
def test_a_constant_of_any_type_is_repeated_as_a_float(constant):
    found = vmap(lambda x: constant)(np.ones(2))
    assert found.dtype == float
    assert found.tolist() == [float(constant)] * 2


def test_results_without_outer_values_are_plain_numbers():
    assert vmap(cubes)(V).dtype == float
    out, pull = vjp(vmap(cubes), V)
    assert out.dtype == pull(V)[0].dtype == float
    value, slope = vmap(value_and_grad(cubes))(V)
    assert value.dtype == slope.dtype == float


def test_axes_that_do_not_fit_are_refused():
    one = vmap(lambda v: v)
    with pytest.raises(TransformError, match="argument 0 holds a single number.*in_axes=None"):
        one(1.0)
    with pytest.raises(TransformError, match=r"argument 0 holds shape \(3,\).*no axis 2"):
        vmap(lambda v: v, in_axes=2)(V)
    with pytest.raises(TransformError, match=r"no axis -2"):
        vmap(lambda v: v, in_axes=-2)(V)
    with pytest.raises(TransformError, match="3.*argument 0.*2.*argument 1"):
        vmap(lambda v, w: v)(V, np.ones(2))
    with pytest.raises(TransformError, match=r"in_axes is \(0,\) for 2 positional arguments"):
        vmap(lambda v, w: v, in_axes=(0,))(V, V)
    with pytest.raises(TransformError, match="a sequence of one for each"):
        vmap(lambda p: p["a"], in_axes={"a": 0})({"a": V})
    with pytest.raises(TransformError, match="the arrays have none"):
        vmap(lambda v: v, in_axes=None)(V)
    with pytest.raises(TypeError, match=r"argument 0\['a'\]\[1\] is 'no'"):
        one({"a": [V, "no"]})
    with pytest.raises(TypeError, match=r"the result of <lambda>\[1\] is 'no'"):
        vmap(lambda v: [v, "no"])(V)


TREE = {"a": V, "b": [M, 2.0]}


@pytest.mark.parametrize(
    ("axes", "says"),
    [
        ({"a": 0}, r"in_axes has {'a': 0} for argument 0, which is a dict of \(\['a'\], \['b'\]\)"),
        ({"a": 0, "b": (0,)}, r"for argument 0\['b'\], which is a sequence of \(\[0\], \[1\]\)"),
        ({"a": (0,), "b": None}, r"for argument 0\['a'\], which is one leaf: give an axis or None"),
        (
            {"a": "0", "b": None},
            r"in_axes has '0' for argument 0\['a'\]: an axis is a whole number",
        ),
        ({"a": True, "b": None}, r"in_axes has True for argument 0\['a'\]"),
        ({"a": 0, "b": 0}, r"argument 0\['b'\] holds a single number"),
        ({"a": 0, "b": [2, None]}, r"argument 0\['b'\]\[0\] holds shape \(2, 3\).* no axis 2"),
        ({"a": 0, "b": [0, None]}, r"{3: \"argument 0\['a'\]\", 2: \"argument 0\['b'\]\[0\]\"}"),
        ({"a": None, "b": None}, "the arrays have none"),
    ],
)
def test_axes_that_are_no_prefix_of_their_argument_are_refused(axes, says):
    with pytest.raises(TransformError, match=says):
        vmap(lambda p: p["a"], in_axes=(axes,))(TREE)


def test_axes_of_a_tree_map_what_they_name():
    out = vmap(lambda p: p["a"] * p["b"][0][1] * p["b"][1], in_axes=({"a": 0, "b": [1, None]},))(
        TREE
    )
    assert np.array_equal(out, V * M[1] * 2)
    weights = {"w": M, "on": None, "name": "kept"}
    axes = [{"w": None, "on": 0, "name": None}, 0]
    out = vmap(lambda p, v: p["w"][0] * (v if p["name"] == "kept" else 0), in_axes=axes)(weights, V)
    assert np.array_equal(out, np.outer(V, M[0]))


def test_results_have_their_samples_where_out_axes_say():
    def f(r):
        return {"sum": r.sum(), "rows": [r, np.outer(r, r)], "one": 3.0}

    out = vmap(f, out_axes={"sum": 0, "rows": [1, -1], "one": None})(M)
    assert np.array_equal(out["sum"], M.sum(1))
    assert np.array_equal(out["rows"][0], M.T)
    assert np.array_equal(out["rows"][1], np.einsum("ni,nj->ijn", M, M))
    assert out["one"] == 3.0
    w = Value(2.0)
    assert vmap(lambda v: (v, w * 2), out_axes=(0, None))(V)[1].data == 4.0
    with pytest.raises(TransformError, match=r"the result of f\[1\] is another for each sample"):
        vmap(named("f", lambda v: (v, v * 2)), out_axes=(0, None))(V)
    with pytest.raises(TransformError, match=r"has 1 axes.* no axis 1"):
        vmap(lambda v: v, out_axes=1)(V)
    with pytest.raises(TransformError, match=r"out_axes has \(0,\) for the result"):
        vmap(lambda v: (v, v), out_axes=(0,))(V)


def named(name, f):
    f.__name__ = name
    return f


def test_an_axis_of_a_tree_is_differentiated_through_and_inside():
    def loss(p, v):
        return (p["w"] * v - p["b"]) ** 2

    p = {"w": V, "b": 0.5}
    slopes = vmap(grad(loss), in_axes=({"w": 0, "b": None}, None))(p, 3.0)
    assert np.array_equal(slopes["w"], 6 * (3 * V - 0.5))
    assert np.array_equal(slopes["b"], -2 * (3 * V - 0.5))
    outside = grad(lambda p: vmap(loss, in_axes=({"w": 0, "b": None}, None))(p, 3.0).sum())(p)
    assert np.array_equal(outside["w"], 6 * (3 * V - 0.5))
    assert outside["b"] == np.sum(-2 * (3 * V - 0.5))
    twice = vmap(vmap(lambda v, w: v * w, in_axes=(None, 0)), in_axes=(0, None), out_axes=1)(V, V)
    assert np.array_equal(twice, np.outer(V, V).T)


def test_a_closed_over_array_of_floats_is_refused():
    with pytest.raises(BatchError, match="in_axes=None"):
        vmap(lambda v: (v * V).sum())(V)


def test_a_batch_as_a_condition_is_refused():
    with pytest.raises(BatchError, match="where"):
        vmap(lambda v: v or -v)(V)
    with pytest.raises(BatchError, match="where"):
        vmap(lambda v: v if v > 1 else -v)(V)


def test_an_error_inside_leaves_no_trace():
    def fails(v):
        raise KeyError(v.shape)

    with pytest.raises(KeyError):
        vmap(fails)(V)
    assert grad(lambda x: x * x)(3.0) == 6
    assert np.array_equal(vmap(cubes)(M[0]), M[0] ** 3)
    assert (Value(2.0) * V).data.tolist() == [2, 4, 6]


def test_conditions_under_vmap_choose_sample_by_sample():
    x = np.array([1.0, 2.0, 3.0])
    assert vmap(lambda v: a.where(v > 1.5, 1.0, 0.0))(x).tolist() == [0, 1, 1]
    assert vmap(lambda v: np.where(v > 1.5, v, 0.0))(x).tolist() == [0, 2, 3]
    assert vmap(grad(lambda v: np.where(v > 1.5, v * v, 0.0)))(x).tolist() == [0, 4, 6]
    rows = np.array([[1.0, 2.0], [3.0, 0.0]])
    assert vmap(vmap(lambda v: a.where(v > 1.5, 1.0, 0.0)))(rows).tolist() == [[0, 1], [1, 0]]
    assert vmap(vmap(lambda v: np.where(v > 1.5, v, 0.0)))(rows).tolist() == [[0, 2], [3, 0]]


def test_numpys_where_of_a_batch_is_ours():
    v = Value(np.array([1.0, 2.0, 3.0]))
    chosen = np.where(v > 1.5, v, 0.0)
    assert chosen.data.tolist() == [0, 2, 3]
    chosen.backward()
    assert v.grad.tolist() == [0, 1, 1]


def test_a_comparison_is_one_truth_value_a_sample():
    x = np.array([-1.0, 2.0, 3.0])
    assert vmap(lambda x: x > 0)(x).tolist() == [0.0, 1.0, 1.0]
    rows = np.array([[1.0, -2.0], [3.0, 4.0], [5.0, 6.0]])
    assert vmap(lambda v: np.sum(a.where(v > 0, v, 0)))(rows).tolist() == [1.0, 7.0, 11.0]
    assert vmap(lambda v: np.sum(np.where(v > 0, v, 0)))(rows).tolist() == [1.0, 7.0, 11.0]
    assert vmap(lambda v: v > 0)(rows).tolist() == (rows > 0).tolist()


class Sizes(context.Observer):
    """Counts the samples of all nodes that are made."""

    total = 0

    def made(self, node):
        self.total += np.size(node.z)


def test_reverse_mode_through_a_map_is_linear_in_the_samples():
    def samples(n):
        counter = Sizes()
        with counter.watching():
            grad(lambda x: np.sum(vmap(lambda v: a.sin(v) * v)(x)))(np.linspace(0, 1, n))
        return counter.total

    assert samples(8000) < 5 * samples(2000)


def test_parts_of_many_samples_are_right_in_every_mode():
    x = np.linspace(0.1, 2, 100)
    f = vmap(lambda v: v * a.sin(v))
    slopes = np.sin(x) + x * np.cos(x)
    for mode in ("forward", "reverse"):
        assert np.allclose(jacobian(f, mode=mode)(x), np.diag(slopes))
    assert np.allclose(
        hessian(lambda x: np.sum(f(x)))(x[:40]), np.diag((2 * np.cos(x) - x * np.sin(x))[:40])
    )


def test_an_array_for_every_sample_knows_numpys_functions():
    f = vmap(lambda p, x: np.sin(p) * x + np.exp(p[0]), in_axes=(None, 0))
    p, x = np.array([0.5, 1.5]), np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(f(p, x), np.sin(p) * x[:, None] + np.exp(p[0]), rtol=1e-15)


def test_a_value_of_samples_is_passed_to_all_that_are_mapped_not_mapped_itself():
    X, each = np.arange(6.0).reshape(3, 2), Value(np.array([1.0, 2.0, 3.0]))

    def f(x, p):
        return x[0] * p + x[1]

    with pytest.raises(TransformError, match="argument 1 holds a single number.*in_axes=None"):
        vmap(f)(X, each)
    assert [v.data for v in vmap(f, (0, None))(X, each)] == [1.0, 7.0, 17.0]
