"""One HTML file that holds everything: data, style and scripts. It asks nothing of the network.

The scripts are modules in files of their own. They are put into one, in the order of their imports,
and the page's policy lets that script run and no other.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ...errors import RendererError
from ...tools.files import write_file
from ...tools.wording import shorten
from ...value import Value
from ..dot import digraph
from ..table import table
from .library import LONGEST, library
from .program import program

HERE = Path(__file__).parent
MODULES = (
    "arithmetic interpreter words parser fold layout drawing player practice panel editor listening "
    "main start"
).split()
HEIGHT = 640  # pixels, in a notebook


class StepThrough:
    """A page that steps through a graph: ``html``, ``save(path)``; a notebook shows it."""

    def __init__(self, v: Value, title: str, data: Mapping[str, Any]) -> None:
        self._v, self.html = v, page(title, data)

    def save(self, path: str | Path) -> None:
        """Write the page to a file."""
        write_file(path, self.html.encode())

    def __repr__(self) -> str:
        return f"<the step-through page of {self._v!r}: save(path) writes it>"

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
        **_: Any,
    ) -> dict[str, str]:
        """The page in a frame, without a way out of it; untrusted notebooks keep the picture alone."""
        frame = (
            f'<iframe title="step-through page" sandbox="allow-scripts" style="width: 100%; '
            f'height: {HEIGHT}px; border: 0" srcdoc="{html.escape(self.html)}" '
            f'onload="this.previousElementSibling.hidden = true"></iframe>'
        )
        bundle = {"text/html": f"<div>{self._picture()}</div>{frame}", "text/plain": repr(self)}
        return {
            kind: shown
            for kind, shown in bundle.items()
            if (not include or kind in include) and kind not in (exclude or ())
        }

    def _picture(self) -> str:
        """The static picture, or the table where nothing draws one."""
        try:
            svg = base64.b64encode(digraph(self._v).pipe("svg")).decode()
        except RendererError:
            return f"<pre>{html.escape(table(self._v, 300))}</pre>"
        return f'<img alt="computation graph" src="data:image/svg+xml;base64,{svg}">'


def of_graph(v: Value) -> StepThrough:
    """See `autograd.step_through`."""
    return StepThrough(v, v.label or "Step through the graph", {"program": program(v)})


def of_expression(text: str, values: Mapping[str, float], v: Value) -> StepThrough:
    """The page of an expression that was parsed as v, in which others can be typed."""
    given = {name: x if x - x == 0 else str(x) for name, x in values.items()}
    shelf = {**library(), "longest": LONGEST}
    return StepThrough(
        v, shorten(text, 80), {"expression": text, "values": given, "library": shelf}
    )


def page(title: str, data: Mapping[str, Any]) -> str:
    """The file: text from the user is escaped, and stands in no script."""
    style, code = (HERE / "style.css").read_text(encoding="utf-8"), script()
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    parts = {
        "script_hash": _hash(code),
        "style_hash": _hash(style),
        "title": html.escape("".join(c if c.isprintable() else " " for c in title)),
        "style": style,
        "data": text.replace("<", "\\u003c"),
        "script": code,
    }
    template = (HERE / "page.html").read_text(encoding="utf-8")
    return re.sub(r"\{(\w+)\}", lambda match: parts[match[1]], template)


@cache
def script(*, start: bool = True) -> str:
    """The modules as one: imports of each other are taken out, and what is exported is there."""
    names = MODULES if start else MODULES[:-1]
    sources = ((HERE / f"{name}.js").read_text(encoding="utf-8") for name in names)
    joined = "\n".join(re.sub(r"^import [^;]*;\n", "", s, flags=re.MULTILINE) for s in sources)
    return re.sub(r"^export ", "", joined, flags=re.MULTILINE)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
