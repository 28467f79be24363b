"""The lectures' worked examples on the engine, against numbers derived by hand."""

import itertools
import math
import random

import pytest

from autograd import Value, dot, sigmoid, tanh
from autograd import sum as total


def values(numbers):
    return [Value(float(x)) for x in numbers]


def grads(leaves):
    return [leaf.grad for leaf in leaves]


def exactly(numbers):
    return pytest.approx(numbers, rel=1e-13, abs=1e-16)


def test_1_the_product_of_a_sum():
    x, y, z = values((-2, 5, -4))
    q = x + y
    f = q * z
    f.backward()
    assert (q.data, f.data, q.grad) == (3.0, -12.0, -4.0)
    assert grads((x, y, z)) == [-4.0, -4.0, 3.0]


def test_2_one_backward_pass_gives_what_a_forward_pass_for_every_weight_gives():
    passes = 0

    def J(ws):
        nonlocal passes
        passes += 1
        return sum((sigmoid(w * (i + 1)) - 0.3) ** 2 for i, w in enumerate(ws))

    start = [0.1 * i - 0.4 for i in range(9)]
    leaves = values(start)
    J(leaves).backward()
    assert passes == 1
    h = 1e-6
    at_start = J(start)
    numerical = []
    for j in range(len(start)):
        moved = [w + h * (i == j) for i, w in enumerate(start)]
        numerical.append((J(moved) - at_start) / h)
    assert passes == 1 + 1 + len(start)
    assert grads(leaves) == pytest.approx(numerical, abs=1e-4)


@pytest.mark.parametrize(
    "sizes", [(2, 3, 1), (3, 2, 2, 1), (3, 5, 1), (1, 1, 1, 1), (4, 3, 5, 2, 1)]
)
def test_3_the_general_recursion_gives_the_engines_gradients(sizes):
    rng = random.Random(repr(sizes))
    weights = [
        [[rng.uniform(-1, 1) for _ in range(n_in)] for _ in range(n_out)]
        for n_in, n_out in itertools.pairwise(sizes)
    ]
    inputs = [rng.uniform(-1, 1) for _ in range(sizes[0])]

    # by hand: the units' sums, then ∂π^(M)/∂π_j = a'(π_j) Σ_h w_jh ∂π^(M)/∂π_h, from 1
    sums, layers = [], [inputs]
    for W in weights:
        sums.append([sum(w * x for w, x in zip(row, layers[-1], strict=True)) for row in W])
        layers.append([math.tanh(s) for s in sums[-1]])
    delta = [1.0]
    by_hand = [None] * len(weights)
    for m in reversed(range(len(weights))):
        by_hand[m] = [[d * x for x in layers[m]] for d in delta]
        if m:
            delta = [
                (1 - layers[m][j] ** 2)
                * sum(weights[m][h][j] * delta[h] for h in range(len(delta)))
                for j in range(len(layers[m]))
            ]

    leaves = [[values(row) for row in W] for W in weights]
    xs = inputs
    for i, W in enumerate(leaves):
        pi = [dot(row, xs) for row in W]
        xs = [tanh(p) for p in pi] if i < len(leaves) - 1 else pi
    ((xs[0] - 0.5) ** 2 / 2).backward()
    assert xs[0].data == exactly(sums[-1][0])
    factor = sums[-1][0] - 0.5  # ∂L/∂π^(M) of L = ½(π^(M) - y)², the recursion's last factor
    for W, expected in zip(leaves, by_hand, strict=True):
        for row, numbers in zip(W, expected, strict=True):
            assert grads(row) == exactly([factor * number for number in numbers])


def test_8_a_chain_of_two_neurons():
    w1, b1, w2, b2 = leaves = values((0.8, -0.3, -1.2, 0.4))
    J = (sigmoid(w2 * sigmoid(w1 * 1.5 + b1) + b2) - 0.5) ** 2
    J.backward()
    assert J.data == exactly(0.012406706306518625)
    assert grads(leaves) == exactly(
        [0.01957840938720329, 0.013052272924802192, -0.03762973668192941, -0.05292884592082979]
    )


class ThreeHidden:
    """Three hidden units on one input: the parameters of worked example 9."""

    def __init__(self, outputs):
        self.w1, self.b1 = values((0.5, -0.4, 0.3)), values((0.1, 0.2, -0.1))
        self.w2 = [values((0.7, -0.2, 0.6)), values((-0.3, 0.8, 0.1))][:outputs]
        self.b2 = values((0.05, -0.15))[:outputs]

    def loss(self, x, targets):
        hidden = [sigmoid(w * x + b) for w, b in zip(self.w1, self.b1, strict=True)]
        out = [sigmoid(dot(row, hidden) + b) for row, b in zip(self.w2, self.b2, strict=True)]
        return total([(y - t) ** 2 for y, t in zip(out, targets, strict=True)])


