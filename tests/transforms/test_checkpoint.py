"""checkpoint: the same results and gradients, from a graph that is not kept."""

import itertools
import pickle
import tracemalloc

import numpy as np
import pytest

from autograd import (
    Value,
    checkpoint,
    cos,
    exp,
    grad,
    hessian,
    jacobian,
    jvp,
    no_grad,
    sin,
    tanh,
    value_and_grad,
    vjp,
    vmap,
)
from autograd.value import topological_order


def wave(x):
    return sin(x) * exp(x / 3) + tanh(x * x)


def chained(segment, n):
    def f(x):
        for _ in range(n):
            x = segment(x)
        return x

    return f


def test_a_part_is_one_node_whose_parents_are_its_boundary():
    x, w = Value(0.5), Value(2.0)
    y = checkpoint(lambda v: wave(v) * w)(x)
    assert set(y.parents) == {x, w}
    assert topological_order(y) == [*y.parents, y] or len(topological_order(y)) == 3
    assert y.op.name == "checkpointed"


@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_chain_has_exactly_the_same_value_and_gradient(n):
    results = []
    for segment in (wave, checkpoint(wave)):
        x = Value(0.3)
        y = chained(segment, n)(x)
        y.backward()
        results.append((y.data, x.grad))
        y.backward()  # once more: recomputed again, and accumulated
        results.append((y.data, x.grad / 2))
    assert len(set(results)) == 1


@pytest.mark.parametrize("n", [1, 2, 5])
def test_transforms_of_a_chain_agree_exactly(n):
    plain, kept = chained(wave, n), chained(checkpoint(wave), n)
    assert value_and_grad(kept)(0.3) == value_and_grad(plain)(0.3)
    assert jvp(kept, (0.3,), (1.0,)) == pytest.approx(jvp(plain, (0.3,), (1.0,)), rel=1e-14)
    assert vjp(kept, 0.3)[1](2.0) == vjp(plain, 0.3)[1](2.0)


@pytest.mark.parametrize("modes", [*itertools.product(["forward", "reverse"], repeat=2)])
def test_second_order_in_every_combination(modes):
    def derivative(f):
        for mode in modes:
            f = jacobian(f, mode=mode)
        return f

    for n in (1, 3):
        expected = derivative(chained(wave, n))(0.3)
        assert derivative(chained(checkpoint(wave), n))(0.3) == pytest.approx(expected, rel=1e-12)
    third = grad(derivative(checkpoint(wave)))(0.3)
    assert third == pytest.approx(grad(derivative(wave))(0.3), rel=1e-11)


def test_shared_parameters_get_the_same_gradients_to_rounding():
    def loss(segment, w, b):
        x = 0.1
        for _ in range(20):
            x = segment(x, w, b)
        return x * x

    def layer(x, w, b):
        return tanh(w * x + b) + x

    expected = grad(loss, (1, 2))(layer, 0.7, 0.2)
    assert grad(loss, (1, 2))(checkpoint(layer), 0.7, 0.2) == pytest.approx(expected, rel=1e-13)
    w, b = Value(0.7), Value(0.2)
    loss(checkpoint(layer), w, b).backward()
    assert (w.grad, b.grad) == pytest.approx(expected, rel=1e-13)


def test_values_closed_over_get_their_gradients():
    w = Value(3.0)
    x = Value(2.0)
    y = checkpoint(lambda v: w * v * v + w)(x)
    y.backward()
    assert (x.grad, w.grad) == (12, 5)
    assert grad(lambda u: checkpoint(lambda v: u * v)(u) * u)(2.0) == 12


def test_several_results_in_a_nest_with_constants():
    @checkpoint
    def f(p, k=1):
        return {"s": p["a"] * p["b"][0] * k, "t": [sin(p["a"]), p["b"][0], 5.0, None]}

    a, b = Value(2.0), Value(3.0)
    out = f({"a": a, "b": [b]}, k=10)
    assert out["s"].data == 60
    assert out["t"][2:] == [5.0, None]
    (out["s"] + out["t"][0] + out["t"][1] * 100).backward()
    assert a.grad == 30 + np.cos(2.0)
    assert b.grad == 20 + 100
    f({"a": a, "b": [b]})["t"][0].backward()  # one result alone
    assert a.grad == pytest.approx(30 + 2 * np.cos(2.0))
    assert f.__name__ == "f"


def test_results_used_in_turn_by_two_parts_do_not_mix():
    f = checkpoint(lambda x: (x * x, x * x * x))
    x, y = Value(2.0), Value(5.0)
    (a, b), (c, d) = f(x), f(y)
    (a * c + b * d).backward()
    assert x.grad == 4 * 25 + 12 * 125
    assert y.grad == 4 * 10 + 8 * 75


def test_an_argument_that_is_handed_back_is_left_as_it_is():
    x = Value(2.0)
    same, twice = checkpoint(lambda v: (v, v * 2))(x)
    assert same is x
    (same * twice).backward()
    assert x.grad == 8


