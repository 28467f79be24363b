"""One sample of a batch, and a batch of samples: how `vmap` and `jacobian` take batches apart."""

from __future__ import annotations

from typing import Any

from ..kinds import kind as kinds
from ..kinds.kind import NOTHING
from ..kinds.numeric import only
from ..primitive import primitive


def _at(i: int, z: Any) -> Any:
    """The condition that is true for the i-th sample of a batch."""
    import numpy as np

    return np.arange(z.shape[0]).reshape(-1, *[1] * (len(z.shape) - 1)) == i


@primitive(
    lambda g, z, x, i: only(_at(i, x), g),
    lambda g, z, x, i: NOTHING,
)
def take(x: Any, i: Any) -> Any:
    """The i-th sample of a batch.

    >>> import numpy as np
    >>> take(np.array([1.0, 2.0]), 1)
    2.0
    """
    return x[i]


@primitive(
    lambda g, z, xs: [only(_at(i, z), g) for i in range(len(xs))],
    sequences=True,
)
def stack(xs: Any) -> Any:
    """A batch of the numbers of a sequence.

    >>> stack([1.0, 2.0])
    array([1., 2.])
    """
    import numpy as np

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
