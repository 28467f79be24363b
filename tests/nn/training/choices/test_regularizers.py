"""Penalties on the weights: their values, their derivatives and what they shrink."""

import pytest

from autograd import Value
from nn import MLP
from nn.training.choices.regularizers import l1, l2, weight_elimination

NUMBERS = [0.5, -3.0, 0.0, 10.0]


def gradients(penalty):
    weights = [Value(w) for w in NUMBERS]
    result = penalty(weights)
    result.backward()
    return result.data, [w.grad for w in weights]


def test_l2_is_the_sum_of_squares_with_derivative_2w():
    assert gradients(l2) == (109.25, [1.0, -6.0, 0.0, 20.0])


def test_l1_is_the_sum_of_absolute_values_with_derivative_sign_w():
    assert gradients(l1) == (13.5, [1.0, -1.0, 0.0, 1.0])


def test_weight_elimination_has_pytorchs_value_and_gradient():
    value, gradient = gradients(weight_elimination)
    assert value == pytest.approx(2.09009900990099, rel=1e-14)
    assert gradient == pytest.approx([0.64, -0.06, 0.0, 0.001960592098813857], rel=1e-13)


def test_l2_is_one_node():
    weights = [Value(w) for w in NUMBERS]
    assert l2(weights).parents == (*weights, *weights)


@pytest.mark.parametrize("penalty", [l1, l2, weight_elimination])
def test_weights_may_come_from_a_generator_and_none_cost_nothing(penalty):
    assert penalty(iter([1.0, 1.0])) == penalty([1.0, 1.0]) > 0
    assert penalty([]) == 0


@pytest.mark.parametrize("penalty", [l1, l2, weight_elimination])
def test_a_rate_in_the_place_of_the_weights_is_told_where_it_goes(penalty):
    with pytest.raises(TypeError, match=rf"given 0.001; .*0.001 \* {penalty.__name__}\(weights\)"):
        penalty(1e-3)


def test_a_model_in_place_of_its_weights_is_told_so():
    with pytest.raises(
        TypeError, match=r"l1 takes the weights of the model: l1\(model.parameters\(\)\)"
    ):
        l1(MLP(2, [1]))
