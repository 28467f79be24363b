"""What `check_engine(stage=n)` asks of the inside of an engine that is still being written.

Stage 2 looks at ``parents``, stage 3 calls ``_backward``, and stage 4 watches in which order
``backward()`` calls them. Each question answers (case, what was found, why), or nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from . import engine_words as say

Found = tuple[str, str, str]


def parents(engine: Callable[[float], Any]) -> Iterator[Found]:
    """Stage 2: a result knows its operands."""
    a, b = engine(2.0), engine(-3.0)
    for shown, out, operands in (
        ("a", a, []),
        ("a + b", a + b, [a, b]),
        ("a * b", a * b, [a, b]),
        ("a * a", a * a, [a]),
    ):
        found = getattr(out, "parents", None)
        if found is None:
            yield shown, "there is no attribute parents", say.PARENTS_STAGE
        elif {id(v) for v in found} != {id(v) for v in operands}:
            yield shown, f"parents are {len(found)} Values, not its operands", say.PARENTS_STAGE


def local_backward(engine: Callable[[float], Any]) -> Iterator[Found]:
    """Stage 3: 10 arrives at a sum and at a product of 2 and -3, and each hands on its share."""
    questions: tuple[tuple[str, Callable[[Any, Any], Any], tuple[float, float]], ...] = (
        ("a + b", lambda a, b: a + b, (10.0, 10.0)),
        ("a * b", lambda a, b: a * b, (-30.0, 20.0)),
    )
    for shown, operation, wanted in questions:
        a, b = engine(2.0), engine(-3.0)
        out = operation(a, b)
        if not callable(getattr(out, "_backward", None)):
            yield shown, "there is no method or function _backward", say.LOCAL
            continue
        out.grad = 10.0
        out._backward()  # noqa: SLF001  (the student's)
        got = (float(a.grad), float(b.grad))
        if got != wanted:
            found = f"10 arrived; expected {wanted} to be handed on, got {got}"
            yield shown, found, _why_local(got, wanted)


def _why_local(got: tuple[float, ...], wanted: tuple[float, ...]) -> str:
    if not any(got):
        return say.LOCAL
    if 0.0 in got:
        return say.FORGOTTEN
    if all(math.isclose(10 * x, y) for x, y in zip(got, wanted, strict=True)):
        return say.OUT_GRAD
    return say.EXCHANGED if got == wanted[::-1] else say.LOCAL


def order(engine: Callable[[float], Any]) -> Iterator[Found]:
    """Stage 4: every node's _backward runs once, after those of all that use it."""
    a, b = engine(2.0), engine(-3.0)
    shared = a * b
    product = shared * b
    result = shared + product
    calls: list[str] = []
    names = {"b * (a * b)": product, "a * b": shared, "the sum": result}
    for name, node in names.items():
        node._backward = _recorded(node._backward, name, calls)  # noqa: SLF001  (the student's)
    result.backward()
    if calls != ["the sum", "b * (a * b)", "a * b"]:
        ran = ", then ".join(calls) or "nothing"
        yield "a * b + b * (a * b), where a * b is one Value", f"backward() ran {ran}", say.ORDER


def _recorded(function: Callable[[], Any], name: str, calls: list[str]) -> Callable[[], Any]:
    def record() -> None:
        calls.append(name)
        function()

    return record


INSIDE = {2: parents, 3: local_backward, 4: order}
