"""What the package learns on real data: seeded runs, one function and one command each.

``python -m nn moons`` trains a model and prints what it reached. The data come with scikit-learn or
are made here; nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .data.samples import standardize, train_test_split
from .data.toys import make_moons, make_xor
from .layers.neurons import MLP
from .training.choices.losses import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge_loss,
    mse_loss,
)
from .training.choices.metrics import accuracy
from .training.choices.optimizers import SGD, Adam
from .training.choices.regularizers import l2
from .training.fit import fit
from .training.predict import predict

Numbers = dict[str, float]


def xor(*, progress: bool = True) -> Numbers:
    """XOR by tanh units 2-4-1 and squared error: the four answers are learned."""
    X, y = make_xor()
    model = MLP(2, [4, 1], "tanh", seed=0)
    optimizer = Adam(model.parameters(), lr=0.05)
    fit(model, X, y, loss=mse_loss, optimizer=optimizer, epochs=300, progress=progress)
    return {"largest error": float(np.abs(predict(model, X) - y).max())}


def moons(*, progress: bool = True) -> Numbers:
    """micrograd's demo: two moons, MLP 2-16-16-1, hinge loss and L2, gradient descent."""
    X, y = make_moons(100, noise=0.1, seed=1337)
    model = MLP(2, [16, 16, 1], seed=1)
    history = fit(
        model,
        X,
        2 * y - 1,
        loss=hinge_loss,
        regularizer=lambda weights: 1e-4 * l2(weights),
        optimizer=SGD(model.parameters(), lr=lambda step: 1.0 - 0.9 * step / 100),
        epochs=100,
        progress=progress,
    )
    return {"training accuracy": accuracy(predict(model, X), y), "loss": history.loss[-1]}


def breast_cancer(*, progress: bool = True) -> Numbers:
    """Wisconsin breast cancer, 569 samples of 30 features: MLP 30-16-1, logistic loss."""
    from sklearn.datasets import load_breast_cancer

    model, loss = MLP(30, [16, 1], seed=0), binary_cross_entropy_with_logits
    settings = {"batch_size": 32, "epochs": 20, "progress": progress}
    return _classified(load_breast_cancer(), model, loss, 1e-2, settings)


def digits(*, progress: bool = True) -> Numbers:
    """Handwritten digits, 1,797 images of 8 x 8: MLP 64-32-10, softmax cross-entropy."""
    from sklearn.datasets import load_digits

    model, loss = MLP(64, [32, 10], seed=0), cross_entropy
    settings = {"batch_size": 64, "epochs": 15, "progress": progress}
    return _classified(load_digits(), model, loss, 1e-3, settings)


def diabetes(*, progress: bool = True) -> Numbers:
    """Diabetes progression, 442 patients: MLP 10-16-1 beside scikit-learn's MLPRegressor (R²)."""
    from sklearn.datasets import load_diabetes
    from sklearn.neural_network import MLPRegressor

    (X, y), (X_test, y_test) = _split(load_diabetes())
    mean, spread = y.mean(), y.std()
    model = MLP(10, [16, 1], seed=0)
    fit(
        model,
        X,
        (y - mean) / spread,
        loss=mse_loss,
        regularizer=lambda weights: 0.03 * l2(weights),
        optimizer=Adam(model.parameters(), lr=0.01),
        batch_size=32,
        epochs=60,
        progress=progress,
    )
    other = MLPRegressor(
        hidden_layer_sizes=(16,),
        learning_rate_init=0.01,
        batch_size=32,
        max_iter=200,
        random_state=0,
        early_stopping=True,
    )
    other.fit(X, (y - mean) / spread)
    return {
        "test R²": _r2(predict(model, X_test) * spread + mean, y_test),
        "MLPRegressor's": _r2(other.predict(X_test) * spread + mean, y_test),
    }


RESULTS: dict[str, Callable[..., Numbers]] = {
    "xor": xor,
    "moons": moons,
    "cancer": breast_cancer,
    "digits": digits,
    "diabetes": diabetes,
}
"""The runs by their names on the command line."""


def _classified(data: Any, model: MLP, loss: Any, decay: float, settings: Any) -> Numbers:
    """How often a model is right that Adam has trained, with the penalty decay · Σ w²."""
    train, (X, y) = _split(data)
    fit(
        model,
        *train,
        loss=loss,
        regularizer=lambda weights: decay * l2(weights),
        optimizer=Adam(model.parameters(), lr=0.01),
        **settings,
    )
    return {"test accuracy": accuracy(predict(model, X), y)}


def _split(data: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """A data set of scikit-learn as (X, y) for training and for the test, X standardised."""
    X, X_test, y, y_test = train_test_split(data.data, data.target, seed=1)
    X, X_test = standardize(X, X_test)
    return (X, y), (X_test, y_test)


def _r2(predictions: Any, targets: Any) -> float:
    """The share of the targets' variance that the predictions explain."""
    return float(
        1 - np.square(predictions - targets).sum() / np.square(targets - targets.mean()).sum()
    )
