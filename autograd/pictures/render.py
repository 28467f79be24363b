"""From DOT to a picture: by the ``dot`` program, or in this process by pygraphviz.

pygraphviz's wheels bundle Graphviz without its programs, so a picture needs no system install.
"""

from __future__ import annotations

import base64
import contextlib
import html
import os
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import graphviz

from ..errors import RendererError
from ..tools.atomic_write import write_file

_one_at_a_time = threading.Lock()  # Graphviz's library keeps global state

NO_RENDERER = (
    "no picture: neither the program 'dot' nor the package pygraphviz was found; "
    "pip install pygraphviz, or install Graphviz (https://graphviz.org/download)"
)


SOURCES = ("dot", "gv")
"""What the names of files with DOT source end in."""


class Picture(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no types
    """A Digraph that renders without the ``dot`` program, where pygraphviz is installed."""

    alternative = ""
    """The text that a notebook shows if there is no renderer."""
    plain = ""
    """The text beside the picture, for a console."""
    alt = "computation graph"
    """What the picture shows, in words."""

    def pipe(self, format: str | None = None, **settings: Any) -> Any:  # noqa: A002
        """The picture as bytes, as ``graphviz.Digraph.pipe`` gives it."""
        try:
            return super().pipe(format, **{"quiet": True, **settings})
        except graphviz.ExecutableNotFound:
            data = in_process(
                self.source, format or self.format, settings.get("engine") or self.engine
            )
        encoding = settings.get("encoding")
        return data.decode(encoding) if encoding else data

    def save(self, filename: Any = None, directory: Any = None, **settings: Any) -> str:
        """Write the picture if the name ends as one does (``graph.png``), else the DOT source.

        Raises ValueError for another ending (``graph.foo``).
        """
        kind = _picture_format(filename)
        if not kind:
            return str(super().save(filename=filename, directory=directory, **settings))
        path = Path(directory or "", filename)
        write_file(path, self.pipe(kind))
        return str(path)

    def render(
        self,
        filename: Any = None,
        directory: Any = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,  # noqa: A002
        **settings: Any,
    ) -> str:
        """Write the source and the picture, as ``graphviz.Digraph.render`` does; give its path."""
        if _picture_format(filename) and not settings.get("outfile"):  # the picture's own name
            settings["outfile"], filename = Path(directory or "", filename), None
        given = {"filename": filename, "directory": directory, "view": view, "cleanup": cleanup}
        try:
            return str(super().render(**given, format=format, **settings))
        except graphviz.ExecutableNotFound:
            outfile = settings.get("outfile")
        kind = format or (Path(outfile).suffix[1:] if outfile else self.format)
        data = self.pipe(kind, engine=settings.get("engine"))
        saved = filename or (outfile and Path(outfile).with_suffix(".gv"))
        source = Path(self.save(filename=saved, directory=directory))
        path = Path(outfile) if outfile else Path(f"{source}.{kind}")
        write_file(path, data)
        if cleanup:
            source.unlink()
        if view:
            self._view(str(path), format=kind, quiet=True)
        return str(path)

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """What a notebook shows: the picture, or a message and the table in its place."""
        try:
            svg = self.pipe("svg").decode()
        except (RendererError, graphviz.CalledProcessError) as error:
            return {"text/plain": f"{error}\n{self.alternative}"}
        bundle = {
            "text/html": image(svg, self.alt),
            "image/svg+xml": svg,
            "text/plain": self.plain,
        }
        return {
            kind: shown
            for kind, shown in bundle.items()
            if (not include or kind in include) and kind not in (exclude or ())
        }


def image(svg: str, alt: str) -> str:
    """A picture as HTML that holds it, which untrusted notebooks show too."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{data}">'


def _picture_format(filename: Any) -> str:
    """The format that a file's name ends in; "" for none, and for DOT's own, which are the source's."""
    kind = Path(filename or "").suffix[1:].lower()
    if kind in graphviz.FORMATS and kind not in SOURCES:
        return kind
    if kind.isalpha() and kind not in SOURCES:
        raise ValueError(
            f"{filename} ends in no format of pictures that is known: .svg, .png and .pdf are; the DOT "
            f"source has the ending .gv or .dot, or none"
        )
    return ""


def in_process(source: str, format: str, engine: str = "dot") -> bytes:  # noqa: A002
    """DOT source laid out and drawn by pygraphviz; RendererError where it is not installed, or a
    library of the system that it needs (GLib, which slim containers lack).
    """
    try:
        import pygraphviz
    except ModuleNotFoundError as error:
        raise RendererError(NO_RENDERER) from error
    except ImportError as error:
        raise RendererError(
            f"no picture: pygraphviz is installed, but not what it stands on: {error}; install it, or "
            f"Graphviz (https://graphviz.org/download)"
        ) from error
    with _one_at_a_time, _without_fontconfig():
        try:
            return bytes(pygraphviz.AGraph(string=source).draw(format=format, prog=engine))
        except (OSError, ValueError, TypeError) as error:  # TypeError: it knows no such format
            raise RendererError(f"Graphviz could not draw {format!r}: {error}") from error


@contextlib.contextmanager
def _without_fontconfig() -> Iterator[None]:
    """Fontconfig, a C library, warns on file descriptor 2; all else written there comes through."""
    try:
        stderr = os.dup(2)
    except OSError:  # there is none: a program without a console
        yield
        return
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            caught.seek(0)
            lines = caught.readlines()
            sys.stderr.flush()
            os.write(2, b"".join(line for line in lines if not line.startswith(b"Fontconfig")))
