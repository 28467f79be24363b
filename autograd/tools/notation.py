"""Two notations for formulas and numbers: plain text, and LaTeX for notebooks."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

from ..kinds.kind import NOTHING, Number
from ..kinds.masks import data_and_mask, instantiate
from .wording import number


def has_formulas() -> bool:
    """Whether SymPy, which writes the formulas, is installed."""
    return find_spec("sympy") is not None


def symbolic(who: str) -> Any:
    """The file that needs SymPy; ImportError without it."""
    if not has_formulas():
        raise ImportError(f"{who} writes formulas with SymPy: pip install sympy")
    from . import symbolic as formulas

    return formulas


class Notation(NamedTuple):
    """How names, numbers, formulas and words are written."""

    name: Callable[[str], str]
    number: Callable[[Number], str]
    formula: Callable[[Any], str]
    partial: Callable[[str, str], str]  # ∂z/∂x
    text: Callable[[str], str]
    times: str

    def factor(self, x: Number) -> str:
        """A number behind a sign of operation."""
        written = self.number(x)
        several = written.startswith("-") or " + " in written or " - " in written
        return f"({written})" if several else written

    def words(self, template: str, name: str = "") -> str:
        """Words around a name, which stands for ``{}``."""
        before, _, after = template.partition("{}")
        parts = [self.text(before), self.name(name) if name else "", self.text(after)]
        return "".join(parts)


def _text_number(x: Number) -> str:
    """A number as text; "nothing" for an adjoint, or a sample of one, that was not sent."""
    if x is NOTHING:
        return "nothing"
    if hasattr(x, "free_symbols"):
        return str(x)
    reached: Any = data_and_mask(x)[1]
    if reached is not True:
        pairs = zip(instantiate(x).tolist(), reached.tolist(), strict=True)
        x = [sample if there else "nothing" for sample, there in pairs]
    return number(x, digits=6)


def _latex_name(name: str) -> str:
    """A label in LaTeX: v_{12}, or upright letters with every special character escaped."""
    import re  # slow to import, as below

    if variable := re.fullmatch(r"([^\W\d_])(\d*)", name):
        letter, index = variable.groups()
        return f"{letter}_{{{index}}}" if index else letter
    return rf"\mathrm{{{_escaped(name)}}}"


def _escaped(text: str) -> str:
    """Any text in LaTeX's mathematics, which MathJax reads too."""
    special = {"\\": r"\backslash ", "^": r"\hat{\ }", "~": r"\sim ", "<": r"\lt ", ">": r"\gt "}
    special |= {c: "\\" + c for c in " {}$&%#_"} | {"\n": r"\ "}
    return "".join(special.get(c, c) for c in text)


def _latex_number(x: Number) -> str:
    import re

    if hasattr(x, "free_symbols"):
        return str(symbolic("explain()").latex(x, _latex_name))
    text = _escaped(_text_number(x)).replace("inf", r"\infty")
    text = re.sub(r"(\d)e\+?(-?)0*(\d+)", r"\1 \\cdot 10^{\2\3}", text)
    return re.sub(r"\b(nan|nothing|numbers|True|False)\b", r"\\mathrm{\1}", text)


TEXT = Notation(
    name=lambda name: name,
    number=_text_number,
    formula=lambda expression: symbolic("explain()").text(expression),
    partial=lambda z, x: f"∂{z}/∂{x}",
    text=lambda text: text,
    times=" · ",
)
LATEX = Notation(
    name=_latex_name,
    number=_latex_number,
    formula=lambda expression: symbolic("explain()").latex(expression, _latex_name),
    partial=lambda z, x: rf"\frac{{\partial {_latex_name(z)}}}{{\partial {_latex_name(x)}}}",
    text=lambda text: rf"\text{{{text}}}" if text else "",
    times=r" \cdot ",
)
