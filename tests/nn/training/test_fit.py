"""Training: fit and what it must survive, predictions and how often they are right."""

import functools
import math
import random

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from autograd import Value, grad, no_grad, vmap
from nn import (
    MLP,
    SGD,
    Adam,
    DivergedError,
    Dropout,
    History,
    Layer,
    Module,
    Sequential,
    accuracy,
    confusion_matrix,
    cross_entropy,
    fit,
    hinge_loss,
    l2,
    make_moons,
    minibatches,
    mse_loss,
    predict,
)

X, Y = make_moons(24, seed=5)


@pytest.fixture(autouse=True)
def no_ctrl_c_before(monkeypatch):
    monkeypatch.setattr("nn.training.fit.last_interrupt", -math.inf)


def trained(model=None, epochs=3, rate=0.1, x=X, y=Y, **settings):
    model = model or MLP(2, [4, 1], "tanh", seed=1)
    optimizer = SGD(model.parameters(), lr=rate)
    settings = {"loss": mse_loss, "progress": False, **settings}
    return model, fit(model, x, y, optimizer=optimizer, epochs=epochs, **settings)


def weights(model):
    return [p.data for p in model.parameters()]


# ---------------------------------------------------------------------------- the loop


def test_an_epoch_of_the_full_batch_is_one_step_down_the_gradient():
    model, history = trained(epochs=1)
    by_hand = MLP(2, [4, 1], "tanh", seed=1)
    loss = mse_loss(by_hand(X), Y)
    loss.backward()
    assert history.loss == [loss.data]
    assert weights(model) == [p.data - 0.1 * p.grad for p in by_hand.parameters()]


@pytest.mark.parametrize(("batch_size", "steps"), [(None, 1), (100, 1), (24, 1), (7, 4), (1, 24)])
def test_an_epoch_takes_a_step_a_batch_and_its_loss_is_the_mean_before_each(batch_size, steps):
    seen = []

    def loss(predictions, targets):
        seen.append(mse_loss(predictions, targets))
        return seen[-1]

    _, history = trained(epochs=1, batch_size=batch_size, loss=loss)
    assert len(seen) == steps
    assert history.loss == pytest.approx([sum(v.data for v in seen) / steps], rel=1e-14)


def test_batches_come_in_the_order_of_the_seed():
    seen = []

    def loss(predictions, targets):
        seen.append(targets.tolist())
        return mse_loss(predictions, targets)

    trained(epochs=2, batch_size=5, loss=loss, seed=3)
    rng = random.Random(3)
    assert seen == [y.tolist() for _ in range(2) for _, y in minibatches(X, Y, 5, rng)]


def test_the_regulariser_is_part_of_the_loss():
    model = MLP(2, [4, 1], "tanh", seed=1)
    penalty = 0.5 * l2(model.parameters()).data
    _, plain = trained(epochs=1)
    _, history = trained(model, epochs=1, regularizer=lambda ws: 0.5 * l2(ws))
    assert history.loss[0] == pytest.approx(plain.loss[0] + penalty, rel=1e-14)


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("batch_size", [None, 5, 1])
def test_sample_by_sample_the_losses_are_those_of_batches(outputs, batch_size):
    loss, y = (mse_loss, Y) if outputs == 1 else (cross_entropy, Y + (X[:, 0] > 1))
    runs = [
        trained(MLP(2, [4, outputs], seed=1), 4, y=y, loss=loss, batch_size=batch_size, backend=b)
        for b in ("eager", "batch", "auto")
    ]
    (eager, its), (batch, other), (auto, same) = runs
    assert its.loss == pytest.approx(other.loss, rel=1e-12)
    assert weights(eager) == pytest.approx(weights(batch), rel=1e-10)
    assert weights(auto) == weights(batch)
    assert same == other


@pytest.mark.parametrize("backend", ["eager", "batch"])
def test_the_same_seed_gives_the_same_weights_bit_for_bit(backend):
    def run(seed):
        model = Sequential(Layer(2, 4, "tanh", seed=1), Dropout(0.5), Layer(4, 1, "linear", seed=2))
        return weights(trained(model, 4, batch_size=5, seed=seed, backend=backend)[0])

    assert run(1) == run(1) != run(2)


