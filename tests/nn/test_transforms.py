"""Transforms and backward() agree on every module: a weight is one variable however it is reached."""

import inspect
from copy import copy
from types import SimpleNamespace

import numpy as np
import pytest

import nn
from autograd import (
    TransformError,
    Value,
    grad,
    gradcheck,
    hessian,
    jacobian,
    jit,
    jvp,
    mean,
    numerical_gradient,
    tanh,
    value_and_grad,
    vjp,
    vmap,
)
from nn import (
    MLP,
    RBF,
    Dropout,
    Layer,
    Maxout,
    Module,
    Neuron,
    PReLU,
    RReLU,
    Sequential,
    mse_loss,
    pytree,
)

X = np.array([[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]])


class Tied(Module):
    """Two names for one layer, a weight in two places, and a Value kept privately once more."""

    def __init__(self):
        self.a = Layer(2, 2, "tanh", seed=3)
        self.b = self.a
        self.c = Layer(2, 2, "linear", seed=4)
        self.c.bias = (self.c.bias[0], self.a.weight[0][1])
        self._again = self.c.bias

    def __call__(self, x):
        return [z + self._again[0] for z in self.c(self.b(self.a(x)))]


MODULES = [
    Neuron(2, "tanh", seed=0),
    Neuron(2, "linear", seed=0, plain=True),
    Layer(2, 2, "sigmoid", seed=0),
    Layer(2, 2, PReLU(), seed=0),
    MLP(2, [2, 1], "tanh", seed=0),
    MLP(2, [2, 2], "softplus", output="tanh", seed=0),
    Maxout(2, 2, k=3, seed=0),
    RBF(2, 2, seed=0),
    Sequential(Layer(2, 2, "linear", seed=0), PReLU(), RReLU().eval(), Dropout().eval()),
    Tied(),
]


def squares(module):
    out = module(X)
    return mse_loss(out, np.zeros((3, len(out))) if isinstance(out, list) else np.zeros(3))


def by_backward(module):
    module.zero_grad()
    squares(module).backward()
    found = [p.grad for p in module.parameters()]
    module.zero_grad()
    return found


def numbers(module):
    return [p.data for p in module.parameters()]


def test_every_module_of_the_package_is_walked():
    ours = {x for x in vars(nn).values() if inspect.isclass(x) and issubclass(x, Module)}
    assert {type(m) for module in MODULES for _, m in module.modules()} >= ours - {Module}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: type(m).__name__)
def test_every_transform_agrees_with_backward(module):
    expected = by_backward(module)
    assert any(expected)
    answers = {
        "grad": grad(squares)(module),
        "value_and_grad": value_and_grad(squares)(module)[1],
        "vjp": vjp(squares, module)[1](1.0)[0],
        "jacobian": jacobian(squares)(module),
    }
    for name, answer in answers.items():
        assert type(answer) is type(module)
        assert numbers(answer) == expected, name
    assert numbers(numerical_gradient(squares, module)) == pytest.approx(
        expected, rel=1e-6, abs=1e-8
    )
    gradcheck(squares, module)
    assert all(p.grad == 0.0 for p in module.parameters())


@pytest.mark.parametrize("module", MODULES, ids=lambda m: type(m).__name__)
def test_a_directional_derivative_is_the_gradient_in_that_direction(module):
    direction = grad(squares)(module)
    _, slope = jvp(squares, (module,), (direction,))
    assert slope == pytest.approx(sum(g * g for g in numbers(direction)), rel=1e-12)


def test_a_module_is_an_argument_beside_others():
    module = MLP(2, [2, 1], tanh, seed=0)
    by_module, by_scale = grad(lambda m, s: squares(m) * s, argnums=(0, 1))(module, 2.0)
    assert numbers(by_module) == pytest.approx([2 * g for g in by_backward(module)], rel=1e-15)
    assert by_scale == squares(module).data


def test_a_tied_weight_has_one_gradient_at_each_of_its_places():
    class Twice(Module):
        def __init__(self):
            self.a = Value(3.0)
            self.b = self.a

    g = grad(lambda m: m.a * m.b * 2)(Twice())
    assert g.a.data == g.b.data == 12.0


# ----------------------------------------------------------------------- one sample at a time

