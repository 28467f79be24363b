"""Composites: functions written with the primitives, so their derivatives need no rule."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from .. import context
from ..kinds import numeric
from ..kinds.kind import is_array_of_values, is_number, like, shape_of
from ..primitive import Primitive, elementwise
from . import branches, sequences
from . import elementary as ops
from .branches import abs, minimum, where
from .elementary import exp, expm1, softplus
from .sequences import logsumexp

PRIMITIVES: dict[str, Primitive[...]] = {
    op.name: op
    for module in (ops, branches, sequences)
    for op in vars(module).values()
    if isinstance(op, Primitive)
}
"""Every primitive of the engine by its name: what tests, the gallery and the command line walk."""


def mean(xs: Any) -> Any:
    """(Σ xᵢ)/n of a sequence, or the mean over the samples of a batch.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    if is_number(xs) and not is_array_of_values(xs):
        n = math.prod(shape_of(xs)) / math.prod(context.running.get().samples)
    else:
        xs = tuple(xs)
        n = len(xs)
    if n == 0:
        raise ValueError("the mean of no numbers is not defined")
    return sequences.sum(xs) / n


def logaddexp(x: Any, y: Any) -> Any:
    """log(eˣ + eʸ), without overflow.

    >>> logaddexp(1000.0, 1000.0)
    1000.6931471805599
    """
    if is_array_of_values(x) or is_array_of_values(y):
        return elementwise(logaddexp, x, y)
    return logsumexp((x, y))


def log_sigmoid(x: Any) -> Any:
    """log σ(x) = -softplus(-x), finite where σ(x) rounds to 0.

    >>> log_sigmoid(-800.0)
    -800.0
    """
    return -softplus(-x)


def log_softmax(xs: Iterable[Any]) -> list[Any]:
    """xᵢ - logsumexp(x) for every i of a sequence.

    >>> log_softmax([0.0, 0.0])
    [-0.6931471805599453, -0.6931471805599453]
    """
    xs = tuple(xs)
    total = logsumexp(xs)
    return [x - total for x in xs]


def softmax(xs: Iterable[Any]) -> list[Any]:
    """exp xᵢ / Σ exp xⱼ for every i of a sequence, without overflow.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    return [exp(x) for x in log_softmax(xs)]


def clip(x: Any, low: Any, high: Any) -> Any:
    """x kept within [low, high]; derivative 1 inside and at both bounds, so that a parameter resting
    on a bound can still leave it. A nan stays nan and, as in PyTorch and JAX, receives nothing.

    >>> clip(3.0, 0.0, 1.0)
    1.0
    """
    clipped = where(x < low, low, where(x > high, high, x))
    return where(x == x, clipped, math.nan)


def leaky_relu(x: Any, slope: Any = 0.01) -> Any:
    """x for x > 0, else slope · x.

    Source: A. Maas, A. Hannun, A. Ng, Rectifier nonlinearities improve acoustic models, ICML 2013.

    >>> leaky_relu(-2.0)
    -0.02
    """
    return where(x > 0, x, slope * x)


def elu(x: Any, alpha: Any = 1.0) -> Any:
    """x for x ≥ 0, else alpha (eˣ - 1).

    Source: D.-A. Clevert, T. Unterthiner, S. Hochreiter, arXiv:1511.07289.

    >>> elu(2.0)
    2.0
    """
    return where(x >= 0, x, alpha * expm1(minimum(x, 0)))  # e^1000 never computed


def hard_tanh(x: Any) -> Any:
    """x within (-1, 1), else the nearer bound; derivative 0 at both bounds.

    Source: R. Collobert, Large scale machine learning, PhD thesis, Université Paris VI, 2004.

    >>> hard_tanh(-2.0)
    -1.0
    """
    return where(x <= -1, like(-1, x), where(x >= 1, like(1, x), x))


def sinc(x: Any) -> Any:
    """sin(πx)/(πx), 1 at 0; near 0 its Taylor polynomial, so that all derivatives are right there.

    >>> sinc(0.0)
    1.0
    """
    u = _pi(x) * x
    small = abs(u) < 0.05  # where u¹²/13! is below half an ulp of 1
    u2 = u * u
    series = 1 - u2 / 6 * (1 - u2 / 20 * (1 - u2 / 42 * (1 - u2 / 72 * (1 - u2 / 110))))
    return where(small, series, ops.sin(u) / where(small, 1, u))


def degrees(x: Any) -> Any:
    """Radians to degrees: 180x/π.

    >>> degrees(3.141592653589793)
    180.0
    """
    return x * (180 / _pi(x))


def radians(x: Any) -> Any:
    """Degrees to radians: πx/180.

    >>> radians(180.0)
    3.141592653589793
    """
    return x * (_pi(x) / 180)


def _pi(x: Any) -> Any:
    """π as a number of the kind of x."""
    return 4 * numeric.arctan(like(1, x))
