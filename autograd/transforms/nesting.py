"""Values as the numbers of formulas: how a derivative is differentiated once more.

A pullback formula given Values in place of numbers makes nodes, so what it sends is a graph again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from ..errors import NumberError
from ..kinds import kind as kinds
from ..kinds import numeric
from ..kinds.kind import NOTHING
from ..operations import samples
from ..operations.composites import EVERY
from ..primitive import primitive
from ..value import Value, new_node


@primitive(lambda g, z, x: g)
def lift(x: Any) -> Any:
    """A variable of its own with the number of another, and still connected to it.

    >>> lift(2.0)
    2.0
    """
    return x


def variable(x: Any) -> Value:
    """A new Value of a number, or a new one that is connected to a Value."""
    v: Value = lift(x) if isinstance(x, Value) else new_node(x)
    return v


def live_nodes(order: Sequence[Value], since: int) -> set[Value]:
    """Of an order, the nodes that depend on a Value made before ``since``."""
    live: set[Value] = set()
    for node in order:
        for x in (node.left, node.right):
            if type(x) is Value:
                if x.serial < since or x in live:
                    live.add(node)
            elif type(x) is tuple and any(
                type(v) is Value and (v.serial < since or v in live) for v in x
            ):
                live.add(node)
    return live


def _unbroadcast(c: Value, x: Any) -> Any:
    """What an operand that holds the number x receives, as a Value."""
    if type(c.data) is float and type(x) is float:
        return c
    return c if kinds.unbroadcast(c.data, x) is c.data else unbroadcast(c, x)


@primitive(lambda g, z, c, x: g, lambda g, z, c, x: NOTHING)
def unbroadcast(c: Any, x: Any) -> Any:
    """An adjoint as an operand that holds x takes it; what comes back is brought to its own form.

    >>> unbroadcast(2.0, 1.0)
    2.0
    """
    return kinds.unbroadcast(c, x)


unbroadcast.by_name = True


def _refuse(x: Any) -> NoReturn:
    raise NumberError(
        f"a Value holds a number, not another Value: {x!r}; a step down is p.data = p.data - "
        f"rate * p.grad, and v.detach() is a new Value of the number alone"
    )


kinds.register(
    Value,
    {
        **{name: op for name, op in EVERY.items() if name in kinds.names},
        "to_shape": samples.to_shape,
        "unbroadcast": _unbroadcast,
        "strays": lambda v, mask: kinds.of(v.data).strays(v.data, mask),
        "only": lambda c, g: numeric.only(bool(c) if not c.shape else c.data, g),
        "constant": _refuse,
        "result": _refuse,  # of what was assigned to .data
        "like": lambda n, v: kinds.like(n, v.data),
        "is_nan": lambda v: kinds.is_nan(v.data),
        "is_finite": lambda v: kinds.is_finite(v.data),
    },
    priority=9,
)
