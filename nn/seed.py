"""Seeds: where every random choice of the package comes from, so that a run can be had again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from .settings import whole

if TYPE_CHECKING:
    import numpy as np

Seed = int | random.Random | None


def generator(seed: Seed) -> random.Random:
    """The source of random numbers: a generator as it is, or a new one of the seed; for None of a
    seed from Python's own, so that ``random.seed`` governs it.

    >>> generator(0).random() == generator(0).random()
    True
    """
    if isinstance(seed, random.Random):
        return seed
    known = random.getrandbits(64) if seed is None else whole("seed", seed, 0, ", a Random or None")
    return random.Random(known)  # noqa: S311


def numpy_generator(seed: Seed) -> np.random.Generator:
    """The same for NumPy's distributions.

    >>> numpy_generator(0).normal() == numpy_generator(0).normal()
    True
    """
    import numpy as np

    return np.random.default_rng(generator(seed).getrandbits(64))