def test_9_three_hidden_units_and_two_outputs():
    net = ThreeHidden(2)
    J = net.loss(2.0, (1, 0))
    J.backward()
    assert J.data == exactly(0.3289373021606893)
    assert grads(net.w1) == exactly(
        [-0.0596395365375495, 0.10129822213939235, -0.022775309197451188]
    )
    assert grads(net.b1) == exactly(
        [-0.02981976826877475, 0.050649111069696176, -0.011387654598725594]
    )
    assert grads(net.w2[0]) == exactly(
        [-0.09138805130026924, -0.04316207062466341, -0.07582083182616253]
    )
    assert grads(net.w2[1]) == exactly([0.184772223445318, 0.0872668980720394, 0.15329776136666903])
    assert grads(net.b2) == exactly([-0.12180849097364553, 0.24627755370086465])


def test_9_the_first_output_alone():
    net = ThreeHidden(1)
    J = net.loss(2.0, (1,))
    J.backward()
    assert J.data == exactly(0.0862222036011599)
    assert grads(net.w1) == exactly(
        [-0.03195253919423609, 0.011147145235430837, -0.03435053706777733]
    )
    assert grads(net.b1) == exactly(
        [-0.015976269597118044, 0.0055735726177154185, -0.017175268533888666]
    )
    assert grads(net.w2[0]) == exactly(
        [-0.09138805130026924, -0.04316207062466341, -0.07582083182616253]
    )
    assert grads(net.b2) == exactly([-0.12180849097364553])


def test_9_scalar_sums_and_the_matrix_form_are_the_same_numbers():
    np = pytest.importorskip("numpy")
    rng = random.Random(9)
    W1, b1, W2, b2 = (
        [[rng.uniform(-1, 1) for _ in range(2)] for _ in range(3)],
        [rng.uniform(-1, 1) for _ in range(3)],
        [rng.uniform(-1, 1) for _ in range(3)],
        rng.uniform(-1, 1),
    )
    x = (0.7, -1.1)

    leaves = [values(row) for row in W1], values(b1), values(W2), Value(b2)
    hidden = [
        sigmoid(row[0] * x[0] + row[1] * x[1] + b)
        for row, b in zip(leaves[0], leaves[1], strict=True)
    ]
    sums = hidden[0] * leaves[2][0] + hidden[1] * leaves[2][1] + hidden[2] * leaves[2][2]
    sums = sums + leaves[3]
    sums.backward()

    A1 = np.array([[Value(w) for w in row] for row in W1], dtype=object)
    B1 = np.array([Value(b) for b in b1], dtype=object)
    A2 = np.array([Value(w) for w in W2], dtype=object)
    B2 = Value(b2)
    matrix = A2 @ [sigmoid(v) for v in A1 @ np.array(x) + B1] + B2
    matrix.backward()

    assert matrix.data == exactly(sums.data)
    for row, array in zip(leaves[0], A1, strict=True):
        assert grads(array) == exactly(grads(row))
    assert grads(A2) == exactly(grads(leaves[2]))
    assert grads(B1) == exactly(grads(leaves[1]))
    assert B2.grad == 1.0


class StepByStep:
    """The two-input example: w1..w8, and fixed biases .35 and .60."""

    def __init__(self):
        self.w = values((0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55))

    def forward(self):
        w = self.w
        i = (0.05, 0.10)
        self.h = [sigmoid(dot(w[j : j + 2], i) + 0.35) for j in (0, 2)]
        self.out = [sigmoid(dot(w[j : j + 2], self.h) + 0.60) for j in (4, 6)]
        return total([(t - o) ** 2 / 2 for t, o in zip((0.01, 0.99), self.out, strict=True)])

    def step(self, rate):
        E = self.forward()
        for w in self.w:
            w.grad = 0.0
        E.backward()
        for w in self.w:
            w.data -= rate * w.grad


def digits(numbers):
    return pytest.approx(numbers, abs=5.1e-11)


