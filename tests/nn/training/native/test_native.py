"""fit(backend="llvm"): what it trains is what "batch" trains, to rounding."""

import functools
import inspect
import random
import re
import subprocess
import sys

import numpy as np
import pytest
from helpers import side_by_side

import autograd
from autograd import (
    AnomalyError,
    TransformError,
    Value,
    detect_anomaly,
    exp,
    mean,
    sigmoid,
    square,
)
from autograd.compiler.llvm.kernels import shapes
from nn import (
    MLP,
    RBF,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    DivergedError,
    Dropout,
    Layer,
    Maxout,
    Module,
    Optimizer,
    PReLU,
    RMSprop,
    RReLU,
    Sequential,
    accuracy,
    fit,
    gaussian_nll_loss,
    l1,
    l2,
    make_moons,
    mse_loss,
    predict,
    schedules,
    weight_elimination,
)
from nn.training import predict as predicting
from nn.training.backends import WORTH
from nn.training.choices.losses import LOSSES
from nn.training.native import recorded_step
from nn.training.native.forms import KEPT, Kept

X, Y = make_moons(23, seed=5)
CLASSES = np.arange(23) % 3


def model_of(outputs=1, activation="tanh"):
    return MLP(2, [4, outputs], activation, seed=1)


def trained(backend, *, make=model_of, optimizer=None, x=X, y=Y, epochs=12, **settings):
    model = make()
    optimizer = (optimizer or (lambda ps: SGD(ps, lr=0.05)))(model.parameters())
    settings = {"loss": mse_loss, "progress": False, "batch_size": 7, "seed": 3} | settings
    history = fit(model, x, y, optimizer=optimizer, epochs=epochs, backend=backend, **settings)
    return model, optimizer, history


def assert_same(one, other, rtol=1e-9):
    """The same weights, losses, state and random numbers to come."""
    for (model, optimizer, history), (model2, optimizer2, history2) in [(one, other)]:
        for p, q in zip(model.parameters(), model2.parameters(), strict=True):
            assert p.data == pytest.approx(q.data, rel=rtol, abs=1e-12)
        assert history.loss == pytest.approx(history2.loss, rel=rtol)
        assert history.validation == pytest.approx(history2.validation, rel=rtol)
        assert history.metrics == {
            name: pytest.approx(x, rel=rtol) for name, x in history2.metrics.items()
        }
        assert history.generator.getstate() == history2.generator.getstate()
        state, state2 = optimizer.state_dict(), optimizer2.state_dict()
        assert state.keys() == state2.keys()
        for name, x in state.items():
            np.testing.assert_allclose(x, state2[name], rtol=rtol, atol=1e-12)


def both(**settings):
    native, batch = trained("llvm", **settings), trained("batch", **settings)
    assert (native[2].backend, batch[2].backend) == ("llvm", "batch")
    assert_same(native, batch)
    return native, batch


def clipped(ps):
    optimizer = SGD(ps, lr=0.5)
    optimizer.max_norm = 0.1
    return optimizer


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda ps: SGD(ps, lr=0.05),
        lambda ps: SGD(ps, lr=0.05, momentum=0.9, weight_decay=0.01),
        lambda ps: SGD(ps, lr=0.05, momentum=0.9, nesterov=True),
        lambda ps: Adagrad(ps, lr=0.05, weight_decay=0.01),
        lambda ps: RMSprop(ps, lr=0.01),
        lambda ps: Adam(ps, lr=0.03, weight_decay=0.01),
        lambda ps: AdamW(ps, lr=0.03),
        lambda ps: SGD(ps, lr=schedules.linear_warmup(schedules.cosine(0.1, 100), 20)),
        lambda ps: Adam(ps, lr=schedules.step_decay(0.03, every=30)),
        clipped,
    ],
)
@pytest.mark.parametrize("batch_size", [7, None])
def test_every_optimiser_moves_as_in_python(optimizer, batch_size):
    both(optimizer=optimizer, batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [1, 8, 22, 23, 100])
