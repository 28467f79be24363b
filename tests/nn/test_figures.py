"""Alternative text: what figures say, and how it comes into a notebook."""

import base64
import html
import io
import pickle

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure

from nn import MLP, alternative_text, describe, describe_figures, plot_network


def read(draw):
    ax = Figure().subplots()
    draw(ax)
    return alternative_text(ax.figure)


def test_what_was_not_described_is_read_off_the_axes():
    def draw(ax):
        ax.plot([0, 1, 2, 3], [float("nan"), 5.0, 4.0, 3.5], label="loss")
        ax.plot([0, 1, 2], [1.0, 3.0, 2.0])
        ax.plot([0, 1, 2], [1.0, 3.0, 2.0], "o", label="measured")
        ax.axhline(7.0)  # a line to see by, no curve
        ax.scatter([1, 2, 3], [1, 2, 3], label="samples")
        ax.scatter([1], [2])
        ax.bar([0, 1], [0.5, 0.25])
        ax.imshow(np.zeros((3, 4)))
        ax.set(xlabel="epoch\nof training", ylabel="number")

        ax.set_title("All of it:", loc="left")

    assert read(draw).startswith("All of it. epoch of training from ")
    assert read(draw).endswith(
        "number. loss: from 5 to 3.5. curve 2: from 1 to 2, between 1 and 3. measured: 3 points "
        "between 1 and 3. 3 points, samples. 1 point. 2 bars: 0.5, 0.25. an image of 3 × 4."
    )
    assert read(lambda ax: None) == "An empty plot."


def test_many_curves_are_counted():
    words = read(lambda ax: ax.plot(np.zeros((3, 10))))
    assert words.count("curve") == 7
    assert "4 more curves." in words


def test_what_was_described_is_said_and_axes_of_colours_and_hidden_ones_are_not():
    figure = Figure()
    left, right = figure.subplots(1, 2)
    figure.colorbar(left.imshow(np.zeros((2, 2))), ax=left)
    describe(left, "Nothing but zeros.")
    right.axis("off")
    assert alternative_text(figure) == "Nothing but zeros."
    right.imshow(np.zeros((8, 8)))
    right.set_title("a 3")
    assert alternative_text(figure) == "Nothing but zeros. a 3. an image of 8 × 8."


def shown(figure):
    """What IPython would put into a notebook."""
    shell = InteractiveShell.instance()
    shell.display_formatter.active_types = ["text/html", "image/png", "text/plain"]
    try:
        return shell.display_formatter.format(figure)
    finally:
        InteractiveShell.clear_instance()


def test_a_plot_of_ours_has_its_text_in_a_notebook():
    ax = plot_network(MLP(2, [1], seed=0), Figure().subplots(), x=[1.0, 2.0])
    bundle, metadata = shown(ax.figure)
    alt = html.escape(alternative_text(ax.figure))
    assert bundle["text/html"].startswith(f'<img alt="{alt}" src="data:image/png;base64,')
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"] == {"alt": alternative_text(ax.figure)}


def test_a_notebook_draws_it_as_it_is_configured():
    from IPython.core.pylabtools import select_figure_formats

    ax = describe(Figure().subplots(), "Twice as fine.")
    shell = InteractiveShell.instance()
    shell.display_formatter.active_types = ["text/html", "image/png"]
    try:
        select_figure_formats(shell, {"retina"})
        bundle, metadata = shell.display_formatter.format(ax.figure)
    finally:
        InteractiveShell.clear_instance()
    width = metadata["image/png"]["width"]
    assert f'<img alt="Twice as fine." width="{width}" height=' in bundle["text/html"]
    assert bundle["image/png"] in bundle["text/html"]
    wide = int.from_bytes(base64.b64decode(bundle["image/png"])[16:20], "big")
    assert wide == 2 * width


def test_it_is_drawn_once_and_anew_when_it_is_shown_again(monkeypatch):
    from IPython.core.pylabtools import select_figure_formats

    drawn, draw = [], Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda *a: drawn.append(draw(*a)))
    figure, other = Figure(), Figure()
    ax, _ = (describe(f.subplots(), "Once.") for f in (figure, other))
    shell = InteractiveShell.instance()
    shell.display_formatter.active_types = ["text/html", "image/png"]
    try:
        select_figure_formats(shell, {"retina"})
        show, pictures = shell.display_formatter.format, []
        figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
        each = len(drawn)
        for asked in (figure, other, figure):
            bundle, metadata = show(asked)
            pictures.append(bundle["image/png"])
            assert pictures[-1] in bundle["text/html"]
            assert metadata["image/png"]["alt"] == "Once."
            ax.plot([0, 1])
        assert len(drawn) == 4 * each
        assert pictures[0] == pictures[1] != pictures[2]
        show(figure, exclude=["image/png"])  # so that it is not told what was drawn
        ax.plot([1, 0])
        assert show(figure)[0]["image/png"] != pictures[2]
        assert not shell.display_formatter.formatters["image/png"].singleton_printers
    finally:
        InteractiveShell.clear_instance()


def test_text_is_escaped():
    ax = describe(Figure().subplots(), '"><script>alert(1)</script>')
    assert "<script>" not in shown(ax.figure)[0]["text/html"]


def test_from_describe_figures_on_every_figure_has_its_text():
    figure, ax = plt.subplots()
    ax.plot([1, 2], [3, 4], label="mine")
    assert "text/html" not in shown(figure)[0]
    shell = InteractiveShell.instance()
    try:
        describe_figures()
        shell.display_formatter.active_types = ["text/html", "text/plain"]
        bundle, _ = shell.display_formatter.format(figure)
        assert 'alt="mine: from 3 to 4."' in bundle["text/html"]
    finally:
        InteractiveShell.clear_instance()
        plt.close(figure)


def test_a_described_figure_is_pickled_as_others_are():
    ax = describe(Figure().subplots(), "Kept.")
    assert alternative_text(pickle.loads(pickle.dumps(ax.figure))) == "Kept."
