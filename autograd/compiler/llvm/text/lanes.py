"""Numbers of any lane width: arithmetic as LLVM's text.

A vector of eight doubles is a type of LLVM's like any other, ``<8 x double>``, so the same lines serve
one number, four lanes or eight, of float64 or of float32; what turns them into AVX-512, AVX2 or NEON
instructions is LLVM's business. `Numbers` writes arithmetic on one type, of the `Element` of its code:
`Numbers(code, 1)` on ``double``, `Numbers(code, 8)` on vectors of eight.

The one licence given to LLVM's optimiser is the flag ``contract`` (a product and a sum may round
once, as a fused multiply-add), so that nan, infinities and signed zeros stay as IEEE 754 has them.

Names: x, y numbers; c, d conditions; b bits. All are strings, the names of LLVM's values or constants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat
from typing import Any

from ...programs.elements import DOUBLE
from .ir import Code, Text, constant

COMPARISONS = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}


class Numbers:
    """Arithmetic on numbers of a lane width: ``double`` at 1, ``<n x double>`` at n."""

    def __init__(self, code: Code, lanes: int) -> None:
        self.code, self.lanes, self.element = code, lanes, code.element
        self.scalar, self.word = self.element.llvm, f"i{self.element.bits}"
        self.type, self.bits, self.truth = (
            kind if lanes == 1 else f"<{lanes} x {kind}>" for kind in (self.scalar, self.word, "i1")
        )
        self.suffix = f"f{self.element.bits}" if lanes == 1 else f"v{lanes}f{self.element.bits}"

    def _splat(self, kind: Text, text: Text) -> Text:
        return text if self.lanes == 1 else f"splat ({kind} {text})"

    def number(self, x: float) -> Text:
        """The same constant in every lane, rounded to what a lane holds."""
        return self._splat(self.scalar, constant(self.element.rounded(x)))

    def integer(self, i: int) -> Text:
        """The same integer, as wide as a number, in every lane."""
        return self._splat(self.word, str(i))

    def broadcast(self, x: Text) -> Text:
        """One number in every lane."""
        if self.lanes == 1:
            return x
        one = self.code.new(f"insertelement {self.type} poison, {self.scalar} {x}, i32 0")
        zeros = f"<{self.lanes} x i32> zeroinitializer"
        return self.code.new(f"shufflevector {self.type} {one}, {self.type} poison, {zeros}")

    def load(self, pointer: Text) -> Text:
        """What stands at an address."""
        return self.code.new(f"load {self.type}, ptr {pointer}, align {self.element.bytes}")

    def store(self, x: Text, pointer: Text) -> None:
        """Write to an address."""
        self.code.do(f"store {self.type} {x}, ptr {pointer}, align {self.element.bytes}")

    def lane(self, x: Text, k: int) -> Text:
        """The number in one lane."""
        return x if self.lanes == 1 else self.code.once(f"extractelement {self.type} {x}, i32 {k}")

    def with_lane(self, x: Text, k: int, z: Text) -> Text:
        """X with another number in one lane."""
        if self.lanes == 1:
            return z
        return self.code.once(f"insertelement {self.type} {x}, {self.scalar} {z}, i32 {k}")

    def gathered(self, xs: Sequence[Text]) -> Text:
        """One number in each lane."""
        all_: Text = "poison"
        for k, x in enumerate(xs):
            all_ = self.with_lane(all_, k, x)
        return all_

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
        """One vector: the sum of the lanes of each x, of which there are as many as lanes. With four,
        x and y become x₀₁ y₀₁ x₂₃ y₂₃ (x₀₁ for x₀ + x₁), so do z and w, and these x y z w.
        """
        xs, block = list(xs), 1
        while len(xs) > 1:
            xs = [self._paired(x, y, block) for x, y in zip(xs[::2], xs[1::2], strict=True)]
            block *= 2
        return xs[0]

    def sum_of_lanes(self, x: Text) -> Text:
        """One number: the sum of the lanes, by pairs of pairs as in `sums_of_lanes`."""
        for k in range(self.lanes.bit_length() - 1):
            x = self._paired(x, x, 1 << k)
        return self.lane(x, 0)

    def _paired(self, x: Text, y: Text, block: int) -> Text:
        """Neighbouring blocks of lanes added: one of x, one of y, and so on. (So each shuffle is one
        instruction: it stays within 16 bytes, or moves whole ones.)
        """
        starts = [k for pair in range(0, self.lanes, 2 * block) for k in (pair, self.lanes + pair)]
        even, odd = (
            self._shuffled(x, y, [at + first + j for at in starts for j in range(block)])
            for first in (0, block)
        )
        return self.code.once(f"fadd {self.type} {even}, {odd}")

    def transposed(self, rows: Sequence[Text]) -> Sequence[Text]:
        """Lane k of row j as lane j of row k, of as many rows as lanes: halves are interleaved."""
        half = self.lanes // 2
        for _ in range(half.bit_length()):
            rows = [
                self._shuffled(
                    x, y, [k for j in range(half) for k in (first + j, self.lanes + first + j)]
                )
                for x, y in zip(rows[:half], rows[half:], strict=True)
                for first in (0, half)
            ]
        return rows

    def reversed(self, x: Text) -> Text:
        """The last lane first."""
        return self._shuffled(x, x, range(self.lanes)[::-1])

    def _shuffled(self, x: Text, y: Text, picked: Sequence[int]) -> Text:
        """Lanes of x, which are numbered first, and of y."""
        picks = f"<{self.lanes} x i32> <{', '.join(f'i32 {k}' for k in picked)}>"
        return self.code.once(f"shufflevector {self.type} {x}, {self.type} {y}, {picks}")

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
        """An operation on integers as wide as a number."""
        return self.code.once(f"{operation} {self.bits} {a}, {b}")

    def of_double(self, x: Text) -> Text:
        """A double, rounded to what this computes on."""
        return x if self.element == DOUBLE else self._converted("fptrunc", x, "double", self.scalar)

    def to_double(self, x: Text) -> Text:
        """The double that is this number."""
        return x if self.element == DOUBLE else self._converted("fpext", x, self.scalar, "double")

    def _converted(self, how: Text, x: Text, *kinds: Text) -> Text:
        before, after = (k if self.lanes == 1 else f"<{self.lanes} x {k}>" for k in kinds)
        return self.code.once(f"{how} {before} {x} to {after}")

    def to_bits(self, x: Text) -> Text:
        """The bits of a number."""
        return self.code.once(f"bitcast {self.type} {x} to {self.bits}")

    def from_bits(self, b: Text) -> Text:
        """The number with these bits."""
        return self.code.once(f"bitcast {self.bits} {b} to {self.type}")


class Abreast:
    """Numbers whose operations are those of several places at once: operands are tuples, or one number
    for all. So the lines of long functions alternate, and none is written long before it can run.
    """

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.numbers, name)
        return partial(_each, found) if callable(found) else found


def _each(operation: Callable[..., Text], *xs: Any) -> Any:
    if not any(isinstance(x, tuple) for x in xs):
        return operation(*xs)
    places = zip(*(x if isinstance(x, tuple) else repeat(x) for x in xs), strict=False)
    return tuple(operation(*place) for place in places)
