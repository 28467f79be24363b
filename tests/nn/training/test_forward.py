"""A model of the user's own answers samples alike by every backend, or an error says how to."""

import numpy as np
import pytest

from autograd import Value, dot, mean, sigmoid, sum
from nn import MLP, Layer, Module, Sequential, binary_cross_entropy_with_logits, fit, predict


class Own(Module):
    """w · x + b of what a subclass takes for the inputs."""

    def __init__(self):
        self.weight, self.bias = [Value(1.0), Value(2.0)], Value(0.0)

    def __call__(self, x):
        return sum(w * v for w, v in zip(self.weight, self.inputs(x), strict=False)) + self.bias


class Columns(Own):
    def inputs(self, x):
        return x.T


class Rows(Own):
    def inputs(self, x):
        return x


class Unpacked(Own):
    def inputs(self, x):
        a, b = x
        return a, b


class Dotted(Own):
    def __call__(self, x):
        return dot(self.weight, list(x.T)) + self.bias


class Product(Own):
    def __call__(self, x):
        return x @ np.array(self.weight) + self.bias


SETTINGS = {"optimizer": "SGD", "lr": 0.1, "epochs": 3, "progress": False}


def data(n):
    generator = np.random.default_rng(0)
    return generator.normal(size=(n, 2)), generator.normal(size=n)


def trained(make, backend, n, **settings):
    model = make()
    fit(model, *data(n), "mse_loss", backend=backend, **SETTINGS, **settings)
    return [p.data for p in model.parameters()]


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("make", [Columns, Dotted, Product])
def test_inputs_are_the_columns_of_one_sample_and_of_all(make, n):
    X, y = data(n)
    one_by_one = trained(make, "eager", n)
    W, b, lr = np.array([1.0, 2.0]), 0.0, SETTINGS["lr"]
    for _ in range(SETTINGS["epochs"]):
        slope = 2 * (X @ W + b - y) / n
        W, b = W - lr * slope @ X, b - lr * slope.sum()
    assert one_by_one == pytest.approx([*W, b], rel=1e-12)
    for backend in ("batch", "llvm"):
        assert trained(make, backend, n) == pytest.approx(one_by_one, rel=1e-12)


@pytest.mark.parametrize("backend", ["batch", "llvm", "auto"])
@pytest.mark.parametrize("make", [Rows, Unpacked])
@pytest.mark.parametrize(("n", "size"), [(2, None), (5, None), (6, 2)])
def test_rows_taken_for_inputs_are_an_error_where_samples_are_as_many_too(make, n, size, backend):
    with pytest.raises(ValueError, match=r"numbers to \d samples|to unpack") as caught:
        trained(make, backend, n, batch_size=size)
    said = [str(caught.value), *getattr(caught.value, "__notes__", ())]
    assert "x.T[i] is input i" in " ".join(said)


@pytest.mark.parametrize("backend", ["auto", "batch", "llvm"])
@pytest.mark.parametrize("n", [2, 5])
def test_a_prediction_by_rows_is_an_error(n, backend):
    X, _ = data(n)
    assert predict(Columns(), X, backend=backend) == pytest.approx(X @ [1, 2], rel=1e-12)
    with pytest.raises(ValueError, match=f"answers 2 numbers to {n + (n == 2)} samples"):
        predict(Rows(), X, backend=backend)


class Sines(Own):
    def inputs(self, x):
        return np.sin(x).T


def test_one_by_one_a_sample_is_its_numbers():
    assert trained(Rows, "eager", 5) == trained(Columns, "eager", 5)
    assert trained(Sines, "eager", 5) == pytest.approx(trained(Sines, "batch", 5), rel=1e-12)


class Parted(Own):
    """Answers in parts, as an autoencoder does."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def __call__(self, x):
        out = dot(self.weight, list(x.T)) + self.bias
        parts = {
            "tuple": (out, [out * 2, self.bias]),
            "dict": {"a": out, "b": [out * 2, self.bias]},
        }
        return parts[self.kind]


def parted_loss(out, y):
    a, (b, c) = out.values() if isinstance(out, dict) else out
    return mean((a - y) ** 2 + b * b) + c


@pytest.mark.parametrize("kind", ["tuple", "dict"])
def test_a_model_may_answer_in_parts_if_its_loss_takes_them(kind):
    numbers = []
    for backend in ("batch", "llvm"):
        model = Parted(kind)
        fit(model, *data(5), parted_loss, backend=backend, **SETTINGS)
        numbers.append([p.data for p in model.parameters()])
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-12)
    assert numbers[0] != [1.0, 2.0, 0.0]


@pytest.mark.parametrize("n", [2, 5])
@pytest.mark.parametrize("kind", ["tuple", "dict"])
def test_a_prediction_in_parts_is_an_error(kind, n):
    with pytest.raises(TypeError, match="a model that answers a Value, or a list of them; got"):
        predict(Parted(kind), data(n)[0])


SIGMOIDS = [
    lambda: MLP(2, [3, 1], "tanh", output="sigmoid", seed=0),
    lambda: MLP(2, [1], output=sigmoid, seed=0),
    lambda: Sequential(Layer(2, 3, "tanh", seed=0), Layer(3, 1, "sigmoid", seed=1)),
    lambda: Sequential(Layer(2, 1, "linear", seed=0), sigmoid),
    lambda: Layer(2, 1, "sigmoid", seed=0),
]


@pytest.mark.parametrize("make", SIGMOIDS)
def test_the_scores_of_a_sigmoid_are_probabilities(make):
    model, (X, _) = make(), data(50)
    scores = predict(model, X)
    assert 0 < scores.min() < 0.5 < scores.max() < 1
    assert predict(model, X, "probabilities").tolist() == scores.tolist()
    assert predict(model, X, "classes").tolist() == (scores > 0.5).tolist()


@pytest.mark.parametrize("make", SIGMOIDS)
@pytest.mark.parametrize(
    "loss", ["binary_cross_entropy_with_logits", binary_cross_entropy_with_logits]
)
def test_a_sigmoid_in_the_place_of_logits_is_an_error(make, loss):
    with pytest.raises(ValueError, match='of logits; .* a sigmoid already: make it "linear"'):
        fit(make(), data(5)[0], [0, 1, 0, 1, 0], loss, epochs=1, progress=False)
