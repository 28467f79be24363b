"""Models and training on disk: exact round trips, clear errors, nothing unpickled."""

import json
import pickle
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from autograd import Value, tanh
from nn import (
    MLP,
    RBF,
    SGD,
    Dropout,
    Layer,
    Maxout,
    ModelFileError,
    Module,
    Neuron,
    PReLU,
    RReLU,
    Sequential,
    fit,
    load,
    mse_loss,
    predict,
    save,
)

MODELS = {
    "mlp": lambda: MLP(2, [3, 2], "tanh", output="sigmoid", plain=True),
    "neuron": lambda: Neuron(2, "elu"),
    "function": lambda: Layer(2, 2, tanh),
    "an activation by itself": lambda: Sequential(Layer(2, 1, "linear"), tanh),
    "units": lambda: Sequential(
        Layer(2, 4, PReLU()),
        RReLU(0.1, 0.2),
        Dropout(0.25),
        Sequential(Maxout(4, 3, k=3)),
        RBF(3, 1, 2.0),
    ),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_a_round_trip_is_exact(make, path):
    model = make().eval()
    for i, p in enumerate(model.parameters()):
        p.data += 0.1 * i
    save(model, path)
    copy = load(path).eval()
    assert type(copy) is type(model)
    assert repr(copy) == repr(model).replace("activation=tanh", "activation='tanh'")
    assert [p.data for p in copy.parameters()] == [p.data for p in model.parameters()]
    assert repr(copy([0.3, -0.7])) == repr(model([0.3, -0.7]))


@pytest.mark.parametrize("number", [5e-324, -0.0, 1e308, float("inf"), 0.1 + 0.2])
def test_every_float_survives(number, path):
    model = Neuron(1)
    model.bias.data = number
    save(model, path)
    assert np.array_equal(load(path).bias.data, number)
    assert np.signbit(load(path).bias.data) == np.signbit(number)


def test_labels_are_kept(path):
    model = MLP(1, [2], seed=0)
    fit(model, [[0.0], [1.0]], ["a", "b"], "cross_entropy", epochs=1, progress=False)
    save(model, path)
    assert predict(load(path), [[0.0]], "classes")[0] in ("a", "b")


class Own(Module):
    def __init__(self, size):
        self.size = size
        self.weight = [Value(float(i)) for i in range(size)]


def test_a_module_of_ones_own_is_named_when_loading(path):
    save(Own(3), path)
    with pytest.raises(ModelFileError, match=r"a module 'Own' is unknown.*modules="):
        load(path)
    assert [p.data for p in load(path, modules=[Own]).parameters()] == [0.0, 1.0, 2.0]
    for wrong in (Own, [Own(3)]):
        with pytest.raises(TypeError, match=r"modules is a list of classes, such as \[MyModel\]"):
            load(path, modules=wrong)


class Forgetful(Module):
    def __init__(self, size, scale=1.0):
        self.weight = [Value(scale) for _ in range(size)]


def test_a_module_that_does_not_keep_what_it_was_made_with_is_not_saved(path):
    for model in (Forgetful(3), Sequential(Forgetful(3))):
        with pytest.raises(TypeError, match=r"this Forgetful again: .* by self.size = size"):
            save(model, path)
    assert not path.exists()


def test_an_unknown_function_cannot_be_saved_and_leaves_the_file_as_it_was(path):
    save(Neuron(1), path)
    before = path.read_bytes()
    with pytest.raises(TypeError, match="cannot hold the function"):
        save(Layer(1, 1, lambda z: z), path)
    assert path.read_bytes() == before
    assert [*path.parent.iterdir()] == [path]


def test_writing_that_fails_leaves_the_old_file_and_no_other(path, monkeypatch):
    save(Neuron(1, seed=0), path)
    before = path.read_bytes()

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        save(Neuron(1, seed=1), path)
    assert path.read_bytes() == before
    assert [*path.parent.iterdir()] == [path]


def test_a_device_is_not_replaced_by_a_file():
    with pytest.raises(OSError, match="/dev/full is no regular file"):
        save(Neuron(1), "/dev/full")
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("size", [0, 5, 40, -1])
def test_a_truncated_file_is_named(size, path):
    save(MLP(2, [3, 1]), path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ModelFileError, match="no safetensors file, or a part of one"):
        load(path)


@pytest.mark.parametrize("content", [b"hello, world, this is no model", pickle.dumps({"a": 1})])
def test_a_foreign_file_is_named(content, path):
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="no safetensors file"):
        load(path)


def test_safetensors_of_others_are_named(path):
    save_file({"weight": np.zeros(3)}, path)
    with pytest.raises(ModelFileError, match="not written by save"):
        load(path)


