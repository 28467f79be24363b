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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from .errors import ExpressionError, RendererError
from .pictures import draw
from .pictures.table import record, table
from .tools import check_files
from .tools.atomic_write import write_file
from .tools.expression import build, public_functions
from .tools.wording import shorten

if TYPE_CHECKING:
    from .value import Value

EXAMPLE = ("(x + y) * z", "x=-2", "y=5", "z=-4")  # what a playground begins with
WIDTH = 72  # characters of the expression that an error shows


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, without the usage."""
        self.exit(2, f"autograd: {shorten(message, 2 * WIDTH)} (see --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every node of an expression's graph; 2 for what is not understood."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    arguments = sys.argv[1:] if arguments is None else arguments
    if "--check" in arguments:
        return check_files.main(arguments)
    given = _given(arguments)
    text = "".join(" " if c.isspace() else c for c in given.expression).strip()
    try:
        values = _assignments(given.assignments)
        f, variables = build(text, values)
    except ExpressionError as error:
        print(f"autograd: {error}{_place(text, error.offset)}", file=sys.stderr)
        return 2
    if f.op and "f" not in variables:
        f.label = "f"
    f.backward()
    print(json.dumps(record(text, f), ensure_ascii=False, indent=2) if given.json else table(f))
    return _write(f, text, values, given)


def _given(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line's arguments; a playground needs no expression to begin with."""
    parser = _parser()
    given = parser.parse_intermixed_args([_spared(a) for a in arguments])
    if given.expression is None:
        if given.playground is None:
            parser.error("the expression is missing")
        given.expression, *given.assignments = EXAMPLE
    return given


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        "python -m autograd",
        description="The value and the gradient of an expression, at every node of its graph.",
        epilog="Functions: " + ", ".join(sorted(public_functions())) + ". Sequences are lists: "
        "sum([x, y]), dot([x, y], [1, 2]). Comparisons choose: where(x > 0, x, 0). A power is x**2; "
        "pi and e are known. "
        "For a class: --check FOLDER_OR_FILE… [--timeout 10] [--csv FILE] RUNS each student's file "
        "in a process of its own, and prints one diagnosis each.",
    )
    parser.add_argument("expression", nargs="?", help='such as "(x + y) * z"')
    parser.add_argument("assignments", nargs="*", metavar="name=number", help="such as x=-2")
    for kind in ("svg", "png", "dot"):
        parser.add_argument(
            f"--{kind}", type=Path, metavar="FILE", help=f"write the graph as {kind}"
        )
    for name, what in (("html", "the expression"), ("playground", "an example, or the expression")):
        parser.add_argument(
            f"--{name}",
            type=Path,
            metavar="FILE",
            help=f"write a page that steps through {what}; any other can be typed in it",
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


def _write(f: Value, text: str, values: Mapping[str, float], given: argparse.Namespace) -> int:
    """Write the pictures and pages asked for, each whole or not at all."""
    wanted = {kind: path for kind in ("dot", "svg", "png") if (path := getattr(given, kind))}
    pages = [path for path in (given.html, given.playground) if path]
    try:
        picture = draw(f)
        pictures = {
            path: picture.source.encode() if kind == "dot" else picture.pipe(kind)
            for kind, path in wanted.items()
        }
        if pages:
            from .pictures.page.writer import of_expression  # loads what writes HTML

            pictures |= dict.fromkeys(pages, of_expression(text, values, f).html.encode())
        for path, data in pictures.items():
            write_file(path, data)
    except (RendererError, OSError) as error:
        print(f"autograd: {error}", file=sys.stderr)
        return 2
    return 0


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
