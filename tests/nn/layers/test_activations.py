"""Worked example 17: every activation against its formula, its derivative against differences."""

import math

import numpy as np
import pytest

from autograd import Value
from nn import ACTIVATIONS, linear
from nn.layers.activations import activation_function

FORMULAS = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": lambda z: 2 / (1 + math.exp(-2 * z)) - 1,
    "hard_tanh": lambda z: max(-1.0, min(1.0, z)),
    "relu": lambda z: max(0.0, z),
    "abs": abs,
    "leaky_relu": lambda z: max(0.0, z) + 0.01 * min(0.0, z),
    "elu": lambda z: z if z >= 0 else math.exp(z) - 1,
    "softplus": lambda z: math.log(1 + math.exp(z)),
}
POINTS = (-2.5, -0.75, -0.1, 0.1, 0.75, 2.5)


def test_every_activation_has_its_formula_here():
    assert ACTIVATIONS.keys() == FORMULAS.keys()


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("z", POINTS)
def test_an_activation_is_its_formula(name, z):
    assert ACTIVATIONS[name](Value(z)).data == pytest.approx(FORMULAS[name](z), rel=1e-13)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("z", POINTS)
def test_a_derivative_is_the_slope(name, z):
    x, h, f = Value(z), 1e-6, FORMULAS[name]
    (ACTIVATIONS[name](x) * 1).backward()
    assert x.grad == pytest.approx((f(z + h) - f(z - h)) / (2 * h), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_batch_is_its_samples(name):
    batch = ACTIVATIONS[name](Value(np.array(POINTS)))
    assert batch.data == pytest.approx([ACTIVATIONS[name](z) for z in POINTS], rel=1e-15)


def test_the_kinks_have_their_derivatives_of_least_norm():
    for name, at, derivative in [
        ("relu", 0.0, 0.0),
        ("abs", 0.0, 0.0),
        ("leaky_relu", 0.0, 0.01),
        ("elu", 0.0, 1.0),
        ("hard_tanh", 1.0, 0.0),
        ("hard_tanh", -1.0, 0.0),
    ]:
        z = Value(at)
        ACTIVATIONS[name](z).backward()
        assert z.grad == derivative, name


@pytest.mark.parametrize("z", [-3.0, -0.5, 0.5, 3.0])
@pytest.mark.parametrize(("slope", "name"), [(0.0, "relu"), (0.01, "leaky_relu"), (-1.0, "abs")])
def test_the_rectifiers_are_one_family(slope, name, z):
    x = Value(z)
    family = x.relu() - slope * (-x).relu()  # max(0, z) + a min(0, z)
    assert family.data == ACTIVATIONS[name](z)
    family.backward()
    other = Value(z)
    ACTIVATIONS[name](other).backward()
    assert x.grad == other.grad


def test_tanh_is_a_sigmoid_stretched():
    for z in POINTS:
        assert ACTIVATIONS["tanh"](z) == pytest.approx(2 * ACTIVATIONS["sigmoid"](2 * z) - 1)


def test_a_function_is_its_own_activation():
    assert activation_function(linear) is linear
    assert activation_function("linear") is linear


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="no activation is called 'swish'.*relu, abs, leaky_relu"):
        activation_function("swish")
