"""The lectures' experiments on networks, each against its hand-derived numbers, with nn's modules."""

import math
import random

import numpy as np
import pytest

import autograd
from autograd import Value, sigmoid
from nn import (
    MLP,
    SGD,
    Adam,
    Dropout,
    Layer,
    Maxout,
    Neuron,
    Sequential,
    accuracy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    fit,
    hinge_loss,
    l1,
    l2,
    mse_loss,
    predict,
    trace,
    weight_elimination,
)
from nn.data import augment, make_xor
from nn.init import constant, inverse_sqrt, normal, uniform, zeros


def loaded(model, *arrays):
    """A model with the weights and biases of its layers, in order."""
    model.load_state_dict(dict(zip(model.state_dict(), arrays, strict=True)))
    return model


def descend(model, X, y, rate, steps, loss=mse_loss, **settings):
    optimizer = SGD(model.parameters(), lr=rate)
    return fit(
        model, X, y, loss=loss, optimizer=optimizer, epochs=steps, progress=False, **settings
    )


# ---------------------------------------------------------------------------- gradient descent


def test_4_one_weight_over_a_data_set():
    x, y = np.array([1.0, 2.0, -1.5]), np.array([2.0, 3.0, -4.0])
    w = Value(0.7)
    mse_loss(w * x, y).backward()
    assert w.grad == pytest.approx(np.mean(2 * (0.7 * x - y) * x), rel=1e-14)


def test_5_one_neuron_descends_where_the_gradient_points():
    x, y = np.array([[0.5], [-1.0], [2.0]]), np.array([0.2, 0.9, 0.4])
    neuron = loaded(Neuron(1, "sigmoid"), [0.3], -0.2)
    mse_loss(neuron(x), y).backward()
    s = 1 / (1 + np.exp(-(0.3 * x[:, 0] - 0.2)))
    delta = 2 * (s - y) * s * (1 - s)
    assert neuron.weight[0].grad == pytest.approx(np.mean(delta * x[:, 0]), rel=1e-14)
    assert neuron.bias.grad == pytest.approx(np.mean(delta), rel=1e-14)
    history = descend(neuron, x, y, 1.0, 400)
    assert np.all(np.diff(history.loss) <= 1e-15)
    assert history.loss[-1] < history.loss[0]


def test_5_a_derivative_is_zero_where_the_target_is_met_or_the_input_is_zero():
    neuron = loaded(Neuron(1, "sigmoid"), [0.3], 0.0)
    mse_loss(neuron([0.0]), 0.2).backward()
    assert neuron.weight[0].grad == 0.0 != neuron.bias.grad
    neuron.zero_grad()
    mse_loss(neuron([2.0]), neuron([2.0]).data).backward()
    assert neuron.weight[0].grad == neuron.bias.grad == 0.0


def overlapping_classes():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(80, 2))
    return X, (X @ [1.5, -0.5] + 0.3 + rng.logistic(size=80) > 0).astype(int)


def test_6_logistic_regression_has_its_gradient_and_one_optimum():
    from sklearn.linear_model import LogisticRegression

    X, y = overlapping_classes()
    neuron = Neuron(2, "linear", seed=0)
    binary_cross_entropy_with_logits(neuron(X), y).backward()
    z = X @ [w.data for w in neuron.weight] + neuron.bias.data
    by_hand = -((y - 1 / (1 + np.exp(-z))) @ X) / len(X)
    assert [w.grad for w in neuron.weight] == pytest.approx(by_hand, rel=1e-12)

    best = LogisticRegression(C=np.inf, tol=1e-10).fit(X, y)
    for start in ([3.0, -3.0], [-2.0, 2.0]):
        loaded(neuron, start, 1.0)
        descend(neuron, X, y, 2.0, 400, binary_cross_entropy_with_logits)
        assert [w.data for w in neuron.weight] == pytest.approx(best.coef_[0], rel=1e-5)
        assert neuron.bias.data == pytest.approx(best.intercept_[0], rel=1e-5)


