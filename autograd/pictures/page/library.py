"""The command line's functions for the page, so that an expression typed there can be computed.

A function is recorded once for every shape of its arguments: its `macro` is what the page's parser
copies into its own graph.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ...tools.expression import MEANT, OPERATORS, public_functions
from .macro import macro
from .program import Formulas, written
from .recorder import Shape

LONGEST = 16
"""The longest list in an expression that is typed in a page."""

SHAPES: list[Shape] = [
    *((None,) * n for n in (1, 2, 3)),
    *((n,) for n in range(LONGEST + 1)),
    *((n, n) for n in range(LONGEST + 1)),
]


def library() -> dict[str, Any]:
    """Every function and operator of an expression by name and shape, with the formulas they need;
    and what other names of functions mean.
    """
    formulas = Formulas()
    functions = {name: macros(f, formulas) for name, f in public_functions().items()}
    operators: dict[str, dict[str, Any]] = {}
    for kind, f in OPERATORS.items():
        symbol, n = _symbol(kind)
        operators.setdefault(symbol, {})[written((None,) * n)] = macro(f, (None,) * n, formulas)
    return {
        "functions": functions,
        "operators": operators,
        "formulas": formulas.recorded,
        "meant": MEANT,
    }


def macros(f: Callable[..., Any], formulas: Formulas) -> dict[str, Any]:
    """The macro of a function for every shape that it takes."""
    found = {}
    for shape in SHAPES:
        try:
            found[written(shape)] = macro(f, shape, formulas)
        except (TypeError, ValueError):  # it takes no such arguments
            continue
    return found


def _symbol(kind: Any) -> tuple[str, int]:
    """How Python writes an operator, and how many operands it has."""
    x: Any = ast.Name("x")
    if issubclass(kind, ast.unaryop):
        return ast.unparse(ast.UnaryOp(kind(), x)).removesuffix("x"), 1
    binary = ast.BinOp(x, kind(), x) if issubclass(kind, ast.operator) else None
    return ast.unparse(binary or ast.Compare(x, [kind()], [x])).split()[1], 2
