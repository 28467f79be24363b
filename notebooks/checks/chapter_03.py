"""The exercises of notebook 3: deltas by hand."""

from math import tanh

from . import Exercise


def _forward(x, w1, b1, w2, b2):
    a1 = tanh(w1 * x + b1)
    return a1, tanh(w2 * a1 + b2)


def _deltas(x, yd, w1, b1, w2, b2):
    a1, y = _forward(x, w1, b1, w2, b2)
    d2 = 2 * (y - yd) * (1 - y**2)
    return d2, d2 * w2 * (1 - a1**2)


def _with_the_sigmoids_slope(x, yd, w1, b1, w2, b2):
    a1, y = _forward(x, w1, b1, w2, b2)
    d2 = 2 * (y - yd) * y * (1 - y)
    return d2, d2 * w2 * a1 * (1 - a1)


def _with_the_square_outside(x, yd, w1, b1, w2, b2):
    a1, y = _forward(x, w1, b1, w2, b2)
    d2 = 2 * (y - yd) * (1 - y) ** 2
    return d2, d2 * w2 * (1 - a1) ** 2


def _without_the_weight(x, yd, w1, b1, w2, b2):
    a1, y = _forward(x, w1, b1, w2, b2)
    d2 = 2 * (y - yd) * (1 - y**2)
    return d2, d2 * (1 - a1**2)


def _without_the_two(*arguments):
    d2, d1 = _deltas(*arguments)
    return d2 / 2, d1 / 2


def _exchanged(*arguments):
    return _deltas(*arguments)[::-1]


tanh_chain = Exercise(
    _deltas,
    because="2 (y - yd) (1 - y²), and δ2 w2 (1 - a1²): only the slope of the unit has changed",
    mistakes=[
        (_with_the_sigmoids_slope, "y (1 - y) is the sigmoid's slope; that of tanh is 1 - y²"),
        (_with_the_square_outside, "the slope of tanh is 1 - y², not (1 - y)²"),
        (_without_the_weight, "δ2 is right; on its way to δ1 it passes the weight w2"),
        (_without_the_two, "J = (y - yd)² has no ½ here, so δ2 begins with a 2"),
        (_exchanged, "the two are exchanged: δ2, of the last unit, comes first"),
    ],
    at=[(1.5, 0.5, 0.8, -0.3, -1.2, 0.4), (-1.0, 0.2, 0.6, 0.1, 0.9, -0.2)],
)

_arrived = 0.7 * -0.12 + -0.3 * 0.25
_slope = 0.75 * (1 - 0.75)
two_outputs = Exercise(
    (_arrived * _slope, _arrived * _slope * 2),
    because=f"0.7 · (-0.12) - 0.3 · 0.25 = {_arrived:.3f} arrives, times 0.75 · 0.25, and times x = 2",
    mistakes=[
        (
            (_arrived, _arrived * 2),
            f"{_arrived:.3f} arrives; the unit's slope a (1 - a) is missing",
        ),
        ((_arrived * _slope, _arrived * _slope), "δ is right; ∂J/∂w is δ times the input, x = 2"),
        (
            (_arrived * (1 - 0.75**2), _arrived * (1 - 0.75**2) * 2),
            "1 - a² is the slope of tanh; this unit is a sigmoid: a (1 - a)",
        ),
    ],
    tolerance=1e-4,
)

count = Exercise(
    lambda sizes: sum((n + 1) * m for n, m in zip(sizes, sizes[1:], strict=False)),
    because="every unit has a weight for each unit before it, and a bias",
    mistakes=[
        (
            lambda sizes: sum(n * m for n, m in zip(sizes, sizes[1:], strict=False)),
            "the biases are missing: one for every unit that is no input",
        ),
        (
            lambda sizes: sum(n * m + 1 for n, m in zip(sizes, sizes[1:], strict=False)),
            "every unit has a bias of its own, not every layer",
        ),
    ],
    at=[((3, 5, 1),), ((2, 16, 16, 1),), ((4, 2),)],
)