LOSSES = {
    "mse": (nn.mse_loss, 1, [0.5, -1.0, 2.0]),
    "l1": (nn.l1_loss, 1, [0.5, -1.0, 2.0]),
    "huber": (nn.huber_loss, 1, [0.5, -9.0, 2.0]),
    "logistic": (nn.binary_cross_entropy_with_logits, 1, [0, 1, 1]),
    "hinge": (nn.hinge_loss, 1, [-1, 1, 1]),
    "gaussian": (lambda p, t: nn.gaussian_nll_loss(p, t, 0.5), 1, [0.5, -1.0, 2.0]),
    "column": (nn.mse_loss, 1, [[0.5], [-1.0], [2.0]]),
    "rows": (nn.mse_loss, 2, [[0.5, 1.0], [-1.0, 0.0], [2.0, 3.0]]),
    "classes": (nn.cross_entropy, 3, [0, 2, 1]),
    "probabilities": (nn.cross_entropy, 2, [[0.5, 0.5], [1.0, 0.0], [0.2, 0.8]]),
    "sum": (lambda p, t: mse_loss(p, t, reduction="sum"), 1, [0.5, -1.0, 2.0]),
}


@pytest.mark.parametrize(("loss", "outputs", "y"), LOSSES.values(), ids=LOSSES)
def test_the_gradients_of_a_model_sample_by_sample(loss, outputs, y):
    model, y = MLP(2, [3, outputs], "tanh", seed=0), np.array(y)
    each = vmap(grad(lambda m, x, t: loss(m(x), t)), in_axes=(None, 0, 0))(model, X, y)
    for i in range(3):
        model.zero_grad()
        loss(model(X[i]), y[i]).backward()
        for name, array in arrays(each):
            expected = [p.grad for n, p in model.named_parameters() if n.startswith(name)]
            np.testing.assert_allclose(array[..., i].ravel(), expected, rtol=1e-12, atol=1e-15)


def arrays(module):
    """The arrays that stand in the places of a module's weights."""
    for i, layer in enumerate(module.layers):
        yield f"layers.{i}.weight", np.array(layer.weight, dtype=float)
        yield f"layers.{i}.bias", np.array(layer.bias, dtype=float)


def test_a_constant_target_is_every_samples():
    model = MLP(2, [3, 1], "tanh", seed=0)
    each = vmap(lambda x: mse_loss(model(x), 1.0))(X)
    assert each == pytest.approx([(z - 1) ** 2 for z in model(X).data], rel=1e-14)


def test_dropout_and_rrelu_draw_for_every_mapped_sample():
    dropped = vmap(Dropout(0.5, seed=0))(np.ones(200))
    assert {*dropped} == {0.0, 2.0}
    assert len({*vmap(RReLU(seed=0))(-np.ones(50))}) == 50
    slopes = vmap(grad(RReLU(seed=0)))(-np.ones(50))
    assert len({*slopes}) == 50
    assert np.array_equal(vmap(Dropout(0.5).eval())(np.arange(3.0)), np.arange(3.0))


@pytest.mark.parametrize("outputs", [1, 2])
def test_the_samples_themselves_may_be_the_variable(outputs):
    model, y = MLP(2, [3, outputs], "tanh", seed=0), np.zeros((3, outputs))
    by_x = grad(lambda x: mse_loss(model(x), y))(X)  # Values: they depend on the model too
    for i in range(3):
        by_row = grad(lambda x: mse_loss(model(x), y[i]) / 3)(X[i])
        assert [v.data for v in by_x[i]] == pytest.approx([v.data for v in by_row], rel=1e-13)


def test_the_second_derivatives_of_a_module_are_symmetric():
    module = Neuron(2, "tanh", seed=0)
    h = hessian(squares)(module)
    assert type(h) is Neuron
    rows = [[*row.weight, row.bias] for row in (*h.weight, h.bias)]
    matrix = np.array([[v.data for v in row] for row in rows])
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-13)


def test_binding_a_module_puts_no_module_together(monkeypatch):
    model, made = MLP(2, [3, 1], seed=0), []
    g = jit(grad(lambda model, X: mean(model(X))))
    X = np.ones((5, 2))
    want = g(model, X)
    monkeypatch.setattr(pytree, "copy", SimpleNamespace(copy=lambda x: made.append(x) or copy(x)))
    run = g.bind(model, X)
    assert not made
    assert [p.data for p in run().parameters()] == [p.data for p in want.parameters()]
    assert made


def test_a_module_that_holds_itself_is_an_error():
    class Looped(Module):
        def __init__(self):
            self.weight, self.inside = Value(2.0), []

    by_itself, alone, beside = Looped(), Looped(), Looped()
    by_itself.inside.append(by_itself)
    alone.inside.append(alone.inside)
    beside.inside.extend([beside.inside, beside.inside, 1.0])
    for module in (by_itself, alone, beside):
        for transform in (grad, jit):
            with pytest.raises(TransformError, match="Looped holds itself"):
                transform(lambda m: m.weight**2)(module)
