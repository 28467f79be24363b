"""Losses: how far predictions are from their targets, as one number to descend.

Names, arguments and meaning are those of ``torch.nn.functional``. Predictions are what a model
returns of one sample, of a list of samples or of a batch, and a target has the shape of an array of
samples: `arrangement` has the table. In formulas x is a prediction and t its target.
"""
# ruff: noqa: A002, A004  (`input` is PyTorch's name; abs and sum are autograd's)

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import (
    abs,
    clip,
    dot,
    group,
    log,
    log_softmax,
    logsumexp,
    maximum,
    relu,
    softplus,
    square,
    sum,
    where,
)

from ...data.arrays import data_of, has_no_numbers_yet, plain
from ...settings import number
from .arrangement import (
    Number,
    Predictions,
    Targets,
    as_sequence,
    check,
    flat,
    matched,
    reduced,
    target_shape,
    termwise,
)


@group("mse_loss")
def mse_loss(input: Predictions, target: Targets, reduction: str = "mean") -> Number:
    """Squared error (x - t)², averaged over all predictions.

    Minus the log-likelihood of a Gaussian of variance ½, up to a constant. ``reduction`` is "mean",
    "sum", or "none", which gives the terms in the arrangement of ``input``. Raises ValueError for
    a target of another shape than the predictions. Source: A.-M. Legendre, Nouvelles méthodes
    pour la détermination des orbites des comètes, 1805.

    >>> mse_loss([1.0, 4.0], [1.0, 2.0])
    2.0
    """
    return termwise(lambda x, t: square(x - t), input, target, reduction)


@group("l1_loss")
def l1_loss(input: Predictions, target: Targets, reduction: str = "mean") -> Number:
    """Absolute error |x - t|; derivative 0 where x = t. Arguments as for `mse_loss`.

    Source: R. J. Boscovich, De litteraria expeditione per pontificiam ditionem, 1757.

    >>> l1_loss([1.0, 4.0], [1.0, 2.0])
    1.0
    """
    return termwise(lambda x, t: abs(x - t), input, target, reduction)


@group("huber_loss")
def huber_loss(
    input: Predictions, target: Targets, reduction: str = "mean", delta: float = 1.0
) -> Number:
    """½ e² for an error |e| ≤ delta, else delta (|e| - ½ delta): outliers pull with bounded force.

    With c = clip(e, -delta, delta) both are c (e - ½ c). Arguments as for `mse_loss`; raises
    ValueError unless delta > 0. Source: P. J. Huber, Robust estimation of a location parameter,
    Annals of Mathematical Statistics 35, 1964.

    >>> huber_loss([1.0, 4.0], [1.0, 2.0])
    0.75
    """
    number("delta", delta, lambda delta: delta > 0, "a number > 0")

    def term(x: Number, t: Number) -> Number:
        error = x - t
        inner = clip(error, -delta, delta)
        return inner * (error - inner / 2)

    return termwise(term, input, target, reduction)


@group("binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(
    input: Predictions, target: Targets, reduction: str = "mean"
) -> Number:
    """-t log σ(x) - (1 - t) log(1 - σ(x)) of a logit x, computed as softplus(x) - t x.

    Minus the log-likelihood of a Bernoulli variable; finite at any finite logit. Targets are
    probabilities; labels 0 and 1 are the ordinary case. Other arguments as for `mse_loss`; raises
    ValueError for a target outside [0, 1]. Source: D. R. Cox, The regression analysis of binary
    sequences, Journal of the Royal Statistical Society B 20, 1958.

    >>> binary_cross_entropy_with_logits([1000.0, -1000.0], [1, 1])
    500.0
    """
    check(target, lambda t: (t >= 0) & (t <= 1), "probabilities in [0, 1]; labels are 0 and 1")
    return termwise(lambda x, t: softplus(x) - t * x, input, target, reduction)


@group("hinge_loss")
def hinge_loss(input: Predictions, target: Targets, reduction: str = "mean") -> Number:
    """max(0, 1 - t x) of a score x and a label t that is -1 or 1; derivative 0 where t x ≥ 1.

    Arguments as for `mse_loss`; raises ValueError for any other label. Source: C. Cortes,
    V. Vapnik, Support-vector networks, Machine Learning 20, 1995.

    >>> hinge_loss([2.0, 0.5], [1, -1])
    0.75
    """
    check(target, lambda t: (t == 1) | (t == -1), "labels -1 and 1; of labels 0 and 1, 2 * y - 1")
    return termwise(lambda x, t: relu(1 - t * x), input, target, reduction)


