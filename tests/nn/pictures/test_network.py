"""A network's diagram: its weights as lines, and the numbers of one sample in its units."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure

from nn import (
    MLP,
    Dropout,
    Layer,
    Maxout,
    PReLU,
    Sequential,
    alternative_text,
    cross_entropy,
    fit,
    make_moons,
    mse_loss,
    plot_network,
    trace,
)


@pytest.fixture
def ax():
    """Axes of a figure that pyplot does not know."""
    return Figure().subplots()


@pytest.fixture(autouse=True)
def _drawable(ax):
    yield
    ax.figure.canvas.draw()


def kinds(ax, kind):
    return [artist for artist in ax.collections if isinstance(artist, kind)]


def texts(ax):
    return [text.get_text().replace("−", "-") for text in ax.texts]


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


# ------------------------------------------------------------------------- the numbers of a sample


def digits(x):
    return f"{x:.2f}" if abs(x) >= 0.1 else f"{x:.2g}"


def sample():
    return MLP(2, [2, 1], "tanh", seed=3), [0.5, -1.0], 1.0


def test_activations_are_written_in_the_units_and_deltas_under_them(ax):
    model, x, target = sample()
    plot_network(model, ax, x=x, target=target)
    traced = trace(model, x)
    mse_loss([traced.output], [target]).backward()
    for unit in traced:
        assert digits(unit.a.data) in texts(ax)
        assert f"δ {digits(unit.delta)}" in texts(ax)
    assert {"0.50", "-1"} <= {*texts(ax)}
    assert sum(text.startswith("δ") for text in texts(ax)) == 3  # inputs have none
    units = [np.asarray(dots.get_array()) for dots in kinds(ax, PathCollection)]
    assert [list(a) for a in units] == [x, [u.a.data for u in traced[:2]], [traced[2].a.data]]
    assert ax.get_title() == f"x = (0.50, −1), loss {(traced.output.data - 1) ** 2:.2f}"


def test_a_weight_is_written_on_its_line_where_they_are_few(ax):
    model, x, _ = sample()
    plot_network(model, ax, x=x)
    for weight in np.concatenate([w.ravel() for n, w in model.state_dict().items() if "w" in n]):
        assert digits(weight) in texts(ax)
    ax.clear()
    plot_network(MLP(2, [8, 1], seed=0), ax, x=x)
    assert len(texts(ax)) == 11 + 3  # activations, and the names of layers


@pytest.mark.parametrize("shape", [(2, 4, 1), (3, 2, 2, 1), (2, 3, 1), (2, 2, 2), (4, 3, 1)])
def test_weights_are_not_written_one_on_another(ax, shape):
    model = MLP(shape[0], [*shape[1:]], "tanh", seed=1)
    plot_network(model, ax, x=[0.3] * shape[0])
    ax.figure.canvas.draw()
    weights = {
        digits(w).replace("-", "−")
        for w in np.concatenate(
            [w.ravel() for name, w in model.state_dict().items() if "weight" in name]
        )
    }
    boxes = [t.get_window_extent() for t in ax.texts if t.get_text() in weights]
    assert len(boxes) >= len(weights)
    assert not [a for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]


def test_without_a_target_nothing_flows_back(ax):
    model, x, _ = sample()
    plot_network(model, ax, x=x)
    assert not [text for text in texts(ax) if "δ" in text]
    assert ax.get_title() == "x = (0.50, −1)"


def test_the_model_is_left_as_it_was(ax):
    model, x, target = sample()
    model.layers[0].bias[0].grad = 7.0
    plot_network(model, ax, x=x, target=target)
    assert [p.grad for p in model.parameters()].count(7.0) == 1
    assert sum(bool(p.grad) for p in model.parameters()) == 1
    assert model.training


def test_a_class_is_the_target_of_several_outputs(ax):
    model = MLP(3, [2, 3], "tanh", seed=1)
    x = [1.0, -0.5, 0.2]
    plot_network(model, ax, x=x, target=1, loss="cross_entropy")
    scores = trace(model, x)
    cross_entropy([scores.output], [1]).backward()
    assert [u.delta for u in scores[2:]] == pytest.approx(
        np.exp([v.data for v in scores.output]) / np.exp([v.data for v in scores.output]).sum()
        - [0, 1, 0]
    )
    for unit in scores[2:]:
        assert f"δ {digits(unit.delta)}" in texts(ax)


def test_a_label_that_the_model_has_learnt_is_a_target(ax):
    X, y = make_moons(20, seed=0)
    model, titles = MLP(2, [3, 2], seed=0), []
    fit(model, X, np.array(["no", "yes"])[y], "cross_entropy", epochs=1, progress=False)
    for target in ("yes", 1):
        plot_network(model, ax, x=X[0], target=target, loss="cross_entropy")
        titles.append(ax.get_title())
    assert titles[0] == titles[1]
    for stranger in (model, MLP(2, [3, 2])):
        with pytest.raises(ValueError, match="y has the label 'perhaps'"):
            plot_network(stranger, ax, x=X[0], target="perhaps", loss="cross_entropy")


def test_an_activation_that_is_a_module_of_its_own_is_what_its_layer_sends_on(ax):
    model = Sequential(Layer(2, 3, "linear", seed=2), PReLU(), Dropout(0.5), Layer(3, 1, "linear"))
    x = [1.0, -2.0]
    plot_network(model, ax, x=x, target=0.5)
    unit = model.layers[1]([v.data for v in model.layers[0](x)])
    shown = [np.asarray(dots.get_array()) for dots in kinds(ax, PathCollection)]
    assert list(shown[1]) == [float(getattr(v, "data", v)) for v in unit]  # no sample is dropped
    assert sum(text.startswith("δ") for text in texts(ax)) == 4


def test_two_samples_stand_side_by_side_with_the_same_weights():
    model, *_ = sample()
    figure = Figure()
    left, right = figure.subplots(1, 2)
    plot_network(model, left, x=[1.0, 0.0])
    plot_network(model, right, x=[0.0, 1.0])
    for one, other in zip(kinds(left, LineCollection), kinds(right, LineCollection), strict=True):
        np.testing.assert_array_equal(one.get_array(), other.get_array())
        assert one.get_clim() == other.get_clim()
    words = alternative_text(figure)
    assert words.count("A network of 2-2-1 units") == 2
    assert "Input: 1, 0." in words
    assert "Input: 0, 1." in words


def test_the_alternative_text_has_every_number(ax):
    model, x, target = sample()
    plot_network(model, ax, x=x, target=target)
    words = alternative_text(ax.figure)
    for text in texts(ax)[:-3]:  # without the names of layers
        written = text.removeprefix("δ ").replace("-", "−")
        assert written in words or text in {digits(w) for w in weights(model)}


def weights(model):
    return np.concatenate([w.ravel() for w in model.state_dict().values()])


def test_what_is_no_sample_is_refused(ax):
    model, _, _ = sample()
    with pytest.raises(ValueError, match=r"a sample is 2 number\(s\), given one of shape \(3,\)"):
        plot_network(model, ax, x=[1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="give x, too"):
        plot_network(model, ax, target=1.0)
    with pytest.raises(ValueError, match="no loss is called 'mse'"):
        plot_network(model, ax, x=[1.0, 2.0], target=1.0, loss="mse")
