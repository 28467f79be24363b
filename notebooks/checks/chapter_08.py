"""The exercises of notebook 8: the same rule on other numbers."""

from fractions import Fraction
from autograd import Value, log

from . import Exercise

exactly = Exercise(
    Fraction(17, 4),
    because="x² + 1/x² = 1/4 + 4 = 17/4",
    mistakes=[
        (Fraction(-15, 4), "the derivative of -1/x is +1/x²"),
        (Fraction(9, 4), "1/x² at x = 1/2 is 4, not 2"),
    ],
    tolerance=1e-12,
)

shared = Exercise(
    15.0,
    because="the mean of 2 w x² over the samples: (6 · 1 + 6 · 4)/2",
    mistakes=[
        (30.0, "that is the sum over the samples; L is their mean"),
        (7.5, "the 2 of the square is missing: the derivative of (w x)² is 2 w x²"),
        ((6, 24), "w is one number for both samples: its gradient is one number too"),
    ],
)

nested = Exercise(
    10.0,
    because="the inner derivative is 2 (x + 1), and that of x · 2 (x + 1) is 4x + 2",
    mistakes=[
        (6.0, "6 is the inner derivative alone; it depends on x, so differentiate x · 2 (x + 1)"),
        (4.0, "the product rule has two parts: 1 · 2 (x + 1) is missing"),
        (12.0, "12 is the value of x · 2 (x + 1) at 2; its derivative is asked for"),
    ],
)

x_log_y = Exercise(
    lambda g, z, x, y: (g * log(y), g * x / y),
    because="∂z/∂x = log y and ∂z/∂y = x/y, each times g",
    mistakes=[
        (lambda g, z, x, y: (log(y), x / y), "g is missing: multiply what arrives"),
        (lambda g, z, x, y: (g * log(y), g / y), "x log y by y: x stays as a factor, x/y"),
        (lambda g, z, x, y: (g * x / y, g * log(y)), "the two are exchanged"),
    ],
    at=[
        (1.0, 2 * log(3.0), 2.0, 3.0),
        (-0.5, 4 * log(1.5), 4.0, 1.5),
        (1.0, Value(2 * log(3.0)), Value(2.0), Value(3.0)),  # what nesting gives: not for math.log
    ],
)
