"""Random orders of samples: by machine code in a process that has it, else in Python."""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def permutations(n: int, seeds: Iterable[int]) -> np.ndarray:
    """The numbers 0 … n - 1 in a random order for each seed of 64 bits: an array, an order a row.

    A seed gives the same order in every process: R. Durstenfeld's shuffle, by the random numbers of
    SplitMix64. Where llvmlite was loaded, it runs as machine code. Raises ValueError for an n above
    2³² and a seed of more bits, TypeError for what is no whole number.

    >>> from autograd import permutations
    >>> permutations(5, [0, 1]).tolist()
    [[4, 0, 1, 3, 2], [0, 3, 4, 1, 2]]
    """
    count = _whole("n is a number of things from 0 to 2³²", n, 1 << 32)
    if not hasattr(seeds, "__iter__"):
        raise TypeError(f"seeds are a sequence, of one for each order, given {seeds!r}")
    numbers = [
        _whole("a seed is a whole number from 0 to 2⁶⁴ - 1", s, (1 << 64) - 1) for s in seeds
    ]
    if count and "llvmlite" in sys.modules:
        from .llvm.running.permuting import permuted

        return permuted(count, numbers)
    from .shuffle import shuffled

    return shuffled(count, numbers)


def _whole(expected: str, given: Any, most: int) -> int:
    """A whole number, of NumPy too, as Python's; TypeError for what is none, ValueError if it is not
    from 0 to so many.
    """
    try:
        number = operator.index(given)
    except TypeError:
        raise TypeError(f"{expected}, given {given!r}") from None
    if not 0 <= number <= most:
        raise ValueError(f"{expected}, given {given!r}")
    return number