def test_the_random_state_of_python_and_numpy_is_left_alone():
    model = Sequential(Layer(2, 4, seed=1), Dropout(0.5), Layer(4, 1, seed=2))
    state, numpys = random.getstate(), np.random.get_state()[1].tolist()
    trained(model, batch_size=5)
    assert random.getstate() == state
    assert np.random.get_state()[1].tolist() == numpys


def test_no_epochs_change_nothing():
    model, history = trained(epochs=0)
    assert weights(model) == weights(MLP(2, [4, 1], "tanh", seed=1))
    assert history.loss == []


def test_a_history_goes_on():
    model, history = trained(epochs=2, batch_size=5)
    trained(model, 5, batch_size=5, history=history)
    whole, other = trained(epochs=5, batch_size=5)
    assert history == other
    assert weights(model) == weights(whole)


def test_frames_are_data():
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1]}, index=range(100, 124))
    model, _ = trained(x=frame, y=pd.Series(Y, index=frame.index), batch_size=5)
    assert weights(model) == weights(trained(batch_size=5)[0])
    assert np.array_equal(predict(model, frame), predict(model, X))


def test_a_column_of_targets_is_as_good_as_a_row():
    assert weights(trained(y=Y.reshape(-1, 1))[0]) == weights(trained()[0])
    classes = MLP(2, [4, 3], seed=0), MLP(2, [4, 3], seed=0)
    for model, y in zip(classes, (Y, Y.reshape(-1, 1)), strict=True):
        trained(model, y=y, loss=cross_entropy)
    assert weights(classes[0]) == weights(classes[1])


def test_targets_of_the_wrong_length_for_the_outputs_are_an_error():
    with pytest.raises(ValueError, match=r"targets of shape \(24, 2\) for predictions of shape"):
        trained(y=np.stack([Y, Y], axis=1))


def test_the_users_data_are_left_alone():
    x, y = X.copy(), Y.copy()
    trained(x=x, y=y)
    assert np.array_equal(x, X)
    assert np.array_equal(y, Y)
    assert x.flags.writeable


# ---------------------------------------------------------------------------- defaults and names


def test_data_and_a_loss_are_enough():
    model = MLP(2, [16, 1], seed=0)
    fit(model, X, Y, "binary_cross_entropy_with_logits", progress=False)
    assert accuracy(predict(model, X), Y) > 0.9
    line = MLP(1, [8, 1], "tanh", seed=0)
    x = np.linspace(-1, 1, 30).reshape(-1, 1)
    history = fit(line, x, x.ravel() ** 2, mse_loss, progress=False)
    assert history.epochs == 100
    assert history.loss[-1] < 0.1 * np.var(x.ravel() ** 2)


def test_loss_optimizer_and_backend_may_be_named():
    def run(**settings):
        model = MLP(2, [4, 1], "tanh", seed=1)
        fit(model, X, Y, epochs=3, progress=False, **settings)
        return weights(model)

    model = MLP(2, [4, 1], "tanh", seed=1)
    own = SGD(model.parameters(), lr=0.05)
    fit(model, X, Y, mse_loss, optimizer=own, epochs=3, progress=False)
    for optimizer in ("SGD", SGD):
        assert run(loss="mse_loss", optimizer=optimizer, lr=0.05) == weights(model)
    assert run(loss=mse_loss) == run(loss="mse_loss", optimizer=Adam, lr=0.03, backend="batch")


def test_numpys_integers_are_whole_numbers():
    assert trained(epochs=np.int64(2), batch_size=np.int32(5))[1].epochs == 2


@pytest.mark.parametrize("outputs", [1, 2])
def test_labels_may_be_texts(outputs):
    loss = mse_loss if outputs == 1 else cross_entropy
    model, plain = (MLP(2, [4, outputs], "tanh", seed=1) for _ in range(2))
    labels = np.where(Y == 1, "yes", "no")
    held_out = (X[:4], pd.Series(labels[:4]))
    trained(model, y=pd.Series(labels), loss=loss, validation=held_out, metrics=[accuracy])
    trained(plain, loss=loss)
    assert weights(model) == weights(plain)
    chosen = predict(plain, X, "classes")
    assert predict(model, X, "classes").tolist() == np.array(["no", "yes"])[chosen].tolist()
    assert plain.classes is None
    trained(model, y=labels, loss=loss)  # once more: the same labels
    with pytest.raises(ValueError, match="y has the label 'maybe'; this model has learnt"):
        trained(model, y=["maybe"] * 24, loss=loss)


