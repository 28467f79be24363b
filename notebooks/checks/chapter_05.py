"""The exercises of notebook 5: slopes of units, a maxout unit, and what costs send back."""

from math import exp

from . import Exercise


def _sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


steepest = Exercise(
    (0, 0.25),
    because="σ(1 - σ) is largest where σ = ½, at z = 0: there it is ¼",
    mistakes=[
        ((0, 0.5), "z is right; ½ is the value of σ there, its derivative is σ(1 - σ)"),
        ((0.5, 0.25), "the slope is right; σ is ½ there, but z is asked for"),
        ((0, 1), "z is right; a slope of 1 is that of tanh"),
    ],
)

swish = Exercise(
    lambda z: _sigmoid(z) + z * _sigmoid(z) * (1 - _sigmoid(z)),
    because="the product rule: σ + z σ(1 - σ)",
    mistakes=[
        (
            lambda z: z * _sigmoid(z) * (1 - _sigmoid(z)),
            "that is one half of the product rule: z is a factor too, and its derivative 1 times σ",
        ),
        (
            lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
            "that is the derivative of σ alone; z σ(z) is a product",
        ),
        (lambda z: _sigmoid(z), "σ depends on z as well: the product rule has a second part"),
        (
            lambda z: _sigmoid(z) + z * (1 - _sigmoid(z)),
            "the derivative of σ is σ(1 - σ), not 1 - σ",
        ),
    ],
    at=[(-2.0,), (0.0,), (1.5,)],
)

two_lines = Exercise(
    (-2, 3),
    because="3z is the larger at z = 1, and -2z at z = -1, where it is 2",
    mistakes=[
        ((2, 3), "at z = -1 those give -2 and -3: the slope on the left is negative"),
        ((3, -2), "the slopes are right, in the other order"),
        ((-3, 2), "at z = 1 those give -3 and 2: the larger is to be 3"),
    ],
)

softmax = Exercise(
    (0.7, -0.8, 0.1),
    because="probability minus target: (0.7, 0.2 - 1, 0.1); the three sum to 0",
    mistakes=[
        ((-0.7, 0.8, -0.1), "all signs are turned: probability minus target"),
        ((0.7, 0.2, 0.1), "take 1 off that of the true class"),
        ((0, -0.8, 0), "the other classes are pushed down too: their targets are 0"),
        ((0, -5, 0), "that is the derivative by the probabilities; by the logits they all move"),
    ],
)

_squared = 2 * (0.01 - 1) * 0.01 * (1 - 0.01)
_factor = (0.01 - 1) / _squared
saturation = Exercise(
    _factor,
    because=f"(σ - 1) against 2 (σ - 1) σ(1 - σ): a factor 1/(2 · 0.01 · 0.99) = {_factor:.1f}",
    mistakes=[
        (1 / (0.01 * 0.99), "the square's derivative has a 2"),
        (2 * 0.01 * 0.99, "that is the other way round: how much smaller the squared error's is"),
        (0.5, "σ(1 - σ) is missing in the derivative of the squared error"),
    ],
    tolerance=2e-2,
)
