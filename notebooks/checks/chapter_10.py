"""The exercises of notebook 10: what a recorded program has in it, when it is recorded, what it costs."""

import numpy as np

from autograd import where

from . import Exercise

shared = Exercise(
    3,
    because="a·b once, then by c and by d; 2 · 3 is computed while recording",
    mistakes=[
        (5, "that is what Python computes; a·b is recorded once, and 2 · 3 not at all"),
        (4, "either a·b is counted twice, or 2 · 3, which has no variable in it"),
        (2, "a·b itself is a multiplication too"),
    ],
)

recorded = Exercise(
    2,
    because="the number of samples is no part of the program, how many numbers a sample has is",
    mistakes=[
        (4, "the number of samples is found when the program runs: 1, 10 and 1,000 share one"),
        (3, "the number of samples is found when the program runs; what of four numbers a sample?"),
        (1, "four numbers a sample in place of three are another shape, so another program"),
    ],
)

leaky = Exercise(
    lambda x: where(x > 0, x, 0.1 * x),
    because="where takes both branches into the program",
    mistakes=[
        (lambda x: where(x > 0, 0.1 * x, x), "the two branches are exchanged"),
        (lambda x: where(x > 0, x, 0.0), "that is relu; below 0 the answer is 0.1 x"),
    ],
    at=[(np.array([2.0, -3.0, 0.0]),)],  # which an `if` refuses, as jit does
)

paid = Exercise(
    100,
    because="198 + 0.01 n < 2 n from n = 100 on",
    mistakes=[
        (99, "99 calls cost 198 ms as graphs, and 198.99 ms compiled"),
        (199, "a graph takes 2 ms, not 1"),
    ],
)
