"""Examples in docstrings, README and CONTRIBUTING run, and the links of these pages lead somewhere."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parent.parent
OPTIONS = doctest.NORMALIZE_WHITESPACE


def modules(package):
    yield package.__name__
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield found.name


def packages():
    yield autograd
    if (ROOT / "nn" / "__init__.py").exists():
        yield importlib.import_module("nn")


MODULES = [name for package in packages() for name in modules(package)]


def failures(test):
    out = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    runner.run(test, out=out.append)
    return "".join(out)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    module = importlib.import_module(name)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        assert failures(test) == ""


@pytest.mark.parametrize("name", autograd.PRIMITIVES)
def test_every_primitive_has_an_example_and_it_runs(name):
    """doctest's finder passes over them: they are instances, not functions."""
    op = autograd.PRIMITIVES[name]
    test = doctest.DocTestParser().get_doctest(op.__doc__, vars(autograd) | {name: op}, name, "", 0)
    assert test.examples
    assert failures(test) == ""


@pytest.mark.parametrize(("page", "least"), [("README.md", 30), ("CONTRIBUTING.md", 4)])
def test_the_examples_of_a_page_run(page, least):
    text = (ROOT / page).read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
    assert len(test.examples) >= least
    assert failures(test) == ""


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_links_of_a_page_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {"#" + re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    for link in links:
        assert link in anchors or link.startswith("https://") or (ROOT / link).exists(), link
