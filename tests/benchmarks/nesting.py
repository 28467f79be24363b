"""Ours alone: nested gradients along a growing program, and a checkpointed chain."""

import tracemalloc
from time import perf_counter

SEGMENT = 1_000  # operations


def contestant(name, size):
    """``descent``, ``kept`` or ``checkpointed``."""
    return {"descent": _descent, "kept": _chain, "checkpointed": _checkpointed}[name](size)


def _descent(steps):
    """The derivative, by its start, of where a gradient descent ends."""
    from autograd import cos, grad

    def slope(x):
        return grad(lambda y: cos(y) + 0.1 * y * y * x)(x)

    def end(x):
        for _ in range(steps):
            x = x - 0.01 * slope(x)
        return x

    def step():
        start = perf_counter()
        result = grad(end)(1.0)
        return {"seconds": {"step": perf_counter() - start}, "results": [result]}

    return step


def _segment(x):
    for _ in range(SEGMENT // 2):
        x = 0.99 * x + 0.01
    return x


def _chain(segments, segment=_segment):
    """The gradient of a chain of segments, and the most bytes that it needed."""
    from autograd import Value

    def step():
        x = Value(0.5)
        tracemalloc.start()
        start = perf_counter()
        y = x
        for _ in range(segments):
            y = segment(y)
        y.backward()
        seconds = perf_counter() - start
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return {"seconds": {"step": seconds}, "results": [x.grad, peak]}

    return step


def _checkpointed(segments):
    from autograd import checkpoint

    return _chain(segments, checkpoint(_segment))
