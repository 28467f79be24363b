"""Worked examples 8-12 of the lectures: networks small enough for pencil and paper."""

from itertools import pairwise

import numpy as np
import pytest
from weighted import mlp

from autograd import Value, square
from autograd import sum as total
from nn import MLP, SGD, binary_cross_entropy_with_logits, fit, mse_loss, trace


def exactly(numbers):
    return pytest.approx(numbers, rel=1e-13, abs=1e-16)


def grads(leaves):
    return [leaf.grad for leaf in leaves]


def logistic(x):
    return 1 / (1 + np.exp(-x))


def layer_grads(layer):
    return [grads(row) for row in layer.weight], grads(layer.bias)


def flat_gradient(model):
    return np.array(grads(model.parameters()), dtype=float)


def test_8_a_chain_of_two_neurons():
    model = mlp([1, 1, 1], [([[0.8]], [-0.3]), ([[-1.2]], [0.4])], **SIGMOIDS)
    J = square(model([1.5]) - 0.5)
    J.backward()
    assert J.data == exactly(0.012406706306518625)
    expected = [0.01957840938720329, 0.013052272924802192]
    expected += [-0.03762973668192941, -0.05292884592082979]
    assert grads(model.parameters()) == exactly(expected)


SIGMOIDS = {"activation": "sigmoid", "output": "sigmoid"}
W1, B1 = [[0.5], [-0.4], [0.3]], [0.1, 0.2, -0.1]
W2, B2 = [[0.7, -0.2, 0.6], [-0.3, 0.8, 0.1]], [0.05, -0.15]
W2_GRAD = [
    [-0.09138805130026924, -0.04316207062466341, -0.07582083182616253],
    [0.184772223445318, 0.0872668980720394, 0.15329776136666903],
]
B2_GRAD = [-0.12180849097364553, 0.24627755370086465]


def test_9_two_inputs_as_scalar_sums_and_as_matrices_are_the_same_numbers():
    rng = np.random.default_rng(0)
    weights = [(rng.normal(size=(3, 2)), rng.normal(size=3)), (rng.normal(size=(1, 3)), [0.3])]
    x, y_d = rng.normal(size=2), 0.25
    model = mlp([2, 3, 1], weights, **SIGMOIDS)
    J = square(model(list(x)) - y_d)
    J.backward()
    (M1, c1), (M2, c2) = [(np.array(W), np.array(b)) for W, b in weights]
    h = logistic(M1 @ x + c1)
    y = logistic(M2 @ h + c2)
    delta2 = 2 * (y - y_d) * y * (1 - y)
    delta1 = (M2.T @ delta2) * h * (1 - h)
    assert J.data == exactly(((y - y_d) ** 2).item())
    expected = [np.outer(delta1, x), delta1, np.outer(delta2, h), delta2]
    np.testing.assert_allclose(
        flat_gradient(model), np.concatenate([e.ravel() for e in expected]), rtol=1e-12
    )


def test_9_three_hidden_units_and_two_outputs():
    model = mlp([1, 3, 2], [(W1, B1), (W2, B2)], **SIGMOIDS)
    J = mse_loss(model([2.0]), [1, 0], reduction="sum")
    J.backward()
    assert J.data == exactly(0.3289373021606893)
    hidden, output = map(layer_grads, model.layers)
    w1_grad = [-0.0596395365375495, 0.10129822213939235, -0.022775309197451188]
    b1_grad = [-0.02981976826877475, 0.050649111069696176, -0.011387654598725594]
    np.testing.assert_allclose(np.ravel(hidden[0]), w1_grad, rtol=1e-13)
    np.testing.assert_allclose(hidden[1], b1_grad, rtol=1e-13)
    np.testing.assert_allclose(output[0], W2_GRAD, rtol=1e-13)
    np.testing.assert_allclose(output[1], B2_GRAD, rtol=1e-13)


def test_9_three_hidden_units_and_the_first_output_alone():
    model = mlp([1, 3, 1], [(W1, B1), (W2[:1], B2[:1])], **SIGMOIDS)
    J = square(model([2.0]) - 1)
    J.backward()
    assert J.data == exactly(0.0862222036011599)
    hidden, output = map(layer_grads, model.layers)
    w1_grad = [-0.03195253919423609, 0.011147145235430837, -0.03435053706777733]
    b1_grad = [-0.015976269597118044, 0.0055735726177154185, -0.017175268533888666]
    np.testing.assert_allclose(np.ravel(hidden[0]), w1_grad, rtol=1e-13)
    np.testing.assert_allclose(hidden[1], b1_grad, rtol=1e-13)
    np.testing.assert_allclose(output[0], W2_GRAD[:1], rtol=1e-13)
    np.testing.assert_allclose(output[1], B2_GRAD[:1], rtol=1e-13)