@pytest.mark.parametrize(("loss", "outputs"), [("hinge_loss", 1), ("cross_entropy", 2)])
@pytest.mark.parametrize("backend", ["batch", "llvm", "auto"])
def test_an_error_of_a_loss_that_sees_indices_names_the_labels(loss, outputs, backend):
    labels = ["red", "green", "blue"][: outputs + 1]
    with pytest.raises(ValueError, match="targets are to be") as raised:
        trained(MLP(2, [outputs]), y=np.resize(labels, len(X)), loss=loss, backend=backend)
    (note,) = raised.value.__notes__
    coding = ", ".join(f"{i} for {label!r}" for i, label in enumerate(sorted(labels)))
    assert note.endswith(f"their indices, {coding}")
    with pytest.raises(ValueError, match="targets are to be") as raised:
        trained(MLP(2, [outputs]), y=np.arange(24), loss=loss, backend=backend)
    assert not hasattr(raised.value, "__notes__")


def test_an_error_of_a_loss_names_the_first_of_many_labels():
    with pytest.raises(ValueError, match="targets are to be") as raised:
        trained(MLP(2, [2]), y=[f"{k:02}" for k in range(24)], loss="cross_entropy")
    (note,) = raised.value.__notes__
    assert note.endswith("4 for '04', …")


@pytest.mark.parametrize("backend", ["batch", "llvm", "auto"])
def test_one_number_does_not_tell_three_labels_apart(backend):
    """As numbers are that a file of texts held, whose order means nothing."""
    model = MLP(2, [4, 1])
    before = weights(model)
    with pytest.raises(ValueError, match=r"24 of them, such as '0\.5', .* y\.astype\(float\)"):
        trained(model, y=(np.arange(24) + 0.5).astype(str), loss="mse_loss", backend=backend)
    assert weights(model) == before
    assert model.classes is None


@pytest.mark.parametrize("backend", ["batch", "llvm", "auto"])
def test_labels_are_learnt_by_a_first_epoch(backend):
    model, two = MLP(2, [1]), np.where(Y == 1, "yes", "no")
    with pytest.raises(ValueError, match="targets are to be"):
        trained(model, y=two, loss="hinge_loss", backend=backend)
    assert model.classes is None

    def stop(*_):
        raise OSError

    with pytest.raises(OSError):
        trained(model, y=two, loss="mse_loss", backend=backend, callbacks=[stop])
    assert model.classes == ["no", "yes"]


@pytest.mark.parametrize("missing", [None, float("nan"), 3])
def test_a_label_that_is_missing_among_texts_is_named(missing):
    y = np.array(["yes", "no", missing, "no"], dtype=object)
    with pytest.raises(ValueError, match=f"y holds texts, which are labels, and {missing}"):
        fit(MLP(2, [2]), np.eye(4, 2), y, "cross_entropy", progress=False)


# ---------------------------------------------------------------------------- its end


def test_ctrl_c_keeps_what_was_learned_and_returns_the_history():
    calls = []

    def loss(predictions, targets):
        calls.append(1)
        if len(calls) == 8:  # in the middle of the third epoch of three batches
            raise KeyboardInterrupt
        return mse_loss(predictions, targets)

    model, history = trained(epochs=9, batch_size=8, loss=loss)
    assert history.epochs == 2
    before, _ = trained(epochs=2, batch_size=8)
    assert weights(model) != weights(before)  # the step after them is kept too
    assert model.training


def interrupted(X, y):
    def loss(predictions, targets):
        raise KeyboardInterrupt

    return trained(epochs=9, loss=loss)[1]


def test_ctrl_c_says_what_was_kept_and_a_second_one_goes_through(capsys, monkeypatch):
    history = interrupted(X, Y)
    assert history.interrupted
    said = capsys.readouterr().err
    assert "interrupted after 0 of 9 epochs; the model keeps what it learnt" in said
    with pytest.raises(KeyboardInterrupt):  # a loop of fits ends
        interrupted(X, Y)
    clock = functools.partial(next, iter([1e6, 1e6, 1e6 + 60, 1e6 + 60]))
    monkeypatch.setattr("time.monotonic", clock)
    assert [interrupted(X, Y).interrupted for _ in range(2)] == [True, True]  # long after