@group("gaussian_nll_loss")
def gaussian_nll_loss(
    input: Predictions,
    target: Targets,
    var: Predictions,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Number:
    """½ (log v + (x - t)² / v), minus the log-likelihood of a Gaussian of mean x and variance v.

    ``var`` is arranged as ``input``, or is one number for all. A variance below ``eps`` counts as
    eps, but still receives its gradient, so that it can grow again. ``full`` adds ½ log 2π. Other
    arguments as for `mse_loss`; raises ValueError for a negative variance, and unless eps > 0.
    Source: D. A. Nix, A. S. Weigend, Estimating the mean and variance of the target probability
    distribution, ICNN 1994.

    >>> gaussian_nll_loss([1.0, 4.0], [1.0, 2.0], 1.0)
    1.0
    """
    number("eps", eps, lambda eps: eps > 0, "a number > 0")
    means, targets = flat(input), matched(target, input)
    if target_shape(var) not in ((), target_shape(input)):
        raise ValueError(
            f"var of shape {target_shape(var)} for predictions of shape {target_shape(input)}"
        )
    if target_shape(var) == ():
        variances = [var] * len(means)
    else:
        variances = matched(var, input) if isinstance(var, np.ndarray) else flat(var)
    constant = math.log(2 * math.pi) / 2 if full else 0

    def term(x: Number, t: Number, var: Number) -> Number:
        v = _at_least(eps, var)
        return (log(v) + square(x - t) / v) / 2 + constant

    terms = [term(*args) for args in zip(means, targets, variances, strict=True)]
    return reduced(terms, reduction, input)


def _at_least(eps: float, var: Number) -> Number:
    """var, or eps where it is smaller, with derivative 1 everywhere."""
    given = data_of(var)
    if not has_no_numbers_yet(given) and np.any(given < 0):
        raise ValueError(f"a variance is not negative, given {given}")
    return var + maximum(eps - given, 0)


@group("cross_entropy")
def cross_entropy(input: Predictions, target: Targets, reduction: str = "mean") -> Number:
    """-Σⱼ pⱼ log softmax(x)ⱼ of k logits x; of a class c it is logsumexp(x) - x_c.

    Averaged over samples: minus the log-likelihood of a categorical variable, finite at any finite
    logits. ``input`` is a list of k logits, each one number (one sample) or a batch; or a list of n
    such lists of numbers, sample by sample. ``target`` holds classes 0 … k-1, of shape () or (n,),
    or probabilities, of shape (k,) or (n, k). Raises ValueError for another shape or class, and for
    a probability outside [0, 1].

    Source: J. S. Bridle, Probabilistic interpretation of feedforward classification network
    outputs, Neurocomputing, NATO ASI F68, 1990.

    >>> cross_entropy([1000.0, 0.0], 1)
    1000.0
    >>> cross_entropy([[0.0, 0.0], [5.0, 5.0]], [[1.0, 0.0], [0.5, 0.5]])
    0.6931471805599453
    """
    logits, labels, form = as_sequence(input), plain("targets", target), target_shape(input)
    if labels.shape == (*form[:-1], 1) != form:  # a column of classes
        labels = labels[..., 0]
    if not isinstance(logits, Sequence) or labels.shape not in (form, form[:-1]):
        raise ValueError(
            f"cross_entropy takes k logits, or k for each of n samples, with n classes or "
            f"probabilities (n, k) as targets; "
            f"got logits of shape {form} and targets of shape {labels.shape}"
        )
    if labels.shape == form:
        term: Any = _of_probabilities
        check(labels, lambda p: (p >= 0) & (p <= 1), "classes, or probabilities in [0, 1]")
    else:
        term, k = _of_class, form[-1]
        check(labels, lambda c: np.isin(c, range(k)), f"class indices from 0 to {k - 1}")
    if not isinstance(logits[0], Sequence):  # one sample, or a batch
        return reduced([term(logits, labels)], reduction, 0.0)
    each = labels.tolist() if isinstance(labels, np.ndarray) else labels
    terms = [term(row, p) for row, p in zip(logits, each, strict=True)]
    return reduced(terms, reduction, [0.0] * len(terms))


def _of_probabilities(logits: Sequence[Number], p: Any) -> Number:
    """-Σⱼ pⱼ log softmax(x)ⱼ of one sample, or of a batch; p of shape (k,) or (n, k)."""
    return -dot(matched(p, logits), log_softmax(logits))


def _of_class(logits: Sequence[Number], c: Any) -> Number:
    """logsumexp(x) - x_c of one sample, or of a batch; c of shape () or (n,)."""
    c = c.item() if isinstance(c, np.ndarray) and c.ndim == 0 else c
    if isinstance(c, (int, float)):
        return logsumexp(logits) - logits[int(c)]
    return logsumexp(logits) - sum([where(c == j, x, 0) for j, x in enumerate(logits)])


LOSSES = {
    loss.__name__: loss
    for loss in (
        mse_loss,
        l1_loss,
        huber_loss,
        binary_cross_entropy_with_logits,
        hinge_loss,
        cross_entropy,
    )
}
"""The losses of predictions and targets alone, by their names."""
