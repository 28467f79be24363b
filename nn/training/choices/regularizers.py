"""Regularisers: a penalty on the weights, added to the loss so that they stay small.

Each takes the weights as a sequence of Values, and multiplied by a rate joins the loss:
``loss + 1e-4 * l2(model.parameters())``. TypeError for what is no sequence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import abs as absolute
from autograd import dot, group, square
from autograd import sum as total

if TYPE_CHECKING:
    from collections.abc import Iterable


@group("l2")
def l2(weights: Iterable[Any]) -> Any:
    """Σ w², whose derivative 2w shrinks every weight in proportion to its size.

    Raises TypeError for what is no sequence of weights.
    Source: A. E. Hoerl, R. W. Kennard, Ridge regression, Technometrics 12, 1970; as weight decay:
    A. Krogh, J. A. Hertz, A simple weight decay can improve generalization, NIPS 1991.

    >>> l2([3.0, -4.0])
    25.0
    """
    ws = _weights("l2", weights)
    return dot(ws, ws)


@group("l1")
def l1(weights: Iterable[Any]) -> Any:
    """Σ |w|, whose derivative sign w shrinks every weight alike, and so small ones to 0.

    Raises as `l2` does.
    Source: R. Tibshirani, Regression shrinkage and selection via the lasso, JRSS B 58, 1996.

    >>> l1([3.0, -4.0])
    7.0
    """
    return total([absolute(w) for w in _weights("l1", weights)])


@group("weight_elimination")
def weight_elimination(weights: Iterable[Any]) -> Any:
    """Σ w²/(1 + w²), whose derivative 2w/(1 + w²)² shrinks small weights and hardly the large ones.

    It counts the weights that are large against 1. Raises as `l2` does.
    Source: A. S. Weigend, D. E. Rumelhart, B. A. Huberman, Generalization by weight-elimination with
    application to forecasting, NIPS 1990.

    >>> weight_elimination([1.0, 3.0])
    1.4
    """
    squares = [square(w) for w in _weights("weight_elimination", weights)]
    return total([s / (1 + s) for s in squares])


def _weights(name: str, weights: Iterable[Any]) -> tuple[Any, ...]:
    if hasattr(weights, "parameters"):
        raise TypeError(f"{name} takes the weights of the model: {name}(model.parameters())")
    if not hasattr(weights, "__iter__"):
        raise TypeError(
            f"{name} takes the weights, given {weights!r}; a rate multiplies it: "
            f"regularizer=lambda weights: {weights!r} * {name}(weights)"
        )
    return tuple(weights)