def test_mini_batches_of_any_size(batch_size):
    both(batch_size=batch_size, epochs=10)


class Slope(Module):
    """One parameter, one input."""

    def __init__(self):
        self.weight = Value(2.0)

    def __call__(self, x):
        return self.weight * x.T[0]


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("batch_size", [None, 1, 2])
@pytest.mark.parametrize("make", [Slope, lambda: MLP(1, [1], seed=0)])
def test_one_or_two_parameters_and_samples(make, batch_size, samples):
    x, y = np.array([[1.0], [2.0], [3.0]])[:samples], np.array([3.0, 6.0, 9.0])[:samples]
    both(make=make, x=x, y=y, batch_size=batch_size, optimizer=Adam, epochs=20)


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("name", [n for n in LOSSES if n not in ("cross_entropy", "hinge_loss")])
def test_every_loss_of_smooth_pieces(name, outputs):
    y = (Y > 0) * 1.0 if outputs == 1 else np.eye(3)[CLASSES]
    both(make=lambda: model_of(outputs), loss=name, y=y, epochs=20)


LOSSES_OF_SO_MANY = {
    "nothing of the targets": lambda p, t: mean(square(p)),
    "how many": lambda p, t: autograd.sum(square(p - t)) / len(t),
    "their shape": lambda p, t: mean(square(p - t.reshape(-1))),
    "single ones": lambda p, t: mean(square(p - np.asarray(t))) + t[0],
}


@pytest.mark.parametrize("what", LOSSES_OF_SO_MANY)
def test_a_loss_may_take_targets_otherwise_than_sample_by_sample(what):
    """It raised: asks for single samples, which takes a batch size that divides how many there are."""
    settings = {"loss": LOSSES_OF_SO_MANY[what], "x": X[:21], "y": Y[:21]}
    assert_same(trained("llvm", **settings), trained("batch", **settings))


@pytest.mark.parametrize("batch_size", [7, 22])
def test_a_batch_size_that_such_a_loss_does_not_take_is_named_before_anything_is_trained(
    batch_size,
):
    model = model_of()
    before = model.state_dict()
    settings = {"loss": LOSSES_OF_SO_MANY["how many"], "batch_size": batch_size}
    sizes = sorted({batch_size, 23 % batch_size})
    says = f"mini-batches of {sizes} samples, where a step of the model and the loss asks"
    with pytest.raises(TransformError, match=re.escape(says)):
        trained("llvm", make=lambda: model, **settings)
    assert str(model.state_dict()) == str(before)
    *_, history = trained("auto", epochs=60, **settings)
    assert history.backend.startswith("batch")


def test_classes_probabilities_and_hinges():
    both(make=lambda: model_of(3), loss="cross_entropy", y=CLASSES)
    both(make=lambda: model_of(3), loss="cross_entropy", y=np.eye(3)[CLASSES])
    both(loss="hinge_loss", y=np.sign(Y - 0.5), epochs=5)
    both(make=lambda: model_of(3), loss="cross_entropy", y=[str(c) for c in CLASSES])


@pytest.mark.parametrize(
    "activation", ["sigmoid", "softplus", "elu", "linear", lambda z: z * sigmoid(z)]
)
def test_smooth_activations(activation):
    both(make=lambda: model_of(1, activation))


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "abs", "hard_tanh"])
def test_kinks_may_part_ways_by_rounding_so_only_a_few_epochs(activation):
    both(make=lambda: model_of(1, activation), epochs=5)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Sequential(Layer(2, 4, "linear", seed=1), PReLU(), Layer(4, 1, "linear", seed=2)),
        lambda: Sequential(Maxout(2, 3, seed=1), Layer(3, 1, "linear", seed=2)),
        lambda: Sequential(RBF(2, 5, seed=1), Layer(5, 1, "linear", seed=2)),
        lambda: MLP(2, [3, 1], "tanh", seed=1, plain=True),
    ],
)
def test_layers_of_other_kinds(make):
    both(make=make, epochs=5)


