"""The page's interpreter beside Python: every function of the grammar at every edge, to 1e-12."""

import importlib.util
import json
import math
from pathlib import Path

import pytest
from browsing import CHROMIUM, browser

from autograd import Value, primitive, step_through
from autograd.errors import ExpressionError
from autograd.pictures.page.library import LONGEST, library
from autograd.pictures.page.program import program
from autograd.pictures.page.sheet import joined
from autograd.pictures.page.writer import SHEET
from autograd.tools.expression import build, public_functions

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium-headless-shell")

inf, nan = math.inf, math.nan
EXPOSED = "{Graph, parse, layout, monotone, boxes, groups, names, typed, format, number, NOTHING}"
RUN = """([program, leaves]) => {
    const graph = new Graph(program);
    const start = graph.start().map((x, i) => (i in leaves ? Number(leaves[i]) : x));
    const { values, adjoints } = graph.run(start);
    const word = (x) => (x === NOTHING ? 0 : Number.isFinite(x) ? x : String(x));
    return [values.map(word), adjoints.map(word)];
}"""


@pytest.fixture(scope="module")
def scripts():
    """The page's modules in a browser, without a page."""
    with browser() as chromium:
        page = chromium.new_page()
        modules = joined(SHEET.scripts[:-1])
        code = f"{modules}\nObject.assign(window, {EXPOSED}); window.shelf = {shelf()};"
        page.add_script_tag(content=code, type="module")
        page.wait_for_function("window.shelf")
        yield page


def shelf():
    return json.dumps({**library(), "longest": LONGEST})


def run(page, data, leaves=None):
    leaves = {i: str(x).replace("inf", "Infinity") for i, x in (leaves or {}).items()}
    found = page.evaluate(RUN, [data, leaves])
    return [[read(str(x)) for x in xs] for xs in found]


TYPED = """([text, points]) => {
    const graph = new Graph(parse(text, new Map(Object.entries(points[0])), shelf));
    const leaves = graph.nodes.filter((node) => node.isLeaf);
    const received = (x) => (x === NOTHING ? 0 : x);
    return points.map((given) => {
        const start = graph.start();
        for (const { label, index } of leaves) start[index] = number(given[label]);
        const { values, adjoints } = graph.run(start);
        const gradients = leaves.map((leaf) => [leaf.label, String(received(adjoints[leaf.index]))]);
        return [String(values.at(-1)), Object.fromEntries(gradients)];
    });
}"""


def read(text):
    return float(text.replace("Infinity", "inf"))


def agree(x, y):
    return (x != x and y != y) or x == y or abs(x - y) <= max(1e-12 * abs(y), 1e-320)


def compare(page, text, *points):
    """An expression, parsed once, at points: its value and its gradients there and here."""
    given = [{n: x if x - x == 0 else str(x) for n, x in point.items()} for point in points]
    for point, (z, gradients) in zip(points, page.evaluate(TYPED, [text, given]), strict=True):
        f, variables = build(text, point)
        f.backward()
        assert agree(read(z), f.data), (text, point, z, f.data)
        for name, v in variables.items():
            assert agree(read(gradients[name]), v.grad), (text, point, name, gradients, v.grad)


SMALL = [0.0, -0.0, 1e-12, 0.3, -0.7, 1.0, -1.0, 1.9, -2.5, 3.5]
SPECIAL = [*SMALL, 40.0, -800.0, 1000.0, inf, -inf, nan]


def calls(name):
    """An expression that calls a function, and how many variables it has."""
    if name == "dot":
        return "dot([x, y, 2], [y, x, x])", 2
    if name in ("softmax", "log_softmax"):
        return f"dot({name}([x, y, 0.5]), [1, 2, 3])", 2
    if name in ("sum", "prod", "logsumexp", "mean"):
        return f"{name}([x, y, 0.5])", 2
    if name in ("where", "clip"):
        return f"{name}(x, y, 0.5)", 2
    for n in (1, 2):
        text = f"{name}({', '.join('xy'[:n])})"
        try:
            build(text, dict.fromkeys("xy"[:n], 0.5))
        except ExpressionError:
            continue
        return text, n
    raise AssertionError(name)


def test_all_functions_are_in_the_page():
    assert all(library()["functions"].values())


@pytest.mark.parametrize("name", sorted(public_functions()))
def test_every_function_of_the_grammar_agrees_with_python(scripts, name):
    text, n = calls(name)
    points = [(x,) for x in SPECIAL] if n == 1 else [(x, y) for x in SPECIAL for y in SPECIAL]
    compare(scripts, text, *(dict(zip("xy", point, strict=False)) for point in points))


