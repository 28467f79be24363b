"""Plots show what they say: the numbers in the artists, on the axes given, without pyplot state."""

import re
import sys

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

import autograd
import nn
from nn import (
    MLP,
    PReLU,
    alternative_text,
    fit,
    make_moons,
    plot_activation,
    plot_decision_boundary,
    plot_loss_surface,
    plot_network,
)
from nn.training.history import History


@pytest.fixture
def ax():
    """Axes of a figure that pyplot does not know."""
    return Figure().subplots()


@pytest.fixture(autouse=True)
def _drawable_and_closed(ax):
    yield
    ax.figure.canvas.draw()  # what was drawn can be rendered, and without a warning
    plt.close("all")


def kinds(ax, kind):
    return [artist for artist in ax.collections if isinstance(artist, kind)]


def line(weights):
    """A model of two inputs with the given weights and bias."""
    model = MLP(2, [1])
    model.load_state_dict({"layers.0.weight": [weights[:2]], "layers.0.bias": weights[2:]})
    return model


PLOTS = {
    "network": lambda ax: plot_network(MLP(2, [3, 1]), ax),
    "boundary": lambda ax: plot_decision_boundary(MLP(2, [3, 1]), *make_moons(20), ax),
    "surface": lambda ax: plot_loss_surface(lambda w, b: w * b, [(0, 1), (1, 2)], ax),
    "activation": lambda ax: plot_activation("tanh", ax),
    "history": lambda ax: History(loss=[3.0, 1.0]).plot(ax),
}
SAID = {
    "network": "A network of 2-3-1 units, 13 parameters.",
    "boundary": "What the model answers over the plane: above 0 on ",
    "surface": "Descent leads from (0, 1) to (1, 2) in 1 steps.",
    "activation": "The activation tanh for z from -4 to 4: from -0.999 to 0.999, its derivative",
    "history": "The loss over the epochs. History of 2 epochs loss: 3 → 1, lowest 1 in epoch 1.",
}


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_a_plot_draws_on_the_axes_given_and_leaves_pyplot_alone(plot, ax):
    assert plot(ax) is ax
    assert ax.has_data() or ax.collections
    assert plt.get_fignums() == []


def test_every_plot_is_here():
    called = {name for plot in PLOTS.values() for name in plot.__code__.co_names}
    assert {name for name in nn.__all__ if name.startswith("plot_")} <= called


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_has_alternative_text(name, ax):
    PLOTS[name](ax)
    assert SAID[name] in alternative_text(ax.figure)


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_without_axes_a_plot_makes_a_figure(plot):
    axes = plot(None)
    assert plt.get_fignums() == [axes.figure.number]


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_without_matplotlib_the_error_says_how_to_install_it(plot, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"needs matplotlib: .*chainrule\[plots\]"):
        plot(None)


def test_the_decision_boundary_is_where_the_score_is_the_threshold(ax):
    X, y = [[-1.0, -1.0], [1.0, 1.0]], [-1, 1]
    plot_decision_boundary(line([1.0, 2.0, 0.0]), X, y, ax, threshold=0.25)
    (contour,) = [c for c in ax.collections if not isinstance(c, PathCollection)]
    points = np.concatenate([path.vertices for path in contour.get_paths()])
    assert len(points) > 10
    np.testing.assert_allclose(points @ [1.0, 2.0], 0.25, atol=1e-9)
    (image,) = ax.images
    assert image.get_array().shape[0] > 100
    low, high = image.get_clim()
    assert (low + high) / 2 == pytest.approx(0.25)


def test_the_decision_boundary_of_a_sigmoid_is_where_the_probability_is_a_half(ax):
    model = MLP(2, [1], output="sigmoid")
    model.load_state_dict({"layers.0.weight": [[1.0, 2.0]], "layers.0.bias": [0.25]})
    plot_decision_boundary(model, [[-1.0, -1.0], [1.0, 1.0]], [0, 1], ax)
    (contour,) = [c for c in ax.collections if not isinstance(c, PathCollection)]
    points = np.concatenate([path.vertices for path in contour.get_paths()])
    assert len(points) > 10
    np.testing.assert_allclose(points @ [1.0, 2.0], -0.25, atol=1e-4)  # between points of a grid


