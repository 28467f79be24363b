"""The pictures of the README, made again: ``python notebooks/images/make_images.py``.

A graph with its gradients, a network with the numbers of one sample, a decision boundary, and the
step-through page as it plays (which needs playwright and Chromium); with a folder as its argument
they go there.
"""

import io
import shutil
import sys
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from autograd import Value, draw, step_through, tanh
from nn import MLP, Adam, binary_cross_entropy_with_logits, fit, make_moons
from nn import plot_decision_boundary, plot_network

HERE = Path(__file__).parent


def graph(path):
    """(x + y) z with its values and gradients."""
    x, y, z = Value(-2.0, "x"), Value(5.0, "y"), Value(-4.0, "z")
    f = (x + y) * z
    f.label = "f"
    f.backward()
    path.write_bytes(draw(f).pipe("svg"))


def page(path):
    """The step-through page of (x + y) z + tanh x: a frame for every step."""
    from playwright.sync_api import sync_playwright

    x, y, z = Value(-0.5, "x"), Value(3.0, "y"), Value(-2.0, "z")
    f = (x + y) * z + tanh(x)
    f.label = "f"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"), args=["--no-sandbox"]
        )
        tab = browser.new_page(viewport={"width": 1140, "height": 320}, color_scheme="light")
        tab.set_content(step_through(f).html)
        shots = []
        for _ in range(10):  # the leaves, four operations, the seed, four operations back
            shots.append(tab.screenshot())
            tab.keyboard.press("ArrowRight")
        browser.close()
    first, *others = (Image.open(io.BytesIO(shot)).convert("RGB") for shot in shots)
    times = [1200] * 9 + [4000]  # milliseconds
    first.save(path, save_all=True, append_images=others, duration=times, loop=0, optimize=True)


def boundary(path):
    """Where a network 2-16-16-1, trained on two moons, decides."""
    X, y = make_moons(100, noise=0.1, seed=1337)
    model = MLP(2, [16, 16, 1], seed=1)
    adam, loss = Adam(model.parameters(), lr=0.02), binary_cross_entropy_with_logits
    fit(model, X, y, loss=loss, optimizer=adam, epochs=100, progress=False)
    ax = plot_decision_boundary(model, X, y, axes())
    ax.set_title("Two moons, learned by an MLP")
    ax.legend(title="label", loc="lower left", fontsize="small", title_fontsize="small")
    write(ax, path)


def network(path):
    """A small network on one sample: activations forward, deltas back, of the squared error."""
    model = MLP(2, [3, 1], "tanh", seed=4)
    ax = plot_network(model, axes(), x=[0.5, -1.0], target=1.0)
    ax.figure.axes[-1].remove()  # the colours speak for themselves
    write(ax, path)


def axes():
    """Small, so that the writing is large where three pictures stand side by side."""
    return Figure(figsize=(4.4, 3.4), layout="constrained").subplots()


def write(ax, path):
    ax.figure.savefig(path, dpi=130)


IMAGES = {"page.gif": page, "graph.svg": graph, "boundary.png": boundary, "network.png": network}


def main(folder=HERE):
    for name, make in IMAGES.items():
        make(Path(folder) / name)


if __name__ == "__main__":
    main(*sys.argv[1:])
