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
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ...tools.atomic_write import write_file

HERE = Path(__file__).parent
HEIGHT = 640  # pixels, in a notebook


class Page:
    """A page of one file: ``html``, ``save(path)``; a notebook shows it."""

    def __init__(self, text: str, name: str, still: Callable[[], str]) -> None:
        self.html, self._name, self._still = text, name, still

    def save(self, path: str | Path) -> None:
        """Write the page to a file, of which a name with an ending ends in ``.html``."""
        if Path(path).suffix.lower() not in ("", ".html", ".htm"):
            raise ValueError(
                f"the {self._name} is HTML: the file's name ends in .html, given {path}"
            )
        write_file(path, self.html.encode())

    def __repr__(self) -> str:
        return f"<the {self._name}: save(path) writes it>"

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
        **_: Any,
    ) -> dict[str, str]:
        """The page in a frame, without a way out of it; untrusted notebooks keep the still alone."""
        frame = (
            f'<iframe title="{html.escape(self._name)}" sandbox="allow-scripts" style="width: 100%; '
            f'height: {HEIGHT}px; border: 0" srcdoc="{html.escape(self.html)}" '
            f'onload="this.previousElementSibling.hidden = true"></iframe>'
        )
        bundle = {"text/html": f"<div>{self._still()}</div>{frame}", "text/plain": repr(self)}
        return {
            kind: shown
            for kind, shown in bundle.items()
            if (not include or kind in include) and kind not in (exclude or ())
        }


class Sheet(NamedTuple):
    """What pages of one sort are made of: a body, styles beside the common one, and scripts."""

    body: Path
    scripts: tuple[Path, ...]
    styles: tuple[Path, ...] = ()
    policy: str = ""
    """What its pages may load beside their own script and style; nothing is on the network."""

    def fill(self, title: str, data: Mapping[str, Any]) -> str:
        """The file: text from the user is escaped, and stands in no script."""
        style = "".join(map(_read, (HERE / "style.css", *self.styles)))
        code, text = joined(self.scripts), json.dumps(data, separators=(",", ":"), allow_nan=False)
        parts = {
            "script_hash": _hash(code),
            "style_hash": _hash(style) + self.policy,
            "title": html.escape("".join(c if c.isprintable() else " " for c in title)),
            "style": style,
            "data": text.replace("<", "\\u003c"),
            "script": code,
        }
        template = _read(HERE / "page.html").replace("{body}", _read(self.body).rstrip())
        return re.sub(r"\{(\w+)\}", lambda match: parts[match[1]], template)


@cache
def joined(scripts: tuple[Path, ...]) -> str:
    """Modules as one: imports of each other are taken out, and what is exported is there."""
    text = "\n".join(re.sub(r"^import [^;]*;\n", "", _read(s), flags=re.MULTILINE) for s in scripts)
    return re.sub(r"^export ", "", text, flags=re.MULTILINE)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
