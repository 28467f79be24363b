"""Modules: parameters found by walking attributes, state under PyTorch's names."""

import copy
import functools
import html
import pickle
import re
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from autograd import NOTHING, TransformError, Value, draw, explain, grad
from autograd.tools.groups import paths
from autograd.value import topological_order
from nn import (
    MLP,
    RBF,
    Dropout,
    Layer,
    Maxout,
    Module,
    Neuron,
    PReLU,
    Sequential,
    cross_entropy,
    fit,
    l2,
    plot_network,
    predict,
    save,
)


class Nested(Module):
    def __init__(self):
        self.scale = Value(2.0)
        self.grid = [(Value(1.0), Value(2.0)), (Value(3.0), Value(4.0))]
        self.ragged = [Value(5.0), [Value(6.0)]]
        self.parts = [Layer(1, 1), "no module", (PReLU(),)]
        self._hidden = Value(9.0)
        self.shared = self.scale


MODELS = [
    Neuron(2),
    Layer(2, 3),
    MLP(2, [3, 1]),
    Maxout(2, 2),
    RBF(2, 2),
    Layer(2, 2, PReLU()),
    Sequential(Layer(2, 3), PReLU(), Dropout(0.5)),
]


def test_parameters_are_the_values_of_public_attributes_in_order():
    assert [name for name, _ in Nested().named_parameters()] == [
        "scale",
        "grid.0.0",
        "grid.0.1",
        "grid.1.0",
        "grid.1.1",
        "ragged.0",
        "ragged.1.0",
        "parts.0.weight.0.0",
        "parts.0.bias.0",
        "parts.2.0.weight.0",
    ]


def test_a_shared_parameter_comes_once():
    parameters = Nested().parameters()
    assert len(parameters) == len({*parameters}) == 10


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_every_weight_has_one_home(model):
    def reached(x):
        if isinstance(x, Value):
            return [x]
        below = vars(x).values() if isinstance(x, Module) else x
        nested = isinstance(x, (Module, list, tuple))
        return [v for part in below for v in reached(part)] if nested else []

    assert reached(model) == model.parameters()
    assert len(reached(model)) == len({*reached(model)}) > 0


def test_neurons_are_views_of_their_layer():
    layer = Layer(2, 3, "tanh", seed=0)
    x = [0.5, -2.0]
    assert [neuron(x).data for neuron in layer.neurons] == [z.data for z in layer(x)]
    layer.neurons[1].bias.data = 7.0
    assert layer.bias[1].data == 7.0


def test_a_module_without_attributes_has_no_parameters():
    assert Module().parameters() == []
    assert Module().state_dict() == {}


def test_parameters_are_labelled_by_their_place():
    model = Sequential(Layer(2, 3), PReLU(), Neuron(3))
    assert model.layers[0].weight[2][1].label == "layers.0.weight[2, 1]"
    assert model.layers[0].bias[2].label == "layers.0.bias[2]"
    assert model.layers[1].weight[0].label == "layers.1.weight[0]"
    assert model.layers[2].bias.label == "layers.2.bias"
    assert "layers.0.weight[2, 1]" in html.unescape(draw(model([1.0, 2.0])).source)
    assert "layers.0.weight[2, 1]" in str(explain(model([1.0, 2.0])))
    outer = Sequential(model)
    assert model.layers[2].weight[0].label == "layers.0.layers.2.weight[0]"
    assert [p.label for p in grad(lambda m: m([1.0, 2.0]))(outer).parameters()] == [
        p.label for p in outer.parameters()
    ]


def test_what_a_list_took_on_later_is_labelled_when_it_is_called():
    class Stack(Module):
        def __init__(self):
            self.layers, self.scales = [], []
            for _ in range(2):
                self.layers.append(Layer(2, 2))
                self.scales.append(Value(1.0))

        def __call__(self, x):
            for layer, scale in zip(self.layers, self.scales, strict=True):
                x = [scale * z for z in layer(x)]
            return x

    model = Stack()
    model([1.0, 2.0])
    assert model.layers[1].weight[1][0].label == "layers.1.weight[1, 0]"
    assert [v.label for v in model.scales] == ["scales[0]", "scales[1]"]


def groups_of(v):
    return {p for p in paths(topological_order(v)).values() if p}


