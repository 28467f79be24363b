"""Composites: values and derivatives by their definition, for numbers, sequences and batches."""

import math

import mpmath
import numpy as np
import pytest
from helpers import central_difference, close

import autograd as a
from autograd import Value

# name, ours, its definition on mpmath's numbers
OF_ONE = {
    "softplus": (a.softplus, lambda x: mpmath.log(1 + mpmath.exp(x))),
    "log_sigmoid": (a.log_sigmoid, lambda x: -mpmath.log(1 + mpmath.exp(-x))),
    "sigmoid": (a.sigmoid, lambda x: 1 / (1 + mpmath.exp(-x))),
    "relu": (a.relu, lambda x: max(x, 0)),
    "elu": (a.elu, lambda x: x if x > 0 else mpmath.exp(x) - 1),
    "elu, alpha": (lambda x: a.elu(x, 0.5), lambda x: x if x > 0 else (mpmath.exp(x) - 1) / 2),
    "leaky_relu": (a.leaky_relu, lambda x: x if x > 0 else 0.01 * x),
    "hard_tanh": (a.hard_tanh, lambda x: min(max(x, -1), 1)),
    "clip": (lambda x: a.clip(x, -0.5, 0.75), lambda x: min(max(x, -0.5), 0.75)),
    "sinc": (a.sinc, lambda x: mpmath.sin(mpmath.pi * x) / (mpmath.pi * x)),
    "degrees": (a.degrees, lambda x: x * 180 / mpmath.pi),
    "radians": (a.radians, lambda x: x * mpmath.pi / 180),
    "logaddexp": (
        lambda x: a.logaddexp(x, 0.3),
        lambda x: mpmath.log(mpmath.exp(x) + mpmath.exp(mpmath.mpf(0.3))),
    ),
}
POINTS = [-3.1, -1.3, -0.55, -0.04, -0.003, 0.0007, 0.015, 0.0162, 0.3, 0.71, 1.4, 3.2]


@pytest.mark.parametrize("name", OF_ONE)
def test_a_composite_is_its_definition_and_so_is_its_derivative(name):
    ours, definition = OF_ONE[name]
    with mpmath.workdps(40):
        for point in POINTS:
            x = Value(point)
            z = ours(x)
            z.backward()
            exact = mpmath.mpf(point)
            assert close(z.data, definition(exact), 1e-14), point
            assert close(ours(point), z.data, 0), "of a plain number"
            assert close(x.grad, mpmath.diff(definition, exact), 1e-13), point


@pytest.mark.parametrize("name", OF_ONE)
def test_a_composite_of_a_batch_is_that_of_its_samples(name):
    ours, _ = OF_ONE[name]
    x = Value(np.array(POINTS))
    z = ours(x)
    z.backward()
    for i, point in enumerate(POINTS):
        v = Value(point)
        expected = ours(v)
        expected.backward()
        assert close(z.data[i], expected.data, 1e-14)
        assert close(x.grad[i], v.grad, 1e-13)


@pytest.mark.parametrize("name", ["softplus", "log_sigmoid", "elu", "leaky_relu", "hard_tanh"])
def test_a_composite_of_one_number_is_a_method_too(name):
    assert getattr(Value(-0.7), name)().data == OF_ONE[name][0](-0.7)


def test_methods_take_settings():
    assert Value(-2.0).leaky_relu(0.1).data == -0.2
    assert Value(3.0).clip(0.0, 1.0).data == 1.0


def test_softmax_is_a_distribution_and_its_jacobian_is_diag_p_minus_p_p():
    xs = [Value(v) for v in (0.2, -1.0, 2.5)]
    p = a.softmax(xs)
    numbers = [v.data for v in p]
    assert math.fsum(numbers) == pytest.approx(1.0)
    for i, out in enumerate(p):
        out.zero_grad()
        out.backward()
        expected = [numbers[i] * ((i == j) - numbers[j]) for j in range(3)]
        assert [x.grad for x in xs] == pytest.approx(expected, abs=1e-15)


