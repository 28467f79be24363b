"""Schedules: the learning rate as a function of the number of steps taken so far.

``SGD(params, lr=cosine(0.1, steps=1000))``; wherever a rate stands, a schedule may stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .settings import whole

Schedule = Callable[[int], float]
Rate = float | Schedule


def rate_at(rate: Rate, step: int) -> float:
    """The learning rate after a number of steps: a schedule's value, or the one number."""
    return rate(step) if callable(rate) else rate


def constant(lr: float) -> Schedule:
    """The same rate at every step.

    >>> constant(0.1)(1000)
    0.1
    """
    return lambda step: lr  # noqa: ARG005


def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """The rate lr · factor^⌊step/every⌋, constant for ``every`` steps at a time.

    PyTorch's StepLR. Raises ValueError for ``every`` below 1.

    >>> step_decay(1.0, every=10, factor=0.5)(25)
    0.25
    """
    every = whole("every", every)
    return lambda step: lr * factor ** (step // every)


def cosine(lr: float, steps: int, final: float = 0.0) -> Schedule:
    """The rate final + ½ (lr - final)(1 + cos(π step/steps)), and ``final`` after that.

    Raises ValueError for ``steps`` below 1. Source: I. Loshchilov, F. Hutter, SGDR: stochastic
    gradient descent with warm restarts, ICLR 2017, equation 5.

    >>> cosine(1.0, steps=10)(0), cosine(1.0, steps=10)(5), cosine(1.0, steps=10)(10)
    (1.0, 0.5, 0.0)
    """
    steps = whole("steps", steps)
    return lambda step: final + (lr - final) * (1 + math.cos(math.pi * min(step / steps, 1))) / 2


def linear_warmup(rate: Rate, steps: int) -> Schedule:
    """A rate, or another schedule, times (step + 1)/steps until that is 1: small first steps.

    Raises ValueError for ``steps`` below 1. Source: P. Goyal et al., Accurate, large minibatch SGD,
    arXiv:1706.02677, section 2.2.

    >>> [linear_warmup(1.0, steps=4)(step) for step in range(6)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    """
    steps = whole("steps", steps)
    return lambda step: rate_at(rate, step) * min((step + 1) / steps, 1)