def test_a_models_graph_is_grouped_by_its_modules():
    inner = Sequential(Layer(3, 3), PReLU())
    model = Sequential(Layer(2, 3), Dropout(0.5, seed=1), inner, Layer(3, 1))
    for x in ([0.5, 1.0], np.ones((4, 2))):
        assert groups_of(model(x)) == {
            ("Sequential", "layers.0"),
            ("Sequential", "layers.1"),
            ("Sequential", "layers.2", "layers.0"),
            ("Sequential", "layers.2", "layers.1"),
            ("Sequential", "layers.3"),
        }
    assert groups_of(inner([1.0, 2.0, 3.0])[0]) == {
        ("layers.2", "layers.0"),
        ("layers.2", "layers.1"),
    }
    twin = copy.deepcopy(model)
    assert groups_of(twin([0.5, 1.0])) == groups_of(model([0.5, 1.0]))


def test_a_module_that_calls_that_of_its_parent_is_one_group():
    class Doubled(MLP):
        def __call__(self, x):
            return super().__call__(x) * 2

    model = Doubled(2, [2, 1])
    v = model([0.5, 1.0])
    assert groups_of(v) == {("Doubled", "layers.0"), ("Doubled", "layers.1"), ("Doubled",)}
    with pytest.raises(TypeError, match="__call__"):
        model()


@pytest.mark.parametrize("samples", [1, 16])
@pytest.mark.parametrize("penalty", [0, 0.1])
def test_a_large_models_picture_is_a_column_of_layers(samples, penalty):
    model = MLP(64, [32, 10], seed=0)
    X, y = np.ones((samples, 64)), np.arange(samples) % 10
    for z in (model(X), [model(x) for x in X.tolist()]):
        loss = cross_entropy(z, y)
        loss = loss + penalty * l2(model.parameters()) if penalty else loss
        names = {
            text
            for text in re.findall(r"<B>(.*?)</B>", html.unescape(draw(loss).source))
            if text[0] not in "-0123456789"
        }
        assert {"layers.0", "layers.1"} <= names
        assert names <= {"layers.0", "layers.1", "cross_entropy", "l2", "÷", "×", "+", "−", "sum"}


def test_a_label_of_ones_own_stays_and_a_tied_weight_keeps_its_first():
    class Line(Module):
        def __init__(self):
            self.slope, self.offset = Value(2.0, "m"), Value(1.0)
            self.again = self.offset

    line = Line()
    assert (line.slope.label, line.offset.label) == ("m", "offset")
    copied = copy.deepcopy(line)
    assert (copied.slope.label, copied.again.label) == ("m", "offset")


class Tree(Module):
    def __init__(self, *inside):
        self.weight, self.inside = Value(2.0), [*inside]


def test_who_sets_what_holds_the_module_is_told_so_at_once():
    leaf = Tree()
    root = Tree(Tree(leaf))
    for x in (root, [root], leaf):
        with pytest.raises(TransformError, match="a Tree holds itself"):
            leaf.parent = x
    assert "parent" not in vars(leaf)
    assert leaf.weight.label == "inside.0.inside.0.weight"
    leaf._parent = root  # a private one is none of its parameters
    assert len(root.parameters()) == 3


@pytest.mark.parametrize(
    "hidden",
    [
        {"a": Value(1.0)},
        {"a": [Value(1.0)]},
        [{"a": Tree()}],
        np.array([Value(1.0), Value(2.0)]),
        [np.array([[Value(1.0)]])],
    ],
    ids=["dict", "dict of lists", "list of a dict of modules", "array", "list of an array"],
)
def test_parameters_that_would_not_be_found_are_refused(hidden):
    tree = Tree()
    with pytest.raises(TypeError, match=r"Tree.more holds parameters in a dict or an array.*lists"):
        tree.more = hidden
    assert "more" not in vars(tree)
    tree._more = hidden
    assert len(tree.parameters()) == 1


def test_dicts_and_arrays_without_parameters_are_attributes_like_others():
    tree = Tree()
    tree.table, tree.names, tree.rows = np.ones(3), {"a": [1.0]}, [np.array(["x"], object)]
    assert len(tree.parameters()) == 1


