"""What kinds of number ask of those above them: they put it here.

Arrays of variables stand below the operations, and NumPy asks them: `protocols`, which knows the
functions, answers. A series takes the pullback formulas of the primitives: `operations` names them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from ..errors import NumberError

ufunc: Callable[..., Any]
"""Answers NumPy's protocol of ufuncs (NEP 13): (ufunc, method, inputs, settings) -> result."""
function: Callable[..., Any]
"""Answers NumPy's protocol of all other functions (NEP 18): (function, args, settings) -> result."""
indexed: Callable[..., Any]
"""Answers ``array[index]`` where the index is itself made of Values: (array, index) -> result."""
batch_of: Callable[..., Any]
"""The batch that an array of numbers which `jit` records stands for."""
beside: Callable[[Any], Any] = lambda operands: operands
"""Operands of which some are arrays of such numbers, as batches where that is what they stand for."""
primitives: dict[str, Any] = {}
"""Every primitive of the engine by its name."""

MASKED = "fill what is masked, x.filled(value), or leave it out, x.compressed()"
"""What to do instead of computing with a masked array."""


def _refusal(_: Any) -> NoReturn:
    raise NumberError(f"a numpy.ma.MaskedArray computes in a way of its own: {MASKED}")


no_masked_array = property(_refusal)
"""What ``np.ma`` finds as ``_data``, which it asks for first, before any protocol."""
