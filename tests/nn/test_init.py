"""Initialisers: their spread is the formula's, the same seed gives the same numbers."""

import math
import random
import statistics

import pytest

from nn import init

FAN_IN, FAN_OUT = 50, 30
SPREADS = [  # initialiser, standard deviation, largest absolute value
    (init.uniform(0.5), 0.5 / math.sqrt(3), 0.5),
    (init.normal(0.2), 0.2, math.inf),
    (init.inverse_sqrt, 1 / math.sqrt(FAN_IN), math.inf),
    (init.xavier_uniform, math.sqrt(2 / (FAN_IN + FAN_OUT)), math.sqrt(6 / (FAN_IN + FAN_OUT))),
    (init.xavier_normal, math.sqrt(2 / (FAN_IN + FAN_OUT)), math.inf),
    (init.he_uniform, math.sqrt(2 / FAN_IN), math.sqrt(6 / FAN_IN)),
    (init.he_normal, math.sqrt(2 / FAN_IN), math.inf),
]


def drawn(initialiser, seed=0, count=20_000):
    rng = random.Random(seed)
    return [initialiser(FAN_IN, FAN_OUT, rng) for _ in range(count)]


@pytest.mark.parametrize(("initialiser", "deviation", "largest"), SPREADS)
def test_weights_have_mean_zero_and_the_formulas_deviation(initialiser, deviation, largest):
    weights = drawn(initialiser)
    assert statistics.mean(weights) == pytest.approx(0, abs=0.03 * deviation)
    assert statistics.pstdev(weights) == pytest.approx(deviation, rel=0.02)
    assert max(map(abs, weights)) <= largest


@pytest.mark.parametrize("initialiser", [case[0] for case in SPREADS])
def test_the_same_seed_gives_the_same_weights_and_global_random_state_is_left_alone(initialiser):
    before = random.getstate()
    first, again, other = (drawn(initialiser, seed, 10) for seed in (1, 1, 2))
    assert first == again != other
    assert random.getstate() == before


def test_zeros_and_constant_give_one_value():
    assert set(drawn(init.zeros, count=5)) == {0.0}
    assert set(drawn(init.constant(0.1), count=5)) == {0.1}


@pytest.mark.parametrize("factory", [init.uniform, init.normal])
@pytest.mark.parametrize("spread", [-1.0, math.inf, math.nan])
def test_a_spread_that_is_negative_or_not_finite_is_an_error(factory, spread):
    with pytest.raises(ValueError, match="finite"):
        factory(spread)


def test_layers_draw_every_weight_with_the_initialiser():
    from nn import MLP

    model = MLP(3, [5, 1], init=init.constant(0.25), seed=0)
    weights = [p.data for name, p in model.named_parameters() if "weight" in name]
    assert weights == [0.25] * 20