@pytest.mark.parametrize("regularizer", [l1, l2, weight_elimination, lambda ws: 0.1 * l2(ws[:3])])
def test_a_regulariser_is_part_of_the_step(regularizer):
    both(regularizer=regularizer, epochs=10)


def test_validation_metrics_patience_and_callbacks():
    held_out = make_moons(12, seed=9)

    def run(backend):
        seen = []
        result = trained(
            backend,
            y=np.sign(Y - 0.5),
            validation=(held_out[0], np.sign(held_out[1] - 0.5)),
            metrics=[accuracy],
            patience=2,
            epochs=50,
            optimizer=lambda ps: SGD(ps, lr=0.3),
            callbacks=[
                lambda model, history: seen.append((model.layers[0].bias[0].data, history.epochs))
            ],
        )
        return result, seen

    (native, seen), (batch, seen2) = run("llvm"), run("batch")
    assert_same(native, batch)
    assert len(native[2].loss) < 50  # it ran out of patience
    assert [k for _, k in seen] == [k for _, k in seen2]
    assert [b for b, _ in seen] == pytest.approx([b for b, _ in seen2], rel=1e-9)


@pytest.mark.parametrize("outputs", [1, 3])
def test_what_is_measured_after_an_epoch_is_computed_as_the_epoch_is(outputs):
    loss = "cross_entropy" if outputs > 1 else mse_loss
    settings = {"y": CLASSES if outputs > 1 else Y, "loss": loss, "metrics": [accuracy]}
    settings |= {"validation": (X[:9], settings["y"][:9]), "make": lambda: dropping(outputs)}
    assert_same(trained("llvm", epochs=8, **settings), trained("batch", epochs=8, **settings))
    calls, code = [], inspect.unwrap(Layer.__call__).__code__
    sys.setprofile(lambda frame, event, _: calls.append(event) if frame.f_code is code else None)
    try:
        trained("llvm", epochs=8, **settings)
    finally:
        sys.setprofile(None)
    assert calls.count("call") == 2  # both layers once, to see what is drawn


def dropping(outputs):
    return Sequential(Layer(2, 4, "tanh", seed=1), Dropout(0.4), Layer(4, outputs, seed=2))


def test_a_layer_that_is_recorded_in_training_alone_is_measured_by_python():
    class Careful(Module):
        def __init__(self):
            self.layer = Layer(2, 1, seed=1)

        def __call__(self, x):
            out = self.layer(x)
            return out if self.training or bool(np.all(out.data > -9.0)) else -out

    settings = {"make": Careful, "validation": (X, Y), "epochs": 3}
    assert_same(trained("llvm", **settings), trained("batch", **settings))


def test_a_callback_may_change_rate_settings_and_weights():
    def change(model, history, optimizer):
        optimizer.lr *= 0.9
        if history.epochs == 3:
            optimizer.momentum = 0.5
            model.layers[0].bias[0].data = 1.0

    def run(backend):
        made = []
        return trained(
            backend,
            optimizer=lambda ps: made.append(SGD(ps, lr=0.1, momentum=0.9)) or made[0],
            callbacks=[lambda model, history: change(model, history, made[0])],
            epochs=8,
        )

    assert_same(run("llvm"), run("batch"))


def test_a_history_goes_on_from_one_backend_to_the_other():
    def run(first, second):
        model, optimizer, history = trained(first, optimizer=Adam, epochs=4)
        fit(
            model,
            X,
            Y,
            mse_loss,
            optimizer=optimizer,
            epochs=9,
            batch_size=7,
            progress=False,
            backend=second,
            history=history,
        )
        return model, optimizer, history

    whole = trained("batch", optimizer=Adam, epochs=9)
    for backends in (("llvm", "llvm"), ("batch", "llvm"), ("llvm", "batch")):
        assert_same(run(*backends), whole)


