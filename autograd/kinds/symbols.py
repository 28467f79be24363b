"""SymPy's expressions: the gradient as a formula that a person can read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from ..errors import NumberError
from .kind import register
from .masks import Masked

_names = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2"}
_names |= {"arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "ceil": "ceiling"}
_names |= {"mod": "Mod", "maximum": "Max", "minimum": "Min", "cbrt": "real_root"}
_same = (
    "exp log sqrt sin cos tan sinh cosh tanh erf erfc erfinv digamma polygamma floor sign".split()
)
_names |= {name: name for name in _same}

_quarter = sympy.Rational(1, 4)  # so that a half goes to the even neighbour


def _constant(x: Any) -> Any:
    if x.is_complex and x.is_real is False:
        raise NumberError(f"a Value holds real numbers, got {x!r}")
    return x


def _where(c: Any, x: Any, y: Any) -> Any:
    if x is False and y is True:
        return sympy.Not(c)
    return sympy.Piecewise((x, c), (y, True))


def _ndtr(x: Any) -> Any:
    return sympy.erfc(-x / sympy.sqrt(2)) / 2


def _sinc_slope(n: int, x: Any) -> Any:
    t = sympy.Dummy("t")
    return (sympy.sin(sympy.pi * t) / (sympy.pi * t)).diff(t, n).subs(t, x)


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
    "leg": lambda x, y: sympy.sqrt(x**2 - y**2),
    "logistic": lambda x: sympy.exp(-x) / (1 + sympy.exp(-x)) ** 2,
    "logit": lambda x: sympy.log(x / (1 - x)),
    "gammaln": sympy.loggamma,
    "iv": sympy.besseli,
    "ndtr": _ndtr,
    "log_ndtr": lambda x: sympy.log(_ndtr(x)),
    "sinc_slope": _sinc_slope,
    "softmax": lambda g, xs, z: [g * sympy.exp(x - z) for x in xs],
    "shift": lambda xs: sympy.Integer(0),
    "logsumexp": lambda xs: sympy.log(sympy.Add(*map(sympy.exp, xs))),
    "where": _where,
    "constant": _constant,
    "like": lambda n, x: sympy.Integer(n),
    "is_nan": lambda x: True,  # of some number that a symbol may stand for
    "is_finite": lambda x: not sympy.sympify(x).has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo),
}

register(sympy.Expr, _functions)
register(
    sympy.logic.boolalg.Boolean, {"where": _where, "only": lambda c, g: Masked(g, c)}, priority=2
)
