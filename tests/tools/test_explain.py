import inspect
import re
import sys

import numpy as np
import pytest
import sympy

import autograd
from autograd import (
    Value,
    dot,
    explain,
    floor,
    formula,
    maximum,
    primitive,
    relu,
    sin,
    tanh,
    where,
)
from autograd.operations.composites import EVERY


def test_every_line_of_a_small_expression_is_as_a_person_would_write_it():
    x, y, z = Value(-2.0, "x"), Value(5.0, "y"), Value(-4.0, "z")
    f = (x + y) * z
    f.label = "f"
    assert str(explain(f)).splitlines() == [
        "f = mul(v1, z) = -12",
        "    ∂f/∂f = 1",
        "    ∂f/∂v1 = z = -4, so v1 receives 1 · (-4) = -4",
        "    ∂f/∂z = v1 = 3, so z receives 1 · 3 = 3",
        "v1 = add(x, y) = 3",
        "    ∂f/∂v1 = -4",
        "    ∂v1/∂x = 1, so x receives -4 · 1 = -4",
        "    ∂v1/∂y = 1, so y receives -4 · 1 = -4",
        "the leaves",
        "    ∂f/∂x = -4",
        "    ∂f/∂y = -4",
        "    ∂f/∂z = 3",
    ]


def test_the_contributions_of_several_children_add_up_to_the_gradient():
    x = Value(3.0, "x")
    lines = str(explain(x * x + 2 * x)).splitlines()
    assert lines[-1] == "    ∂v3/∂x = 2 (from v2) + 3 (from v1) + 3 (from v1) = 8"


def test_no_gradient_and_no_observer_is_touched():
    x = Value(3.0, "x")
    y = x * x
    x.grad, y.grad = 5.0, 7.0
    explain(y)
    assert (x.grad, y.grad) == (5.0, 7.0)


def operands_within(op):
    """Labelled Values inside the domain of a primitive, as its arguments."""
    if op.name in ("where", "taken"):
        return (True, *(Value(0.5 + i, name) for i, name in enumerate("xy"[: len(op.domain) - 1])))
    if op.name == "to_shape":
        return Value(0.5, "x"), ()
    if next(iter(inspect.signature(op).parameters)) == "n":
        return int(op.domain[0][0]), Value(0.7, "x")
    values = [
        Value(low + 0.4 * (high - low), n) for (low, high), n in zip(op.domain, "xy", strict=False)
    ]
    if op.name in ("sum", "prod", "logsumexp", "dot"):
        return tuple((v, Value(0.7, "w")) for v in values)
    return tuple(values)


@pytest.mark.parametrize("op", EVERY.values(), ids=EVERY.keys())
def test_every_primitive_has_its_formula_whose_number_is_the_local_derivative(op):
    node = op(*operands_within(op))
    node.label = "z"
    symbolic = pytest.importorskip("autograd.tools.symbolic")
    names = {v: v.label for v in (node, *node.parents)}
    numbers = {sympy.Symbol(v.label, real=True): v.data for v in names}
    formulas = symbolic.local_derivatives(node, names)
    assert None not in formulas
    found = [float(e.subs(numbers)) for e in formulas]
    assert found == pytest.approx(list(node.pullback(1.0)), rel=1e-12)


def test_the_formula_of_tanh_is_in_terms_of_its_result():
    h = tanh(Value(0.0, "x"))
    h.label = "h"
    assert "∂h/∂x = 1 - h**2 = 1, so x receives" in str(explain(h))


def test_a_constant_operand_is_a_number_in_the_formula():
    assert "∂v1/∂x = 3*x**2 = 12" in str(explain(Value(2.0, "x") ** 3))
    assert "∂v1/∂x = 2.5*x**1.5 = " in str(explain(Value(2.0, "x") ** 2.5))


def test_a_long_sequence_is_shown_by_its_ends():
    ws = [Value(float(i), f"w{i}") for i in range(50)]
    text = str(explain(dot(ws, [2.0] * 50)))
    assert "v1 = dot((w0, w1, w2, … (50), w49), (2, 2, 2, … (50), 2)) = 2450" in text
    assert "… 50 operands in all" in text
    assert "so w25 receives" not in text


def test_a_branch_not_taken_receives_nothing():
    text = str(explain(relu(Value(-1.0, "x"))))
    assert "∂v1/∂x = 1 if x > 0, else 0 = 0, so x receives nothing" in text
    assert text.endswith("∂v1/∂x = 0, as nothing arrives")
    assert "so x receives nothing" in str(explain(floor(Value(2.5, "x"))))


def test_cases_are_written_in_words():
    text = str(explain(maximum(Value(1.0, "x"), Value(2.0, "y"))))
    assert "∂v1/∂x = 1 if x > y, 1/2 if x >= y, else 0 = 0" in text


def test_a_batch_shows_samples_sums_and_samples_that_nothing_is_sent_to():
    b, w = Value(np.array([1.0, -2.0, 3.0]), "b"), Value(2.0, "w")
    text = str(explain(where(b > 0, b * w, 0.0)))
    assert "where([True, False, True], v1, 0) = [2, 0, 6]" in text
    assert "∂v2/∂v1 = [1, nothing, 1]" in text
    assert "so w receives the sum over samples of [1, nothing, 1] · [1, -2, 3] = 4" in text
    assert "∂v2/∂b = [2, nothing, 2]" in text


