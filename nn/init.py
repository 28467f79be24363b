"""Initialisers: where the weights of a unit start.

An initialiser is a function of a unit's number of inputs (fan-in), of the number of units beside it
(fan-out) and of a `random.Random`, and returns one weight. Layers call it for every weight, with a
generator of their own: the same seed gives the same weights and nobody else's random numbers are
disturbed. Equal weights stay equal for ever; random ones break the symmetry between units.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from .settings import NOT_NEGATIVE, number

Initialiser = Callable[[int, int, Random], float]


def zeros(fan_in: int, fan_out: int, rng: Random) -> float:  # noqa: ARG001  (an initialiser's arguments)
    """0: for biases, or for a single unit; the hidden units of a layer would stay equal.

    >>> zeros(3, 5, Random(0))
    0.0
    """
    return 0.0


def constant(value: float) -> Initialiser:
    """An initialiser of one value, such as 0.1 for the biases of ReLUs, which start alive.

    Source of the 0.1: I. Goodfellow, Y. Bengio, A. Courville, Deep learning, 2016, section 6.3.1.

    >>> constant(0.1)(3, 5, Random(0))
    0.1
    """
    return lambda fan_in, fan_out, rng: float(value)  # noqa: ARG005


def uniform(epsilon: float) -> Initialiser:
    """An initialiser that draws evenly from [-epsilon, epsilon]; ValueError unless epsilon ≥ 0.

    >>> abs(uniform(0.5)(3, 5, Random(0))) <= 0.5
    True
    """
    number("epsilon", epsilon, *NOT_NEGATIVE)
    return lambda fan_in, fan_out, rng: rng.uniform(-epsilon, epsilon)  # noqa: ARG005


def normal(std: float) -> Initialiser:
    """An initialiser that draws from a Gaussian of mean 0; ValueError unless std ≥ 0.

    >>> normal(0.0)(3, 5, Random(0))
    0.0
    """
    number("std", std, *NOT_NEGATIVE)
    return lambda fan_in, fan_out, rng: rng.gauss(0.0, std)  # noqa: ARG005


def inverse_sqrt(fan_in: int, fan_out: int, rng: Random) -> float:  # noqa: ARG001
    """A Gaussian of standard deviation 1/√fan_in: z has the variance of the inputs.

    Source: Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, Efficient BackProp, 1998, section 4.6.

    >>> isinstance(inverse_sqrt(4, 1, Random(0)), float)
    True
    """
    return rng.gauss(0.0, 1 / math.sqrt(fan_in))


def xavier_uniform(fan_in: int, fan_out: int, rng: Random) -> float:
    """Even in ±√(6 / (fan_in + fan_out)): activations and deltas of tanh layers keep their spread.

    Source: X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural
    networks, AISTATS 2010, equation 16.

    >>> abs(xavier_uniform(3, 3, Random(0))) <= 1
    True
    """
    limit = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit)


def xavier_normal(fan_in: int, fan_out: int, rng: Random) -> float:
    """A Gaussian of the variance 2 / (fan_in + fan_out) of `xavier_uniform`, equation 12 there.

    >>> isinstance(xavier_normal(3, 5, Random(0)), float)
    True
    """
    return rng.gauss(0.0, math.sqrt(2 / (fan_in + fan_out)))


def he_uniform(fan_in: int, fan_out: int, rng: Random) -> float:  # noqa: ARG001
    """Even in ±√(6 / fan_in), which has the variance of `he_normal`.

    >>> abs(he_uniform(6, 5, Random(0))) <= 1
    True
    """
    limit = math.sqrt(6 / fan_in)
    return rng.uniform(-limit, limit)


def he_normal(fan_in: int, fan_out: int, rng: Random) -> float:  # noqa: ARG001
    """A Gaussian of variance 2 / fan_in: twice LeCun's, since a ReLU sets half its inputs to 0.

    Source: K. He, X. Zhang, S. Ren, J. Sun, Delving deep into rectifiers, ICCV 2015, equation 10.

    >>> isinstance(he_normal(3, 5, Random(0)), float)
    True
    """
    return rng.gauss(0.0, math.sqrt(2 / fan_in))