def test_labels_that_are_texts_stand_in_the_legend_and_in_the_words(ax):
    X, y = make_moons(20)
    model, texts = MLP(2, [3, 1], seed=0), np.where(y == 1, "yes", "no")
    nn.fit(model, X, texts, "binary_cross_entropy_with_logits", epochs=1, progress=False)
    plot_decision_boundary(model, X, texts, ax)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["no", "yes"]
    assert "10 of label no, 10 of label yes" in alternative_text(ax.figure)
    with pytest.raises(ValueError, match="y has the label 'maybe'; this model has learnt"):
        plot_decision_boundary(model, X, ["maybe"] * 20, ax)


def test_samples_are_shown_with_their_labels(ax):
    X, y = make_moons(30)
    plot_decision_boundary(MLP(2, [3, 1], seed=0), X, 2 * y - 1, ax)
    first, second = kinds(ax, PathCollection)
    np.testing.assert_allclose(first.get_offsets(), X[y == 0])
    np.testing.assert_allclose(second.get_offsets(), X[y == 1])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["-1", "1"]


def test_samples_have_the_colour_of_their_label_whichever_others_there_are(ax):
    X, y = np.array([[2.0, 0.0], [0.0, 2.0], [-1.0, -1.0]]), np.arange(3)
    plot_decision_boundary(MLP(2, [3], seed=0), X[1:], y[1:], ax)
    shown = kinds(ax, PathCollection)
    for label, points in zip((1, 2), shown, strict=True):
        assert points.get_facecolor()[0].tolist() == list(to_rgba(f"C{label}"))
    one, both = Figure().subplots(), Figure().subplots()
    plot_decision_boundary(MLP(2, [1], seed=0), X[:2], [-1, 1], both)
    plot_decision_boundary(MLP(2, [1], seed=0), X[1:2], [1], one)
    (alone,), (_, second) = kinds(one, PathCollection), kinds(both, PathCollection)
    assert alone.get_facecolor().tolist() == second.get_facecolor().tolist()


def test_each_class_of_several_has_its_region(ax):
    model = MLP(2, [3])  # scores x, y and 0
    model.load_state_dict(
        {"layers.0.weight": [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], "layers.0.bias": np.zeros(3)}
    )
    X, y = [[2.0, 0.0], [0.0, 2.0], [-1.0, -1.0]], [0, 1, 2]
    plot_decision_boundary(model, X, np.eye(3)[y], ax)
    regions = [c for c in ax.collections if getattr(c, "filled", False)]
    assert len(regions) == 3
    for region, inside, outside in zip(regions, X, X[1:] + X[:1], strict=True):
        (path,) = [p for p in region.get_paths() if len(p.vertices)]
        assert path.contains_point(inside)
        assert not path.contains_point(outside)


def test_labels_that_are_texts_are_shown_as_the_texts_that_the_model_learnt(ax):
    X, y = make_moons(20)
    model, names = MLP(2, [4, 2], seed=0), np.array(["yes", "no"])[y]
    fit(model, X, names, "cross_entropy", epochs=1, progress=False)
    plot_decision_boundary(model, X, names, ax)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["no", "yes"]
    assert ax.collections[-2].get_offsets().tolist() == X[names == "no"].tolist()
    assert "10 of label no, 10 of label yes" in alternative_text(ax.figure)
    assert re.search(r"over the plane: no \d+%, yes \d+%\.", alternative_text(ax.figure))
    with pytest.raises(ValueError, match=r"label 'perhaps'; this model has learnt \['no', 'yes'\]"):
        plot_decision_boundary(model, X, ["perhaps"] * 20, ax)


def test_a_model_that_answers_alike_everywhere_has_no_boundary(ax):
    plot_decision_boundary(line([0.0, 0.0, 1.0]), [[-1.0, -1.0], [1.0, 1.0]], [0, 1], ax)
    assert [type(c) for c in ax.collections] == [PathCollection] * 2


