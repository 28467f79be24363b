"""The Python module that a program becomes, and the kernel that runs it.

The module stands alone: it imports what it names, has its constants in sight, and one function ``f``
of the argument arrays and the number of samples. It can be saved, read and run as it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..programs.program import DOTS
from .forms import HELPERS, Form, Term

KNOWN = [(HELPERS, name) for name in ("any_nan", "grid", *DOTS)] + [
    ("math", "inf"),
    ("math", "nan"),
]
"""What a text may name besides its operations' functions."""
RAISED = (ZeroDivisionError, ValueError, OverflowError)
"""What Python's arithmetic raises where IEEE 754 answers inf or nan."""


class Module:
    """The lines of the function, as they are written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.indent = 1
        self._variables = 0

    def line(self, text: str) -> None:
        """Write a statement."""
        self.lines.append("    " * self.indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """While this is open, lines are written inside of a block with this head."""
        self.line(head)
        self.indent += 1
        yield
        self.indent -= 1

    @contextmanager
    def loops(self, *loops: tuple[str, int]) -> Iterator[None]:
        """The same for nested loops, each a variable and how often; for once there is no loop."""
        before = self.indent
        for name, count in loops:
            if count != 1:
                self.line(f"for {name} in range({count}):")
                self.indent += 1
        yield
        self.indent = before

    def keep(self, x: Term) -> Term:
        """Write a part of an expression on a line of its own; answers its variable."""
        self._variables += 1
        self.line(f"v{self._variables} = {x.text}")
        return Term(f"v{self._variables}")

    def text(self, forms: Iterable[Form], said: str, constants: str, n_arrays: int) -> str:
        """The whole module: docstring, imports, constants, the function ``f``."""
        body = "\n".join(self.lines)
        named = {*re.findall(r"(?<![\w.])[a-z]\w*(?=[(.])|\b(?:inf|nan)\b", constants + body)}
        imported: dict[str, set[str]] = defaultdict(set)
        for home, name in (*((form.home, form.name) for form in forms), *KNOWN):
            if home and name in named:
                imported[home].add(name)
        imports = [
            f"from {home} import {', '.join(sorted(names))}"
            for home, names in sorted(imported.items())
        ]
        imports += ["import numpy as np"] if "np" in named else []
        head = f"def f({', '.join([*(f'arg{k}' for k in range(n_arrays)), 'n'])}):"
        parts = [f'"""{said}"""', "\n".join(imports), constants, f"\n{head}\n{body}"]
        return "\n\n".join(filter(None, parts)) + "\n"


class SourceKernel:
    """A program as Python's source.

    ``source`` is what a person would write. Where Python raises and IEEE 754 answers inf or nan, the
    call is made again by the same program on the engine's functions, which answer.
    """

    def __init__(
        self,
        write: Callable[[bool], str],
        argument: Callable[[Any], Any],
        call: Callable[[Callable[..., Any], Sequence[Any]], Any],
    ) -> None:
        self._write, self._argument, self._call = write, argument, call
        self.source = write(False)
        self.function = _compiled(self.source)
        self._ieee: Callable[..., Any] | None = None

    def run(self, arrays: Sequence[Any], n: int) -> tuple[list[Any], bool]:
        """The outputs, an array of n for one a sample, and whether a watched number was nan."""
        arguments = [*map(self._argument, arrays), n]
        try:
            return self._call(self.function, arguments)  # type: ignore[no-any-return]
        except RAISED:
            if self._ieee is None:
                self._ieee = _compiled(self._write(True))
            return self._call(self._ieee, arguments)  # type: ignore[no-any-return]


def _compiled(source: str) -> Callable[..., Any]:
    names: dict[str, Any] = {}
    exec(compile(source, "<program>", "exec"), names)  # noqa: S102  (our own text: names and numbers)
    return names["f"]  # type: ignore[no-any-return]
