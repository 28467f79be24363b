"""The step-through page of a graph, and of an expression in whose place others can be typed."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from ...errors import RendererError
from ...tools.wording import shorten
from ...value import Value
from ..dot import digraph
from ..render import image
from ..table import in_words, table
from .library import LONGEST, library
from .program import program
from .sheet import HERE, Page, Sheet

MODULES = (
    "special arithmetic interpreter words parser fold layout dom drawing player practice panel editor "
    "listening main start"
).split()
SHEET = Sheet(HERE / "step_through.html", tuple(HERE / f"{name}.js" for name in MODULES))


def of_graph(v: Value) -> Page:
    """See `autograd.step_through`."""
    return _page(v, v.label or "Step through the graph", {"program": program(v)})


def of_expression(text: str, values: Mapping[str, float], v: Value) -> Page:
    """The page of an expression that was parsed as v, in which others can be typed."""
    given = {name: x if x - x == 0 else str(x) for name, x in values.items()}
    shelf = {**library(), "longest": LONGEST}
    return _page(v, shorten(text, 80), {"expression": text, "values": given, "library": shelf})


def _page(v: Value, title: str, data: Mapping[str, Any]) -> Page:
    name = f"step-through page of {v!r}"
    return Page(SHEET.fill(title, data), name, lambda: _picture(v))


def _picture(v: Value) -> str:
    """The static picture, or the table where nothing draws one."""
    try:
        svg = digraph(v).pipe("svg").decode()
    except RendererError:
        return f"<pre>{html.escape(table(v, 300))}</pre>"
    return image(svg, in_words(v))
