"""The exercises of notebook 7: what to expect of a model, and how to read what it got wrong."""

from math import log, log2, log10

from . import Exercise

confusion = Exercise(
    (0.92, 0.8),
    because="80 + 12 of 100 answers are right; of 3 + 12 ill people 12 are found. Who says 'healthy' "
    "to everybody has an accuracy of 0.85 and finds nobody",
    mistakes=[
        ((0.92, 12 / 17), "12/17 is the share of alarms that are justified; the ill are 3 + 12"),
        ((0.92, 0.12), "12 are found, but of the ill, who are 3 + 12, not of all"),
        ((0.92, 0.2), "3/15 is the share that is missed"),
        ((0.08, 0.8), "0.08 is the share of wrong answers"),
        ((92, 80), "shares, not per cent: between 0 and 1"),
    ],
)

parameters = Exercise(
    2778,
    because="(64 + 1) · 32 + (32 + 1) · 16 + (16 + 1) · 10 = 2080 + 528 + 170",
    mistakes=[
        (2720, "those are the weights; every unit has a bias too"),
        (58, "those are the biases; what of the weights?"),
        (2122, "a layer takes as many inputs as the layer before it has units, and a bias a unit"),
    ],
)

scaled = Exercise(
    2,
    because="(18 - 10)/4: the scale was learned on the training part, and holds for every new tumour",
    mistakes=[
        (18, "not as it is: every column is scaled, (x - mean)/deviation"),
        (8, "divide by the deviation as well"),
        (3, "that is by mean and deviation of the test part, of which nothing may be learned"),
        (4, "the deviation, too, is that of the training part"),
        (1.5, "the mean, too, is that of the training part"),
    ],
)

knowing_nothing = Exercise(
    (log(3), log(2)),
    because="-log(1/3) = log 3 = 1.0986 and -log(1/2) = log 2 = 0.6931",
    mistakes=[
        ((1 / 3, 0.5), "those are the probabilities; the cost is minus their logarithm"),
        ((-log(3), -log(2)), "minus the logarithm: a cost is not negative"),
        ((log(10), log(2)), "log 10 is for ten classes"),
        ((log10(3), log10(2)), "the natural logarithm, not that to base 10"),
        ((log2(3), 1), "the natural logarithm, not that to base 2"),
    ],
    tolerance=1e-3,
)
