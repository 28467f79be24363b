"""Rendering with and without Graphviz's program."""

import os
import sys
from pathlib import Path

import graphviz
import pytest
from helpers import side_by_side

from autograd import RendererError, Value, draw
from autograd.pictures.render import in_process


def open_files():
    """How many this process has open, where the system tells."""
    return sum(1 for _ in Path("/proc/self/fd").glob("*"))


@pytest.fixture
def no_dot(monkeypatch):
    monkeypatch.setenv("PATH", "")


@pytest.fixture
def no_renderer(no_dot, monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


def test_without_a_system_graphviz_every_way_of_graphviz_works(no_dot, tmp_path):
    picture = draw(Value(1.0, "x") * 2)
    assert picture.pipe().startswith(b"<?xml")
    assert picture.pipe("png").startswith(b"\x89PNG")
    assert picture.pipe(format="svg", encoding="utf-8").startswith("<?xml")
    path = picture.render(directory=tmp_path, format="png")
    assert path == str(tmp_path / "autograd.gv.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["autograd.gv", "autograd.gv.png"]
    picture.render(tmp_path / "graph", cleanup=True)
    assert (tmp_path / "graph.svg").exists()
    assert not (tmp_path / "graph").exists()
    picture.render(outfile=tmp_path / "out.png", cleanup=True)
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_the_program_is_preferred_where_it_is(monkeypatch, tmp_path):
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\nread line\necho drawn by dot\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert draw(Value(1.0)).pipe("svg") == b"drawn by dot\n"


def test_without_any_renderer_the_error_says_what_to_install(no_renderer):
    with pytest.raises(RendererError, match="pip install pygraphviz"):
        draw(Value(1.0)).pipe("svg")


def test_a_library_that_pygraphviz_lacks_is_named(no_dot, monkeypatch, tmp_path):
    (tmp_path / "pygraphviz.py").write_text(
        "raise ImportError('libgobject-2.0.so.0: no such file')"
    )
    monkeypatch.delitem(sys.modules, "pygraphviz", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RendererError, match="installed, but not .* libgobject-2.0.so.0: no such"):
        draw(Value(1.0)).pipe()


def test_a_format_that_graphviz_does_not_know_is_an_error(no_dot):
    with pytest.raises(RendererError, match="nonsense"):
        in_process("digraph {}", "nonsense")


def test_fontconfig_is_silent_and_others_are_heard(capfd, monkeypatch):
    import pygraphviz

    def drawing(self, **settings):
        os.write(2, b"Fontconfig warning: noise\nanother thread's word\n")
        return b"picture"

    monkeypatch.setattr(pygraphviz.AGraph, "draw", drawing)
    assert in_process("digraph {}", "svg") == b"picture"
    assert capfd.readouterr().err == "another thread's word\n"


def test_two_threads_draw_their_own_graphs_and_leak_no_file(no_dot):
    failures = []

    def draws(name):
        try:
            for _ in range(5):
                svg = draw(Value(1.0, name) * 2).pipe("svg").decode()
                assert name in svg
        except BaseException as failure:  # noqa: BLE001  (reported by the test's own thread)
            failures.append(failure)

    draw(Value(1.0)).pipe("svg")
    descriptors = open_files()
    side_by_side(draws, ("first", "second"))
    assert failures == []
    assert open_files() == descriptors


def test_the_picture_is_copied_as_graphviz_does():
    picture = draw(Value(1.0, "x"))
    assert isinstance(picture.copy(), graphviz.Digraph)
    assert picture.copy().source == picture.source


def test_save_writes_the_picture_that_the_name_asks_for(tmp_path):
    picture = draw(Value(1.0, "x") * 2)
    png, svg = tmp_path / "a.png", tmp_path / "A.SVG"
    assert picture.save(png) == str(png)
    assert png.read_bytes().startswith(b"\x89PNG")
    assert picture.save("A.SVG", directory=tmp_path) == str(svg)
    assert svg.read_text(encoding="utf-8").startswith("<?xml")
    assert sorted(tmp_path.iterdir()) == sorted([png, svg])


@pytest.mark.parametrize("name", ["graph", "graph.gv", "graph.dot", "v1.2"])
def test_save_writes_the_source_under_any_other_name(tmp_path, name):
    picture = draw(Value(1.0, "x") * 2)
    picture.save(tmp_path / name)
    assert (tmp_path / name).read_text(encoding="utf-8") == picture.source


@pytest.mark.parametrize("name", ["graph.foo", "graph.jepg", "graph.html"])
def test_an_ending_of_no_picture_is_an_error(tmp_path, name):
    picture = draw(Value(1.0, "x") * 2)
    for write in (picture.save, picture.render):
        with pytest.raises(ValueError, match=rf"{name} ends in no format .*\.svg"):
            write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_render_of_a_pictures_name_writes_that_file(tmp_path, no_dot):
    draw(Value(1.0)).render(tmp_path / "a.png", cleanup=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_without_any_renderer_save_leaves_no_file(tmp_path, no_renderer):
    with pytest.raises(RendererError):
        draw(Value(1.0)).save(tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