@pytest.mark.parametrize("into", ["itself", "its list", "one that two own"])
def test_parameters_without_an_end_are_an_error(into):
    leaf = Tree()
    first, second = Tree(leaf), Tree(leaf)
    if into == "itself":
        second.inside.append(second)
    elif into == "its list":
        second.inside.append(second.inside)
    else:
        leaf.parent = second  # leaf's place is in the first
    for ask in (Module.parameters, repr, Module.zero_grad, Module.state_dict, Module.eval):
        with pytest.raises(TransformError, match="a Tree holds itself, or a list or module in it"):
            ask(second)
    assert str(leaf.weight.label) == "inside.0.weight"
    assert first.weight.label == "weight"


def test_a_missing_name_is_given_to_python_which_asks_for_one_that_is_nearly_right():
    model = MLP(2, [1])
    with pytest.raises(AttributeError, match="MLP has no attribute 'parameter'$") as caught:
        model.parameter()
    assert (caught.value.name, caught.value.obj) == ("parameter", model)


def test_micrograds_names_are_told_ours():
    for unit in (Neuron(2), Layer(2, 3)):
        with pytest.raises(AttributeError, match=r"has no attribute 'w'; its weight is \.weight"):
            unit.w
        with pytest.raises(AttributeError, match=r"'b'; its bias is \.bias"):
            unit.b
    with pytest.raises(AttributeError, match="MLP has no attribute 'w'$"):
        MLP(1, [1]).w
    assert not hasattr(Layer(1, 1), "forward")


def test_a_module_without_a_call_says_so():
    with pytest.raises(NotImplementedError, match="Module does not define __call__"):
        Module()(1.0)

    class Torchs(Module):
        def __init__(self):
            self.weight = Value(1.0)

        def forward(self, x):
            return self.weight * x.T[0]

    with pytest.raises(NotImplementedError, match="its forward is to have this name"):
        fit(Torchs(), [[1.0], [2.0]], [1.0, 2.0], "mse_loss", progress=False)


@pytest.mark.parametrize(
    ("sizes", "count"), [([3, 5, 1], 26), ([2, 16, 16, 1], 337), ([64, 32, 10], 2410), ([1, 1], 2)]
)
def test_an_mlp_has_one_weight_an_input_and_a_bias_for_each_unit(sizes, count):
    parameters = MLP(sizes[0], sizes[1:]).parameters()
    assert len(parameters) == count == sum((a + 1) * b for a, b in pairwise(sizes))


def test_zero_grad_leaves_no_gradient():
    model = MLP(2, [3, 1], "tanh", seed=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is NOTHING for p in model.parameters())


def test_state_has_pytorchs_names_and_shapes():
    state = MLP(3, [5, 1]).state_dict()
    assert {name: a.shape for name, a in state.items()} == {
        "layers.0.weight": (5, 3),
        "layers.0.bias": (5,),
        "layers.1.weight": (1, 5),
        "layers.1.bias": (1,),
    }


def test_a_row_of_weights_is_a_neurons():
    layer = Layer(3, 2, seed=0)
    state = layer.state_dict()
    for i, neuron in enumerate(layer.neurons):
        assert state["weight"][i].tolist() == [w.data for w in neuron.weight]
        assert state["bias"][i] == neuron.bias.data


def test_arrays_of_values_keep_their_shape_and_ragged_ones_are_named_one_by_one():
    shapes = {name: a.shape for name, a in Nested().state_dict().items()}
    assert shapes["grid"] == (2, 2)
    assert shapes["scale"] == shapes["ragged.0"] == ()
    assert shapes["ragged.1"] == (1,)


def test_state_goes_round_exactly():
    one, other = MLP(2, [3, 2], seed=1), MLP(2, [3, 2], seed=2)
    other.load_state_dict(one.state_dict())
    assert [p.data for p in one.parameters()] == [p.data for p in other.parameters()]
    assert all(type(p.data) is float for p in other.parameters())


def test_state_does_not_share_memory_with_the_model():
    model = MLP(1, [1])
    state = model.state_dict()
    state["layers.0.weight"][:] = 7.0
    assert model.layers[0].weight[0][0].data != 7.0