def test_special_functions_keep_their_digits_far_out(scripts):
    xs = [i / 10 for i in range(-60, 270)]
    special = "erf erfc ndtr log_ndtr i0 i1 gammaln".split()
    for name in special:
        compare(scripts, f"{name}(x)", *({"x": x} for x in xs))
    ys = [i / 100 + 1e-5 for i in range(-100, 100)]
    compare(scripts, "erfinv(x)", *({"x": y} for y in [*ys, 1e-300, 1e-9, 1 - 1e-12]))


@pytest.mark.parametrize(
    "text",
    [
        "where(x > 0, log(x), 0)",
        "where(x <= 0, 1, 2) + (x == 0) - (x != 0) + (x < 1) + (x >= 0) * x",
        "-x ** 2 + +2 ** 3 % 5 / 2 * x",
        "2 ** -x ** 0.5",
        "x - 1 - 2 - x * 3 / x / 2",
        "x ** 0 + x ** 1 + x ** 2 + x ** 0.5 + x ** -1",
        "1 / x + 0 / x",
        "relu(x) * relu(-x) + maximum(x, 0) ** 2",
        "sqrt(x) * sqrt(x) + exp(log(x))",
        "sum((x, 1, 2)) + mean([x])",
        "leaky_relu(x, 0.01) + elu(x) + hard_tanh(x) + clip(x, 0, 1)",
        "1_000.5e-3 * x + 0x10 + 0b11 + .5",
        "sin(x)*(x>0)",
        "f * x + f",
    ],
)
def test_expressions_agree_with_python(scripts, text):
    f = {"f": 2.0} if "f *" in text else {}
    compare(scripts, text, *({"x": x, **f} for x in (0.0, -0.0, 1.0, -1.0, 2.5, -3.0, inf, nan)))


REFUSED = """(text) => {
    try { parse(text, new Map(), shelf); } catch (error) { return [error.message, error.offset]; }
    return null;
}"""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x + lob(x)", 4),
        ("x.data + 1", 1),
        ("x + 'a'", 4),
        ("x + None", 4),
        ("x[0]", 1),
        ("0 < x < 1", 6),
        ("exp(x, 1)", 0),
        ("x + exp([x])", 4),
        ("clip(x)", 0),
        ("[x] * 1000000", 0),
        ("dot([x], [1, 2])", 0),
        ("mean([])", 0),
        ("[x, x]", 0),
        ("x > 0", 0),
        ("x +", 3),
        ("x))", 1),
        ("x y", 2),
        ("1or x", 1),
        ("012 + x", 0),
        ("x @ x", 2),
        ("  ", 0),
        ("toString(x)", 0),
        ("sum([" + "x," * 17 + "])", 0),
        ("(" * 10_000 + "x" + ")" * 10_000, None),
        ("-" * 10_000 + "x", None),
        ("exp(" * 500 + "x" + ")" * 500, None),
        ("2" + "**2" * 10_000, None),
    ],
    ids=lambda x: str(x)[:20],
)
def test_what_is_not_understood_is_refused_at_its_place(scripts, text, place):
    said = scripts.evaluate(REFUSED, text)
    assert said
    assert type(said[1]) is int
    assert place is None or said[1] == place, said


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("x^2", 1, '"^" is not understood: a power is written x**2'),
        ("x²", 1, '"²" is not understood: a power is written x**2'),
        ("x₁", 1, '"₁" is not understood'),
        ("1 + max(x, y)", 4, "there is no function max: did you mean maximum?"),
        ("ln(x)", 0, "there is no function ln: did you mean log?"),
        ("lob(x)", 0, "there is no function lob"),
    ],
)
def test_what_was_meant_is_said_as_on_the_command_line(scripts, text, place, said):
    assert scripts.evaluate(REFUSED, text) == [said, place]
    with pytest.raises(ExpressionError):
        build(text, {"x": 1.0, "y": 2.0})


def test_names_without_a_value_become_leaves_and_are_read_as_python_reads_them(scripts):
    data = scripts.evaluate("parse('ﬁ * θ', new Map([['fi', 2], ['θ', 3]]), shelf)")
    assert [node["label"] for node in data["nodes"]] == ["fi", "θ", "f"]
    assert run(scripts, data)[0] == [2, 3, 6]


# ------------------------------------------------------------------------------------------ graphs