def test_parameters_that_stay_and_parameters_of_the_loss():
    def run(backend):
        model, variance = model_of(), Value(0.5)
        optimizer = Adam([variance, *model.layers[1].parameters()], lr=0.03)
        history = fit(
            model,
            X,
            Y,
            lambda out, y: gaussian_nll_loss(out, y, exp(variance)),
            optimizer=optimizer,
            epochs=20,
            batch_size=7,
            progress=False,
            backend=backend,
        )
        return variance.data, (model, optimizer, history)

    (v, native), (w, batch) = run("llvm"), run("batch")
    assert v == pytest.approx(w, rel=1e-9)
    assert v != 0.5
    assert_same(native, batch)
    start = [p.data for p in model_of().layers[0].parameters()]
    assert [p.data for p in native[0].layers[0].parameters()] == start


def test_the_same_seed_gives_the_same_weights_bit_for_bit():
    one, other = trained("llvm"), trained("llvm")
    assert [p.data for p in one[0].parameters()] == [p.data for p in other[0].parameters()]
    assert one[2].loss == other[2].loss


def test_other_trainings_of_the_same_form_change_no_bit(monkeypatch):
    monkeypatch.setattr(shapes, "CACHED", 16_000)  # 100 samples are one block, 199 are several
    x, y = make_moons(200, seed=5)

    def weights(batch_size):
        model, *_ = trained("llvm", x=x, y=y, batch_size=batch_size, epochs=5)
        return [p.data for p in model.parameters()]

    recorded_step._kept.clear()
    fresh = weights(100)
    recorded_step._kept.clear()
    weights(199)  # whose loop has room for mini-batches of 100
    assert weights(100) == fresh


def test_trainings_of_one_form_in_several_threads():
    """Each records on its own model, while the others train theirs."""

    def weights(k):
        model, *_ = trained("llvm", batch_size=5 + k, seed=k)
        return [p.data for p in model.parameters()]

    alone = [weights(k) for k in range(4)]
    for _ in range(5):
        recorded_step._kept.clear()
        found = {}
        side_by_side(lambda k: found.update({k: weights(k)}), range(4))
        assert [found[k] for k in range(4)] == alone


@pytest.mark.parametrize("lr", [100.0, 1e200, 1e308])
@pytest.mark.parametrize("batch_size", [7, None])
def test_a_divergence_is_found_where_python_finds_it(lr, batch_size):
    def run(backend):
        model = MLP(2, [4, 1], "softplus", seed=1)
        optimizer = (
            Adam(model.parameters(), lr=lr) if lr == 1e308 else SGD(model.parameters(), lr=lr)
        )
        rng = random.Random(3)
        with pytest.raises(DivergedError) as caught:
            fit(
                model,
                X,
                Y,
                mse_loss,
                optimizer=optimizer,
                epochs=900,
                batch_size=batch_size,
                progress=False,
                backend=backend,
                seed=rng,
            )
        return (
            str(caught.value),
            [p.data for p in model.parameters()],
            optimizer.steps,
            rng.getstate(),
        )

    (says, weights, *rest), (says2, weights2, *rest2) = run("llvm"), run("batch")
    overflown = re.compile("loss is (nan|inf)")  # which of them, the order of a sum decides
    assert overflown.sub("", says) == overflown.sub("", says2)
    assert rest == rest2
    assert weights == pytest.approx(weights2, rel=1e-6)


LONG = """
import signal, threading
signal.signal(signal.SIGINT, signal.default_int_handler)  # a program in the background ignores it
from nn import MLP, SGD, fit
model = MLP(1, [4, 1], "tanh", seed=0)
optimizer = SGD(model.parameters(), lr=0.01)
def train(epochs):
    return fit(model, [[0.0], [1.0]], [1.0, 3.0], "mse_loss", optimizer=optimizer, epochs=epochs,
               backend="llvm", progress=False)
train(1)
threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGINT)).start()
history = train(10**9)
print(history.interrupted, 0 < history.epochs < 10**9, optimizer.steps - 1 >= history.epochs)
"""


