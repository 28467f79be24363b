"""Results on real data, with margins; and PyTorch's losses, where it is installed."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from nn import MLP, SGD, Adam, cross_entropy, fit, make_moons, minibatches, mse_loss
from nn.__main__ import main
from nn.results import RESULTS
from nn.seed import generator

ROOT = Path(nn.__file__).parent.parent


def run(name):
    return RESULTS[name](progress=False)


def test_xor_is_learned():
    assert run("xor")["largest error"] < 0.05


def test_moons_are_told_apart_without_an_error():
    assert run("moons")["training accuracy"] == 1.0


def test_breast_cancer_is_recognised():
    assert run("cancer")["test accuracy"] >= 0.96


def test_digits_are_read():
    assert run("digits")["test accuracy"] >= 0.96


def test_diabetes_is_predicted_as_well_as_by_scikit_learn():
    numbers = run("diabetes")
    assert numbers["test R²"] >= numbers["MLPRegressor's"] - 0.02
    assert numbers["test R²"] >= 0.4


def test_a_result_is_the_same_every_time():
    assert RESULTS["moons"](progress=False) == RESULTS["moons"](progress=False)


def test_every_result_is_one_command():
    command = [sys.executable, "-m", "nn", "xor"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("xor: largest error 0.0")
    assert "300/300" in shown.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_device_that_is_full_is_one_line():
    with open("/dev/full", "w") as full:  # noqa: PTH123
        command = [sys.executable, "-m", "nn", "xor"]
        run = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 1
    assert "nn: [Errno 28]" in run.stderr
    assert "Traceback" not in run.stderr


def test_an_unknown_result_is_named(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["nn", "mnist"])
    with pytest.raises(SystemExit):
        main()
    assert "no result is called 'mnist'; choose from xor, moons" in capsys.readouterr().err


# ---------------------------------------------------------------------------- PyTorch


def pytorchs(torch, model, activation):
    """PyTorch's model with the same weights."""
    layers = []
    for layer in model.layers:
        linear = torch.nn.Linear(layer.nin, layer.nout, dtype=torch.float64)
        state = {name: torch.tensor(a) for name, a in layer.state_dict().items()}
        linear.load_state_dict(state)
        layers += [linear, activation()]
    return torch.nn.Sequential(*layers[:-1])


@pytest.mark.parametrize(
    ("activation", "outputs", "ours", "theirs"),
    [
        ("tanh", 1, mse_loss, "mse_loss"),
        ("relu", 3, cross_entropy, "cross_entropy"),
    ],
)
@pytest.mark.parametrize(
    "optimizers",
    [
        (
            lambda ps: SGD(ps, lr=0.1, momentum=0.9),
            lambda t, ps: t.optim.SGD(ps, 0.1, momentum=0.9),
        ),
        (lambda ps: Adam(ps, lr=0.02), lambda t, ps: t.optim.Adam(ps, 0.02)),
    ],
    ids=["sgd", "adam"],
)
def test_pytorch_has_the_same_losses(activation, outputs, ours, theirs, optimizers):
    torch = pytest.importorskip("torch")
    X, y = make_moons(30, seed=2)
    model = MLP(2, [8, outputs], activation, seed=4)
    units = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
    other = pytorchs(torch, model, units[activation])
    optimizer = optimizers[1](torch, other.parameters())
    loss_function = getattr(torch.nn.functional, theirs)

    rng, losses = generator(11), []
    for _ in range(50):
        epoch = []
        for batch, targets in minibatches(X, y, 8, rng):
            predictions, t = other(torch.tensor(batch)), torch.tensor(targets)
            if outputs == 1:
                predictions, t = predictions[:, 0], t.double()
            loss = loss_function(predictions, t)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            epoch.append(loss.item())
        losses.append(np.mean(epoch))

    history = fit(
        model,
        X,
        y,
        loss=ours,
        optimizer=optimizers[0](model.parameters()),
        epochs=50,
        batch_size=8,
        seed=11,
        progress=False,
    )
    assert history.loss == pytest.approx(losses, rel=0, abs=1e-9)
    assert losses[-1] < losses[0] / 2
