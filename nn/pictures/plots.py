"""Plots: a network, where it decides, the surface that its loss descends, an activation.

Drawn with matplotlib. Every function takes ``ax``, the axes to draw on (without them it makes a
figure), and returns the axes. Blue is negative, red positive, white 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Value, value_and_grad, vmap

from ..data.arrays import as_pairs
from ..layers.activations import Activation, activation_function
from ..training.predict import predict

if TYPE_CHECKING:
    from ..module import Module

Interval = tuple[float, float]
Points = Sequence[tuple[float, float]]

DIVERGING = "RdBu_r"
GRID = 201  # points a side of a grid on which a function is drawn


def plot_network(model: Module, ax: Any = None) -> Any:
    """A model's units in layers; weights as coloured lines, biases as the colour of the units.

    A line is the thicker, the larger the weight. Weights are found in ``model.state_dict()``, where
    an array (out, in) is a layer. Raises ValueError for a model without such layers, or where one
    does not take as many inputs as the layer before it has units.

    >>> from matplotlib.figure import Figure
    >>> from nn import MLP
    >>> plot_network(MLP(2, [3, 1]), Figure().subplots()).get_title()
    'MLP, 13 parameters'
    """
    layers = _layers(model)
    ax = _axes(ax)
    sizes = [layers[0][0].shape[1], *(weight.shape[0] for weight, _ in layers)]
    places = [_column(x, size) for x, size in enumerate(sizes)]
    largest = max(np.abs(array).max() for layer in layers for array in layer) or 1.0
    for (weight, _), (left, right) in zip(layers, pairwise(places), strict=True):
        lines = _draw_weights(ax, weight, left, right, largest)
    _colorbar(lines, ax, "weight (line), bias (unit)", shrink=0.7)
    biases = [np.zeros(sizes[0]), *(bias for _, bias in layers)]
    for place, bias in zip(places, biases, strict=True):
        area = min(400.0, (220.0 / max(sizes)) ** 2)
        colours = {"c": bias, "cmap": DIVERGING, "vmin": -largest, "vmax": largest}
        ax.scatter(*place.T, s=area, edgecolors="0.25", linewidths=1, zorder=3, **colours)
    names = ["input", *(f"layer {i}" for i in range(1, len(layers)))]
    for x, (name, size) in enumerate(zip([*names, "output"], sizes, strict=True)):
        ax.text(x, -0.09, f"{name}\n{size}", ha="center", va="top", color="0.25")
    ax.set(xlim=(-0.3, len(sizes) - 0.7), ylim=(-0.2, 1.05))
    ax.set_title(f"{type(model).__name__}, {len(model.parameters())} parameters")
    ax.axis("off")
    return ax


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


def _column(x: float, size: int) -> Any:
    """The places of a layer's units: a column, in the middle, the first unit on top."""
    y = 0.5 + (np.arange(size)[::-1] - (size - 1) / 2) * min(0.16, 1 / size)
    return np.column_stack([np.full(size, float(x)), y])


def _draw_weights(ax: Any, weight: Any, left: Any, right: Any, largest: float) -> Any:
    """A line for every weight from a unit on the left to one on the right, large ones on top."""
    from matplotlib.collections import LineCollection

    out, into = np.unravel_index(np.argsort(np.abs(weight), axis=None), weight.shape)
    w, width = weight[out, into], 3 / max(1, max(weight.shape) / 16)  # thin, where there are many
    lines = LineCollection(
        list(np.stack([left[into], right[out]], axis=1)),
        array=w,
        cmap=DIVERGING,
        linewidths=width * (0.1 + 0.9 * np.abs(w) / largest),
    )
    lines.set_clim(-largest, largest)
    return ax.add_collection(lines)


def plot_decision_boundary(
    model: Module, X: Any, y: Any, ax: Any = None, *, threshold: float = 0.0
) -> Any:
    """What a model of two inputs answers over the plane, and the samples with their labels.

    One output: the score as colour, and as a line where it is the ``threshold`` (0 for logits and
    hinge scores, ½ for probabilities). Several: the region of each class. Labels are the targets of
    training. Raises ValueError for samples that have not two numbers each.

    >>> from matplotlib.figure import Figure
    >>> from nn import MLP
    >>> from nn import make_moons
    >>> plot_decision_boundary(MLP(2, [3, 1]), *make_moons(), Figure().subplots()).get_xlabel()
    '$x_1$'
    """
    X, y = as_pairs(X, y)
    if X.shape[1] != 2:
        raise ValueError(f"a plane has two dimensions, samples of shape {X.shape} have not")
    ax = _axes(ax)
    margin = 0.15 * np.ptp(X, axis=0) + 1e-9
    x0, x1 = np.linspace(X.min(axis=0) - margin, X.max(axis=0) + margin, GRID).T
    plane = np.stack(np.meshgrid(x0, x1), axis=-1)
    scores = predict(model, plane.reshape(-1, 2))
    draw = _draw_regions if scores.ndim == 2 else _draw_scores
    draw(ax, x0, x1, scores.reshape(GRID, GRID, *scores.shape[1:]), threshold)
    labels = y.argmax(axis=1) if y.ndim == 2 else y
    distinct = np.unique(labels)
    for i, label in enumerate(distinct):
        colour = f"C{i}" if scores.ndim == 2 else ("#2166ac", "#b2182b")[int(i > 0)]
        points, name = X[labels == label], f"{label:g}"
        ax.scatter(*points.T, s=28, color=colour, edgecolors="white", linewidths=0.8, label=name)
    ax.legend(title="label", loc="best", frameon=True)
    ax.grid(visible=False)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=x0[[0, -1]], ylim=x1[[0, -1]])
    return ax