def test_ctrl_c_ends_a_training_that_would_be_long():
    """In a process of its own: where others have gc callbacks, Python may lose the interrupt in one."""
    done = subprocess.run(
        [sys.executable, "-c", LONG], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout == "True True True\n", done.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"loss": "cross_entropy", "make": lambda: model_of(3), "y": CLASSES + 1}, "class indices"),
        ({"loss": "hinge_loss"}, "labels -1 and 1"),
        ({"y": np.ones((23, 2))}, "targets of shape"),
        ({"loss": lambda out, y: 1.0}, "a loss is a Value"),
        ({"loss": lambda out, y: out}, "a loss is one number for all samples"),
    ],
)
@pytest.mark.parametrize("backend", ["llvm", "auto"])
def test_targets_and_losses_are_checked_on_the_data(backend, settings, says):
    made = []
    settings = {"make": model_of, **settings}
    make = settings.pop("make")
    with pytest.raises((ValueError, TypeError), match=says):
        trained(backend, make=lambda: made.append(make()) or made[0], epochs=WORTH, **settings)
    if backend == "llvm":
        assert [p.data for p in made[0].parameters()] == [p.data for p in make().parameters()]


def unsteady(out, y):
    total = mse_loss(out, y)
    return total * 2 if total.data > 1 else total


def test_what_cannot_be_recorded_is_refused_or_trained_in_python():
    with pytest.raises(TransformError, match=r"test_native.py, line \d+: the truth"):
        trained("llvm", loss=unsteady)
    *_, history = trained("auto", loss=unsteady, epochs=WORTH)
    assert history.backend.startswith("batch (not compiled: ")
    assert "the truth" in history.backend


@pytest.mark.parametrize("batch_size", [7, None])
def test_dropout_and_rrelu_draw_the_same_numbers(batch_size):
    def make():
        return Sequential(
            Layer(2, 5, "tanh", seed=1),
            Dropout(0.3),
            Layer(5, 4, "linear", seed=2),
            RReLU(),
            Dropout(0.1),
            Layer(4, 1, "linear", seed=3),
        )

    both(make=make, batch_size=batch_size, epochs=5)


def test_a_divergence_with_dropout_leaves_the_generator_where_it_was():
    def run(backend):
        rng = random.Random(3)
        model = Sequential(
            Layer(2, 5, "softplus", seed=1), Dropout(0.3), Layer(5, 1, "linear", seed=2)
        )
        with pytest.raises(DivergedError) as caught:
            trained(backend, make=lambda: model, optimizer=lambda ps: SGD(ps, lr=9.0), seed=rng)
        return str(caught.value), rng.getstate()

    assert run("llvm") == run("batch")


def test_a_module_that_draws_by_itself_is_refused():
    class Noisy(Module):
        def __init__(self):
            self.rng, self.inner = random.Random(0), model_of()

        def __call__(self, x):
            return self.inner(x) + self.rng.random()

    with pytest.raises(TransformError, match="draws random numbers"):
        trained("llvm", make=Noisy)
    one, other = (trained(b, make=Noisy, epochs=WORTH) for b in ("auto", "batch"))
    assert "draws random numbers" in one[2].backend
    assert_same(one, other)


def test_what_is_drawn_for_no_sample_is_refused():
    class Dropped(Module):
        def __init__(self):
            self.weight, self.drop = Value(2.0), Dropout(0.5)

        def __call__(self, x):
            return x[0] * self.drop(self.weight)

    with pytest.raises(TransformError, match="which is one for all samples"):
        trained("llvm", make=Dropped, epochs=1)


