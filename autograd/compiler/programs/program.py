"""The program: what a function does to numbers, as a flat list of instructions.

A program is what is left of a function when the engine has run it once on recording numbers: no
Values, no graph, no calculus. Instruction i is ``op[i]`` with up to three operands ``a[i]``,
``b[i]``, ``c[i]``, which are numbers of earlier instructions (-1 where there is none). It computes

- one number for the whole call (*uniform*: parameters, constants, sums), or
- one number for each sample of a batch (``per_sample[i]``): then an operand is per sample.

How many samples there are is known when the program runs, and may be 0. Operations that need words:

    const    a: place in ``constants``                    a number
    input    a: number of the argument array, b: flat position in it, c: step between samples. Sample t
             of a per-sample input is element b + t·c; a uniform input (c = 0) is element b
    count    the number of samples, as a number
    dot      a: place in ``sequences``, a pair (ws, xs) of lists of instructions: Σ wᵢ xᵢ, from the left
             b: what the sum starts with, -1 for the first product
    subdot   the same, but what b is less one product after the other: b - w₀ x₀ - w₁ x₁ - …
    total    Σ of a, which is per sample, over the samples: a uniform number, 0 for no samples
    lt … ne, and or xor not     conditions, a type of their own: no arithmetic takes one
    select   a: a condition; b where it holds, else c

    iv       a: the order, a constant that is an integer

All others are functions of numbers with the engine's own names (`autograd.kinds.numeric`), of one or
two operands. ``outputs`` are the instructions whose numbers are the result; ``watch`` those of which
a nan asks for the masked program (see `calls.compiled`). `rolling.check` says whether a program is
well formed.
"""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np

ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
LOGIC = {"and": "&", "or": "|", "xor": "^"}
UNARY = frozenset(
    """neg abs exp expm1 exp2 log log1p log2 log10 sqrt cbrt sin cos tan arcsin arccos arctan sinh
    cosh tanh arcsinh arccosh arctanh erf erfc sigmoid relu floor ceil round sign
    gammaln digamma erfinv erfcx i0 i1""".split()
)
BINARY = frozenset([*ARITHMETIC, *"pow mod fmod arctan2 hypot maximum minimum iv".split()])
OF_ORDER = frozenset(["iv"])  # the first operand is an integer
CONDITIONS = frozenset([*COMPARISONS, *LOGIC, "not"])
SOURCES = frozenset(["const", "input", "count"])  # instructions without operands

DOTS = {"dot": "add", "subdot": "sub"}
"""Operations of sequences, and what is done with one product after the other."""

ARITY = dict.fromkeys(SOURCES | {*DOTS}, 0) | dict.fromkeys(UNARY | {"not", "total"}, 1)
ARITY |= dict.fromkeys(BINARY | {*COMPARISONS, *LOGIC}, 2) | {"select": 3}
"""Every operation, and how many of its slots a, b, c are instructions."""

FOLDING = frozenset(["const", "neg"])
"""Operands of which something simpler may be known (see `recording.fold`)."""

SAMPLES = -1
"""In place of a length in a shape: that of the samples."""


def axis_of_samples(shapes: Sequence[tuple[int, ...] | None]) -> tuple[int, int] | None:
    """Which array tells how many samples there are, and by which axis: the first that has some."""
    some = ((k, shape) for k, shape in enumerate(shapes) if shape and SAMPLES in shape)
    return next(((k, shape.index(SAMPLES)) for k, shape in some), None)


