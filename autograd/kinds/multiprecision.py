"""mpmath's numbers: as many digits as ``mpmath.mp.dps`` asks for.

They count as floats: real functions of them stay real (``log(-1)`` is nan, never complex), and
division by zero answers inf or nan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath

from .ieee import dividing_by_zero
from .kind import register

mpf = mpmath.mpf


def _real(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function kept on the real line; a pole that mpmath raises at is nan or inf there."""

    def on_reals(*numbers: Any) -> Any:
        z = function(*map(mpf, numbers))
        return mpf("nan") if isinstance(z, mpmath.mpc) else mpf(z)

    return on_reals


def _pow(x: Any, y: Any) -> Any:
    if x == 1 or y == 0:
        return mpf(1)  # of nan and inf too
    if x == 0 and y < 0:
        return mpf("inf")
    return x**y


def _mod(x: Any, y: Any) -> Any:
    if mpmath.isinf(y) and mpmath.isfinite(x):
        return x if x == 0 or (x > 0) == (y > 0) else y
    return x % y if y else mpf("nan")


def _fmod(x: Any, y: Any) -> Any:
    return mpmath.sign(x) * _mod(abs(x), abs(y))


def _hypot(x: Any, y: Any) -> Any:
    return mpf("inf") if mpmath.isinf(x) or mpmath.isinf(y) else mpmath.hypot(x, y)


def _cbrt(x: Any) -> Any:
    return mpmath.sign(x) * mpmath.cbrt(abs(x))


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x)) if x >= 0 else mpmath.exp(x) / (1 + mpmath.exp(x))


def _digamma(x: Any) -> Any:
    if x <= 0 and mpmath.isint(x):
        return mpf("-inf") if x == 0 else mpf("nan")
    return mpmath.digamma(x)


_functions: dict[str, Callable[..., Any]] = {
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "exp2": lambda x: mpf(2) ** x,
    "log": mpmath.log,
    "log1p": lambda x: mpf("-inf") if x == -1 else mpmath.log1p(x),
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "log10": lambda x: mpmath.log(x) / mpmath.log(10),
    "sqrt": mpmath.sqrt,
    "cbrt": _cbrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "arcsin": mpmath.asin,
    "arccos": mpmath.acos,
    "arctan": mpmath.atan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "arcsinh": mpmath.asinh,
    "arccosh": mpmath.acosh,
    "arctanh": lambda x: x * mpf("inf") if abs(x) == 1 else mpmath.atanh(x),
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
    "sigmoid": _sigmoid,
    "gammaln": lambda x: mpf("inf") if x <= 0 and mpmath.isint(x) else mpmath.loggamma(x).real,
    "digamma": _digamma,
    "ndtr": mpmath.ncdf,
    "log_ndtr": lambda x: mpmath.log(mpmath.ncdf(x)) if x < 5 else mpmath.log1p(-mpmath.ncdf(-x)),
    "erfinv": mpmath.erfinv,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "round": mpmath.nint,
    "sign": mpmath.sign,
    "pow": _pow,
    "mod": _mod,
    "fmod": _fmod,
    "arctan2": mpmath.atan2,
    "hypot": _hypot,
}

register(
    mpf,
    {name: _real(function) for name, function in _functions.items()}
    | {
        "polygamma": mpmath.psi,
        "iv": lambda n, x: mpmath.besseli(abs(n), x),  # I₋ₙ = Iₙ; of n < 0 mpmath's is complex
        "result": lambda x: x if type(x) is mpf else mpf(x),
        "constant": lambda x: x if type(x) is mpf else mpf(x),
        "like": lambda n, x: mpf(n),
        "ieee": dividing_by_zero(mpf),
    },
)
