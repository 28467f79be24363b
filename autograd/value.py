"""The engine: `Value`, a node of the computation graph; `primitive`, which makes nodes; backward.

An expression on Values builds a graph. Each node keeps its number, the primitive that made it, its
ordered operands, and the numbers that the primitive's formulas saw: together these are the node's
*local backward closure*. `Value.backward` sorts the graph topologically and runs each closure once,
from the result back to the leaves. That is reverse-mode automatic differentiation, all of it.

Names: x, y the arguments of a formula, z its result; g the adjoint of z, ∂(output)/∂z; c what an
argument receives, g · ∂z/∂x; a *leaf* is a node that no operation made.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, final

from . import context, numeric
from .errors import PrimitiveError
from .numeric import NOTHING, Number

_new = object.__new__


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
        self.data = self.z = numeric.leaf(data)
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
        g = numeric.seed(g, self.z)
        return tuple(numeric.filled(c) for _, c in contributions(self, g))

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
        seeds = {self: numeric.seed(gradient, self.z)}
        before = [(node, node.grad) for node in order if node.op is None]

        def sweep() -> list[Number]:
            propagate(order, seeds)
            if numeric.masks.on:
                for node in order:
                    node.grad = numeric.filled(node.grad)
            return [leaf.grad for leaf, _ in before]

        try:
            numeric.sparing_masks(sweep)
        except BaseException:
            for leaf, grad in before:
                leaf.grad = grad
            raise
        for leaf, grad in before:
            if leaf.grad is not NOTHING:
                leaf.grad = numeric.conform(leaf.grad, leaf.data)
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
        return numeric.item(self.data)


class Primitive:
    """An operation: a value formula and one pullback formula per argument. `primitive` makes it."""

    def __init__(
        self,
        value: Callable[..., Number],
        pullbacks: tuple[Callable[..., Any], ...],
        domain: tuple[tuple[float, float], ...],
    ) -> None:
        functools.update_wrapper(self, value)
        self.name = value.__name__
        self.value, self.pullbacks, self.domain = value, pullbacks, domain
        self._formulas = _in_two_slots(value, pullbacks)
        self.dx, self.dy = self._formulas[1:]
        self.apply = _applying(self, self._formulas[0])

    def __call__(self, *operands: Any) -> Any:
        if len(operands) != len(self.pullbacks):
            raise TypeError(
                f"{self.name} takes {len(self.pullbacks)} argument(s), got {len(operands)}"
            )
        return self.apply(operands) if len(operands) > 2 else self.apply(*operands)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> str:
        return self.name  # pickled by reference, as a function is

    def result(self, z: Any, x: Any, y: Any) -> Number:
        """A result that is no float, made ready to be kept; a batch's operands have one length."""
        if not numeric.is_number(z):
            raise PrimitiveError(f"the value formula of {self.name} returned {z!r}, not a number")
        numeric.check_lengths(self.name, z, x, y)
        return numeric.sealed(z)

    def received(self, c: Any, number: Number) -> Number:
        """What a formula sends to an argument that held ``number``: checked, summed over samples."""
        if not numeric.is_number(c):
            raise PrimitiveError(f"a pullback formula of {self.name} returned {c!r}, not a number")
        return c if c is NOTHING else numeric.conform(numeric.sealed(c), number)


def primitive(
    *pullbacks: Callable[..., Any], domain: Any = (-2.0, 2.0)
) -> Callable[[Callable[..., Number]], Primitive]:
    """Make an operation of a value formula. The engine's own operations are made by this call.

    ``pullbacks`` are the formulas ``(g, z, *arguments) -> what the argument receives``, one for each
    argument of the decorated function. They and the value formula run on every kind of number, and
    on Values for higher derivatives: write them with operators and this package's functions. An
    argument that is a sequence gets a sequence back. ``domain`` is the interval that tests draw
    arguments from, or a tuple of one interval for each.

    Raises PrimitiveError if the formulas are not as many as the arguments; and when used, if one
    returns no number.

    >>> from autograd import Value, primitive
    >>> @primitive(lambda g, z, x: g * 3 * x * x)
    ... def cube(x):
    ...     "x³"
    ...     return x * x * x
    >>> x = Value(2.0)
    >>> cube(x).backward()
    >>> x.grad
    12.0
    """

    def decorate(value: Callable[..., Number]) -> Primitive:
        names = list(inspect.signature(value).parameters)
        if len(names) != len(pullbacks) or not all(map(callable, pullbacks)):
            raise PrimitiveError(
                f"{value.__name__} has the arguments ({', '.join(names)}) and needs as many pullback "
                f"formulas, (g, z, {', '.join(names)}) -> number; got {len(pullbacks)}: {pullbacks}"
            )
        domains = domain if isinstance(domain[0], tuple) else (domain,) * len(names)
        return Primitive(value, pullbacks, domains)

    return decorate


