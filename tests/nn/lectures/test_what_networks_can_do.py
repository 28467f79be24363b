"""Worked examples 13-16 of the lectures: what networks can do, and what keeps them from it."""

from itertools import pairwise, product

import numpy as np
import pytest
from weighted import mlp

from autograd import sign
from nn import MLP, SGD, Adam, Sequential, fit, init, make_xor, mse_loss, predict

X, Y = make_xor()


def unit(bias, *weights):
    """A perceptron sign(w · x + b)."""
    return mlp([len(weights), 1], [([weights], [bias])], output=sign)


def learn(model, samples, targets, *, lr, epochs, loss=mse_loss):
    optimizer = Adam(model.parameters(), lr=lr)
    return fit(
        model, samples, targets, loss=loss, optimizer=optimizer, epochs=epochs, progress=False
    )


# --------------------------------------------------------------------------- logic by perceptrons

AND, OR, NOT = unit(-1.0, 1.0, 1.0), unit(1.0, 1.0, 1.0), unit(0.0, -1.0)


@pytest.mark.parametrize("g", list(product((-1.0, 1.0), repeat=2)))
def test_13_perceptrons_compute_logic_and_two_layers_of_them_xor(g):
    def true(condition):
        return 1.0 if condition else -1.0

    assert AND(g).data == true(g[0] > 0 and g[1] > 0)
    assert OR(g).data == true(g[0] > 0 or g[1] > 0)
    assert NOT(g[:1]).data == -g[0]
    both = [AND([NOT(g[:1]), g[1]]), AND([g[0], NOT(g[1:])])]
    assert OR(both).data == true(g[0] != g[1])


def test_13_one_perceptron_cannot_compute_xor():
    """OR's corners forbid it: w₁ + b and w₂ + b > 0 ≥ b and w₁ + w₂ + b contradict each other."""
    grid = np.linspace(-2, 2, 9)
    right = [
        all((w1 * a + w2 * b + c > 0) == (a != b) for a, b in X)
        for w1, w2, c in product(grid, repeat=3)
    ]
    assert len(right) == 729
    assert not any(right)
    assert any(  # the same search does find AND
        all((w1 * a + w2 * b + c > 0) == (a + b == 2) for a, b in X)
        for w1, w2, c in product(grid, repeat=3)
    )


def polygon(corners, centre):
    """Two layers of sign units: +1 within a regular polygon of radius 1 about a centre."""
    angles = 2 * np.pi * np.arange(corners) / corners
    normals = -np.column_stack([np.cos(angles), np.sin(angles)])
    sides = np.cos(np.pi / corners) - normals @ centre
    return Sequential(
        mlp([2, corners], [(normals, sides)], output=sign),
        unit(1.0 - corners, *[1.0] * corners),
    )


@pytest.mark.parametrize("corners", [8, 16])
def test_13_perceptrons_bound_a_convex_polygon_and_unions_of_them_more(corners):
    points = np.random.default_rng(0).uniform(-3, 3, (400, 2))
    centres = [np.array([-1.0, 0.0]), np.array([1.5, 0.5])]
    inside = []
    for centre in centres:
        radii = np.linalg.norm(points - centre, axis=1)
        answer = predict(polygon(corners, centre), points)
        assert (answer[radii < np.cos(np.pi / corners)] == 1).all()
        assert (answer[radii > 1] == -1).all()
        inside.append(answer)
    union = predict(OR, np.column_stack(inside))
    np.testing.assert_array_equal(union == 1, (inside[0] == 1) | (inside[1] == 1))
    assert 0 < (union == 1).sum() < 400


# ----------------------------------------------------------------------------------------- XOR


def test_14_a_linear_model_fitted_to_xor_answers_one_half_everywhere():
    model = MLP(2, [1], seed=0)
    optimizer = SGD(model.parameters(), lr=0.5)
    fit(model, X, Y, loss=mse_loss, optimizer=optimizer, epochs=300, progress=False)
    assert [p.data for p in model.parameters()] == pytest.approx([0, 0, 0.5], abs=1e-9)


def test_14_a_relu_network_made_by_hand_computes_xor_exactly():
    model = mlp([2, 2, 1], [([[1, 1], [1, 1]], [0, -1]), ([[1, -2]], [0])])
    assert predict(model, X).tolist() == [0.0, 1.0, 1.0, 0.0]


