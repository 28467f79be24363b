r"""From a graph to DOT: a card for every node, an edge for every operand.

Labels are written as Graphviz's HTML, so that a card is a table. Text from the user is escaped
character by character: neither XML nor Graphviz's own escapes (``\N``) reach into it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import graphviz

from ..graph import topological_order
from ..untaken import NOTHING
from ..value import Value
from . import fold
from .flow import Flow, flow
from .render import Picture
from .table import NO_GRADIENT, table
from .text import LONGEST, SYMBOLS, arguments, number, shorten

FONT = "Helvetica,Arial,sans-serif"
INK, QUIET, GRADIENT = "#0f172a", "#64748b", "#be123c"
LEAF = ("#e0f2fe", "#0284c7")  # fill and border
OPERATION = ("#ffffff", "#475569")
OUTPUT = ("#fef3c7", "#d97706")
FOLDED = ("#ede9fe", "#7c3aed")
_ESCAPED = {"\\": "<FONT>&#92;</FONT>"}  # apart from what follows, or Graphviz reads its \N in it
SIGNS = {**SYMBOLS, "sub": "−", "mul": "×", "div": "÷", "pow": "xʸ", "neg": "−", "sqrt": "√"}
SECOND = {"sub": "−", "div": "÷", "mod": "mod", "pow": "y"}  # the operand subtracted, divided by ...


def digraph(root: Value, *, adjoints: bool = False, limit: int = 300) -> Picture:
    """The picture of what root was computed by; see `draw`."""
    order = topological_order(root)
    boxes = fold.fold(order, limit)
    picture = Picture(
        "autograd",
        format="svg",
        graph_attr={
            "rankdir": "LR",
            "ordering": "in",
            "nodesep": "0.18",
            "ranksep": "0.45",
            "fontname": FONT,
        },
        node_attr={"shape": "plain", "fontname": FONT, "fontsize": "12", "fontcolor": INK},
        edge_attr={"color": QUIET, "arrowsize": "0.6", "fontname": FONT, "fontsize": "10", "weight": "8", "labelfontcolor": OPERATION[1], "labeldistance": "1.4"},
    )
    picture.alternative, picture.plain = table(root, limit), repr(root)
    if text := fold.summary(boxes):
        picture.attr(label=_html(text, longest=400), fontsize="11", fontcolor=QUIET)
    _Drawing(root, boxes, flow(order) if adjoints else None).onto(picture)
    return picture


class _Drawing:
    """One graph on its way to DOT: the name of each box, and the frame that it stands in."""

    def __init__(self, root: Value, boxes: fold.Boxes, sent: Flow | None) -> None:
        self.root, self.boxes, self.sent = root, boxes, sent
        self.ids = {box: f"n{i}" for i, box in enumerate(dict.fromkeys(boxes.values()))}
        self.frames: dict[tuple[str, ...], graphviz.Digraph] = {}

    def onto(self, picture: Picture) -> None:
        self.frames[()] = picture
        sizes = Counter(self.boxes.values())
        for box, name in self.ids.items():
            if type(box) is Value:
                frame = self._frame(self._unfolded(box.note("group", ())))
                frame.node(name, self._card(box))
                self._notes(frame, name, box)
            else:
                self._frame(box[:-1]).node(name, _folded(box, sizes[box]))
        self._close_frames()
        self._edges(picture)

    def _frame(self, path: tuple[str, ...]) -> graphviz.Digraph:
        """The cluster of a group, inside those of the groups around it."""
        if path not in self.frames:
            self._frame(path[:-1])
            frame = graphviz.Digraph(f"cluster_{len(self.frames)}")
            frame.attr(label=_html(path[-1]), style="rounded", color="#cbd5e1", bgcolor="#f8fafc")
            frame.attr(fontname=FONT, fontsize="11", fontcolor=QUIET, labeljust="l")
            self.frames[path] = frame
        return self.frames[path]

    def _unfolded(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The groups of a path around the first one that is folded, which has no frame."""
        return next((path[:d] for d in range(len(path)) if path[: d + 1] in self.ids), path)

    def _close_frames(self) -> None:
        """Put every frame into the one around it, the innermost first."""
        for path in sorted(self.frames, key=len, reverse=True)[:-1]:
            self.frames[path[:-1]].subgraph(self.frames[path])

    def _notes(self, frame: graphviz.Digraph, name: str, node: Value) -> None:
        """Small notes before a node: its constants, a sequence of them in one."""
        for i, x in enumerate(_operands(node)):
            if type(x) is not Value:
                frame.node(
                    f"{name}c{i}", _html(number(x)), fontsize="9", fontcolor=QUIET, margin="0.02"
                )

    def _edges(self, picture: Picture) -> None:
        bundles: Counter[tuple[str, str]] = Counter()
        for node, box in self.boxes.items():
            if box is node:
                self._operand_edges(picture, node)
            for parent in node.parents:
                ends = self.ids[self.boxes[parent]], self.ids[box]
                if ends[0] != ends[1] and not (self.boxes[parent] is parent and box is node):
                    bundles[ends] += 1
        for ends, n in bundles.items():
            picture.edge(*ends, label=f" ×{n:,}" if n > 1 else "", fontcolor=QUIET)

    def _operand_edges(self, picture: Picture, node: Value) -> None:
        """The edges into a node that is shown, in the order of its operands."""
        shares = iter(self.sent[node] if self.sent else ())
        name = self.ids[node]
        for i, x in enumerate(_operands(node)):
            role = {"headlabel": SECOND[node.op.name]} if i and node.op.name in SECOND else {}
            if type(x) is not Value:
                note = {"arrowhead": "none", "color": "#cbd5e1", "weight": "1"}
                picture.edge(f"{name}c{i}", name, **note, **role)
                continue
            settings = self._sent(next(shares)) if self.sent else {}
            if self.boxes[x] is x:
                picture.edge(self.ids[x], name, **settings, **role)

    def _sent(self, c: Any) -> dict[str, str]:
        """How an edge shows what flowed back along it."""
        if self.root.grad is NOTHING or c is NOTHING:
            return {"label": f" {NO_GRADIENT} ", "fontcolor": QUIET, "style": "dashed"}
        return {"label": f" ← {number(c)} ", "fontcolor": GRADIENT}

    def _card(self, node: Value) -> str:
        """A node as a table: label and operation above, value and gradient below."""
        fill, border = OUTPUT if node is self.root else OPERATION if node.op else LEAF
        gradient = NO_GRADIENT if self.root.grad is NOTHING else number(node.grad)
        color = QUIET if gradient == NO_GRADIENT else GRADIENT
        sign = SIGNS.get(node.op.name, node.op.name) if node.op else ""
        title = " ".join(
            [f"<B>{_text(node.label)}</B>"] * bool(_text(node.label))
            + [f'<FONT COLOR="{border}"><B>{_text(sign)}</B></FONT>'] * bool(sign)
        )
        head = f'<TR><TD COLSPAN="2">{title}</TD></TR>' if title else ""
        rows = _row("value", number(node.data), INK) + _row("grad", gradient, color)
        return _table(fill, border, head + rows)


