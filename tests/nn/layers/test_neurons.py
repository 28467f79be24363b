"""Layers: neurons, MLPs and units, on one sample and on batches."""

import math
import random

import numpy as np
import pandas as pd
import pytest

import autograd
from autograd import Value
from nn import MLP, RBF, Dropout, Layer, Maxout, Neuron, PReLU, RReLU, Sequential
from nn.init import constant, zeros

X = np.array([[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]])


def numbers(outputs):
    return [v.data for v in outputs] if isinstance(outputs, list) else [outputs.data]


def gradients(model):
    return [p.grad for p in model.parameters()]


# ---------------------------------------------------------------------------- one sample


def test_a_neuron_is_its_formula():
    n = Neuron(2, "tanh", seed=0)
    n.bias.data = 0.5
    (w1, w2), b = n.weight, n.bias
    assert n([2.0, 3.0]).data == math.tanh(w1.data * 2.0 + w2.data * 3.0 + b.data)


def test_a_neuron_is_one_dot_node():
    z = Neuron(3, "linear")([1.0, 2.0, 3.0])
    assert z.op.name == "add"
    assert [v.op.name if v.op else None for v in z.parents] == ["dot", None]


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("x", [[0.3, -0.7], X, np.random.default_rng(0).normal(size=(1001, 2))])
def test_written_out_a_model_has_the_same_numbers_and_gradients(activation, x):
    short = MLP(2, [5, 4, 1], activation, seed=3)
    plain = MLP(2, [5, 4, 1], activation, seed=3, plain=True)
    one, other = short(x), plain(x)
    assert np.array_equal(one.data, other.data)
    one.backward()
    other.backward()
    assert gradients(short) == gradients(plain)
    assert any(gradients(plain))


def test_written_out_a_neuron_is_products_and_sums():
    z = Neuron(2, "linear", plain=True)([1.0, 2.0])
    names = {v.op.name for v in autograd.value.topological_order(z) if v.op}
    assert names == {"mul", "add"}


def test_micrograds_signatures_and_defaults():
    model = MLP(3, [5, 1])
    assert [layer.activation for layer in model.layers] == ["relu", "linear"]
    assert isinstance(model([1.0, 2.0, 3.0]), Value)
    assert len(MLP(3, [5, 2])([1.0, 2.0, 3.0])) == 2
    assert Neuron(2).activation == Layer(2, 1).activation == "relu"


def test_a_hidden_layer_of_one_neuron_feeds_the_next():
    assert isinstance(MLP(1, [1, 1, 1])([2.0]), Value)


def test_an_activation_may_be_a_function():
    cubed = MLP(1, [1, 1], lambda z: z * z * z, init=constant(2.0))
    assert cubed([1.0]).data == 16.0


def test_the_same_seed_gives_the_same_weights_and_another_others():
    def weights(seed):
        return [p.data for p in MLP(2, [3, 1], seed=seed).parameters()]

    assert weights(1) == weights(1) != weights(2)


def test_without_a_seed_pythons_generator_decides():
    random.seed(5)
    one = MLP(2, [2]).parameters()
    other = MLP(2, [2]).parameters()
    random.seed(5)
    again = MLP(2, [2]).parameters()
    assert [p.data for p in one] == [p.data for p in again] != [p.data for p in other]


def test_a_seed_leaves_pythons_generator_alone():
    random.seed(5)
    state = random.getstate()
    MLP(2, [2], seed=1)
    assert random.getstate() == state


def test_initialisers_get_fan_in_and_fan_out():
    seen = []
    MLP(3, [5, 1], init=lambda fan_in, fan_out, rng: seen.append((fan_in, fan_out)) or 0.0)
    assert seen == [(3, 5)] * 15 + [(5, 1)] * 5


def test_inputs_may_be_values_and_receive_gradients():
    x = Value(2.0), Value(-1.0)
    model = MLP(2, [3, 1], "tanh", seed=0)
    model(x).backward()
    assert all(v.grad for v in x)


# ---------------------------------------------------------------------------- batches


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_a_batch_is_its_samples(activation):
    model = MLP(2, [4, 3], activation, seed=1)
    columns = model(X)
    rows = [model(row.tolist()) for row in X]
    for j, column in enumerate(columns):
        assert column.data == pytest.approx([row[j].data for row in rows], rel=1e-15)


def test_a_batchs_gradient_is_the_sum_of_its_samples():
    batch, single = MLP(2, [4, 1], "tanh", seed=1), MLP(2, [4, 1], "tanh", seed=1)
    batch(X).sum().backward()
    autograd.sum([single(row) for row in X.tolist()]).backward()
    assert gradients(batch) == pytest.approx(gradients(single), rel=1e-14)


