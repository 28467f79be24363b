"""A network as people draw it: units in layers, weights as lines, and the numbers of one sample.

Activations are written in the units as they come forward, deltas under them as they go back.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.arrays import data_of
from ..figures import axes_of, describe
from ..module import as_module
from ..settings import named
from ..training.choices.losses import LOSSES
from ..training.predict import coded
from .colours import DIVERGING, colorbar
from .trace import trace

if TYPE_CHECKING:
    from ..module import Module

Loss = Callable[[Any, Any], Any]

FORWARD, BACKWARD = "0.1", "#be123c"  # the colours of activations and of deltas
DARK = 1.5  # activations end before the darkest colours, on which nothing can be read
FEW = 16  # weights of a model that are written on their lines


def plot_network(
    model: Module,
    ax: Any = None,
    *,
    x: Any = None,
    target: Any = None,
    loss: str | Loss = "mse_loss",
) -> Any:
    """A model's units in layers; weights as coloured lines, biases as the colour of the units.

    A line is the thicker, the larger the weight. Weights are found in ``model.state_dict()``, where
    an array (out, in) is a layer. With a sample ``x`` its activations are written in the units, which
    are coloured by them; with a ``target`` too (a text, if `fit` was given texts), under each unit
    its δ = ∂loss/∂z is, which the backward pass sends to its weighted sum z. Where lines are few, the
    weights are written on them. The model is left as it was. Two samples, or two moments of training,
    are two axes.

    Raises ValueError for a model without such layers, where one does not take as many inputs as the
    layer before it has units, for a sample of another length, and for a target without a sample.

    >>> from matplotlib.figure import Figure
    >>> from nn import MLP
    >>> plot_network(MLP(2, [3, 1]), Figure().subplots()).get_title()
    'MLP, 13 parameters'
    """
    layers = _layers(as_module(model))
    sizes = [layers[0][0].shape[1], *(weight.shape[0] for weight, _ in layers)]
    if x is None and target is not None:
        raise ValueError("plot_network shows a target beside a sample: give x, too")
    run = None if x is None else _Run(model, x, target, loss, sizes)
    ax = axes_of(ax)
    places = [_column(i, size) for i, size in enumerate(sizes)]
    largest = max(np.abs(array).max() for layer in layers for array in layer) or 1.0
    written = run is not None and sum(weight.size for weight, _ in layers) <= FEW
    for (weight, _), (left, right) in zip(layers, pairwise(places), strict=True):
        lines = _draw_weights(ax, weight, left, right, largest, written=written)
    colorbar(lines, ax, "weight" if run else "weight (line), bias (unit)", shrink=0.7)
    _draw_units(ax, places, [np.zeros(sizes[0]), *(b for _, b in layers)], largest, run)
    names = ["input", *(f"layer {i}" for i in range(1, len(layers))), "output"]
    for i, (name, size) in enumerate(zip(names, sizes, strict=True)):
        ax.text(i, -0.09, f"{name}\n{size}", ha="center", va="top", color="0.25")
    ax.set(xlim=(-0.3, len(sizes) - 0.7), ylim=(-0.2, 1.05))
    ax.set_title(
        run.title if run else f"{type(model).__name__}, {len(model.parameters())} parameters"
    )
    ax.axis("off")
    return describe(ax, _in_words(model, sizes, run))


def _layers(model: Module) -> list[tuple[Any, Any]]:
    """(weight, bias) of every layer; a layer without biases has zeros."""
    state = model.state_dict()
    layers = [
        (weight, state.get(name.removesuffix("weight") + "bias", np.zeros(len(weight))))
        for name, weight in state.items()
        if weight.ndim == 2
    ]
    if not layers:
        raise ValueError(f"{type(model).__name__} has no layers with weights (out, in) to draw")
    for (before, _), (after, _) in pairwise(layers):
        if after.shape[1] != before.shape[0]:
            raise ValueError(
                f"a layer of {before.shape[0]} units is followed by one that takes "
                f"{after.shape[1]} inputs: plot_network draws layers in a row"
            )
    return layers


class _Run:
    """One sample through a copy of a model: the activations of every column, and their deltas."""

    def __init__(self, model: Module, x: Any, target: Any, loss: Any, sizes: Sequence[int]) -> None:
        sample = np.asarray(x, dtype=float)
        if sample.shape != (sizes[0],):
            raise ValueError(f"a sample is {sizes[0]} number(s), given one of shape {sample.shape}")
        traced = trace(copy.deepcopy(model).eval(), sample.tolist())
        lost = None
        if target is not None:
            targets, _ = coded([target], model.classes or ())
            lost = named("loss", loss, LOSSES)([traced.output], targets)
            lost.backward()
        self.activations, self.deltas = [sample.tolist()], [[None] * sizes[0]]
        for i in sorted({unit.layer for unit in traced}):
            units = [unit for unit in traced if unit.layer == i]
            if units[0].z is None:  # an activation that stands for itself
                self.activations.pop()
            else:
                self.deltas.append([unit.delta if target is not None else None for unit in units])
            self.activations.append([float(data_of(unit.a)) for unit in units])
        shown = ", ".join(map(_short, sample))
        self.title = (
            f"x = ({shown})" if lost is None else f"x = ({shown}), loss {_short(lost.data)}"
        )


def _column(x: float, size: int) -> Any:
    """The places of a layer's units: a column, in the middle, the first unit on top."""
    y = 0.5 + (np.arange(size)[::-1] - (size - 1) / 2) * min(0.3, 1 / size)
    return np.column_stack([np.full(size, float(x)), y])


