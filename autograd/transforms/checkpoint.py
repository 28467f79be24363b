"""checkpoint: recompute a part of the graph in the backward pass instead of keeping it.

The part is replaced by one node for each of its results. A chain of n equal parts then keeps the
memory of one part and n nodes, and computes every part twice.
"""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from .. import context
from ..adjoints import adjoints
from ..kinds.kind import Number
from ..primitive import Primitive
from ..value import Value, new_node, pull, topological_order
from .ravel import Raveled, made_since
from .tape import check_function


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """f with the same results and gradients, whose graph is not kept but made again when needed.

    f takes and returns trees of numbers and may close over Values, which get their gradients too. It
    is called again in each backward pass, with the numbers that its Values hold then, so it must
    give the same results again: no random numbers, no other effects. What a Value receives of several
    parts is added up part by part, which may change its last digit. Raises
    NumberError for an f that returns none.

    Source: A. Griewank, A. Walther, Algorithm 799: revolve, ACM TOMS 26 (2000), of which this is one
    level.

    >>> from autograd import Value, checkpoint, sin
    >>> x = Value(0.0)
    >>> y = checkpoint(lambda v: sin(sin(v)))(x)
    >>> y.parents == (x,)
    True
    >>> y.backward()
    >>> x.grad
    1.0
    """
    check_function(f)

    @wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        part = _Part(lambda: f(*args, **kwargs))
        out, order, since = part.run()
        boundary: dict[Value, None] = {}
        for node in order:
            boundary.update(dict.fromkeys(v for v in node.parents if v.serial < since))
        part.boundary = list(boundary)
        if not boundary:  # nothing flows out, as under no_grad()
            return out.unravel(out.numbers)
        nodes = [part.node(i, v) if made_since(v, since) else v for i, v in enumerate(out.numbers)]
        return out.unravel(nodes)

    return checkpointed


class _Latest(threading.local):
    """The part that was last run again in this thread: its other results find the graph here."""

    part: _Part | None = None
    run: Any = None
    numbers: tuple[Number, ...] = ()  # that its Values held
    waiting: frozenset[int] = frozenset()  # results that have not asked for it yet


_latest = _Latest()


class _Part:
    """One call of a checkpointed function, and the Values from outside that it depends on."""

    boundary: list[Value]

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.samples = context.running.get().samples

    def run(self, **states: bool) -> tuple[Raveled, list[Value], int]:
        """The results, the graph that leads to them from the boundary, and where its numbers begin."""
        since = next(context.serials)
        with context.setting(samples=self.samples, **states):  # as when it was called
            out = Raveled(self.call(), "the result")
        new = [v for v in out.numbers if made_since(v, since)]
        return out, topological_order(*new, since=since), since

    def again(self) -> tuple[Raveled, list[Value], int]:
        """The same within a sweep, which may be in a block of `no_grad`, or come when `vmap` ended."""
        return self.run(recording=True, sweeping=False)

    def node(self, i: int, v: Value) -> Value:
        """The node that stands for the i-th result, without its graph."""
        number = v.data

        def checkpointed(xs: Any) -> Number:
            return number

        op = Primitive(checkpointed, (lambda g, z, xs: self.pull(i, g, z),), ((0.0, 1.0),), True)
        op.moves_samples = True
        op.pull = pull  # not bound: of one node, and never applied
        xs = tuple(self.boundary)
        node = new_node(number, op, xs, None, tuple(x.data for x in xs))
        if context.open_blocks:
            context.made(node)
        return node

    def pull(self, i: int, g: Number, z: Any) -> Sequence[Number]:
        """What each Value of the boundary receives when the i-th result's adjoint is g."""
        held = tuple(v.data for v in self.boundary)
        same = len(held) == len(_latest.numbers) and all(map(operator.is_, held, _latest.numbers))
        if not same or _latest.part is not self or i not in _latest.waiting:  # or another sweep
            _latest.part, _latest.numbers, _latest.run = self, held, self.again()
            numbers, since = _latest.run[0].numbers, _latest.run[2]
            _latest.waiting = frozenset(k for k, v in enumerate(numbers) if made_since(v, since))
        out, order, _ = _latest.run
        _latest.waiting -= {i}
        live = set(order) if isinstance(z, Value) else ()
        found = adjoints(order, {out.numbers[i]: g}, live, beyond=self.boundary)
        if not _latest.waiting:
            _latest.part, _latest.numbers, _latest.run = None, (), None
        return [found[v] for v in self.boundary]
