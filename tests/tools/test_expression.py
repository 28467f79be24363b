"""Expressions: every public function works in them, and all else is refused at its place."""

import math

import pytest

import autograd
from autograd.errors import ExpressionError
from autograd.tools.expression import build, public_functions

SEQUENCES = {"sum", "prod", "logsumexp", "mean", "softmax", "log_softmax"}


def refused(text, **values):
    with pytest.raises(ExpressionError) as caught:
        build(text, values)
    assert "\n" not in str(caught.value)
    return str(caught.value), caught.value.offset


def test_the_value_and_the_gradients_are_those_of_the_lecture():
    f, variables = build("(x + y) * z", {"x": -2, "y": 5, "z": -4})
    f.backward()
    assert f.data == -12
    assert {name: v.grad for name, v in variables.items()} == {"x": -4, "y": -4, "z": 3}


@pytest.mark.parametrize("name", sorted(public_functions()))
def test_every_public_function_works_in_an_expression(name):
    function = public_functions()[name]
    if name == "dot":
        text, expected = "dot([x, 2], [3, x])", autograd.dot([0.3, 2.0], [3.0, 0.3])
    elif name in SEQUENCES:
        expected = function([0.3, 0.5])
        if name.endswith("softmax"):
            assert "a list" in refused(f"{name}([x, 0.5])", x=0.3)[0]
            text, expected = f"sum({name}([x, 0.5]))", expected[0] + expected[1]
        else:
            text = f"{name}([x, 0.5])"
    elif name in ("where", "clip"):
        text, expected = f"{name}(x, 0.1, 0.2)", function(0.3, 0.1, 0.2)
    else:
        start = 1.3 if name == "arccosh" else 0.3
        two = isinstance(function, autograd.Primitive) and len(function.pullbacks) == 2
        two = two or name == "logaddexp"
        text = f"{name}(x - 0, 0.5)" if two else f"{name}(x - 0)"
        expected = function(start, 0.5) if two else function(start)
        assert build(text, {"x": start})[0].data == expected
        return
    assert build(text, {"x": 0.3})[0].data == expected


def test_public_functions_are_those_that_the_package_exports_and_no_helpers():
    names = set(public_functions())
    assert {"tanh", "dot", "where", "abs", "pow", "round", "sum", "softplus", "maximum"} <= names
    assert not names & {"primitive", "register", "group", "no_grad", "draw", "taken", "to_shape"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("where(x > 0, log(x), 0)", 0),
        ("where(x <= 0, 1, 2) + (x == 0) - (x != 0) + (x < 1) + (x >= 0)", 4),
        ("-x + +2 ** 3 % 5 / 2", 1.5),
        ("10 ** 400 + x", math.inf),
        ("1e999 + x", math.inf),
        ("sum((x, 1, 2))", 3),
    ],
)
def test_operators_comparisons_and_literals_compute_on_floats(text, value):
    f, _ = build(text, {"x": 0})
    assert f.data == value
    assert type(f.data) is float


