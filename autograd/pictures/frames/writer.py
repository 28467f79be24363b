"""From pictures to a page that shows one at a time, each with its caption and alternative text."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from pathlib import Path

from ..page.sheet import HERE, Page, Sheet

Frame = tuple[str, bytes | str, str]

FOLDER = Path(__file__).parent
SHEET = Sheet(
    FOLDER / "body.html",
    (HERE / "dom.js", FOLDER / "film.js", FOLDER / "start.js"),
    (FOLDER / "film.css",),
    policy="; img-src data:",
)


def of_frames(frames: Sequence[Frame], title: str) -> Page:
    """See `autograd.film`."""
    if not frames:
        raise ValueError("a film has one picture or more, got none")
    shown = [
        {"caption": caption, "image": _uri(image), "words": words}
        for caption, image, words in frames
    ]
    last = shown[-1]
    still = f'<img alt="{html.escape(last["words"])}" src="{last["image"]}">'
    text = SHEET.fill(title, {"frames": shown})
    return Page(text, f"film of {len(frames)} pictures", lambda: still)


def _uri(image: bytes | str) -> str:
    """A picture as a URI that holds it."""
    data = image.encode() if isinstance(image, str) else bytes(image)
    if data.startswith(b"\x89PNG"):
        kind = "png"
    elif data.lstrip().startswith((b"<?xml", b"<svg", b"<!DOCTYPE svg")):
        kind = "svg+xml"
    else:
        raise ValueError(f"a picture is PNG or SVG, got what begins with {data[:12]!r}")
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
