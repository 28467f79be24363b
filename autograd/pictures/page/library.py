"""The command line's functions for the page, so that an expression typed there can be computed.

A function is called once for every shape of its arguments, on Values of numbers that write
themselves down: the graph that it makes is a *macro*, which the page's parser copies into its own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ...tools.expression import OPERATORS, public_functions
from ...tools.wording import arguments
from ...value import Value, topological_order
from . import recorder
from .program import Formulas, written
from .recorder import Code, Shape, Written

LONGEST = 16
"""The longest list in an expression that is typed in a page."""

SHAPES: list[Shape] = [
    *((None,) * n for n in (1, 2, 3)),
    *((n,) for n in range(LONGEST + 1)),
    *((n, n) for n in range(LONGEST + 1)),
]


def library() -> dict[str, Any]:
    """Every function and operator of an expression by name and shape, with the formulas they need."""
    formulas = Formulas()
    functions = {name: macros(f, formulas) for name, f in public_functions().items()}
    operators: dict[str, dict[str, Any]] = {}
    for kind, f in OPERATORS.items():
        symbol, n = _symbol(kind)
        operators.setdefault(symbol, {})[written((None,) * n)] = macro(f, (None,) * n, formulas)
    return {"functions": functions, "operators": operators, "formulas": formulas.recorded}


def macros(f: Callable[..., Any], formulas: Formulas) -> dict[str, Any]:
    """The macro of a function for every shape that it takes."""
    found = {}
    for shape in SHAPES:
        try:
            found[written(shape)] = macro(f, shape, formulas)
        except (TypeError, ValueError):  # it takes no such arguments
            continue
    return found


def macro(f: Callable[..., Any], shape: Shape, formulas: Formulas) -> dict[str, Any]:
    """The graph that a function makes of arguments of a shape, and the places of its results."""
    code = Code()
    given = [tuple(map(Value, x)) if type(x) is tuple else Value(x) for x in code.variables(shape)]
    result = f(*given)
    several = isinstance(result, list)
    results = result if several else [result]
    graph = _Macro(code, formulas)
    for node in topological_order(*(v for v in results if type(v) is Value)):
        graph.take(node)
    places = [graph.place(v) for v in results]
    return {"nodes": graph.nodes, "results": places if several else places[0]}


class _Macro:
    """A graph being copied: where each number of its code stands."""

    def __init__(self, code: Code, formulas: Formulas) -> None:
        self.code, self.formulas = code, formulas
        self.nodes: list[dict[str, Any]] = []
        self.places: dict[str, str] = {}

    def take(self, node: Value) -> None:
        """Copy a node; a parameter stands for itself."""
        if node.op is not None:
            operands, shape = recorder.opened(arguments(node))
            places = [self.place(x) for x in operands]
            self.places[node.z.name] = self.add(self.formulas.key(node.op, shape), places)

    def add(self, key: str, operands: list[Any]) -> str:
        """A new node, and its place."""
        self.nodes.append({"formula": key, "operands": operands})
        return f"#{len(self.nodes) - 1}"

    def place(self, x: Any) -> Any:
        """The place of a Value, a condition or a constant; of a condition nodes are made here."""
        x = recorder.name(x.z if type(x) is Value else x)
        if type(x) is not str or x[0] != "#":
            return x
        if x not in self.places:
            function, *operands = self.code.lines[int(x[1:])]
            places = [self.place(Written(self.code, y) if type(y) is str else y) for y in operands]
            self.places[x] = self.add(self.formulas.quiet(function, len(places)), places)
        return self.places[x]


def _symbol(kind: Any) -> tuple[str, int]:
    """How Python writes an operator, and how many operands it has."""
    x: Any = ast.Name("x")
    if issubclass(kind, ast.unaryop):
        return ast.unparse(ast.UnaryOp(kind(), x)).removesuffix("x"), 1
    binary = ast.BinOp(x, kind(), x) if issubclass(kind, ast.operator) else None
    return ast.unparse(binary or ast.Compare(x, [kind()], [x])).split()[1], 2
