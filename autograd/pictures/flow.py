"""The flow of adjoints: what every node sends to each of its parents in a backward pass.

The pass is run again, since ``grad`` of a leaf may hold the sum of several and a node that later
passes shared holds theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..graph import contributions
from ..registry import Number
from ..samples import conform
from ..untaken import NOTHING, filled, sparing_masks
from ..value import Value

Flow = dict[Value, list[Number]]
"""For each node what its parents receive, in their order; NOTHING where nothing was sent."""


def flow(order: Sequence[Value]) -> Flow:
    """The contributions of the pass that started at the last node of a topological order."""
    sent: Flow = {}

    def sweep() -> list[Number]:
        sent.clear()
        adjoints = {order[-1]: order[-1].grad}
        for node in reversed(order):
            sent[node] = _send(node, adjoints)
        return [c for shares in sent.values() for c in shares if c is not NOTHING]

    sparing_masks(sweep)
    return {node: [filled(c) for c in shares] for node, shares in sent.items()}


def _send(node: Value, adjoints: dict[Value, Number]) -> list[Number]:
    g = adjoints.pop(node, NOTHING)
    if g is NOTHING or node.op is None:
        return [NOTHING for _ in node.parents]
    shares = list(contributions(node, conform(g, node.z)))
    for parent, c in shares:
        if c is not NOTHING:
            adjoints[parent] = adjoints[parent] + c if parent in adjoints else c
    return [c for _, c in shares]