def rewritten(path, change):
    """The file with other notes or arrays."""
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        header = file.metadata()
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no dict)
    notes = json.loads(header["notes"])
    change(arrays, notes)
    save_file(arrays, path, {**header, "notes": json.dumps(notes)})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda a, n: a.update({"layers.0.weight": np.zeros((2, 2))}), r"shape \(3, 2\) here"),
        (lambda a, n: a.pop("layers.0.bias"), "missing"),
        (lambda a, n: n["model"].update(nouts=[4, 1]), "here, given"),
        (lambda a, n: n["model"].update(type="os.system"), "'os.system' is unknown"),
        (lambda a, n: n["model"].update(strange=1), "strange"),
        (lambda a, n: n["model"].update(activation="swish"), "swish"),
        (lambda a, n: n.pop("model"), "model"),
    ],
)
def test_a_file_that_contradicts_itself_is_named(change, says, path):
    save(MLP(2, [3, 1]), path)
    rewritten(path, change)
    with pytest.raises(ModelFileError, match=says):
        load(path)


def test_a_file_that_is_not_there_is_the_usual_error(path):
    with pytest.raises(FileNotFoundError):
        load(path)


def test_sizes_may_be_numpys_integers(tmp_path):
    model = MLP(2, [3, np.int64(1)])
    save(model, tmp_path / "model")
    assert repr(load(tmp_path / "model")) == repr(MLP(2, [3, 1]))


@pytest.mark.parametrize("notes", [{}, {"notes": "{"}])
def test_a_file_without_notes_is_no_model(tmp_path, notes):
    save_file({}, tmp_path / "model", {"format": "chainrule 2"} | notes)
    with pytest.raises(ModelFileError, match="no notes that can be read"):
        load(tmp_path / "model")


# -------------------------------------------------------------------------------- tied weights


class Pair(Module):
    def __init__(self):
        self.a, self.b = Layer(1, 1, "linear", seed=0), Layer(1, 1, "linear", seed=1)

    def __call__(self, x):
        return self.b(self.a(x))


def layers_tied():
    layer = Layer(2, 2, "linear", seed=0)
    return Sequential(layer, layer)


def modules_tied():
    pair = Pair()
    pair.b = pair.a
    return pair


def weights_tied():
    pair = Pair()
    pair.b.weight = pair.a.weight
    return pair


def one_tied():
    model = MLP(2, [2, 1], seed=0)
    model.layers[1].bias = (model.layers[0].weight[1][0],)
    return model


@pytest.mark.parametrize("make", [layers_tied, modules_tied, weights_tied, one_tied])
def test_tied_weights_are_saved_loaded_and_trained_tied(make, path):
    model = make()
    count = len(model.parameters())
    save(model, path)
    copy = load(path, modules=[Pair])
    assert [name for name, _ in copy.named_parameters()] == [n for n, _ in model.named_parameters()]
    X = np.linspace(-1, 1, 6).reshape(3, 2)[:, : 1 if isinstance(model, Pair) else 2]
    y = predict(model, X) + 1.0
    for m in (model, copy):
        fit(m, X, y, loss=mse_loss, optimizer=SGD(m.parameters(), lr=0.1), epochs=3, progress=False)
        assert len(m.parameters()) == count
    assert [p.data for p in model.parameters()] == [p.data for p in copy.parameters()]
    twin = pickle.loads(pickle.dumps(model))
    assert len(twin.parameters()) == count


def test_a_tie_to_a_weight_that_is_not_there_is_named(path):
    save(layers_tied(), path)
    rewritten(path, lambda a, n: n["tied"].update({".layers[1].bias[0]": "nowhere"}))
    with pytest.raises(ModelFileError, match="nowhere"):
        load(path)


# ------------------------------------------------------------------------------ hostile files


@pytest.mark.parametrize(
    "claim",
    [
        {"type": "MLP", "nin": 1, "nouts": [3_000_000]},
        {"type": "MLP", "nin": 3_000_000, "nouts": [1]},
        {"type": "Layer", "nin": 2000, "nout": 2000},
        {"type": "Neuron", "nin": 10**12},
        {"type": "Maxout", "nin": 1, "nout": 1, "k": 10**12},
        {"type": "RBF", "nin": 10**6, "nout": 10**6},
        {"type": "Sequential", "layers": [{"type": "Layer", "nin": 1, "nout": 10**9}]},
    ],
    ids=lambda claim: claim["type"],
)
def test_a_small_file_that_claims_a_large_model_allocates_no_large_model(claim, path):
    save(MLP(2, [3, 1]), path)
    rewritten(path, lambda a, n: n.update(model=claim))
    assert path.stat().st_size < 1000
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError, match="more weights than the 13 numbers of the file"):
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [2**62, 10**9])
def test_a_header_that_claims_more_bytes_than_the_file_has_is_named(size, path):
    header = json.dumps({"a": {"dtype": "F64", "shape": [size // 8], "data_offsets": [0, size]}})
    path.write_bytes(len(header).to_bytes(8, "little") + header.encode())
    with pytest.raises(ModelFileError, match="no safetensors file"):
        load(path)


def test_a_description_without_end_is_named(path):
    save(MLP(2, [3, 1]), path)
    claim = []
    for _ in range(400):
        claim = {"type": "Sequential", "layers": [claim]}
    rewritten(path, lambda a, n: n.update(model=claim))
    with pytest.raises(ModelFileError):
        load(path)
