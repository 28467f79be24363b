"""The exercises of notebook 6: penalties, stopping, dropout, and what errors say of a network."""

from . import Exercise

elimination = Exercise(
    lambda w: 2 * w / (1 + w**2) ** 2,
    because="(2w(1 + w²) - w² · 2w)/(1 + w²)² = 2w/(1 + w²)²: about 2w for small w, 2/w³ for large",
    mistakes=[
        (lambda w: 2 * w / (1 + w**2), "the denominator is squared in the quotient rule"),
        (lambda w: 1.0, "a quotient's derivative is not the quotient of the derivatives"),
        (lambda w: 2 * w, "that is the derivative of w² alone; the denominator depends on w too"),
        (lambda w: -2 * w / (1 + w**2) ** 2, "the sign: the penalty grows with |w|"),
        (lambda w: w**2 / (1 + w**2), "that is the penalty itself; its derivative is asked for"),
    ],
    at=[(0.5,), (-2.0,), (10.0,)],
)

one_step = Exercise(
    (3.6, 3.95),
    because="4 - 0.5 · 0.1 · 2 · 4 = 3.6: a tenth of w; 4 - 0.5 · 0.1 · 1 = 3.95, whatever w > 0 was",
    mistakes=[
        ((3.95, 3.6), "the two are exchanged: λw² has the derivative 2λw, λ|w| has λ sign w"),
        ((3.8, 3.95), "the derivative of w² is 2w, not w"),
        ((4.4, 4.05), "a step goes down: w minus α times the derivative"),
        ((3.2, 3.9), "α is missing: the step is α = 0.5 times the derivative"),
    ],
)

patience = Exercise(
    (6, 4),
    because="epochs 5 and 6 bring nothing below the 0.38 of epoch 4, so it ends and goes back there; "
    "the 0.36 of epoch 8 is never seen: a patience that is too short",
    mistakes=[
        ((8, 8), "it never gets there: epochs 5 and 6 are no better than 0.38"),
        ((6, 6), "the last epoch is right; but kept are the best weights, not the last"),
        ((3, 2), "one epoch without a better error is allowed: the patience is 2"),
        ((4, 4), "at epoch 4 nobody knows yet that 5 and 6 will not be better"),
        ((5, 4), "epoch 5 is the first without a better error; the patience is 2"),
        ((4, 6), "the two are exchanged: the last epoch comes after the best"),
    ],
)

dropout = Exercise(
    (0.8, 0.6),
    because="0.6/(1 - 0.25) = 0.8 in three cases of four and 0 in one: 0.75 · 0.8 = 0.6 on average",
    mistakes=[
        ((0.6, 0.45), "a unit that is kept is divided by 1 - p, to make up for the silenced ones"),
        ((2.4, 0.6), "divide by 1 - p = 0.75, the probability of being kept, not by p"),
        ((0.8, 0.8), "once in four cases it passes on 0: average that too"),
        ((0.45, 0.6), "divide by 1 - p; a product with it would make the sum smaller still"),
    ],
)

diagnosis = Exercise(
    (1, 3, 2),
    because="the first has the widest gap, the third is bad even on what it saw, and of new points "
    "the second makes the least error",
    mistakes=[
        ((1, 3, 1), "a low training error is no merit: choose by the validation error"),
        ((3, 1, 2), "exchanged: who overfits is good on the training set and bad on new points"),
        ((1, 3, 3), "no gap is not enough: the third is wrong everywhere, by 0.36"),
        ((1, 2, 3), "who underfits is bad on the training set already"),
    ],
)
