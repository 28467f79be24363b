"""SymPy's expressions: the gradient as a formula that a person can read."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import sympy

from ..errors import NumberError
from ..registry import register
from ..untaken import masks

_names = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2"}
_names |= {"arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "ceil": "ceiling"}
_names |= {"mod": "Mod", "maximum": "Max", "minimum": "Min", "cbrt": "real_root"}
_same = "exp log sqrt sin cos tan sinh cosh tanh erf erfc floor sign".split()
_names |= {name: name for name in _same}

_quarter = sympy.Rational(1, 4)  # so that a half goes to the even neighbour


def _constant(x: Any) -> Any:
    if x.is_complex and x.is_real is False:
        raise NumberError(f"a Value holds real numbers, got {x!r}")
    return x


class Conditional:
    """An adjoint that is sent under a condition: a factor that is infinite elsewhere cannot spoil it.

    Formulas are linear in the adjoint, so ``+ - * /`` are all that it takes part in.
    """

    __slots__ = ("condition", "expression")
    _op_priority = 1e3  # SymPy's protocol: an expression on the left leaves the operation to us

    def __init__(self, expression: Any, condition: Any) -> None:
        self.expression, self.condition = expression, condition

    def _times(self, operate: Callable[[Any, Any], Any], y: Any) -> Any:
        if type(y) is Conditional:
            both = sympy.And(self.condition, y.condition)
            return Conditional(operate(self.expression, y.expression), both)
        if isinstance(y, (int, float, sympy.Expr)):
            return Conditional(operate(self.expression, y), self.condition)
        return NotImplemented

    def __mul__(self, y: Any) -> Any:
        return self._times(operator.mul, y)

    __rmul__ = __mul__

    def __truediv__(self, y: Any) -> Any:
        return self._times(operator.truediv, y)

    def __neg__(self) -> Conditional:
        return Conditional(-self.expression, self.condition)

    def __add__(self, y: Any) -> Any:
        if type(y) is not Conditional:
            return self.filled() + y if isinstance(y, (int, float, sympy.Expr)) else NotImplemented
        either = sympy.Or(self.condition, y.condition)
        same = self.condition == y.condition
        parts = (self.expression, y.expression) if same else (self.filled(), y.filled())
        return Conditional(sum(parts), either)

    __radd__ = __add__

    def __sub__(self, y: Any) -> Any:
        return self + -y

    def __rsub__(self, y: Any) -> Any:
        return -self + y

    def filled(self) -> Any:
        """The expression under its condition, 0 elsewhere."""
        return sympy.Piecewise((self.expression, self.condition), (0, True))


def _only(c: Any, g: Any) -> Any:
    masks.met = True
    return Conditional(g, c)


def _where(c: Any, x: Any, y: Any) -> Any:
    if x is False and y is True:
        return sympy.Not(c)
    x, y = (n.filled() if type(n) is Conditional else n for n in (x, y))
    return sympy.Piecewise((x, c), (y, True))


_functions: dict[str, Callable[..., Any]] = {
    **{name: getattr(sympy, theirs) for name, theirs in _names.items()},
    "cbrt": lambda x: sympy.real_root(x, 3),
    "expm1": lambda x: sympy.exp(x) - 1,
    "exp2": lambda x: sympy.Integer(2) ** x,
    "log1p": lambda x: sympy.log(1 + x),
    "log2": lambda x: sympy.log(x, 2),
    "log10": lambda x: sympy.log(x, 10),
    "round": lambda x: sympy.floor(x / 2 + _quarter) + sympy.ceiling(x / 2 - _quarter),
    "fmod": lambda x, y: sympy.sign(x) * sympy.Mod(sympy.Abs(x), sympy.Abs(y)),
    "hypot": lambda x, y: sympy.sqrt(x**2 + y**2),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "logsumexp": lambda xs: sympy.log(sympy.Add(*map(sympy.exp, xs))),
    "where": _where,
    "only": _only,
    "constant": _constant,
    "like": lambda n, x: sympy.Integer(n),
    "is_nan": lambda x: x is sympy.nan,
    "is_finite": lambda x: not sympy.sympify(x).has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo),
}

register(sympy.Expr, _functions)
register(sympy.logic.boolalg.Boolean, {name: _functions[name] for name in ("where", "only")})
register(
    Conditional,
    {
        "only": lambda c, g: Conditional(g.expression, sympy.And(c, g.condition)),
        "where": _where,
        "filled": Conditional.filled,
        "sent": lambda g: g.condition,
        "like": lambda n, x: sympy.Integer(n),
        "is_nan": lambda g: False,
        "is_finite": lambda g: True,
    },
    priority=3,
)
