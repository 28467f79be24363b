"""The notebooks: stripped, complete, and each runs from a clean kernel."""

import asyncio
import os
import re
from functools import cache
from pathlib import Path

import nbclient
import nbformat
import pytest

import autograd

ROOT = Path(autograd.__file__).parent.parent
FOLDER = ROOT / "notebooks"
COVERS = {
    "01_a_graph_and_its_gradient": {1, 2, 3},
    "02_gradient_descent": {4, 5, 6, 7},
    "03_backpropagation_by_hand": {8, 9, 10, 11, 12},
    "04_what_networks_can_do": {13, 14, 15, 16},
    "05_units_and_costs": {17, 18},
    "06_generalising": {19, 20, 21},
    "07_a_model_on_real_data": set(),
    "08_one_rule_many_numbers": set(),
}
SECONDS = 15


@cache
def read(name):
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def sources(name, kind):
    return [cell.source for cell in read(name).cells if cell.cell_type == kind]


def exercises(name):
    """The code cells below the heading of the exercises."""
    cells = read(name).cells
    start = next(
        i
        for i, cell in enumerate(cells)
        if cell.cell_type == "markdown" and cell.source.startswith("## Exercises")
    )
    return [cell for cell in cells[start:] if cell.cell_type == "code"]


def executed(name):
    """The notebook run from a clean kernel, in its folder, and the seconds that this computed."""
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(FOLDER)}},
    )
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    before = os.times()
    asyncio.run(client.async_execute(env={**os.environ, "PYTHONPATH": path}))
    after = os.times()
    computed = sum(b - a for a, b in zip(before[2:4], after[2:4], strict=True))
    return notebook, computed


def test_every_notebook_is_here_and_no_other():
    found = {path.stem for path in FOLDER.glob("*.ipynb")}
    assert found == {*COVERS, "gallery"}


def test_together_they_cover_every_worked_example():
    assert set.union(*COVERS.values()) == {*range(1, 22)}


@pytest.mark.parametrize("name", COVERS)
def test_a_notebook_names_the_worked_examples_it_covers(name):
    text = "\n".join(sources(name, "markdown"))
    headings = re.findall(r"^## Worked example (\d+)\b", text, re.MULTILINE)
    assert {int(n) for n in headings} == COVERS[name]


@pytest.mark.parametrize("name", [*COVERS, "gallery"])
def test_outputs_are_stripped(name):
    for cell in read(name).cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None


@pytest.mark.parametrize("name", [*COVERS, "gallery"])
def test_it_begins_with_its_title_and_gets_the_package_where_it_is_missing(name):
    first, second = read(name).cells[:2]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert second.cell_type == "code"
    assert "from autograd import Value" in second.source
    assert "except ImportError" in second.source
    assert "%pip install" in second.source


@pytest.mark.parametrize("name", COVERS)
def test_it_ends_with_exercises(name):
    first, *questions = exercises(name)
    assert f"from checks import chapter_{name[:2]} as check" in first.source
    assert len([cell for cell in questions if "check." in cell.source]) >= 3


@pytest.mark.parametrize("name", [*COVERS, "gallery"])
def test_it_runs_from_a_clean_kernel(name):
    notebook, seconds = executed(name)
    ran = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert ran
    assert all(cell.execution_count for cell in ran)
    assert 0 < seconds < SECONDS  # of computing: a busy machine is no fault of the notebook
