"""Random orders, bit for bit the same by machine code (`llvm.permuting`) and in Python.

R. Durstenfeld's shuffle (Algorithm 235, 1964), from the inside out: number i goes to a random place
among the first i + 1, and what was there to place i. The random numbers are SplitMix64's; their upper
32 bits times i + 1, divided by 2³², are a place (D. Lemire, Fast random integer generation in an
interval, 2019), whose probability is 1/(i + 1) to within 2⁻³².
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

MOST = 1 << 32
GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
"""SplitMix64's step, and the factors that mix: G. L. Steele, D. Lea, C. H. Flood, Fast splittable
pseudorandom number generators, OOPSLA 2014; its factors are D. Stafford's 13th."""


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
    return shuffled(n, seeds)


def shuffled(n: int, seeds: Sequence[int]) -> np.ndarray:
    """An order of n numbers for each seed."""
    import numpy as np

    orders = np.empty((len(seeds), n), np.int64)
    count = np.arange(1, n + 1, dtype=np.uint64)
    for row, seed in enumerate(seeds):
        upper = mixed(np.uint64(seed) + count * np.uint64(GOLDEN)) >> np.uint64(32)
        order = [*range(n)]
        for i, place in enumerate((upper * count >> np.uint64(32)).tolist()):
            order[i] = order[place]
            order[place] = i
        orders[row] = order
    return orders


def mixed(z: Any) -> Any:
    """SplitMix64's random numbers, of its states."""
    import numpy as np

    z = (z ^ (z >> np.uint64(30))) * np.uint64(FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(SECOND)
    return z ^ (z >> np.uint64(31))
