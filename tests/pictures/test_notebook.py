"""What a notebook shows of a Value."""

import base64
import sys
from xml.dom import minidom

import pytest

from autograd import Value, draw


def test_a_value_shows_its_picture_in_every_form():
    v = Value(3.0, "<x>") * 2
    bundle = v._repr_mimebundle_(include=None, exclude=None)
    assert sorted(bundle) == ["image/svg+xml", "text/html", "text/plain"]
    assert bundle["text/plain"] == repr(v)
    assert minidom.parseString(bundle["image/svg+xml"]).documentElement.tagName == "svg"
    before, data = bundle["text/html"].split("base64,")
    assert before == (
        '<img alt="Computation graph of 2 nodes. &lt;x&gt; = leaf: value 3, gradient –. '
        'v1 = &lt;x&gt; * 2: value 6, gradient –." src="data:image/svg+xml;'
    )
    assert base64.b64decode(data.removesuffix('">')).decode() == bundle["image/svg+xml"]


def test_the_drawn_picture_shows_itself_without_a_system_graphviz(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert "text/html" in draw(Value(3.0) * 2)._repr_mimebundle_()


def test_of_a_large_graph_the_last_nodes_are_said():
    v = Value(1.0)
    for _ in range(30):
        v = v + 1
    said = draw(v).alt
    assert said.startswith("Computation graph of 31 nodes. The last 20: v1 = … + 1: value 12,")
    assert said.endswith("value 31, gradient –.")


def test_only_what_is_asked_for_is_given():
    v = Value(3.0)
    assert list(v._repr_mimebundle_(include={"text/plain"})) == ["text/plain"]
    assert "text/html" not in v._repr_mimebundle_(exclude={"text/html"})


@pytest.mark.parametrize("shown", [lambda v: v, draw], ids=["value", "picture"])
def test_without_a_renderer_a_message_and_the_table_stand_in(monkeypatch, shown):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    bundle = shown(Value(3.0, "x") * 2)._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert "pip install pygraphviz" in bundle["text/plain"]
    assert "v1    x * 2" in bundle["text/plain"]
