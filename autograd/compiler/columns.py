"""Results while jit records: an array whose first axis is the samples, however many there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import TransformError
from .recorder import Samples


class Columns:
    """An array (n, …) of results: an array of numbers, each of which has n samples."""

    __slots__ = ("columns", "samples")
    __array_ufunc__ = None

    def __init__(self, columns: Any, samples: Samples) -> None:
        self.columns, self.samples = columns, samples

    @property
    def shape(self) -> tuple[Any, ...]:
        """The samples first."""
        return (self.samples, *self.columns.shape)

    @property
    def ndim(self) -> int:
        """One more than a sample has."""
        return 1 + int(self.columns.ndim)

    @property
    def T(self) -> Any:
        """The columns of an array (n, d), which is one sample after another."""
        return self.columns.T

    def __getitem__(self, index: Any) -> Any:
        """``x[:, j]``, the same part of every sample."""
        if isinstance(index, tuple) and index and index[0] == slice(None):
            return gathered(self.columns[index[1:]], self.samples)
        raise TransformError(
            f"jit does not know how many samples there are when it records: results[{index!r}] asks "
            f"for single ones; take results[:, j], and sum() or mean() over the samples"
        )


def gathered(numbers: Any, samples: Samples) -> Any:
    """Numbers of one a sample as an array whose first axis is the samples."""
    return Columns(numbers, samples) if isinstance(numbers, np.ndarray) else numbers


def stacked(samples: Samples, numbers: Sequence[Any], shape: tuple[int, ...] | None) -> Any:
    """What `vmap` answers: the results of all samples."""
    if shape is None:
        return numbers[0]
    array = np.empty(math.prod(shape), dtype=object)
    array[:] = numbers
    return Columns(array.reshape(shape), samples)


Samples.stacked = stacked
