"""jet: all derivatives along a line up to an order, by one run on truncated Taylor polynomials.

The function runs once on x + v t, a `Series`; the k-th derivative is k! times coefficient k of what
comes out. Nested gradients would run their formulas on one another: each order doubles the work.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import context
from ..errors import TransformError
from ..kinds.kind import NOTHING, Number, leaf, like
from ..kinds.polynomials import Series, monomial
from ..primitive import primitive
from ..value import Value, topological_order
from .nesting import live_nodes, variable
from .ravel import Raveled, made_since
from .tape import check_function, returned


def _place(s: Any, k: int) -> Series:
    """Where the adjoint of coefficient k stands in the adjoint of a series."""
    s = s.data if isinstance(s, Value) else s
    return monomial(s.order - k, s.order, s.level, dual=True)


@primitive(lambda g, z, s, k: g * _place(s, k), lambda g, z, s, k: NOTHING)
def coefficient(s: Any, k: Any) -> Any:
    """Coefficient k of a series.

    >>> coefficient(Series([1.0, 2.0]), 1)
    2.0
    """
    return s.coefficients[k]


coefficient.by_name = True


def jet(f: Callable[..., Any], x: Any, order: int, direction: Any = None) -> list[Any]:
    """f(x) and all derivatives up to an order: [f(x), f′(x), …, f⁽ⁿ⁾(x)].

    x is one number; or a tree of numbers, with a ``direction`` v of its form, and then the k-th is
    dᵏf(x + v t)/dtᵏ at t = 0. Each has the form of f's result. Numbers may be of any kind: of
    Fractions the derivatives are exact, of an mpmath.mpf they have all its digits, under `vmap` there
    is one a sample. A jet may be differentiated, and f may take gradients or a jet itself.

    f runs once, on truncated polynomials: an order n costs each operation n² products, where nested
    gradients cost more than twice as much with every order. `gammaln`, `digamma`, `i0`, `i1` and
    `sinc`, whose derivatives are functions of their own, cost n³.

    A comparison compares f's own numbers, so that of a branch, a step or a kink the derivatives are
    those of the piece that x lies on; at the kink itself, what nested gradients answer (0 of abs at
    0). Where a slope is infinite the floats are IEEE's, inf and from there inf or nan, and Fractions
    raise ZeroDivisionError. Raises TransformError for an order that is no integer from 0 on, several
    variables without a direction, a direction of another form, an f that returns no number, and an
    order above 170 of floats.

    >>> from autograd import exp, jet
    >>> jet(lambda x: x**3, 2.0, 4)
    [8.0, 12.0, 12.0, 6.0, 0.0]
    >>> from fractions import Fraction
    >>> jet(lambda x: 1 / (1 + x * x), Fraction(1), 3)
    [Fraction(1, 2), Fraction(-1, 2), Fraction(1, 2), Fraction(0, 1)]
    >>> jet(lambda v: v[0] ** 2 * v[1], [3.0, 2.0], 3, direction=[1.0, 1.0])
    [18.0, 21.0, 16.0, 6.0]
    >>> jet(lambda x: jet(lambda y: exp(x * y), 0.0, 2)[2], 3.0, 1)  # x², and its derivative
    [9.0, 6.0]
    """
    check_function(f)
    _check_order(order)
    inputs = Raveled(x, "x", tied=True)
    directions = _directions(inputs, direction)
    since = next(context.serials)
    with context.transforming(since):
        t = monomial(1, order, since)
        pairs = zip(inputs.numbers, directions, strict=True)
        out = f(inputs.unravel([variable(_line(p, v, t)) for p, v in pairs]))
    outputs = Raveled(out, f"the result of {getattr(f, '__name__', f)}")
    if not outputs.shapes:
        raise TransformError(f"{getattr(f, '__name__', f)} returned no number, but {out!r}")
    roots = [v for v in outputs.numbers if made_since(v, since)]
    live = live_nodes(topological_order(*roots, since=since), since)
    seen = [v.data if made_since(v, since) and v not in live else v for v in outputs.numbers]
    return [
        outputs.unravel([returned(_derivative(y, k, since)) for y in seen])
        for k in range(order + 1)
    ]


def _check_order(order: Any) -> None:
    if type(order) is not int or order < 0:
        raise TransformError(
            f"order is the highest derivative that is wanted, an integer from 0 on; got {order!r}"
        )


def _directions(inputs: Raveled, direction: Any) -> list[Number]:
    """What t is multiplied by in each variable."""
    if direction is not None:
        return inputs.numbers_like(direction, "direction")
    if inputs.shapes != [None]:
        raise TransformError(
            "a jet of several variables goes along a line: give direction=, of the form of x"
        )
    return [1]


def _line(x: Number, v: Number, t: Series) -> Any:
    """x + v t."""
    x = x if isinstance(x, Value) else leaf(x)
    return x + (like(v, x) if isinstance(v, int) else v) * t


def _derivative(y: Any, k: int, level: int) -> Any:
    """The k-th derivative of a result: k! times its coefficient, 0 of what does not depend on t."""
    number = y.data if isinstance(y, Value) else y
    if type(number) is not Series or number.level != level:
        return y if k == 0 else like(0, y)
    c = coefficient(y, k)
    try:
        return c if k < 2 else math.factorial(k) * c
    except OverflowError:
        raise TransformError(
            f"the derivative of order {k} is {k}! times a coefficient, and floats hold factorials up "
            f"to 170!; of a Fraction or an mpmath.mpf a jet has derivatives of any order"
        ) from None