def _operands(node: Value) -> Iterator[Any]:
    """Values and constants in their order; a sequence of constants alone as one."""
    for x in arguments(node):
        if type(x) is tuple:
            yield from x
        elif type(x) is not list or x:
            yield x


def _folded(box: tuple[str, ...], n: int) -> str:
    name = box[-1] if box else fold.name(box)
    title = f"<TR><TD><B>{_text(name) or ' '}</B></TD></TR>"
    size = f'<TR><TD><FONT COLOR="{QUIET}" POINT-SIZE="10">{n:,} nodes</FONT></TD></TR>'
    return _table(*FOLDED, title + size)


def _table(fill: str, border: str, rows: str) -> str:
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" STYLE="ROUNDED" '
        f'BGCOLOR="{fill}" COLOR="{border}">{rows}</TABLE>>'
    )


def _row(name: str, shown: str, color: str) -> str:
    return (
        f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="9" COLOR="{QUIET}">{name}</FONT></TD>'
        f'<TD ALIGN="RIGHT"><FONT COLOR="{color}">{_text(shown)}</FONT></TD></TR>'
    )


def _html(text: str, longest: int = LONGEST) -> str:
    return f"<{_text(text, longest) or ' '}>"


def _text(text: str, longest: int = LONGEST) -> str:
    """User's text inside an HTML label: letters, digits and spaces stand, all else is numbered."""
    shown = "".join(c if c.isprintable() else " " for c in shorten(text, longest)).strip()
    return "".join(c if c.isalnum() or c == " " else _ESCAPED.get(c, f"&#{ord(c)};") for c in shown)
