"""Sums of many forms: what is a sum of signed terms, in which order, and that a zero keeps its sign."""

import random

import numpy as np
import pytest

import autograd as ag
from autograd.compiler.rolling.signed_sums import signed


@pytest.mark.parametrize(
    ("template", "terms"),
    [
        ((0, 1, "add", 2, "sub"), [(1, 0), (1, 1), (-1, 2)]),
        ((0, "neg", 1, "sub"), [(-1, 0), (-1, 1)]),
        ((0, 1, 2, "sub", "add"), [(1, 1), (-1, 2), (1, 0)]),
        ((0, 1, 2, "add", "sub"), None),
        ((0, 1, "add", 2, 3, "add", "add"), None),
        ((0, 1, "add", "neg"), None),
    ],
)
def test_terms_are_in_the_order_in_which_they_are_added(template, terms):
    assert signed(template) == terms


def of_signs(draw, start):
    """Sums of terms with signs, of several lengths."""

    def f(x):
        squares = [x[i] * x[i] for i in range(50)]
        found = []
        for _ in range(120):
            total = start(draw.choice(squares))
            for _ in range(draw.randint(0, 6)):
                z = draw.choice(squares)
                total = total + z if draw.random() < 0.5 else total - z
            found.append(total)
        return found

    return f


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
@pytest.mark.parametrize(
    "start", [lambda z: z, lambda z: -z, lambda z: 0.5 - z, lambda z: z + 0.5], ids="+-cz"
)
def test_sums_keep_every_bit(start, backend):
    x = np.random.default_rng(0).integers(1, 9, 50).astype(float)  # so that nothing is rounded
    x[:20] = 0.0
    g = ag.jit(of_signs(random.Random(1), start), backend=backend)
    found, expected = np.array(g(x)), np.array(of_signs(random.Random(1), start)(x))
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))
    assert len(str(g.program(x)).splitlines()) < 90