def broken(change):
    state = MLP(2, [3, 1]).state_dict()
    change(state)
    return state


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda s: s.pop("layers.1.bias"), KeyError, r"missing \['layers.1.bias'\]"),
        (lambda s: s.update(extra=np.zeros(1)), KeyError, r"unknown \['extra'\]"),
        (
            lambda s: s.update({"layers.1.weight": np.zeros((3, 1))}),
            ValueError,
            r"layers.1.weight has shape \(1, 3\) here, given \(3, 1\)",
        ),
        (
            lambda s: s.update({"layers.1.weight": np.ones((1, 3)) * 1j}),
            ValueError,
            r"layers.1.weight must hold numbers, given 1j at \[0, 0\]",
        ),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, error, says):
    model = MLP(2, [3, 1], seed=0)
    before = [p.data for p in model.parameters()]
    with pytest.raises(error, match=says):
        model.load_state_dict(broken(change))
    assert [p.data for p in model.parameters()] == before


def test_a_state_is_a_dict():
    with pytest.raises(TypeError, match="a dict of names and arrays, given None"):
        MLP(2, [1]).load_state_dict(None)


def test_train_and_eval_reach_every_module():
    model = Sequential(Layer(1, 1), Sequential(Dropout(0.5)))
    assert model.training
    assert model.eval() is model
    assert [module.training for _, module in model.modules()] == [False] * 4
    assert all(module.training for _, module in model.train().modules())
    model.training = False
    assert [module.training for _, module in model.modules()] == [False] * 4


@pytest.mark.parametrize("name", ["eval", "train", "parameters", "zero_grad", "state_dict"])
def test_a_method_is_called_not_set(name):
    model = MLP(2, [3, 1], seed=0)
    with pytest.raises(TypeError, match=rf"{name}\(\) is a method of modules, called, not set"):
        setattr(model, name, True)
    assert callable(getattr(model, name))


def test_modules_have_dotted_names():
    names = [name for name, _ in Sequential(Layer(1, 1), Sequential(PReLU())).modules()]
    assert names == ["", "layers.0", "layers.1", "layers.1.layers.0"]


def test_repr_shows_settings_and_counts_of_every_level():
    model = Sequential(Layer(2, 3, "tanh"), Sequential(PReLU()))
    assert repr(model) == (
        "Sequential() with 10 parameters\n"
        "  layers.0: Layer(nin=2, nout=3, activation='tanh', plain=False) with 9 parameters\n"
        "  layers.1: Sequential() with 1 parameter\n"
        "    layers.0: PReLU() with 1 parameter"
    )


def test_a_copy_and_a_pickle_are_models_of_their_own():
    model = MLP(2, [3, 1], seed=0)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin([1.0, 2.0]).data == model([1.0, 2.0]).data
        twin.layers[0].weight[0][0].data += 1.0
        assert twin.layers[0].neurons[0].weight[0] is twin.layers[0].weight[0][0]
        assert model.parameters()[0].data != twin.parameters()[0].data


def test_another_autograd_is_named_with_the_way_out(tmp_path):
    (tmp_path / "autograd.py").write_text("grad = None\n")
    import nn

    root = str(nn.__path__[0]).rpartition("nn")[0]
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {root!r}]; import nn"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ImportError" in run.stderr
    assert str(tmp_path / "autograd.py") in run.stderr
    assert "pip uninstall autograd" in run.stderr


def test_two_numbers_for_one_parameter_are_an_error():
    model = Layer(2, 2, "linear", seed=0)
    a, b = model.weight[0]
    model.weight = ((a, b), (b, a))
    model.load_state_dict({"weight": [[1, 2], [2, 1]], "bias": [0, 0]})
    with pytest.raises(ValueError, match=r"weight\[0, 0\] is tied, given 3.0 and, in weight, 5.0"):
        model.load_state_dict({"weight": [[3, 4], [4, 5]], "bias": [0, 0]})
    assert (a.data, b.data) == (1.0, 2.0)


@pytest.mark.parametrize(
    "use",
    [
        lambda x: predict(x, [[0.0]]),
        lambda x: fit(x, [[0.0]], [0.0], "mse_loss", progress=False),
        lambda x: save(x, "never.safetensors"),
        plot_network,
    ],
)
@pytest.mark.parametrize("given", [None, MLP, abs])
def test_what_is_no_model_is_told(use, given):
    with pytest.raises(TypeError, match=r"a model is a Module, such as .*, given"):
        use(given)


def test_a_cached_property_of_a_module_is_refused():
    """It keeps what it was at the first call: fit trained with it without a word."""

    class Doubled:
        @functools.cached_property
        def double(self):
            return 2 * self.w

    with pytest.raises(TypeError, match="Line.double is a cached_property.*make it a property"):
        type("Line", (Doubled, Module), {})
