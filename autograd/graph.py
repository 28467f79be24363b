"""The graph swept: its topological order, and adjoints sent down it by the chain rule.

A node is a `Value`; this file stands below the one that defines it. Nothing recurses, so a graph
may be as deep as memory allows, and parents are ordered, so every run adds up in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import context
from .errors import PrimitiveError
from .ieee import with_ieee_division
from .registry import Number
from .samples import conform
from .untaken import NOTHING, sweeping

if TYPE_CHECKING:
    from .primitive import Primitive
    from .value import Value


def topological_order(  # noqa: C901  (a call a node would double its time)
    *roots: Value, since: int = 0
) -> list[Value]:
    """Every node that the roots depend on, each after its operands; none made before an epoch."""
    if not roots:
        return []
    kind = type(roots[0])
    order: list[Value] = []
    seen: set[Value] = set()
    done: set[int] = set()  # sequences of which all is in the order: neurons share their inputs
    stack: list[Any] = [*reversed(roots)]
    while stack:
        node = stack.pop()
        if node is None:  # all that the node under this mark depends on is in the order
            order.append(stack.pop())
        elif type(node) is int:
            done.add(node)
        elif node not in seen:
            seen.add(node)
            if node.op is None:
                order.append(node)
                continue
            stack += (node, None)
            left, right = node.left, node.right
            if type(right) is kind and right not in seen and right.epoch >= since:
                stack.append(right)
            if type(left) is kind and left not in seen and left.epoch >= since:
                stack.append(left)
            for sequence in (right, left) if type(left) is tuple or type(right) is tuple else ():
                if type(sequence) is not tuple or id(sequence) in done:
                    continue
                stack.append(id(sequence))
                for v in reversed(sequence):
                    if type(v) is kind and v not in seen and v.epoch >= since:
                        stack.append(v)
    return order


def live_nodes(order: Sequence[Value], since: int) -> set[Value]:
    """Of an order, the nodes that depend on a Value made before the epoch ``since``."""
    live: set[Value] = set()
    for node in order:
        for operand in (node.left, node.right):
            for v in operand if type(operand) is tuple else (operand,):
                if type(v) is type(node) and (v.epoch < since or v in live):
                    live.add(node)
    return live


def propagate(
    order: Sequence[Value],
    seeds: Mapping[Value, Number],
    since: int = 0,
    live: Collection[Value] = (),
) -> None:
    """Send adjoints from the seeds down a topological order, into ``grad`` of every node in it.

    Formulas see numbers. Of the ``live`` nodes, which depend on Values made before the epoch
    ``since``, they see the Values, so that what they send can be differentiated once more.
    """
    for node in order:
        node.grad = NOTHING
    for node, seed in seeds.items():
        node.grad = seed
    with sweeping():
        _sweep(order, since, live)
    if context.observers:
        context.announce("swept", order)


def _sweep(  # noqa: C901, PLR0912  (unrolled: the engine spends its time here)
    order: Sequence[Value], since: int, live: Collection[Value]
) -> None:
    """Run every node's formulas once, last to first, adding what they send to its operands."""
    kind = type(order[-1])
    for node in reversed(order):
        g, op = node.grad, node.op
        if op is None or g is NOTHING:
            continue
        if type(g) is not type(node.z):  # one number for a batch is for each of its samples
            g = node.grad = conform(g, node.z)
        if live and node in live:
            z, x, y = node, node.left, node.right
        else:
            z, x, y = node.z, node.x, node.y
        left, right = node.left, node.right
        c = d = NOTHING
        try:
            if type(left) is kind and left.epoch >= since:
                c = op.dx(g, z, x, y)
            if type(right) is kind and right.epoch >= since:
                d = op.dy(g, z, x, y)
        except ZeroDivisionError:
            c, d = _with_ieee_division(node, (g, z, x, y), since)
        if c is not NOTHING:
            if type(c) is not float:
                c = op.received(c, node.x)
            left.grad = c if left.grad is NOTHING else left.grad + c
        if d is not NOTHING:
            if type(d) is not float:
                d = op.received(d, node.y)
            right.grad = d if right.grad is NOTHING else right.grad + d
        if type(left) is tuple:
            _send_to_each(node, op.dx, left, node.x, (g, z, x, y), since)
        if type(right) is tuple:
            _send_to_each(node, op.dy, right, node.y, (g, z, x, y), since)


def _with_ieee_division(node: Value, arguments: Any, since: int) -> Iterator[Number]:
    """What both operands receive where a formula divided by zero."""
    assert node.op is not None
    for operand, formula in ((node.left, node.op.dx), (node.right, node.op.dy)):
        wanted = type(operand) is type(node) and operand.epoch >= since
        yield _run(formula, arguments) if wanted else NOTHING


def _run(formula: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        return formula(*arguments)
    except ZeroDivisionError:
        return with_ieee_division(formula, *arguments)


def _send_to_each(
    node: Value, formula: Any, operands: tuple[Any, ...], numbers: Any, arguments: Any, since: int
) -> None:
    """Add what a formula sends to each Value of a sequence to its adjoint."""
    kind, op = type(node), node.op
    assert op is not None
    shares = _of_sequence(op, kind, formula, operands, arguments, since)
    at_once = shares and type(shares[0]) is not float  # a batch: all sums over its samples
    if at_once:
        shares = op.each_received(shares, numbers)
    for v, c, number in zip(operands, shares, numbers):  # noqa: B905  (no shares, none sent)
        if type(v) is kind and v.epoch >= since:
            if type(c) is not float and not at_once:
                c = op.received(c, number)  # noqa: PLW2901
            if c is not NOTHING:
                v.grad = c if v.grad is NOTHING else v.grad + c


def _of_sequence(
    op: Primitive, kind: Any, formula: Any, operands: Any, arguments: Any, since: int
) -> Sequence[Number]:
    """What a formula sends to each of a sequence; computed only if a Value of the epoch is there."""
    for v in operands:
        if type(v) is kind and v.epoch >= since:
            break
    else:
        return ()
    shares = _run(formula, arguments)
    if type(shares) is not list or len(shares) != len(operands):
        raise PrimitiveError(
            f"a pullback formula of {op.name} sent {shares!r} to a sequence of "
            f"{len(operands)}: it must return a list of as many numbers"
        )
    return shares


def contributions(
    node: Value, g: Number, since: int = 0, live: Collection[Value] = ()
) -> Iterator[tuple[Value, Number]]:
    """The parents made since an epoch, each with what it receives when the node's adjoint is g."""
    for v, c, number in shares(node, g, since, live):
        assert node.op is not None
        yield v, node.op.received(c, number)


def shares(
    node: Value, g: Number, since: int = 0, live: Collection[Value] = ()
) -> Iterator[tuple[Value, Any, Number]]:
    """The parents, what the formulas answer for each (of every sample), and the number it held."""
    op = node.op
    if op is None:
        return
    kind = type(node)
    seen = (node, node.left, node.right) if node in live else (node.z, node.x, node.y)
    for operand, number, formula in ((node.left, node.x, op.dx), (node.right, node.y, op.dy)):
        if type(operand) is kind:
            if operand.epoch >= since:
                yield operand, _run(formula, (g, *seen)), number
        elif type(operand) is tuple:
            answers = _of_sequence(op, kind, formula, operand, (g, *seen), since)
            for v, c, x in zip(operand, answers, number, strict=False):
                if type(v) is kind and v.epoch >= since:
                    yield v, c, x