class Remembered(Module):
    """Adds up, in several ways, what it is called on."""

    def __init__(self, way):
        self.way, self.layer = way, Layer(2, 1, "tanh", seed=1)
        self.mean, self.means, self.seen = 0.0, [0.0], {"last": 0.0}

    def __call__(self, x):
        out = self.layer(x)
        if self.way == "attribute":
            self.mean = 0.9 * self.mean + 0.1 * out.mean().data
        elif self.way == "list":
            self.means[0] = 0.9 * self.means[0] + 0.1 * out.mean().data
        elif self.way == "grown":
            self.means.append(out)
        elif self.way == "dict":
            self.seen["last"] = out.data
        return out


@pytest.mark.parametrize(
    ("way", "name"),
    [
        ("attribute", "Remembered.mean"),
        ("list", "Remembered.means.0"),
        ("grown", "Remembered.means.1"),
        ("dict", "Remembered.seen.last"),
    ],
)
def test_a_model_that_changes_itself_when_called_is_refused_and_left_as_it_was(way, name):
    model = Remembered(way)
    with pytest.raises(TransformError, match=f"a call changes {name}, which would happen once"):
        trained("llvm", make=lambda: model)
    with pytest.raises(TransformError, match=f"a call changes {name}"):
        predict(model, X, backend="llvm")
    assert (model.mean, model.means, model.seen) == (0.0, [0.0], {"last": 0.0})
    one, other = (trained(b, make=lambda: Remembered(way), epochs=WORTH) for b in ("auto", "batch"))
    assert name in one[2].backend
    assert_same(one, other)
    assert one[0].mean == other[0].mean
    both(make=lambda: Remembered("not at all"))


class Remembering(Optimizer):
    """Momentum that is no buffer."""

    def __init__(self, params, lr):
        super().__init__(params, lr)
        self.v = 0.0

    def _update(self, w, g, rate):
        self.v = 0.9 * self.v + g
        return w - rate * self.v


def test_what_an_optimiser_remembers_beside_its_buffers_is_refused():
    settings = {"optimizer": lambda ps: Remembering(ps, 0.05), "epochs": WORTH}
    with pytest.raises(TransformError, match=r"Remembering sets v .* self.state\['v'\]"):
        trained("llvm", **settings)
    one, other = (trained(backend, **settings) for backend in ("auto", "batch"))
    assert "Remembering sets v" in one[2].backend
    assert_same(one, other)


def test_auto_compiles_what_is_worth_it():
    assert trained("auto", epochs=2)[2].backend.startswith("batch (8 steps")
    assert trained("auto", epochs=WORTH)[2].backend == "llvm"


def test_a_recording_leaves_the_model_as_it_was():
    model = model_of()
    before = [(p.data, p.grad) for p in model.parameters()]
    with pytest.raises(TransformError):
        trained("llvm", make=lambda: model, loss=unsteady)
    assert [(p.data, p.grad) for p in model.parameters()] == before


def steps_kept(monkeypatch):
    monkeypatch.setattr("nn.training.native.recorded_step._kept", kept := Kept())
    return kept


def test_a_form_is_compiled_once(monkeypatch):
    kept = steps_kept(monkeypatch)
    both(epochs=3)
    both(epochs=3, make=lambda: MLP(2, [4, 1], "tanh", seed=7), y=Y + 1, x=X[:, ::-1])
    assert len(kept) == 1
    both(epochs=3, batch_size=None)
    both(epochs=3, batch_size=None, y=Y + 1, x=np.concatenate([X, X])[:23] * 2)
    assert len(kept) == 1


def test_a_step_is_tried_once_for_samples_of_one_shape(monkeypatch):
    kept = steps_kept(monkeypatch)
    both(epochs=3)
    (step,) = kept.values()
    runs, run = [], step.run
    monkeypatch.setattr(step, "run", lambda *given: runs.append(given) or run(*given))
    for settings, tries in (
        ({}, 0),
        ({"y": Y + 1}, 0),
        ({"batch_size": 5}, 1),
        ({"batch_size": 5}, 0),
    ):
        runs.clear()
        both(epochs=3, **settings)
        assert len(runs) == 1 + tries


