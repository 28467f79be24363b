"""A function of numbers as the graph that it makes, with parameters in place of numbers.

It is called once, on Values of numbers that write themselves down. The graph that this makes is a
*macro*: nodes whose operands are parameters ``"x0"``, ``"x1"``, … and nodes ``"#0"``, ``"#1"``, …
A batch in it is taken apart, so that every node holds one number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...tools.wording import arguments
from ...value import Value, topological_order
from . import recorder
from .program import Formulas
from .recorder import Code, Column, Recorded, Shape, Written


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
        """Copy a node; a batch is a node for every sample."""
        if node.op is None or not isinstance(node.z, Recorded):  # a parameter or a constant
            return
        operands, shape = recorder.opened(arguments(node))
        operands = [x.z if type(x) is Value else x for x in operands]
        rows = recorder.each(operands)
        if rows is None:
            self.apply(node, shape, operands, node.z)
        elif type(node.z) is Column:
            for row, z in zip(rows, node.z.numbers, strict=True):
                self.apply(node, shape, row, z)
        else:  # the sum over the samples of a batch
            self.apply(node, (len(rows),), [x for row in rows for x in row], node.z)

    def apply(self, node: Value, shape: Shape, operands: Sequence[Any], z: Any) -> None:
        """A node that applies an operation to single numbers."""
        places = [self.place(x) for x in operands]
        self.places[z.name] = self.add(self.formulas.key(node.op, shape), places)  # type: ignore[arg-type]

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