def test_samples_of_three_numbers_have_no_plane(ax):
    with pytest.raises(ValueError, match=r"shape \(1, 3\)"):
        plot_decision_boundary(MLP(3, [1]), [[1.0, 2.0, 3.0]], [1], ax)


def test_the_loss_surface_shows_the_heights_and_the_path(ax):
    path = [(3.0, 1.0), (1.0, 0.5), (0.2, 0.1)]
    plot_loss_surface(lambda w, b: autograd.Value(w * w + 3 * b * b), path, ax, names=("a", "c"))
    descent, start, end = ax.lines
    np.testing.assert_allclose(descent.get_xydata(), path)
    np.testing.assert_allclose(start.get_xydata(), path[:1])
    np.testing.assert_allclose(end.get_xydata(), path[-1:])
    (w0, w1), (b0, b1) = ax.get_xlim(), ax.get_ylim()
    assert all(w0 < w < w1 and b0 < b < b1 for w, b in path)
    white = ax.collections[1]
    for level, contour in zip(white.levels, white.get_paths(), strict=True):
        w, b = contour.vertices.T
        if len(w) and level > 0:
            np.testing.assert_allclose(w * w + 3 * b * b, level, rtol=0.1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "c")


def test_the_loss_surface_without_a_path_needs_limits(ax):
    with pytest.raises(ValueError, match="limits="):
        plot_loss_surface(lambda w, b: w, ax=ax)
    with pytest.raises(ValueError, match=r"a pair \(w, b\) for every step, given shape \(2, 3\)"):
        plot_loss_surface(lambda w, b: w, [(1, 2, 3), (4, 5, 6)], ax=ax)
    plot_loss_surface(lambda w, b: w * w, ax=ax, limits=((-1, 1), (-2, 2)))
    assert (ax.get_xlim(), ax.get_ylim(), len(ax.lines)) == ((-1, 1), (-2, 2), 0)


def test_an_activation_is_shown_with_its_derivative(ax):
    plot_activation("tanh", ax, limits=(-2.0, 2.0))
    a, derivative = ax.lines[-2:]
    z = a.get_xdata()
    assert (z[0], z[-1]) == (-2.0, 2.0)
    np.testing.assert_allclose(a.get_ydata(), np.tanh(z))
    np.testing.assert_allclose(derivative.get_ydata(), 1 - np.tanh(z) ** 2)
    assert ax.get_title() == "tanh"


def test_an_activation_is_named_in_words_wherever_titles_stand():
    with plt.rc_context({"axes.titlelocation": "left"}):  # as in the notebooks
        ax = plot_activation("tanh", Figure().subplots())
    assert "The activation tanh for z" in alternative_text(ax.figure)


def test_an_activation_with_a_parameter_keeps_its_gradient(ax):
    unit = PReLU(0.25)
    plot_activation(unit, ax)
    assert set(ax.lines[-1].get_ydata()) == {0.25, 1.0}
    assert unit.weight[0].grad is autograd.NOTHING
    assert ax.get_title() == "PReLU"


def test_a_hidden_unit_is_zero_on_its_line_and_one_that_never_is_has_none(ax):
    model = MLP(2, [3, 1], "tanh")
    weight, bias = [[1.0, 2.0], [0.0, 0.0], [3.0, -1.0]], [0.5, 1.0, 0.0]
    model.load_state_dict(model.state_dict() | {"layers.0.weight": weight, "layers.0.bias": bias})
    X, y = [[-1.0, -1.0], [1.0, 1.0]], [0, 1]
    plot_decision_boundary(model, X, y, ax)
    before = len(ax.collections)
    ax.clear()
    plot_decision_boundary(model, X, y, ax, units=True)
    first, second = ax.collections[before:]
    for line, w, b in ((first, weight[0], 0.5), (second, weight[2], 0.0)):
        points = np.concatenate([path.vertices for path in line.get_paths()])
        np.testing.assert_allclose(points @ w + b, 0, atol=1e-9)
    assert "The zero lines of 2 hidden units." in alternative_text(ax.figure)