def test_an_expression_of_constants_alone_is_a_leaf():
    f, variables = build("1 + 2", {})
    assert f.data == 3
    assert f.op is None
    assert variables == {}


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("x + w", 4, "no value was given for 'w'"),
        ("x + lob(x)", 4, "did you mean log?"),
        ("max(x, y)", 0, "did you mean maximum?"),
        ("x + ln(x)", 4, "did you mean log?"),
        ("asin(x)", 0, "did you mean arcsin?"),
        ("atan2(x, y)", 0, "did you mean arctan2?"),
        ("ln + x", 0, "no value was given for 'ln': add ln=1.5"),
        ("x.data + 1", 0, "attribute"),
        ("x + y().z", 4, "attribute"),
        ("x + exp(x)(2)", 4, "call"),
        ("x + __import__('os')", 4, "no function '__import__'"),
        ("1 + eval('1')", 4, "no function 'eval'"),
        ("x + 'a'", 4, "'a' is not a real number"),
        ("x + 1j", 4, "1j is not a real number"),
        ("x + None", 4, "None is not a real number"),
        ("x + True", 4, "True is not a real number"),
        ("x[0]", 0, "subscript"),
        ("x if x else 1", 0, "ifexp"),
        ("lambda: x", 0, "lambda"),
        ("[x for x in x]", 0, "listcomp"),
        ("f'{x}'", 0, "joinedstr"),
        ("(y := x)", 1, "namedexpr"),
        ("x @ x", 0, "MatMult"),
        ("not x", 0, "Not"),
        ("x in x", 0, "In"),
        ("0 < x < 1", 0, "two numbers at a time"),
        ("exp(x, 1)", 0, "exp takes 1 argument(s), got 2"),
        ("x + exp([x])", 4, "exp takes one number"),
        ("clip(x)", 0, "missing 2 required"),
        ("leaky_relu(x, slope=1)", 0, "by position"),
        ("exp(*[x])", 4, "starred"),
        ("[x] * 1000000", 0, "a list goes into a function"),
        ("dot([x], [1, 2])", 0, "sequences of one length"),
        ("mean([])", 0, "no numbers"),
        ("[x, x]", 0, "not one number"),
        ("x > 0", 0, "not one number"),
        ("x +", 3, "syntax error"),
        ("x))", 1, "syntax error"),
        ("1or x", 0, "boolop"),
        ("'\\d'", 0, "not a real number"),
        ("x y", 2, "syntax error"),
        ("é(x) + 1", 0, "no function 'é'"),
        ("exp(x) * 'é' + ü", 9, "'é' is not a real number"),
    ],
)
def test_what_is_not_understood_is_an_error_at_its_place(text, offset, message):
    said, place = refused(text, x=2.0)
    assert message in said
    assert place == offset


def test_the_place_counts_characters_where_ast_counts_bytes():
    assert refused("é * é + w", é=1.0)[1] == 8


def test_a_value_that_nothing_uses_and_an_empty_expression_are_errors():
    assert refused("x", x=1.0, y=2.0)[0].startswith("'y' has a value")
    assert refused("  ")[0] == "the expression is empty"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "x" + ")" * 10_000,
        "-" * 10_000 + "x",
        "exp(" * 10_000 + "x" + ")" * 10_000,
        "[" * 10_000,
        "x" + "**x" * 10_000,
        "1" * 5_000 + "+x",
    ],
    ids=["parentheses", "minus", "calls", "lists", "powers", "digits"],
)
def test_ten_thousand_deep_nesting_is_an_error_and_no_crash(text):
    said, _ = refused(text, x=1.0)
    assert "nest" in said or "syntax error" in said


def test_hundreds_of_terms_are_no_deep_nesting():
    f, variables = build("+".join("x" * 500), {"x": 1.0})
    f.backward()
    assert (f.data, variables["x"].grad) == (500, 500)


def test_pi_and_e_are_known_and_may_be_given_other_values():
    assert build("sin(pi / 2) + log(e) * x", {"x": 3.0})[0].data == 4.0
    f, variables = build("e * x", {"e": 2.0, "x": 3.0})
    f.backward()
    assert variables["e"].grad == 3.0


def test_twenty_thousand_terms_are_summed_from_left_to_right():
    terms = [f"(x - {i}) ** 2" for i in range(10_000)] + [f"-x * {i}e-3" for i in range(10_000)]
    text = terms[0] + "".join(t if t[0] == "-" else f" + {t}" for t in terms[1:])
    f, variables = build(text, {"x": 0.5})
    f.backward()
    value = 0.0
    for i in range(10_000):
        value += (0.5 - i) ** 2
    for i in range(10_000):
        value -= 0.5 * float(f"{i}e-3")
    assert f.data == pytest.approx(value, rel=1e-14)
    expected = sum(2 * (0.5 - i) - i / 1000 for i in range(10_000))
    assert variables["x"].grad == pytest.approx(expected, rel=1e-12)


def test_a_mistake_far_into_a_long_sum_is_found_at_its_place():
    long = "é*2 + " * 5000
    message, offset = refused(long + "x - w", x=1.0, é=1.0)
    assert "'w'" in message
    assert offset == len(long) + 4
