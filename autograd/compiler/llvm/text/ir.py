"""LLVM's text, written line by line.

LLVM reads programs in *static single assignment*: every line names its result once, a loop carries
its changing values through ``phi`` lines at its head. `Code` numbers the results, opens loops and
remembers what was declared. What stands already is not written again: arithmetic wherever its line is
sure to have been run (sin x and cos x reduce x once), addresses within a block.

Names: c conditions; all are strings, the names of LLVM's values or constants.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from ...programs.elements import DOUBLE, Element

Text = str

Index = int | Text | tuple[Text, int]
"""A pair is a sum, which is added up where it is used: an address takes it as it is."""


def constant(x: float) -> Text:
    """A float as LLVM reads it: its bits, so that nothing is rounded on the way."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', x))[0]:016X}"


def internal(function: Text) -> Text:
    """A function that only its own module calls."""
    return function.replace("define ", "define internal ", 1)


def declared(function: Text) -> Text:
    """The declaration of a function that another module has."""
    return function.partition(" {")[0].replace("define ", "declare ", 1)


class Code:
    """The body of one function under construction, and the declarations that it needs."""

    def __init__(self, element: Element = DOUBLE) -> None:
        self.element = element  # of the arrays that it reads and writes
        self.head: list[Text] = []  # what every block may use: written first
        self.lines: list[Text] = []
        self.declarations: dict[Text, Text] = {}
        self.helpers: dict[Text, Text] = {}  # what else its module defines, by name
        self.block = "entry"
        self._values = self._labels = 0  # how many there are
        self._written: dict[Text, Text] = {}  # arithmetic, and the name of its result
        self._indices: dict[Text, Text] = {}  # of this block, by what computes them

    def name(self) -> Text:
        """The next value's name: a number, which LLVM looks up sooner than a word."""
        self._values += 1
        return f"%{self._values - 1}"

    def new(self, text: Text) -> Text:
        """A line with a result."""
        name = self.name()
        self.lines.append(f"  {name} = {text}")
        return name

    def once(self, text: Text) -> Text:
        """A line whose result follows from its text: written if it does not stand there yet."""
        if text not in self._written:
            self._written[text] = self.new(text)
        return self._written[text]

    def do(self, text: Text) -> None:
        """A line without one."""
        self.lines.append(f"  {text}")

    def enter(self, label: Text) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")
        self.block = label
        self._indices.clear()

    def label(self) -> Text:
        """A label that no other block has."""
        self._labels += 1
        return f"b{self._labels}"

    def call(self, name: Text, result: Text, arguments: Sequence[tuple[Text, Text]]) -> Text:
        """A call of a function without side effects; arguments are (type, value)."""
        if name not in self.declarations:
            types = ", ".join(kind for kind, _ in arguments)
            self.declarations[name] = f"declare {result} @{name}({types}) nounwind memory(none)"
        values = ", ".join(f"{kind} {value}" for kind, value in arguments)
        return self.once(f"call {result} @{name}({values})")

    def loop(
        self,
        count: int | Text,
        body: Callable[[Text, list[Text]], Sequence[Text]],
        carried: Sequence[tuple[Text, Text]] = (),
        step: int = 1,
    ) -> list[Text]:
        """``for i in range(0, count, step)``, at least once; what it carries is (type, first value).

        ``body(i, values)`` writes one turn and answers the next values; the last ones are returned.
        """
        head, end, before = self.label(), self.label(), self.block
        self.do(f"br label %{head}")
        self.enter(head)
        at, i, values = len(self.lines), self.name(), [self.name() for _ in carried]
        last = list(body(i, values))
        following = self.new(f"add nuw nsw i64 {i}, {step}")
        more = self.new(f"icmp slt i64 {following}, {count}")
        self.lines[at:at] = [f"  {i} = phi i64 [0, %{before}], [{following}, %{self.block}]"] + [
            f"  {value} = phi {kind} [{first}, %{before}], [{next_}, %{self.block}]"
            for value, (kind, first), next_ in zip(values, carried, last, strict=True)
        ]
        self.do(f"br i1 {more}, label %{head}, label %{end}")
        self.enter(end)
        return last

    def repeat(self, count: int | Text, body: Callable[[Text], None], step: int = 1) -> None:
        """A `loop` that carries nothing."""

        def turn(i: Text, _: list[Text]) -> list[Text]:
            body(i)
            return []

        self.loop(count, turn, step=step)

    def when(
        self,
        condition: Text,
        body: Callable[[], Sequence[Text] | None],
        otherwise: Sequence[tuple[Text, Text]] = (),
    ) -> list[Text]:
        """``body() if condition else otherwise``, where otherwise is (type, value), or nothing."""
        then, end, before = self.label(), self.label(), self.block
        self.do(f"br i1 {condition}, label %{then}, label %{end}")
        self.enter(then)
        written = self._written.copy()
        values, last = body() or (), self.block
        self._written = written  # what the body wrote need not have been run
        self.do(f"br label %{end}")
        self.enter(end)
        return [
            self.new(f"phi {kind} [{value}, %{last}], [{other}, %{before}]")
            for value, (kind, other) in zip(values, otherwise, strict=True)
        ]

    def index(self, text: Text) -> Text:
        """A line that computes an index or an address: written once a block."""
        if text not in self._indices:
            self._indices[text] = self.new(text)
        return self._indices[text]

    def offset(self, base: int, *terms: tuple[Index, int]) -> Index:
        """``base + Σ index·stride``: an int where every index is one, else a value of type i64."""
        values = []
        for index, stride in terms:
            value, plus = index if isinstance(index, tuple) else (index, 0)
            base += plus * stride
            if isinstance(value, int):
                base += value * stride
            elif stride:
                values.append(value if stride == 1 else self.index(f"mul i64 {value}, {stride}"))
        if not values:
            return base
        total = values[0]
        for value in values[1:]:
            total = self.index(f"add i64 {total}, {value}")
        return (total, base) if base else total

    def added_up(self, index: Index) -> Text:
        """An index in one piece."""
        if isinstance(index, tuple):
            return self.index(f"add i64 {index[0]}, {index[1]}")
        return str(index)

    def looked_up(self, index: Index) -> Text:
        """The integer at a place in the program's tables."""
        place = self.index(f"getelementptr i64, ptr @tables, i64 {self.added_up(index)}")
        return self.index(f"load i64, ptr {place}, align 8")

    def at(self, pointer: Text, index: Index) -> Text:
        """The address of number ``index`` of an array."""
        if index == 0:
            return pointer
        if isinstance(index, tuple):
            return self.at(self.at(pointer, index[0]), index[1])
        return self.index(f"getelementptr {self.element.llvm}, ptr {pointer}, i64 {index}")

    def place(self, kind: Text, array: Text, k: int | Text) -> Text:
        """The address of item k of an array of pointers, integers or bytes."""
        return self.new(f"getelementptr {kind}, ptr {array}, i64 {k}")

    def item(self, kind: Text, array: Text, k: int | Text) -> Text:
        """Item k of an array of pointers or integers."""
        return self.new(f"load {kind}, ptr {self.place(kind, array, k)}, align 8")

    def field(self, kind: Text, thing: Text, offset: int) -> Text:
        """What an object holds so many bytes from its start."""
        return self.new(f"load {kind}, ptr {self.place('i8', thing, offset)}, align 8")

    def text(self, signature: Text) -> Text:
        """The finished function."""
        return "\n".join([f"define {signature} {{", "entry:", *self.head, *self.lines, "}"])


def in_steps(code: Code, count: int, size: int, body: Callable[[Index, int], None]) -> None:
    """``body(i, how many)`` for range(count), ``size`` of them at a time and then the rest."""
    full = count // size * size
    if full == size:
        body(0, size)
    elif full:
        code.repeat(full, lambda i: body(i, size), step=size)
    if count > full:
        body(full, count - full)


def evenly(code: Code, count: int, most: int, body: Callable[[Index, int], None]) -> None:
    """The same with at most so many at a time, and each time as many, or one less."""
    size, more = divmod(count, -(-count // most))
    larger = more * (size + 1)

    def smaller(i: Index, how_many: int) -> None:
        body(code.offset(larger, (i, 1)), how_many)

    in_steps(code, larger, size + 1, body)
    in_steps(code, count - larger, size, smaller)
