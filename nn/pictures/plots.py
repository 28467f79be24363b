"""Plots: where a network decides, the surface that its loss descends, an activation.

Drawn with matplotlib. Every function takes ``ax``, the axes to draw on (without them it makes a
figure), and returns the axes. Blue is negative, red positive, white 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import no_grad, value_and_grad, vmap

from ..data.arrays import as_pairs, data_of
from ..figures import axes_of, describe
from ..layers.activations import Activation, activation_function
from ..module import as_module
from ..training.forward import answers_probabilities, mode
from ..training.predict import coded, predict
from .colours import DIVERGING, colorbar
from .trace import trace

if TYPE_CHECKING:
    from ..module import Module

Interval = tuple[float, float]
Points = Sequence[tuple[float, float]]

GRID = 201  # points a side of a grid on which a function is drawn


def plot_decision_boundary(
    model: Module,
    X: Any,
    y: Any,
    ax: Any = None,
    *,
    threshold: float | None = None,
    units: bool = False,
) -> Any:
    """What a model of two inputs answers over the plane, and the samples with their labels.

    One output: the score as colour, and as a line where it is the ``threshold``: by default 0, for
    logits and hinge scores, and ½ of a sigmoid, for probabilities. Several: the region of each class.
    Labels are the targets of training, texts too. With ``units=True`` there is a thin line where the
    weighted sum of each hidden unit is 0, dashed from the second layer on. Raises ValueError for
    samples that have not two numbers each.

    >>> from matplotlib.figure import Figure
    >>> from nn import MLP
    >>> from nn import make_moons
    >>> plot_decision_boundary(MLP(2, [3, 1]), *make_moons(), Figure().subplots()).get_xlabel()
    '$x_1$'
    """
    X, y = in_plane(X, y, as_module(model).classes)
    ax = axes_of(ax)
    margin = 0.15 * np.ptp(X, axis=0) + 1e-9
    x0, x1 = np.linspace(X.min(axis=0) - margin, X.max(axis=0) + margin, GRID).T
    plane = np.stack(np.meshgrid(x0, x1), axis=-1)
    scores = predict(model, plane.reshape(-1, 2))
    if threshold is None:
        threshold = 0.5 if answers_probabilities(model) else 0.0
    draw = _draw_regions if scores.ndim == 2 else _draw_scores
    draw(ax, x0, x1, scores.reshape(GRID, GRID, *scores.shape[1:]), threshold)
    labels, known = y.argmax(axis=1) if y.ndim == 2 else y, dict(enumerate(model.classes or ()))
    samples = {x: X[labels == x] for x in np.unique(labels).tolist()}
    for x, points in samples.items():
        colour = f"C{int(x)}" if scores.ndim == 2 else ("#2166ac", "#b2182b")[int(x > threshold)]
        name = known.get(x, f"{x:g}")
        ax.scatter(*points.T, s=28, color=colour, edgecolors="white", linewidths=0.8, label=name)
    ax.legend(title="label", loc="best", frameon=True)
    ax.grid(visible=False)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=x0[[0, -1]], ylim=x1[[0, -1]])
    lines = _draw_zero_lines(ax, model, x0[::2], x1[::2]) if units else 0
    return describe(ax, _boundary_in_words(scores, threshold, samples, known, lines))


def in_plane(X: Any, y: Any, labels: Sequence[str] | None = None) -> tuple[Any, Any]:
    """Samples of two numbers and their targets, as `fit` takes them; ValueError for others."""
    X, y = as_pairs(X, coded(y, labels)[0])
    if X.shape[1] != 2:
        raise ValueError(f"a plane has two dimensions, samples of shape {X.shape} have not")
    return X, y


def _draw_zero_lines(ax: Any, model: Module, x0: Any, x1: Any) -> int:
    """Where the weighted sum of each hidden unit is 0; how many of them cross the plane."""
    plane = np.stack(np.meshgrid(x0, x1), axis=-1)
    with mode(model, training=False), no_grad():
        traced = [unit for unit in trace(model, plane.reshape(-1, 2)) if unit.z is not None]
    hidden = [unit for unit in traced if unit.layer < traced[-1].layer]
    crossing = 0
    for unit in hidden:
        z = np.broadcast_to(unit.z.data, plane.shape[0] * plane.shape[1]).reshape(plane.shape[:2])
        if z.min() < 0 < z.max():
            style = {"linewidths": 0.7, "linestyles": "dashed" if unit.layer else "solid"}
            ax.contour(x0, x1, z, levels=[0], colors="0.25", alpha=0.6, **style)
            crossing += 1
    return crossing


def _boundary_in_words(
    scores: Any, threshold: float, samples: Any, known: Mapping[Any, str], lines: int
) -> str:
    """The alternative text: how much of the plane each answer has."""
    if scores.ndim == 2:
        shares = np.bincount(scores.argmax(axis=1), minlength=scores.shape[1]) / len(scores)
        regions = ", ".join(
            f"{known.get(i, f'class {i}')} {share:.0%}" for i, share in enumerate(shares)
        )
    else:
        regions = f"above {threshold:g} on {np.mean(scores > threshold):.0%}"
    counts = [f"{len(points)} of label {known.get(x, f'{x:g}')}" for x, points in samples.items()]
    text = f"What the model answers over the plane: {regions}. Samples: {', '.join(counts)}."
    return f"{text} The zero lines of {lines} hidden units." if lines else text


def _draw_scores(ax: Any, x0: Any, x1: Any, scores: Any, threshold: float) -> None:
    most = np.quantile(np.abs(scores - threshold), 0.9)  # corners would pale the middle
    most = max(most, 0.01)  # a score that is the same everywhere has no noise to show
    box = (*x0[[0, -1]], *x1[[0, -1]])
    shown = {"origin": "lower", "aspect": "auto", "interpolation": "bilinear", "cmap": DIVERGING}
    limits = {"vmin": threshold - most, "vmax": threshold + most}
    image = ax.imshow(scores, extent=box, alpha=0.75, **shown, **limits)
    colorbar(image, ax, "score", extend="both")
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
    steps = np.array(path, dtype=float) if len(path) else np.empty((0, 2))
    if steps.shape != (len(steps), 2):
        raise ValueError(f"a path is a pair (w, b) for every step, given shape {steps.shape}")
    if limits is None and not len(steps):
        raise ValueError("plot_loss_surface needs a path, or limits=((w0, w1), (b0, b1))")
    ax = axes_of(ax)
    low, high = np.array(limits).T if limits else _around(steps)
    w, b = np.linspace(low, high, 61).T
    heights = np.array([[float(data_of(loss(float(x), float(y)))) for x in w] for y in b])
    filled = ax.contourf(w, b, heights, levels=40, cmap="viridis")
    ax.contour(w, b, heights, levels=filled.levels[::4], colors="white", linewidths=0.4, alpha=0.6)
    colorbar(filled, ax, "loss")
    if len(steps):
        ax.plot(*steps.T, "-o", color="white", markersize=3, linewidth=1.2, label="descent")
        ax.plot(*steps[0], "o", color="white", markeredgecolor="black", markersize=8, label="start")
        ax.plot(*steps[-1], "*", color="gold", markeredgecolor="black", markersize=14, label="end")
        ax.legend(loc="best", facecolor="0.35", labelcolor="white", framealpha=0.8)
    ax.set(xlabel=names[0], ylabel=names[1], xlim=w[[0, -1]], ylim=b[[0, -1]])
    return describe(ax, _surface_in_words(heights, w, b, names, steps))


def _surface_in_words(heights: Any, w: Any, b: Any, names: tuple[str, str], steps: Any) -> str:
    """The alternative text: the lowest place that is shown, and where descent leads."""
    j, i = np.unravel_index(np.nanargmin(heights), heights.shape)
    text = (
        f"A loss over {names[0]} from {w[0]:.3g} to {w[-1]:.3g} and {names[1]} from {b[0]:.3g} to "
        f"{b[-1]:.3g}, lowest, {heights[j, i]:.3g}, near ({w[i]:.3g}, {b[j]:.3g})."
    )
    if not len(steps):
        return text
    (w0, b0), (w1, b1) = steps[0], steps[-1]
    ends = f"from ({w0:.3g}, {b0:.3g}) to ({w1:.3g}, {b1:.3g})"
    return f"{text} Descent leads {ends} in {len(steps) - 1} steps."


def _around(steps: Any) -> tuple[Any, Any]:
    """The corners of a box around a path: square where the path is narrow."""
    low, high = steps.min(axis=0), steps.max(axis=0)
    half = np.maximum((high - low) / 2, (high - low).max() / 4) * 1.5 + 1e-3
    return (low + high) / 2 - half, (low + high) / 2 + half


def plot_activation(
    activation: str | Activation, ax: Any = None, *, limits: Interval = (-4.0, 4.0)
) -> Any:
    """An activation a(z), a name or a function, and its derivative as the engine computes it.

    >>> from matplotlib.figure import Figure
    >>> plot_activation("tanh", Figure().subplots()).get_title()
    'tanh'
    """
    function = activation_function(activation)
    name = activation if isinstance(activation, str) else _name(function)
    ax = axes_of(ax)
    z = np.linspace(*limits, 2 * GRID)  # an even number: no point lies on the kink at 0
    curves = vmap(value_and_grad(function))(z)
    a, derivative = ([float(data_of(y)) for y in curve] for curve in curves)
    ax.axhline(0, color="0.8", linewidth=0.8)
    ax.axvline(0, color="0.8", linewidth=0.8)
    ax.plot(z, a, linewidth=2, label="$a(z)$")
    ax.plot(z, derivative, "--", linewidth=1.8, label="$a'(z)$")
    ax.set(xlabel="$z$", xlim=limits, title=name)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return describe(
        ax,
        f"The activation {name} for z from {z[0]:g} to {z[-1]:g}: from {a[0]:.3g} to "
        f"{a[-1]:.3g}, its derivative from {min(derivative):.3g} to {max(derivative):.3g}.",
    )


def _name(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)
