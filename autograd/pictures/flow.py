"""The flow of adjoints: what every node sends to each of its parents in a backward pass.

The pass is run again, since ``grad`` of a leaf may hold the sum of several and a node that later
passes shared holds theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..adjoints import adjoints, contributions
from ..kinds.kind import NOTHING, Number, quiet
from ..kinds.masks import instantiate, unbroadcast
from ..value import Value

Flow = dict[Value, list[Number]]
"""For each node what its parents receive, in their order; NOTHING where nothing was sent."""


def flow(order: Sequence[Value]) -> Flow:
    """The contributions of the pass that started at the last node of a topological order."""
    found = adjoints(order, {order[-1]: order[-1].grad})
    with quiet():
        return {node: _sent(node, found[node]) for node in order}


def _sent(node: Value, g: Number) -> list[Number]:
    if g is NOTHING:
        return [NOTHING for _ in node.parents]
    return [instantiate(unbroadcast(c, held)) for _, c, held in contributions(node, g)]
