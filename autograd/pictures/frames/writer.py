"""From pictures to a page that shows one at a time, each with its caption and alternative text."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...tools.wording import shorten
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
    if not isinstance(title, str):
        raise TypeError(f"the title of a film is a text, got {title!r}")
    shown = [_shown(i, frame) for i, frame in enumerate(frames)]
    if not shown:
        raise ValueError("a film has one picture or more, got none")
    last = shown[-1]
    still = f'<img alt="{html.escape(last["words"])}" src="{last["image"]}">'
    text = SHEET.fill(title, {"frames": shown})
    return Page(text, f"film of {len(shown)} pictures", lambda: still)


def _shown(i: int, frame: Any) -> dict[str, str]:
    """A frame as the page reads it, checked."""
    match frame:
        case [str(caption), str() | bytes() as image, str(words)]:
            return {"caption": caption, "image": _uri(image), "words": words}
    raise TypeError(
        f"a frame is (caption, picture, words): a text, PNG as bytes or SVG as text, and the words for "
        f"those who do not see it; frame {i} is {shorten(repr(frame), 80)}"
    )


def _uri(image: bytes | str) -> str:
    """A picture as a URI that holds it."""
    data = image.encode() if isinstance(image, str) else image
    if data.startswith(b"\x89PNG"):
        kind = "png"
    elif data.lstrip().startswith((b"<?xml", b"<svg", b"<!DOCTYPE svg")):
        kind = "svg+xml"
    else:
        raise ValueError(f"a picture is PNG or SVG, got what begins with {data[:12]!r}")
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
