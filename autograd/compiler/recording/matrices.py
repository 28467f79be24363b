"""Matrices while jit records a gradient: arrays whose last axis is taken as rows (see `rows`).

What the function of a gradient is given for a matrix of weights, and the gradient. Its products with
vectors are of rows; for everything else it is the array of its elements. Which of the two is asked
for shows only when the function runs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import is_
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import context
from ...kinds.variables import as_array
from ...operations import sequences
from ...value import Value
from .lazy import as_numbers
from .recorded import Recorded
from .rows import NONE, Row, elements, pack, packed

if TYPE_CHECKING:
    from .lazy_arrays import ArgumentArray

LONGEST = 10_000
"""Columns of a matrix that is taken by rows: each element that is asked for costs a copy of its row."""


class Matrix(np.lib.mixins.NDArrayOperatorsMixin):
    """An array whose last axis is rows, or the transpose of one: what the function of a gradient is
    given, and the gradient. Its products with vectors are of rows, all else of its elements.
    """

    __slots__ = ("_elements", "_given", "is_transposed", "rows", "shape", "tape")
    dtype = np.dtype(object)

    def __init__(
        self, rows: Sequence[Any], shape: tuple[int, ...], is_transposed: bool = False
    ) -> None:
        self.rows, self.shape, self.is_transposed = rows, shape, is_transposed
        self.tape = context.running.get().tape
        self._elements: Any = None  # made when they are asked for: whoever has them can change them
        self._given: list[Any] = []

    @property
    def is_unchanged(self) -> bool:
        """Whether its rows still are what it holds."""
        return self._elements is None or all(map(is_, self._elements.ravel().tolist(), self._given))

    @property
    def T(self) -> Any:
        """The transpose."""
        if self.ndim != 2 or self._elements is not None:
            return self.to_numpy().T
        return Matrix(self.rows, self.shape[::-1], not self.is_transposed)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def to_numpy(self) -> Any:
        """The elements, each a number of its own."""
        if self._elements is None:
            numbers = [x for row in self.rows for x in elements(row, self.size // len(self.rows))]
            array = as_array(numbers, self.shape[:: -1 if self.is_transposed else 1])
            self._elements = array.T if self.is_transposed else array
            self._given = self._elements.ravel().tolist()
        return self._elements

    def instructions(self) -> list[int]:
        """Those of the numbers of a gradient, row after row; 0 for what received nothing."""
        found = np.concatenate([row.instructions for row in self.rows])
        if NONE in found:
            found[found == NONE] = self.rows[0].recorder.program.constant(0.0)
        return found.tolist()  # type: ignore[no-any-return]

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        """Products with a vector by rows; else NumPy's functions of the elements."""
        if (
            ufunc is np.matmul
            and method == "__call__"
            and not settings
            and self.ndim == 2
            and self.is_unchanged
        ):
            answer = self._product(*inputs)
            if answer is not None:
                return answer
        opened = {name: as_numbers(x) for name, x in settings.items()}
        return getattr(ufunc, method)(*map(as_numbers, inputs), **opened)

    def _product(self, a: Any, b: Any) -> Any:
        """With a vector on the right or on the left; None where its numbers are no recorded ones, or a
        transform within this one is running, whose sweep goes by elements.
        """
        is_left = a is self
        x = as_numbers(b if is_left else a)
        if np.shape(x) != (self.shape[1 if is_left else 0],):
            return None
        numbers = x.tolist()
        held = {type(v.data if type(v) is Value else v) for v in numbers}
        if not held <= {Recorded, float} or context.running.get().tape != self.tape:
            return None
        if is_left == self.is_transposed:
            n = self.size // len(self.rows)
            return as_array(elements(sequences.dot(self.rows, numbers), n), (n,))
        row = self.rows[0].data if type(self.rows[0]) is Value else self.rows[0]
        vector = pack(numbers) if Recorded in held else packed(numbers, row.recorder)
        return as_array([sequences.dot(row, vector) for row in self.rows], (len(self.rows),))

    def __array_function__(self, function: Any, types: Any, args: Any, settings: Any) -> Any:
        """NumPy's functions of the elements."""
        return function(*as_numbers(args), **{k: as_numbers(x) for k, x in settings.items()})

    def __getitem__(self, index: Any) -> Any:
        """Of a stack of matrices one is one; else the elements'."""
        if type(index) is int and self.ndim > 2 and self._elements is None:
            of_each = len(self.rows) // self.shape[0]
            start = range(self.shape[0])[index] * of_each
            return Matrix(self.rows[start : start + of_each], self.shape[1:])
        return self.to_numpy()[index]

    def __setitem__(self, index: Any, element: Any) -> None:
        self.to_numpy()[index] = element

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __getattr__(self, name: str) -> Any:
        """Whatever else an array can do, its elements can."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.to_numpy(), name)


class Rows(tuple[int, ...]):  # noqa: SLOT001  (a tuple has none)
    """In place of a shape: how many rows a leaf is taken by, and what array they are of."""

    whole: tuple[int, ...]

    def assembled(self, rows: Sequence[Any]) -> Matrix:
        """The leaf of other rows."""
        return Matrix(rows, self.whole)


def by_rows(x: ArgumentArray) -> tuple[list[Row], Rows] | None:
    """The rows of an argument, and their form; None where elements serve better."""
    if x.ndim < 2 or x.recorder.masked or not 1 < x.form[-1] <= LONGEST or not x.size:
        return None
    every = x.recorder.program.input_row(x.argument, x.positions.ravel())
    rows = [Row(x.recorder, ids) for ids in every.reshape(-1, x.form[-1])]
    form = Rows((len(rows),))
    form.whole = x.form
    return rows, form
