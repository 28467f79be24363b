"""Write gallery.ipynb from the registry, a section for each operation: python make_gallery.py"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import autograd
import nbformat
import sympy
from autograd import PRIMITIVES, Value
from autograd.tools.symbolic import local_derivatives
from nbformat import v4

PATH = Path(__file__).parent / "gallery.ipynb"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SECTIONS = {
    "arithmetic": "Arithmetic, powers and roots",
    "elementary": "Elementary functions",
    "branches": "Steps and choices",
    "sequences": "Whole sequences",
    "special": "Special functions",
}
INTRODUCTION = """\
# Gallery: every operation and its derivative

Made from the engine's registry by `make_gallery.py`: what an operation computes, what its operands receive when 1 arrives at its
result $z$, a plot of both, and what happens at the edges. The numbers in the tables are computed when the notebook runs."""
INSTALL = """\
try:
    from autograd import Value
except ImportError:  # a hosted Jupyter that has this repository but not yet the package
    %pip install -q "..[all]"
"""
IMPORTS = """\
import matplotlib.pyplot as plt

from gallery_plots import show
from nn import describe_figures

%config InlineBackend.print_figure_kwargs = {"bbox_inches": None}
plt.style.use("lecture.mplstyle")
describe_figures()  # alternative text, for those who do not see the pictures"""


def operations() -> list[str]:
    """The names of the public operations, in the order in which the engine's files define them."""
    return [name for name in PRIMITIVES if hasattr(autograd, name)]


def gallery() -> nbformat.NotebookNode:
    """The notebook, without outputs."""
    cells = [
        markdown("introduction", INTRODUCTION),
        code("install", INSTALL),
        code("imports", IMPORTS),
    ]
    for module, title in SECTIONS.items():
        cells.append(markdown(module, f"## {title}"))
        for name in operations():
            if PRIMITIVES[name].value.__module__.endswith(f".{module}"):
                cells += [
                    markdown(f"{name}-formula", formulas(name)),
                    code(name, f'show("{name}")'),
                ]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return v4.new_notebook(cells=cells, metadata=metadata)


def markdown(name: str, text: str) -> nbformat.NotebookNode:
    return v4.new_markdown_cell(text, id=name)


def code(name: str, text: str) -> nbformat.NotebookNode:
    return v4.new_code_cell(text.rstrip(), id=name)


def formulas(name: str) -> str:
    """An operation's heading, its docstring's first paragraph, and its formulas by SymPy."""
    op = PRIMITIVES[name]
    said = " ".join(inspect.getdoc(op).split("\n\n")[0].split())
    operands = [symbols(parameter) for parameter in inspect.signature(op).parameters]
    z = op(*operands)
    leaves = {leaf: str(leaf.data) for leaf in z.parents}
    written = [("z", z.data)]
    for leaf, derivative in zip(leaves, local_derivatives(z, {**leaves, z: "z"}), strict=True):
        written.append((rf"\frac{{\partial z}}{{\partial {sympy.latex(leaf.data)}}}", derivative))
    lines = [
        f"{left} = {sympy.latex(rounded(right))}" for left, right in written if right is not None
    ]
    return f"### `{name}`\n\n{said}\n\n$$" + r" \qquad ".join(lines) + "$$"


def rounded(formula: Any) -> Any:
    """A formula in which ⌈u/2 - ¼⌉ + ⌊u/2 + ¼⌋ is written round(u): halves to the even number."""
    for floor in formula.atoms(sympy.floor):
        u = sympy.cancel(2 * floor.args[0] - sympy.Rational(1, 2))
        nearest = sympy.ceiling(floor.args[0] - sympy.Rational(1, 2)) + floor
        for sign in (1, -1):
            if formula == sign * nearest:
                return sign * sympy.Function(r"\operatorname{round}")(u)
    return formula


def symbols(parameter: str) -> Any:
    """What an operation is given to be written down."""
    if parameter == "c":
        return sympy.Symbol("c", real=True) > 0
    if parameter in ("xs", "ws"):
        return [Value(sympy.Symbol(f"{parameter[0]}{i}", real=True)) for i in (1, 2, 3)]
    return Value(sympy.Symbol(parameter, real=True))


if __name__ == "__main__":
    nbformat.write(gallery(), PATH)
