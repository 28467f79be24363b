"""The primitives of a whole sequence, one n-ary node each, and of the samples of a batch.

A neuron written with `dot` is one node where products and sums would be twenty. A sequence is any
iterable of Values and numbers, given as one argument; its pullback answers with a sequence.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from ..kinds import numeric, special
from ..primitive import primitive


def _spread(g: Any, xs: Any) -> Any:
    """The same adjoint to each of a sequence; a batch's own gets it for every sample."""
    return [g] * len(xs) if isinstance(xs, Sequence) else g


def _products_of_others(xs: Sequence[Any]) -> list[Any]:
    """∏ of all but the i-th, for every i, without division: right when some are 0."""
    before = accumulate(xs[:-1], operator.mul, initial=1)
    after = [*accumulate(xs[:0:-1], operator.mul, initial=1)][::-1]
    return [p * q for p, q in zip(before, after, strict=True)]


@primitive(lambda g, z, xs: _spread(g, xs), sequences=True)
def sum(xs: Any) -> Any:
    """Σ xᵢ of a sequence from left to right, or the sum over the samples of a batch; ∂z/∂xᵢ = 1.

    >>> sum([1.0, 2.0, 3.0])
    6.0
    """
    return numeric.sum(xs)


@primitive(lambda g, z, xs: numeric.scale(g, _products_of_others(xs)), sequences=True)
def prod(xs: Any) -> Any:
    """∏ xᵢ of a sequence; ∂z/∂xᵢ is the product of the others, also where some are 0.

    >>> prod([2.0, 3.0, 4.0])
    24.0
    """
    return numeric.prod(xs)


@primitive(
    lambda g, z, ws, xs: numeric.scale(g, xs),
    lambda g, z, ws, xs: numeric.scale(g, ws),
    sequences=True,
)
def dot(ws: Any, xs: Any) -> Any:
    """Σ wᵢ xᵢ of two sequences of one length; ∂z/∂wᵢ = xᵢ, ∂z/∂xᵢ = wᵢ.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return numeric.dot(ws, xs)


@primitive(lambda g, z, xs: special.softmax(g, xs, z), sequences=True)
def logsumexp(xs: Any) -> Any:
    """log Σ exp xᵢ of a sequence, without overflow; ∂z/∂xᵢ = exp(xᵢ - z), the softmax.

    Where z is near 0 it is right to an ulp of the largest xᵢ, not of itself; a slope to as many ulps
    as xᵢ lies below the largest, the rounding of that difference.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    return numeric.logsumexp(xs)
