"""A notebook in JupyterLab, in headless Chromium: the picture shows, and the page if it is trusted."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from browsing import CHROMIUM, browser
from matplotlib.figure import Figure

from autograd import Value, draw, step_through
from nn import MLP, plot_network
from nn.figures import in_notebook

SECONDS = 60
GRACE = 5  # to stop: it has nothing to save, and takes a minute in a new environment
START = (
    "import sys; sys.modules['rfc3987_syntax'] = None; from jupyterlab.labapp import main; main()"
)
"""Without 38 grammars for addresses, as in conftest."""
PICTURE = ".jp-Notebook .jp-OutputArea-output img[src^='data:image/svg+xml']"
PLOT = ".jp-Notebook .jp-OutputArea-output img[src^='data:image/png']"
DRAWN = f"[...document.querySelectorAll({json.dumps(PICTURE)})].some(i => i.naturalWidth > 50)"

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no chromium-headless-shell"),
    pytest.mark.skipif(
        not importlib.util.find_spec("jupyterlab") or not importlib.util.find_spec("playwright"),
        reason="jupyterlab or playwright is not installed",
    ),
]


@contextmanager
def jupyterlab(folder, log):
    """JupyterLab on the loopback at a free port, with settings, data and runtime of its own."""
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    options = {
        "--ServerApp.jpserver_extensions": {"jupyter_lsp": False},  # which asks npm for servers
        "--ServerApp.root_dir": folder,
        "--IdentityProvider.token": "",
        "--ServerApp.ip": "127.0.0.1",
        "--ServerApp.port": 0,
    }
    command = [sys.executable, "-c", START, "--no-browser", "--allow-root"]
    command += [f"{name}={value}" for name, value in options.items()]
    server = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)
    try:
        yield address(server, folder / "RUNTIME")
    finally:
        server.terminate()
        try:
            server.wait(GRACE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def address(server, runtime):
    """Where the server listens, as soon as it says so."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            try:
                return json.loads(path.read_text())["url"]
            except (json.JSONDecodeError, KeyError):  # still being written
                pass
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start in {SECONDS} s")


def cell_with(nbformat, source, thing):
    """A cell that was executed and shows what it ends with: a graph, or the step-through page."""
    shown = thing._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", shown, execution_count=1)
    return nbformat.v4.new_code_cell(source, execution_count=1, outputs=[output])


def cell_with_a_plot(nbformat):
    """A cell that was executed and shows a plot with its alternative text."""
    plot = plot_network(MLP(2, [1], seed=0), Figure().subplots(), x=[1.0, 2.0])
    shown, metadata = in_notebook(plot.figure)
    output = nbformat.v4.new_output("display_data", shown, metadata=metadata)
    return nbformat.v4.new_code_cell("plot_network(model)", execution_count=2, outputs=[output])


def test_the_graph_shows_in_jupyterlab_trusted_and_untrusted(tmp_path):
    import nbformat
    from nbformat.sign import NotebookNotary

    z = Value(3.0, "x") * 2
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        cell_with(nbformat, "step_through(z)", step_through(z)),
        cell_with_a_plot(nbformat),
        cell_with(nbformat, "draw(z)", draw(z)),
    ]
    nbformat.write(notebook, tmp_path / "untrusted.ipynb")
    notebook.metadata["title"] = "trusted"  # other bytes: the signature is of the contents
    nbformat.write(notebook, tmp_path / "trusted.ipynb")
    (tmp_path / "DATA").mkdir()
    notary = NotebookNotary(data_dir=str(tmp_path / "DATA"))
    notary.sign(notebook)
    notary.store.close()

    with (tmp_path / "log").open("w") as log, jupyterlab(tmp_path, log) as url, browser() as chrome:
        page = chrome.new_page()
        page.set_default_timeout(1000 * SECONDS)
        for name, icon in (("untrusted", "not-trusted"), ("trusted", "trusted")):
            page.goto(f"{url}lab/tree/{name}.ipynb?reset")
            page.locator(f".jp-StatusItem-trust [data-icon='ui-components:{icon}']").wait_for()
            page.locator(PICTURE).first.wait_for(state="attached")
            page.wait_for_function(DRAWN)
            plot = page.locator(PLOT).first
            plot.wait_for(state="attached")
            assert plot.get_attribute("alt").startswith("A network of 2-1 units")
            frame = page.locator(".jp-Notebook .jp-OutputArea-output iframe[srcdoc]")
            if name == "trusted":
                frame.content_frame.locator(".card").first.wait_for()
                page.locator(PICTURE).first.wait_for(state="hidden")
            else:
                assert frame.count() == 0
