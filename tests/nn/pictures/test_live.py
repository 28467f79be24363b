"""Training seen live: one picture, that of the last epoch at the end, in a file, a cell or a window."""

import html
import json
import re
import sys
from itertools import pairwise
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt

from nn import MLP, LivePlot, accuracy, alternative_text, fit, make_moons
from nn.pictures import live as module

X, Y = make_moons(20, noise=0.1, seed=0)


def train(live, epochs=3, **settings):
    model = MLP(2, [4, 1], "tanh", seed=0)
    loss = "binary_cross_entropy_with_logits"
    history = fit(model, X, Y, loss, epochs=epochs, callbacks=[live], progress=False, **settings)
    return model, history


@pytest.fixture
def drawn(monkeypatch):
    """The epochs after which a picture would be drawn, while the clock says what it takes."""
    seen, clock = [], SimpleNamespace(now=0.0, took=0.0)

    def spied(self, model, history):
        seen.append(history.epochs)
        clock.now += clock.took

    def tick():
        clock.now += 1e-3
        return clock.now

    monkeypatch.setattr(LivePlot, "_draw", spied)
    monkeypatch.setattr(module, "_now", tick)
    return SimpleNamespace(epochs=seen, clock=clock)


def panels(live):
    return [ax.get_ylabel() or ax.get_title() for ax in live._figure.axes if ax.get_label() == ""]


def test_one_file_has_the_loss_the_metrics_the_boundary_and_the_network(tmp_path):
    path = tmp_path / "training.png"
    live = LivePlot(X, Y, watch=(X[0], Y[0]), save=path)
    _, history = train(live, metrics=[accuracy])
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_bytes().startswith(b"\x89PNG")
    loss, metric, boundary, network = panels(live)
    assert (loss, metric, boundary) == ("loss", "metric", "$x_2$")
    assert network.startswith("x = (")
    axes = live._figure.axes
    assert list(axes[0].lines[0].get_ydata()) == history.loss
    assert list(axes[1].lines[0].get_ydata()) == history.metrics["accuracy"]
    words = alternative_text(live._figure)
    assert f"now accuracy {history.metrics['accuracy'][-1]:.4g}" in words
    assert "zero lines of" in words
    assert live._figure.get_suptitle() == "after 3 epochs"
    assert live._figure.get_size_inches().tolist() == [8.8, 7.2]  # two by two


def test_labels_may_be_texts_as_in_fit(tmp_path):
    names = np.where(Y > 0, "yes", "no")
    live = LivePlot(X, names, save=tmp_path / "a.png")
    fit(MLP(2, [2]), X, names, "cross_entropy", epochs=1, callbacks=[live], progress=False)
    boundary = live._figure.axes[1]
    assert [text.get_text() for text in boundary.get_legend().get_texts()] == ["no", "yes"]
    assert live._figure.get_suptitle() == "after 1 epoch"


@pytest.mark.parametrize("units", [2, 4, 8])
def test_deltas_stand_clear_of_the_next_unit(tmp_path, units):
    live = LivePlot(X, Y, watch=(X[0], Y[0]), save=tmp_path / "training.png")
    model = MLP(2, [units, 1], "tanh", seed=0)
    fit(model, X, Y, "mse_loss", epochs=1, metrics=[accuracy], callbacks=[live], progress=False)
    (network,) = [ax for ax in live._figure.axes if ax.get_title().startswith("x = (")]
    circles, deltas = network.collections[-2], network.texts
    radius = circles.get_sizes()[0] ** 0.5 / 2 * live._figure.dpi / 72
    centres = network.transData.transform(circles.get_offsets())
    boxes = [t.get_window_extent() for t in deltas if t.get_text().startswith("δ")][:units]
    assert len(boxes) == len(centres) == units
    for above, below in zip(boxes, centres[1:], strict=False):
        assert above.y0 >= below[1] + radius - 1


