"""Histories: a summary to look at, whatever their length."""

import math

import numpy as np
import pytest

from nn import MLP, History, accuracy, fit, make_moons


def test_the_text_of_a_history_is_a_summary():
    history = History([4.0, 1.5, 2.0], [3.0, 5.0, 2.5], {"accuracy": [0.5, 0.75, 0.25]})
    assert repr(history) == (
        "History of 3 epochs\n"
        "  loss: 4 → 2, lowest 1.5 in epoch 1\n"
        "  validation: 3 → 2.5, lowest 2.5 in epoch 2\n"
        "  accuracy: 0.5 → 0.25, highest 0.75 in epoch 1"
    )
    history.interrupted = True
    assert repr(history).startswith("History of 3 epochs, interrupted")


def test_a_long_history_is_as_short_and_an_empty_one_is_a_line():
    assert len(repr(History(np.random.default_rng(0).normal(size=10_000).tolist()))) < 120
    assert repr(History()) == "History of 0 epochs"
    assert repr(History([1.0])).startswith("History of 1 epoch\n")


def test_a_notebook_shows_a_table_and_names_are_escaped():
    history = History([2.0, 1.0], metrics={"<b>": [1.0, 0.5]})
    html = history._repr_html_()
    assert html.count("<tr>") == 3
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert "lowest 1 in epoch 1" in html


def test_of_a_training():
    X, y = make_moons(20)
    history = fit(MLP(2, [1]), X, y, "mse_loss", epochs=5, metrics=[accuracy], progress=False)
    assert "  accuracy: " in repr(history)


@pytest.mark.parametrize("known", range(7))
def test_it_has_waited_since_the_first_of_the_lowest_losses_nan_the_highest(known):
    losses, waited = [math.nan, 3.0, 2.0, math.nan, 2.0, 2.5, 1.0], [0, 0, 0, 1, 2, 3, 0]
    history = History(validation=losses[:known])  # and continued
    for k in range(known, len(losses)):
        history.add(0.0, losses[k], {})
        assert history.waited == waited[k]
    assert history.waited == 0


def test_the_ticks_of_a_plot_are_epochs():
    from matplotlib.figure import Figure

    for epochs in (1, 2, 19):
        ax = History([float(k) for k in range(epochs)]).plot(Figure(figsize=(8, 3)).subplots())
        ax.figure.canvas.draw()
        low, high = ax.get_xlim()
        shown = [tick for tick in ax.get_xticks() if low <= tick <= high]
        assert shown
        assert all(tick % 1 == 0 for tick in shown)
        assert ax.lines[0].get_marker() == ("o" if epochs == 1 else "")  # a line of one is none
