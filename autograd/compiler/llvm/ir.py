"""LLVM's text, written line by line: one class for control flow, one for numbers of any lane width.

LLVM reads programs in *static single assignment*: every line names its result once, a loop carries
its changing values through ``phi`` lines at its head. A vector of eight doubles is a type like any
other, ``<8 x double>``, so the same lines of text serve one number, four lanes or eight; what turns
them into AVX-512, AVX2 or NEON instructions is LLVM's business.

`Code` numbers the results, opens loops and remembers what was declared. `Numbers` writes arithmetic
on one type: `Numbers(code, 1)` on ``double``, `Numbers(code, 8)` on vectors of eight. Arithmetic that
stands there already is not written again: sin x and cos x reduce x once.

The one licence given to LLVM's optimiser is the flag ``contract`` (a product and a sum may round
once, as a fused multiply-add), so that nan, infinities and signed zeros stay as IEEE 754 has them.

Names: x, y numbers; c conditions; all are strings, the names of LLVM's values or constants.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

Text = str
COMPARISONS = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}


def constant(x: float) -> Text:
    """A float as LLVM reads it: its bits, so that nothing is rounded on the way."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', x))[0]:016X}"


class Code:
    """The body of one function under construction, and the declarations that it needs."""

    def __init__(self) -> None:
        self.head: list[Text] = []  # what every block may use: written first
        self.lines: list[Text] = []
        self.declarations: dict[Text, Text] = {}
        self.helpers: dict[Text, Text] = {}  # functions of its module that it calls, by name
        self.block = "entry"
        self._count = 0
        self._written: dict[Text, Text] = {}  # arithmetic, and the name of its result

    def name(self) -> Text:
        """A name that no other value has."""
        self._count += 1
        return f"%v{self._count}"

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

    def label(self) -> Text:
        """A label that no other block has."""
        return f"b{self.name()[2:]}"

    def call(self, name: Text, result: Text, arguments: Sequence[tuple[Text, Text]]) -> Text:
        """A call of a function without side effects; arguments are (type, value)."""
        types = ", ".join(kind for kind, _ in arguments)
        self.declarations.setdefault(
            name, f"declare {result} @{name}({types}) nounwind memory(none)"
        )
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
        body: Callable[[], Sequence[Text]],
        otherwise: Sequence[tuple[Text, Text]] = (),
    ) -> list[Text]:
        """``body() if condition else otherwise``, where otherwise is (type, value)."""
        then, end, before = self.label(), self.label(), self.block
        self.do(f"br i1 {condition}, label %{then}, label %{end}")
        self.enter(then)
        written = self._written.copy()
        values, last = list(body()), self.block
        self._written = written  # what the body wrote need not have been run
        self.do(f"br label %{end}")
        self.enter(end)
        return [
            self.new(f"phi {kind} [{value}, %{last}], [{other}, %{before}]")
            for value, (kind, other) in zip(values, otherwise, strict=True)
        ]

    def offset(self, base: int, *terms: tuple[int | Text, int]) -> int | Text:
        """``base + Σ index·stride``: an int where every index is one, else a value of type i64."""
        values = []
        for index, stride in terms:
            if isinstance(index, int):
                base += index * stride
            elif stride:
                values.append(index if stride == 1 else self.new(f"mul i64 {index}, {stride}"))
        total: int | Text = base
        for value in values:
            total = value if total == 0 else self.new(f"add i64 {value}, {total}")
        return total

    def at(self, pointer: Text, index: int | Text) -> Text:
        """The address of element ``index`` of an array of doubles."""
        if index == 0:
            return pointer
        return self.new(f"getelementptr inbounds double, ptr {pointer}, i64 {index}")

    def text(self, signature: Text) -> Text:
        """The finished function."""
        return "\n".join([f"define {signature} {{", "entry:", *self.head, *self.lines, "}"])