def test_arrays_and_batches():
    x = np.array([0.1, 0.2, 0.3])
    f = lambda v: (sin(v) * v[0]).sum()
    assert np.array_equal(grad(checkpoint(f))(x), grad(f)(x))
    assert hessian(checkpoint(f))(x) == pytest.approx(hessian(f)(x), rel=1e-13)
    batch, w = Value(x), Value(2.0)
    checkpoint(lambda v: (w * v * v).mean())(batch).backward()
    assert w.grad == pytest.approx(np.mean(x * x))
    assert batch.grad == pytest.approx(4 * x / 3)


def test_under_and_around_vmap():
    x = np.array([0.1, 0.2, 0.3])
    expected = vmap(grad(wave))(x)
    assert np.array_equal(vmap(grad(checkpoint(wave)))(x), expected)
    assert np.array_equal(np.diag(jacobian(vmap(checkpoint(wave)))(x)), expected)
    through = grad(lambda v: checkpoint(vmap(wave))(v).sum())(x)
    assert through == pytest.approx(expected, rel=1e-14)


def test_nested_checkpoints():
    inner = checkpoint(wave)
    outer = checkpoint(chained(inner, 3))
    assert value_and_grad(outer)(0.3) == value_and_grad(chained(wave, 3))(0.3)
    x = Value(0.3)
    outer(x).backward()
    assert x.grad == grad(chained(wave, 3))(0.3)
    assert grad(grad(outer))(0.3) == pytest.approx(grad(grad(chained(wave, 3)))(0.3), rel=1e-12)


def test_a_transform_inside_and_a_backward_after_it():
    w = Value(2.0)
    slope = checkpoint(lambda x: grad(lambda u: w * u**3)(x))(Value(3.0))
    slope.backward()
    assert slope.data == 54
    assert w.grad == 27


def test_without_gradients_there_is_no_graph():
    x = Value(0.3)
    with no_grad():
        y = checkpoint(wave)(x)
    assert y.parents == ()
    assert y.data == wave(0.3)
    assert checkpoint(wave)(0.3) == wave(0.3)  # plain numbers


def test_values_remember_that_grad_was_empty():
    x = Value(0.3)
    checkpoint(wave)(x)
    assert x.grad == 0
    x.grad = 5.0
    checkpoint(wave)(x).backward()
    assert x.grad == 5.0 + grad(wave)(0.3)


def test_an_error_forward_or_backward_leaves_gradients_as_they_were():
    calls = []

    @checkpoint
    def fails(x):
        calls.append(x)
        if len(calls) > 1:
            raise KeyError("second time")
        return x * x

    x = Value(3.0)
    x.grad = 7.0
    y = fails(x)
    with pytest.raises(KeyError):
        y.backward()
    assert x.grad == 7.0
    with pytest.raises(KeyError):
        fails(x)
    z = checkpoint(wave)(x)
    z.backward()
    assert x.grad == 7.0 + grad(wave)(3.0)


def test_a_result_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match=r"the result\[1\] is 'no'"):
        checkpoint(lambda x: [x, "no"])(1.0)


def test_memory_grows_with_the_segments_not_with_their_nodes():
    def segment(x):
        for _ in range(200):
            x = cos(x) + 0.5
        return x

    def peak(part, n):
        tracemalloc.start()
        try:
            x = Value(0.3)
            y = chained(part, n)(x)
            y.backward()
            return tracemalloc.get_traced_memory()[1], y.data, x.grad
        finally:
            tracemalloc.stop()

    (small, *_), (large, *result) = peak(checkpoint(segment), 5), peak(checkpoint(segment), 40)
    plain, *expected = peak(segment, 40)
    assert result == expected
    assert plain > 10 * large
    assert large < 2 * small  # eight times as many segments


def test_a_result_that_nobody_asks_for_does_not_keep_a_stale_run():
    w = Value(2.0)
    y, _, _ = checkpoint(lambda v: (v * v, v * 3, 1.0))(w)
    y.backward()
    w.zero_grad()
    w.data = 5.0
    y.backward()  # with the numbers that its Values hold then
    assert w.grad == 10.0


def test_a_part_made_under_vmap_runs_again_when_vmap_has_ended():
    def total(w):
        return np.sum(vmap(checkpoint(lambda x: grad(lambda y: w * y * y)(x)))(np.arange(3.0)))

    assert grad(total)(2.0) == 6.0


def test_each_result_used_in_a_pass_of_its_own_sees_the_numbers_of_that_pass():
    x = Value(2.0)
    y, z = checkpoint(lambda v: (v * v, v * v * v))(x)
    y.backward()
    assert x.grad == 4
    x.data, x.grad = 3.0, 0.0
    z.backward()
    assert x.grad == 27


def test_a_graph_with_a_checkpoint_says_why_it_is_not_pickled():
    y = checkpoint(lambda v: v * v)(Value(2.0)) + 1
    with pytest.raises(pickle.PicklingError, match="checkpoint"):
        pickle.dumps(y)


def test_a_block_of_no_grad_around_the_sweep_changes_nothing():
    """The part is run again by the sweep, in a block in which it would make no graph."""
    part = checkpoint(lambda x: x * x * x)
    with no_grad():
        assert grad(part)(2.0) == 12.0
        assert grad(grad(part))(2.0) == 12.0
        assert vmap(grad(part))(np.array([1.0, 2.0])).tolist() == [3.0, 12.0]
    x = Value(2.0)
    y = part(x)
    with no_grad():
        y.backward()
    assert x.grad == 12.0