def test_a_nan_of_an_untaken_sample_is_not_shown():
    x = Value(np.array([0.0, 4.0]), "x")
    text = str(explain(where(x > 0, x.sqrt(), 0.0)))
    assert "nan" not in text
    assert "∂v2/∂x = [nothing, 0.25]" in text


def test_other_kinds_of_number_are_explained_too():
    from fractions import Fraction

    assert "∂v1/∂x = 2*x = 2/3" in str(explain(Value(Fraction(1, 3), "x").square()))
    a = Value(sympy.Symbol("a", real=True), "a")
    assert "∂v2/∂a = cos(a)" in str(explain(1 + sin(a)))


def test_nodes_beyond_the_limit_are_counted():
    v = Value(1.0, "x")
    for _ in range(20):
        v = v * 2.0
    text = str(explain(v, max_nodes=5))
    assert text.count("mul(") == 5
    assert "… 15 operations more (max_nodes sets the limit)" in text
    assert f"∂v20/∂x = {2.0**20:.6g}" in text


def test_a_deep_graph_is_explained_without_recursion():
    v = Value(1.0, "x")
    for _ in range(5000):
        v = v + 1.0
    assert "… 4998 operations more" in str(explain(v, max_nodes=2))


def test_names_are_stable_and_unique():
    a, b, v1 = Value(1.0, "x"), Value(2.0, "x"), Value(3.0, "v1")
    text = str(explain((a + b) * v1))
    assert "v2 = add(x, x_2) = 3" in text
    assert "v3 = mul(v2, v1) = 9" in text
    assert text == str(explain((a + b) * v1))


def test_latex_escapes_labels_and_has_a_line_for_every_line_of_text():
    x = Value(3e-7, r"a_b$<script>^~{\%&#")
    explanation = explain(x * Value(2.0, "w1"))
    latex = explanation._repr_latex_()
    assert latex.count("\n&") == len(str(explanation).splitlines())
    assert "<" not in latex
    assert r"a\_b\$\lt script\gt \hat{\ }\sim \{\backslash \%\&\#" in latex
    assert "w_{1}" in latex
    assert r"3 \cdot 10^{-7}" in latex
    assert not re.search(r"(?<!\\)\$", latex[2:-2])
    assert latex.count("{") - latex.count(r"\{") == latex.count("}") - latex.count(r"\}")


def test_repr_is_the_text_and_markdown_viewers_get_latex():
    explanation = explain(Value(2.0, "x") * 3.0)
    assert repr(explanation) == str(explanation)
    assert explanation._repr_latex_().startswith("$$\\begin{aligned}")


def test_a_primitive_whose_formula_fails_on_symbols_shows_the_number_only():
    @primitive(lambda g, z, x: g * (1.0 if x > 0 else 2.0))
    def bent(x):
        return x if x > 0 else 2 * x

    assert "∂v1/∂x = 2, so x receives 1 · 2 = 2" in str(explain(bent(Value(-1.0, "x"))))


def test_without_sympy_numbers_are_shown_and_it_is_said(monkeypatch):
    monkeypatch.setattr(sys.modules["autograd.tools.notation"], "find_spec", lambda name: None)
    text = str(explain(Value(2.0, "x") ** 3))
    assert "∂v1/∂x = 12, so x receives 1 · 12 = 12" in text
    assert text.endswith("(numbers only: SymPy, which writes the formulas, is missing)")
    with pytest.raises(ImportError, match="pip install sympy"):
        formula(sin)


def test_importing_autograd_does_not_load_sympy():
    import subprocess

    code = "import sys, autograd; sys.exit('sympy' in sys.modules)"
    root = autograd.__path__[0] + "/.."
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0


def test_what_is_no_value_is_refused():
    with pytest.raises(
        TypeError, match=r"explain\(\) takes a Value of autograd, got 3.0 of type float"
    ):
        explain(3.0)


def test_formula_is_simplified_and_named_after_the_parameters():
    a, b = sympy.symbols("a b", real=True)
    assert formula(lambda a: sin(a) ** 2 + a * 0) == sympy.sin(2 * a)
    assert formula(lambda a, b, n=3: a**n * b) == (3 * a**2 * b, a**3)
    assert formula(lambda a: 4.0) == 0
    assert formula(tanh).equals(1 - sympy.tanh(sympy.Symbol("x", real=True)) ** 2)
    assert formula(lambda a: relu(a)) == sympy.Piecewise((1, a > 0), (0, True))


def test_formula_of_a_branch_by_if_is_told_of_where():
    with pytest.raises(TypeError, match="truth value") as caught:
        formula(lambda x: x if x > 0 else -x)
    assert caught.value.__notes__ == [
        "formula() runs f on symbols: where(condition, x, y) chooses, not `if`"
    ]


def test_formula_of_no_number_is_refused():
    with pytest.raises(TypeError, match="returns a number, it returned 'no'"):
        formula(lambda x: "no")


def test_formula_of_a_graph_is_told_of_explain():
    x = Value(2.0)
    with pytest.raises(TypeError, match=r"formula\(\) takes a function, got Value.* explain\(v\)"):
        formula(x**2)