def _in_two_slots(value: Any, pullbacks: Any) -> tuple[Any, Any, Any]:
    """The formulas as a node calls them, with two arguments: a second None, or all in a first."""
    if len(pullbacks) == 2:
        return value, *pullbacks
    if len(pullbacks) == 1:
        rule = pullbacks[0]
        return lambda x, _: value(x), lambda g, z, x, _: rule(g, z, x), None
    return (
        lambda xs, _: value(*xs),
        lambda g, z, xs, _: [rule(g, z, *xs) for rule in pullbacks],
        None,
    )


def _applying(op: Primitive, value: Callable[[Any, Any], Number]) -> Callable[..., Any]:
    """The function that applies a primitive: it computes the number and makes the node."""

    def apply(x: Any, y: Any = None) -> Any:
        if type(x) is Value:
            x_number = x.data
        elif type(x) is float or type(x) is int:
            x_number = x
        else:
            x, x_number = _operand(x)
        if type(y) is Value:
            y_number = y.data
        elif type(y) is float or type(y) is int or y is None:
            y_number = y
        else:
            y, y_number = _operand(y)
        try:
            z = value(x_number, y_number)
        except (ZeroDivisionError, ValueError) as error:
            z = _again(op.name, error, value, x_number, y_number)
        if type(z) is not float:
            z = op.result(z, x_number, y_number)
        if not (type(x) is Value or type(y) is Value or type(x) is tuple or type(y) is tuple):
            return z
        node = _new(Value)
        node.data = node.z = z
        node.grad = NOTHING
        node.op = op
        node.left = x
        node.right = y
        node.x = x_number
        node.y = y_number
        node.epoch = context.epoch
        if context.observers:
            context.announce(node)
        return node

    return apply


def _operand(x: Any) -> tuple[Any, Any]:
    """An operand as the node keeps it, and its number; a sequence becomes a tuple of both.

    A sequence of constants is kept as a list: nothing flows into it.
    """
    if type(x) is not tuple and type(x) is not list:
        if numeric.is_number(x) and getattr(x, "dtype", None) != object:
            x = numeric.constant(x)
            return x, x
        if isinstance(x, (str, bytes, Mapping)) or not hasattr(x, "__iter__"):
            return (numeric.leaf(x),) * 2  # raises, and says what is a number
    xs = tuple(x)
    kinds = [type(v) for v in xs]
    if kinds.count(Value) == len(xs) > 0:
        return xs, tuple([v.data for v in xs])
    if kinds.count(Value) + kinds.count(float) < len(xs):
        xs = tuple([v if type(v) is Value else numeric.operand(v) for v in xs])
    numbers = tuple([v.data if type(v) is Value else v for v in xs])
    return (xs if Value in kinds else list(xs)), numbers


def _again(name: str, error: Exception, formula: Callable[..., Any], *numbers: Any) -> Number:
    """A formula that raised: repeated with IEEE division, or the error explained."""
    if isinstance(error, ZeroDivisionError):
        return numeric.with_ieee_division(formula, *numbers)
    numeric.check_lengths(name, *numbers)
    raise error


def _as_tuple(slot: Any) -> tuple[Any, ...]:
    """The operands of a slot that is a sequence with Values in it."""
    return slot if type(slot) is tuple else ()


def topological_order(root: Value, since: int = 0) -> list[Value]:
    """Every node that root depends on, each after its operands, root last; none before an epoch."""
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if node is None:  # everything that the node below it depends on is in the order
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            if node.op is None:
                order.append(node)
                continue
            stack += (node, None)
            left, right = node.left, node.right
            if type(right) is Value and right not in seen and right.epoch >= since:
                stack.append(right)
            if type(left) is Value and left not in seen and left.epoch >= since:
                stack.append(left)
            if type(left) is tuple or type(right) is tuple:
                for v in (*_as_tuple(left), *_as_tuple(right)):
                    if type(v) is Value and v not in seen and v.epoch >= since:
                        stack.append(v)
    return order


