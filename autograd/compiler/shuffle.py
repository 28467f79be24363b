"""Random orders in Python: what machine code draws too, bit for bit (`llvm.running.permuting`).

R. Durstenfeld's shuffle (Algorithm 235, 1964), from the inside out: number i goes to a random place
among the first i + 1, and what was there to place i. The random numbers are SplitMix64's; their upper
32 bits times i + 1, divided by 2³², are a place (D. Lemire, Fast random integer generation in an
interval, 2019), whose probability is 1/(i + 1) to within 2⁻³².
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
"""SplitMix64's step, and the factors that mix: G. L. Steele, D. Lea, C. H. Flood, Fast splittable
pseudorandom number generators, OOPSLA 2014; its factors are D. Stafford's 13th."""


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
