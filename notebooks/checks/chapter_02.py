"""The exercises of notebook 2: a step, a neuron's gradient, how far a step may go, how many there are."""

from math import exp

from . import Exercise

one_step = Exercise(
    (6, 1.7),
    because="2 (6 - 5) · 3 = 6, and 2 - 0.05 · 6 = 1.7: against the derivative",
    mistakes=[
        ((6, 2.3), "the derivative is right, but that step climbs: w minus α times it"),
        ((2, 1.9), "x is missing: y moves by x when w moves by 1"),
        ((3, 1.85), "the 2 of the square's derivative is missing"),
        ((6, -4), "the derivative is right; the step is α = 0.05 of it"),
    ],
)


def _sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


def _error(w: float, b: float, x: float, y_d: float) -> float:
    """2 (y - y_d)."""
    return 2 * (_sigmoid(w * x + b) - y_d)


def _delta(w: float, b: float, x: float, y_d: float) -> float:
    """∂L/∂z = 2 (y - y_d) y (1 - y)."""
    y = _sigmoid(w * x + b)
    return 2 * (y - y_d) * y * (1 - y)


neuron = Exercise(
    lambda w, b, x, y_d: (_delta(w, b, x, y_d) * x, _delta(w, b, x, y_d)),
    because="2 (y - y_d) · y (1 - y), once times x and once times 1",
    mistakes=[
        (
            lambda w, b, x, y_d: (_error(w, b, x, y_d) * x, _error(w, b, x, y_d)),
            "the slope of the sigmoid is missing: σ' = y (1 - y)",
        ),
        (
            lambda w, b, x, y_d: (_delta(w, b, x, y_d), _delta(w, b, x, y_d)),
            "∂z/∂w is x: the derivative for w has that factor, the one for b has 1",
        ),
        (
            lambda w, b, x, y_d: (_delta(w, b, x, y_d) * x, _delta(w, b, x, y_d) * x),
            "∂z/∂b is 1, whatever the input: no x in the derivative for b",
        ),
        (
            lambda w, b, x, y_d: (_delta(w, b, x, y_d) * x / 2, _delta(w, b, x, y_d) / 2),
            "both are half of what they should be: the square's derivative brings a 2",
        ),
    ],
    at=[(-1.0, 0.5, 2.0, 1.0), (0.3, -0.2, -1.5, 0.25)],
)

largest_rate = Exercise(
    3 / 14,
    because=f"the mean of x² is 14/3; 1 - 2α · 14/3 is below -1 from α = 3/14 = {3 / 14:.3f} on",
    mistakes=[
        (1 / 14, "that is for the sum of the errors; the mean of x² is (1 + 4 + 9)/3"),
        (
            3 / 28,
            "there the bottom is reached in one step (1 - 2α · 14/3 = 0); it may be twice as much",
        ),
        (1 / 4, "the mean of the squares is asked for, not the square of the mean"),
    ],
    tolerance=5e-3,
)

updates = Exercise(
    (32, 1000),
    because=f"{1000 // 32} batches of 32 and a last one of {1000 % 32}; one update for each sample",
    mistakes=[
        ((31, 1000), "the last 8 samples make a batch too"),
        ((31.25, 1000), "there is no quarter of an update: the last batch is smaller"),
        ((32, 1), "one sample at a time makes an update for each of them"),
    ],
)
