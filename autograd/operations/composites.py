"""Composites: functions written with the primitives, so their derivatives need no rule."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from .. import context
from ..kinds import dispatch, numeric
from ..kinds.kind import NOTHING, by_elements, is_array_of_values, is_number, like, shape_of
from ..primitive import Primitive, elementwise, primitive
from . import arithmetic, branches, elementary, sequences, slopes, special
from .branches import minimum, where
from .elementary import exp, expm1, softplus
from .sequences import logsumexp

EVERY: dict[str, Primitive[...]] = {
    op.name: op
    for module in (arithmetic, elementary, branches, sequences, special, slopes)
    for op in vars(module).values()
    if isinstance(op, Primitive)
}
"""Every primitive, those that derivatives alone are written with too: what tests walk."""

PRIMITIVES = {name: op for name, op in EVERY.items() if name not in vars(slopes)}
"""Those that the package exports, by their names: what the gallery and the command line walk."""

dispatch.primitives |= EVERY
for _op in EVERY.values():
    _op.by_name = True


def mean(xs: Any) -> Any:
    """(Σ xᵢ)/n of a sequence, or the mean over the samples of a batch; ValueError of no numbers.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    if is_number(xs) and not is_array_of_values(xs):
        xs = xs.number() if hasattr(xs, "number") else xs  # an array that jit records
        n = math.prod(shape_of(xs)) / math.prod(context.running.get().samples)
    else:
        if not hasattr(xs, "__iter__"):
            numeric.check_sequence("mean", xs)
        xs = tuple(xs)
        n = len(xs)
    if not hasattr(n, "recorder") and n == 0:  # of samples that jit records, any number may come
        raise ValueError("the mean of no numbers is not defined")
    return sequences.sum(xs) / n


def logaddexp(x: Any, y: Any) -> Any:
    """log(eˣ + eʸ), without overflow; right to what `logsumexp` is.

    >>> logaddexp(1000.0, 1000.0)
    1000.6931471805599
    """
    if by_elements((x, y)):
        return elementwise(logaddexp, x, y)
    return logsumexp((x, y))


def log_sigmoid(x: Any) -> Any:
    """log σ(x) = -softplus(-x), finite where σ(x) rounds to 0.

    >>> log_sigmoid(-800.0)
    -800.0
    """
    return -softplus(-x)


@primitive(lambda g, z, xs: [NOTHING] * len(xs), sequences=True)
def shift(xs: Any) -> Any:
    """What to subtract before exp, so that nothing overflows: the largest xᵢ, as a constant, since
    no softmax depends on it.

    >>> shift([1.0, 2.0])
    2.0
    """
    return numeric.shift(xs)


def _shifted(name: str, xs: Iterable[Any]) -> list[Any]:
    if not hasattr(xs, "__iter__"):
        numeric.check_sequence(name, xs)
    xs = tuple(xs)
    top = shift(xs)
    return [x - top for x in xs]


def log_softmax(xs: Iterable[Any]) -> list[Any]:
    """xᵢ - logsumexp(x) for every i of a sequence, all digits of a leading one's too.

    Its slope 1 - p, p the softmax, is near p = 1 right to an ulp of 1, not of itself. Raises as
    `softmax` does.

    >>> log_softmax([0.0, 0.0])
    [-0.6931471805599453, -0.6931471805599453]
    """
    xs = _shifted("log_softmax", xs)
    total = logsumexp(xs)
    return [x - total for x in xs]


def softmax(xs: Iterable[Any]) -> list[Any]:
    """exp xᵢ / Σ exp xⱼ for every i of a sequence, without overflow, all digits of small ones too.

    Its slope p (1 - p) is near p = 1 right to an ulp of 1, not of itself. Raises NumberError for what
    is no sequence.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    terms = [exp(x) for x in _shifted("softmax", xs)]
    total = sequences.sum(terms)
    return [term / total for term in terms]


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
