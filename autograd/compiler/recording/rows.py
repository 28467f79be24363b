"""Rows: while jit records, a row of a matrix of weights is one number.

A gradient of 300,000 weights needs as many instructions, but no Value for each. ``W @ x`` is a `dot`
for each row of W, of two operands: the row, and x packed into one; what flows back is a row again.
``x @ W`` is one `dot` of the numbers of x and all rows, whose result is a row. So the engine does for
a row what it does for a number, by the same formulas, and the program grows by whole rows of
instructions. Whoever wants elements of the matrix gets them (`Matrix.to_numpy`), each a Value.

What flows back to x is a sum of rows, one for each row of W, each times a number: it is kept as these
terms, and written as a dot for each element when somebody asks for its instructions. An element of a
row of adjoints that has received nothing is NONE.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...kinds.kind import NOTHING, register
from ...primitive import primitive
from ...value import Value
from .fold import emit_row
from .recorded import Recorded, lift
from .recorder import Recorder

NONE = -1


class Row(Sequence[Any]):
    """Instructions side by side, or the sum of ``terms``, each a number and the instructions that it
    multiplies; ``shape`` is (n,) if some are of one number a sample.
    """

    __slots__ = ("_instructions", "recorder", "shape", "terms")

    def __init__(
        self,
        recorder: Recorder,
        instructions: Any,
        shape: tuple[Any, ...] = (),
        terms: tuple[tuple[int, Any], ...] = (),
    ) -> None:
        self.recorder, self._instructions, self.shape = recorder, instructions, shape
        self.terms = terms

    @property
    def instructions(self) -> Any:
        """Those of its elements."""
        if self._instructions is None:
            program, (g, row) = self.recorder.program, self.terms[0]
            if len(self.terms) == 1:
                self._instructions = emit_row(program, "mul", np.full(len(row), g), row)
            else:
                gs = np.array([g for g, _ in self.terms])
                columns = np.array([row for _, row in self.terms]).T.copy()
                self._instructions = np.array([program.dot(gs, column) for column in columns])
        return self._instructions

    def __len__(self) -> int:
        return len(self.instructions if self._instructions is not None else self.terms[0][1])

    def __getitem__(self, i: Any) -> Any:
        j = int(self.instructions[i])
        return NOTHING if j == NONE else Recorded(self.recorder, j, self.shape)

    def __add__(self, other: Row) -> Row:
        """Element by element; where one received nothing it is the other's."""
        if self._instructions is other._instructions is None:
            terms = self.terms + other.terms
            return Row(self.recorder, None, self.shape or other.shape, terms)
        x, y = self.instructions, other.instructions
        both = np.flatnonzero((x != NONE) & (y != NONE))
        z = np.maximum(x, y)
        z[both] = emit_row(self.recorder.program, "add", x[both], y[both])
        return Row(self.recorder, z, self.shape or other.shape)

    @property
    def there(self) -> Any:
        """Where it has received something."""
        return np.flatnonzero(self.instructions != NONE)

    def only(self, places: Any) -> Row:
        """The elements at these places."""
        return Row(self.recorder, self.instructions[places], self.shape)

    def times(self, g: Any) -> Row:
        """(g xᵢ) for every i."""
        g = lift(self.recorder, g)
        products, there = self.instructions.copy(), self.there
        if len(there) == len(products):
            return Row(self.recorder, None, g.shape or self.shape, ((g.instruction, products),))
        same = np.full(len(there), g.instruction)
        products[there] = emit_row(self.recorder.program, "mul", same, products[there])
        return Row(self.recorder, products, g.shape or self.shape)

    def __neg__(self) -> Row:  # what makes it a number to a type checker
        return self.times(-1.0)


def packed(xs: Sequence[Any], recorder: Recorder | None = None) -> Row:
    """Numbers as a row; where none is recorded, of a recorder."""
    recorder = recorder or next(x.recorder for x in xs if type(x) is Recorded)
    numbers = [lift(recorder, x) for x in xs]
    shape = next((x.shape for x in numbers if x.shape), ())
    return Row(recorder, np.array([x.instruction for x in numbers]), shape)


@primitive(lambda g, z, xs: [*g], sequences=True)
def pack(xs: Any) -> Any:
    """A row of numbers."""
    return packed(xs)


@primitive(lambda g, z, row, i: _alone(g, int(i), len(row)), lambda g, z, row, i: NOTHING)
def element(row: Any, i: Any) -> Any:
    """The i-th number of a row."""
    return row[int(i)]


def elements(row: Any, n: int) -> list[Any]:
    """All numbers of a row."""
    return [element(row, float(i)) for i in range(n)] if type(row) is Value else [*row]


def _alone(g: Recorded, i: int, n: int) -> Row:
    instructions = np.full(n, NONE)
    instructions[i] = g.instruction
    return Row(g.recorder, instructions, g.shape)


def _dot(ws: Any, xs: Any) -> Any:
    """Σ wᵢ xᵢ: of two rows a number, of rows and numbers a row."""
    if type(ws) is type(xs) is Row:
        i = ws.recorder.program.dot(ws.instructions, xs.instructions)
        return Recorded(ws.recorder, i, ws.shape or xs.shape)
    recorder = ws[0].recorder
    columns = np.array([w.instructions for w in ws]).T
    x = packed(xs, recorder)
    dots = [recorder.program.dot(column, x.instructions) for column in columns]
    return Row(recorder, np.array(dots), x.shape or ws[0].shape)


def _scale(g: Any, xs: Any) -> Any:
    """(g xᵢ) for every i, which is what the operands of a `dot` receive."""
    return xs.times(g) if type(xs) is Row else _received(g, xs)


def _received(g: Row, xs: Any) -> list[Any]:
    """What the operands of a `dot` of rows and numbers receive, whose adjoint is a row, for its result
    is one: a row is given the row g times its number, a number the dot of g and its row.
    """
    there = g.there
    some = g.only(there)
    return [_dot(x.only(there), some) if type(x) is Row else g.times(x) for x in xs]


def _to_shape(x: Row, shape: tuple[Any, ...]) -> Row:
    """The sums over samples, or the same numbers for every sample."""
    if len(shape) >= len(x.shape):
        return Row(x.recorder, x.instructions, shape)
    ids, program = x.instructions.copy(), x.recorder.program
    many = (ids != NONE) & program.are_many(ids)
    if many.all():
        return Row(x.recorder, program.row("total", ids))
    one = (ids != NONE) & ~many
    ids[many] = program.row("total", ids[many])
    ids[one] = emit_row(program, "mul", ids[one], np.full(one.sum(), program.count()))
    return Row(x.recorder, ids)


def _like(n: int, x: Row) -> Row:
    return Row(x.recorder, np.full(len(x), x.recorder.program.constant(float(n))))


def _is_nan(x: Row) -> bool:
    """The program looks when it runs."""
    x.recorder.program.watch += x.instructions[x.there].tolist()
    return False


register(
    Row,
    {
        "dot": _dot,
        "scale": _scale,
        "to_shape": _to_shape,
        "like": _like,
        "is_nan": _is_nan,
        "is_finite": lambda x: True,
    },
    priority=7,
)
