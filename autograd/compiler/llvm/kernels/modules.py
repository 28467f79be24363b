"""A program's functions as LLVM's modules: one, or several if it is long.

Much code that runs a few times only is in modules of its own, made as it is written. (At level 1 LLVM
takes three to six times as long over it, for 3 to 40 % of speed; loops would lose two thirds of theirs
at level 0.) So is the kernel then, the first of them: at level 1 the time over many calls grows with
their square.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...rolling.rolled import Rolled
from ..text.ir import Code, Text, constant, declared, internal

LONG = 8_000  # lines of text: LLVM needs some hundred bytes of memory for each
MEMORY = """\
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"""


class Functions:
    """The functions that have been written, and what they need beside them."""

    def __init__(self, rolled: Rolled) -> None:
        self.rolled = rolled
        self.main: list[Text] = []  # phases, and the kernel, which calls them
        self.hot: list[Text] = []  # parts with loops
        self.cold: list[Text] = []  # parts whose lines run a few times at most
        self.declarations: dict[Text, Text] = {}
        self.helpers: dict[Text, Text] = {}  # what else a module has to define

    def add(self, functions: list[Text], code: Code, signature: Text) -> None:
        """Put a function that is written to some others."""
        functions.append(code.text(signature))
        self.declarations |= code.declarations
        self.helpers |= code.helpers

    def modules(self) -> list[tuple[Text, int]]:
        """The modules, and how hard LLVM is to try."""
        if sum(text.count("\n") for text in self.cold) < LONG:
            return [(self.text(), 1)]
        parts = map(declared, [*self.hot, *self.cold])
        here, there = (self._constants(linkage) for linkage in ("dso_local", "external"))
        kernel = self._module(*parts, here, *self.main)
        loops = [(self._module(*some, constants=there), 1) for some in _chunks(self.hot)]
        lines = [(self._module(*some, constants=there), 0) for some in _chunks(self.cold)]
        return [(kernel, 0), *loops, *lines]

    def text(self) -> Text:
        """All as one module."""
        parts = map(internal, [*self.hot, *self.cold])
        return self._module(*parts, *self.main, constants=self._constants("internal"))

    def _module(self, *functions: Text, constants: Text = "") -> Text:
        """A module of functions, with what they may call, and the constants if they read them."""
        used = [x for x in constants.splitlines() if any(x[: x.index(" ")] in f for f in functions)]
        declared = [*self.declarations.values(), MEMORY, *self.helpers.values()]
        return "\n".join([*used, *declared, *functions, ""])

    def _constants(self, linkage: Text) -> Text:
        """The constants that are read from memory, and tables if there are any; of external ones
        another module has the numbers.
        """
        kind, tables = self.rolled.element.llvm, self.rolled.tables
        arrays = [_array("@constants", linkage, kind, map(constant, self.rolled.constants))]
        if tables:
            arrays.append(_array("@tables", linkage, "i64", map(str, tables)))
        return "\n".join(arrays)


def _array(name: Text, linkage: Text, kind: Text, numbers: Iterable[Text]) -> Text:
    texts = [f"{kind} {x}" for x in numbers]
    type_ = f"constant [{len(texts)} x {kind}]"
    if linkage == "external":
        return f"{name} = external dso_local {type_}"
    return f"{name} = {linkage} {type_} [{', '.join(texts)}], align 64"


def _chunks(functions: list[Text]) -> Iterator[list[Text]]:
    """Functions in lists of bounded length."""
    some: list[Text] = []
    lines = 0
    for function in functions:
        some.append(function)
        lines += function.count("\n")
        if lines > LONG:
            yield some
            some, lines = [], 0
    if some:
        yield some