def test_10_the_step_by_step_example_at_its_start():
    net = StepByStep()
    E = net.forward()
    E.backward()
    assert [h.data for h in net.h] == digits([0.5932699921, 0.5968843783])
    assert [o.data for o in net.out] == digits([0.7513650696, 0.7729284653])
    assert E.data == digits(0.2983711088)
    assert (net.w[4].grad, net.w[0].grad) == digits((0.0821670406, 0.0004385677))


def test_10_after_one_step():
    net = StepByStep()
    net.step(0.5)
    assert (net.w[4].data, net.w[0].data) == digits((0.3589164797, 0.1497807161))
    assert net.forward().data == digits(0.2910277737)


def test_10_after_ten_thousand_steps():
    net = StepByStep()
    for _ in range(10_000):
        net.step(0.5)
    assert net.forward().data == pytest.approx(3.5101878e-05, abs=5.1e-13)
    assert [o.data for o in net.out] == digits([0.0159136204, 0.9840642735])


def test_11_the_deltas_of_a_linear_output_over_tanh_units():
    rng = random.Random(11)
    x, y = [0.3, -0.8], [0.5, -0.2]
    W1 = [values(rng.uniform(-1, 1) for _ in x) for _ in range(3)]
    W2 = [values(rng.uniform(-1, 1) for _ in range(3)) for _ in y]
    z = [tanh(dot(row, x)) for row in W1]
    out = [dot(row, z) for row in W2]
    (total([(t - o) ** 2 for t, o in zip(y, out, strict=True)]) / 2).backward()

    delta_k = [o.data - t for o, t in zip(out, y, strict=True)]
    delta_j = [
        (1 - z[j].data ** 2) * sum(W2[k][j].data * delta_k[k] for k in range(2)) for j in range(3)
    ]
    assert grads(out) == exactly(delta_k)
    for k in range(2):
        assert grads(W2[k]) == exactly([delta_k[k] * z[j].data for j in range(3)])
    for j in range(3):
        assert grads(W1[j]) == exactly([delta_j[j] * xi for xi in x])


def test_11_the_unhalved_error_has_twice_the_delta():
    s = Value(0.8)
    (0.3 - s).square().backward()
    assert s.grad == exactly(-2 * (0.3 - 0.8))


def test_11_sigmoid_output_with_cross_entropy_over_a_training_set():
    rng = random.Random(12)
    data = [((0.2, -0.5), 1), ((1.0, 0.3), 0), ((-0.7, 0.9), 1)]
    theta1 = [values(rng.uniform(-1, 1) for _ in range(3)) for _ in range(2)]  # the bias first
    theta2 = values(rng.uniform(-1, 1) for _ in range(3))
    losses, by_hand1, by_hand2 = [], [[0.0] * 3 for _ in range(2)], [0.0] * 3
    for x, y in data:
        a1 = (1.0, *x)
        a2 = [sigmoid(dot(row, a1)) for row in theta1]
        a3 = sigmoid(dot(theta2, [1.0, *a2]))
        losses.append(-(y * a3.log() + (1 - y) * (1 - a3).log()))
        delta3 = a3.data - y
        seen = [1.0, *(a.data for a in a2)]
        for j in range(3):
            by_hand2[j] += seen[j] * delta3 / len(data)
        for i in range(2):
            slope = a2[i].data * (1 - a2[i].data)
            delta2 = theta2[i + 1].data * delta3 * slope  # the bias component is dropped
            for j in range(3):
                by_hand1[i][j] += a1[j] * delta2 / len(data)
    (total(losses) / len(data)).backward()
    assert grads(theta2) == exactly(by_hand2)
    assert [grads(row) for row in theta1] == [exactly(row) for row in by_hand1]


def network(sizes):
    """Leaves for every weight and bias of d0-d1-…-dL."""
    return [
        [values([0.1] * (n_in + 1)) for _ in range(n_out)]
        for n_in, n_out in itertools.pairwise(sizes)
    ]


@pytest.mark.parametrize(
    ("sizes", "weights"), [((3, 5, 1), 26), ((2, 16, 16, 1), 337), ((1, 1), 2), ((4, 3, 2), 23)]
)
def test_12_a_gradient_reaches_every_one_of_a_networks_weights(sizes, weights):
    layers = network(sizes)
    xs = [0.5] * sizes[0]
    for layer in layers:
        xs = [tanh(dot(row, [1.0, *xs])) for row in layer]
    total(xs).backward()
    reached = [w for layer in layers for row in layer for w in row if w.grad != 0]
    assert len(reached) == weights == sum((m + 1) * n for m, n in itertools.pairwise(sizes))
