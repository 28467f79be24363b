"""Random orders of samples: by machine code in a process that has it, else in Python."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MOST = 1 << 32


def permutations(n: int, seeds: Sequence[int]) -> np.ndarray:
    """The numbers 0 … n - 1 in a random order for each seed of 64 bits: an array, an order a row.

    A seed gives the same order in every process: R. Durstenfeld's shuffle, by the random numbers of
    SplitMix64. Where llvmlite was loaded, it runs as machine code. Raises ValueError for an n above
    2³².

    >>> from autograd import permutations
    >>> permutations(5, [0, 1]).tolist()
    [[4, 0, 1, 3, 2], [0, 3, 4, 1, 2]]
    """
    if not 0 <= n <= MOST:
        raise ValueError(f"n is a number of things from 0 to 2³², given {n}")
    if n and "llvmlite" in sys.modules:
        from .llvm.permuting import permuted

        return permuted(n, seeds)
    from .shuffle import shuffled

    return shuffled(n, seeds)
