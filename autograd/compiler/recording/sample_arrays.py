"""Results while jit records: an array whose first axis is the samples, however many there are.

`vmap` answers them. Along the other axes they are arrays like any: arithmetic, views, sums. Along the
first there is no length, so single samples, and what goes from one to the next, cannot be asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import TransformError
from ...kinds.variables import as_array
from ...operations.sequences import sum as total
from .refusals import refuse_single_samples

if TYPE_CHECKING:
    from .samples import Samples


class SampleArray(np.lib.mixins.NDArrayOperatorsMixin):
    """An array (n, …) of results: an array of numbers, each of which has n samples."""

    __slots__ = ("columns", "samples")

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
        """The columns of an array (n, d), one after another."""
        return Columns(self.columns.T)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        """Element by element, with NumPy's broadcasting along the axes of one sample; rows @ matrix."""
        if ufunc is np.matmul and inputs[0] is self and self.ndim == 2 and not settings:
            return gathered(np.matmul(self.columns, inputs[1]), self.samples)
        if method != "__call__" or ufunc.signature or settings or any(map(self._is_wider, inputs)):
            return NotImplemented
        columns = ufunc(*[x.columns if isinstance(x, SampleArray) else x for x in inputs])
        return SampleArray(columns, self.samples)

    def _is_wider(self, x: Any) -> bool:
        return not isinstance(x, SampleArray) and np.ndim(x) > self.columns.ndim

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """Σ along an axis, of which 0 is the samples, or over everything."""
        return self._reduced(axis, lambda x: x.sum(), np.sum)

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """The mean along an axis, of which 0 is the samples, or over everything."""
        found = self._reduced(axis, lambda x: x.mean(), np.mean)
        return found / self.columns.size if axis is None else found

    def _reduced(self, axis: Any, reduce: Callable[[Any], Any], inner: Callable[..., Any]) -> Any:
        if axis is not None and (type(axis) is not int or not -self.ndim <= axis < self.ndim):
            raise TransformError(
                f"jit reduces results along one axis of {self.ndim}, or all: not {axis!r}"
            )
        if axis is not None and axis % self.ndim:
            return gathered(inner(self.columns, axis=axis % self.ndim - 1), self.samples)
        numbers = [reduce(x) for x in self.columns.ravel().tolist()]
        return total(numbers) if axis is None else as_array(numbers, self.columns.shape)

    def __getitem__(self, index: Any) -> Any:
        """``x[:, j]``, the same part of every sample."""
        if isinstance(index, tuple) and index and index[0] == slice(None):
            return gathered(self.columns[index[1:]], self.samples)
        raise TransformError(
            f"jit does not know how many samples there are when it records: results[{index!r}] asks "
            f"for single ones; take results[:, j], and sum() or mean() over the samples"
        )


class Columns:
    """The transpose of samples: its columns one by one. As an array it would ask for single samples."""

    __slots__ = ("columns",)
    __array_ufunc__ = None
    __array__ = __array_function__ = refuse_single_samples

    def __init__(self, columns: Any) -> None:
        self.columns = columns

    def __getitem__(self, j: int) -> Any:
        if not isinstance(j, int):
            refuse_single_samples()
        return self.columns[j]

    def __len__(self) -> int:
        return len(self.columns)


def gathered(numbers: Any, samples: Samples) -> Any:
    """Numbers of one a sample as an array whose first axis is the samples."""
    return SampleArray(numbers, samples) if isinstance(numbers, np.ndarray) else numbers