@pytest.mark.parametrize("batch_size", [None, 16, 1])
def test_7_full_batch_mini_batch_and_stochastic_descent_come_near_one_optimum(batch_size):
    X, y = overlapping_classes()
    optimum = Neuron(2, "linear", init=zeros)
    best = descend(optimum, X, y, 2.0, 200, binary_cross_entropy_with_logits).loss[-1]
    neuron = Neuron(2, "linear", init=zeros)
    steps = 60 if batch_size is None else 20
    rate = {None: 1.0, 16: 0.3, 1: 0.02}[batch_size]
    descend(neuron, X, y, rate, steps, binary_cross_entropy_with_logits, batch_size=batch_size)
    reached = binary_cross_entropy_with_logits(neuron(X), y).data
    assert best <= reached < best + 0.02


# ---------------------------------------------------------------------------- networks by hand


def test_8_a_chain_of_two_neurons():
    model = loaded(MLP(1, [1, 1], "sigmoid", output="sigmoid"), [[0.8]], [-0.3], [[-1.2]], [0.4])
    loss = mse_loss(model([1.5]), 0.5)
    loss.backward()
    assert loss.data == pytest.approx(0.012406706306518625, rel=1e-14)
    assert [p.grad for p in model.parameters()] == pytest.approx(
        [0.01957840938720329, 0.013052272924802192, -0.03762973668192941, -0.05292884592082979],
        rel=1e-13,
    )


def test_9_three_hidden_units_and_two_outputs():
    model = loaded(
        MLP(1, [3, 2], "sigmoid", output="sigmoid"),
        [[0.5], [-0.4], [0.3]],
        [0.1, 0.2, -0.1],
        [[0.7, -0.2, 0.6], [-0.3, 0.8, 0.1]],
        [0.05, -0.15],
    )
    loss = mse_loss(model([2.0]), [1.0, 0.0], reduction="sum")
    loss.backward()
    assert loss.data == pytest.approx(0.3289373021606893, rel=1e-14)
    assert [p.grad for p in model.parameters()] == pytest.approx(
        [
            *(-0.0596395365375495, 0.10129822213939235, -0.022775309197451188),
            *(-0.02981976826877475, 0.050649111069696176, -0.011387654598725594),
            *(-0.09138805130026924, -0.04316207062466341, -0.07582083182616253),
            *(0.184772223445318, 0.0872668980720394, 0.15329776136666903),
            *(-0.12180849097364553, 0.24627755370086465),
        ],
        rel=1e-13,
    )


@pytest.fixture
def step_by_step():
    return loaded(
        MLP(2, [2, 2], "sigmoid", output="sigmoid"),
        [[0.15, 0.20], [0.25, 0.30]],
        [0.35, 0.35],
        [[0.40, 0.45], [0.50, 0.55]],
        [0.60, 0.60],
    )


def half_squares(predictions, targets):
    return mse_loss(predictions, targets, reduction="sum") / 2


def test_10_the_step_by_step_example(step_by_step):
    x, targets = [0.05, 0.10], [0.01, 0.99]
    units = trace(step_by_step, x)
    loss = half_squares(units.output, targets)
    loss.backward()
    assert [u.a.data for u in units] == pytest.approx(
        [0.5932699921, 0.5968843783, 0.7513650696, 0.7729284653], abs=1e-10
    )
    assert loss.data == pytest.approx(0.2983711088, abs=1e-10)
    first, second = step_by_step.layers
    assert second.weight[0][0].grad == pytest.approx(0.0821670406, abs=1e-10)
    assert first.weight[0][0].grad == pytest.approx(0.0004385677, abs=1e-10)


def test_10_after_one_step_and_after_ten_thousand(step_by_step):
    x, targets = [0.05, 0.10], [0.01, 0.99]
    weights = [w for layer in step_by_step.layers for row in layer.weight for w in row]
    optimizer = SGD(weights, lr=0.5)  # the biases are fixed

    def step():
        loss = half_squares(step_by_step(x), targets)
        step_by_step.zero_grad()
        loss.backward()
        optimizer.step()

    step()
    assert weights[4].data == pytest.approx(0.3589164797, abs=1e-10)
    assert weights[0].data == pytest.approx(0.1497807161, abs=1e-10)
    assert half_squares(step_by_step(x), targets).data == pytest.approx(0.2910277737, abs=1e-10)
    for _ in range(9_999):
        step()
    outputs = step_by_step(x)
    assert half_squares(outputs, targets).data == pytest.approx(3.5101878e-05, rel=1e-7)
    assert [v.data for v in outputs] == pytest.approx([0.0159136204, 0.9840642735], abs=1e-10)