class Numbers:
    """Arithmetic on numbers of a lane width: ``double`` at 1, ``<n x double>`` at n."""

    def __init__(self, code: Code, lanes: int) -> None:
        self.code, self.lanes = code, lanes
        self.type, self.bits, self.truth = (
            kind if lanes == 1 else f"<{lanes} x {kind}>" for kind in ("double", "i64", "i1")
        )
        self.suffix = "f64" if lanes == 1 else f"v{lanes}f64"

    def _splat(self, kind: Text, text: Text) -> Text:
        return text if self.lanes == 1 else f"splat ({kind} {text})"

    def number(self, x: float) -> Text:
        """The same constant in every lane."""
        return self._splat("double", constant(x))

    def integer(self, i: int) -> Text:
        """The same 64-bit integer in every lane."""
        return self._splat("i64", str(i))

    def broadcast(self, x: Text) -> Text:
        """One ``double`` in every lane."""
        if self.lanes == 1:
            return x
        one = self.code.new(f"insertelement {self.type} poison, double {x}, i32 0")
        zeros = f"<{self.lanes} x i32> zeroinitializer"
        return self.code.new(f"shufflevector {self.type} {one}, {self.type} poison, {zeros}")

    def load(self, pointer: Text, align: int = 8) -> Text:
        """What stands at an address."""
        return self.code.new(f"load {self.type}, ptr {pointer}, align {align}")

    def store(self, x: Text, pointer: Text, align: int = 8) -> None:
        """Write to an address."""
        self.code.do(f"store {self.type} {x}, ptr {pointer}, align {align}")

    def intrinsic(self, name: Text, *xs: Text) -> Text:
        """A function that LLVM knows itself: sqrt, fabs, floor, ceil, roundeven, copysign."""
        return self.code.call(f"llvm.{name}.{self.suffix}", self.type, [(self.type, x) for x in xs])

    def add(self, x: Text, y: Text) -> Text:
        """x + y."""
        return self.code.once(f"fadd contract {self.type} {x}, {y}")

    def sub(self, x: Text, y: Text) -> Text:
        """x - y."""
        return self.code.once(f"fsub contract {self.type} {x}, {y}")

    def mul(self, x: Text, y: Text) -> Text:
        """X · y."""
        return self.code.once(f"fmul contract {self.type} {x}, {y}")

    def div(self, x: Text, y: Text) -> Text:
        """X / y."""
        return self.code.once(f"fdiv contract {self.type} {x}, {y}")

    def exactly(self, operation: Text, x: Text, y: Text) -> Text:
        """``fadd``, ``fsub`` or ``fmul`` that keeps its own rounding: never part of a fused one."""
        return self.code.once(f"{operation} {self.type} {x}, {y}")

    def fma(self, x: Text, y: Text, z: Text) -> Text:
        """X · y + z: rounded once where the machine can do so in one instruction, else twice."""
        return self.intrinsic("fmuladd", x, y, z)

    def neg(self, x: Text) -> Text:
        """-x."""
        return self.code.once(f"fneg {self.type} {x}")

    def compare(self, name: Text, x: Text, y: Text) -> Text:
        """A truth a lane; comparisons with nan are false, but ``ne``."""
        return self.code.once(f"fcmp {COMPARISONS[name]} {self.type} {x}, {y}")

    def is_nan(self, x: Text) -> Text:
        """A truth a lane: whether x is nan."""
        return self.code.once(f"fcmp uno {self.type} {x}, {x}")

    def logic(self, name: Text, c: Text, d: Text) -> Text:
        """``and``, ``or`` or ``xor`` of two truths."""
        return self.code.once(f"{name} {self.truth} {c}, {d}")

    def invert(self, c: Text) -> Text:
        """The other truth."""
        return self.logic("xor", c, self._splat("i1", "true"))

    def sums_of_lanes(self, xs: Sequence[Text]) -> Text:
        """One vector: the sum of the lanes of each x, of which there are as many as lanes."""
        xs = list(xs)
        while len(xs) > 1:
            xs = [self._paired(x, y) for x, y in zip(xs[::2], xs[1::2], strict=True)]
        return xs[0]

    def sum_of_lanes(self, x: Text) -> Text:
        """One ``double``: the sum of the lanes, by pairs of pairs as in `sums_of_lanes`."""
        if self.lanes == 1:
            return x
        for _ in range(self.lanes.bit_length() - 1):
            x = self._paired(x, x)
        return self.code.once(f"extractelement {self.type} {x}, i32 0")

    def _paired(self, x: Text, y: Text) -> Text:
        """Neighbouring lanes added: those of x, then those of y."""
        even, odd = (
            self.code.once(
                f"shufflevector {self.type} {x}, {self.type} {y}, <{self.lanes} x i32> "
                f"<{', '.join(f'i32 {i}' for i in range(first, 2 * self.lanes, 2))}>"
            )
            for first in (0, 1)
        )
        return self.code.once(f"fadd {self.type} {even}, {odd}")

    def any(self, c: Text) -> Text:
        """One truth: whether c holds in some lane."""
        if self.lanes == 1:
            return c
        bits = self.code.once(f"bitcast {self.truth} {c} to i{self.lanes}")
        return self.code.once(f"icmp ne i{self.lanes} {bits}, 0")

    def is_odd(self, b: Text) -> Text:
        """A truth a lane: the lowest bit."""
        return self.code.once(f"trunc {self.bits} {b} to {self.truth}")

    def select(self, c: Text, x: Text, y: Text) -> Text:
        """X where c holds, else y."""
        return self.code.once(f"select {self.truth} {c}, {self.type} {x}, {self.type} {y}")

    def integers(self, operation: Text, a: Text, b: Text) -> Text:
        """An operation on 64-bit integers."""
        return self.code.once(f"{operation} {self.bits} {a}, {b}")

    def to_bits(self, x: Text) -> Text:
        """The 64 bits of a double."""
        return self.code.once(f"bitcast {self.type} {x} to {self.bits}")

    def from_bits(self, b: Text) -> Text:
        """The double with these 64 bits."""
        return self.code.once(f"bitcast {self.bits} {b} to {self.type}")
