"""The engine's number: `Value`, a node of the computation graph.

An expression on Values builds a graph. Each node keeps its number, the `Primitive` that made it, its
ordered operands, and the numbers that the primitive's formulas saw: together these are the node's
*local backward closure*. `Value.backward` sorts the graph topologically and runs each closure once,
from the result back to the leaves (`graph.py`). That is reverse-mode automatic differentiation.

Names: x, y the arguments of a formula, z its result; g the adjoint of z, ∂(output)/∂z; c what an
argument receives, g · ∂z/∂x; a *leaf* is a node that no operation made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, final

from . import context, registry, samples, untaken
from .graph import contributions, propagate, topological_order
from .registry import Number
from .untaken import NOTHING

if TYPE_CHECKING:
    from .primitive import Primitive


@final
class Value:
    """A number that remembers how it was made, so that gradients can flow back through it.

    ``data`` is a float (an int becomes one), a Fraction, an mpmath.mpf, a SymPy expression, any
    kind given to `register`, or a one-dimensional NumPy array: a batch, n samples of one scalar.
    ``grad`` reads 0.0 until a ``backward()`` reaches the node. ``op`` is the `Primitive` that made
    the node, None for a leaf; ``label`` names the node in pictures.

    Raises NumberError, a TypeError, for data that is no such number.

    >>> x, y, z = Value(-2.0, "x"), Value(5.0, "y"), Value(-4.0, "z")
    >>> f = (x + y) * z
    >>> f.backward()
    >>> f.data, x.grad, y.grad, z.grad
    (-12.0, -4.0, -4.0, 3.0)
    """

    data: Number
    grad: Number
    op: Primitive | None
    left: Any  # operands: a Value, a constant, a tuple of both (a list if all constant), or None
    right: Any
    x: Any  # the numbers of left and right as the formulas saw them, and what came out
    y: Any
    z: Number
    epoch: int
    notes: Mapping[str, Any]  # label, group; set only where there is one

    __slots__ = ("data", "epoch", "grad", "left", "notes", "op", "right", "x", "y", "z")
    __hash__ = object.__hash__

    if TYPE_CHECKING:  # operators.py attaches the operators, and a method for every function
        __add__: Callable[[Any], Value]
        __radd__: Callable[[Any], Value]
        __sub__: Callable[[Any], Value]
        __rsub__: Callable[[Any], Value]
        __mul__: Callable[[Any], Value]
        __rmul__: Callable[[Any], Value]
        __truediv__: Callable[[Any], Value]
        __rtruediv__: Callable[[Any], Value]
        __mod__: Callable[[Any], Value]
        __rmod__: Callable[[Any], Value]
        __pow__: Callable[[Any], Value]
        __rpow__: Callable[[Any], Value]
        __neg__: Callable[[], Value]
        __abs__: Callable[[], Value]
        __lt__: Callable[[Any], Any]
        __le__: Callable[[Any], Any]
        __gt__: Callable[[Any], Any]
        __ge__: Callable[[Any], Any]

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, data: Number, label: str = "") -> None:
        self.data = self.z = registry.leaf(data)
        self.grad = NOTHING
        self.op = self.left = self.right = self.x = self.y = None
        self.epoch = context.epoch
        if label:
            self.label = label

    def __init_subclass__(cls) -> None:
        raise TypeError("Value cannot be derived from; primitive() adds operations to it")

    def note(self, key: str, default: Any = None) -> Any:
        """What was noted about this node under a key."""
        return getattr(self, "notes", {}).get(key, default)

    def annotate(self, **notes: Any) -> None:
        """Note something about this node: its label, its group, the line that made it."""
        self.notes = {**getattr(self, "notes", {}), **notes}

    @property
    def label(self) -> str:
        """The node's name in pictures and messages, "" where it has none."""
        return str(self.note("label", ""))

    @label.setter
    def label(self, label: str) -> None:
        self.annotate(label=label)

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the operation was applied to, in order: Values and constants."""
        slots = [x if isinstance(x, (tuple, list)) else (x,) for x in (self.left, self.right)]
        return tuple(x for slot in slots for x in slot if x is not None)

    @property
    def parents(self) -> tuple[Value, ...]:
        """The Values among the operands, in order."""
        return tuple(x for x in self.operands if type(x) is Value)

    def pullback(self, g: Number) -> tuple[Number, ...]:
        """The local backward closure: what each of ``parents`` receives if this node's adjoint is g.

        >>> x, y = Value(3.0), Value(4.0)
        >>> (x * y).pullback(1.0)
        (4.0, 3.0)
        """
        sent = contributions(self, samples.seed(g, self.z))
        return tuple(untaken.filled(c) for _, c in sent)

    def backward(self, gradient: Number = 1) -> None:
        """Add ∂self/∂leaf · ``gradient`` to the ``grad`` of every leaf that self depends on.

        Nodes between get the gradient of this pass alone. For a batch ``gradient`` is one number for
        all samples, or an array of one for each.

        Raises NumberError for a gradient that is no number, BatchError for one of a length that
        self does not have; leaves then keep the gradient that they had.

        >>> x = Value(3.0)
        >>> (x**3).backward()
        >>> x.grad
        27.0
        """
        order = topological_order(self)
        seeds = {self: samples.seed(gradient, self.z)}
        before = [(node, node.grad) for node in order if node.op is None]

        def sweep() -> list[Number]:
            propagate(order, seeds)
            if untaken.masks.on or untaken.masks.met:
                for node in order:
                    node.grad = untaken.filled(node.grad)
            return [leaf.grad for leaf, _ in before]

        try:
            untaken.sparing_masks(sweep)
        except BaseException:
            for leaf, grad in before:
                leaf.grad = grad
            raise
        for leaf, grad in before:
            if leaf.grad is not NOTHING and not samples.shape(leaf.grad):
                leaf.grad = samples.conform(leaf.grad, leaf.z)  # one number for every sample
            if grad is not NOTHING:
                leaf.grad = grad if leaf.grad is NOTHING else grad + leaf.grad

    def zero_grad(self) -> None:
        """Put the gradient of this node and of all below it back to 0."""
        for node in topological_order(self):
            node.grad = NOTHING

    def detach(self) -> Value:
        """A leaf with the same number: nothing flows back through it."""
        return Value(self.data, self.label)

    def item(self) -> Number:
        """The number as a plain one; BatchError for a batch of several samples."""
        return registry.item(self.data)