def test_a_training_that_goes_on_is_no_longer_interrupted():
    history = interrupted(X, Y)
    trained(epochs=2, history=history)
    assert not history.interrupted
    assert history.epochs == 2


@pytest.mark.parametrize("backend", ["batch", "eager", "llvm"])
def test_a_loss_or_a_regulariser_that_reaches_no_weight_is_an_error(backend):
    def deaf(predictions, targets):
        with no_grad():
            return mse_loss(predictions, targets)

    def number(weights):
        return 0.01 * sum(w.data**2 for w in weights)

    with pytest.raises(TypeError, match=r"no gradient flows through this loss, .*no_grad\(\)"):
        trained(loss=deaf, backend=backend)
    with pytest.raises(TypeError, match="a regularizer is a Value, through which gradients flow"):
        trained(regularizer=number, backend=backend)
    trained(regularizer=lambda weights: weights[0], backend=backend, epochs=1)  # a weight is one


def test_ctrl_c_in_the_optimiser_does_not_leave_half_a_step(monkeypatch):
    def interrupted():
        optimizer.params[0].data = 1e9
        raise KeyboardInterrupt

    model = MLP(2, [4, 1], "tanh", seed=1)
    optimizer = SGD(model.parameters(), lr=0.1)
    monkeypatch.setattr(optimizer, "step", interrupted)
    before = weights(model)
    history = fit(
        model,
        X,
        Y,
        loss=mse_loss,
        optimizer=optimizer,
        epochs=3,
        progress=False,
    )
    assert history.loss == []
    assert weights(model) == before


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_names_epoch_and_batch_and_restores_the_weights(bad):
    seen = []

    def loss(predictions, targets):
        seen.append(weights(model))
        return mse_loss(predictions, targets) * (bad if len(seen) == 6 else 1.0)

    model = MLP(2, [4, 1], "tanh", seed=1)
    with pytest.raises(DivergedError, match=f"the loss is {bad} in epoch 1, batch 2"):
        trained(model, 3, batch_size=8, loss=loss)
    assert weights(model) == seen[-2]  # those whose loss was finite last


def test_a_first_loss_of_nan_leaves_the_first_weights():
    model = MLP(2, [4, 1], "tanh", seed=1)
    before = weights(model)
    with pytest.raises(FloatingPointError, match="epoch 0, batch 0"):
        trained(model, loss=lambda p, t: mse_loss(p, t) * float("nan"))
    assert weights(model) == before


def test_an_overflowing_step_leaves_finite_weights():
    model = MLP(2, [4, 1], "linear", seed=1)
    with pytest.raises(DivergedError):
        trained(model, 200, rate=1e6)
    assert np.isfinite(weights(model)).all()


@pytest.mark.parametrize("backend", ["batch", "llvm"])
def test_a_weight_that_overflows_where_the_loss_is_finite_is_named(backend):
    model = MLP(1, [1], seed=0)
    settings = {"epochs": 2, "batch_size": 1, "progress": False, "backend": backend}
    with pytest.raises(DivergedError, match="a weight is not finite in epoch 0, batch 0"):
        fit(model, [[2.0], [3.0]], [-9.0, -9.0], "mse_loss", optimizer="SGD", lr=1e308, **settings)
    assert weights(model) == weights(MLP(1, [1], seed=0))


def test_settings_that_say_two_things_are_an_error():
    with pytest.raises(
        ValueError, match="told apart by their names, given .*'accuracy', 'accuracy'"
    ):
        trained(metrics=[accuracy, accuracy])
    model = MLP(2, [1])
    with pytest.raises(ValueError, match="this SGD has a rate of its own: set its lr there"):
        fit(model, X, Y, "mse_loss", optimizer=SGD(model.parameters(), lr=0.1), lr=0.2)


def test_an_error_leaves_the_model_in_the_mode_it_was_in():
    model = MLP(2, [4, 1]).eval()
    with pytest.raises(ZeroDivisionError):
        trained(model, loss=lambda p, t: 1 / 0)
    assert not model.training


# ---------------------------------------------------------------------------- watching