def edges():
    """The rows of the engine's own test of edge cases."""
    path = Path(__file__).parent.parent / "operations" / "test_edges.py"
    spec = importlib.util.spec_from_file_location("edges", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ROWS


ROWS = edges()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} at {row[2]}" for row in ROWS])
def test_every_edge_case_is_what_the_engine_answers(scripts, row):
    _, f, at, value, derivatives = row
    data = program(f(*(Value(x, f"x{i}") for i, x in enumerate(at))))
    values, adjoints = run(scripts, data)
    assert agree(values[-1], value)
    places = {node.get("label"): i for i, node in enumerate(data["nodes"])}
    for i, expected in enumerate(derivatives):
        found = adjoints[places[f"x{i}"]] if f"x{i}" in places else 0.0  # no part of the graph
        assert agree(found, expected), (adjoints, derivatives)


def backward(v, *leaves):
    v.backward()
    return [leaf.grad for leaf in leaves]


def test_an_edited_leaf_gives_what_python_computes_anew(scripts):
    def f(x, y):
        h = x * y + x.tanh()
        return (h * h + y).log() * h

    data = program(f(Value(0.5), Value(2.0)))
    for x, y in ((0.5, 2.0), (-1.5, 0.25), (3.0, -1.0)):
        a, b = Value(x), Value(y)
        v = f(a, b)
        gradients = backward(v, a, b)
        values, adjoints = run(scripts, data, {0: x, 1: y})
        assert agree(values[-1], v.data)
        assert all(map(agree, adjoints[:2], gradients))


@primitive(lambda g, z, x, y: g * (2 * x if x > 1 else 3), lambda g, z, x, y: g)
def asks(x, y):
    """A user's formula that asks ``if``: it runs on floats only."""
    return x * x + y if x > 1 else 3 * x + y


def test_a_users_formula_that_cannot_be_recorded_keeps_its_number_and_locks_its_leaves(scripts):
    x, y, w = Value(2.0), Value(1.0), Value(5.0)
    v = asks(x * 3, y) * w
    expected = backward(v, x, y, w)
    data = program(v)
    assert len(data["fixed"]) == 2
    values, adjoints = run(scripts, data)
    assert values[-1] == v.data
    places = [i for i, node in enumerate(data["nodes"]) if "value" in node]
    assert [adjoints[i] for i in places] == expected
    editable = scripts.evaluate("(p) => new Graph(p).nodes.map((n) => n.isEditable)", data)
    assert [editable[i] for i in places] == [False, False, True]


def test_a_batch_is_shown_as_python_computed_it(scripts):
    import numpy as np

    x, w = Value(np.array([1.0, 2.0]), "x"), Value(3.0, "w")
    data = program((x * w).mean())
    found = scripts.evaluate("(p) => new Graph(p).run([])", data)
    assert found["values"][:3] == ["[1, 2]", "3", "[3, 6]"]
    assert found["adjoints"][:2] == ["[1.5, 1.5]", "1.5"]
    assert not any(scripts.evaluate("(p) => new Graph(p).nodes.map((n) => n.isEditable)", data))


def test_only_a_value_has_a_page():
    with pytest.raises(TypeError, match="takes a Value of autograd, got 3"):
        step_through(3)


# ------------------------------------------------------------------------------- layout and folding


def test_the_nearest_increasing_sequence_pools_what_disagrees(scripts):
    assert scripts.evaluate("monotone([1, 3, 2, 4])") == [1, 2.5, 2.5, 4]


def test_no_cards_overlap_and_edges_go_to_the_right(scripts):
    v = build("tanh(x*y + x) * (x - y) / (1 + exp(-x*y)) + y**2", {"x": 1.0, "y": 2.0})[0]
    places = scripts.evaluate(
        """(p) => {
            const nodes = new Graph(p).visible;
            const below = ({ operands }) => operands.filter((o) => o.node).map((o) => o.node.index);
            const uses = new Map(nodes.map((n) => [n.index, below(n)]));
            return [...layout(nodes.map((n) => n.index), uses).centres];
        }""",
        program(v),
    )
    centres = {i: (c["x"], c["y"]) for i, c in places}
    for i, (x, y) in centres.items():
        for j, (a, b) in centres.items():
            assert i == j or abs(x - a) > 156 or abs(y - b) >= 66
    for i, node in enumerate(program(v)["nodes"]):
        for operand in node.get("operands", ()):
            if type(operand) is str:
                assert centres[int(operand[1:])][0] < centres[i][0]


def test_numbers_are_typed_as_people_write_them(scripts):
    for text, x in (("1.5", 1.5), ("−2", -2), (" 1e-3 ", 1e-3), ("-inf", -inf), (".5", 0.5)):
        assert read(scripts.evaluate("(t) => String(typed(t))", text)) == x
    for text in ("", "abc", "1-2", "--1"):
        assert scripts.evaluate("(t) => typed(t) ?? null", text) is None
