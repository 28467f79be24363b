"""The exercises of notebook 11: what a transformer consists of, and what its loss means."""

from math import e

from . import Exercise

embeddings = Exercise(
    560,
    because="27 · 16 + 8 · 16",
    mistakes=[
        (432, "those are the characters'; each place has a vector too"),
        (128, "those are the places'; each character has a vector too"),
        (3456, "a place and a character are added, so there are 27 + 8 vectors, not 27 · 8"),
    ],
)

weights = Exercise(
    (0.25, 0.25, 0.5),
    because="e⁰ = 1, 1 and e^(log 2) = 2, each divided by their sum, 4",
    mistakes=[
        ((1, 1, 2), "those are the exponentials; divide them by their sum"),
        ((0, 0, 1), "softmax takes exponentials: a product of 0 still has a weight"),
        ((1 / 3, 1 / 3, 1 / 3), "the third key fits better, so it has more weight"),
    ],
)

perplexity = Exercise(
    e**2,
    because="1/p = e² = 7.39",
    mistakes=[
        (e**-2, "that is the probability; how many equal ones make 1?"),
        (4, "the logarithm is the natural one: e², not 2²"),
        (2, "2 is the loss, the logarithm of what is asked"),
    ],
    tolerance=1e-2,
)

normed = Exercise(
    lambda x: [a / (sum(b * b for b in x) / len(x)) ** 0.5 for a in x],
    because="the mean of the squares is 1 then",
    mistakes=[
        (
            lambda x: [a / sum(b * b for b in x) ** 0.5 for a in x],
            "that is the norm; the mean of the squares is asked, so divide the sum by n",
        ),
        (
            lambda x: [a / (sum(b * b for b in x) / len(x)) for a in x],
            "the square root is missing",
        ),
    ],
    at=[([3.0, 4.0],), ([1.0, -2.0, 0.5],)],
)
