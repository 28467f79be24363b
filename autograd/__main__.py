"""The command line: ``python -m autograd "(x + y) * z" x=-2 y=5 z=-4 --svg graph.svg``."""

# ruff: noqa: T201  (a command line prints)

from __future__ import annotations

import argparse
import contextlib
import io
import json
import keyword
import os
import re
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from .errors import ExpressionError, RendererError
from .pictures import draw
from .pictures.table import record, table
from .tools.expression import build, public_functions
from .tools.wording import shorten

if TYPE_CHECKING:
    from .value import Value

WIDTH = 72  # characters of the expression that an error shows


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, without the usage."""
        self.exit(2, f"autograd: {shorten(message, 2 * WIDTH)} (see --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every node of an expression's graph; 2 for what is not understood."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    given = _parser().parse_intermixed_args(
        [_spared(a) for a in (sys.argv[1:] if arguments is None else arguments)]
    )
    text = "".join(" " if c.isspace() else c for c in given.expression).strip()
    try:
        f, variables = build(text, _assignments(given.assignments))
    except ExpressionError as error:
        print(f"autograd: {error}{_place(text, error.offset)}", file=sys.stderr)
        return 2
    if f.op and "f" not in variables:
        f.label = "f"
    f.backward()
    print(json.dumps(record(text, f), ensure_ascii=False, indent=2) if given.json else table(f))
    return _write(f, given)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        "python -m autograd",
        description="The value and the gradient of an expression, at every node of its graph.",
        epilog="Functions: " + ", ".join(sorted(public_functions())) + ". Sequences are lists: "
        "sum([x, y]), dot([x, y], [1, 2]). Comparisons choose: where(x > 0, x, 0). A power is x**2; "
        "pi and e are known.",
    )
    parser.add_argument("expression", help='such as "(x + y) * z"')
    parser.add_argument("assignments", nargs="*", metavar="name=number", help="such as x=-2")
    for kind in ("svg", "png", "dot"):
        parser.add_argument(
            f"--{kind}", type=Path, metavar="FILE", help=f"write the graph as {kind}"
        )
    parser.add_argument("--json", action="store_true", help="print JSON; inf and nan as strings")
    return parser


def _spared(argument: str) -> str:
    """An expression that begins with a minus is no option."""
    option = re.fullmatch(r"-h|--([a-z]+(=.*)?)?", argument, re.DOTALL)
    return f" {argument}" if argument.startswith("-") and not option else argument


def _assignments(given: Sequence[str]) -> dict[str, float]:
    values: dict[str, float] = {}
    for assignment in given:
        name, equals, number = assignment.partition("=")
        name = unicodedata.normalize("NFKC", name.strip())  # as Python reads names
        if not equals or not name.isidentifier() or keyword.iskeyword(name):
            raise ExpressionError(
                f"{shorten(assignment, WIDTH)!r} gives no name a value: write x=1.5"
            )
        if name in values:
            raise ExpressionError(f"{name!r} is given a value twice")
        try:
            values[name] = float(number)
        except ValueError:
            raise ExpressionError(f"{assignment!r}: {number!r} is not a number") from None
    return values


def _place(text: str, offset: int | None) -> str:
    """The expression, or the part around the place, with a caret under it."""
    if offset is None:
        return ""
    start = max(0, min(offset - WIDTH // 2, len(text) - WIDTH))
    return f"\n  {text[start : start + WIDTH]}\n  {' ' * (offset - start)}^"


def _write(f: Value, given: argparse.Namespace) -> int:
    """Write the pictures asked for, each whole or not at all."""
    wanted = {kind: path for kind in ("dot", "svg", "png") if (path := getattr(given, kind))}
    try:
        picture = draw(f)
        pictures = {
            path: picture.source.encode() if kind == "dot" else picture.pipe(kind)
            for kind, path in wanted.items()
        }
        for path, data in pictures.items():
            _save(path, data)
    except (RendererError, OSError) as error:
        print(f"autograd: {error}", file=sys.stderr)
        return 2
    return 0


def _save(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; what is there and is no file, such as a pipe, as it is."""
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    path = path.resolve()  # a link stays one
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def command() -> int:
    """`main` as a program: a reader who stops ends it quietly, and a full device is one line."""
    try:
        try:
            return main()
        finally:
            print(end="", flush=True)  # a program may have no stdout
    except BrokenPipeError:
        status = 128 + 13  # as if SIGPIPE had ended it
    except OSError as error:
        with contextlib.suppress(OSError):
            print(f"autograd: {error}", file=sys.stderr)
        status = 2
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is not written
    return status


if __name__ == "__main__":
    sys.exit(command())
