"""Training seen live: a callback of `fit` that redraws one picture as the model learns."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..figures import alternative_text, curve, describe, in_notebook, running_shell
from ..settings import whole
from .network import plot_network
from .plots import in_plane, plot_decision_boundary

if TYPE_CHECKING:
    from pathlib import Path

    from ..module import Module
    from ..training.history import History

_now = time.perf_counter
REST = 4  # a picture is drawn when so many times what the last one took has passed: a fifth of the time

Show = Callable[[Any], object]


class LivePlot:
    """The loss, the metrics and, for samples of two numbers, the decision boundary as they change.

    Give it to `fit` as a callback. ``LivePlot(X, y)`` draws the boundary (its score being the
    ``threshold``) over the samples, with the line where the weighted sum of each hidden unit is 0;
    ``watch=(x, target)`` draws the network with the numbers of one sample (`plot_network`, whose
    ``loss`` gives the deltas). A notebook has one picture that is replaced; a script opens one window
    where matplotlib has one, or writes one file, ``save``: the picture as it is at the end, or, of a
    name that ends in .html, a page to step through all of them (`autograd.film`). ``every=n`` draws
    after every n-th epoch; without it drawing takes no more than about a fifth of the time. The last
    epoch is always shown.

    Raises ValueError for samples that have not two numbers each, and where there is neither a
    notebook nor a window nor a file to draw in, and for ``every`` below 1.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from nn import MLP, fit, make_moons
    >>> X, y = make_moons(20, seed=0)
    >>> live = LivePlot(X, y, save=Path(tempfile.mkdtemp()) / "training.png")
    >>> model, loss = MLP(2, [4, 1]), "binary_cross_entropy_with_logits"
    >>> history = fit(model, X, y, loss, epochs=2, callbacks=[live], progress=False)
    >>> live.epochs
    2
    """

    def __init__(
        self,
        X: Any = None,
        y: Any = None,
        *,
        watch: tuple[Any, Any] | None = None,
        loss: Any = "mse_loss",
        threshold: float | None = None,
        every: int | None = None,
        save: str | Path | None = None,
    ) -> None:
        self.samples = None if X is None else in_plane(X, y)
        self.watch, self.loss, self.threshold = watch, loss, threshold
        self.every = None if every is None else whole("every", every)
        self.epochs = 0
        """How many epochs of training the picture has seen."""
        self._figure, self._show = _place(save)
        self._rested = 0.0

    def __call__(self, model: Module, history: History) -> None:
        """Draw, unless the last picture has just been drawn."""
        is_due = history.epochs % self.every == 0 if self.every else _now() >= self._rested
        if is_due:
            self._redraw(model, history)

    def end(self, model: Module, history: History) -> None:
        """Draw the model as it is at the end, if that has not been done."""
        kept_others = history.best is not None  # weights of an earlier epoch
        if kept_others or self.epochs != history.epochs:
            self._redraw(model, history)

    def _redraw(self, model: Module, history: History) -> None:
        start = _now()
        self._draw(model, history)
        self._show(self._figure)
        self.epochs, self._rested = history.epochs, _now() + REST * (_now() - start)

    def _draw(self, model: Module, history: History) -> None:
        panels: list[Callable[..., Any]] = [history.plot]
        if history.metrics:
            panels.append(partial(_plot_metrics, history))
        if self.samples:
            boundary = partial(plot_decision_boundary, model, *self.samples)
            units = hasattr(model, "layers")
            panels.append(partial(boundary, threshold=self.threshold, units=units))
        if self.watch:
            x, target = self.watch
            panels.append(partial(plot_network, model, x=x, target=target, loss=self.loss))
        self._figure.clear()
        rows = 1 if len(panels) < 4 else 2
        columns = len(panels) // rows
        self._figure.set_size_inches(4.4 * columns, 3.6 * rows)
        axes = self._figure.subplots(rows, columns, squeeze=False)
        for panel, ax in zip(panels, axes.flat, strict=True):
            panel(ax=ax)
        plural = "s" * (history.epochs != 1)
        self._figure.suptitle(f"after {history.epochs} epoch{plural}")


def _plot_metrics(history: History, ax: Any) -> Any:
    for name, values in history.metrics.items():
        curve(ax, values, name)
    ax.set(ylabel="metric")
    ax.legend()
    last = ", ".join(f"{name} {values[-1]:.4g}" for name, values in history.metrics.items())
    return describe(ax, f"The metrics over the epochs; now {last}.")


# ----------------------------------------------------------------------------- where it is shown


def _place(save: str | Path | None) -> tuple[Any, Show]:
    """A figure, and what shows it: a file if one is named, else a notebook, else a window."""
    from matplotlib.figure import Figure

    if save is not None:
        write = _Film(save) if os.fspath(save).endswith(".html") else partial(_write, save)
        return Figure(layout="constrained"), write
    if hasattr(running_shell(), "kernel"):
        return Figure(layout="constrained"), _Cell()
    return _window()


def _write(path: str | Path, figure: Any) -> None:
    figure.savefig(path)


class _Film:
    """A page that steps through every picture so far."""

    def __init__(self, path: str | Path) -> None:
        self.path = path
        self.frames: list[tuple[str, bytes | str, str]] = []

    def __call__(self, figure: Any) -> None:
        image = io.BytesIO()
        figure.savefig(image, format="png")
        words = alternative_text(figure)
        self.frames.append((figure.get_suptitle(), image.getvalue(), words))
        from autograd import film  # loads what draws

        film(self.frames, "Training").save(self.path)


class _Cell:
    """One picture in a notebook's output, which is replaced."""

    def __init__(self) -> None:
        self.handle: Any = None

    def __call__(self, figure: Any) -> None:
        from IPython import display as displaying

        show: Any = displaying.display

        bundle, metadata = in_notebook(figure)
        if self.handle is None:
            self.handle = show(bundle, metadata=metadata, raw=True, display_id=True)
        else:
            self.handle.update(bundle, metadata=metadata, raw=True)


def _window() -> tuple[Any, Show]:
    from matplotlib import get_backend
    from matplotlib import pyplot as plt

    figure = plt.figure(layout="constrained")
    if figure.canvas.required_interactive_framework is None:
        plt.close(figure)
        raise ValueError(
            f"there is nowhere to draw: this is no notebook, and matplotlib's backend "
            f"{get_backend()!r} opens no window; LivePlot(save='training.png') writes a file"
        )
    figure.show()
    return figure, lambda figure: (figure.canvas.draw_idle(), figure.canvas.flush_events())
