"""A number that writes down how it is computed, and what a formula becomes when it runs on it.

The page differentiates by the registry's own formulas: each runs once on numbers of this kind, and
the lines that were written go to the page, whose interpreter follows them. No rule is written twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ...kinds import kind as kinds
from ...kinds.kind import NOTHING
from ...primitive import Primitive

Shape = tuple[int | None, ...]
"""Of an operation's arguments: None for a number, n for a sequence of n."""


class Code:
    """Lines ``[function, operands…]``: an operand is a constant, a name, or "#i" for line i."""

    def __init__(self) -> None:
        self.lines: list[list[Any]] = []

    def write(self, function: str, *operands: Any) -> Written:
        """Add a line, and give the number that it computes."""
        self.lines.append([function, *map(name, operands)])
        return Written(self, f"#{len(self.lines) - 1}")

    def variables(self, shape: Shape) -> list[Any]:
        """Arguments of a shape, whose numbers are called x0, x1, ... in their order."""
        called = iter(range(sum(1 if n is None else n for n in shape)))
        return [
            Written(self, f"x{next(called)}")
            if n is None
            else tuple(Written(self, f"x{next(called)}") for _ in range(n))
            for n in shape
        ]

    def results(self, *numbers: Any) -> dict[str, Any]:
        """The whole as data for JSON."""
        return {"code": self.lines, "results": [name(x) for x in numbers]}


class Written:
    """A number known by its name, in the code that computes it."""

    __slots__ = ("code", "name")
    __hash__ = object.__hash__

    def __init__(self, code: Code, name: str) -> None:
        self.code, self.name = code, name

    def __bool__(self) -> NoReturn:
        raise TypeError("a number that is being recorded is neither true nor false: use where()")


def name(x: Any) -> Any:
    """How a line calls a number: JSON has no inf and no nan, and a branch not taken is "nothing"."""
    if type(x) is Written:
        return x.name
    if x is NOTHING:
        return "nothing"
    x = float(x)
    return x if x - x == 0 else str(x)


def _writes(function: str) -> Callable[..., Written]:
    def write(*operands: Any) -> Written:
        code: Code = next(x.code for x in operands if type(x) is Written)
        return code.write(function, *operands)

    return write


def _reflected(function: str) -> Callable[..., Written]:
    return lambda y, x: _writes(function)(x, y)


for _symbol in ("add", "sub", "mul", "truediv", "mod", "pow", "and", "or"):
    _function = "div" if _symbol == "truediv" else _symbol
    setattr(Written, f"__{_symbol}__", _writes(_function))
    setattr(Written, f"__r{_symbol}__", _reflected(_function))
for _symbol in ("neg", "abs", "lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Written, f"__{_symbol}__", _writes(_symbol))

_BY_OPERATORS = set(
    "dot gaussian leg logistic logit mills power_below scale shift sinc_slope softmax sum ties "
    "xlog1py xlogy".split()
)  # written as what they are defined by
_UNKNOWN = set("digamma erfinv gammaln iv log_ndtr ndtr polygamma".split())  # to JavaScript
kinds.register(
    Written,
    {
        **{f: _writes(f) for f in kinds.names - kinds.QUESTIONS - _BY_OPERATORS - _UNKNOWN},
        "logsumexp": lambda xs: _writes("logsumexp")(*xs),
        "only": _writes("only"),
        "like": lambda n, x: float(n),
    },
    priority=8,
)


def record(op: Primitive[...], shape: Shape) -> dict[str, Any]:
    """A primitive's value formula and its pullbacks, one for each number, as data for JSON.

    Formulas see the adjoint ``g``, the result ``z`` and the arguments' numbers ``x0``, ``x1``, ...
    Raises whatever a formula raises that does not run on such numbers.

    >>> from autograd import PRIMITIVES
    >>> formula = record(PRIMITIVES["sin"], (None,))
    >>> formula["forward"]
    {'code': [['sin', 'x0']], 'results': ['#0']}
    >>> formula["backward"]
    {'code': [['cos', 'x0'], ['mul', 'g', '#0']], 'results': ['#1']}
    """
    forward, backward = Code(), Code()
    z = op.value(*forward.variables(shape))
    arguments = backward.variables(shape)
    sent: list[Any] = []
    for n, rule in zip(shape, op.pullbacks, strict=True):
        if n != 0:
            c = rule(Written(backward, "g"), Written(backward, "z"), *arguments)
            sent += [c] if n is None else c
    return _formula(op.name, shape, forward.results(z), backward.results(*sent))


def constant(node: Any, operands: Sequence[Any], shape: Shape) -> dict[str, Any]:
    """The formula of a node whose own cannot be written down: its number, and g times its slopes."""
    backward = Code()
    g, slopes = Written(backward, "g"), iter(node.pullback(1.0))
    sent = [next(slopes) if type(x) is type(node) else NOTHING for x in operands]
    products = [c if c is NOTHING else backward.write("mul", g, c) for c in sent]
    return _formula(node.op.name, shape, Code().results(node.z), backward.results(*products))


def quiet(function: str, n: int) -> dict[str, Any]:
    """A function of n numbers, such as a comparison, through which no adjoint flows."""
    code, shape = Code(), (None,) * n
    z = code.write(function, *code.variables(shape))
    return _formula(function, shape, code.results(z), Code().results())


def _formula(called: str, shape: Shape, forward: Any, backward: Any) -> dict[str, Any]:
    return {"name": called, "shape": shape, "forward": forward, "backward": backward}


def opened(arguments: Sequence[Any]) -> tuple[list[Any], Shape]:
    """The operands of an operation in one list, sequences opened, and the shape that they had."""
    several = (list, tuple)
    shape = tuple(len(x) if isinstance(x, several) else None for x in arguments)
    return [y for x in arguments for y in (x if isinstance(x, several) else [x])], shape
