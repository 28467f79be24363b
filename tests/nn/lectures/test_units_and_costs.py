"""Worked examples 17 and 18 of the lectures: hidden units, outputs and costs, and their slopes."""

import math

import numpy as np
import pytest

from autograd import Value, exp, grad, log_softmax, maximum, minimum, sigmoid, square, vmap
from nn import (
    RBF,
    Maxout,
    PReLU,
    RReLU,
    binary_cross_entropy_with_logits,
    cross_entropy,
    gaussian_nll_loss,
    hinge_loss,
)
from nn.layers.activations import ACTIVATIONS

Z = np.array([-30.0, -2.5, -1.0, -0.3, 0.4, 1.0, 1.7, 30.0])


def logistic(z):
    return 1 / (1 + np.exp(-z))


def step(z, left, right):
    return np.where(z > 0, right, left)


UNITS = {  # name: its value, its derivative by hand
    "linear": (lambda z: z, np.ones_like),
    "sigmoid": (logistic, lambda z: logistic(z) * (1 - logistic(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "hard_tanh": (lambda z: np.clip(z, -1, 1), lambda z: 1.0 * (np.abs(z) < 1)),
    "relu": (lambda z: np.maximum(z, 0), lambda z: step(z, 0.0, 1.0)),
    "abs": (np.abs, np.sign),
    "leaky_relu": (lambda z: step(z, 0.01, 1.0) * z, lambda z: step(z, 0.01, 1.0)),
    "elu": (lambda z: step(z, np.expm1(z), z), lambda z: step(z, np.exp(z), 1.0)),
    "softplus": (lambda z: np.logaddexp(z, 0), logistic),
}


def derivative(function, z=Z):
    """The derivative at every z; a unit with parameters makes Values."""
    return [getattr(d, "data", d) for d in vmap(grad(function))(z).tolist()]


def values(function):
    return [getattr(v := function(float(z)), "data", v) for z in Z]


@pytest.mark.parametrize("name", UNITS)
def test_17_a_unit_has_the_value_and_the_derivative_derived_by_hand(name):
    value, by_hand = UNITS[name]
    np.testing.assert_allclose(values(ACTIVATIONS[name]), value(Z), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(derivative(ACTIVATIONS[name]), by_hand(Z), rtol=1e-12, atol=1e-15)


def test_17_no_unit_is_left_out():
    assert ACTIVATIONS.keys() == UNITS.keys()


def test_17_a_relu_has_derivative_0_at_0():
    assert derivative(ACTIVATIONS["relu"], np.zeros(1)) == [0.0]


def test_17_tanh_is_a_sigmoid_stretched():
    np.testing.assert_allclose(values(ACTIVATIONS["tanh"]), 2 * logistic(2 * Z) - 1, atol=1e-15)


@pytest.mark.parametrize(
    ("slope", "unit"),
    [(0.0, ACTIVATIONS["relu"]), (0.01, ACTIVATIONS["leaky_relu"]), (-1.0, ACTIVATIONS["abs"])],
)
def test_17_rectifiers_are_one_family(slope, unit):
    def general(z):
        return maximum(0.0, z) + slope * minimum(0.0, z)

    np.testing.assert_allclose(values(general), values(unit), rtol=1e-15)
    np.testing.assert_allclose(derivative(general), derivative(unit), rtol=1e-15)


def test_17_the_slope_of_a_prelu_is_learned():
    unit = PReLU(0.25)
    for z, expected in ((3.0, 0.0), (-3.0, -3.0)):
        unit.zero_grad()
        assert unit(z).data == (z if z > 0 else 0.25 * z)
        unit(z).backward()
        assert unit.weight[0].grad == expected  # ∂a/∂slope = min(0, z)
    np.testing.assert_allclose(derivative(unit), step(Z, 0.25, 1.0))


def test_17_the_slope_of_a_randomised_relu_is_drawn_in_training_and_fixed_in_testing():
    unit = RReLU(0.1, 0.3, seed=0)
    slopes = [-unit(-1.0) for _ in range(50)]
    assert len(set(slopes)) == 50
    assert 0.1 <= min(slopes) < 0.15 < 0.25 < max(slopes) <= 0.3
    assert {round(-unit.eval()(-1.0), 12) for _ in range(5)} == {0.2}


@pytest.mark.parametrize(
    ("pieces", "unit"),
    [
        ((0.0, 1.0), ACTIVATIONS["relu"]),
        ((-1.0, 1.0), ACTIVATIONS["abs"]),
        ((0.25, 1.0), PReLU(0.25)),
    ],
)
def test_17_maxout_of_two_pieces_is_a_relu_an_absolute_value_and_a_prelu(pieces, unit):
    maxout = Maxout(1, 1, k=2)
    maxout.load_state_dict({"weight": [[[w]] for w in pieces], "bias": np.zeros((2, 1))})
    np.testing.assert_allclose(values(lambda z: maxout([z])), values(unit))
    np.testing.assert_allclose(derivative(lambda z: maxout([z])), derivative(unit))


def test_17_a_radial_basis_falls_with_the_distance_from_its_centre():
    centre, sigma, x = np.array([0.5, -1.0]), 0.8, np.array([1.0, -0.2])
    unit = RBF(2, 1, sigma)
    unit.load_state_dict({"weight": [centre]})
    point = [Value(v) for v in x]
    a = unit(point)
    a.backward()
    expected = math.exp(-((x - centre) @ (x - centre)) / sigma**2)
    assert a.data == pytest.approx(expected, rel=1e-14)
    slope = -2 * (x - centre) / sigma**2 * expected
    np.testing.assert_allclose([v.grad for v in point], slope)
    np.testing.assert_allclose([w.grad for w in unit.weight[0]], -slope)


# ------------------------------------------------------------------------------ outputs and costs


def cost(loss, z, *target):
    v = Value(z)
    result = loss(v, *target)
    result.backward()
    return result.data, v.grad


def test_18_a_gaussian_likelihood_is_the_squared_error():
    for z, y in ((0.3, 1.0), (-2.0, 0.5)):
        value, slope = cost(gaussian_nll_loss, z, y, 1.0)
        assert (value, slope) == pytest.approx(((z - y) ** 2 / 2, z - y))
        density = math.exp(-((z - y) ** 2) / 2) / math.sqrt(2 * math.pi)
        full = gaussian_nll_loss(z, y, 1.0, full=True)
        assert full == pytest.approx(-math.log(density))


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("z", [-800.0, -3.0, 0.0, 2.0, 800.0])
def test_18_a_bernoulli_cost_is_minus_the_log_of_a_sigmoid_stable_when_saturated(y, z):
    value, slope = cost(binary_cross_entropy_with_logits, z, y)
    wrong = (1 - 2 * y) * z  # how far z is on the wrong side
    assert value == pytest.approx(np.logaddexp(0, wrong), abs=1e-14)
    assert slope == pytest.approx((0.0 if z < -700 else logistic(z)) - y, abs=1e-14)


def test_18_a_categorical_cost_is_a_log_softmax_stable_at_a_thousand():
    z = [Value(1000.0), Value(-1000.0), Value(999.0)]
    assert cross_entropy(z, 1).data == pytest.approx(2000 + math.log1p(math.exp(-1)), rel=1e-15)
    cross_entropy(z, 1).backward()
    softmax = [1 / (1 + math.exp(-1)), 0.0, math.exp(-1) / (1 + math.exp(-1))]
    assert [v.grad for v in z] == pytest.approx([softmax[0], -1.0, softmax[2]])
    assert [exp(v).data for v in log_softmax(z)] == pytest.approx(softmax)


@pytest.mark.parametrize(
    ("z", "y", "value", "slope"), [(2.0, 1, 0.0, 0.0), (0.25, 1, 0.75, -1.0), (0.5, -1, 1.5, 1.0)]
)
def test_18_a_hinge_cost_is_0_beyond_the_margin_and_linear_within(z, y, value, slope):
    assert cost(hinge_loss, z, y) == (value, slope)


def test_18_cross_entropy_learns_through_a_saturated_sigmoid_and_squared_error_does_not():
    _, squared = cost(lambda z, y: square(sigmoid(z) - y), -20.0, 1)
    _, entropy = cost(binary_cross_entropy_with_logits, -20.0, 1)
    s = logistic(-20.0)
    assert squared == pytest.approx(2 * (s - 1) * s * (1 - s))
    assert abs(squared) < 1e-8
    assert entropy == pytest.approx(-1.0)