def test_validation_and_metrics_are_measured_after_every_epoch():
    held_out = make_moons(10, seed=6)
    seen = []

    def right(scores, targets):
        seen.append(len(scores))
        return accuracy(scores, targets, threshold=0.5)

    model, history = trained(epochs=3, validation=held_out, metrics=[right])
    assert history.validation[-1] == mse_loss(model(held_out[0]), held_out[1]).data
    assert history.metrics.keys() == {"right", "val_right"}
    assert history.metrics["val_right"][-1] == right(predict(model, held_out[0]), held_out[1])
    assert seen[:6] == [24, 10] * 3
    assert len(history.loss) == len(history.validation) == len(history.metrics["right"]) == 3


def test_validation_is_in_evaluation_mode_and_training_is_not():
    modes = []

    class Spy(Module):
        def __init__(self):
            self.weight = Value(0.5)

        def __call__(self, x):
            modes.append((self.training, len(x)))
            return self.weight * x[:, 0]

    trained(Spy(), epochs=1, validation=(X[:4], Y[:4]))
    assert modes == [(True, 24), (False, 4)]


def test_early_stopping_waits_and_restores_the_best_weights():
    losses = iter([5.0, 3.0, 4.0, 3.5, 3.1, 9.0])
    kept = []

    def loss(predictions, targets):
        if len(targets) == 4:
            return Value(next(losses))
        return mse_loss(predictions, targets)

    model, history = trained(
        epochs=50,
        loss=loss,
        validation=(X[:4], Y[:4]),
        patience=3,
        callbacks=[lambda model, history: kept.append(weights(model))],
    )
    assert history.validation == [5.0, 3.0, 4.0, 3.5, 3.1]
    assert weights(model) == kept[1] == history.best != kept[-1]


def test_the_best_weights_are_restored_where_patience_did_not_run_out():
    losses = iter([2.0, 1.0, 3.0])
    loss = lambda p, t: Value(next(losses)) if len(t) == 4 else mse_loss(p, t)
    model, history = trained(epochs=3, loss=loss, validation=(X[:4], Y[:4]), patience=9)
    assert weights(model) == history.best == weights(trained(epochs=2)[0])


def test_a_validation_loss_of_nan_is_never_the_best():
    losses = iter([float("nan"), 2.0, float("nan")])
    loss = lambda p, t: Value(next(losses)) if len(t) == 4 else mse_loss(p, t)
    model, _ = trained(epochs=3, loss=loss, validation=(X[:4], Y[:4]), patience=5)
    assert weights(model) == weights(trained(epochs=2)[0])


def test_callbacks_see_the_model_and_the_history_of_every_epoch():
    seen = []
    model, _ = trained(callbacks=[lambda m, h: seen.append((m, h.epochs))])
    assert seen == [(model, 1), (model, 2), (model, 3)]


def test_a_callback_is_told_when_training_has_ended_however_it_ended():
    class Told:
        def __init__(self, stop):
            self.stop, self.ends = stop, []

        def __call__(self, model, history):
            if history.epochs == self.stop:
                raise KeyboardInterrupt

        def end(self, model, history):
            self.ends.append((model, history.epochs))

    for stop, epochs in ((None, 3), (2, 2)):
        told = Told(stop)
        model, _ = trained(callbacks=[told])
        assert told.ends == [(model, epochs)]


def test_the_bar_shows_loss_and_metrics(capsys):
    trained(epochs=2, metrics=[accuracy], progress=True)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "loss=" in shown
    assert "accuracy=" in shown


def test_without_progress_nothing_is_printed(capsys):
    trained()
    assert capsys.readouterr() == ("", "")


def test_a_history_plots_itself(tmp_path):
    mpl.use("Agg")
    axes = History(loss=[3.0, 2.0, 1.0], validation=[3.0, 2.5, 2.6]).plot()
    assert [line.get_ydata().tolist() for line in axes.lines] == [[3, 2, 1], [3, 2.5, 2.6]]
    assert axes.get_xlabel() == "epoch"
    axes.figure.savefig(tmp_path / "history.png")
    mpl.pyplot.close(axes.figure)