def test_a_frame_is_a_batch():
    model = MLP(2, [3, 1], seed=0)
    frame = pd.DataFrame(X, columns=["a", "b"])
    assert np.array_equal(model(frame).data, model(X).data)


@pytest.mark.parametrize("x", [(1.0, 2.0), np.array([1.0, 2.0]), map(float, "12")])
def test_any_sequence_of_numbers_is_a_sample(x):
    model = MLP(2, [3, 1], seed=0)
    assert model(x).data == model([1.0, 2.0]).data


@pytest.mark.parametrize("x", [np.float32(2), np.int64(2), np.array(2.0), 2, [np.array(2.0)]])
def test_any_number_is_the_one_input_of_a_sample(x):
    model = MLP(1, [3, 1], seed=0)
    assert model(x).data == model(2.0).data


# ---------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize("model", [Neuron(3), Layer(3, 2), MLP(3, [1]), Maxout(3, 2), RBF(3, 2)])
@pytest.mark.parametrize("x", [[1.0, 2.0], np.zeros((5, 2))])
def test_another_number_of_inputs_is_named(model, x):
    with pytest.raises(ValueError, match=r"expected 3 input\(s\), given 2"):
        model(x)


def test_an_array_of_three_dimensions_is_no_batch():
    with pytest.raises(ValueError, match=r"shape \(n, d\), given one of shape \(1, 2, 3\)"):
        MLP(3, [1])(np.zeros((1, 2, 3)))


@pytest.mark.parametrize("nouts", [4, None, "41"])
def test_a_number_in_place_of_layers_is_named(nouts):
    with pytest.raises(TypeError, match=rf"MLP\(2, \[16, 16, 1\]\); given {nouts!r}"):
        MLP(2, nouts)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Neuron(0), "nin is a whole number ≥ 1, given 0"),
        (lambda: Layer(1, 0), "nout .* given 0"),
        (lambda: MLP(1, []), "one layer or more"),
        (lambda: MLP(1, [2, 0]), "nouts .* given 0"),
        (lambda: Maxout(1, 1, k=0), "k .* given 0"),
        (lambda: RBF(1, 1, sigma=0.0), "sigma is a number > 0, given 0.0"),
        (lambda: Dropout(1.0), "p is a probability below 1, given 1.0"),
        (lambda: PReLU(math.nan), "init is a finite slope, given nan"),
        (lambda: RReLU(0.5, 0.25), "upper is a finite slope ≥ 0.5, given 0.25"),
        (lambda: RReLU(0.5, math.inf), "upper .* given inf"),
        (lambda: MLP(1, [1], seed=-1), "seed is a whole number ≥ 0, .* given -1"),
        (lambda: Neuron(1, "rectifier"), "'rectifier'; choose from linear, sigmoid"),
        (lambda: MLP(2, [1], activation="reluu"), "'reluu'; did you mean 'relu'"),
    ],
)
def test_impossible_sizes_and_settings_are_errors(make, says):
    with pytest.raises(ValueError, match=says):
        make()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Layer(1, 1, 3), "a name or a function, got 3"),
        (lambda: Dropout(np.ones(2)), r"p is a probability below 1, given array\(\[1., 1.\]\)"),
        (lambda: Neuron("2"), "nin is a whole number ≥ 1, given '2'"),
        (lambda: Layer(2, 2.0), "nout .* given 2.0"),
        (lambda: MLP(2, [3, None]), "nouts .* given None"),
        (lambda: RBF(1, 1, sigma="wide"), "sigma .* given 'wide'"),
        (lambda: Dropout(None), "p .* given None"),
        (lambda: RReLU("a", "b"), "lower .* given 'a'"),
        (lambda: MLP(1, [1], init="he_normal"), "init draws a weight .* given 'he_normal'"),
        (lambda: MLP(1, [1], seed=1.5), "a Random or None, given 1.5"),
        (lambda: Sequential([Layer(1, 1)]), r"one by one: Sequential\(\*layers\)"),
        (lambda: Sequential(None), "a name or a function, got None"),
        (lambda: MLP(2, [1])([[1.0, 2.0], [3.0, 4.0]]), r"no sample: .* np.array\(X\)"),
        (lambda: MLP(2, [1])({1.0: 0, 2.0: 0}), "a sample is a sequence of numbers"),
        (lambda: MLP(2, [1])({1.0, 2.0}), "a sample is a sequence of numbers"),
        (lambda: MLP(2, [1])(b"ab"), "a sample is a sequence .* given b'ab'"),
        (lambda: MLP(2, [1])(None), "a sample is a sequence .* given None"),
    ],
)
def test_what_is_of_another_type_is_named(make, says):
    with pytest.raises(TypeError, match=says):
        make()


