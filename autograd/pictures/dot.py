"""From a graph to DOT: a card for a node, an edge for an operand, a frame for a group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import graphviz

from ..tools.groups import Path, paths
from ..tools.wording import arguments, number
from ..value import Value, topological_order
from . import card
from .flow import Flow, flow
from .fold import Boxes, fold, name_of, summary
from .render import Picture
from .table import in_words, table

SECOND = {"sub": "−", "div": "÷", "mod": "mod", "pow": "y"}
"""What marks the second operand where the two are no equals: it is subtracted, divided by."""
MOST_NOTES = 8


def digraph(
    root: Value, *, adjoints: bool = False, limit: int = 300, style: str = "cards"
) -> Picture:
    """The picture of what root was computed by; see `draw`."""
    order = topological_order(root)
    boxes = fold(order, limit)
    picture = Picture("autograd", format="svg", **card.GRAPH)
    picture.alternative, picture.plain = table(root, limit), repr(root)
    picture.alt = in_words(root)
    if words := summary(boxes):
        picture.attr(label=card.html(words, longest=400))
    sent = flow(order) if adjoints else None
    _Drawing(root, boxes, sent, ellipses=style == "micrograd").onto(picture)
    return picture


class _Drawing:
    """One graph on its way to DOT: the name of each box, and the frame that it stands in."""

    def __init__(self, root: Value, boxes: Boxes, sent: Flow | None, ellipses: bool) -> None:
        self.root, self.boxes, self.sent, self.ellipses = root, boxes, sent, ellipses
        self.made_in = paths([*boxes])
        self.ids = {box: f"n{i}" for i, box in enumerate(dict.fromkeys(boxes.values()))}
        self.frames: dict[Path, graphviz.Digraph] = {}

    def onto(self, picture: Picture) -> None:
        self.frames[()] = picture
        sizes = Counter(self.boxes.values())
        for box, name in self.ids.items():
            if type(box) is Value:
                self._node(box, name, self._frame(self._unfolded(self.made_in[box])))
            else:
                self._frame(box[:-1]).node(name, card.folded(name_of(box[-1:]), sizes[box]))
        self._close_frames()
        self._edges(picture)

    def _frame(self, path: Path) -> graphviz.Digraph:
        """The cluster of a group, inside those of the groups around it."""
        if path not in self.frames:
            self._frame(path[:-1])
            self.frames[path] = graphviz.Digraph(f"cluster_{len(self.frames)}")
            self.frames[path].attr(label=card.html(path[-1]), **card.FRAME)
        return self.frames[path]

    def _unfolded(self, path: Path) -> Path:
        """The groups of a path around the first one that is folded, which has no frame."""
        return next((path[:d] for d in range(len(path)) if path[: d + 1] in self.ids), path)

    def _close_frames(self) -> None:
        """Put every frame into the one around it, the innermost first."""
        for path in sorted(self.frames, key=len, reverse=True)[:-1]:
            self.frames[path[:-1]].subgraph(self.frames[path])

    def _node(self, node: Value, name: str, frame: graphviz.Digraph) -> None:
        """The card of a node, and before it its constants, and its operation if that is apart."""
        frame.node(name, card.card(node, self.root, operation=not self.ellipses))
        if (operation := self._entry(node)) != name:
            frame.node(operation, card.html(card.sign(node)), **card.ELLIPSE)
            frame.edge(operation, name)
        for i, x in enumerate(_operands(node)):
            if type(x) is not Value:
                frame.node(f"{name}c{i}", card.html(number(x)), **card.NOTE)

    def _entry(self, box: Any) -> str:
        """Where the operands of a box arrive: at the box, or at the ellipse of its operation."""
        apart = self.ellipses and type(box) is Value and box.op
        return self.ids[box] + ("o" if apart else "")

    def _edges(self, picture: Picture) -> None:
        """An edge for every operand; of those into or out of a folded box one for all."""
        bundles: Counter[tuple[str, str]] = Counter()
        for node, box in self.boxes.items():
            if box is node:
                self._operand_edges(picture, node)
            for parent in node.parents:
                source = self.boxes[parent]
                shown = source is parent and box is node
                if not shown and self.ids[source] != self.ids[box]:
                    bundles[self.ids[source], self._entry(box)] += 1
        for ends, n in bundles.items():
            picture.edge(*ends, label=f" ×{n:,}" if n > 1 else "", fontcolor=card.QUIET)

    def _operand_edges(self, picture: Picture, node: Value) -> None:
        """The edges into a node that is shown, in the order of its operands."""
        contributions = iter(self.sent[node] if self.sent else ())
        mark = SECOND.get(node.op.name, "") if node.op else ""
        for i, x in enumerate(_operands(node)):
            role = {"headlabel": mark} if i and mark else {}
            entry = self._entry(node)
            if type(x) is not Value:
                picture.edge(f"{self.ids[node]}c{i}", entry, **card.NOTE_EDGE, **role)
                continue
            contribution = card.sent(next(contributions)) if self.sent else {}
            if self.boxes[x] is x:
                picture.edge(self.ids[x], entry, **contribution, **role)


def _operands(node: Value) -> Iterator[Any]:
    """Values and constants in their order; many constants of a sequence as one list."""
    for x in arguments(node):
        if type(x) is tuple:
            constants = [v for v in x if type(v) is not Value]
            many = len(constants) > MOST_NOTES
            yield from (v for v in x if type(v) is Value or not many)
            x = constants if many else []  # noqa: PLW2901
        if type(x) is not list or x:
            yield x
