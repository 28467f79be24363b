"""The engine: a number that remembers how it was made, and the chain rule run backwards over it.

An expression on Values builds a graph. Every node keeps the operation that made it, its operands,
and the numbers that it saw; with the operation's pullback formulas, one for each operand, these are
its *local backward closure*. `Value.backward` puts the graph in topological order and runs every
closure once, from the result back to the leaves: reverse-mode automatic differentiation.

    z = f(x, y) remembers f, x and y          forward:   apply
    x receives g · ∂z/∂x, and adds it up      backward:  pull

Names: x, y the operands of an operation, z its result; g the adjoint of z, ∂(output)/∂z; c what an
operand receives, g · ∂z/∂x; NOTHING, a 0, until something arrives. A *leaf* is a node that no
operation made. The formulas are in `operations`; numbers that are no floats, and all that is asked
of them, in `kinds`, where masks say which samples took a branch.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, final

from . import context, specialised
from .adjoints import adjoints, contributions
from .context import serials
from .errors import NumberError
from .kinds import kind as kinds
from .kinds import masks
from .kinds.kind import NOTHING, Number, Numeric, by_elements
from .operands import kept_each, operand, reflected, side_by_side
from .operations import arithmetic as ops
from .primitive import Primitive, elementwise
from .protocols.hints import power
from .protocols.methods import Methods
from .protocols.python import Protocols
from .specialised import operators, prefix


@final
class Value(Methods, Protocols):
    """A number that remembers how it was made, so that gradients can flow back through it.

    ``data`` is a float (an int becomes one), a Fraction, an mpmath.mpf, a SymPy expression, any
    kind given to `register`, or a one-dimensional NumPy array: a batch, n samples of one scalar.
    ``grad`` reads 0.0 until a ``backward()`` reaches the node. ``op`` is the `Primitive` that made
    the node, None for a leaf. Raises NumberError, a TypeError, for data that is no such number.

    >>> x, y, z = Value(-2.0, "x"), Value(5.0, "y"), Value(-4.0, "z")
    >>> f = (x + y) * z
    >>> f.backward()
    >>> f.data, x.grad, y.grad, z.grad
    (-12.0, -4.0, -4.0, 3.0)
    """

    data: Number
    grad: Number
    op: Primitive[...] | None
    left: Any  # operands: a Value, a constant, a tuple of both (a list if all constant), or None
    right: Any
    x: Any  # the numbers of left and right as the operation saw them, and what came out
    y: Any
    z: Number
    serial: int  # nodes are numbered as they are made: every operand before its result
    notes: Mapping[str, Any]  # label, group; set only where there is one

    __slots__ = ("data", "grad", "left", "notes", "op", "right", "serial", "x", "y", "z")

    def __init__(self, data: Numeric, label: str = "") -> None:
        self.data = self.z = data if type(data) is float else kinds.leaf(data)
        self.grad = NOTHING
        self.op = self.left = self.right = self.x = self.y = None
        self.serial = next(serials)
        if label != "":
            self.label = label

    __add__, __radd__ = operators(ops.add)
    __sub__, __rsub__ = operators(ops.sub)
    __mul__, __rmul__ = operators(ops.mul)
    __truediv__, __rtruediv__ = operators(ops.div)
    __mod__, __rmod__ = operators(ops.mod)
    __pow__, __rpow__ = map(power, operators(ops.pow))
    __neg__ = prefix(ops.neg)

    def backward(self, gradient: Numeric = 1) -> None:
        """Add ∂self/∂leaf · ``gradient`` to the ``grad`` of every leaf that self depends on.

        Nodes between get the gradient of this pass alone. For a batch ``gradient`` is one number for
        all samples, or an array of one for each. Raises NumberError for what is no number, BatchError
        for another length; leaves then keep the gradient that they had. Threads that share leaves take
        turns; the way to compute in parallel are the transforms, such as `grad`, which share nothing.

        >>> x = Value(3.0)
        >>> (x**3).backward()
        >>> x.grad
        27.0
        """
        if isinstance(gradient, (int, float)) and type(self.z) is float:
            g: Number = float(gradient)
        else:
            g = kinds.seed(gradient, self.z)
        order = topological_order(self)
        with context.one_pass:
            before = [(leaf, leaf.grad) for leaf in order if leaf.op is None]
            try:
                propagate(order, {self: g})
            except BaseException:
                for leaf, grad in before:
                    leaf.grad = grad
                raise
            for leaf, grad in before:
                if grad is not NOTHING and grad is not None:  # None: a learner's way to say 0
                    leaf.grad = grad if leaf.grad is NOTHING else grad + leaf.grad

    def pullback(self, g: Numeric) -> tuple[Number, ...]:
        """The local backward closure: what each of ``parents`` receives if this node's adjoint is g.

        >>> x, y = Value(3.0), Value(4.0)
        >>> (x * y).pullback(1.0)
        (4.0, 3.0)
        """
        received = contributions(self, kinds.seed(g, self.z))
        return tuple(masks.instantiate(masks.unbroadcast(c, x)) for _, c, x in received)

    def zero_grad(self) -> None:
        """Put the gradient of this node and of all below it back to 0."""
        for node in topological_order(self):
            node.grad = NOTHING


# ------------------------------------------------------------------------------------------ forward


def apply(op: Primitive[Any], x: Any, y: Any = None) -> Any:
    """z = f(x, y), as a node that remembers f, x and y; a plain number if both are plain."""
    if op.sequences:
        x, y = side_by_side(x), side_by_side(y)
    elif by_elements((x, y)):
        return elementwise(op, x, y)
    try:
        (x, a), (y, b) = operand(x, Value), operand(y, Value)
    except NumberError:
        if type(y) is Value or (z := reflected(op, x, y)) is NotImplemented:
            raise
        return z
    z = op.evaluate(a, b)
    if not (type(x) in (Value, tuple) or type(y) in (Value, tuple)):
        return z
    if type(z) is not float:
        a, b = kept_each(x, a), kept_each(y, b)
    node = new_node(z, op, x, y, a, b)
    if context.open_blocks:
        context.made(node)
    return node


def new_node(
    z: Number,
    op: Primitive[Any] | None = None,
    x: Any = None,
    y: Any = None,
    a: Any = None,
    b: Any = None,
) -> Value:
    """A node for a number that is checked already; without an operation a leaf."""
    node: Value = object.__new__(Value)
    node.data = node.z = z
    node.grad = NOTHING
    node.op = op
    node.left = x
    node.right = y
    node.x = a
    node.y = b
    node.serial = next(serials)
    return node


# ----------------------------------------------------------------------------------------- backward


def pull(node: Value) -> None:
    """The chain rule: every operand receives g · ∂z/∂(operand)."""
    op: Any = node.op
    seen = node.grad, node.z, node.x, node.y
    for x, number, formula in ((node.left, node.x, op.dx), (node.right, node.y, op.dy)):
        if type(x) is Value:
            receive(x, op.answer(formula, *seen), number)
        elif type(x) is tuple:  # a sequence, of Values and constants
            cs = kinds.unbroadcast_each(op.answers(formula, len(x), *seen), number)
            for v, c, n in zip(x, cs, number, strict=True):
                if type(v) is Value:
                    receive(v, op.checked(c), n)


def receive(x: Value, c: Number, number: Number) -> None:
    """An operand that held a number adds c to its gradient; what samples have in common, the sum."""
    if c is not NOTHING:
        c = kinds.unbroadcast(c, number)
        x.grad = c if x.grad is NOTHING else x.grad + c


def topological_order(*roots: Value, since: int = 0) -> list[Value]:
    """Every node that the roots depend on, each after its operands; none made before ``since``."""
    nodes, seen, done = [], set(roots), set()
    found = [*seen]
    while found:  # the last first: nearly in the order of the sort below
        node = found.pop()
        nodes.append(node)
        for x in (node.left, node.right):
            if type(x) is Value:
                if x not in seen and x.serial >= since:
                    seen.add(x)
                    found.append(x)
            elif type(x) is tuple and id(x) not in done:  # neurons share their inputs
                done.add(id(x))
                new = {v for v in x if type(v) is Value and v not in seen and v.serial >= since}
                if new:
                    seen |= new
                    found += new
    nodes.sort(key=attrgetter("serial"))  # operands were numbered before their result
    return nodes


def propagate(order: Sequence[Value], seeds: Mapping[Value, Number]) -> None:
    """Send adjoints from the seeds down a topological order, into ``grad`` of every node in it."""
    for node in order:
        node.grad = NOTHING
    for node, g in seeds.items():
        node.grad = g
    if not context.running.get().observers:
        branches = masks.met.count
        if "numpy" in sys.modules:
            with kinds.quiet():
                sweep(order)
        else:
            sweep(order)
        if masks.met.count == branches or not any(kinds.is_nan(v.grad) for v in order if not v.op):
            return
    for node, g in adjoints(order, seeds).items():  # masking what a branch not taken received
        node.grad = masks.instantiate(g)


def sweep(order: Sequence[Value]) -> None:
    """The chain rule at every node, the last first: leaves end with what flowed back to them."""
    for node in reversed(order):
        if node.op is not None and node.grad is not NOTHING:  # no leaf, and something arrived
            node.op.pull(node)


specialised.engine(Value, apply, pull)