def test_11_deltas_of_tanh_units_under_a_linear_output():
    model, x, y = MLP(2, [3, 2], "tanh", seed=0), [0.5, -1.0], [0.3, -0.2]
    units = trace(model, x)
    half_squares(units.output, y).backward()
    hidden, out = units[:3], units[3:]
    deltas = [u.a.data - t for u, t in zip(out, y)]
    assert [u.delta for u in out] == pytest.approx(deltas, rel=1e-14)
    for j, u in enumerate(hidden):
        back = sum(model.layers[1].weight[k][j].data * deltas[k] for k in range(2))
        assert u.delta == pytest.approx((1 - u.a.data**2) * back, rel=1e-13)
        grads = [w.grad for w in model.layers[0].weight[j]]
        assert grads == pytest.approx([u.delta * xi for xi in x], rel=1e-14)


def test_11_deltas_of_sigmoid_outputs_under_cross_entropy_over_a_training_set():
    X, Y = np.array([[0.5, -1.0], [2.0, 0.3], [-0.7, 0.1]]), np.array([1.0, 0.0, 1.0])
    model = MLP(2, [3, 1], "sigmoid", seed=0)
    units = trace(model, X)
    binary_cross_entropy_with_logits(units.output, Y).backward()
    delta = 1 / (1 + np.exp(-units.output.data)) - Y
    assert units[3].delta * len(X) == pytest.approx(delta, rel=1e-13)
    for j, u in enumerate(units[:3]):
        a = u.a.data
        below = model.layers[1].weight[0][j].data * delta * a * (1 - a)
        grads = [w.grad for w in model.layers[0].weight[j]]
        assert grads == pytest.approx(below @ X / len(X), rel=1e-12)


@pytest.mark.parametrize(("nin", "nouts", "count"), [(3, [5, 1], 26), (4, [7, 3, 2], 67)])
def test_12_a_network_has_so_many_weights(nin, nouts, count):
    assert len(MLP(nin, nouts).parameters()) == count


# ---------------------------------------------------------------------------- what networks can do


def perceptron(bias, *weights):
    return loaded(Neuron(len(weights), autograd.sign), [float(w) for w in weights], float(bias))


def test_13_logic_by_perceptrons():
    both, either = perceptron(-1, 1, 1), perceptron(1, 1, 1)
    negation = perceptron(0, -1)
    for g1 in (-1.0, 1.0):
        assert negation([g1]).data == -g1
        for g2 in (-1.0, 1.0):
            assert both([g1, g2]).data == min(g1, g2)
            assert either([g1, g2]).data == max(g1, g2)
            exclusive = either([both([-g1, g2]), both([g1, -g2])])
            assert exclusive.data == -g1 * g2


def test_13_eight_perceptrons_bound_a_convex_polygon():
    angles = [2 * math.pi * i / 8 for i in range(8)]
    sides = Layer(2, 8, autograd.sign)
    loaded(sides, [[-math.cos(t), -math.sin(t)] for t in angles], [1.0] * 8)
    inside = perceptron(-7, *[1] * 8)
    X = np.random.default_rng(0).uniform(-1.5, 1.5, (500, 2))
    expected = np.all(X @ np.array([np.cos(angles), np.sin(angles)]) < 1, axis=1)
    assert np.array_equal(inside(sides(X)).data > 0, expected)
    assert 0 < expected.sum() < 500


def test_14_a_linear_model_of_xor_answers_one_half_everywhere():
    X, y = make_xor()
    neuron = Neuron(2, "linear", seed=0)
    descend(neuron, X, y, 0.5, 500)
    assert [p.data for p in neuron.parameters()] == pytest.approx([0, 0, 0.5], abs=1e-6)


