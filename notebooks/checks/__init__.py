"""Exercises that answer 'right', or say what is off: a solution, and what to say of each mistake.

Each notebook has its exercises in a module here, out of sight of its cells.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

NOT_ANSWERED = "not answered yet: put your answer in place of the three dots"
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()


class Verdict:
    """What an exercise says of an answer."""

    def __init__(self, right: bool, text: str) -> None:
        self.right, self.text = right, text

    def __repr__(self) -> str:
        return self.text


class Exercise:
    """A question that is called with an answer, and gives a `Verdict`.

    The answer is a number, a nest of numbers (Values count by their data), or with ``at`` a
    function, which is called with each of those tuples of arguments. ``mistakes`` are wrong answers
    with what to say of them, and ``because`` is said of a right one.
    """

    def __init__(
        self,
        solution: Any,
        *,
        because: str,
        mistakes: Sequence[tuple[Any, str]] = (),
        at: Sequence[tuple[Any, ...]] | None = None,
        tolerance: float = 1e-6,
    ) -> None:
        self.solution, self.because, self.mistakes = solution, because, mistakes
        self.at, self.tolerance = at, tolerance

    def __call__(self, *answers: Any) -> Verdict:
        if self.at is None and any(map(callable, answers)):
            return Verdict(False, "off: a number is asked for, you gave a function: call it")
        try:
            got = self._numbers(*answers)
        except Exception as error:  # whatever a student's function may do
            return Verdict(False, f"off: your answer raised {type(error).__name__}: {error}")
        if got is None:
            return Verdict(False, NOT_ANSWERED)
        if self.at is not None and not callable(answers[0]):
            return Verdict(False, "off: a function is asked for: give its name alone, uncalled")
        wanted = self._numbers(self.solution)
        if self._same(got, wanted):
            return Verdict(True, f"right: {self.because}")
        for mistake, why in self.mistakes:
            if self._same(got, self._numbers(mistake)):
                return Verdict(False, f"off: {why}")
        return Verdict(False, f"off: {self._difference(got, wanted)}")

    def _numbers(self, *answers: Any) -> list[float] | None:
        """The answers as a flat list of numbers, None where part of them is still missing."""
        if self.at is not None and callable(answers[0]):
            answers = tuple(answers[0](*arguments) for arguments in self.at)
        numbers = list(_flat(answers))
        return None if None in numbers else numbers

    def _same(self, got: list[float], wanted: list[float]) -> bool:
        return len(got) == len(wanted) and all(
            math.isclose(a, b, rel_tol=self.tolerance, abs_tol=self.tolerance)
            for a, b in zip(got, wanted, strict=True)
        )

    def _difference(self, got: list[float], wanted: list[float]) -> str:
        """The first number that differs: which, and how, without giving the right one away."""
        if len(got) != len(wanted):
            calls = len(self.at or [()])  # a function answers once a call
            given, n = len(got) / calls, len(wanted) // calls
            asked = "1 number is" if n == 1 else f"{n} numbers are"
            return f"{asked} asked for, you gave {given:g}"
        pairs = zip(got, wanted, strict=True)
        i = next(i for i, (a, b) in enumerate(pairs) if not self._same([a], [b]))
        return f"{self._place(i, len(got))} {got[i]:.6g} {_how(got[i], wanted[i])}"

    def _place(self, i: int, n: int) -> str:
        """Which of n numbers the i-th is."""
        if self.at is None:
            return "your answer" if n == 1 else f"your {ORDINALS[i]} number"
        each = n // len(self.at)
        arguments = ", ".join(map(str, self.at[i // each]))
        what = "answer" if each == 1 else f"{ORDINALS[i % each]} number"
        return f"called with ({arguments}), your function's {what}"


def _flat(answer: Any) -> Iterator[float | None]:
    if answer is None or answer is ...:
        yield None
    elif hasattr(answer, "data") and hasattr(answer, "grad"):
        yield float(answer.data)
    elif isinstance(answer, (list, tuple)) or getattr(answer, "ndim", 0):
        for part in answer:
            yield from _flat(part)
    else:
        yield float(answer)


def _how(got: float, wanted: float) -> str:
    """How a number is off, as a teacher would say it over a shoulder."""
    if math.isnan(got):
        return "is no number that one can compute with"
    if math.isclose(got, -wanted):
        return "has the wrong sign, and nothing else wrong with it"
    if math.isclose(got, 2 * wanted):
        return "is twice what it should be"
    if math.isclose(2 * got, wanted):
        return "is half of what it should be"
    return f"is too {'large' if got > wanted else 'small'}"
