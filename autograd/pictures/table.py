"""The graph as a table of text: every node with its operation, value and gradient.

It needs no program and no package, and stands in for the picture where none can be drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..kinds.kind import NOTHING
from ..tools.wording import SYMBOLS, arguments, number, shorten
from ..value import Value, topological_order

NO_GRADIENT = "–"
DIGITS = 6
TOLD = 20  # nodes of a large graph that `in_words` tells


class Row(NamedTuple):
    """A node of the graph as text."""

    node: str
    operation: str
    value: str
    gradient: str


def names(order: Iterable[Value]) -> dict[Value, str]:
    """What each node is called: its label, or a number of ours that is no other's label."""
    order = list(order)
    taken = {node.label for node in order}
    fresh = (name for i in range(1, 2 * len(order) + 2) if (name := f"v{i}") not in taken)
    return {node: shorten(_one_line(node.label), 24) or next(fresh) for node in order}


def rows(order: Iterable[Value], root: Value) -> list[Row]:
    """The nodes in the order given; gradients are "–" as long as no backward pass began at root."""
    called = names(order)
    started = root.grad is not NOTHING
    return [
        Row(
            name,
            operation(node, called),
            number(node.data, DIGITS),
            number(node.grad, DIGITS) if started else NO_GRADIENT,
        )
        for node, name in called.items()
    ]


def table(root: Value, limit: int | None = None) -> str:
    """The nodes that root depends on in topological order; of more than ``limit`` the last ones.

    >>> x = Value(-2.0, "x")
    >>> print(table(x * 3))
    node  operation  value  gradient
    x     leaf          -2         –
    v1    x * 3         -6         –
    """
    order = reading_order(root)
    shown = order[-limit:] if limit else order
    text = aligned([Row("node", "operation", "value", "gradient"), *rows(shown, root)])
    hidden = len(order) - len(shown)
    return f"({hidden:,} earlier nodes are not shown)\n{text}" if hidden else text


def in_words(root: Value) -> str:
    """The graph in sentences, for those who do not see its picture; the last nodes of a large one.

    >>> x = Value(-2.0, "x")
    >>> in_words(x * 3)
    'Computation graph of 2 nodes. x = leaf: value -2, gradient –. v1 = x * 3: value -6, gradient –.'
    """
    order = reading_order(root)
    told = rows(order[-TOLD:], root)
    shown = [f"{r.node} = {r.operation}: value {r.value}, gradient {r.gradient}." for r in told]
    more = [f"The last {TOLD}:"] if len(order) > TOLD else []
    return " ".join([f"Computation graph of {len(order):,} nodes.", *more, *shown])


def record(expression: str, root: Value) -> dict[str, Any]:
    """The table as data for JSON; a number that JSON does not have is a string: "inf", "nan".

    >>> x = Value(2.0, "x")
    >>> record("x", x)["nodes"]
    [{'node': 'x', 'operation': 'leaf', 'value': 2.0, 'gradient': 0.0}]
    """
    called = names(reading_order(root))
    return {
        "expression": expression,
        "nodes": [
            {
                "node": name,
                "operation": operation(node, called),
                "value": _json(node.data),
                "gradient": _json(node.grad),
            }
            for node, name in called.items()
        ],
    }


def _json(x: float) -> float | str:
    return x if math.isfinite(x) else str(x)


def reading_order(root: Value) -> list[Value]:
    """The graph in topological order, each leaf before its first use."""
    order: dict[Value, None] = {}
    for node in topological_order(root):
        if node.op is not None or node is root:
            order |= dict.fromkeys((*(x for x in node.parents if x.op is None), node))
    return list(order)


def aligned(table: Sequence[Row]) -> str:
    """Rows of text in columns: names to the left, numbers to the right."""
    a, b, c, d = (max(map(len, column)) for column in zip(*table, strict=True))
    return "\n".join(f"{n:<{a}}  {o:<{b}}  {v:>{c}}  {g:>{d}}" for n, o, v, g in table)


def operation(node: Value, called: Mapping[Value, str]) -> str:
    """The operation as Python writes it: ``x + y``, ``tanh(v1)``, ``dot([w, v], [1, 2])``."""
    if node.op is None:
        return "leaf"
    texts = [_argument(x, called) for x in arguments(node)]
    symbol = SYMBOLS.get(node.op.name)
    if symbol is None:
        return f"{node.op.name}({shorten(', '.join(texts), 40)})"
    return f" {symbol} ".join(texts) if len(texts) == 2 else symbol + texts[0]


def _argument(x: Any, called: Mapping[Value, str]) -> str:
    if type(x) is tuple:
        return "[" + ", ".join(_argument(v, called) for v in x) + "]"
    return called.get(x, "…") if type(x) is Value else number(x)


def _one_line(label: str) -> str:
    return "".join(c if c.isprintable() else " " for c in label).strip()
