"""Worked examples 19-21 of the lectures: a network that learns the noise, and what helps it."""

import numpy as np
import pytest

from autograd import Value
from nn import (
    MLP,
    Adam,
    Dropout,
    Layer,
    Sequential,
    augment,
    fit,
    init,
    l1,
    l2,
    mse_loss,
    predict,
    weight_elimination,
)

RNG = np.random.default_rng(0)
X = np.sort(RNG.uniform(-3, 3, (12, 1)), axis=0)  # twelve noisy samples of sin(1.5 x)
Y = np.sin(1.5 * X[:, 0]) + RNG.normal(0, 0.3, 12)
X_TEST = np.linspace(-2.8, 2.8, 60)[:, np.newaxis]
TEST = (X_TEST, np.sin(1.5 * X_TEST[:, 0]))
X_VALIDATION = RNG.uniform(-3, 3, (30, 1))  # what chooses is neither trained on nor judged by
VALIDATION = (X_VALIDATION, np.sin(1.5 * X_VALIDATION[:, 0]) + RNG.normal(0, 0.3, 30))
WIDE = 20


def learn(model, samples=X, targets=Y, **settings):
    """(history, error on the training data, error on the test data) after 500 epochs."""
    optimizer = Adam(model.parameters(), lr=0.05)
    settings = {"epochs": 500, "progress": False, **settings}
    history = fit(model, samples, targets, loss=mse_loss, optimizer=optimizer, **settings)
    return history, mse_loss(predict(model, X), Y), mse_loss(predict(model, X_TEST), TEST[1])


def net(width=WIDE, **settings):
    return MLP(1, [width, 1], "tanh", seed=0, **settings)


@pytest.fixture(scope="module")
def plain():
    """What the wide network does without a remedy, watched on the validation data."""
    return learn(net(), validation=VALIDATION)


def slope(penalty, w):
    v = Value(w)
    penalty([v]).backward()
    return v.grad


@pytest.mark.parametrize("w", [-3.0, -0.2, 0.0, 0.5, 40.0])
def test_19_the_penalties_have_the_derivatives_of_the_lecture(w):
    assert slope(l2, w) == 2 * w
    assert slope(l1, w) == np.sign(w)
    assert slope(weight_elimination, w) == pytest.approx(2 * w / (1 + w**2) ** 2, rel=1e-12)


def test_19_weight_elimination_shrinks_small_weights_as_l2_does_and_large_ones_hardly():
    assert slope(weight_elimination, 0.01) == pytest.approx(slope(l2, 0.01), rel=1e-3)
    assert slope(weight_elimination, 100.0) == pytest.approx(2 / 100.0**3, rel=1e-3)
    large, small = ({p: slope(p, w) / w for p in (l1, l2, weight_elimination)} for w in (5.0, 0.1))
    assert small[l2] == large[l2]  # in proportion
    assert small[l1] == 50 * large[l1]
    assert small[weight_elimination] > 500 * large[weight_elimination]


def test_20_the_error_on_validation_data_is_lowest_in_the_middle_of_training(plain):
    history, _, _ = plain
    lowest = int(np.argmin(history.validation))
    assert 50 < lowest < 400
    assert history.validation[lowest] < 0.8 * history.validation[-1]
    assert history.loss[-1] < history.loss[lowest]  # what it learned after that was the noise


def test_20_early_stopping_keeps_the_weights_of_the_lowest_validation_error(plain):
    model = net()
    history, _, test = learn(model, validation=VALIDATION, patience=60)
    assert len(history.loss) < 500
    kept = mse_loss(predict(model, X_VALIDATION), VALIDATION[1])
    assert kept == pytest.approx(min(history.validation), rel=1e-12)
    assert kept == pytest.approx(min(plain[0].validation), rel=1e-12)
    assert test < 0.8 * plain[2]


def test_20_initial_weights_of_one_over_root_n_generalise_better_than_large_ones():
    _, _, small = learn(net(init=init.inverse_sqrt))
    _, _, large = learn(net(init=init.uniform(10.0)))
    assert small < large / 10


def test_20_validation_chooses_the_number_of_units_and_the_test_agrees():
    models = {width: net(width) for width in (1, 4, WIDE)}
    test = {width: learn(model, epochs=300)[2] for width, model in models.items()}
    errors = {w: mse_loss(predict(m, X_VALIDATION), VALIDATION[1]) for w, m in models.items()}
    chosen = min(errors, key=errors.get)
    assert chosen == 4
    assert test[chosen] < 0.8 * max(test.values())


def test_21_a_network_overfits_as_its_units_grow(plain):
    errors = {width: learn(net(width))[1:] for width in (1, 4)} | {WIDE: plain[1:]}
    training = {width: error for width, (error, _) in errors.items()}
    test = {width: error for width, (_, error) in errors.items()}
    assert training[1] > 5 * training[4]
    assert training[WIDE] < 1.1 * training[4]
    assert test[1] > test[4]  # too few units learn too little
    assert test[WIDE] > 2 * test[4]  # too many learn the noise
    assert test[WIDE] > 3 * training[WIDE]


@pytest.mark.parametrize(("penalty", "rate"), [(l2, 0.01), (l1, 0.005), (weight_elimination, 0.01)])
def test_21_each_penalty_lowers_the_error_of_the_wide_network(penalty, rate, plain):
    _, training, test = learn(net(), regularizer=lambda weights: rate * penalty(weights))
    assert test < 0.75 * plain[2]
    assert training > plain[1]


def test_21_dropout_lowers_the_error_of_the_wide_network(plain):
    model = Sequential(
        Layer(1, WIDE, "tanh", seed=0), Dropout(0.1), Layer(WIDE, 1, "linear", seed=1)
    )
    assert learn(model)[2] < 0.75 * plain[2]


def test_21_noisy_copies_of_the_samples_lower_the_error_of_the_wide_network(plain):
    samples, targets = augment(X, Y, copies=10, noise=0.2)
    assert learn(net(), samples, targets)[2] < 0.75 * plain[2]
