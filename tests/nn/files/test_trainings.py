"""Trainings on disk: one that goes on is one that never stopped."""

import math

import numpy as np
import pytest

from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    Dropout,
    Layer,
    ModelFileError,
    Sequential,
    fit,
    load_training,
    make_moons,
    mse_loss,
    predict,
    save,
    save_training,
)


@pytest.fixture(autouse=True)
def no_ctrl_c_before(monkeypatch):
    monkeypatch.setattr("nn.training.fit.last_interrupt", -math.inf)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "training.safetensors"


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


def test_a_new_model_goes_on_with_the_labels_of_the_file(path):
    X, y = make_moons(40, seed=3)
    labels = np.where(y == 1, "yes", "no")

    def trained(epochs, model, optimizer, history=None, y=labels):
        return fit(
            model,
            X,
            y,
            mse_loss,
            optimizer=optimizer,
            epochs=epochs,
            history=history,
            progress=False,
        )

    whole, optimizer = fresh()
    trained(6, whole, optimizer)
    model, optimizer = fresh()
    save_training(path, model, optimizer, trained(3, model, optimizer))
    model, optimizer = fresh()
    history = load_training(path, model, optimizer)
    assert model.classes == ["no", "yes"]
    trained(6, model, optimizer, history)
    assert [p.data for p in model.parameters()] == [p.data for p in whole.parameters()]
    assert predict(model, X, "classes").tolist() == predict(whole, X, "classes").tolist()
    load_training(path, model, optimizer)  # into one that has learnt the same labels
    other, optimizer = fresh()
    trained(1, other, optimizer, y=np.where(y == 1, "hot", "cold"))
    with pytest.raises(ModelFileError, match="another model"):
        load_training(path, other, optimizer)
    assert other.classes == ["cold", "hot"]


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


def test_a_training_whose_optimiser_has_fewer_parameters_changes_no_weight(path):
    model, optimizer = fresh()
    save_training(path, model, optimizer, training(1, model, optimizer))
    other, _ = fresh()
    before = [p.data for p in other.parameters()]
    with pytest.raises(ModelFileError, match=r"exp_avg has shape \(3,\) here"):
        load_training(path, other, Adam(other.parameters()[:3], lr=0.05))
    assert [p.data for p in other.parameters()] == before


def test_arguments_in_the_order_of_save_are_told(path):
    model = MLP(2, [3, 1], seed=0)
    optimizer = SGD(model.parameters(), lr=0.1)
    with pytest.raises(TypeError, match=r"save_training\(path, model, optimizer, history\) takes"):
        save_training(model, optimizer, training(1, model, optimizer), path)
