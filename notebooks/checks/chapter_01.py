"""The exercises of notebook 1: local derivatives, their sums, and what they cost."""

from math import tanh

from . import Exercise

two_uses = Exercise(
    (-1, 3),
    because="x is used twice, so its gradient is y + 1 = -2 + 1; y's is x = 3",
    mistakes=[
        ((-2, 3), "∂g/∂x lacks a part: x is also used alone, and that way adds 1"),
        ((3, -1), "the two are exchanged: ∂(xy)/∂x is y, and ∂(xy)/∂y is x"),
    ],
)

quotient = Exercise(
    lambda g, x, y: (g / y, -g * x / y**2),
    because="∂z/∂x = 1/y and ∂z/∂y = -x/y², each times g",
    mistakes=[
        (
            lambda g, x, y: (1 / y, -x / y**2),
            "g is missing: multiply what arrives by the local part",
        ),
        (lambda g, x, y: (g / y, g * x / y**2), "look at ∂z/∂y again: x/y falls as y > 0 grows"),
        (lambda g, x, y: (g / y, -g / y**2), "∂z/∂y lacks x: z = x · y⁻¹, so ∂z/∂y = -x · y⁻²"),
    ],
    at=[(1.0, 6.0, 2.0), (-0.5, 3.0, 4.0)],
)

evaluations = Exercise(
    27,
    because="one at w, and one more for each of the 26 weights; backward() needs one and a pass back",
    mistakes=[
        (26, "one is missing: J(w) itself is needed too, once"),
        (52, "J(w) is the same for every weight: compute it once"),
    ],
)

_sum = 2 * 0.3 - 1 * 0.4
_slope = 1 - tanh(0.5) ** 2
recursion = Exercise(
    _slope * _sum,
    because=f"a'(0.5) = 1 - tanh²(0.5) = {_slope:.4f}, times 2 · 0.3 - 1 · 0.4 = {_sum:.1f}",
    mistakes=[
        (_sum, "the sum over h is right; a'(π) = 1 - tanh²(π) is missing"),
        ((1 - tanh(0.5)) ** 2 * _sum, "the square goes on tanh alone: 1 - tanh², not (1 - tanh)²"),
        ((1 - 0.5**2) * _sum, "a'(π) is 1 - tanh²(π): put π through tanh first"),
    ],
    tolerance=1e-3,
)
