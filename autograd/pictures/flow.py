"""The flow of adjoints: what every node sends to each of its parents in a backward pass.

The pass is run again, since ``grad`` of a leaf may hold the sum of several and a node that later
passes shared holds theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..adjoints import contributions
from ..kinds.kind import NOTHING, Number, quiet
from ..kinds.masks import instantiate, plus, unbroadcast
from ..value import Value

Flow = dict[Value, list[Number]]
"""For each node what its parents receive, in their order; NOTHING where nothing was sent."""


def flow(order: Sequence[Value]) -> Flow:
    """The contributions of the pass that started at the last node of a topological order."""
    adjoints = {order[-1]: order[-1].grad}
    with quiet():
        return {node: [instantiate(c) for c in _send(node, adjoints)] for node in reversed(order)}


def _send(node: Value, adjoints: dict[Value, Number]) -> list[Number]:
    g = adjoints.pop(node, NOTHING)
    if g is NOTHING or node.op is None:
        return [NOTHING for _ in node.parents]
    sent = [(parent, unbroadcast(c, number)) for parent, c, number in contributions(node, g)]
    for parent, c in sent:
        if c is not NOTHING:
            adjoints[parent] = plus(adjoints[parent], c) if parent in adjoints else c
    return [c for _, c in sent]
