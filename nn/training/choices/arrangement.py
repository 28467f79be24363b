"""How predictions are arranged, how targets match them, and how the terms of a loss are averaged.

Predictions come in one of four arrangements, which are what models return; a target has the shape
of an array of samples whatever the arrangement:

| predictions                                    | from                    | shape           |
|------------------------------------------------|-------------------------|-----------------|
| a Value of one number                          | one sample, one output  | ()              |
| a Value of a batch of n samples                | a batch, one output     | (n,)            |
| a list of k Values, each a batch of n samples  | a batch, k outputs      | (n, k)          |
| a list of n Values, or of n lists of k Values  | sample by sample        | (n,), or (n, k) |

Plain numbers may stand for Values, and a float array for the batches that are its columns. Nothing
is broadcast: another shape of targets is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import GeneratorType, NoneType
from typing import Any

import numpy as np

from autograd import Value, mean
from autograd import sum as total

from ...data.arrays import data_of, has_no_numbers_yet, plain, settled

Number = Any
Predictions = Any
Targets = Any
NO_PREDICTIONS = {str, bytes, dict, set, map, filter, NoneType, GeneratorType}


def flat(predictions: Predictions) -> list[Number]:
    """All Values of an arrangement in order."""
    predictions = as_sequence(predictions)
    if not isinstance(predictions, Sequence):
        return [predictions]
    return [x for part in predictions for x in flat(part)]


def target_shape(predictions: Predictions) -> tuple[int, ...]:
    """The shape that targets of these predictions have: samples first.

    Raises ValueError for an empty sequence, and for one of parts that differ in shape.

    >>> target_shape([1.0, 2.0, 3.0]), target_shape([np.zeros(5), np.ones(5)])
    ((3,), (5, 2))
    """
    predictions = as_sequence(predictions)
    if not isinstance(predictions, Sequence):
        return _seen(predictions)
    shapes = {target_shape(part) for part in predictions}
    if not shapes:
        raise ValueError("a loss of no predictions is not defined")
    if len(shapes) > 1:
        raise ValueError(f"predictions are to have one shape, given parts of {sorted(shapes)}")
    (inner,) = shapes
    batches = _seen(predictions[0]) != ()
    return (*inner, len(predictions)) if batches else (len(predictions), *inner)


def _seen(x: Number) -> tuple[int, ...]:
    """(n,) for a batch, () for one number: under `vmap` every sample is one."""
    ndim: int = getattr(x, "ndim", 0)
    return getattr(x, "shape", ())[:ndim]


def as_sequence(predictions: Predictions) -> Any:
    """An arrangement in which every sequence is one of Python's; a Value or a batch as it is."""
    if type(predictions) in NO_PREDICTIONS:
        raise TypeError(
            f"predictions are Values or numbers, or lists of them; given {predictions!r}"
        )
    if not isinstance(predictions, np.ndarray):
        return predictions
    if predictions.dtype == object:
        return predictions.tolist()
    return tuple(predictions.T) if predictions.ndim == 2 else predictions


def matched(targets: Targets, predictions: Predictions) -> list[Number]:
    """The targets in the order of `flat` predictions: an array for a batch, else plain numbers.

    A column (n, 1) stands for (n,). Raises ValueError for targets of another shape.

    >>> matched([[1, 2], [3, 4], [5, 6]], [np.zeros(3), np.zeros(3)])
    [array([1, 3, 5]), array([2, 4, 6])]
    """
    expected = target_shape(predictions)
    of_values = isinstance(targets, Value)
    array = targets if of_values else plain("targets", targets)
    if not of_values and array.shape == (*expected, 1):
        array = array[..., 0]
    if _seen(array) != expected:
        raise ValueError(
            f"targets of shape {_seen(array)} for predictions of shape {expected}: "
            f"they are to have one shape, samples first"
        )
    if of_values:
        return [targets]
    if _seen(flat(predictions)[0]) == ():
        return list(array.ravel().tolist())
    array = settled("targets", array)
    return [array] if array.ndim == 1 else list(array.T)


def reduced(terms: Sequence[Number], reduction: str, like: Predictions) -> Number:
    """The mean or the sum of the terms of a loss; for "none" the terms arranged as ``like``."""
    if reduction == "none":
        return _arranged(iter(terms), like)
    if reduction not in ("mean", "sum"):
        raise ValueError(f"reduction is 'mean', 'sum' or 'none', given {reduction!r}")
    result = terms[0] if len(terms) == 1 else total(terms)
    if _seen(result):
        result = mean(result) if reduction == "mean" else total(result)
    return result / len(terms) if reduction == "mean" and len(terms) > 1 else result


def _arranged(terms: Iterator[Number], like: Predictions) -> Any:
    like = as_sequence(like)
    if not isinstance(like, Sequence):
        return next(terms)
    return [_arranged(terms, part) for part in like]


def termwise(
    term: Callable[[Number, Number], Number],
    predictions: Predictions,
    targets: Targets,
    reduction: str,
) -> Number:
    """A loss that is a sum over predictions of a term of each and its target."""
    pairs = zip(flat(predictions), matched(targets, predictions), strict=True)
    return reduced([term(x, t) for x, t in pairs], reduction, predictions)


def _data(targets: Targets) -> Any:
    """Targets as plain numbers: under `vmap` they are Values."""
    if isinstance(targets, Value):
        return targets.data
    array = plain("targets", targets)
    if array.dtype != object:
        return array
    return np.array([*map(data_of, array.ravel().tolist())])


def check(targets: Targets, allowed: Callable[[Any], Any], expected: str) -> None:
    """ValueError, naming the first of them, if targets are not all allowed; while jit records, when
    they have no numbers yet, nothing is checked.
    """
    if has_no_numbers_yet(targets):
        return
    array = np.asarray(_data(targets))
    if array.dtype.kind not in "biufO":
        raise ValueError(f"targets are to be {expected}; given an array of type {array.dtype}")
    wrong = array[np.logical_not(allowed(array))]
    if wrong.size:
        raise ValueError(f"targets are to be {expected}; given {wrong.flat[0]}")
