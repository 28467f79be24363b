"""Models and training on disk: exact round trips, clear errors, nothing unpickled."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from autograd import Value, tanh
from nn import (
    MLP,
    RBF,
    SGD,
    Adam,
    AdamW,
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
    load_training,
    mse_loss,
    save,
    save_training,
)
from nn.data.samples import make_moons

MODELS = {
    "mlp": lambda: MLP(2, [3, 2], "tanh", output="sigmoid", plain=True),
    "neuron": lambda: Neuron(2, "elu"),
    "function": lambda: Layer(2, 2, tanh),
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


class Own(Module):
    def __init__(self, size):
        self.size = size
        self.weight = [Value(float(i)) for i in range(size)]


def test_a_module_of_ones_own_is_named_when_loading(path):
    save(Own(3), path)
    with pytest.raises(ModelFileError, match=r"a module 'Own' is unknown.*modules="):
        load(path)
    assert [p.data for p in load(path, modules=[Own]).parameters()] == [0.0, 1.0, 2.0]


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


# ---------------------------------------------------------------------------- training


def training(epochs, model, optimizer, history=None, callbacks=()):
    X, y = make_moons(40, seed=3)
    return fit(
        model,
        X,
        y,
        loss=mse_loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=8,
        seed=7,
        validation=(X[:10], y[:10]),
        patience=50,
        progress=False,
        history=history,
        callbacks=callbacks,
    )


def fresh():
    model = Sequential(Layer(2, 6, "tanh", seed=1), Dropout(0.3), Layer(6, 1, "linear", seed=2))
    return model, Adam(model.parameters(), lr=0.05)


@pytest.mark.parametrize("cut", [1, 4, 6])
def test_training_resumed_is_training_that_never_stopped(cut, path):
    model, optimizer = fresh()
    whole = training(6, model, optimizer)

    def saved_and_stopped(model, history):
        if history.epochs == cut:
            save_training(path, model, its_optimizer, history)
            raise KeyboardInterrupt

    first, its_optimizer = fresh()
    assert training(6, first, its_optimizer, callbacks=[saved_and_stopped]).epochs == cut
    second, its_optimizer = fresh()
    history = load_training(path, second, its_optimizer)
    training(6, second, its_optimizer, history)

    assert history == whole
    assert [p.data for p in second.parameters()] == [p.data for p in model.parameters()]
    assert history.generator.getstate() == whole.generator.getstate()


def test_training_saved_before_it_began_is_training(path):
    model, optimizer = fresh()
    save_training(path, model, optimizer, training(0, model, optimizer))
    whole = training(2, model, optimizer)
    other, its_optimizer = fresh()
    assert training(2, other, its_optimizer, load_training(path, other, its_optimizer)) == whole


def test_the_training_of_another_model_or_optimiser_is_named(path):
    model, optimizer = fresh()
    save_training(path, model, optimizer, training(1, model, optimizer))
    with pytest.raises(ModelFileError, match="not of the training of this model"):
        load_training(path, model, SGD(model.parameters(), lr=0.1))
    other = MLP(2, [3, 1])
    with pytest.raises(ModelFileError, match="not of the training of this model"):
        load_training(path, other, Adam(other.parameters()))
    save(model, path)
    with pytest.raises(ModelFileError, match="not of the training of this model"):
        load_training(path, model, optimizer)


def test_sizes_may_be_numpys_integers(tmp_path):
    model = MLP(2, [3, np.int64(1)])
    save(model, tmp_path / "model")
    assert repr(load(tmp_path / "model")) == repr(MLP(2, [3, 1]))


@pytest.mark.parametrize("notes", [{}, {"notes": "{"}])
def test_a_file_without_notes_is_no_model(tmp_path, notes):
    save_file({}, tmp_path / "model", {"format": "chainrule 1"} | notes)
    with pytest.raises(ModelFileError, match="no notes that can be read"):
        load(tmp_path / "model")


def test_another_optimiser_or_model_does_not_take_over_a_training(tmp_path):
    model = MLP(1, [2, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), lr=0.1)
    X, y = [[0.0], [1.0]], [0.0, 1.0]
    history = fit(model, X, y, loss=mse_loss, optimizer=optimizer, epochs=2, progress=False)
    save_training(tmp_path / "t", model, optimizer, history)
    other = MLP(1, [2, 1], "relu", seed=1)
    before = other.state_dict()
    for m, o in ((other, Adam), (model, AdamW)):
        fresh = o(m.parameters(), lr=0.1)
        with pytest.raises(ModelFileError, match="another"):
            load_training(tmp_path / "t", m, fresh)
        assert fresh.steps == 0
    assert all((other.state_dict()[name] == x).all() for name, x in before.items())
