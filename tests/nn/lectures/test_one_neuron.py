"""Worked examples 4-7 of the lectures: gradient descent on one weight, one neuron, one line."""

import math

import numpy as np
import pytest

from autograd import Value, dot, sigmoid, square
from nn import MLP, SGD, binary_cross_entropy_with_logits, fit, mse_loss, predict


def exactly(numbers):
    return pytest.approx(numbers, rel=1e-13, abs=1e-16)


def values(numbers):
    return [Value(float(x)) for x in numbers]


def grads(leaves):
    return [leaf.grad for leaf in leaves]


def logistic(x):
    return 1 / (1 + np.exp(-x))


def descend(params, objective, lr, steps):
    optimizer = SGD(params, lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        objective().backward()
        optimizer.step()


def test_4_one_weight_has_the_derivative_2_error_x_and_descends_to_least_squares():
    w, x, y_d = Value(0.7), 1.5, 2.0
    square(w * x - y_d).backward()
    assert w.grad == exactly(2 * (0.7 * x - y_d) * x)
    xs, targets = np.array([-1.0, 0.5, 1.0, 2.0]), np.array([-2.5, 1.0, 2.0, 4.5])
    w = Value(0.7)
    mse_loss(w * xs, targets).backward()
    assert w.grad == exactly(np.mean(2 * (0.7 * xs - targets) * xs))
    descend([w], lambda: mse_loss(w * xs, targets), lr=0.2, steps=60)
    assert w.data == pytest.approx(xs @ targets / (xs @ xs), rel=1e-12)


XS = np.linspace(-2, 2, 9)


def one_neuron(w, b, targets):
    return mse_loss(sigmoid(w * XS + b), targets)


def test_5_one_neuron_has_the_derivative_of_the_chain_rule():
    w, b = values((0.6, -0.2))
    targets = (XS > 0).astype(float)
    one_neuron(w, b, targets).backward()
    y = logistic(0.6 * XS - 0.2)
    delta = 2 * (y - targets) * y * (1 - y)
    assert (w.grad, b.grad) == exactly((np.mean(delta * XS), np.mean(delta)))


def test_5_one_neuron_descends_until_its_gradient_vanishes_where_the_data_came_from():
    w, b = values((-1.0, 1.5))
    targets = logistic(1.2 * XS - 0.5)
    descend([w, b], lambda: one_neuron(w, b, targets), lr=5.0, steps=500)
    one_neuron(w, b, targets).backward()
    assert math.hypot(w.grad, b.grad) < 1e-6
    assert (w.data, b.data) == pytest.approx((1.2, -0.5), abs=1e-4)


@pytest.mark.parametrize(("x", "y_d"), [(1.5, 0.5), (0.0, 1.0)])
def test_5_a_derivative_is_0_where_the_answer_is_right_or_the_input_0(x, y_d):
    w, b = values((0.0, 0.0))  # the answer is ½
    square(sigmoid(w * x + b) - y_d).backward()
    assert w.grad == 0
    assert (b.grad == 0) == (y_d == 0.5)


def overlapping_classes():
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    return rng.normal(size=(120, 2)) + np.outer(2 * y - 1, [0.8, -0.4]), y


def test_6_the_derivative_of_the_log_likelihood_is_error_times_input():
    theta, x = values((0.3, -0.5, 0.2)), (1.0, 2.0, -1.5)
    for y in (0, 1):
        for v in theta:
            v.grad = 0.0
        (-binary_cross_entropy_with_logits(dot(theta, x), y)).backward()
        error = y - logistic(np.dot([0.3, -0.5, 0.2], x))
        assert grads(theta) == exactly([error * x_j for x_j in x])


def optimum(X, y):
    """The (w1, w2, b) of scikit-learn's unregularised logistic regression."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=np.inf, tol=1e-10).fit(X, y)
    return [*model.coef_[0], *model.intercept_]


@pytest.mark.parametrize("start", [(0.0, 0.0, 0.0), (5.0, -5.0, 3.0)])
def test_6_logistic_regression_reaches_scikit_learns_optimum_from_any_start(start):
    X, y = overlapping_classes()
    model = MLP(2, [1])
    model.load_state_dict({"layers.0.weight": [start[:2]], "layers.0.bias": [start[2]]})
    optimizer = SGD(model.parameters(), lr=2.0, momentum=0.9)
    loss = binary_cross_entropy_with_logits
    fit(model, X, y, loss=loss, optimizer=optimizer, epochs=300, progress=False)
    reached = [p.data for p in model.parameters()]
    assert reached == pytest.approx(optimum(X, y), abs=1e-4)


def test_6_the_weights_grow_for_ever_if_a_line_separates_the_classes():
    w = Value(0.0)
    norms = []
    for _ in range(4):
        descend([w], lambda: binary_cross_entropy_with_logits(w * XS, XS > 0), lr=5.0, steps=50)
        norms.append(w.data)
    assert norms == sorted(norms)
    assert norms[-1] > norms[-2] + 0.1


@pytest.mark.parametrize(
    ("batch_size", "epochs", "lr"), [(1, 15, 0.02), (16, 30, 0.2), (None, 100, 1.0)]
)
def test_7_stochastic_mini_batch_and_full_batch_descent_reach_one_optimum(batch_size, epochs, lr):
    X, y = overlapping_classes()
    model = MLP(2, [1], seed=0)
    history = fit(
        model,
        X,
        y,
        loss=binary_cross_entropy_with_logits,
        optimizer=SGD(model.parameters(), lr=lr),
        epochs=epochs,
        batch_size=batch_size,
        progress=False,
    )
    w1, w2, b = optimum(X, y)
    least = binary_cross_entropy_with_logits(X @ [w1, w2] + b, y)
    reached = binary_cross_entropy_with_logits(predict(model, X), y)
    assert least < reached < least + 0.002
    assert history.loss[0] > least + 0.02
