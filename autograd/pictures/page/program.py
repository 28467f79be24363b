"""A graph as data: its nodes in topological order, and the formulas that they are computed by.

An operand is ``"#i"`` for node i, else a constant, as in the `recorder`'s code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...adjoints import adjoints, contributions
from ...kinds.kind import NOTHING, like, seed
from ...kinds.kind import shape_of as shape
from ...kinds.masks import instantiate, unbroadcast
from ...primitive import Primitive
from ...tools.groups import Path, paths
from ...tools.wording import arguments, number
from ...value import Value, topological_order
from ..table import NO_GRADIENT
from . import recorder
from .recorder import Shape

DIGITS = 6


class Formulas:
    """The formulas that a page needs, each recorded once, by a key such as ``"dot(3,3)"``."""

    def __init__(self) -> None:
        self.recorded: dict[str, dict[str, Any]] = {}
        self._keys: dict[Any, str] = {}

    def key(self, op: Primitive[...], shape: Shape) -> str:
        """The key of a primitive's formula. Raises what a formula raises that cannot be recorded."""
        if (op, shape) not in self._keys:
            formula = recorder.record(op, shape)
            self._keys[op, shape] = self.add(f"{op.name}({written(shape)})", formula)
        return self._keys[op, shape]

    def quiet(self, function: str, n: int) -> str:
        """The key of a function of n numbers, such as a comparison, that has no derivative."""
        if (function, n) not in self._keys:
            self._keys[function, n] = self.add(function, recorder.quiet(function, n))
        return self._keys[function, n]

    def add(self, key: str, formula: dict[str, Any]) -> str:
        """Keep a formula; two primitives of one name get two keys."""
        while key in self.recorded:
            key += "′"
        self.recorded[key] = formula
        return key


def written(shape: Shape) -> str:
    """A shape as text: "." for a number, n for a sequence of n."""
    return ",".join("." if n is None else str(n) for n in shape)


def program(root: Value) -> dict[str, Any]:
    """What root was computed by, to be run in a page; of batches and other kinds what was computed."""
    order = topological_order(root)
    if not all(map(_on_floats, order)):
        return _shown(order)
    formulas, places = Formulas(), {node: f"#{i}" for i, node in enumerate(order)}
    made_in = paths(order)
    nodes, fixed = [], set()
    for node in order:
        if node.op is None:
            nodes.append({"value": recorder.name(node.data), **_notes(node, made_in)})
            continue
        operands, shape = recorder.opened(arguments(node))
        try:
            key = formulas.key(node.op, shape)
        except Exception:  # noqa: BLE001  (a user's formula may fail in any way; its numbers then stand)
            key = formulas.add(
                f"{node.op.name} {places[node]}", recorder.constant(node, operands, shape)
            )
            fixed |= {places[x] for x in node.parents}
        names = [places[x] if type(x) is Value else recorder.name(x) for x in operands]
        nodes.append({"formula": key, "operands": names, **_notes(node, made_in)})
    return {"nodes": nodes, "formulas": formulas.recorded, "fixed": sorted(fixed)}


def _on_floats(node: Value) -> bool:
    """Whether a page can compute a node: its numbers are floats, integers or truths."""
    several = node.op is not None and len(node.op.pullbacks) > 2
    seen, _ = recorder.opened([node.z, *(node.x if several else (node.x, node.y))])
    return all(x is None or isinstance(x, (float, int)) for x in seen)


def _notes(node: Value, made_in: Mapping[Value, Path]) -> dict[str, Any]:
    notes = {"label": node.label, "group": made_in[node]}
    return {name: note for name, note in notes.items() if note}


def _shown(order: Sequence[Value]) -> dict[str, Any]:
    """A graph that a page cannot compute: every number as text, as the engine computed it."""
    places = {node: f"#{i}" for i, node in enumerate(order)}
    found = adjoints(order, {order[-1]: seed(1, order[-1].z)})
    made_in, nodes, formulas = paths(order), [], {}
    for node in order:
        g = found[node]
        numbers: dict[str, Any] = {"value": _text(node.data), "adjoint": _text(g)}
        if node.op is not None:
            operands, form = recorder.opened(arguments(node))
            key = f"{node.op.name}({written(form)})"
            formulas[key] = {"name": node.op.name, "shape": form}
            numbers |= {
                "formula": key,
                "operands": [places[x] if type(x) is Value else _text(x) for x in operands],
                **_passed_on(node, operands, g),
            }
        nodes.append(numbers | _notes(node, made_in))
    return {"nodes": nodes, "formulas": formulas, "fixed": "all"}


def _passed_on(node: Value, operands: Sequence[Any], g: Any) -> dict[str, list[Any]]:
    """The local derivatives of a node whose adjoint is g, what its operands receive of it, and whether
    that is a sum over samples; None for constants.
    """
    isolated = [c for _, c, _ in contributions(node, like(1, node.z))]
    found: dict[str, list[Any]] = {"slopes": list(map(_text, isolated)), "sent": [], "summed": []}
    if g is NOTHING:
        found["sent"] = [NO_GRADIENT] * len(isolated)
    else:
        for _, c, held in contributions(node, g):
            found["sent"].append(_text(unbroadcast(c, held)))
            found["summed"].append(len(shape(held)) < len(shape(c)))
    return {name: _in_their_places(each, operands) for name, each in found.items()}


def _in_their_places(each: Sequence[Any], operands: Sequence[Any]) -> list[Any]:
    """One for each Value among the operands."""
    rest = iter(each)
    return [next(rest, None) if type(x) is Value else None for x in operands]


def _text(x: Any) -> str:
    return NO_GRADIENT if x is NOTHING else number(instantiate(x), DIGITS)
