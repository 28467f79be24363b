"""The exercises of notebook 4: a gate, XOR's opposite, a local minimum, pieces by depth and width."""

from . import Exercise


def _sign(z: float) -> float:
    return (z > 0) - (z < 0)


nand = Exercise(
    lambda g1, g2: _sign(1 - g1 - g2),
    because="sign(1 - g1 - g2), AND with all signs turned, or any other line that cuts off (1, 1)",
    mistakes=[
        (lambda g1, g2: _sign(-1 + g1 + g2), "that is AND itself: turn the sign of all three"),
        (lambda g1, g2: _sign(1 + g1 + g2), "that is OR: it is false if both inputs are false"),
        (lambda g1, g2: _sign(-1 - g1 - g2), "that is NOR, true only if both inputs are false"),
        (
            lambda g1, g2: -g1 * g2,
            "that is XOR, which is false also if both are false; NAND is true there",
        ),
        (
            lambda g1, g2: 0 if g1 == g2 == 1 else 1,
            "false is -1 here, not 0",
        ),
    ],
    at=[(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)],
)

opposite = Exercise(
    (-1, 2, 1),
    because="1 minus XOR's h1 - 2 h2: the bias is 1 and both signs turn",
    mistakes=[
        ((1, -2, 0), "those are XOR's own; the opposite of y is 1 - y"),
        ((-1, 2, 0), "the signs are right, but that gives 0, -1, -1, 0: the bias is missing"),
        ((1, -2, 1), "1 minus y turns the signs of the weights too"),
    ],
)

stuck = Exercise(
    (1 / 2, 1 / 8),
    because="c is the mean of 0 and 1; the error (¼ + ¼ + 0 + 0)/4 = ⅛",
    mistakes=[
        (
            (1 / 2, 1 / 4),
            "c is right; the mean is over all four corners, and two of them have no error",
        ),
        ((1 / 2, 1 / 2), "c is right; that is the sum of the squares, not their mean"),
        ((0, 1 / 4), "right at a third corner, but wrong by 1 at the fourth: that costs more"),
        ((1, 1 / 4), "right at a third corner, but wrong by 1 at the fourth: that costs more"),
    ],
    tolerance=2e-3,
)

pieces = Exercise(
    (64, 13),
    because="2⁶ by folding six times; one corner for each of 12 units makes 12 + 1",
    mistakes=[
        ((4096, 13), "12 units are 6 layers of 2, and each layer doubles once"),
        ((64, 12), "12 corners cut the line into one piece more than that"),
        ((12, 13), "each layer doubles the pieces of those before it"),
    ],
)
