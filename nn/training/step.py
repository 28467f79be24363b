"""A step of training: the loss of a batch, its gradient, the optimiser's update, or none of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from autograd import BatchError, Value

from ..module import Module
from .choices.losses import binary_cross_entropy_with_logits
from .choices.optimizer import Optimizer
from .forward import Forward, Predictions, answers_probabilities

Loss = Callable[[Predictions, Any], Any]
Regularizer = Callable[[Sequence[Any]], Any]


class DivergedError(FloatingPointError):
    """Training met a loss or a weight that is not finite; the weights are the last good ones."""


class Step:
    """One update: the loss of a batch, its gradient, the optimiser's step."""

    def __init__(
        self,
        model: Module,
        loss: Loss,
        optimizer: Optimizer,
        regularizer: Regularizer | None,
        forward: Forward,
    ) -> None:
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.regularizer, self.forward = regularizer, forward
        self.parameters = model.parameters()
        for name, f in {"loss": loss, "regularizer": regularizer or loss}.items():
            if not callable(f):
                raise TypeError(f"{name} is a function that gives one Value, given {f!r}")
        if loss is binary_cross_entropy_with_logits and answers_probabilities(model):
            raise ValueError(
                "binary_cross_entropy_with_logits takes the sigmoid itself, of logits; the output of "
                'this model is a sigmoid already: make it "linear"'
            )
        learned = set(optimizer.params)
        self.still = [p for p in self.parameters if p not in learned]  # the optimizer's no concern
        if len(self.still) == len(self.parameters):
            raise ValueError(
                f"the optimizer holds none of the model's {len(self.parameters)} parameters: make "
                f"it of them, as SGD(model.parameters(), lr=0.1)"
            )
        self.good = self.weights  # before the last update: the last that had a finite loss

    @property
    def weights(self) -> list[float]:
        """The numbers of the parameters."""
        return [p.data for p in self.parameters]

    @weights.setter
    def weights(self, numbers: Sequence[float]) -> None:
        for p, number in zip(self.parameters, numbers, strict=True):
            p.data = number

    def objective(self, predictions: Predictions, y: Any) -> Value:
        """What a step makes smaller: the loss of a batch, and the regulariser."""
        objective = self._computed("loss", self.loss(predictions, y))
        if self.regularizer:
            penalty = self._computed("regularizer", self.regularizer(self.parameters))
            objective = objective + penalty
        if objective.ndim:
            raise BatchError("a loss is one number for all samples, got one for each: mean() of it")
        return objective

    def _computed(self, what: str, x: Any) -> Value:
        if not isinstance(x, Value):
            raise TypeError(f"a {what} is a Value, through which gradients flow; got {x!r}")
        if x.op is None and x not in {*self.parameters}:
            raise TypeError(
                f"no gradient flows through this {what}, a Value made of a number alone, {x!r}: it is "
                f"to be computed from Values, not from their data, outside no_grad()"
            )
        return x

    def __call__(self, epoch: int, batch: int, X: np.ndarray, y: np.ndarray) -> float:
        """Update the weights by a batch; returns its loss, as it was before."""
        objective = self.objective(self.forward(self.model, X), y)
        lost = float(objective.item())
        if not math.isfinite(lost):
            self.diverged(f"the loss is {lost}", epoch, batch)
        before = self.weights
        self.optimizer.zero_grad()
        objective.backward()
        try:
            self.optimizer.step()
        except KeyboardInterrupt:  # not with half of the weights moved
            self.weights = before
            raise
        self.good = before
        if not all(map(math.isfinite, self.weights)):
            self.diverged("a weight is not finite", epoch, batch)
        return lost

    def diverged(self, what: str, epoch: int, batch: int) -> NoReturn:
        """Go back to the last good weights, and say so."""
        self.weights = self.good
        raise DivergedError(
            f"{what} in epoch {epoch}, batch {batch} (counted from 0); the model has its last good "
            f"weights again: try a smaller learning rate or scaled inputs; autograd.detect_anomaly() "
            f"around fit names the operation"
        )
