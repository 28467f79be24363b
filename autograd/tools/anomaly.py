"""`detect_anomaly`: the first number that becomes nan or infinite is an error that says where.

An observer looks at every node when it is made, and at every adjoint when a sweep has ended. Sweeps
run with masks at once, so that what a branch not taken would have sent is never mistaken for one.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

from ..adjoints import contributions
from ..context import Observer, running
from ..errors import AnomalyError
from ..kinds.kind import Number, is_finite, quiet
from ..kinds.kind import shape_of as shape
from ..kinds.masks import Masked, instantiate, unbroadcast
from ..value import Value
from .wording import number

_OURS = {"autograd", "nn", "numpy"}  # packages whose frames are not the user's program


@contextlib.contextmanager
def detect_anomaly() -> Iterator[None]:
    """In the block, the first number that becomes nan or infinite raises AnomalyError.

    The message names the operation, its operands with their labels, and the line of the program
    that made it; for an adjoint in a backward pass also what had arrived. In forward
    mode a tangent counts if it spoils a result's. A nan that a later ``where`` or ``maximum`` hides
    is found too, and so are infinities that IEEE 754 means: ``log(0)``. An operand that was not
    finite when it came in is reported by the first operation whose result it spoils. Leaves keep
    the gradients that they had before a `backward` that raises.

    It watches the thread or task of asyncio that enters it. Lines are noted only in the block: run
    forward and backward pass in it. Machine code shows no operation: of what `jit` compiled, call
    the function itself, ``jitted.__wrapped__``.

    >>> from autograd import Value, detect_anomaly, log, where
    >>> x = Value(0.0, "x")
    >>> with detect_anomaly():  # doctest: +ELLIPSIS
    ...     where(x > 0, log(x), 0.0)
    Traceback (most recent call last):
    autograd.errors.AnomalyError: log made -inf
      operand 1, 'x': 0
      ...
    """
    with _Detector().watching():
        yield


class _Detector(Observer):
    def made(self, node: Value) -> None:
        node.annotate(line=users_line())
        own = running.get().sweeping  # a formula's: the sweep's end tells
        if not own and not is_finite(node.z):
            where = _first_bad_sample(node.z)
            raise AnomalyError(
                f"{_operation(node)} made {_at(node.z, where)}{_sample(where)}\n"
                + _circumstances(node, where)
            )

    def swept(self, order: Sequence[Value], adjoints: Mapping[Value, Number]) -> None:
        if not all(is_finite(_number(g)) for g in adjoints.values()):
            with quiet():
                _report(order, adjoints)

    def pushed(self, tangents: Mapping[Value, Number], results: Sequence[Number]) -> None:
        bad = {v for v, tangent in tangents.items() if not is_finite(_number(tangent))}
        spoilt = {v for v in results if type(v) is Value and v in bad}
        for node in reversed([*tangents]):  # from the results back to where it began
            spoilt |= bad.intersection(node.parents) if node in spoilt else set()
        for node in tangents:
            if node in spoilt:
                raise AnomalyError(_of_tangent(node, _number(tangents[node])))


def _report(order: Sequence[Value], adjoints: Mapping[Value, Number]) -> None:
    """Raise for the first adjoint of a sweep that is not finite, sent or arrived."""
    for node in reversed(order):
        g = _plain(adjoints[node])
        if not is_finite(g):
            raise AnomalyError(_of_arrival(node, instantiate(g), given=node is order[-1]))
        for i, (parent, c, held) in enumerate(contributions(node, g)):
            total = unbroadcast(c, held)
            if parent in adjoints and not is_finite(total):
                c = total if is_finite(c) else c  # noqa: PLW2901  (only the sum overflowed)
                raise AnomalyError(_of_contribution(node, instantiate(g), i, instantiate(c)))


def _of_tangent(node: Value, tangent: Number) -> str:
    """The message for the first tangent that is not finite on the way to a result."""
    where = _first_bad_sample(tangent)
    return (
        f"in forward mode the tangent of {_operation(node)}{_label(node)} became "
        f"{_at(tangent, where)}{_sample(where)}\n" + _circumstances(node, where)
    )


def _of_contribution(node: Value, g: Number, i: int, c: Number) -> str:
    """The message for what a node sends to the i-th of its parents."""
    where = _first_bad_sample(c)
    position = [n for n, x in enumerate(node.operands, 1) if type(x) is Value][i]
    return (
        f"in the backward pass {_operation(node)} sent {_at(c, where)} to its operand {position}"
        f"{_sample(where)}\n  adjoint that arrived: {_at(g, where)}\n" + _circumstances(node, where)
    )


def _of_arrival(node: Value, g: Number, given: bool) -> str:
    """The message for an adjoint whose parts were finite, or that the sweep began with."""
    where = _first_bad_sample(g)
    cause = "was given as gradient to" if given else "is the sum of the finite adjoints sent to"
    name = f"a Value{_label(node)}" if node.op is None else f"{node.op.name}{_label(node)}"
    return (
        f"in the backward pass {_at(g, where)} {cause} the result of {name}{_sample(where)}\n"
        + _circumstances(node, where)
    )


def _circumstances(node: Value, where: Any) -> str:
    """The operands of a node, its result and the line that made it."""
    slots = [x if isinstance(x, tuple) else (x,) for x in (node.x, node.y) if x is not None]
    lines = [
        f"  operand {i}{_label(operand)}: {_at(held, where)}"
        for i, (operand, held) in enumerate(
            zip(node.operands, [x for slot in slots for x in slot], strict=True), 1
        )
    ]
    return "\n".join([*lines, f"  result{_label(node)}: {_at(node.z, where)}", _line(node)])


def _operation(node: Value) -> str:
    return node.op.name if node.op else "an operation under no_grad()"


def _label(operand: Any) -> str:
    return f", {operand.label!r}" if type(operand) is Value and operand.label else ""


def _plain(g: Any) -> Any:
    """An adjoint without the Values that it is made of where a sweep can be differentiated again."""
    if type(g) is Masked:
        return Masked(_plain(g.data), g.mask)
    return g.z if type(g) is Value else g


def _number(g: Any) -> Number:
    """The number of an adjoint."""
    return instantiate(_plain(g))


# --------------------------------------------------------------------- which sample, and which line


def _first_bad_sample(z: Number) -> Any:
    """The index of the first sample of a batch that is not finite; () for one number."""
    z = instantiate(z)
    if not shape(z):
        return ()
    import numpy as np

    return tuple(int(i) for i in np.argwhere(~np.isfinite(z))[0])


def _at(x: Number, where: Any) -> str:
    """A number as text; of a batch the sample in question, of a long sequence its ends."""
    x = instantiate(x) if not isinstance(x, (tuple, list)) else x
    whole = not shape(x) or len(where) < len(shape(x))
    return number(x if whole else x[where[-len(shape(x)) :]], digits=6)


def _sample(where: Any) -> str:
    return f" (sample {', '.join(map(str, where))})" if where else ""


def users_line(of: FrameType | None = None) -> tuple[str, int] | None:
    """File and line of the nearest caller outside this library; of a frame, if one is given."""
    frame: FrameType | None = of or sys._getframe(2)  # noqa: SLF001  (the one way to the caller that costs no traceback)
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame else None


def _line(node: Value) -> str:
    import linecache  # slow to import

    line = node.note("line")
    if line is None:
        return "  made outside detect_anomaly(): run the forward pass in it to see the line"
    return f"  made at {line[0]}, line {line[1]}: {linecache.getline(*line).strip()}"
