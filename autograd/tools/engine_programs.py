"""Whole programs for `check_engine`: nodes that are shared, several passes, neurons, training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import engine_words as say
from .engine_cases import ASPECTS, Case, Suspect, all_of


def _program(
    shown: str,
    expression: Callable[..., Any],
    at: tuple[float, ...],
    value: float,
    gradients: tuple[float, ...],
    stage: int,
    parts: str,
    *told: Suspect,
    method: str = "",
    runs_backward: bool = False,
) -> Case:
    """A case of several operations, all of which are suspected before it."""
    before = [s for name in parts.split() for s in all_of(name, "value", *ASPECTS)]
    whole = ("sweep", "order", "keep", "stale", "reset")
    suspects = (Suspect("wrap value"), *before, *map(Suspect, whole), *told)
    code = expression.__code__
    return Case(
        shown=shown,
        names=code.co_varnames[: code.co_argcount],
        expression=expression,
        at=at,
        value=value,
        gradients=gradients,
        stage=stage,
        suspects=suspects,
        method=method,
        runs_backward=runs_backward,
    )


def _with_product(f: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda a, c: f(a * c)


def _with_sum(f: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda a, c: f(a + c)


def _augmented(a: Any, b: Any) -> Any:
    c = a
    c += b
    return c * a


def _after_a_pass(a: Any) -> Any:
    (a + a).backward()
    return a * a


def _after_a_pass_and_a_reset(a: Any) -> Any:
    (a + a).backward()
    a.grad = 0.0
    return a * a


def _trained(w: Any) -> Any:
    """The error of 2w = 6 after three steps at rate 0.1: from w = 1 to 2.6, 2.92 and 2.984."""
    for _ in range(3):
        w.grad = 0.0
        ((w * 2 - 6) ** 2).backward()
        w.data = w.data - 0.1 * w.grad
    w.grad = 0.0
    return (w * 2 - 6) ** 2


def _sigmoid(v: Any) -> Any:
    """σ(v) = (1 + tanh(v/2))/2."""
    return (1 + (v * 0.5).tanh()) * 0.5


def _xor(x1: Any, x2: Any) -> Any:
    return (x1 + x2).relu() - 2 * (x1 + x2 - 1).relu()


ORDER = Suspect("order", say.ORDER)
_ALL = "+ * neg - ** __radd__ __rmul__"
IN_PRODUCTS = {"(b * b) * b": lambda b: (b * b) * b, "b * (b * b)": lambda b: b * (b * b)}
IN_SUMS = {"(b + b) + b": lambda b: (b + b) + b, "b + (b + b)": lambda b: b + (b + b)}
SHARED = tuple(
    _program(f"{shown} with b = a {sign} c", with_b(f), (3, 2), value, slopes, 5, sign, ORDER)
    for sign, with_b, value, slopes, programs in (
        ("*", _with_product, 216, (216, 324), IN_PRODUCTS),
        ("+", _with_sum, 15, (3, 3), IN_SUMS),
    )
    for shown, f in programs.items()
)
PASSES = (
    _program(
        "a * a after (a + a).backward()",
        _after_a_pass,
        (3,),
        9,
        (8,),
        5,
        "+ *",
        Suspect("keep", say.KEEP, (6,)),
        Suspect("stale", say.STALE),
    ),
    _program(
        "a * a after (a + a).backward(), a.grad = 0",
        _after_a_pass_and_a_reset,
        (3,),
        9,
        (6,),
        5,
        "+ *",
        Suspect("reset", say.RESET, (8,)),
        Suspect("stale", say.STALE),
    ),
    _program(  # worked example 1, by a += b
        "a += b, times the old a",
        _augmented,
        (2, 3),
        10,
        (7, 2),
        5,
        "+ *",
        Suspect("augmented value", say.AUGMENTED),
        Suspect("augmented", say.AUGMENTED),
    ),
)
PROGRAMS = (
    _program(  # worked example 4: one weight
        "(w * x - 1) ** 2",
        lambda w, x: (w * x - 1) ** 2,
        (2, 3),
        25,
        (30, 20),
        6,
        _ALL,
        Suspect("together", say.TOGETHER),
    ),
    _program(  # worked example 14: XOR by hand
        "relu(a + b) - 2 relu(a + b - 1)",
        _xor,
        (1, 1),
        0,
        (-1, -1),
        6,
        f"{_ALL} relu",
        Suspect("together", say.TOGETHER),
        method="relu",
    ),
    _program(  # worked example 8: a chain of two neurons, σ by tanh
        "(σ(w2 σ(1.5 w1 + b1) + b2) - 0.5)²",
        lambda w1, b1, w2, b2: (_sigmoid(w2 * _sigmoid(w1 * 1.5 + b1) + b2) - 0.5) ** 2,
        (0.8, -0.3, -1.2, 0.4),
        0.012406706306518625,
        (0.01957840938720329, 0.013052272924802192, -0.03762973668192941, -0.05292884592082979),
        6,
        f"{_ALL} tanh",
        Suspect("together", say.TOGETHER),
        method="tanh",
    ),
    _program(
        "(2 w - 6)² after three steps of descent",
        _trained,
        (1,),
        0.001024,
        (-0.128,),
        7,
        _ALL,
        Suspect("training value", say.TRAINING),
        Suspect("training", say.TRAINING),
        runs_backward=True,
    ),
)
