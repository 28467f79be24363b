"""`value.apply` and `value.pull` once more, for speed only: closures for each operation, for floats.

Called by Python's operators a Value is asked for nothing that its closure does not hold already, and
floats never meet a `Kind`. Whatever is no float, and every error, goes to the plain definitions;
`tests/test_specialised.py` holds both to the same bits.
There is a pair of closures for operations of one number, of two, and of sequences.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

from . import context
from .context import open_blocks, serials
from .kinds.kind import NOTHING, Numeric, constant, plain, unbroadcast, unbroadcast_each
from .operands import kept_each, operand
from .operations import arithmetic as ops
from .primitive import Primitive

if TYPE_CHECKING:
    from .value import Value as Node

Value: Any
apply: Callable[..., Any]
pull: Callable[[Any], None]
Operator = Callable[["Node", Numeric], "Node"]
BUILTIN: dict[Any, Callable[..., Any]] = {  # the same as the value formula, a Python call less
    ops.add: operator.add,
    ops.sub: operator.sub,
    ops.mul: operator.mul,
    ops.div: operator.truediv,
    ops.neg: operator.neg,
}


def engine(node: Any, forward: Any, backward: Any) -> None:
    """`value` gives the type of its nodes, and the plain definitions."""
    global Value, apply, pull
    Value, apply, pull = node, forward, backward


def bind(op: Primitive[Any]) -> None:
    """Give an operation its two halves: ``apply`` makes a node, ``pull`` is the way back."""
    if op.sequences or len(op.pullbacks) > 2:
        op.apply, op.pull = _sequences(op, op.formula if op.by_name else op.by_kind, op.dx, op.dy)
    elif len(op.pullbacks) == 1:
        op.apply, op.pull = _unary(op, BUILTIN.get(op, op.value), op.pullbacks[0])
    else:
        op.apply, op.pull = _binary(op, BUILTIN.get(op, op.value), *op.pullbacks)


def operators(op: Primitive[Any]) -> tuple[Operator, Operator]:
    """The methods of an operator, with the Value on the left and on the right."""
    forward = prefix(op)
    return forward, update_wrapper(lambda y, x: forward(x, y), op.value)


def prefix(op: Primitive[Any]) -> Callable[..., Node]:
    """The method of an operator before a Value."""
    bind(op)
    return update_wrapper(op.apply, op.value)  # named so in errors and in help(Value)


def _unary(op: Primitive[Any], formula: Any, dx: Any) -> tuple[Any, Any]:  # noqa: C901  (nothing is called)
    new, state = object.__new__, context.running.get

    def apply_unary(x: Any) -> Any:
        """z = f(x)."""
        a = x.data if type(x) is Value else x
        if type(a) is not float and type(a) not in plain:
            return apply(op, x)
        try:
            z = formula(a)
        except (ArithmeticError, ValueError, TypeError):
            return apply(op, x)
        if type(z) is not float:
            z = op.result(z, a, None)
        if type(x) is not Value:
            return z
        node = new(Value)
        node.data = node.z = z
        node.grad = NOTHING
        node.serial = next(serials)
        if open_blocks:
            if state().forgetful:
                node.op = node.left = node.right = node.x = node.y = None
                return node
            if state().observers:
                node.op, node.left, node.right, node.x, node.y = op, x, None, a, None
                context.made(node)
                return node
        node.op = op
        node.left = x
        node.right = node.y = None
        node.x = a
        return node

    def pull_unary(node: Any) -> None:
        """x receives g · ∂z/∂x."""
        x = node.left
        if (type(node.x) is not float and type(node.x) not in plain) or type(x) is not Value:
            pull(node)
            return
        try:
            c = dx(node.grad, node.z, node.x)
        except ZeroDivisionError:
            pull(node)
            return
        if type(c) is not float:
            c = unbroadcast(op.checked(c), node.x)
        if c is not NOTHING:
            x.grad = c if x.grad is NOTHING else x.grad + c

    return apply_unary, pull_unary


def _binary(op: Primitive[Any], formula: Any, dx: Any, dy: Any) -> tuple[Any, Any]:  # noqa: C901
    new, state = object.__new__, context.running.get

    def apply_binary(x: Any, y: Any) -> Any:
        """z = f(x, y)."""
        if type(x) is Value:
            a = x.data
            b = y.data if type(y) is Value else y
        elif type(y) is Value:
            a, b = x, y.data
        else:
            return apply(op, x, y)
        if (type(a) is not float or type(b) is not float) and not (
            type(a) in plain and type(b) in plain
        ):
            v = x if type(x) is Value else _as_float(x)
            w = y if type(y) is Value else _as_float(y)
            return apply(op, x, y) if v is x and w is y else apply_binary(v, w)
        try:
            z = formula(a, b)
        except (ArithmeticError, ValueError, TypeError):
            return apply(op, x, y)
        if type(z) is not float:
            z = op.result(z, a, b)
        node = new(Value)
        node.data = node.z = z
        node.grad = NOTHING
        node.serial = next(serials)
        if open_blocks:
            if state().forgetful:
                node.op = node.left = node.right = node.x = node.y = None
                return node
            if state().observers:
                node.op, node.left, node.right, node.x, node.y = op, x, y, a, b
                context.made(node)
                return node
        node.op = op
        node.left = x
        node.right = y
        node.x = a
        node.y = b
        return node

    def pull_binary(node: Any) -> None:
        """x receives g · ∂z/∂x, and y receives g · ∂z/∂y."""
        g, z, x, y, a, b = node.grad, node.z, node.left, node.right, node.x, node.y
        if (type(a) is not float or type(b) is not float) and not (
            type(a) in plain and type(b) in plain
        ):
            pull(node)
            return
        try:
            c = dx(g, z, a, b) if type(x) is Value else NOTHING
            d = dy(g, z, a, b) if type(y) is Value else NOTHING
        except ZeroDivisionError:
            pull(node)
            return
        if c is not NOTHING:
            if type(c) is not float:
                c = unbroadcast(op.checked(c), a)
            x.grad = c if x.grad is NOTHING else x.grad + c
        if d is not NOTHING:
            if type(d) is not float:
                d = unbroadcast(op.checked(d), b)
            y.grad = d if y.grad is NOTHING else y.grad + d

    return apply_binary, pull_binary


def _as_float(x: Any) -> Any:
    """NumPy's float64, which derives from float, as the float that it is; any other x as it is."""
    c = constant(x) if isinstance(x, float) and type(x) is not float else x
    return c if type(c) is float else x