# ---------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"x": X[:, 0]}, r"one given of shape \(24,\); one sample: X.reshape"),
        ({"x": np.zeros((0, 2)), "y": []}, "one sample or more"),
        ({"y": Y[:-1]}, "X has 24 samples, y is of shape"),
        ({"x": np.where(X == X[3, 1], np.nan, X)}, "X is nan in sample 3"),
        ({"y": np.where(np.arange(24) == 2, np.inf, Y)}, "y is inf in sample 2"),
        ({"x": np.array([["a", "b"]] * 24)}, "X must hold numbers"),
        ({"batch_size": 0}, "batch_size .* ≥ 1, or None for all samples, given 0"),
        ({"epochs": -1}, "epochs is a whole number ≥ 0, given -1"),
        ({"loss": "mse_los"}, "no loss is called 'mse_los'; did you mean 'mse_loss'"),
        (
            {"y": [*"ab"] * 12, "validation": (X, [*"ac"] * 12)},
            "y has the label 'c'; .*\\['a', 'b'\\]",
        ),
        ({"backend": "gpu"}, "no backend is called 'gpu'; choose from batch, eager, llvm, auto"),
        ({"backend": None}, "no backend is called 'None'"),
        ({"loss": lambda out, y: out}, "a loss is one number for all samples"),
        ({"patience": 3}, r"needs validation=\(X, y\)"),
        ({"patience": 0, "validation": (X, Y)}, "patience is a whole number ≥ 1, given 0"),
        ({"validation": (X, Y[:-1])}, "X has 24 samples, y is of shape"),
    ],
)
def test_a_mistake_is_named_before_anything_is_changed(settings, says):
    model = MLP(2, [4, 1], "tanh", seed=1)
    before = weights(model)
    with pytest.raises(ValueError, match=says.replace("one given", "given one")):
        trained(model, **settings)
    assert weights(model) == before


def test_an_optimizer_of_another_model_is_an_error():
    optimizer = SGD(MLP(2, [4, 1]).parameters(), lr=0.1)
    with pytest.raises(ValueError, match="holds none of the model's 17 parameters"):
        fit(MLP(2, [4, 1]), X, Y, loss=mse_loss, optimizer=optimizer, epochs=1, progress=False)


def test_a_loss_that_is_no_value_is_an_error():
    with pytest.raises(TypeError, match="a loss is a Value, through which gradients flow; got 0.5"):
        trained(loss=lambda predictions, targets: 0.5)


# ---------------------------------------------------------------------------- predictions


@pytest.mark.parametrize(("outputs", "shape"), [(1, (24,)), (3, (24, 3))])
def test_a_prediction_is_the_models_answer_as_an_array(outputs, shape):
    model = MLP(2, [4, outputs], seed=1)
    answers = predict(model, X)
    assert answers.shape == shape
    one = model(X[5].tolist())
    assert answers[5].tolist() == pytest.approx([v.data for v in one] if outputs > 1 else one.data)


def test_probabilities_are_the_sigmoid_or_the_softmax_of_scores():
    one, three = MLP(2, [4, 1], seed=1), MLP(2, [4, 3], seed=1)
    z, p = predict(one, X), predict(one, X, "probabilities")
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-z)), rtol=1e-14)
    z, p = predict(three, X), predict(three, X, "probabilities")
    np.testing.assert_allclose(p, np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), rtol=1e-14)
    assert predict(three, X, "classes").tolist() == p.argmax(axis=1).tolist()
    with pytest.raises(ValueError, match="scores, probabilities, classes, given 'class'"):
        predict(one, X, "class")


def test_probabilities_do_not_overflow():
    model = MLP(1, [1], seed=0)
    model.layers[0].bias[0].data = 1e4
    assert predict(model, [[0.0]], "probabilities").tolist() == [1.0]


def test_a_model_may_differentiate_inside():
    class Slope(Module):
        def __init__(self):
            self.inner = MLP(1, [4, 1], "tanh", seed=0)

        def __call__(self, x):
            return vmap(grad(lambda t: self.inner([t])))(x[:, 0])

    model = Slope()
    h = 1e-6
    rise = predict(model.inner, X[:, :1] + h) - predict(model.inner, X[:, :1] - h)
    assert predict(model, X[:, :1]) == pytest.approx(rise / (2 * h), rel=1e-7)


def test_a_prediction_is_made_in_evaluation_mode_without_a_graph():
    made = []

    class Spy(Module):
        def __call__(self, x):
            made.append((self.training, (Value(1.0) * x[:, 0]).parents))
            return Value(2.0)

    assert predict(Spy(), X).tolist() == [2.0] * 24
    assert made == [(False, ())]


