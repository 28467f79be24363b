"""`check_engine`: hand-derived cases against an engine that a student wrote, each miss in words.

Nothing here uses this package's own engine: the numbers were worked out on paper. Cases go from the
simple to the composed. A case that goes wrong is blamed on the first broken part that it stands on,
and only where all of those are sound, on what it asks itself: so one mistake gives one diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from . import engine_words as say
from .engine_answers import (
    NO_END,
    Answer,
    Endless,
    answer_of,
    bounded,
    point_of,
    raised,
    remarks_on,
    same,
)
from .engine_cases import Case, Suspect
from .engine_operations import CASES
from .engine_stages import INSIDE

STAGES = range(1, 8)
NEURON = 6  # the stage that needs tanh
POINT = "a = 2, b = -3"  # where the inside is looked at
LIKEWISE = 5  # cases of one reason that are listed
SIDELINES = ("__rsub__", "__rtruediv__")
"""Nothing else stands on them, and micrograd's lecture has none."""


class Miss(NamedTuple):
    """A case that went wrong: the expression and where, what was found, and why that happens."""

    case: str
    point: str
    found: str
    why: str


class EngineReport(NamedTuple):
    """What `check_engine` found; its repr says it in words.

    ``right`` are the expressions that came out as by hand, ``misses`` the others, root cause first,
    ``missing`` the methods that the engine does not have, ``remarks`` what is no mistake but worth
    knowing; the last two only of a whole engine, not of a stage.
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
            yield from _told([miss for miss in self.misses if miss.why == why])
        if self.missing:
            yield f"\nnot asked, as your engine lacks them: {', '.join(self.missing)}"
        for remark in self.remarks:
            yield f"\nby the way: {remark}"


def _told(misses: list[Miss]) -> Iterator[str]:
    """The misses of one reason: the first in full, the others by name."""
    first, *others = misses
    yield f"\n{first.case} at {first.point}"
    yield f"    {first.found}"
    yield f"    {first.why}"
    named = dict.fromkeys(miss.case for miss in others if miss.case != first.case)
    if named:
        more = [f"and {len(named) - LIKEWISE} more"] * (len(named) > LIKEWISE)
        yield f"    (likewise: {', '.join([*list(named)[:LIKEWISE], *more])})"


def check_engine(engine: Callable[[float], Any], *, stage: int | None = None) -> EngineReport:
    """Compare an engine with numbers derived by hand, and explain each miss.

    ``engine`` is a class with micrograd's interface: ``Value(x)`` with ``data`` and ``grad``, the
    operators ``+ - * / **`` with numbers on either side, ``backward()``; and if it has them the
    methods relu, tanh, sigmoid, exp, log. The report's ``misses`` are empty where all is right; the
    first is the one to mend first, and misses of one cause have the same ``why``. A loop of Python's
    that does not end is ended after a million lines, and is a miss like others.

    ``stage`` is for an engine that is being written (notebook 9 does so): 1 asks for numbers with
    operators only, 2 for ``parents``, 3 for ``_backward``, 4 for ``backward()`` in topological
    order, 5 for gradients that add up, 6 for a neuron, 7 for training; each with those before it.

    Raises TypeError for an ``engine`` that cannot be called, ValueError for another stage.

    >>> from autograd import Value, check_engine
    >>> check_engine(Value)
    right: all 101 cases agree with the numbers derived by hand
    """
    if not callable(engine):
        raise TypeError(f"check_engine() takes a class such as Value, got {engine!r}")
    if stage is not None and stage not in STAGES:
        raise ValueError(f"stage is a number from 1 to 7, or None for all, got {stage!r}")
    asked = [case for case in CASES if stage is None or case.stage <= stage]
    missing = dict.fromkeys(c.method for c in asked if c.method and not hasattr(engine, c.method))
    answers = list(_answers(engine, [case for case in asked if case.method not in missing]))
    right = [answer.case.shown for answer in answers if not answer.found]
    misses = _diagnosed(answers)
    if stage is None:
        remarks = () if misses else tuple(remarks_on(engine))
        return EngineReport(tuple(right), tuple(misses), tuple(missing), remarks)
    if not any(answer.found and answer.case.stage == 1 for answer in answers):
        sound, hidden = _inside(engine, stage)
        right, misses = [*right, *sound], hidden or misses
    if stage >= NEURON and "tanh" in missing and not misses:
        misses = [Miss("tanh(w * x + b)", "any point", "there is no method tanh", say.NEURON)]
    return EngineReport(tuple(right), tuple(misses), (), ())


def _answers(engine: Callable[[float], Any], cases: list[Case]) -> Iterator[Answer]:
    """What every case gave, up to one without which nothing else makes sense."""
    for case in cases:
        answer = answer_of(engine, case)
        yield answer
        if answer.why or (answer.found and case.shown == "a"):
            return


def _inside(engine: Callable[[float], Any], stage: int) -> tuple[list[str], list[Miss]]:
    """What is right of an engine's inside, and the misses of the first stage that has any."""
    sound: list[str] = []
    for n, question in INSIDE.items():
        if n > stage:
            break
        try:
            with bounded():
                found = [Miss(case, POINT, what, why) for case, what, why in question(engine)]
        except Endless:
            found = [Miss(f"stage {n}", POINT, NO_END, say.ENDLESS)]
        except Exception as error:  # noqa: BLE001  (whatever a student's engine may do)
            why = (say.PARENTS_STAGE, say.LOCAL, say.BACKWARD)[n - 2]
            found = [Miss(f"stage {n}", POINT, raised(error), why)]
        if found:
            return sound, found
        sound.append(f"stage {n}: {question.__name__.replace('_', ' ')}")
    return sound, []


def _diagnosed(answers: list[Answer]) -> list[Miss]:
    """Every miss with its why; those of the root cause come first, what stands alone last."""
    right_kinds = {answer.case.kind for answer in answers if not answer.found}
    broken: dict[str, str] = {}
    misses = []
    for answer in answers:
        if answer.found:
            why = answer.why or _why(answer, broken, right_kinds)
            misses.append(Miss(answer.case.shown, point_of(answer.case), answer.found, why))
    causes = list(dict.fromkeys(miss.why for miss in misses))
    causes.sort(key=lambda why: any(name in why for name in SIDELINES))
    return sorted(misses, key=lambda miss: causes.index(miss.why))


def _why(answer: Answer, broken: dict[str, str], right_kinds: set[str]) -> str:
    """The first known broken part that a case stands on, else what its own answer tells."""
    forward = answer.forward and not answer.case.runs_backward
    values = [s for s in answer.case.suspects if s.part.endswith("value")]
    others = [s for s in answer.case.suspects if s not in values]
    for suspect in values if forward else answer.case.suspects:
        if suspect.part in broken:
            return broken[suspect.part]
    for suspect in values if forward else others:
        if suspect.why and _explains(suspect, answer, right_kinds):
            return broken.setdefault(suspect.part, suspect.why)
    return say.FORWARD if answer.forward else say.TOGETHER


def _explains(suspect: Suspect, answer: Answer, right_kinds: set[str]) -> bool:
    if suspect.common and answer.case.kind in right_kinds:
        return False
    if suspect.signature is None:
        return True
    return answer.gradients is not None and same(answer.gradients, suspect.signature)