def _sequences(op: Primitive[Any], formula: Any, dx: Any, dy: Any) -> tuple[Any, Any]:  # noqa: C901
    new, nodes = object.__new__, (Value, tuple)

    def apply_sequences(x: Any, y: Any = None) -> Any:
        """z = f(x, y), a sequence in a slot or in both."""
        (x, a), (y, b) = operand(x, Value), operand(y, Value)
        try:
            z = formula(a, b)
        except (ArithmeticError, ValueError, TypeError):
            return apply(op, x, y)
        if type(z) is not float:
            z, a, b = op.result(z, a, b), kept_each(x, a), kept_each(y, b)
        if type(x) not in nodes and type(y) not in nodes:
            return z
        node = new(Value)
        node.data = node.z = z
        node.grad = NOTHING
        node.serial = next(serials)
        node.op = op
        node.left = x
        node.right = y
        node.x = a
        node.y = b
        if open_blocks:
            context.made(node)
        return node

    def pull_sequences(node: Any) -> None:
        """Every Value of a sequence receives what the formula made for its place."""
        x, y, g, z, a, b = node.left, node.right, node.grad, node.z, node.x, node.y
        if type(x) is Value or type(y) is Value:
            pull(node)
            return
        for xs, numbers, pullback in ((x, a, dx), (y, b, dy)):
            if type(xs) is tuple:
                cs = op.answers(pullback, len(xs), g, z, a, b)
                each = unbroadcast_each(cs, numbers)
                one_by_one = each is cs
                for v, c, n in zip(xs, each, numbers):  # noqa: B905  (checked, and faster than strict)
                    if c is not NOTHING and type(v) is Value:
                        if one_by_one and (type(c) is not float or type(n) is not float):
                            c = unbroadcast(op.checked(c), n)  # noqa: PLW2901
                        v.grad = c if v.grad is NOTHING else v.grad + c

    return apply_sequences, pull_sequences


Primitive.bind = staticmethod(bind)
