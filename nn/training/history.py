"""What training has seen: a loss for every epoch, and the random numbers that are still to come."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ..figures import axes_of, curve, describe


def _best(numbers: list[float], lowest: bool) -> str:
    best = (min if lowest else max)(numbers)
    return f"{'lowest' if lowest else 'highest'} {best:.4g} in epoch {numbers.index(best)}"


def _order(loss: float) -> tuple[bool, float]:
    """By this losses are compared: nan is more than all."""
    return math.isnan(loss), loss


@dataclass(repr=False)
class History:
    """The record of `fit`, an entry an epoch; `fit` can continue it.

    ``loss[i]`` is the mean of what epoch i's batches lost (the regulariser included), each as it was
    seen, before its update. ``validation[i]`` is the loss on the validation data after epoch i,
    without the regulariser. ``metrics`` maps a metric's name to its values on the training data, and
    ``val_`` + name to those on the validation data. ``best`` holds the weights of the lowest
    validation loss, in the order of ``model.parameters()``, if `fit` had a ``patience``.
    ``interrupted`` says whether the last `fit` was ended by Ctrl-C; ``backend`` what took its steps,
    and where "auto" did not compile them, why.

    >>> History(loss=[1.0, 0.5]).epochs
    2
    """

    loss: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    interrupted: bool = field(default=False, compare=False)
    best: list[float] | None = field(default=None)
    generator: Random = field(default_factory=Random, compare=False)
    backend: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        epochs = range(len(self.validation))
        self._lowest = min(epochs, key=lambda k: _order(self.validation[k]), default=0)

    def __repr__(self) -> str:
        """One line a quantity: where it began, where it is now, and the best on the way."""
        end = ", interrupted" if self.interrupted else ""
        head = f"History of {self.epochs} epoch{'s' * (self.epochs != 1)}{end}"
        rows = [f"  {name}: {first} → {last}, {best}" for name, first, last, best in self._rows()]
        return "\n".join([head, *rows])

    def _repr_html_(self) -> str:
        """The same as a table, for notebooks."""
        from html import escape

        rows = "".join(
            f"<tr><th>{escape(name)}</th>" + "".join(f"<td>{x}</td>" for x in row) + "</tr>"
            for name, *row in self._rows()
        )
        head = "<tr><th></th><th>first</th><th>last</th><th>best</th></tr>"
        title = escape(repr(self).splitlines()[0])
        return f"<table><caption>{title}</caption>{head}{rows}</table>"

    def _rows(self) -> list[tuple[str, str, str, str]]:
        """Name, first and last number, and in words the best; the best loss is the lowest."""
        losses = {"loss": self.loss, "validation": self.validation}
        return [
            (name, f"{numbers[0]:.4g}", f"{numbers[-1]:.4g}", _best(numbers, name in losses))
            for name, numbers in {**losses, **self.metrics}.items()
            if numbers
        ]

    @property
    def epochs(self) -> int:
        """How many epochs have ended."""
        return len(self.loss)

    @property
    def waited(self) -> int:
        """How many epochs have passed since the lowest validation loss."""
        return len(self.validation) - 1 - self._lowest

    def add(self, loss: float, validation: float | None, metrics: Mapping[str, float]) -> None:
        """Enter an epoch."""
        self.loss.append(loss)
        if validation is not None:
            self.validation.append(validation)
            if _order(validation) < _order(self.validation[self._lowest]):
                self._lowest = len(self.validation) - 1
        for name, value in metrics.items():
            self.metrics.setdefault(name, []).append(value)

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses over the epochs on ``ax`` (or a new figure), with matplotlib; returns ax."""
        ax = axes_of(ax)
        curve(ax, self.loss, "training")
        if self.validation:
            curve(ax, self.validation, "validation")
        ax.set(ylabel="loss")
        ax.legend()
        return describe(ax, f"The loss over the epochs. {' '.join(repr(self).split())}.")