def test_log_softmax_is_stable_where_softmax_rounds_to_nothing():
    xs = [Value(0.0), Value(-2000.0)]
    out = a.log_softmax(xs)
    assert [v.data for v in out] == [0.0, -2000.0]
    out[1].backward()
    assert [x.grad for x in xs] == [-1.0, 1.0]


def test_a_composite_of_a_sequence_takes_any_iterable():
    xs = [Value(1.0), Value(2.0)]
    for f in (a.mean, a.logsumexp, a.sum, a.prod):
        assert f(x for x in xs).data == f(xs).data == f(tuple(xs)).data
    assert [v.data for v in a.softmax(x for x in xs)] == [v.data for v in a.softmax(xs)]


def test_the_mean_of_a_sequence_is_one_nth_to_each():
    xs = [Value(1.0), Value(2.0), Value(6.0)]
    a.mean(xs).backward()
    assert [x.grad for x in xs] == pytest.approx([1 / 3] * 3)
    assert a.mean([1.0, 2.0, 6.0]) == 3.0


def test_an_empty_sequence_has_the_neutral_result():
    assert (a.sum([]), a.prod([]), a.dot([], []), a.logsumexp([])) == (0.0, 1.0, 0.0, -math.inf)


@pytest.mark.parametrize("x", [1e-9, 0.0159, 0.01591, 0.01592, 0.05 / math.pi, -1e-3])
def test_sinc_is_smooth_where_its_series_meets_its_quotient(x):
    with mpmath.workdps(40):
        for order, tolerance in ((1, 1e-13), (2, 1e-11)):
            derivative = a.sinc
            for _ in range(order):
                derivative = a.grad(derivative)
            exact = mpmath.diff(lambda t: mpmath.sincpi(t), mpmath.mpf(x), order)
            assert close(derivative(x), exact, tolerance)


@pytest.mark.parametrize("slope", [0.0, 0.2, 1.0])
def test_a_slope_can_be_learned(slope):
    s, x = Value(slope), -1.5
    a.leaky_relu(Value(x), s).backward()
    assert s.grad == x
    alpha = Value(0.7)
    a.elu(Value(x), alpha).backward()
    assert alpha.grad == math.expm1(x)


def test_bounds_of_clip_can_be_learned():
    x, low, high = Value(2.0), Value(0.0), Value(1.0)
    a.clip(x, low, high).backward()
    assert (x.grad, low.grad, high.grad) == (0.0, 0.0, 1.0)


def test_generalised_rectifiers_are_one_formula():
    """max(0, z) + slope · min(0, z): slope -1 is |z|, 0 is relu, 0.01 leaky."""
    for z in (-1.5, 2.5):
        for slope, same in ((-1, abs), (0, a.relu), (0.01, a.leaky_relu)):
            x, y = Value(z), Value(z)
            f = a.maximum(0, x) + slope * a.minimum(0, x)
            f.backward()
            g = same(y)
            g.backward()
            assert (f.data, x.grad) == pytest.approx((g.data, y.grad))


def test_tanh_is_a_sigmoid_stretched():
    for z in POINTS:
        f = lambda x: 2 * a.sigmoid(2 * x) - 1
        assert f(z) == pytest.approx(math.tanh(z), abs=1e-15)
        assert a.grad(f)(z) == pytest.approx(a.grad(a.tanh)(z), rel=1e-12)


def test_weight_elimination_has_its_derivative():
    for w in (-2.0, 0.3, 50.0):
        x = Value(w)
        (x**2 / (1 + x**2)).backward()
        assert x.grad == pytest.approx(2 * w / (1 + w * w) ** 2, rel=1e-9)
        assert close(x.grad, central_difference(lambda v: v * v / (1 + v * v), (w,), (0,)), 1e-9)


def test_logaddexp_of_arrays_goes_element_by_element():
    x = np.array([1.0, 2.0])
    found = a.grad(lambda v: np.sum(a.logaddexp(v, 2 * v)))(x)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(x)) + 2 / (1 + np.exp(-x)))


def test_the_softmax_of_no_numbers_is_none():
    assert a.softmax([]) == a.log_softmax([]) == []
