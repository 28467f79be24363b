r"""The look of a picture: the card of a node, its colours, and user's text made safe.

Labels are written as Graphviz's HTML, so that a card is a table. Text from the user is escaped
character by character: neither XML nor Graphviz's own escapes (``\N``) reach into it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..kinds.kind import NOTHING
from ..tools.wording import LONGEST, SYMBOLS, number, shorten
from .table import NO_GRADIENT

if TYPE_CHECKING:
    from ..value import Value

FONT = "Helvetica,Arial,sans-serif"
INK, QUIET, GRADIENT, FAINT = "#0f172a", "#64748b", "#be123c", "#cbd5e1"
LEAF = ("#e0f2fe", "#0284c7")  # fill and border
OPERATION = ("#ffffff", "#475569")
OUTPUT = ("#fef3c7", "#d97706")
FOLDED = ("#ede9fe", "#7c3aed")
SIGNS = {**SYMBOLS, "sub": "−", "mul": "×", "div": "÷", "pow": "xʸ", "neg": "−", "sqrt": "√"}

GRAPH = {
    "graph_attr": {
        "rankdir": "LR",
        "ordering": "in",  # operands from top to bottom
        "nodesep": "0.18",
        "ranksep": "0.45",
        "fontname": FONT,
        "fontsize": "11",
        "fontcolor": QUIET,
    },
    "node_attr": {"shape": "plain", "fontname": FONT, "fontsize": "12", "fontcolor": INK},
    "edge_attr": {
        "color": QUIET,
        "arrowsize": "0.6",
        "weight": "8",
        "fontname": FONT,
        "fontsize": "10",
        "labelfontcolor": OPERATION[1],
        "labeldistance": "1.4",
    },
}
FRAME = {"style": "rounded", "color": FAINT, "bgcolor": "#f8fafc", "labeljust": "l"}
ELLIPSE = {"shape": "ellipse", "fontcolor": OPERATION[1], "color": OPERATION[1]}
NOTE = {"fontsize": "9", "fontcolor": QUIET, "margin": "0.02"}
NOTE_EDGE = {"arrowhead": "none", "color": FAINT, "weight": "1"}


def card(node: Value, root: Value, operation: bool) -> str:
    """A node as a table: label and, if wanted, operation above, value and gradient below."""
    fill, border = OUTPUT if node is root else OPERATION if node.op else LEAF
    gradient = NO_GRADIENT if root.grad is NOTHING else number(node.grad)
    color = QUIET if gradient == NO_GRADIENT else GRADIENT
    titles = [(node.label, INK), (sign(node) if operation else "", border)]
    shown = [(_room(t), f'<FONT COLOR="{c}"><B>{text(t)}</B></FONT>') for t, c in titles if text(t)]
    span = f' COLSPAN="{3 - len(shown)}"'
    head = f"<TR>{''.join(f'<TD{span}{room}>{t}</TD>' for room, t in shown)}</TR>" if shown else ""
    return _table(
        fill, border, head + _row("value", number(node.data), INK) + _row("grad", gradient, color)
    )


def sign(node: Value) -> str:
    """The operation that made a node, as mathematics writes it; "" for a leaf."""
    return SIGNS.get(node.op.name, node.op.name) if node.op else ""


def folded(name: str, n: int) -> str:
    """The card of a whole group of n nodes."""
    title = f"<TR><TD><B>{text(name) or ' '}</B></TD></TR>"
    size = (
        f'<TR><TD><FONT COLOR="{QUIET}" POINT-SIZE="10">{n:,} node{"s" * (n != 1)}</FONT></TD></TR>'
    )
    return _table(*FOLDED, title + size)


def sent(c: Any) -> dict[str, str]:
    """How an edge shows what flowed back along it; dashed if nothing did."""
    if c is NOTHING:
        return {"label": f" {NO_GRADIENT} ", "fontcolor": QUIET, "style": "dashed"}
    return {"label": f"< ← {text(number(c))} >", "fontcolor": GRADIENT}


def html(words: str, longest: int = LONGEST) -> str:
    """User's text as a whole HTML label."""
    return f"<{text(words, longest) or ' '}>"


def text(words: str, longest: int = LONGEST) -> str:
    """User's text inside an HTML label: letters, digits and spaces stand, all else is numbered.

    A backslash stands in a tag of its own, or Graphviz would read its escapes after it.
    """
    shown = "".join(c if c.isprintable() else " " for c in shorten(words, longest)).strip()
    numbered = (c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in shown)
    return "".join(numbered).replace("&#92;", "<FONT>&#92;</FONT>")


def _table(fill: str, border: str, rows: str) -> str:
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" STYLE="ROUNDED" '
        f'BGCOLOR="{fill}" COLOR="{border}">{rows}</TABLE>>'
    )


def _row(name: str, shown: str, color: str) -> str:
    return (
        f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="9" COLOR="{QUIET}">{name}</FONT></TD>'
        f'<TD ALIGN="RIGHT"{_room(shown)}><FONT COLOR="{color}">{text(shown)}</FONT></TD></TR>'
    )


def _room(words: str) -> str:
    """Room around a long text: Graphviz rounds letters to pixels, and narrow ones come out short."""
    return ' CELLPADDING="5"' if len(words) > 12 else ""
