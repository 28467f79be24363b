"""`explain`: the chain rule written out for a person, node by node, as text and as LaTeX."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, NamedTuple

from ..adjoints import adjoints, contributions
from ..kinds.kind import NOTHING, Number, like, quiet, seed
from ..kinds.kind import shape_of as shape
from ..kinds.masks import unbroadcast
from ..value import Value, topological_order
from .notation import LATEX, TEXT, Notation, has_formulas, symbolic
from .wording import arguments


def explain(v: Value, max_nodes: int = 100) -> Explanation:
    """The backward pass of v written out: local derivatives, what arrives, what is passed on.

    For every node, in the order of the backward pass: the derivative by each operand as a formula
    (of its pullback, run on SymPy's symbols) and as a number, and the product that the operand
    receives; last, the gradients of the leaves with the contributions that they add up. Nodes
    without a label are called v1, v2, ... in topological order. No ``grad`` changes.

    ``max_nodes`` limits the operations shown; how many are left out is said. Without SymPy there
    are numbers only. Raises TypeError for a v that is no Value.

    >>> from autograd import Value, explain
    >>> x, y = Value(3.0, "x"), Value(4.0, "y")
    >>> print(explain(x * y + x))
    v2 = add(v1, x) = 15
        ∂v2/∂v2 = 1
        ∂v2/∂v1 = 1, so v1 receives 1 · 1 = 1
        ∂v2/∂x = 1, so x receives 1 · 1 = 1
    v1 = mul(x, y) = 12
        ∂v2/∂v1 = 1
        ∂v1/∂x = y = 4, so x receives 1 · 4 = 4
        ∂v1/∂y = x = 3, so y receives 1 · 3 = 3
    the leaves
        ∂v2/∂x = 1 (from v2) + 4 (from v1) = 5
        ∂v2/∂y = 3
    """
    if type(v) is not Value:
        raise TypeError(
            f"explain() takes a Value of autograd, got {v!r} of type {type(v).__name__}"
        )
    return Explanation(v, max_nodes)


def formula(f: Callable[..., Any]) -> Any:
    """The gradient of a function of numbers as simplified SymPy expressions of its parameters.

    One expression for one parameter, a tuple for several; a parameter that has a default keeps it.
    Raises ImportError without SymPy, TypeError for what is no function and if f returns no number.

    >>> from autograd import formula, tanh
    >>> formula(lambda x, y: x**2 * y)
    (2*x*y, x**2)
    """
    return symbolic("formula()").gradient(f)


class _Sent(NamedTuple):
    """What a node sends to one of its parents."""

    parent: Value
    formula: Any  # the local derivative as a SymPy expression, or None
    local: Number
    received: Number
    summed: bool  # over samples


class Explanation:
    """What `explain` found; its text is ``str()``, and notebooks show it as LaTeX."""

    def __init__(self, root: Value, max_nodes: int) -> None:
        self._root, order = root, topological_order(root)
        self._names = _unique_names(order)
        self._leaves = [node for node in order if node.op is None]
        operations = [node for node in reversed(order) if node.op is not None]
        self._shown, self._left_out = operations[:max_nodes], len(operations[max_nodes:])
        self._has_formulas = has_formulas()
        with quiet():
            self._arrivals, self._adjoints = _backward_pass(order)
            self._sent = {node: self._sent_by(node) for node in self._shown}

    def _sent_by(self, node: Value) -> list[_Sent]:
        g = self._adjoints[node]
        if g is NOTHING:
            return []
        assert node.op is not None
        local = [c for _, c, _ in contributions(node, like(1, node.z))]
        formulas = [None] * len(local)
        if self._has_formulas:
            formulas = symbolic("explain()").local_derivatives(node, self._names)
        return [
            _Sent(v, e, d, unbroadcast(c, held), len(shape(held)) < len(shape(c)))
            for (v, c, held), e, d in zip(contributions(node, g), formulas, local, strict=True)
        ]

    def __str__(self) -> str:
        lines = ["    " * indent + line for indent, line in self._lines(TEXT)]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        lines = [("&" + r"\quad " * indent + line) for indent, line in self._lines(LATEX)]
        return "$$\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}$$"

    def _lines(self, write: Notation) -> Iterator[tuple[int, str]]:
        """The lines and how far they are indented, in one of the two ways of writing."""
        for node in self._shown:
            yield 0, f"{self._call(node, write)} = {write.number(node.z)}"
            yield 1, self._arrival(node, write)
            sent = self._sent[node]
            for part in _ends(sent):
                yield 1, self._passed_on(node, part, write)
            if len(sent) > len(_ends(sent)):
                yield 1, write.words(f"… {len(sent)} operands in all")
        if self._left_out:
            yield 0, write.words(f"… {self._left_out} operations more (max_nodes sets the limit)")
        yield 0, write.words("the leaves")
        for leaf in _ends(self._leaves) if self._left_out else self._leaves:
            yield 1, self._arrival(leaf, write)
        if not self._has_formulas:
            yield 0, write.words("(numbers only: SymPy, which writes the formulas, is missing)")

    def _call(self, node: Value, write: Notation) -> str:
        """The operation that made a node: ``z = dot((w1, w2), (x1, x2))``."""
        op = node.op
        assert op is not None
        held: Any = node.x if len(op.pullbacks) > 2 else (node.x, node.y)
        pairs = zip(arguments(node), held, strict=False)  # a second number may be None
        operands = ", ".join(self._operand(x, n, write) for x, n in pairs)
        return f"{write.name(self._names[node])} = {write.name(op.name)}({operands})"

    def _operand(self, operand: Any, held: Any, write: Notation) -> str:
        if type(operand) is Value:
            return write.name(self._names[operand])
        if isinstance(operand, (tuple, list)):
            pairs = _ends([*zip(operand, held, strict=True)])
            texts = [self._operand(x, n, write) for x, n in pairs]
            return f"({_listed(texts, len(operand))})"
        return write.number(held)

    def _arrival(self, node: Value, write: Notation) -> str:
        """The adjoint of a node, and the contributions that it adds up."""
        partial = write.partial(self._names[self._root], self._names[node])
        arrivals = self._arrivals[node]
        if self._adjoints[node] is NOTHING:
            return f"{partial} = {write.number(0)}{write.words(', as nothing arrives')}"
        if len(arrivals) < 2:
            return f"{partial} = {write.number(self._adjoints[node])}"
        parts = [
            f"{write.factor(c)}{write.words(' (from {})', self._names[child])}"
            for child, c in _ends(arrivals)
        ]
        if len(parts) < len(arrivals):
            parts.insert(-1, write.words(f"… ({len(arrivals)})"))
        return f"{partial} = {' + '.join(parts)} = {write.number(self._adjoints[node])}"

    def _passed_on(self, node: Value, sent: _Sent, write: Notation) -> str:
        """A local derivative as formula and number, and what the operand receives."""
        name = self._names[sent.parent]
        local = write.number(0 if sent.local is NOTHING else sent.local)
        steps = [write.partial(self._names[node], name), local]
        if sent.formula is not None and (written := write.formula(sent.formula)) != local:
            steps.insert(1, written)
        line = " = ".join(steps) + write.words(", so {} receives ", name)
        if sent.received is NOTHING:
            return line + write.words("nothing")
        product = f"{write.number(self._adjoints[node])}{write.times}{write.factor(sent.local)}"
        over = write.words("the sum over samples of ") if sent.summed else ""
        return f"{line}{over}{product} = {write.number(sent.received)}"


def _unique_names(order: list[Value]) -> dict[Value, str]:
    """The labels, numbered where they repeat; v1, v2, ... for nodes without one."""
    names: dict[Value, str] = {}
    labels = {node.label for node in order}
    unlabelled = (name for i in count(1) if (name := f"v{i}") not in labels)
    repeats: dict[str, Iterator[int]] = defaultdict(lambda: count(2))
    for node in order:
        name = node.label or next(unlabelled)
        while name in repeats:
            name = f"{node.label}_{next(repeats[node.label])}"
        names[node] = name
        repeats[name]  # taken from now on
    return names


def _ends(xs: Any) -> list[Any]:
    """All of a short sequence, the first three and the last of a long one."""
    return list(xs) if len(xs) <= 6 else [*xs[:3], xs[-1]]


def _listed(texts: list[str], n: int) -> str:
    """The texts of the ends of a sequence of n."""
    return ", ".join(texts if len(texts) == n else [*texts[:-1], f"… ({n})", texts[-1]])


def _backward_pass(
    order: list[Value],
) -> tuple[Mapping[Value, list[tuple[Value, Number]]], dict[Value, Number]]:
    """What arrives at every node, from which child, and the adjoints; no ``grad`` is touched."""
    found = adjoints(order, {order[-1]: seed(1, order[-1].z)})
    arrivals: dict[Value, list[tuple[Value, Number]]] = defaultdict(list)
    for node in reversed(order):
        for parent, c, held in contributions(node, found[node]):
            arrivals[parent].append((node, unbroadcast(c, held)))
    return arrivals, found