def test_a_page_has_every_picture_to_step_through(tmp_path):
    path = tmp_path / "training.html"
    live = LivePlot(X, Y, watch=(X[0], Y[0]), every=2, save=path)
    train(live, epochs=5)
    frames = json.loads(re.search(r'id="data">(.*?)</script>', path.read_text("utf-8"))[1])[
        "frames"
    ]
    assert [frame["caption"] for frame in frames] == [f"after {n} epochs" for n in (2, 4, 5)]
    assert len({frame["image"] for frame in frames}) == 3
    for n, frame in zip((2, 4, 5), frames, strict=True):
        assert f"History of {n} epochs" in frame["words"]
        assert "Deltas: " in frame["words"]


def test_the_last_epoch_is_drawn_once(drawn, tmp_path):
    train(LivePlot(every=2, save=tmp_path / "a.png"), epochs=4)
    assert drawn.epochs == [2, 4]


def test_without_samples_it_is_the_loss_alone(tmp_path):
    live = LivePlot(save=tmp_path / "loss.png")
    train(live)
    assert panels(live) == ["loss"]


def test_drawing_takes_a_fifth_of_the_time_at_most_and_the_last_epoch_is_shown(drawn, tmp_path):
    drawn.clock.took = 0.01  # an epoch takes a tenth of that
    train(LivePlot(save=tmp_path / "a.png"), epochs=200)
    assert drawn.epochs[0] == 1
    assert drawn.epochs[-1] == 200
    gaps = {b - a for a, b in pairwise(drawn.epochs[:-1])}
    assert min(gaps) >= 0.01 * module.REST / 1e-3
    assert max(gaps) <= min(gaps) + 5


def test_the_last_picture_is_of_the_weights_that_are_kept(tmp_path, monkeypatch):
    seen = []
    weights = lambda model: [p.data for p in model.parameters()]
    monkeypatch.setattr(LivePlot, "_draw", lambda self, model, history: seen.append(weights(model)))
    live = LivePlot(save=tmp_path / "a.png")
    model, history = train(live, 40, validation=(X[::-1], 1 - Y), patience=1, lr=0.1)
    assert history.epochs < 40
    assert seen[-1] == weights(model)


def test_what_cannot_be_drawn_is_refused(monkeypatch):
    with pytest.raises(ValueError, match=r"samples of shape \(2, 3\)"):
        LivePlot([[1.0, 2.0, 3.0]] * 2, [0, 1], save="a.png")
    with pytest.raises(ValueError, match="every is a whole number ≥ 1, given 0"):
        LivePlot(every=0, save="a.png")
    monkeypatch.setitem(sys.modules, "IPython", None)
    with pytest.raises(ValueError, match=r"backend '[Aa]gg' opens no window; LivePlot\(save="):
        LivePlot(X, Y)
    assert plt.get_fignums() == []


def test_a_notebook_has_one_output_that_is_replaced(monkeypatch):
    import IPython.display

    published, updated = [], []
    handle = SimpleNamespace(update=lambda bundle, **how: updated.append((bundle, how)))

    def display(bundle, **how):
        published.append((bundle, how))
        return handle

    monkeypatch.setattr(module, "running_shell", lambda: SimpleNamespace(kernel=True))
    monkeypatch.setattr(IPython.display, "display", display)
    live = LivePlot(X, Y)
    train(live)
    ((bundle, how),) = published
    assert how["display_id"] is True
    assert bundle["text/html"].startswith('<img alt="The loss over the epochs.')
    assert updated
    last = updated[-1][0]["text/html"]
    assert html.escape(alternative_text(live._figure)) in last
    assert plt.get_fignums() == []  # or the cell would show it once more


def test_a_script_has_one_window(monkeypatch):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    monkeypatch.setitem(sys.modules, "IPython", None)
    monkeypatch.setattr(FigureCanvasAgg, "required_interactive_framework", "test")
    seen = []
    monkeypatch.setattr(plt.Figure, "show", lambda self: seen.append("opened"))
    monkeypatch.setattr(FigureCanvasAgg, "draw_idle", lambda self: seen.append("drawn"))
    live = LivePlot(X, Y)
    train(live)
    assert seen[0] == "opened"
    assert set(seen[1:]) == {"drawn"}
    assert plt.get_fignums() == [live._figure.number]
    plt.close("all")
