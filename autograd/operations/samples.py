"""One sample of a batch, and a batch of samples: how `vmap` and `jacobian` take batches apart.

A batch of n is taken apart in parts of parts: were each sample's adjoint spread over all n, reverse
mode through `vmap` would cost n². These primitives move adjoints between samples, so they move
the masks with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import context
from ..errors import BatchError
from ..kinds import kind as kinds
from ..kinds import numeric
from ..kinds.kind import NOTHING, shape_of
from ..kinds.masks import Masked
from ..kinds.numeric import only
from ..primitive import primitive

_FEW = 32  # parts that a batch is cut into at once


def samples_of(x: Any) -> list[Any]:
    """Every sample of a batch; the last is taken first, so that the first receives first."""
    n = x.shape[0]
    if n <= _FEW:
        return [take(x, i) for i in reversed(range(n))][::-1]
    size = _FEW
    while size * _FEW < n:
        size *= _FEW
    parts = [part(x, (start, min(start + size, n))) for start in reversed(range(0, n, size))]
    return [sample for few in map(samples_of, parts) for sample in reversed(few)][::-1]


def _with_mask(move: Callable[..., Any]) -> Callable[..., Any]:
    """A pullback formula that moves an adjoint, and its mask with it."""

    def moved(g: Any, z: Any, *arguments: Any) -> Any:
        if type(g) is Masked:
            return Masked(move(g.data, *arguments), move(g.mask, *arguments))
        return move(g, *arguments)

    return moved


def _within(start: int, stop: int, x: Any) -> Any:
    """The condition that is true for some samples of a batch."""
    import numpy as np

    i = np.arange(x.shape[0]).reshape(-1, *[1] * (len(x.shape) - 1))
    return (start <= i) & (i < stop)


def _placed(g: Any, z: Any, x: Any, bounds: Any) -> Any:
    """The adjoint of a part: nothing is sent to the samples outside of it."""
    start, stop = bounds
    to = (start, x.shape[0])
    with context.setting(sweeping=True):  # g may have an axis for every nesting of `vmap`
        if type(g) is Masked:
            return Masked(place(g.data, to), place(g.mask, to) != 0)
        return only(_within(start, stop, x), place(g, to))


def _one_of(g: Any, z: Any, x: Any, i: Any) -> Any:
    """The adjoint of one sample: nothing is sent to the others."""
    here = _within(i, i + 1, x)
    return Masked(g.data, here & g.mask) if type(g) is Masked else only(here, g)


@primitive(_one_of, lambda g, z, x, i: NOTHING)
def take(x: Any, i: Any) -> Any:
    """The i-th sample of a batch.

    >>> import numpy as np
    >>> take(np.array([1.0, 2.0]), 1)
    2.0
    """
    return x[i]


@primitive(_placed, lambda g, z, x, bounds: NOTHING)
def part(x: Any, bounds: Any) -> Any:
    """The samples of a batch from the first of two bounds up to the second.

    >>> import numpy as np
    >>> part(np.array([1.0, 2.0, 3.0]), (1, 3))
    array([2., 3.])
    """
    return x[bounds[0] : bounds[1]]


@primitive(
    _with_mask(lambda g, x, to: part(g, (to[0], to[0] + x.shape[0]))),
    lambda g, z, x, to: NOTHING,
)
def place(x: Any, to: Any) -> Any:
    """A batch of ``to[1]`` samples, those from ``to[0]`` on taken from x, the others 0.

    >>> import numpy as np
    >>> place(np.array([1.0, 2.0]), (1, 4))
    array([0., 1., 2., 0.])
    """
    import numpy as np

    z = np.zeros((to[1], *x.shape[1:]))
    z[to[0] : to[0] + x.shape[0]] = x
    return z


def _to_each(g: Any, z: Any, xs: Any) -> list[Any]:
    """The adjoint of every sample that was stacked."""
    import numpy as np

    with context.setting(sweeping=True):
        if type(g) is not Masked:
            return samples_of(to_shape(g, z.shape))
        data, mask = to_shape(g.data, z.shape), to_shape(g.mask, z.shape) != 0
        return [
            only(bool(c) if isinstance(c, np.bool_) else c, h)
            for c, h in zip(mask, samples_of(data), strict=True)
        ]


@primitive(_to_each, sequences=True)
def stack(xs: Any) -> Any:
    """A batch of the numbers of a sequence.

    >>> stack([1.0, 2.0])
    array([1., 2.])
    """
    import numpy as np

    if not hasattr(xs, "__iter__"):
        numeric.check_sequence("stack", xs)
    state = context.running.get()
    axes = len(state.samples)
    wide = [] if state.sweeping else [x for x in xs if len(shape_of(x)) > axes]
    if wide or not len(xs):
        raise BatchError(
            f"stack makes a batch of single numbers, got {wide[0] if wide else 'none'}: np.block "
            f"makes an array of several batches"
        )
    return np.stack(np.broadcast_arrays(*xs)).astype(float)


@primitive(lambda g, z, x, shape: g, lambda g, z, x, shape: NOTHING)
def to_shape(x: Any, shape: Any) -> Any:
    """x summed over the samples that a shape lacks, or repeated over those that x lacks.

    The engine brings every adjoint to the shape of what it is sent to, so that of a sum is repeated
    and that of a repetition is summed.

    >>> to_shape(2.0, ())
    2.0
    """
    return kinds.to_shape(x, shape)


to_shape.by_name = True
for _op in (take, part, place, stack):
    _op.linear = _op.moves_samples = True