def test_10_the_step_by_step_example_with_two_inputs():
    weights = [
        ([[0.15, 0.20], [0.25, 0.30]], [0.35] * 2),
        ([[0.40, 0.45], [0.50, 0.55]], [0.60] * 2),
    ]
    model = mlp([2, 2, 2], weights, **SIGMOIDS)
    w1, w5 = model.layers[0].weight[0][0], model.layers[1].weight[0][0]
    free = [w for layer in model.layers for row in layer.weight for w in row]  # biases are fixed
    optimizer = SGD(free, lr=0.5)

    def half(out, target):
        return mse_loss(out, target, reduction="sum") / 2

    def error():
        return half(model([0.05, 0.10]), [0.01, 0.99])

    def digits(numbers):
        return pytest.approx(numbers, abs=5.1e-11)

    E = error()
    E.backward()
    table = trace(model, [0.05, 0.10])
    assert [unit.a.data for unit in table] == digits(
        [0.5932699921, 0.5968843783, 0.7513650696, 0.7729284653]
    )
    assert (E.data, w5.grad, w1.grad) == digits((0.2983711088, 0.0821670406, 0.0004385677))
    optimizer.step()
    assert (w5.data, w1.data, error().data) == digits((0.3589164797, 0.1497807161, 0.2910277737))
    data = [[0.05, 0.10]], [[0.01, 0.99]]
    fit(model, *data, half, optimizer=optimizer, epochs=9_999, progress=False)
    assert error().data == pytest.approx(3.5101878e-05, rel=2e-8)
    out = [y.data for y in model([0.05, 0.10])]
    assert out == digits([0.0159136204, 0.9840642735])


def test_11_deltas_of_tanh_units_under_a_linear_output_and_half_the_squared_error():
    rng = np.random.default_rng(1)
    weights = [(rng.normal(size=(4, 3)), rng.normal(size=4)), (rng.normal(size=(2, 4)), [0.1, 0.2])]
    x, y = rng.normal(size=3), rng.normal(size=2)
    model = mlp([3, 4, 2], weights, activation="tanh")
    table = trace(model, list(x))
    (total([square(a - b) for a, b in zip(table.output, y, strict=True)]) / 2).backward()
    z = np.tanh(weights[0][0] @ x + weights[0][1])
    output_delta = weights[1][0] @ z + weights[1][1] - y
    delta = (1 - z**2) * (weights[1][0].T @ output_delta)
    assert [unit.delta for unit in table] == exactly([*delta, *output_delta])
    np.testing.assert_allclose(layer_grads(model.layers[0])[0], np.outer(delta, x), rtol=1e-12)


def test_11_deltas_under_a_sigmoid_output_and_cross_entropy_are_averaged_over_the_training_set():
    rng = np.random.default_rng(2)
    m, weights = (
        5,
        [(rng.normal(size=(4, 3)), rng.normal(size=4)), (rng.normal(size=(2, 4)), [0.1, 0])],
    )
    X, y = rng.normal(size=(m, 3)), rng.integers(0, 2, (m, 2))
    model = mlp([3, 4, 2], weights, activation="sigmoid")
    loss = binary_cross_entropy_with_logits(model(X), y, reduction="sum") / m
    loss.backward()
    a1 = logistic(X @ weights[0][0].T + weights[0][1])
    delta2 = logistic(a1 @ weights[1][0].T + weights[1][1]) - y
    delta1 = (delta2 @ weights[1][0]) * a1 * (1 - a1)
    expected = [delta1.T @ X / m, delta1.mean(axis=0), delta2.T @ a1 / m, delta2.mean(axis=0)]
    np.testing.assert_allclose(
        flat_gradient(model), np.concatenate([e.ravel() for e in expected]), rtol=1e-11
    )


def test_11_the_unhalved_error_has_twice_the_delta():
    s = Value(0.3)
    square(1.0 - s).backward()
    assert s.grad == exactly(-2 * (1.0 - 0.3))


@pytest.mark.parametrize("sizes", [(3, 5, 1), (1, 1), (2, 16, 16, 1), (4, 3, 7, 2, 5)])
def test_12_a_network_has_inputs_plus_one_weights_for_every_unit(sizes):
    expected = sum((a + 1) * b for a, b in pairwise(sizes))
    assert len(MLP(sizes[0], list(sizes[1:])).parameters()) == expected
    assert sizes != (3, 5, 1) or expected == 26
