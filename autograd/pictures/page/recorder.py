"""A number that writes down how it is computed, and what a formula becomes when it runs on it.

The page differentiates by the registry's own formulas: each runs once on numbers of this kind, and
the lines that were written go to the page, whose interpreter follows them. No rule is written twice.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NoReturn

from ...errors import KindError
from ...kinds import kind as kinds
from ...kinds.conditions import truth_of
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


class Recorded:
    """What numbers and columns have in common: they are recorded, and asked for nothing."""

    __slots__ = ()
    __hash__ = object.__hash__
    __array_ufunc__ = None  # an array beside one leaves the operation to it

    def __bool__(self) -> NoReturn:
        raise TypeError("a number that is being recorded is neither true nor false: use where()")


class Written(Recorded):
    """A number known by its name, in the code that computes it."""

    __slots__ = ("code", "name")

    def __init__(self, code: Code, name: str) -> None:
        self.code, self.name = code, name


class Column(Recorded):
    """A batch: a number for every sample."""

    __slots__ = ("numbers",)

    def __init__(self, numbers: Sequence[Any]) -> None:
        self.numbers = numbers

    @property
    def shape(self) -> tuple[int]:
        """How many samples there are, as arrays say it."""
        return (len(self.numbers),)


def samples(x: Any) -> Sequence[Any] | None:
    """The numbers of a batch, that of an array too; None for one number."""
    if type(x) is Column:
        return x.numbers
    x = truth_of(x)
    return x.tolist() if getattr(x, "ndim", 0) == 1 else None


def each(operands: Sequence[Any]) -> Sequence[Sequence[Any]] | None:
    """The operands of every sample, if one of them is a batch."""
    batches = [samples(x) for x in operands]
    n = max((len(batch) for batch in batches if batch is not None), default=None)
    if n is None:
        return None
    pairs = list(zip(operands, batches, strict=True))
    return [[x if b is None else b[i] for x, b in pairs] for i in range(n)]


def name(x: Any) -> Any:
    """How a line calls a number: JSON has no inf and no nan, and a branch not taken is "nothing"."""
    if type(x) is Written:
        return x.name
    if x is NOTHING:
        return "nothing"
    x = float(x)
    return x if x - x == 0 else str(x)


def _writes(function: str) -> Callable[..., Any]:
    """A function that is written down, for every sample of a batch."""

    def write(*operands: Any) -> Any:
        rows = each(operands)
        if rows is not None:
            return Column([write(*row) for row in rows])
        code: Code = next(x.code for x in operands if type(x) is Written)
        return code.write(function, *operands)

    return write


def _reflected(function: str) -> Callable[..., Any]:
    return lambda y, x: _writes(function)(x, y)


for _symbol in ("add", "sub", "mul", "truediv", "mod", "pow", "and", "or"):
    _function = "div" if _symbol == "truediv" else _symbol
    setattr(Recorded, f"__{_symbol}__", _writes(_function))
    setattr(Recorded, f"__r{_symbol}__", _reflected(_function))
for _symbol in ("neg", "abs", "lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Recorded, f"__{_symbol}__", _writes(_symbol))

_BY_OPERATORS = set(
    "dot gaussian leg logistic logit power_below scale shift sinc_slope softmax sum ties "
    "xlog1py xlogy".split()
)  # written as what they are defined by


def _polygamma(n: int, x: Any) -> Any:
    """Of first derivatives ψ′ alone is asked."""
    if n != 1:
        raise KindError(f"the page has no polygamma of order {n}")
    return _writes("trigamma")(x)


_FUNCTIONS = {
    **{f: _writes(f) for f in kinds.names - kinds.QUESTIONS - _BY_OPERATORS},
    "logsumexp": lambda xs: _writes("logsumexp")(*xs),
    "only": _writes("only"),
    "polygamma": _polygamma,
    "like": lambda n, x: float(n),
}
kinds.register(Written, _FUNCTIONS, priority=8)
kinds.register(
    Column,
    {**_FUNCTIONS, "to_shape": lambda c, shape: c if shape else reduce(operator.add, c.numbers)},
    priority=9,
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
