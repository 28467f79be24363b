"""Predictions: what a model answers to samples, as scores, probabilities or classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import no_grad

from ..data.arrays import are_texts, as_samples, data_of, plain
from ..module import Module
from ..settings import named
from .choices.metrics import classes
from .forward import answers_probabilities, check_square, mode, together
from .native.forms import form_of_model
from .native.recorded_model import compiled
from .native.recorded_step import is_installed

ANSWERS = ("scores", "probabilities", "classes")
WORTH = 10_000_000
"""Samples times parameters that make compiling worth while: "batch" takes 30 to 120 ms for so many.
Compiling takes some 100, and less than 30 if another process has done so."""


def _fastest(model: Module, X: np.ndarray) -> Any:
    """As machine code, if there is enough to do, and one program serves all models of its form.

    What is not finite then is computed once more, for `detect_anomaly` to see.
    """
    worth = len(X) * len(model.parameters()) >= WORTH
    if worth and is_installed() and form_of_model(model) is not None:
        out = compiled(model, X)
        if all(np.isfinite(v.data).all() for v in (out if isinstance(out, list) else [out])):
            return out
    return together(model, X)


FORWARD = {"auto": _fastest, "batch": together, "llvm": compiled}


def predict(model: Module, X: Any, answer: str = "scores", *, backend: str = "auto") -> np.ndarray:
    """What a model answers to samples X, (n, d): an array (n,) of one output, (n, k) of k.

    ``answer`` is "scores", the outputs as they are; "probabilities" of scores that are logits,
    σ(score) of one output, softmax of k; or "classes", the index of the largest of k scores,
    whether a single score is above 0; labels, if `fit` was given labels. Scores of an output that is
    a sigmoid are probabilities themselves, ½ apart. The model is in evaluation mode meanwhile, and
    no graph is built.

    ``backend="llvm"`` compiles the model, for many samples or many calls: a model of the package's
    own layers once, of others at every call. "batch" is NumPy's; the two differ by rounding. "auto"
    compiles models of the package's own layers, if llvmlite is installed, where samples times
    parameters are 10 million or more. Raises ValueError for another answer or backend, and what
    `fit` raises for X.

    >>> from nn import MLP
    >>> predict(MLP(2, [3]), [[0.0, 1.0]]).shape
    (1, 3)
    >>> predict(MLP(2, [3], init=lambda *_: 0.0), [[0.0, 1.0]], "classes")
    array([0])
    """
    if answer not in ANSWERS:
        raise ValueError(f"answer is one of {', '.join(ANSWERS)}, given {answer!r}")
    X, forward = as_samples(X), named("backend", str(backend), FORWARD)
    check_square(model, X)
    with mode(model, training=False), no_grad():
        scores = scores_by(forward, model, X)
    squashed = answers_probabilities(model)
    if answer == "scores" or (answer == "probabilities" and squashed):
        return scores
    if answer == "probabilities":
        return probabilities(scores)
    chosen = classes(scores, threshold=0.5 if squashed else 0.0)
    return chosen if model.classes is None else np.array(model.classes)[chosen]


def scores_by(forward: Callable[..., Any], model: Module, X: np.ndarray) -> np.ndarray:
    """What a model answers to samples, (n,) or (n, k), by a way to go forward."""
    out = forward(model, X)
    several = isinstance(out, (list, tuple))
    columns = [np.asarray(data_of(x)) for x in (out if several else [out])]
    if any(column.dtype == object for column in columns):
        raise TypeError(
            f"predict takes a model that answers a Value, or a list of them; got {out!r}"
        )
    columns = [np.broadcast_to(column, len(X)) for column in columns]
    return np.stack(columns, axis=1) if several else columns[0].copy()


def probabilities(logits: np.ndarray) -> np.ndarray:
    """σ of (n,) logits, softmax of each row of (n, k).

    >>> probabilities(np.zeros((1, 4)))
    array([[0.25, 0.25, 0.25, 0.25]])
    """
    if logits.ndim == 1:
        logits = np.stack([np.zeros_like(logits), logits], axis=1)
        return probabilities(logits)[:, 1]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    of_each: np.ndarray = odds / odds.sum(axis=1, keepdims=True)
    return of_each


def check_labels(model: Module, X: np.ndarray, labels: Sequence[str] | None) -> None:
    """ValueError for three labels or more of a model that answers one number, which tells two apart."""
    if labels is None or len(labels) < 3:
        return
    with mode(model, training=False), no_grad():
        several = scores_by(together, model, X[:1]).ndim == 2
    if not several:
        raise ValueError(
            f"y holds texts, which are labels, {len(labels)} of them, such as {labels[0]!r}, and the "
            f"model answers one number, which tells two apart: give it an output for each label, with "
            f"cross_entropy; numbers that were read as texts are made numbers by y.astype(float)"
        )


def coded(y: Any, labels: Sequence[str] | None = None) -> tuple[Any, Sequence[str] | None]:
    """Targets that are texts as indices into their sorted labels, and these; others as they are.

    Raises ValueError for a label that is not among the ``labels``, where they are known already, and
    for texts among which is something else, such as a missing label.

    >>> coded(["no", "yes", "no"])
    (array([0, 1, 0]), ['no', 'yes'])
    """
    array = plain("y", y)
    if not are_texts("y", array):
        return y, labels
    texts = array.ravel().tolist()
    known = sorted({*texts}) if labels is None else [*labels]
    unknown = sorted({*texts} - {*known})
    if unknown:
        raise ValueError(f"y has the label {unknown[0]!r}; this model has learnt {known}")
    index = {label: i for i, label in enumerate(known)}
    return np.array([index[text] for text in texts]).reshape(array.shape), known
