"""A program of arrays of every form, its arguments, and what it answers by hand."""

import numpy as np

from autograd.compiler.programs.program import SAMPLES
from autograd.compiler.rolling.rolled import Group, Leaf, Outputs, Rolled, Stage

SHAPES = [(3,), (SAMPLES, 2), (2, 3), None, (SAMPLES,)]


def program():
    """Σ over samples of X₀·X₁·w₀ + y, and v₁₂·c."""
    product = ((0, 1, "mul", 2, "mul", 3, "add"), (Leaf("S", 0), Leaf("S", 1)))
    many = (*product[1], Leaf("A", 0, array=0), Leaf("S", 2))
    rolled = Rolled()
    rolled.sample_inputs = [(1, 0, 2), (1, 1, 2), (4, 0, 1)]
    rolled.sample_slots, rolled.uniform_slots = 3, 2
    rolled.stages = [
        Stage(True, [Group(product[0], many, Leaf("U", 0), True, total=True)]),
        Stage(
            False,
            [
                Group(
                    (0, 1, "mul"),
                    (Leaf("A", 5, array=2), Leaf("A", 0, array=3)),
                    Leaf("U", 1),
                    False,
                )
            ],
        ),
    ]
    rolled.outputs = Outputs.of([Leaf("U", 0), Leaf("U", 1)])
    return rolled


RNG = np.random.default_rng(0)


def arguments(n, rng=RNG):
    return [
        rng.normal(size=3),
        rng.normal(size=(n, 2)),
        rng.normal(size=(2, 3)),
        0.5,
        rng.normal(size=n),
    ]


def by_hand(w, X, V, c, y):
    return [np.sum(X[:, 0] * X[:, 1] * w[0] + y), V[1, 2] * c]