def test_14_a_linear_model_computes_xor_of_engineered_features():
    model = mlp([3, 1], [([[1, 1, -2]], [0])])
    assert predict(model, np.column_stack([X, X[:, 0] * X[:, 1]])).tolist() == [0.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize("settings", [{"activation": "tanh"}, {"activation": "relu"}])
def test_14_eight_hidden_units_learn_xor(settings):
    model = MLP(2, [8, 1], seed=0, **settings)
    learn(model, X, Y, lr=0.05, epochs=300)
    np.testing.assert_allclose(predict(model, X), Y, atol=0.01)


def test_14_two_relu_units_learn_xor_from_a_fifth_to_a_quarter_of_random_starts():
    losses = []
    for seed in range(40):
        model = MLP(2, [2, 1], init=init.uniform(1.0), seed=seed)
        losses.append(learn(model, X, Y, lr=0.1, epochs=150).loss[-1])
    learned = sum(loss < 0.02 for loss in losses)
    stuck = sum(loss > 0.1 for loss in losses)
    assert 6 <= learned <= 12  # of 40
    assert stuck >= 26


def test_14_a_stack_of_linear_units_is_one_linear_map():
    model = MLP(3, [5, 4, 2], activation="linear", seed=0)
    state = model.state_dict()
    W, b = np.eye(3), np.zeros(3)
    for i in range(3):
        weight = state[f"layers.{i}.weight"]
        W, b = weight @ W, weight @ b + state[f"layers.{i}.bias"]
    samples = np.random.default_rng(0).normal(size=(10, 3))
    np.testing.assert_allclose(predict(model, samples), samples @ W.T + b, rtol=1e-12)


def test_14_sign_units_have_no_derivative_to_learn_by():
    model = MLP(2, [3, 1], activation=sign, seed=0)
    mse_loss(model(X), Y).backward()
    assert all(p.grad == 0 for p in model.layers[0].parameters())
    assert any(p.grad != 0 for p in model.layers[1].parameters())


# ---------------------------------------------------------------------------- where weights start


def hidden_units(model):
    layer = model.layers[0]
    return [
        [w.data for w in row] + [bias.data]
        for row, bias in zip(layer.weight, layer.bias, strict=True)
    ]


def test_15_equal_weights_stay_equal_and_uniform_ones_break_the_symmetry():
    equal = MLP(2, [4, 1], "tanh", init=init.constant(0.3))
    learn(equal, X, Y, lr=0.05, epochs=50)
    first, *others = hidden_units(equal)
    assert all(other == first for other in others)
    assert first != [0.3, 0.3, 0.0]
    different = MLP(2, [4, 1], "tanh", init=init.uniform(0.1), seed=0)
    learn(different, X, Y, lr=0.05, epochs=50)
    assert len({tuple(unit) for unit in hidden_units(different)}) == 4


def test_15_different_starts_end_in_different_minima():
    ends = set()
    for seed in range(6):
        model = MLP(2, [2, 1], "tanh", seed=seed)
        learn(model, X, Y, lr=0.1, epochs=150)
        ends.add(tuple(np.round([p.data for p in model.parameters()], 2)))
    assert len(ends) == 6


def test_15_large_initial_weights_saturate_and_learn_nothing():
    def moved(epsilon):
        model = MLP(2, [8, 1], "sigmoid", output="sigmoid", init=init.uniform(epsilon), seed=0)
        before = hidden_units(model)
        learn(model, X + 0.5, Y, lr=0.1, epochs=20)
        return sum(a != b for a, b in zip(before, hidden_units(model), strict=True))

    assert (moved(1.0), moved(1e5)) == (8, 0)


def test_15_a_dead_relu_never_updates_again():
    model = mlp([2, 2, 1], [([[1, 1], [-1, -1]], [0, -1]), ([[1, 1]], [0])])
    dead, alive = [-1.0, -1.0, -1.0], hidden_units(model)[0]
    learn(model, X, Y, lr=0.05, epochs=50)
    assert hidden_units(model)[1] == dead
    assert hidden_units(model)[0] != alive


# ------------------------------------------------------------------------------ width and depth


def test_16_the_error_of_one_hidden_layer_falls_with_its_width():
    x = np.linspace(-np.pi, np.pi, 60)[:, np.newaxis]
    errors = []
    for width in (1, 2, 8):
        model = MLP(1, [width, 1], "tanh", seed=0)
        errors.append(learn(model, x, np.abs(x[:, 0]), lr=0.03, epochs=500).loss[-1])
    assert errors[0] > 5 * errors[1] > 25 * errors[2]
    assert errors[2] < 2e-3


def tent(depth):
    """2 relu(x) - 4 relu(x - ½) composed with itself: 2 units a layer."""
    bump = [mlp([1, 2, 1], [([[1], [1]], [0, -0.5]), ([[2, -4]], [0])]) for _ in range(depth)]
    return Sequential(*bump)


def pieces(x, y):
    slopes = np.diff(y) / np.diff(x)
    changes = np.flatnonzero(np.abs(np.diff(slopes)) > 1e-6)
    return 1 + len(changes) - int((np.diff(changes) == 1).sum())  # a kink between two points is one


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_16_the_tent_map_composed_has_two_to_the_depth_linear_pieces(depth):
    x = np.linspace(0, 1, 2**10 + 1)  # every kink is a point of it
    assert pieces(x, predict(tent(depth), x[:, np.newaxis])) == 2**depth


def test_16_one_layer_of_as_many_units_has_at_most_one_piece_more_than_units():
    x = np.linspace(-5, 5, 20_001)
    units = 10
    rng = np.random.default_rng(0)
    kinks = np.sort(rng.choice(x[1:-1], units, replace=False))
    model = mlp([1, units, 1], [(np.ones((units, 1)), -kinks), ([rng.normal(size=units)], [0])])
    assert pieces(x, predict(model, x[:, np.newaxis])) == units + 1 < 2**5


def test_16_random_deep_networks_show_no_such_growth():
    x = np.linspace(0, 1, 2**12 + 1)
    sizes = [1, 2, 2, 2, 2, 2, 1]
    counts = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        layers = [(rng.normal(size=(n, m)), rng.normal(size=n)) for m, n in pairwise(sizes)]
        counts.append(pieces(x, predict(mlp(sizes, layers), x[:, None])))
    assert 1 < max(counts) <= 2 * 5 + 1 < 2**5