def test_accuracy_is_the_share_of_right_choices():
    assert accuracy([0.2, 0.7, 0.6], [0, 1, 0], threshold=0.5) == pytest.approx(2 / 3)
    assert accuracy([-1.0, 2.0], [-1, 1]) == 1.0
    assert accuracy([3.0, 2.0], [1, 1]) == 1.0
    scores = [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    assert accuracy(scores, [0, 2, 2]) == pytest.approx(2 / 3)
    assert accuracy(scores, np.eye(3)[[0, 2, 2]]) == pytest.approx(2 / 3)


def test_a_confusion_matrix_counts_true_against_chosen():
    scores = [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    assert confusion_matrix(scores, [0, 2, 2]).tolist() == [[1, 0, 0], [0, 0, 0], [0, 1, 1]]


@pytest.mark.parametrize(
    ("targets", "says"), [([0, 1], "shape"), ([1, 2, 1], "labels of one score are 0 and 1")]
)
def test_targets_that_do_not_fit_scores_are_errors(targets, says):
    with pytest.raises(ValueError, match=says):
        accuracy([0.1, 0.2, 0.3], targets)


def test_hinge_labels_and_adam_train_too():
    model = MLP(2, [8, 1], seed=0)
    optimizer = Adam(model.parameters(), lr=0.05)
    fit(model, X, 2 * Y - 1, loss=hinge_loss, optimizer=optimizer, epochs=300, progress=False)
    assert accuracy(predict(model, X), Y) == 1.0


def test_what_a_divergence_advises_is_there():
    model = MLP(1, [1], seed=0)
    with pytest.raises(DivergedError, match=r"scaled inputs; autograd.detect_anomaly\(\) around"):
        fit(
            model,
            [[1e200]],
            [0.0],
            loss=mse_loss,
            optimizer=SGD(model.parameters(), lr=1.0),
            epochs=2,
            progress=False,
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"optimizer": 0.1}, "optimizer is a name"),
        ({"epochs": 2.5}, "epochs is a whole number ≥ 0, given 2.5"),
        ({"batch_size": 2.0}, "batch_size .*, or None for all samples, given 2.0"),
        ({"validation": np.ones((2, 2))}, r"a pair \(X, y\)"),
        ({"metrics": ["accuracy"]}, r"metrics is a list of functions, given \['accuracy'\]"),
        ({"metrics": accuracy}, "metrics is a list of functions"),
        (
            {"metrics": [type("Scorer", (), {"__call__": accuracy})()]},
            "a metric has a name, which <",
        ),
        ({"callbacks": print}, "callbacks is a list of functions"),
        ({"history": []}, r"history is what an earlier fit returned, given \[\]"),
        ({"loss": 3}, "loss is a function that gives one Value, given 3"),
        ({"regularizer": 0.1}, "regularizer is a function that gives one Value, given 0.1"),
    ],
)
def test_what_fit_cannot_use_is_named(given, said):
    model = MLP(1, [1], seed=0)
    settings = {"loss": mse_loss, "optimizer": SGD(model.parameters(), lr=0.1), "epochs": 1}
    with pytest.raises(TypeError, match=said):
        fit(model, [[0.0], [1.0]], [0.0, 1.0], progress=False, **(settings | given))


def test_a_partial_metric_has_the_name_of_its_function():
    model = MLP(1, [1], seed=0)
    history = fit(
        model,
        [[0.0], [1.0]],
        [0.0, 1.0],
        loss=mse_loss,
        optimizer=SGD(model.parameters(), lr=0.1),
        epochs=1,
        metrics=[functools.partial(accuracy, threshold=0.5)],
        progress=False,
    )
    assert list(history.metrics) == ["accuracy"]


def test_a_model_whose_results_are_plain_numbers_outside_training_is_validated():
    class Slope(Module):
        def __init__(self):
            self.w = Value(1.0)

        def __call__(self, x):
            return vmap(lambda row: grad(lambda t: self.w * t * t)(row[0]))(x)

    x, y = np.array([[1.0], [2.0]]), np.array([6.0, 12.0])
    settings = {"optimizer": "SGD", "lr": 0.05, "epochs": 60, "progress": False}
    history = fit(Slope(), x, y, "mse_loss", validation=(x, y), **settings)
    assert history.validation[-1] < 1e-9