@pytest.mark.parametrize(
    "other",
    [
        {"make": lambda: model_of(1, "sigmoid")},
        {"make": lambda: MLP(2, [2, 2, 1], "tanh", seed=1)},
        {"make": lambda: MLP(2, [4, 1], "tanh", output="tanh", seed=1)},
        {"loss": "huber_loss"},
        {"regularizer": l2},
        {"optimizer": lambda ps: SGD(ps, lr=0.05, momentum=0.5)},
        {"optimizer": lambda ps: SGD(ps[::-1], lr=0.05)},
        {"optimizer": lambda ps: SGD(ps[3:], lr=0.05)},
        {"optimizer": clipped},
    ],
)
def test_another_form_is_compiled_anew(monkeypatch, other):
    kept = steps_kept(monkeypatch)
    both(epochs=3)
    both(epochs=3, **other)
    assert len(kept) == 2


def test_what_the_user_wrote_is_compiled_anew(monkeypatch):
    kept = steps_kept(monkeypatch)
    scale = [1.0]

    def loss(out, y):
        return scale[0] * mse_loss(out, y)

    for scale[0] in (1.0, 0.5):
        both(epochs=3, loss=loss)
        both(epochs=3, regularizer=lambda ws: 0.01 * scale[0] * l2(ws))
        both(epochs=3, make=lambda: model_of(1, lambda z: z * sigmoid(scale[0] * z)))
    assert not kept


def test_a_layer_with_a_method_of_the_users_is_compiled_anew(monkeypatch):
    """The form knows a class by its name."""
    kept = steps_kept(monkeypatch)
    both(epochs=3)
    answer = Layer.__call__

    @functools.wraps(answer)
    def halved(layer, x):
        out = answer(layer, x)
        return [v / 2 for v in out] if isinstance(out, list) else out / 2

    monkeypatch.setattr(Layer, "__call__", halved)
    both(epochs=3)
    assert len(kept) == 1


def test_few_steps_are_kept(monkeypatch):
    kept = steps_kept(monkeypatch)
    for k in range(1, KEPT + 3):
        trained("llvm", make=lambda k=k: MLP(2, [k, 1], "tanh", seed=1), epochs=1)
    assert len(kept) == KEPT


TWICE = """
import sys
import numpy as np
from nn import MLP, Adam, Dropout, Layer, Sequential, fit, l2, mse_loss, predict

rng = np.random.default_rng(0)
X, y = rng.normal(size=(30, 2)), rng.normal(size=(30, 2))

def train(model=None, loss="mse_loss", rate=0.9, **settings):
    model = model or MLP(2, [3, 2], "tanh", seed=1)
    optimizer = Adam(model.parameters(), betas=(rate, 0.99))
    settings = {"batch_size": 7, "epochs": 3, "progress": False, "backend": "llvm"} | settings
    history = fit(model, X, y, loss, optimizer=optimizer, **settings)
    print([p.data for p in model.parameters()], history.loss)
    print(predict(model, X, backend="llvm").tolist())

def recorded():
    return "autograd.compiler.calls.record" in sys.modules

train()
train(MLP(2, [3, 2], seed=2), loss="l1_loss", regularizer=l2)
train(Sequential(Layer(2, 3, "tanh", seed=1), Dropout(0.5), Layer(3, 2, "linear", seed=1)))
print(recorded())
train(*OTHER)
print(recorded())
train(loss=lambda x, t: 2 * mse_loss(x, t))
print(recorded())
"""
OTHER = ["rate=0.8", "loss='huber_loss'", "MLP(2, [3, 2], 'sigmoid', seed=1)", "regularizer=l2"]