class Program:
    """Instructions in the order of execution. Equal instructions are one: see `add`."""

    def __init__(self) -> None:
        self.op: Any = []  # of a program that a pass made: arrays
        self.a, self.b, self.c = (array("q") for _ in range(3))
        self.per_sample: Any = array("b")
        self.folds = array("b")  # whether it is one of `FOLDING`
        self.constants: list[float] = []
        self.sequences: list[tuple[Sequence[int], Sequence[int]]] = []
        self.outputs: Any = []
        self.watch: list[int] = []
        self.columns: Any = None  # see `columns`
        self._known: defaultdict[str, dict[object, Any]] = defaultdict(dict)  # by operation

    def __len__(self) -> int:
        return len(self.op)

    def add(self, op: str, a: int = -1, b: int = -1, c: int = -1) -> int:
        """The instruction, which is made unless the same is there (x + y is y + x)."""
        known = self._known[op]
        if c >= 0:
            key: object = a, b, c
        elif a > b and (op == "add" or op == "mul"):  # noqa: PLR1714  (fast: it is asked often)
            key = (b << 32) + a  # a number: tuples would be the collector's
        else:
            key = (a << 32) + b
        i = known.get(key)
        if i is None:
            many = self.per_sample
            mixed = (a >= 0 and many[a]) or (b >= 0 and many[b]) or (c >= 0 and many[c])
            i = known[key] = self._append(op, a, b, c, mixed and op != "total")
        return i

    def constant(self, x: float) -> int:
        """The instruction of a constant; 0.0 and -0.0 are two, all nan are one, and are not compared:
        Python's comparison sets the flag of which NumPy warns.
        """
        known, key = self._known["const"], repr(x) if math.isnan(x) or x == 0 else x
        i = known.get(key)
        if i is None:
            self.constants.append(x)
            i = known[key] = self._append("const", len(self.constants) - 1, -1, -1, False)
        return i

    def input(self, place: int, position: int, step: int = 0, per_sample: bool = False) -> int:
        """The instruction of an element of an argument array, or of one for each sample."""
        known, key = self._known["input"], (place, position, step, per_sample)
        i = known.get(key)
        if i is None:
            i = known[key] = self._append("input", place, position, step, per_sample)
        return i

    def input_row(self, place: int, positions: Any) -> Any:
        """The instructions of elements of an argument array, made anew."""
        return self._append_each("input", np.full(len(positions), place), positions, 0, False)

    def row(self, op: str, a: Any, b: Any = None) -> Any:
        """The instructions of an operation on every one of a, or every pair of an a and a b.

        Rows whose operands lie at constant distances are equal to others of such operands, or new.
        """
        if not len(a):
            return a
        known, key = self._known[op], (*map(_progression, (a,) if b is None else (a, b)),)
        if None not in key and key in known:
            return known[key]
        mixed = self.are_many(a) if b is None else self.are_many(a) | self.are_many(b)
        many = mixed & (op != "total")
        new = self._append_each(op, a, -1 if b is None else b, -1, many)
        if None not in key:
            known[key] = new
        return new

    def are_many(self, ids: Any) -> Any:
        """Of each of these instructions, whether it is per sample."""
        return np.frombuffer(self.per_sample, dtype=bool)[ids]

    def may_fold(self, ids: Any) -> bool:
        """Whether one of these instructions is a constant, or negated."""
        return bool(np.frombuffer(self.folds, dtype=bool)[ids].any())

    def count(self) -> int:
        """The instruction of the number of samples."""
        return self.add("count")

    def dot(self, ws: Any, xs: Any, start: int = -1, op: str = "dot") -> int:
        """The instruction of start + Σ wᵢ xᵢ, or of another of `DOTS`."""
        if isinstance(ws, np.ndarray):
            mixed = bool(self.are_many(ws).any() or self.are_many(xs).any())
        else:
            mixed = True in map(self.per_sample.__getitem__, chain(ws, xs))
        mixed = mixed or (start >= 0 and bool(self.per_sample[start]))
        self.sequences.append((ws, xs))
        return self._append(op, len(self.sequences) - 1, start, -1, mixed)

    def _append(self, op: str, a: int, b: int, c: int, per_sample: bool) -> int:
        self.op.append(op)
        self.a.append(a)
        self.b.append(b)
        self.c.append(c)
        self.per_sample.append(per_sample)
        self.folds.append(op in FOLDING)
        return len(self.op) - 1

    def _append_each(self, op: str, a: Any, b: Any, c: Any, per_sample: Any) -> Any:
        """Instructions of an operation on lists or arrays; one number stands for as many as a has."""
        new = np.arange(len(self.op), len(self.op) + len(a))
        self.op += [op] * len(new)
        for side, ids in ((self.a, a), (self.b, b), (self.c, c)):
            _extend(side, ids, len(new))
        _extend(self.per_sample, per_sample, len(new))
        _extend(self.folds, op in FOLDING, len(new))
        return new

    def close(self) -> None:
        """Forget which instructions are there: nothing is added any more."""
        self._known.clear()

    def value(self, i: int) -> float | None:
        """The number of a constant, None for any other instruction."""
        return self.constants[self.a[i]] if self.op[i] == "const" else None

    def operands(self, i: int) -> Iterator[int]:
        """The instructions that instruction i reads, in order."""
        op = self.op[i]
        if op in DOTS:
            ws, xs = self.sequences[self.a[i]]
            yield from ws
            yield from xs
            if self.b[i] >= 0:
                yield self.b[i]
        else:
            yield from (self.a[i], self.b[i], self.c[i])[: ARITY[op]]

    def __str__(self) -> str:
        """Three-address code, one instruction a line; what is per sample is marked by [t]."""
        lines = [f"{self._name(i):8} = {self._text(i)}" for i in range(len(self))]
        return "\n".join([*lines, f"return {', '.join(map(self._name, self.outputs))}"])

    def _name(self, i: int) -> str:
        return f"%{i}[t]" if self.per_sample[i] else f"%{i}"

    def _text(self, i: int) -> str:
        op, names = self.op[i], [self._name(j) for j in self.operands(i)]
        signs = ARITHMETIC | COMPARISONS | LOGIC
        if op == "const":
            return repr(self.value(i))
        if op == "input":
            step = f" + {self.c[i]}t" if self.per_sample[i] else ""
            return f"arg{self.a[i]}[{self.b[i]}{step}]"
        if op in DOTS:
            ws, xs, start = halves(names)
            sides = [f"[{', '.join(side)}]" for side in (ws, xs)]
            return f"{op}({', '.join([*sides, *start])})"
        return f" {signs[op]} ".join(names) if op in signs else f"{op}({', '.join(names)})"


def _extend(column: array[int], numbers: Any, count: int) -> None:
    """Append a list, an array, or the same number so many times."""
    if isinstance(numbers, np.ndarray):
        column.frombytes(np.asarray(numbers, column.typecode).tobytes())
    elif isinstance(numbers, int):
        column.extend(array(column.typecode, [numbers]) * count)
    else:
        column.extend(numbers)


def halves(read: Any) -> tuple[Any, Any, Any]:
    """Of what a dot reads its two sides, and what its sum starts with: one or none."""
    half = len(read) // 2
    return read[:half], read[half : 2 * half], read[2 * half :]


def _progression(ids: Any) -> tuple[int, int, int] | None:
    """The first, the step and the number of ids at constant distances; None of others."""
    if len(ids) == 1:
        return int(ids[0]), 0, 1
    step = ids[1] - ids[0]
    return (int(ids[0]), int(step), len(ids)) if (ids[1:] - ids[:-1] == step).all() else None
