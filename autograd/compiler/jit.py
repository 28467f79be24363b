"""jit: a function run once on recording numbers, and from then on as machine code.

    record     the engine runs it, forward and backward, and leaves a flat program (`recorder`)
    roll       what does the same at regular distances becomes loops (`roll`)
    compile    a backend makes code of the loops (`llvm`, or source that one can read)
    call       arrays in, numbers out

A call of another structure, or of arrays of another shape, records anew; how many samples there are
is no part of a shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .jitted import Jitted


def jit(f: Callable[..., Any], *, backend: str = "auto") -> Jitted:
    """The function compiled."""
    from .jitted import Jitted, best

    return Jitted(f, best() if backend == "auto" else backend)