def lines_of_a_process(place, *others):
    """What a new process prints that trains in three ways, then as `others` say, then in one more."""
    environment = {"XDG_CACHE_HOME": str(place), "PYTHONPATH": ":".join(sys.path)}
    source = TWICE.replace("train(*OTHER)", "\n".join(f"train({other})" for other in others))
    done = subprocess.run(
        [sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    return done.stdout.splitlines()


def test_a_second_process_records_what_has_another_form_alone(tmp_path):
    first = lines_of_a_process(tmp_path, "")
    assert first[6] == "True"
    trained = []
    for other in OTHER:
        new = lines_of_a_process(tmp_path, other)
        assert new[:6] == first[:6]
        assert (new[6], new[9], new[12]) == ("False", "True", "True")
        assert new[7:9] != first[7:9]
        assert new[10:12] == first[10:12]
        trained += new[7:9]
    again = lines_of_a_process(tmp_path, *OTHER)
    assert again == [*first[:6], "False", *trained, "False", *first[10:12], "True"]


@pytest.mark.parametrize(
    "make",
    [
        model_of,
        lambda: model_of(3, "relu"),
        lambda: Sequential(Layer(2, 3, "tanh", seed=1), Dropout(0.5), PReLU(), RReLU()),
        lambda: MLP(2, [2, 1], lambda z: z * sigmoid(z), seed=1),
    ],
)
def test_predictions_are_those_of_python(make):
    for model in (make(), make()):
        model.parameters()[0].data = 1.25
        for x in (X, X[:1], np.concatenate([X] * 5)):
            native, batch = (predict(model, x, backend=b) for b in ("llvm", "batch"))
            assert native.shape == batch.shape
            np.testing.assert_allclose(native, batch, rtol=1e-12, atol=1e-14)
    with pytest.raises(ValueError, match="no backend is called 'gpu'"):
        predict(model, X, backend="gpu")


def ways_of_predicting(monkeypatch, worth):
    """The models that predict compiles from now on, with so much work worth it."""
    chosen, native = [], predicting.compiled
    monkeypatch.setattr(predicting, "WORTH", worth)
    monkeypatch.setattr(predicting, "compiled", lambda *x: chosen.append(x[0]) or native(*x))
    return chosen


def test_predictions_are_compiled_where_that_is_worth_it(monkeypatch):
    model = model_of()
    chosen = ways_of_predicting(monkeypatch, len(X) * len(model.parameters()))
    np.testing.assert_allclose(predict(model, X), predict(model, X, backend="batch"), rtol=1e-12)
    assert chosen == [model]
    predict(model, X[1:])
    predict(MLP(2, [2, 1], lambda z: z * sigmoid(z), seed=1), np.concatenate([X] * 99))  # no form
    monkeypatch.setattr("nn.training.native.recorded_step.find_spec", lambda name: None)
    predict(model, X)
    assert chosen == [model]


def test_compiled_predictions_that_are_not_finite_are_seen(monkeypatch):
    ways_of_predicting(monkeypatch, 1)
    model = MLP(2, [3, 1], "relu", seed=0)
    model.parameters()[0].data = np.inf
    np.testing.assert_array_equal(predict(model, X), predict(model, X, backend="batch"))
    with pytest.raises(AnomalyError), detect_anomaly():
        predict(model, X)


def test_without_llvm_the_way_out_is_said(monkeypatch):
    monkeypatch.setattr("nn.training.native.recorded_step.find_spec", lambda name: None)
    steps_kept(monkeypatch)
    for call in (
        lambda: trained("llvm"),
        lambda: predict(MLP(7, [9]), [[0.0] * 7], backend="llvm"),
    ):
        with pytest.raises(ImportError, match=r"chainrule\[jit\]"):
            call()
    assert trained("auto", epochs=WORTH)[2].backend == "batch (llvmlite is not installed)"


def test_who_looks_for_anomalies_sees_them():
    with pytest.raises(AnomalyError, match="exp"), detect_anomaly():
        trained("auto", make=lambda: model_of(1, exp), x=X * 1e4, epochs=WORTH)
    with pytest.raises(TransformError, match="detect_anomaly"), detect_anomaly():
        trained("llvm")
