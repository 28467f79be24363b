"""The cases of `check_engine`: expressions whose values and gradients were worked out on paper.

An `Operation` is a row of hand-derived numbers, of which every question about it is made. A `Case`
is one question, with its suspects, the deepest first: the reasons that can explain a wrong answer.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from . import engine_words as say

Numbers = tuple[float, ...]
ASPECTS = ("slope", "upstream", "parents", "adds")


class Suspect(NamedTuple):
    """A part of an engine that may be broken: its name, what to say, the gradients it would give.

    Without ``signature`` it explains any wrong gradients. One that is ``common`` to all operations
    is believed only if every case of the same kind goes wrong.
    """

    part: str
    why: str = ""
    signature: Numbers | None = None
    common: bool = False


class Case(NamedTuple):
    """An expression, a point, the numbers derived by hand, and who is to blame for others."""

    shown: str
    names: tuple[str, ...]  # of the operands
    expression: Callable[..., Any]
    at: Numbers
    value: float
    gradients: Numbers | None  # None: only the forward pass is asked
    stage: int
    suspects: tuple[Suspect, ...]
    method: str = ""  # engines without it are not asked
    kind: str = ""  # cases of one kind go wrong together if a common part is broken
    runs_backward: bool = False  # the expression itself runs backward passes, and may move data


class Operation(NamedTuple):
    """An operation at a point: its value, its local derivatives, and those of classical mistakes."""

    name: str
    shown: str
    expression: Callable[..., Any]
    at: Numbers
    value: float
    slopes: Numbers
    why: str
    mistakes: tuple[tuple[Numbers, str], ...] = ()
    made_of: tuple[str, ...] = ()  # what it is usually written with
    method: str = ""
    forward: str = say.FORWARD

    @property
    def letters(self) -> tuple[str, ...]:
        """The names of the operands."""
        return ("a", "b")[: len(self.at)]

    @property
    def grouped(self) -> str:
        """The operation as part of a larger expression."""
        return self.shown if self.shown.endswith(")") else f"({self.shown})"

    def value_case(self) -> Case:
        """The forward pass alone."""
        before = [Suspect(f"{name} value") for name in (*self.made_of, "wrap")]
        suspects = (*before, Suspect(f"{self.name} value", self.forward))
        return Case(
            self.shown,
            self.letters,
            self.expression,
            self.at,
            self.value,
            None,
            1,
            suspects,
            self.method,
        )

    def slope_case(self) -> Case:
        """The local derivatives: 1 arrives."""
        nothing = tuple(0.0 for _ in self.slopes)
        told = [*self.mistakes]
        if any(self.slopes):
            told.append((nothing, say.NOTHING_ARRIVED))
        if len(self.slopes) == 2:
            told += [
                ((self.slopes[0], 0.0), say.FORGOTTEN),
                ((0.0, self.slopes[1]), say.FORGOTTEN),
            ]
        if self.value not in (0, 1):
            told.append((tuple(d * self.value for d in self.slopes), say.OUT_DATA))
        own = [Suspect(f"{self.name} slope", why, wrong) for wrong, why in told]
        own.append(Suspect(f"{self.name} slope", self.why))
        return self._case(
            self.shown, self.letters, self.expression, self.at, self.value, self.slopes, 4, own
        )

    def upstream_case(self) -> Case:
        """Ten arrives, by a product."""
        *wrong, right = *self.slopes, self.value
        own = [
            Suspect(f"{self.name} slope"),
            *all_of("*", "value", "slope", "parents"),
            Suspect(f"{self.name} upstream", say.OUT_GRAD, (*wrong, right)),
            Suspect(f"{self.name} upstream", say.TOGETHER),
        ]
        return self._case(
            f"{self.grouped} * c",
            (*self.letters, "c"),
            lambda *xs: self.expression(*xs[:-1]) * xs[-1],
            (*self.at, 10.0),
            self.value * 10,
            (*(d * 10 for d in self.slopes), self.value),
            4,
            own,
        )

    def parents_case(self, i: int) -> Case:
        """Operand i is a product p * q: does what arrives get through to p and q?"""
        p, q, d = self.at[i] / 2, 2.0, self.slopes[i]
        others = [x for j, x in enumerate(self.slopes) if j != i]
        letter = self.letters[i]
        own = [
            Suspect(f"{self.name} slope"),
            *all_of("*", "value", "slope", "upstream"),
            Suspect("sweep", (say.REVERSED, say.ONE_OPERAND)[i], (0.0, 0.0, *others), common=True),
            Suspect(f"{self.name} parents", say.PARENTS, (0.0, 0.0, *others)),
            Suspect("* upstream", say.OUT_GRAD, (q, p, *others)),
            Suspect(f"{self.name} parents", say.TOGETHER),
        ]

        def through(p: Any, q: Any, *others: Any) -> Any:
            operands = [*others]
            operands.insert(i, p * q)
            return self.expression(*operands)

        at = (p, q, *(x for j, x in enumerate(self.at) if j != i))
        gradients = (d * q, d * p, *others)
        shown = f"{self.shown} with {letter} = p * q"
        kind = ("left", "right")[i]
        names = ("p", "q", *(x for x in self.letters if x != letter))
        return self._case(shown, names, through, at, self.value, gradients, 4, own, kind)

    def adds_case(self, i: int) -> Case:
        """Operand i is used once more beside the operation, which sends it a second share.

        Beside a sum, where both shares would be 1, by a product.
        """
        product = self.name == "+"
        beside: Callable[[Any, Any], Any] = operator.mul if product else operator.add
        first, scale = (self.value, self.at[i]) if product else (1.0, 1.0)  # to operand i, to z
        second = [d * scale for d in self.slopes]

        def share(x: float) -> Numbers:
            return tuple(x if j == i else d for j, d in enumerate(second))

        letter = self.letters[i]
        adds = f"{self.name} adds"
        own = [
            Suspect("order"),
            *all_of(self.name, "slope", "upstream", "parents"),
            *all_of("*" if product else "+", "value", "slope", "upstream", "parents"),
            *(Suspect(f"{name} adds") for name in self.made_of),
            Suspect(adds, say.ADD_UP, share(second[i])),
            Suspect("order", say.ORDER, share(first)),
            Suspect(adds, say.ADD_UP),
        ]
        return self._case(
            f"{self.grouped} {'*' if product else '+'} {letter}",
            self.letters,
            lambda *xs: beside(self.expression(*xs), xs[i]),
            self.at,
            beside(self.value, self.at[i]),
            share(first + second[i]),
            5,
            own,
        )

    def twice_case(self) -> Case:
        """Both operands are the same Value: a + a, a * a."""
        shown = self.shown.replace("b", "a")
        x = 3.0
        value, slope = (2 * x, 2.0) if self.name == "+" else (x * x, 2 * x)
        own = [*all_of(self.name, *ASPECTS[:3]), Suspect(f"{self.name} adds", say.ADD_UP)]
        return self._case(
            shown, ("a",), lambda a: self.expression(a, a), (x,), value, (slope,), 5, own
        )

    def _case(
        self,
        shown: str,
        names: tuple[str, ...],
        expression: Callable[..., Any],
        at: Numbers,
        value: float,
        gradients: Numbers,
        stage: int,
        own: list[Suspect],
        kind: str = "",
    ) -> Case:
        """A question about this operation; what it is made of is suspected before it."""
        before = [s for name in self.made_of for s in all_of(name, *ASPECTS[:3])]
        if "sweep" not in {s.part for s in own}:
            before.append(Suspect("sweep"))
        values = [Suspect(f"{name} value") for name in ("wrap", *self.made_of, self.name)]
        suspects = (*values, *before, *own)
        return Case(
            shown, names, expression, at, value, gradients, stage, suspects, self.method, kind
        )

    def cases(self) -> Iterator[Case]:
        """Every question about this operation, in the order of the stages."""
        operands = range(len(self.at))
        yield self.slope_case()
        yield self.upstream_case()
        if any(self.slopes):
            yield from (self.parents_case(i) for i in operands)
            yield from (self.adds_case(i) for i in operands)


def all_of(name: str, *aspects: str) -> list[Suspect]:
    """Parts of an operation that are suspected if they are known to be broken."""
    return [Suspect(f"{name} {aspect}") for aspect in aspects]