def propagate(
    order: list[Value],
    seeds: Mapping[Value, Number],
    since: int = 0,
    live: Collection[Value] = (),
) -> None:
    """Send adjoints from the seeds down a topological order; they end up in every node's ``grad``.

    Formulas see numbers, but for the ``live`` nodes (which depend on Values made before the epoch
    ``since``) they see the Values, so that what they send can be differentiated again.
    """
    for node in order:
        node.grad = NOTHING
    for node, seed in seeds.items():
        node.grad = seed
    for node in reversed(order):
        g, op = node.grad, node.op
        if op is None or g is NOTHING:
            continue
        if type(g) is not type(node.z):  # one number for a batch is for each of its samples
            g = node.grad = numeric.conform(g, node.z)
        if live and node in live:
            z, x, y = node, node.left, node.right
        else:
            z, x, y = node.z, node.x, node.y
        left, right = node.left, node.right
        try:
            to_left = to_right = NOTHING
            if type(left) is Value and left.epoch >= since:
                to_left = op.dx(g, z, x, y)
            if type(right) is Value and right.epoch >= since:
                to_right = op.dy(g, z, x, y)
        except ZeroDivisionError:
            to_left, to_right = _both_with_ieee(node, (g, z, x, y), since)
        if to_left is not NOTHING:
            if type(to_left) is not float:
                to_left = op.received(to_left, node.x)
            left.grad = to_left if left.grad is NOTHING else left.grad + to_left
        if to_right is not NOTHING:
            if type(to_right) is not float:
                to_right = op.received(to_right, node.y)
            right.grad = to_right if right.grad is NOTHING else right.grad + to_right
        if type(left) is tuple:
            _send_to_all(node, op.dx, left, node.x, (g, z, x, y), since)
        if type(right) is tuple:
            _send_to_all(node, op.dy, right, node.y, (g, z, x, y), since)
    if context.observers:
        context.announce_sweep(order)


def _both_with_ieee(node: Value, arguments: Any, since: int) -> Iterator[Number]:
    """What both operands receive where a formula divides by zero."""
    assert node.op is not None
    for operand, formula in ((node.left, node.op.dx), (node.right, node.op.dy)):
        if type(operand) is Value and operand.epoch >= since:
            yield _run(formula, *arguments)
        else:
            yield NOTHING


def _run(formula: Callable[..., Any], *arguments: Any) -> Any:
    """A formula, with IEEE division where Python's raises."""
    try:
        return formula(*arguments)
    except ZeroDivisionError:
        return numeric.with_ieee_division(formula, *arguments)


def _send_to_all(
    node: Value, formula: Any, operands: tuple[Any, ...], numbers: Any, arguments: Any, since: int
) -> None:
    """Accumulate what a formula sends to each Value of a sequence."""
    op = node.op
    shares = _shares(op, formula, operands, arguments, since)
    for v, c, number in zip(operands, shares, numbers):
        if type(v) is Value and v.epoch >= since:
            if type(c) is not float:
                c = op.received(c, number)
            if c is not NOTHING:
                v.grad = c if v.grad is NOTHING else v.grad + c


def contributions(
    node: Value, g: Number, since: int = 0, live: Collection[Value] = ()
) -> Iterator[tuple[Value, Number]]:
    """The parents made since an epoch, each with what it receives when the node's adjoint is g."""
    if node.op is None:
        return
    values = (node, node.left, node.right) if node in live else (node.z, node.x, node.y)
    for operand, number, formula in (
        (node.left, node.x, node.op.dx),
        (node.right, node.y, node.op.dy),
    ):
        if type(operand) is tuple:
            operands, numbers, each = operand, number, formula
        else:
            operands, numbers = (operand,), (number,)
            each = functools.partial(_listed, formula)
        shares = _shares(node.op, each, operands, (g, *values), since)
        for v, c, x in zip(operands, shares, numbers, strict=False):
            if type(v) is Value and v.epoch >= since:
                yield v, node.op.received(c, x)


def _listed(formula: Callable[..., Any], *arguments: Any) -> list[Any]:
    return [formula(*arguments)]


def _shares(
    op: Primitive, formula: Any, operands: tuple[Any, ...], arguments: Any, since: int
) -> Sequence[Number]:
    """What a formula sends to each of a sequence; nothing is computed if all are constants."""
    for v in operands:
        if type(v) is Value and v.epoch >= since:
            break
    else:
        return ()
    shares = _run(formula, *arguments)
    if type(shares) is not list or len(shares) != len(operands):
        raise PrimitiveError(
            f"a pullback formula of {op.name} returned {shares!r}, not a list of {len(operands)}"
        )
    return shares
