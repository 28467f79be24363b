"""The numbers derived by hand for `check_engine`: a row for each operation, and all its cases.

The order is that of the stages in which an engine is written, and within each the simplest first,
so that the first miss is the one to begin with.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from . import engine_words as say
from .engine_cases import ASPECTS, Case, Operation, Suspect, all_of
from .engine_programs import PASSES, PROGRAMS, SHARED

_T = math.tanh(0.5)
_S = 1 / (1 + math.exp(-0.5))
_E = math.e
_ADD = Operation("+", "a + b", lambda a, b: a + b, (2, -3), -1, (1, 1), say.SUM)
_MUL = Operation(
    "*", "a * b", lambda a, b: a * b, (2, -3), -6, (-3, 2), say.PRODUCT, (((2, -3), say.EXCHANGED),)
)
OPERATORS = (
    Operation("neg", "-a", lambda a: -a, (3,), -3, (-1,), say.NEGATIVE, made_of=("*",)),
    Operation(
        "-",
        "a - b",
        lambda a, b: a - b,
        (2, 5),
        -3,
        (1, -1),
        say.MINUS,
        made_of=("+", "*", "neg"),
    ),
    Operation(
        "**",
        "a ** 3",
        lambda a: a**3,
        (2,),
        8,
        (12,),
        say.POWER,
        (((3 * 8**2,), say.AT_RESULT),),
    ),
    Operation(
        "/",
        "a / b",
        lambda a, b: a / b,
        (6, 4),
        1.5,
        (0.25, -0.375),
        say.QUOTIENT,
        made_of=("*", "**"),
    ),
)
FUNCTIONS = (
    Operation(
        "rpow",
        "2 ** a",
        lambda a: 2**a,
        (3,),
        8,
        (8 * math.log(2),),
        say.EXPONENT,
        method="__rpow__",
        forward=say.LEFT.format("__rpow__", "a Value with the data other ** self.data"),
    ),
    Operation(
        "tanh",
        "tanh(a)",
        lambda a: a.tanh(),
        (0.5,),
        _T,
        (1 - _T**2,),
        say.TANH,
        (((1 - 0.5**2,), say.AT_RESULT), ((1 - math.tanh(_T) ** 2,), say.AT_RESULT)),
        method="tanh",
    ),
    Operation("relu", "relu(a)", lambda a: a.relu(), (2,), 2, (1,), say.RELU, method="relu"),
    Operation("relu", "relu(a)", lambda a: a.relu(), (-2,), 0, (0,), say.RELU, method="relu"),
    Operation(
        "sigmoid",
        "sigmoid(a)",
        lambda a: a.sigmoid(),
        (0.5,),
        _S,
        (_S * (1 - _S),),
        say.SIGMOID,
        (((0.25,), say.AT_RESULT),),
        method="sigmoid",
    ),
    Operation(
        "exp",
        "exp(a)",
        lambda a: a.exp(),
        (1,),
        _E,
        (_E,),
        say.EXP,
        (((1,), say.AT_RESULT), ((math.exp(_E),), say.AT_RESULT)),
        method="exp",
    ),
    Operation(
        "log",
        "log(a)",
        lambda a: a.log(),
        (2,),
        math.log(2),
        (0.5,),
        say.LOG,
        (((1 / math.log(2),), say.AT_RESULT),),
        method="log",
    ),
)


def _beside(
    shown: str,
    expression: Callable[[Any], Any],
    value: float,
    slope: float,
    made_of: tuple[str, ...],
    special: tuple[str, str] = ("", ""),
    at: float = 3.0,
) -> tuple[Case, Case]:
    """A Value beside a number: the value, and the gradient. A number on the left has a method."""
    method, instead = special
    part, why = (method, say.LEFT.format(method, instead)) if method else ("wrap", say.WRAP)
    values = [
        *(Suspect(f"{name} value") for name in (*made_of, "wrap")),
        Suspect(f"{part} value", why),
    ]
    before = [s for name in made_of for s in all_of(name, *ASPECTS[:3])]
    own = (*values, *before, Suspect("sweep"), Suspect(f"{part} slope", say.BESIDE))
    return (
        Case(shown, ("a",), expression, (at,), value, None, 1, tuple(values)),
        Case(shown, ("a",), expression, (at,), value, (slope,), 4, own),
    )


BESIDE = (
    _beside("a + 2", lambda a: a + 2, 5, 1, ("+",)),
    _beside("a * 2", lambda a: a * 2, 6, 2, ("*",)),
    _beside("2 + a", lambda a: 2 + a, 5, 1, ("+",), ("__radd__", "self + other")),
    _beside("2 * a", lambda a: 2 * a, 6, 2, ("*",), ("__rmul__", "self * other")),
    _beside("a - 2", lambda a: a - 2, 1, 1, ("-", "+")),
    _beside("a / 2", lambda a: a / 2, 1.5, 0.5, ("/", "*"), at=3.0),
    _beside(
        "2 - a",
        lambda a: 2 - a,
        -1,
        -1,
        ("__radd__", "-", "neg", "+", "*"),
        ("__rsub__", "other + (-self)"),
    ),
    _beside(
        "2 / a",
        lambda a: 2 / a,
        0.5,
        -0.125,
        ("__rmul__", "/", "**", "*"),
        ("__rtruediv__", "other * self**-1"),
        at=4.0,
    ),
)


_ROWS = (_ADD, _MUL, *OPERATORS, *FUNCTIONS)
_LEAF = Case("a", ("a",), lambda a: a, (3,), 3, (1,), 4, (Suspect("seed", say.SEED),))


def _cases() -> tuple[Case, ...]:
    return (
        *(row.value_case() for row in (_ADD, _MUL)),
        *(value for value, _ in BESIDE[:4]),
        *(row.value_case() for row in OPERATORS),
        *(value for value, _ in BESIDE[4:]),
        *(row.value_case() for row in FUNCTIONS),
        _LEAF,
        *(row.slope_case() for row in (_ADD, _MUL)),
        *(row.parents_case(i) for row in (_ADD, _MUL) for i in (0, 1)),
        *(row.upstream_case() for row in (_MUL, _ADD)),
        *(gradient for _, gradient in BESIDE[:4]),
        *(case for row in (*OPERATORS, *FUNCTIONS) for case in row.cases() if case.stage == 4),
        *(gradient for _, gradient in BESIDE[4:]),
        *(row.twice_case() for row in (_ADD, _MUL)),
        *(row.adds_case(i) for row in (_ADD, _MUL) for i in (0, 1)),
        *(case for row in (*OPERATORS, *FUNCTIONS) for case in row.cases() if case.stage == 5),
        *SHARED,
        *PASSES,
        *PROGRAMS,
    )


CASES = _cases()
