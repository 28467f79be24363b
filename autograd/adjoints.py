"""The sweep in full: what `value.sweep` does, where adjoints are more than plain numbers.

Adjoints under a mask, where branches were not taken; and adjoints that are Values themselves, in a
transform within a transform. They stand in a dictionary, so that no node's ``grad`` is touched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any

from . import context
from .errors import PrimitiveError
from .kinds.kind import NOTHING, Number, kind_of, quiet
from .kinds.masks import Masked, as_seen, masked, plus, unbroadcast

if TYPE_CHECKING:
    from .value import Value


def adjoints(
    order: Sequence[Value],
    seeds: Mapping[Value, Number],
    live: Collection[Value] = (),
    beyond: Collection[Value] = (),
) -> dict[Value, Number]:
    """The adjoints of every node of a topological order, and of the Values ``beyond`` it.

    Formulas see numbers. Of the ``live`` nodes, which depend on Values from outside, they see the
    Values, so that what they send can be differentiated once more.
    """
    found: dict[Value, Number] = dict.fromkeys([*beyond, *order], NOTHING)
    found.update(seeds)
    with quiet(), context.setting(sweeping=True):
        for node in reversed(order):
            if node.op is None or found[node] is NOTHING:  # a leaf, or nothing arrived
                continue
            for v, c, x in contributions(node, found[node], node in live, found):
                if type(x) is not float or type(c.data if type(c) is type(v) else c) is not float:
                    c = unbroadcast(c, x)  # noqa: PLW2901
                if c is not NOTHING:
                    before = found[v]
                    found[v] = c if before is NOTHING else plus(before, c)
    if context.running.get().observers:
        context.announce("swept", order, found)
    return found


def contributions(
    node: Value, g: Number, live: bool = False, wanted: Collection[Value] | None = None
) -> list[tuple[Value, Number, Number]]:
    """The Values among the operands, what the formulas make of g for each, and the number it held."""
    op: Any = node.op
    if op is None or g is NOTHING:
        return []
    mask: Any = True
    if type(g) is Masked and not op.moves_samples:
        g, mask = as_seen(g), g.mask
    z, a, b = (node, node.left, node.right) if live else (node.z, node.x, node.y)
    kind = type(node)
    each: list[tuple[Value, Number, Number]] = []
    for x, number, formula in ((node.left, node.x, op.dx), (node.right, node.y, op.dy)):
        if type(x) is kind:
            if wanted is None or x in wanted:
                each.append((x, op.answer(formula, g, z, a, b), number))
        elif type(x) is tuple:
            places = [type(v) is kind and (wanted is None or v in wanted) for v in x]
            if any(places):
                cs = op.answers(formula, len(x), g, z, a, b)
                each += compress(zip(x, cs, number, strict=True), places)
    return each if mask is True else [(v, _masked(c, mask, op), n) for v, c, n in each]


def _masked(c: Number, mask: Any, op: Any) -> Number:
    """What a formula answered, under the mask of the adjoint that it was given."""
    kind = kind_of(c)
    if kind and kind.strays(c, mask):
        raise PrimitiveError(
            f"{op.name} mixes the samples of a batch, of which some took another branch: "
            f"a primitive computes every sample alone"
        )
    return masked(c, mask)
