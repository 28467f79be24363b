"""jit: a function run once on recording numbers, and from then on as machine code.

    record     the engine runs it, forward and backward, and leaves a flat program (`recording`)
    roll       what does the same at regular distances becomes loops (`rolling`)
    compile    a backend makes code of the loops (`llvm`, or `source` that one can read)
    call       arrays in, numbers out (`calls`)

A call of another structure, or of arrays of another shape, records anew; how many samples there are
is no part of a shape, unless the function asks for single ones.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .kept import own_files as _own_files  # noqa: F401  (it notes when this package was loaded)

if TYPE_CHECKING:
    from .calls.jitted import Jitted


BACKENDS = ("auto", "llvm", "numpy", "python")


def jit(
    f: Callable[..., Any],
    *,
    backend: str = "auto",
    dtype: Any = "float64",
    threads: int | None = None,
) -> Jitted:
    """The function compiled: what it computes, at the speed of machine code.

    ``f`` takes and returns numbers, arrays, and nested containers and Modules of them, like the
    functions that transforms take; it may be one: ``jit(value_and_grad(loss))``. At the first call
    it runs once, on numbers that are recorded; later calls run the program that it left. It is recorded
    again for arguments of another structure, or arrays of another shape. An array that meets Values or
    `vmap` along its first axis holds samples: of those the program takes any number. If the function
    asks for single ones (``np.cumsum``, ``np.concatenate``, ``np.linalg.norm`` of a batch), or how many
    there are, it runs once more, and the program serves arrays of these lengths: others record anew.
    Each sample then costs instructions of its own, of which there are at most 100,000.

    Because Python runs once, an ``if``, ``int()``, ``math.exp`` or an index that asks for a number
    is an error that names the line; `where` chooses, ``np.choose(i, array)`` looks up, ``np.sort``
    and what follows from it (a median, places by ``np.argsort``) is a network of n (log₂ n)² / 4
    exchanges, for some hundred numbers at most. Printing and other side effects happen once, or
    twice where the function runs once more. What the function closes over is constant: models and
    data that change are arguments. Turns of a loop that differ by an ``if`` are written out one
    after the other; if `where` looks at an argument that says which is which (what is missing, a
    schedule), they stay a loop, which is compiled in a fraction of the time. No error is raised for
    the sake of a number: of a singular matrix the answers are nan, and `detect_anomaly` sees nothing.
    A call runs to its end: what Ctrl-C asks is answered then. What ``jit`` answers is a method in a
    class, and is copied and pickled by its name, as functions are.

    Machine code is kept in the user's cache directory; so is the program, if all is understood that
    it follows from (see `kept.fingerprint`): the next process then does not run the function, which
    prints, draws and reads nothing and changes nothing. ``.stats.kept`` says "yes", or what stands
    against it.

    ``backend`` is "llvm" (machine code; needs the extra ``jit``), "numpy" or "python" (source that
    one can read, at ``.source``), or "auto", the fastest that is installed. The answers are the
    function's own, to a few ulp; but truths count: NumPy's ``True + True`` is True, here it is 2.
    ``.program(*args)`` shows the program, ``.stats`` its numbers.

    ``dtype`` is what every number inside is: "float64", or "float32" (or NumPy's names of them), of
    which a register holds twice as many. The program is the same: arguments and constants are
    rounded once, each result, and each step of a sum, to 24 bits: over a million samples six digits
    of a sum are right, four if all terms are equal (their roundings add up), and beyond 2²⁴ the
    number of samples is itself rounded. What exceeds 3.4e38 is inf. Arrays of the answer are
    float32, plain numbers floats. An array of float32 is read where it is, any other copied. Within
    another recording, or a graph, the function computes on what those compute on.

    ``threads`` is how many may share the samples of a large batch, of machine code alone; None is
    one. A call takes as many as have enough to do; within `scan` there is one. Sums over samples have
    their terms in another order then: the answers are equal to rounding, and the same in every call
    with as many threads.

    Raises RecordingError, a TransformError, for what asks for a number; NumberError for arguments and
    results that are none; ValueError for an unknown backend or dtype, and for threads or a dtype that
    the backend has not; TypeError for what is no number of threads.

    >>> from autograd import grad, jit, sin
    >>> slope = jit(grad(lambda x: x * sin(x)))
    >>> slope(0.0), slope(2.0) == grad(lambda x: x * sin(x))(2.0)
    (0.0, True)
    >>> slope.program(2.0)
    u0 = sin(x) + x * cos(x)
    return u0
    >>> jit(lambda x: x / 3, dtype="float32")(1.0)
    0.3333333432674408
    """
    try:
        from .calls.jitted import Jitted, best
        from .programs.elements import DOUBLE, element_of
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        raise ImportError(
            'jit() computes with NumPy: pip install "chainrule[jit]", or numpy alone for source in '
            "place of machine code"
        ) from error

    if not callable(f):
        raise TypeError(f"jit() takes a function, got {f!r}")
    if backend not in BACKENDS:
        raise ValueError(f"backend is one of {BACKENDS}, given {backend!r}")
    backend = best() if backend == "auto" else backend
    element = element_of(dtype)
    if backend == "python" and element != DOUBLE:
        raise ValueError(
            f'backend "python" computes on Python\'s floats, which are float64: dtype={dtype!r} needs '
            f'"llvm" or "numpy"'
        )
    return Jitted(f, backend, element, _count(threads, backend))


def _count(threads: int | None, backend: str) -> int:
    """How many threads may share the samples."""
    if threads is None:
        return 1
    try:
        count = operator.index(threads)
    except TypeError:
        raise TypeError(f"threads is a whole number, or None for one, given {threads!r}") from None
    if count < 1:
        raise ValueError(f"threads is 1 or more, given {threads}")
    if count > 1 and backend != "llvm":
        raise ValueError(
            f"threads={threads} needs machine code: backend is {backend!r}, which runs in one thread. "
            f'backend="llvm" needs llvmlite: pip install "chainrule[jit]"'
        )
    return count
