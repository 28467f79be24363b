"""Plots show what they say: the numbers in the artists, on the axes given, without pyplot state."""

import sys

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure

import autograd
from nn import MLP, Layer, Maxout, PReLU, Sequential, make_moons
from nn.pictures.plots import (
    plot_activation,
    plot_decision_boundary,
    plot_loss_surface,
    plot_network,
)


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
}


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_a_plot_draws_on_the_axes_given_and_leaves_pyplot_alone(plot, ax):
    assert plot(ax) is ax
    assert ax.has_data() or ax.collections
    assert plt.get_fignums() == []


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_without_axes_a_plot_makes_a_figure(plot):
    axes = plot(None)
    assert plt.get_fignums() == [axes.figure.number]


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_without_matplotlib_the_error_says_how_to_install_it(plot, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        plot(None)


def test_a_network_has_a_line_for_every_weight_and_a_unit_for_every_bias(ax):
    model = MLP(2, [3, 1], seed=0)
    model.layers[0].bias[1].data = 0.7
    plot_network(model, ax)
    drawn = [np.asarray(lines.get_array()) for lines in kinds(ax, LineCollection)]
    state = model.state_dict()
    for weights, name in zip(drawn, ("layers.0.weight", "layers.1.weight"), strict=True):
        np.testing.assert_array_equal(sorted(weights), sorted(state[name].ravel()))
    units = [np.asarray(dots.get_array()) for dots in kinds(ax, PathCollection)]
    assert [list(bias) for bias in units] == [[0, 0], [0, 0.7, 0], [0]]
    assert ax.get_title() == "MLP, 13 parameters"
    assert [text.get_text() for text in ax.texts] == ["input\n2", "layer 1\n3", "output\n1"]


def test_a_weight_joins_its_input_and_its_unit_and_the_largest_is_thickest(ax):
    model = MLP(2, [2])
    model.load_state_dict(
        {"layers.0.weight": [[0.0, 0.0], [-3.0, 1.0]], "layers.0.bias": [0.0, 0.0]}
    )
    plot_network(model, ax)
    (lines,) = kinds(ax, LineCollection)
    left, right = (dots.get_offsets() for dots in kinds(ax, PathCollection))
    largest = int(np.argmax(lines.get_linewidths()))
    assert lines.get_array()[largest] == -3.0
    np.testing.assert_allclose(lines.get_segments()[largest], [left[0], right[1]])
    assert lines.get_clim() == (-3.0, 3.0)


def test_what_is_no_row_of_layers_is_not_drawn(ax):
    with pytest.raises(ValueError, match="PReLU has no layers"):
        plot_network(PReLU(), ax)
    model = Sequential(Layer(2, 4), Maxout(4, 3, 2), Layer(3, 1))
    with pytest.raises(ValueError, match="layer of 4 units is followed by one that takes 3"):
        plot_network(model, ax)


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


def test_samples_are_shown_with_their_labels(ax):
    X, y = make_moons(30)
    plot_decision_boundary(MLP(2, [3, 1], seed=0), X, 2 * y - 1, ax)
    first, second = kinds(ax, PathCollection)
    np.testing.assert_allclose(first.get_offsets(), X[y == 0])
    np.testing.assert_allclose(second.get_offsets(), X[y == 1])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["-1", "1"]


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


def test_an_activation_with_a_parameter_keeps_its_gradient(ax):
    unit = PReLU(0.25)
    plot_activation(unit, ax)
    assert set(ax.lines[-1].get_ydata()) == {0.25, 1.0}
    assert unit.weight[0].grad is autograd.NOTHING
    assert ax.get_title() == "PReLU"