def test_14_xor_by_hand():
    model = loaded(MLP(2, [2, 1]), [[1, 1], [1, 1]], [0, -1], [[1, -2]], [0])
    assert predict(model, make_xor()[0]).tolist() == [0.0, 1.0, 1.0, 0.0]


def test_14_xor_is_linear_in_engineered_features():
    X, y = make_xor()
    X = np.column_stack([X, X[:, 0] * X[:, 1]])
    neuron = Neuron(3, "linear", seed=0)
    descend(neuron, X, y, 0.5, 1000)
    assert predict(neuron, X) == pytest.approx(y, abs=1e-3)


def test_14_xor_is_learned_by_tanh_units_and_from_some_starts_by_two_relus():
    X, y = make_xor()

    def error(model):
        optimizer = Adam(model.parameters(), lr=0.05)
        fit(model, X, y, loss=mse_loss, optimizer=optimizer, epochs=300, progress=False)
        return np.abs(predict(model, X) - y).max()

    assert error(MLP(2, [8, 1], "tanh", seed=0)) < 0.05
    learned = [error(MLP(2, [2, 1], seed=seed)) < 0.1 for seed in range(8)]
    assert 0 < sum(learned) < 8


def test_14_linear_units_in_layers_are_one_linear_map_and_signs_send_nothing():
    model = MLP(2, [3, 4, 1], "linear", seed=0)
    at = lambda *x: model(list(x)).data  # noqa: E731
    for x, y in [(1.0, 2.0), (-3.0, 0.5)]:
        straight = at(0, 0) + x * (at(1, 0) - at(0, 0)) + y * (at(0, 1) - at(0, 0))
        assert at(x, y) == pytest.approx(straight, rel=1e-12)
    signs = MLP(2, [3, 1], autograd.sign, seed=0)
    signs([1.0, 2.0]).backward()
    assert all(p.grad == 0 for p in [*signs.layers[0].weight[0], *signs.layers[0].bias])


def test_15_equal_weights_stay_equal_and_random_ones_do_not():
    X, y = make_xor()

    def hidden(init):
        model = MLP(2, [3, 1], "tanh", init=init, seed=0)
        descend(model, X, y, 0.5, 50)
        return [[w.data for w in row] for row in model.layers[0].weight]

    first, second, third = hidden(constant(0.5))
    assert first == second == third != [0.5, 0.5]
    first, second, third = hidden(uniform(0.5))
    assert first != second != third


def test_15_large_weights_saturate_and_a_dead_relu_stays_dead():
    X, y = make_xor()
    saturated = MLP(2, [3, 1], "tanh", init=constant(100.0))
    mse_loss(saturated(X[1:]), y[1:]).backward()
    assert all(abs(w.grad) < 1e-12 for row in saturated.layers[0].weight for w in row)
    dead = MLP(2, [1, 1], seed=0)
    dead.layers[0].bias[0].data = -100.0
    before = [w.data for w in dead.layers[0].weight[0]]
    descend(dead, X, y, 0.5, 20)
    assert [w.data for w in dead.layers[0].weight[0]] == before


def test_16_more_units_fit_a_function_better():
    x = np.linspace(-1, 1, 40)[:, np.newaxis]
    y = np.sin(3 * x[:, 0])

    def error(units):
        model = MLP(1, [units, 1], "tanh", init=normal(2.0), seed=0)
        optimizer = Adam(model.parameters(), lr=0.02)
        fit(model, x, y, loss=mse_loss, optimizer=optimizer, epochs=400, progress=False)
        return mse_loss(model(x), y).data

    assert error(1) > 5 * error(8)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_16_tents_composed_have_two_to_the_depth_pieces(depth):
    tent = [Layer(1, 2), Layer(2, 1, "linear")]
    loaded(tent[0], [[1.0], [1.0]], [0.0, -0.5])
    loaded(tent[1], [[2.0, -4.0]], [0.0])
    tents = Sequential(*tent * depth)
    xs = (np.arange(2**depth) + 0.25) / 2**depth
    slopes = []
    for x in xs:
        v = Value(x)
        tents([v]).backward()
        slopes.append(v.grad)
    assert slopes == [2.0**depth * (-1) ** i for i in range(2**depth)]


