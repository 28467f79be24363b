"""Compiled programs do what the reference does, on random programs and every width of vector."""

import numpy as np
import pytest
from rolled_programs import ARRAY, Maker

from autograd.compiler.llvm import backend
from autograd.compiler.rolled import execute

COUNTS = [0, 1, 3, 8, 9, 63, 64, 65, 130]


def arrays(features, n, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=ARRAY), rng.normal(size=(n, features)), rng.normal(size=200)]


@pytest.mark.parametrize("seed", range(40))
def test_random_programs_agree_with_the_reference(seed):
    stages = ["USU", "SU", "S", "SUS", "U"][seed % 5]
    maker = Maker(seed, stages)
    kernel = backend.build(maker.rolled, 3)
    for n in COUNTS:
        given = arrays(maker.features, n, seed)
        want, got = execute(maker.rolled, given, n), kernel.run(given, n)
        for x, y in zip(want, got, strict=True):
            np.testing.assert_allclose(y, np.broadcast_to(x, np.shape(y)), rtol=1e-9, atol=1e-9)
