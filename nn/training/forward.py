"""How a model answers samples X, an array (n, d): all at once in one graph, or a graph for each."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import no_grad, sigmoid

from ..module import Module, as_module

Predictions = Any
Forward = Callable[[Module, Any], Predictions]


def together(model: Module, X: Any) -> Predictions:
    """What a model answers to all samples at once.

    Raises ValueError for batches of another length: somebody took rows for inputs. What a model of
    the user's own raises gets a note of how it was called.
    """
    try:
        predictions = model(X)
    except Exception as error:
        if type(model).__module__.partition(".")[0] != __name__.partition(".")[0]:
            error.add_note(f"The model was called {_on_all(X)}")
        raise
    _check_lengths(predictions, X)
    return predictions


def _on_all(X: Any) -> str:
    return (
        f"on all samples at once, x of shape {X.shape}: x.T[i] is input i, of one sample as of all; "
        f"x[i] is sample i here"
    )


class Sample(list[float]):
    """The numbers of one sample; its ``T`` is itself, as an array's of one dimension is."""

    @property
    def T(self) -> Sample:  # noqa: N802
        """The inputs."""
        return self


FORWARD: dict[str, Forward] = {
    "batch": together,
    "eager": lambda model, X: [model(Sample(x)) for x in X.tolist()],
}


def check_square(model: Module, X: np.ndarray) -> None:
    """What `together` raises of one sample more, where n = d and rows taken for inputs would pass."""
    n, d = X.shape
    if n == d:
        with mode(model, training=False), no_grad():
            together(model, np.resize(X, (n + 1, d)))


def answers_probabilities(model: Any) -> bool:
    """Whether its output is a sigmoid's, so that a score is a probability and no logit.

    >>> from nn import MLP
    >>> answers_probabilities(MLP(2, [3, 1], output="sigmoid")), answers_probabilities(MLP(2, [3, 1]))
    (True, False)
    """
    while layers := getattr(model, "layers", None):
        model = layers[-1]
    return getattr(model, "activation", model) in ("sigmoid", sigmoid)


@contextlib.contextmanager
def mode(model: Module, *, training: bool) -> Iterator[None]:
    """A model in training mode or out of it, and back again."""
    before = [(module, module.training) for _, module in as_module(model).modules()]
    try:
        model.training = training
        yield
    finally:
        for module, was in before:
            if module.training != was:  # setting it goes through all modules inside
                module.training = was


def _check_lengths(predictions: Predictions, X: Any) -> None:
    if isinstance(predictions, (list, tuple)):
        for part in predictions:
            _check_lengths(part, X)
    elif getattr(predictions, "ndim", 0) == 1 and predictions.shape[0] != X.shape[0]:
        raise ValueError(
            f"the model answers {predictions.shape[0]} numbers to {X.shape[0]} samples; it is called "
            f"{_on_all(X)}"
        )
