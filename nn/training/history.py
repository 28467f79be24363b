"""What training has seen: a loss for every epoch, and the random numbers that are still to come."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass
class History:
    """The record of `fit`, an entry an epoch; `fit` can continue it.

    ``loss[i]`` is the mean of what epoch i's batches lost (the regulariser included), each as it was
    seen, before its update. ``validation[i]`` is the loss on the validation data after epoch i,
    without the regulariser. ``metrics`` maps a metric's name to its values on the training data, and
    ``val_`` + name to those on the validation data. ``best`` holds the weights of the lowest
    validation loss, in the order of ``model.parameters()``, if `fit` had a ``patience``.
    ``interrupted`` says whether the last `fit` was ended by Ctrl-C.

    >>> History(loss=[1.0, 0.5]).epochs
    2
    """

    loss: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    interrupted: bool = field(default=False, compare=False)
    best: list[float] | None = field(default=None, repr=False)
    generator: Random = field(default_factory=Random, repr=False, compare=False)

    @property
    def epochs(self) -> int:
        """How many epochs have ended."""
        return len(self.loss)

    @property
    def waited(self) -> int:
        """How many epochs have passed since the lowest validation loss."""
        lowest = min(self.validation, key=lambda loss: (math.isnan(loss), loss))
        return len(self.validation) - 1 - self.validation.index(lowest)

    def add(self, loss: float, validation: float | None, metrics: Mapping[str, float]) -> None:
        """Enter an epoch."""
        self.loss.append(loss)
        if validation is not None:
            self.validation.append(validation)
        for name, value in metrics.items():
            self.metrics.setdefault(name, []).append(value)

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses over the epochs on ``ax`` (or a new figure), with matplotlib; returns ax."""
        if ax is None:
            import matplotlib.pyplot as plt

            _, ax = plt.subplots()
        ax.plot(self.loss, label="training")
        if self.validation:
            ax.plot(self.validation, label="validation")
        ax.set(xlabel="epoch", ylabel="loss")
        ax.legend()
        return ax
