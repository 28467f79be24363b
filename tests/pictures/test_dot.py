"""The picture's DOT source."""

import re
from xml.dom import minidom

import graphviz
import numpy as np
import pytest

import autograd
from autograd import Value, dot, draw, group

HOSTILE = ["<b>&amp;", "\\N", "\\l\\G", "a\nb", '"', "\\", "]]>", "\x00", "\ud800", " ", "x̄ 😀"]
HOSTILE += ["<script>alert(1)</script>", "-->", "{a|b}", "<", ">", "%s", "a" * 1000, "\u202etxt"]


def example():
    x, y, z = Value(-2.0, "x"), Value(5.0, "y"), Value(-4.0, "z")
    f = (x + y) * z
    f.label = "f"
    return f


def texts(picture):
    """The text elements of the SVG, in their order."""
    svg = minidom.parseString(picture.pipe("svg"))
    return ["".join(c.data for c in t.childNodes) for t in svg.getElementsByTagName("text")]


def edges(picture):
    return re.findall(r"^\s*(n\d+c?\d*) -> (n\d+)", picture.source, re.MULTILINE)


def test_it_is_a_graphviz_digraph_from_left_to_right():
    picture = draw(example())
    assert isinstance(picture, graphviz.Digraph)
    assert "rankdir=LR" in picture.source
    assert len(edges(picture)) == 4


def test_gradients_are_a_dash_until_a_pass_starts_here():
    f = example()
    f.parents[0].backward()
    assert texts(draw(f)).count("–") == 5
    f.backward()
    shown = [text for text in texts(draw(f)) if text.strip()]
    assert "–" not in shown
    at = shown.index("f")
    assert shown[at : at + 6] == ["f", "×", "value", "-12", "grad", "1"]


def test_constants_are_small_notes_and_a_sequence_of_them_is_one():
    x = Value(2.0, "x")
    picture = draw(dot([x, 3.0], [4.0, 5.0]) - 7)
    assert {"3", "[4, 5]", "7"} <= set(texts(picture))
    assert picture.source.count("fontsize=9") == 3


def test_many_constants_of_a_sequence_are_one_note():
    picture = draw(autograd.sum([Value(1.0), *range(1000)]))
    assert "[0, 1, … 1000 numbers]" in texts(picture)
    assert picture.source.count("fontsize=9") == 1


def test_operands_of_a_sequence_have_an_edge_each_in_their_order():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    picture = draw(autograd.sum([y, x, y]))
    names = dict(re.findall(r"(n\d+) \[label=.*?<B>([xy])</B>", picture.source))
    assert [names[tail] for tail, _ in edges(picture)] == ["y", "x", "y"]


def test_the_operand_that_is_subtracted_is_marked():
    assert 'headlabel="−"' in draw(Value(1.0) - Value(2.0)).source
    assert draw(Value(1.0) + Value(2.0)).source.count("headlabel") == 0


def test_on_request_every_edge_shows_its_contribution():
    f = example()
    f.backward()
    assert [t.strip() for t in texts(draw(f, adjoints=True)) if "←" in t].count("← -4") == 3
    assert any("← 3" in t for t in texts(draw(f, adjoints=True)))
    assert not any("←" in t for t in texts(draw(f)))
    f.zero_grad()
    assert texts(draw(f, adjoints=True)).count("–") >= 5
    assert not any("←" in t for t in texts(draw(f, adjoints=True)))


def test_groups_are_framed_one_inside_the_other():
    x = Value(1.0)
    with group("outer"):
        y = x + 1
        with group("inner"):
            z = y * 2
    source = draw(z + x).source
    outer, inner = source.index("cluster_1"), source.index("cluster_2")
    assert outer < source.index("outer") < inner < source.index("inner")
    assert {"outer", "inner"} <= set(texts(draw(z + x)))


def test_groups_of_a_deep_recursion_are_drawn():
    def nested(x, depth):
        with group(f"depth {depth}"):
            return nested(x * 2, depth + 1) if depth < 100 else x

    assert "depth 7" in texts(draw(nested(Value(1.0), 0)))
    assert "other nodes" not in texts(draw(nested(Value(1.0), 0), limit=20))


def test_a_large_graph_is_folded_and_says_so():
    h = Value(1.0, "x")
    with group("layer 1"):
        for _ in range(500):
            h = h + 1
    f = h * 2
    f.label = "f"
    shown = texts(draw(f))
    assert {"layer 1", "501 nodes", "f"} <= set(shown)
    assert "502 nodes. Folded: layer 1 (501)." in shown
    assert len(texts(draw(f, limit=1000))) > 500