def _draw_scores(ax: Any, x0: Any, x1: Any, scores: Any, threshold: float) -> None:
    most = np.quantile(np.abs(scores - threshold), 0.9)  # corners would pale the middle
    most = max(most, 0.01)  # a score that is the same everywhere has no noise to show
    box = (*x0[[0, -1]], *x1[[0, -1]])
    shown = {"origin": "lower", "aspect": "auto", "interpolation": "bilinear", "cmap": DIVERGING}
    limits = {"vmin": threshold - most, "vmax": threshold + most}
    image = ax.imshow(scores, extent=box, alpha=0.75, **shown, **limits)
    _colorbar(image, ax, "score", extend="both")
    if scores.min() < threshold < scores.max():
        ax.contour(x0, x1, scores, levels=[threshold], colors="black", linewidths=1.5)


def _draw_regions(ax: Any, x0: Any, x1: Any, scores: Any, threshold: float) -> None:  # noqa: ARG001
    """A class's region is where its score leads that of every other."""
    for i in range(scores.shape[-1]):
        lead = scores[..., i] - np.delete(scores, i, axis=-1).max(axis=-1)
        if lead.max() > 0:
            ax.contourf(x0, x1, lead, levels=[0, lead.max()], colors=[f"C{i}"], alpha=0.25)
        if lead.min() < 0 < lead.max():
            ax.contour(x0, x1, lead, levels=[0], colors="black", linewidths=1)


def plot_loss_surface(
    loss: Callable[[float, float], Any],
    path: Points = (),
    ax: Any = None,
    *,
    limits: tuple[Interval, Interval] | None = None,
    names: tuple[str, str] = ("w", "b"),
) -> Any:
    """A loss of two parameters as contours, and the ``path`` of descent over it.

    ``loss(w, b)`` gives a number or a Value; ``path`` is the (w, b) of every step, the start first.
    ``limits`` are the intervals of w and b, without them those of the path and as much around it.
    Raises ValueError if there is neither.

    >>> from matplotlib.figure import Figure
    >>> path = [(3.0, 1.0), (0.6, 0.2)]
    >>> plot_loss_surface(lambda w, b: w**2 + b**2, path, Figure().subplots()).get_xlabel()
    'w'
    """
    steps = np.array(path, dtype=float).reshape(-1, 2)
    if limits is None and not len(steps):
        raise ValueError("plot_loss_surface needs a path, or limits=((w0, w1), (b0, b1))")
    ax = _axes(ax)
    low, high = np.array(limits).T if limits else _around(steps)
    w, b = np.linspace(low, high, 61).T
    heights = np.array([[_number(loss(float(x), float(y))) for x in w] for y in b])
    filled = ax.contourf(w, b, heights, levels=40, cmap="viridis")
    ax.contour(w, b, heights, levels=filled.levels[::4], colors="white", linewidths=0.4, alpha=0.6)
    _colorbar(filled, ax, "loss")
    if len(steps):
        ax.plot(*steps.T, "-o", color="white", markersize=3, linewidth=1.2, label="descent")
        ax.plot(*steps[0], "o", color="white", markeredgecolor="black", markersize=8, label="start")
        ax.plot(*steps[-1], "*", color="gold", markeredgecolor="black", markersize=14, label="end")
        ax.legend(loc="best", facecolor="0.35", labelcolor="white", framealpha=0.8)
    ax.set(xlabel=names[0], ylabel=names[1], xlim=w[[0, -1]], ylim=b[[0, -1]])
    return ax


def _around(steps: Any) -> tuple[Any, Any]:
    """The corners of a box around a path: square where the path is narrow."""
    low, high = steps.min(axis=0), steps.max(axis=0)
    half = np.maximum((high - low) / 2, (high - low).max() / 4) * 1.5 + 1e-3
    return (low + high) / 2 - half, (low + high) / 2 + half


def _number(x: Any) -> float:
    return float(x.data if isinstance(x, Value) else x)


def plot_activation(
    activation: str | Activation, ax: Any = None, *, limits: Interval = (-4.0, 4.0)
) -> Any:
    """An activation a(z), a name or a function, and its derivative as the engine computes it.

    >>> from matplotlib.figure import Figure
    >>> plot_activation("tanh", Figure().subplots()).get_title()
    'tanh'
    """
    function = activation_function(activation)
    ax = _axes(ax)
    z = np.linspace(*limits, 2 * GRID)  # an even number: no point lies on the kink at 0
    curves = vmap(value_and_grad(function))(z)
    a, derivative = ([_number(y) for y in curve] for curve in curves)
    ax.axhline(0, color="0.8", linewidth=0.8)
    ax.axvline(0, color="0.8", linewidth=0.8)
    ax.plot(z, a, linewidth=2, label="$a(z)$")
    ax.plot(z, derivative, "--", linewidth=1.8, label="$a'(z)$")
    ax.set(xlabel="$z$", xlim=limits)
    ax.set_title(activation if isinstance(activation, str) else _name(function))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return ax


def _name(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _colorbar(mappable: Any, ax: Any, label: str, **settings: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.figure.colorbar(mappable, ax=ax, label=label, ticks=MaxNLocator(6), pad=0.02, **settings)


def _axes(ax: Any) -> Any:
    """The axes given, or those of a new figure."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot as plt
    except ImportError as error:
        raise ImportError("nn's plots need matplotlib: pip install matplotlib") from error
    return plt.subplots(layout="constrained")[1]