# ---------------------------------------------------------------------------- units and costs


def test_18_the_costs_are_likelihoods_and_stable():
    z = Value(-800.0)
    loss = binary_cross_entropy_with_logits(z, 1.0)
    loss.backward()
    assert (loss.data, z.grad) == (800.0, -1.0)
    logits = [Value(1000.0), Value(0.0)]
    assert cross_entropy(logits, 1).data == 1000.0
    assert hinge_loss(Value(0.25), -1).data == 1.25


def test_18_squared_error_saturates_where_cross_entropy_does_not():
    for z in (-5.0, -20.0):
        wrong, other = Value(z), Value(z)
        mse_loss(sigmoid(wrong), 1.0).backward()
        binary_cross_entropy_with_logits(other, 1.0).backward()
        assert abs(wrong.grad) < 0.02
        assert other.grad == pytest.approx(-1.0, abs=0.01)


# ---------------------------------------------------------------------------- generalising


@pytest.mark.parametrize("w", [0.1, 1.0, 10.0])
def test_19_large_weights_are_hardly_shrunk_by_weight_elimination(w):
    def slope(penalty):
        v = Value(w)
        penalty([v]).backward()
        return v.grad

    assert slope(l2) == 2 * w
    assert slope(l1) == 1.0
    assert slope(weight_elimination) == pytest.approx(2 * w / (1 + w * w) ** 2, rel=1e-14)
    if w == 10.0:
        assert slope(weight_elimination) == pytest.approx(2 / w**3, rel=0.03)


def steep(fan_in, fan_out, rng):
    """Initial weights from which 20 tanh units of one input follow every point."""
    return rng.gauss(0.0, 4 / fan_in)


def noisy(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, 1))
    return x, np.sin(3 * x[:, 0]) + rng.normal(0, 0.4, n)


def test_20_the_validation_error_is_lowest_in_the_middle_and_its_weights_are_kept():
    model = MLP(1, [20, 1], "tanh", init=steep, seed=0)
    optimizer = Adam(model.parameters(), lr=0.02)
    held_out = noisy(60, 1)
    history = fit(
        model, *noisy(12, 0), loss=mse_loss, optimizer=optimizer, epochs=300,
        validation=held_out, patience=300, progress=False,
    )  # fmt: skip
    best = min(history.validation)
    assert 0 < history.validation.index(best) < 299
    assert history.validation[-1] > best < history.validation[0]
    assert mse_loss(model(held_out[0]), held_out[1]).data == best


def overfitted(remedy):
    """The test error of a tanh net of 20 units on 15 noisy points, trained with a remedy."""
    x, y = noisy(15, 0)
    settings = {}
    init = inverse_sqrt if remedy == "weights" else steep
    model = MLP(1, [20, 1], "tanh", init=init, seed=0)
    if remedy == "dropout":
        first, last = model.layers
        model = Sequential(first, Dropout(0.2), last)
    if remedy in {"l2", "l1", "elimination"}:
        penalty = {"l2": l2, "l1": l1, "elimination": weight_elimination}[remedy]
        settings["regularizer"] = lambda weights: 0.003 * penalty(weights)
    if remedy == "stopping":
        settings.update(validation=noisy(30, 7), patience=20)
    if remedy == "noise":
        x, y = augment(x, y, copies=8, noise=0.15, seed=0)
    optimizer = Adam(model.parameters(), lr=0.02)
    fit(model, x, y, loss=mse_loss, optimizer=optimizer, epochs=300, progress=False, **settings)
    model.eval()
    x, y = noisy(200, 9)
    return mse_loss(model(x), y).data


@pytest.fixture(scope="module")
def without_remedy():
    return overfitted(None)


@pytest.mark.parametrize("remedy", ["l2", "l1", "elimination", "stopping", "dropout", "noise", "weights"])
def test_21_a_tanh_net_that_overfits_does_so_less_with_a_remedy(remedy, without_remedy):
    assert overfitted(remedy) < without_remedy