def _draw_weights(
    ax: Any, weight: Any, left: Any, right: Any, largest: float, *, written: bool
) -> Any:
    """A line for every weight from a unit on the left to one on the right, large ones on top."""
    from matplotlib.collections import LineCollection

    out, into = np.unravel_index(np.argsort(np.abs(weight), axis=None), weight.shape)
    w, width = weight[out, into], 3 / max(1, max(weight.shape) / 16)  # thin, where there are many
    ends = np.stack([left[into], right[out]], axis=1)
    lines = LineCollection(
        list(ends),
        array=w,
        cmap=DIVERGING,
        linewidths=width * (0.1 + 0.9 * np.abs(w) / largest),
    )
    lines.set_clim(-largest, largest)
    if written:
        for number, at in zip(w, _spread(ends), strict=True):
            ax.text(*at, _short(number), color="0.3", **NOTE)
    return ax.add_collection(lines)


PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
NOTE = {"size": 7.5, "ha": "center", "va": "center", "bbox": PAPER}
ALONG = np.array([[0.42, 0.36, 0.48, 0.3, 0.54, 0.6, 0.66]]).T  # where on its line a weight may be
ROOM = (0.32, 0.07)  # what a weight needs, in the axes' units


def _spread(lines: Any) -> list[Any]:
    """A place on every line: the first that is free, or as far as can be from those before it."""
    places = [np.full(2, np.inf)]
    for start, end in lines:
        along = start + ALONG * (end - start)
        apart = (np.abs(along[:, None] - places) / ROOM).max(axis=2).min(axis=1)
        places.append(along[np.minimum(apart, 1).argmax()])
    return places[1:]


def _draw_units(ax: Any, places: Any, biases: Any, largest: float, run: _Run | None) -> None:
    """The units: coloured by their biases, or by the activations that are written in them."""
    most = max(map(len, places))
    shown, top, width = biases, largest, min(20.0, 220 / most)  # in points
    if run:
        shown, width = run.activations, min(31.0, 90 / most)
        top = DARK * max(abs(a) for column in shown for a in column) or 1.0
    for i, (place, colours) in enumerate(zip(places, shown, strict=True)):
        scale = {"c": colours, "cmap": DIVERGING, "vmin": -top, "vmax": top}
        ax.scatter(*place.T, s=width**2, edgecolors="0.25", linewidths=1, zorder=3, **scale)
        if run:
            for at, a, delta in zip(place, colours, run.deltas[i], strict=True):
                _write(ax, at, a, delta, width)


def _write(ax: Any, at: Any, a: float, delta: Any, width: float) -> None:
    """An activation in its unit, and under it what came back."""
    size = max(4.5, min(9.0, 2.5 + 0.25 * width))
    style = {"size": size, "ha": "center", "va": "center", "zorder": 4}
    ax.text(*at, _short(a), color=FORWARD, **style)
    if delta is not None:
        below = (0, -(width + size) / 2 - 2)
        text = f"δ {_short(float(data_of(delta)))}"
        ax.annotate(text, at, below, textcoords="offset points", color=BACKWARD, **style)


def _in_words(model: Module, sizes: Sequence[int], run: _Run | None) -> str:
    """The alternative text: the units of every layer, and their numbers."""
    shape = "-".join(map(str, sizes))
    head = f"A network of {shape} units, {len(model.parameters())} parameters."
    if run is None:
        return head
    parts = [f"{run.title}."]
    for i, (activations, deltas) in enumerate(zip(run.activations, run.deltas, strict=True)):
        name = "Input" if not i else "Output" if i == len(sizes) - 1 else f"Layer {i}"
        parts.append(f"{name}: {', '.join(map(_short, activations))}.")
        if deltas[0] is not None:
            parts.append(f"Deltas: {', '.join(_short(float(data_of(d))) for d in deltas)}.")
    return " ".join([head, *parts])


def _short(x: float) -> str:
    """Two digits, two decimals from 0.1 on, an integer without; a minus as long as a plus."""
    text = f"{x:.2f}" if 0.1 <= abs(x) < 100 and x % 1 else f"{x:.2g}"
    return text.replace("-", "−")
