"""scan: a step done again and again, each on what the one before left, as one run of machine code.

    carry, ys = scan(step)(carry, xs)

means, as JAX's ``lax.scan`` does,

    for x in xs:
        carry, y = step(carry, x)          # ys holds every y

A training loop is one: the carry are weights and what the optimiser keeps, an x is a mini-batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .scanning.plan import Scanned


def scan(step: Callable[[Any, Any], tuple[Any, Any]]) -> Scanned:
    """The function (carry, xs) → (carry, ys) that does ``carry, y = step(carry, x)`` for each x.

    The carry is a tree of arrays and numbers, whose form and shapes a step keeps. ``xs`` is a tree
    of arrays, along whose first axis the steps go, and of `Batches`; ``ys`` are the y of all steps,
    stacked along a new first axis. Nothing that was given is changed.

    If the step does nothing with numbers but hand them to functions that ``jit`` made with LLVM, all
    steps run as one call of machine code, without Python's lock. The step is then run only once, to
    see what it calls, or twice, if what it calls computes on float32, as the carry and ys then are;
    what it closes over is what it was then. With other backends, and where both widths meet, it is
    the Python loop that it reads like.

    Raises TransformError for xs of different lengths or none, for a carry whose form or shape
    changes, for a step that computes on its arguments by itself, and within `detect_anomaly`.

    >>> import numpy as np
    >>> from autograd import jit, scan
    >>> grow = jit(lambda x, rate: x * (1 + rate[0]))
    >>> def step(x, rate):
    ...     new = grow(x, rate)
    ...     return new, new
    >>> total, every = scan(step)(100.0, np.array([[0.5], [1.0]]))
    >>> total, every
    (300.0, array([150., 300.]))
    """
    from .scanning.plan import Scanned

    return Scanned(step)
