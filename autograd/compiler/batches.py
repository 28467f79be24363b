"""Mini-batches: which rows of an array each step of a scan gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Batches:
    """Mini-batches of an array's rows: the k-th is ``array[rows[k]]``.

    >>> import numpy as np
    >>> from autograd import Batches
    >>> batches = Batches(np.array([1.0, 2.0, 3.0]), [[2, 0], [1]])
    >>> len(batches), batches[0]
    (2, array([3., 1.]))
    """

    __slots__ = ("array", "rows")

    def __init__(self, array: Any, rows: Sequence[Any]) -> None:
        self.array, self.rows = array, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, k: int) -> Any:
        return self.array[self.rows[k]]
