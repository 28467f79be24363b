"""`value.apply` and `value.pull` once more, for speed only: a closure for each operation, for floats.

Called by Python's operators a Value is asked for nothing that its closure does not hold already, and
floats never meet a `Kind`. Whatever is no float, and every error, goes to the plain definitions;
`tests/test_specialised.py` holds both to the same bits. One training step takes a sixth less time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import context, primitive
from .context import next_serial
from .kinds.kind import NOTHING, unbroadcast

if TYPE_CHECKING:
    from .primitive import Primitive
    from .value import Value

Binary = Callable[["Value", Any], "Value"]


def engine(*definitions: Any) -> None:
    """`value` gives the type of a node and the plain definitions."""
    global Value, apply, pull  # noqa: PLW0603
    Value, apply, pull = definitions


def bind(op: Primitive) -> None:
    """Give an operation its two halves: ``apply`` makes a node, ``pull`` is the way back."""
    if op.sequences or len(op.pullbacks) > 2:
        op.apply = lambda x, y=None: apply(op, x, y)
        op.pull = pull
    elif len(op.pullbacks) == 1:
        op.apply, op.pull = _unary(op, op.value, op.pullbacks[0])
    else:
        op.apply, op.pull = _binary(op, op.value, *op.pullbacks)


def operators(op: Primitive) -> tuple[Binary, Binary]:
    """The methods of an operator, with the Value on the left and on the right."""
    bind(op)
    forward = op.apply
    return forward, lambda y, x: forward(x, y)


def _unary(op: Primitive, formula: Any, dx: Any) -> tuple[Any, Any]:
    new = object.__new__

    def apply_unary(x: Any) -> Any:
        """z = f(x)."""
        a = x.data if type(x) is Value else x
        if type(a) is not float:
            return apply(op, x)
        try:
            z = formula(a)
        except ZeroDivisionError:
            return apply(op, x)
        if type(z) is not float:
            z = op.result(z, a, None)
        if type(x) is not Value:
            return z
        node = new(Value)
        node.data = node.z = z
        node.grad = NOTHING
        node.op = op
        node.left = x
        node.right = node.y = None
        node.x = a
        node.serial = next_serial()
        if context.open_blocks:
            if context.observers:
                context.announce("made", node)
            if not context.running.recording:
                node.op = node.left = node.right = node.x = node.y = None
        return node

    def pull_unary(node: Value) -> None:
        """x receives g · ∂z/∂x."""
        x = node.left
        if type(node.x) is not float or type(x) is not Value:
            return pull(node)
        try:
            c = dx(node.grad, node.z, node.x)
        except ZeroDivisionError:
            return pull(node)
        if type(c) is not float:
            c = unbroadcast(op.checked(c), node.x)
        if c is not NOTHING:
            x.grad = c if x.grad is NOTHING else x.grad + c
        return None

    return apply_unary, pull_unary


def _binary(op: Primitive, formula: Any, dx: Any, dy: Any) -> tuple[Any, Any]:
    new = object.__new__

    def apply_binary(x: Any, y: Any) -> Any:
        """z = f(x, y)."""
        a = x.data if type(x) is Value else x
        b = y.data if type(y) is Value else y
        if (type(a) is not float and type(a) is not int) or (
            type(b) is not float and type(b) is not int
        ):
            return apply(op, x, y)
        try:
            z = formula(a, b)
        except ZeroDivisionError:
            return apply(op, x, y)
        if type(z) is not float:
            z = op.result(z, a, b)
        if type(x) is not Value and type(y) is not Value:
            return z
        node = new(Value)
        node.data = node.z = z
        node.grad = NOTHING
        node.op = op
        node.left = x
        node.right = y
        node.x = a
        node.y = b
        node.serial = next_serial()
        if context.open_blocks:
            if context.observers:
                context.announce("made", node)
            if not context.running.recording:
                node.op = node.left = node.right = node.x = node.y = None
        return node

    def pull_binary(node: Value) -> None:
        """x receives g · ∂z/∂x, and y receives g · ∂z/∂y."""
        g, z, x, y, a, b = node.grad, node.z, node.left, node.right, node.x, node.y
        if (type(a) is not float and type(a) is not int) or (
            type(b) is not float and type(b) is not int
        ):
            return pull(node)
        try:
            c = dx(g, z, a, b) if type(x) is Value else NOTHING
            d = dy(g, z, a, b) if type(y) is Value else NOTHING
        except ZeroDivisionError:
            return pull(node)
        if c is not NOTHING:
            if type(c) is not float:
                c = unbroadcast(op.checked(c), a)
            x.grad = c if x.grad is NOTHING else x.grad + c
        if d is not NOTHING:
            if type(d) is not float:
                d = unbroadcast(op.checked(d), b)
            y.grad = d if y.grad is NOTHING else y.grad + d
        return None

    return apply_binary, pull_binary


primitive.bind = bind
