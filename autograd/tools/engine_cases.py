"""The cases of `check_engine`: expressions whose values and gradients were worked out on paper.

Each says where it is computed, what must come out, and which gradients the classical mistakes give.
The simplest come first, so that the first miss is the one to begin with.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

Numbers = tuple[float, ...]

FORWARD = "the forward pass comes first: the operator must return a new Value with this number"
SEED = "backward() must begin with self.grad = 1: the derivative of a result by itself"
ADD_UP = "gradients must add up where a value is used twice: use += in _backward, not ="
OUT_GRAD = "the chain rule is missing: multiply the local derivative by out.grad"
ORDER = (
    "a node may pass its gradient on only once, and only when all that use it have sent theirs: "
    "sort the graph topologically, remembering the nodes already visited, and go through it from "
    "the last node to the first"
)
KEEP = (
    "gradients of several backward passes add up until somebody sets grad to 0: backward() must "
    "not clear those of the leaves (training code does, before each step)"
)
RESET = "grad must be an attribute that training code can set to 0 between two passes"
EXCHANGED = "the two are exchanged: ∂(ab)/∂a is b, and ∂(ab)/∂b is a"
SUM = "a sum hands on what arrives at it: out.grad to each operand, and not 1"
MINUS = "b enters a - b with a minus: it must receive -out.grad"
NEGATIVE = "-a has the derivative -1; write it as self * -1"
QUOTIENT = "a / b is a * b**-1: ∂/∂a = 1/b and ∂/∂b = -a/b²"
POWER = "the power rule: the derivative of a**n is n * a**(n - 1)"
PARTS = "the value is right and the gradient is not: look at the operations this one is made of"
WRAP = (
    "numbers must work beside Values: begin each operator with "
    "other = other if isinstance(other, Value) else Value(other)"
)
LEFT = (
    "a number on the left: Python asks the number first, then your class for {}. Define it, so "
    "that it does not lead back to itself: return {}"
)
RELU = "ReLU passes on out.grad where its result is positive, and 0 elsewhere"
TANH = "the derivative of tanh is 1 - tanh², the square on tanh alone: not (1 - tanh)²"
SIGMOID = "the derivative of the sigmoid is s * (1 - s), where s is its value"
EXP = "the derivative of exp is exp itself: out.data"
LOG = "the derivative of log a is 1/a"
TOGETHER = (
    "each operation may be right alone; together they need out.grad, += and the topological order"
)


class Case(NamedTuple):
    """An expression, a point, the numbers derived by hand, and what to say of others."""

    shown: str
    expression: Callable[..., Any]
    at: Numbers
    value: float
    gradients: Numbers
    why: str  # of gradients that are wrong in no way listed in mistakes
    mistakes: tuple[tuple[Numbers, str], ...] = ()  # wrong gradients, and what they tell
    methods: tuple[str, ...] = ()  # one of them is needed; engines without are not asked
    forward: str = FORWARD  # of an expression that raises, or has the wrong value


def beside(
    shown: str,
    expression: Callable[..., Any],
    value: float,
    gradient: float,
    forward: str,
    at: float = 3,
) -> Case:
    """A case of a Value beside a number, whose forward pass has a trap of its own."""
    return Case(shown, expression, (at,), value, (gradient,), PARTS, forward=forward)


def _sigmoid(v: Any) -> Any:
    """σ(v) by what the engine has: 1/(1 + e⁻ᵛ) = (1 + tanh(v/2))/2."""
    if hasattr(v, "sigmoid"):
        return v.sigmoid()
    return (1 + (-v).exp()) ** -1 if hasattr(v, "exp") else (1 + (v * 0.5).tanh()) * 0.5


def _after_a_pass(a: Any) -> Any:
    (a + a).backward()
    return a * a


def _after_a_pass_and_a_reset(a: Any) -> Any:
    (a + a).backward()
    a.grad = 0.0
    return a * a


def _shared_first(a: Any) -> Any:
    b = a + a
    return b + b * b


def _shared_last(a: Any) -> Any:
    b = a + a
    return b * b + b


def _xor(x1: Any, x2: Any) -> Any:
    return (x1 + x2).relu() - 2 * (x1 + x2 - 1).relu()


_SHARED = (((6,), ADD_UP), ((1,), ADD_UP), ((0,), ORDER))
_T = math.tanh(0.5)
_S = 1 / (1 + math.exp(-0.5))
_POINT_8 = (0.8, -0.3, -1.2, 0.4)

CASES = (
    Case("a", lambda a: a, (3,), 3, (1,), SEED, (((0,), SEED),)),
    Case("a + b", lambda a, b: a + b, (2, -3), -1, (1, 1), SUM),
    Case("a * b", lambda a, b: a * b, (2, -3), -6, (-3, 2), EXCHANGED),
    Case(
        "(a * b) * c",
        lambda a, b, c: (a * b) * c,
        (2, -3, 10),
        -60,
        (-30, 20, -6),
        TOGETHER,
        (((-3, 2, -6), OUT_GRAD), ((0, 0, -6), ORDER)),
    ),
    Case(  # worked example 1
        "(a + b) * c",
        lambda a, b, c: (a + b) * c,
        (-2, 5, -4),
        -12,
        (-4, -4, 3),
        TOGETHER,
        (((1, 1, 3), SUM),),
    ),
    Case("a + a", lambda a: a + a, (3,), 6, (2,), ADD_UP),
    Case("a * a", lambda a: a * a, (3,), 9, (6,), ADD_UP),
    Case("b + b * b with b = a + a", _shared_first, (3,), 42, (26,), ORDER, _SHARED),
    Case("b * b + b with b = a + a", _shared_last, (3,), 42, (26,), ORDER, _SHARED),
    Case("a * a after (a + a).backward()", _after_a_pass, (3,), 9, (8,), ADD_UP, (((6,), KEEP),)),
    Case(
        "a * a after (a + a).backward(), a.grad = 0",
        _after_a_pass_and_a_reset,
        (3,),
        9,
        (6,),
        ADD_UP,
        (((8,), RESET),),
    ),
    beside("a + 2", lambda a: a + 2, 5, 1, WRAP),
    beside("a * 2", lambda a: a * 2, 6, 2, WRAP),
    beside("2 + a", lambda a: 2 + a, 5, 1, LEFT.format("__radd__", "self + other")),
    beside("2 * a", lambda a: 2 * a, 6, 2, LEFT.format("__rmul__", "self * other")),
    Case("-a", lambda a: -a, (3,), -3, (-1,), NEGATIVE),
    Case("a - b", lambda a, b: a - b, (2, 5), -3, (1, -1), MINUS),
    beside("a - 2", lambda a: a - 2, 1, 1, WRAP),
    beside("2 - a", lambda a: 2 - a, -1, -1, LEFT.format("__rsub__", "other + (-self)")),
    Case("a ** 3", lambda a: a**3, (2,), 8, (12,), POWER),
    Case(
        "a ** 2 * b",
        lambda a, b: a**2 * b,
        (3, 5),
        45,
        (30, 9),
        POWER,
        (((6, 9), OUT_GRAD),),
    ),
    Case("a / b", lambda a, b: a / b, (6, 4), 1.5, (0.25, -0.375), QUOTIENT),
    beside("a / 2", lambda a: a / 2, 1.5, 0.5, WRAP),
    beside(
        "2 / a", lambda a: 2 / a, 0.5, -0.125, LEFT.format("__rtruediv__", "other * self**-1"), at=4
    ),
    Case(  # worked example 4: one weight
        "(w * x - 1) ** 2",
        lambda w, x: (w * x - 1) ** 2,
        (2, 3),
        25,
        (30, 20),
        TOGETHER,
    ),
    Case(
        "relu(a) * b",
        lambda a, b: a.relu() * b,
        (2, 5),
        10,
        (5, 2),
        RELU,
        (((1, 2), OUT_GRAD),),
        ("relu",),
    ),
    Case("relu(a)", lambda a: a.relu(), (-2,), 0, (0,), RELU, (), ("relu",)),
    Case(
        "tanh(a) * b",
        lambda a, b: a.tanh() * b,
        (0.5, 3),
        3 * _T,
        (3 * (1 - _T**2), _T),
        TANH,
        (((1 - _T**2, _T), OUT_GRAD),),
        ("tanh",),
    ),
    Case(
        "sigmoid(a) * b",
        lambda a, b: a.sigmoid() * b,
        (0.5, 3),
        3 * _S,
        (3 * _S * (1 - _S), _S),
        SIGMOID,
        (((_S * (1 - _S), _S), OUT_GRAD),),
        ("sigmoid",),
    ),
    Case(
        "exp(a) * b",
        lambda a, b: a.exp() * b,
        (1, 3),
        3 * math.e,
        (3 * math.e, math.e),
        EXP,
        (((math.e, math.e), OUT_GRAD),),
        ("exp",),
    ),
    Case(
        "log(a) * b",
        lambda a, b: a.log() * b,
        (2, 3),
        3 * math.log(2),
        (1.5, math.log(2)),
        LOG,
        (((0.5, math.log(2)), OUT_GRAD),),
        ("log",),
    ),
    Case(  # worked example 14: XOR by hand
        "relu(a + b) - 2 relu(a + b - 1)", _xor, (1, 1), 0, (-1, -1), TOGETHER, (), ("relu",)
    ),
    Case(  # worked example 8: a chain of two neurons
        "(σ(w2 σ(1.5 w1 + b1) + b2) - 0.5)²",
        lambda w1, b1, w2, b2: (_sigmoid(w2 * _sigmoid(w1 * 1.5 + b1) + b2) - 0.5) ** 2,
        _POINT_8,
        0.012406706306518625,
        (0.01957840938720329, 0.013052272924802192, -0.03762973668192941, -0.05292884592082979),
        TOGETHER,
        (),
        ("sigmoid", "exp", "tanh"),
    ),
)
