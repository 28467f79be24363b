"""`check_engine`: hand-derived cases against an engine that a student wrote, each miss in words.

Nothing here uses this package's own engine: the numbers were worked out on paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .engine_cases import CASES, Case, Numbers

LONG = 2_000  # nodes in a row, twice as many as Python's calls go deep
_NOTHING_ARRIVED = (
    "no gradient arrived: does the operation set out._backward, and does out know its operands?"
)
_NEW = "a new Value must have its number in data, and 0 in grad until a gradient arrives"
_BACKWARD = "a result needs backward(), which fills in grad of all that it was computed from"
_DEEP = (
    f"a chain of {LONG:,} nodes ends in a RecursionError: no mistake (micrograd's ends there too), "
    "but a sort with a list of its own in place of recursion has no such limit"
)


class Miss(NamedTuple):
    """A case that went wrong: the expression and where, what was found, and why that happens."""

    case: str
    point: str
    found: str
    why: str


class EngineReport(NamedTuple):
    """What `check_engine` found; its repr says it in words.

    ``right`` are the expressions that came out as by hand, ``misses`` the others, ``missing`` the
    functions that the engine does not have, ``remarks`` what is no mistake but worth knowing.
    """

    right: tuple[str, ...]
    misses: tuple[Miss, ...]
    missing: tuple[str, ...]
    remarks: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        asked = len(self.right) + len(self.misses)
        if not self.misses:
            yield f"right: all {asked} cases agree with the numbers derived by hand"
        elif self.right:
            yield f"{len(self.right)} of {asked} cases are right. Begin with the first that is not:"
        else:
            yield "The first case is off, and all others wait for it:"
        for why in dict.fromkeys(miss.why for miss in self.misses):
            first, *others = [miss for miss in self.misses if miss.why == why]
            yield f"\n{first.case} at {first.point}"
            yield f"    {first.found}"
            yield f"    {why}"
            if others:
                yield f"    (likewise: {', '.join(miss.case for miss in others)})"
        if self.missing:
            yield f"\nnot asked, as your engine lacks them: {', '.join(self.missing)}"
        for remark in self.remarks:
            yield f"\nby the way: {remark}"


def check_engine(engine: Callable[[float], Any]) -> EngineReport:
    """Compare an engine with numbers derived by hand, and explain each miss.

    ``engine`` is a class with micrograd's interface: ``Value(x)`` with ``data`` and ``grad``, the
    operators ``+ - * / **`` with numbers on either side, ``backward()``; and if it has them the
    methods relu, tanh, sigmoid, exp, log. The report's ``misses`` are empty where all is right. If
    not even ``Value(3.0).backward()`` is, nothing else is asked.

    Raises TypeError for an ``engine`` that cannot be called.

    >>> from autograd import Value, check_engine
    >>> check_engine(Value)
    right: all 33 cases agree with the numbers derived by hand
    """
    if not callable(engine):
        raise TypeError(f"check_engine() takes a class such as Value, got {engine!r}")
    right, misses, missing = [], [], []
    for case in CASES:
        if case.methods and not any(hasattr(engine, name) for name in case.methods):
            missing += [name for name in case.methods if name not in missing]
            continue
        miss = _miss(engine, case)
        if miss is None:
            right.append(case.shown)
        else:
            misses.append(miss)
        if misses and not right:
            break
    remarks = () if misses or _carries_a_long_chain(engine) else (_DEEP,)
    return EngineReport(tuple(right), tuple(misses), tuple(missing), remarks)


def _miss(engine: Callable[[float], Any], case: Case) -> Miss | None:
    """What went wrong with a case, None if nothing did."""
    names = case.expression.__code__.co_varnames[: len(case.at)]
    point = ", ".join(f"{name} = {x:g}" for name, x in zip(names, case.at, strict=True))
    why = _NEW
    try:
        leaves = [engine(float(x)) for x in case.at]
        for v, x in zip(leaves, case.at, strict=True):
            if v.data != x or v.grad != 0:
                return Miss(case.shown, point, f"data = {v.data}, grad = {v.grad} at first", why)
        why = case.forward
        out = case.expression(*leaves)
        if not _same((out.data,), (case.value,)):
            found = f"expected the value {case.value:g}, got {out.data:g}"
            return Miss(case.shown, point, found, why)
        why = _BACKWARD
        out.backward()
        gradients = tuple(float(leaf.grad) for leaf in leaves)
    except Exception as error:  # noqa: BLE001  (whatever a student's engine may do)
        return Miss(case.shown, point, f"raised {type(error).__name__}: {error}", why)
    if _same(gradients, case.gradients):
        return None
    return Miss(case.shown, point, *_compared(case, names, gradients))


def _compared(case: Case, names: tuple[str, ...], gradients: Numbers) -> tuple[str, str]:
    """Which gradients are off, and what they tell."""
    off = [
        f"∂/∂{name} = {wanted:g}, got {got:g}"
        for name, wanted, got in zip(names, case.gradients, gradients, strict=True)
        if not _same((got,), (wanted,))
    ]
    known = (why for wrong, why in case.mistakes if _same(gradients, wrong))
    why = next(known, case.why if any(gradients) else _NOTHING_ARRIVED)
    return f"expected {'; '.join(off)}", why


def _same(got: Numbers, wanted: Numbers) -> bool:
    return all(
        math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) for a, b in zip(got, wanted, strict=True)
    )


def _carries_a_long_chain(engine: Callable[[float], Any]) -> bool:
    x = node = engine(1.0)
    for _ in range(LONG):
        node = node + x
    try:
        node.backward()
    except RecursionError:
        return False
    return True