def test_a_chain_of_twenty_thousand_nodes_is_drawn():
    h = Value(1.0, "x")
    for _ in range(20_000):
        h = h * 1
    h.backward()
    assert "other nodes" in texts(draw(h, adjoints=True))


@pytest.mark.parametrize("label", HOSTILE, ids=ascii)
def test_labels_are_shown_as_they_are_and_reach_no_markup(label):
    with group(label):
        v = Value(1.0, label) * Value(2.0, label)
    v.label = label
    svg = minidom.parseString(draw(v).pipe("svg"))
    assert svg.getElementsByTagName("script").length == 0
    if label.isprintable() and len(label) < 30 and label.strip():
        assert "".join(texts(draw(v))).count(label) == 4  # three nodes and a frame


def test_batches_and_special_numbers_are_short():
    x = Value(np.arange(100.0), "x")
    f = (x * float("inf")).sum()
    f.backward()
    assert {"[0, 1, … 100 numbers]", "[inf, inf, … 100 numbers]", "nan"} <= set(texts(draw(f)))


def width(words, size):
    """What a text takes in points: the widths of Helvetica (Adobe's metrics), of a digit 0.556."""
    known = {"[],. iljtf": 0.278, "-r": 0.333, "scvxyzk": 0.5, "m": 0.833, "…": 1.0}
    widths = {letter: width for letters, width in known.items() for letter in letters}
    return sum(widths.get(c, 0.556) for c in words) * size


@pytest.mark.parametrize("label", ["", "layers.0.weight[10, 11]"])
def test_the_text_of_a_card_ends_before_its_border(label):
    x = Value(np.array([-1.25, 0.5, 1.0, 2.0]), label)
    svg = minidom.parseString(draw(x).pipe("svg"))
    border = max(
        float(number)
        for path in svg.getElementsByTagName("path")
        for number in re.findall(r"([-\d.]+),", path.getAttribute("d"))
    )
    for shown in svg.getElementsByTagName("text"):
        size = float(shown.getAttribute("font-size"))
        end = float(shown.getAttribute("x")) + width(shown.firstChild.data, size)
        assert end < border


class Own:
    """A student's, which is called Value, too."""


Own.__name__ = "Value"


@pytest.mark.parametrize("given", [3.0, None, "x", [Value(1.0)], Own()])
def test_what_is_no_value_is_refused(given):
    with pytest.raises(TypeError, match="takes a Value of autograd"):
        draw(given)


def test_label_and_operation_stand_in_cells_of_their_own():
    s = Value(1.0) + Value(2.0)
    s.label = "s"
    assert re.search(r"<TD[^>]*><FONT[^>]*><B>s</B></FONT></TD><TD[^>]*>", draw(s).source)


def test_micrograds_style_has_an_ellipse_before_every_node_that_was_made():
    f = example()
    f.backward()
    picture = draw(f, style="micrograd", adjoints=True)
    arrows = re.findall(r"^\s*(n\d+o?) -> (n\d+o?)", picture.source, re.MULTILINE)
    assert picture.source.count("shape=ellipse") == 2
    assert sorted(arrows) == sorted(
        [("n0", "n3o"), ("n1", "n3o"), ("n3o", "n3"), ("n2", "n4o"), ("n3", "n4o"), ("n4o", "n4")]
    )
    assert texts(picture).count("×") == 1, "in the ellipse alone"
    assert any("← -4" in text for text in texts(picture)), "on the edge into the ellipse"


def test_a_folded_graph_has_micrograds_ellipses_where_nodes_are_shown():
    h = Value(1.0, "h")
    with group("deep"):
        for _ in range(400):
            h = h * 1.001
    z = h + 1
    assert draw(z, style="micrograd").source.count("shape=ellipse") == 1


def test_zero_has_no_sign():
    x = Value(-0.0, "x")
    z = x * 2
    z.backward()
    assert "-0" not in texts(draw(z))
    assert "-0" not in texts(draw(Value(np.array([-0.0, 1.0]))))[-1]


def test_another_style_is_refused():
    with pytest.raises(ValueError, match="'cards' or 'micrograd', got 'uml'"):
        draw(Value(1.0), style="uml")
