"""Mini-batches: which rows of an array each step of a scan gets."""

from __future__ import annotations

from typing import Any


class Batches:
    """Mini-batches of an array's rows: the k-th is ``array[rows[k]]``.

    With ``starts`` the rows of all mini-batches are one array, of which the k-th has those from
    ``starts[k]`` to ``starts[k + 1]``. Raises IndexError for a row that the array does not have.

    >>> import numpy as np
    >>> from autograd import Batches
    >>> batches = Batches(np.array([1.0, 2.0, 3.0]), [[2, 0], [1]])
    >>> len(batches), batches[0]
    (2, array([3., 1.]))
    >>> Batches(batches.array, [2, 0, 1], starts=[0, 2, 3])[1]
    array([2.])
    """

    __slots__ = ("array", "rows", "starts")

    def __init__(self, array: Any, rows: Any, starts: Any = None) -> None:
        import numpy as np

        if starts is None:
            starts = np.cumsum([0, *map(len, rows)])
            rows = np.concatenate(rows) if len(rows) else []
        self.array = array
        self.rows, self.starts = (np.ascontiguousarray(x, np.int64) for x in (rows, starts))
        n, largest = len(array), self.rows.view(np.uint64).max(initial=0)  # which a negative one is
        if largest >= n:
            wrong = self.rows[(self.rows < -n) | (self.rows >= n)]
            if len(wrong):
                raise IndexError(f"row {wrong[0]} of an array of {n}")
            self.rows = np.where(self.rows < 0, self.rows + n, self.rows)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, k: int) -> Any:
        return self.array[self.rows[self.starts[k] : self.starts[k + 1]]]

    @property
    def longest(self) -> int:
        """The rows of the longest mini-batch."""
        import numpy as np

        return int(np.diff(self.starts).max(initial=0))