def test_numbers_of_numpy_make_the_same_network():
    model = MLP(np.int64(2), np.array([3, 1]), "tanh", seed=np.int64(0))
    assert repr(model) == repr(MLP(2, [3, 1], "tanh", seed=0))
    assert model([1.0, 2.0]).data == MLP(2, [3, 1], "tanh", seed=0)([1.0, 2.0]).data


# ---------------------------------------------------------------------------- units


def test_prelu_learns_its_slope():
    unit = PReLU(0.25)
    y = unit(-2.0)
    assert y.data == -0.5
    y.backward()
    assert unit.weight[0].grad == -2.0
    assert unit.state_dict()["weight"].shape == (1,)
    assert unit(3.0).data == 3.0


def test_a_layer_may_have_a_unit_as_activation_and_owns_its_slope():
    layer = Layer(2, 3, PReLU())
    assert len(layer.parameters()) == 10
    assert "activation.weight" in layer.state_dict()


def test_rrelu_draws_in_training_and_takes_the_middle_in_evaluation():
    unit = RReLU(0.1, 0.3, seed=0)
    slopes = [unit(-1.0) / -1.0 for _ in range(200)]
    assert all(0.1 <= slope <= 0.3 for slope in slopes)
    assert len({*slopes}) > 100
    assert unit.eval()(-1.0) == -0.2


def test_rrelu_draws_a_slope_for_each_sample():
    z = Value(-np.ones(50))
    y = RReLU(seed=0)(z)
    assert len({*y.data}) > 25
    y.backward()
    assert np.array_equal(z.grad, -y.data)


def test_dropout_drops_a_share_and_keeps_the_mean():
    kept = Dropout(0.25, seed=0)(Value(np.ones(4000)))
    assert {*kept.data} == {0.0, 1 / 0.75}
    assert kept.data.mean() == pytest.approx(1.0, abs=0.05)
    one_by_one = [Dropout(0.25, seed=i)(1.0) for i in range(50)]
    assert {*one_by_one} == {0.0, 1 / 0.75}


def test_dropout_does_nothing_in_evaluation_or_at_zero():
    assert Dropout(0.9).eval()([1.0, 2.0]) == [1.0, 2.0]
    assert Dropout(0.0)([1.0, 2.0]) == [1.0, 2.0]


def test_dropout_of_a_batch_of_inputs_draws_for_each_sample():
    columns = Dropout(0.5, seed=0)(np.ones((64, 2)))
    assert all(0 < (column == 0).sum() < 64 for column in columns)
    assert not np.array_equal(*columns)


def test_maxout_is_its_largest_piece_and_sends_the_gradient_there():
    unit = Maxout(1, 1, k=3, init=zeros)
    for piece, (w, b) in enumerate([(1.0, 0.0), (-1.0, 0.0), (0.0, 0.5)]):
        unit.weight[piece][0][0].data, unit.bias[piece][0].data = w, b
    assert [unit([x]).data for x in (-2.0, 0.25, 3.0)] == [2.0, 0.5, 3.0]
    unit([-2.0]).backward()
    assert [unit.weight[i][0][0].grad for i in range(3)] == [0.0, -2.0, 0.0]
    assert unit.state_dict()["weight"].shape == (3, 1, 1)


@pytest.mark.parametrize(
    ("slopes", "function"),
    [((1, 0), lambda z: max(z, 0)), ((1, -1), abs), ((1, 0.3), lambda z: max(z, 0.3 * z))],
)
def test_maxout_of_two_pieces_is_relu_abs_and_prelu(slopes, function):
    unit = Maxout(1, 1, init=zeros)
    for piece, slope in enumerate(slopes):
        unit.weight[piece][0][0].data = float(slope)
    assert all(unit([z]).data == function(z) for z in (-2.0, -0.5, 0.5, 3.0))


def test_rbf_is_its_formula_with_its_gradient():
    unit = RBF(2, 1, sigma=2.0, seed=0)
    (w1, w2) = unit.weight[0]
    d1, d2 = 1.0 - w1.data, 3.0 - w2.data
    expected = math.exp(-(d1**2 + d2**2) / 4)
    y = unit([1.0, 3.0])
    assert y.data == pytest.approx(expected, rel=1e-15)
    y.backward()
    assert w1.grad == pytest.approx(expected * 2 * d1 / 4, rel=1e-14)


def test_sequential_runs_modules_and_functions_in_a_row():
    double = Sequential(Layer(1, 2, "linear", init=constant(1.0)), lambda xs: [2 * x for x in xs])
    assert numbers(double([3.0])) == [6.0, 6.0]
