"""A case put to an engine: what came out, in words and numbers. An engine may do whatever it likes."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from . import engine_words as say
from .engine_cases import Case, Numbers

DOTS = "the three dots are still there"
LINES = 1_000_000  # of an engine that a case may run; a right one needs some hundreds
NO_END = f"no end after {LINES:,} lines"
LONG = 2_000  # nodes in a row, twice as many as Python's calls go deep


class Answer(NamedTuple):
    """What a case gave: what went wrong in words, and the gradients, if it came that far."""

    case: Case
    found: str  # "" if all is right
    gradients: Numbers | None = None
    why: str = ""  # told by the way in which it went wrong, whatever the suspects
    forward: bool = False  # whether it went wrong in the forward pass


class Endless(BaseException):
    """What runs has taken more lines than any right engine needs."""


@contextmanager
def bounded() -> Iterator[None]:
    """Raise `Endless` in Python code that runs more than LINES lines: a loop that does not end."""
    left = LINES

    def count(*_: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Endless
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


def answer_of(engine: Callable[[float], Any], case: Case) -> Answer:
    """Run a case: what went wrong first, if anything did."""
    try:
        with bounded():
            return _answer_of(engine, case)
    except Endless:
        return Answer(case, NO_END, why=say.ENDLESS)


def _answer_of(engine: Callable[[float], Any], case: Case) -> Answer:
    try:
        leaves = [engine(float(x)) for x in case.at]
        off = [_not_new(v, x, case) for v, x in zip(leaves, case.at, strict=True)]
    except Exception as error:  # noqa: BLE001  (whatever a student's engine may do)
        return Answer(case, raised(error), why=say.NEW, forward=True)
    if any(off):
        return Answer(case, next(filter(None, off)), why=say.NEW, forward=True)
    try:
        out = case.expression(*leaves)
        found, why = _wrong_forward(case, leaves, out)
    except Exception as error:  # noqa: BLE001
        return Answer(case, raised(error), forward=True)
    if found or case.gradients is None:
        return Answer(case, found, why=why, forward=True)
    answer = _backward(case, leaves, out)
    if answer.found and not answer.why:
        if _are_taken_for_one(engine):
            return answer._replace(why=say.IDENTITY)
        if answer.gradients is None and case.shown == "a":
            return answer._replace(why=say.STOPPED)
    return answer


def _are_taken_for_one(engine: Callable[[float], Any]) -> bool:
    """Whether sets and dicts confuse Values of one number, or refuse them."""
    try:
        return len({engine(1.0), engine(1.0)}) < 2
    except Exception:  # noqa: BLE001  (unhashable, or a comparison that raises)
        return True


def _not_new(v: Any, x: float, case: Case) -> str:
    """What is wrong with a Value that was just made from a number."""
    if v.data != x:
        return f"data = {v.data} at first"
    if case.gradients is not None and v.grad != 0:
        return f"data = {v.data}, grad = {v.grad} at first"
    return ""


def _wrong_forward(case: Case, leaves: list[Any], out: Any) -> tuple[str, str]:
    """What is wrong after the forward pass, and why, where that is plain."""
    if out is ... or out.data is ...:
        return DOTS, ""
    if not case.runs_backward:
        for v, x in zip(leaves, case.at, strict=True):
            if v.data != x:
                return f"the operand {x:g} became {v.data:g}", _in_place(case)
    if not same((out.data,), (case.value,)):
        return "expected the value {}, got {}".format(*apart(case.value, out.data)), ""
    return "", ""


def _in_place(case: Case) -> str:
    return say.AUGMENTED if "+=" in case.shown else say.IN_PLACE


def _backward(case: Case, leaves: list[Any], out: Any) -> Answer:
    """Run the backward pass, and compare the gradients."""
    if not hasattr(out, "backward"):
        return Answer(case, "there is no method backward", why=say.BACKWARD)
    try:
        out.backward()
        got = tuple(float(leaf.grad) for leaf in leaves)
    except Exception as error:  # noqa: BLE001  (whatever a student's engine may do)
        return Answer(case, raised(error), why=_plain_reason(error, leaves))
    off = [
        "∂/∂{} = {}, got {}".format(name, *apart(wanted, x))
        for name, wanted, x in zip(case.names, case.gradients or (), got, strict=True)
        if not same((x,), (wanted,))
    ]
    return Answer(case, f"expected {'; '.join(off)}" if off else "", got)


def _plain_reason(error: Exception, leaves: list[Any]) -> str:
    """Why a backward pass raised, where that is plain."""
    if "'NoneType' object is not callable" in str(error):
        return say.UNCALLED
    values = any(isinstance(getattr(leaf, "grad", None), type(leaf)) for leaf in leaves)
    return say.VALUE_AS_GRAD if values else ""


def point_of(case: Case) -> str:
    """Where a case is computed, in words."""
    return ", ".join(f"{n} = {x:g}" for n, x in zip(case.names, case.at, strict=True))


def raised(error: BaseException) -> str:
    """An exception in words."""
    if "ellipsis" in str(error):
        return DOTS
    return ": ".join(filter(None, (f"raised {type(error).__name__}", str(error))))


def apart(wanted: float, got: float) -> tuple[str, str]:
    """Two numbers, in so many digits that one sees that they differ."""
    short = f"{wanted:g}", f"{got:g}"
    return short if short[0] != short[1] else (f"{wanted:.12g}", f"{got:.12g}")


def same(got: Numbers, wanted: Numbers) -> bool:
    """Whether numbers agree but for rounding."""
    return len(got) == len(wanted) and all(
        math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) for a, b in zip(got, wanted, strict=True)
    )


def remarks_on(engine: Callable[[float], Any]) -> Iterator[str]:
    """What is no mistake, but worth knowing."""
    yield from _of_a_long_chain(engine)
    a = engine(3.0)
    cube = (a * a) * a
    cube.backward()
    try:
        cube.backward()
    except Exception as error:  # noqa: BLE001  (an engine may forget a graph that it has gone through)
        yield say.ONCE.format(raised(error))
        return
    if not same((float(a.grad),), (54.0,)):
        yield say.TWICE


def _of_a_long_chain(engine: Callable[[float], Any]) -> Iterator[str]:
    x = node = engine(1.0)
    try:
        for _ in range(LONG):
            node = node + x
        node.backward()
    except Exception as error:  # noqa: BLE001  (most raise RecursionError)
        yield say.DEEP.format(LONG, type(error).__name__)
