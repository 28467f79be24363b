"""How many units in the last place every operation is off: python tests/benchmarks/ulps.py [name...]

Value and first derivative, of a float and in a batch, against mpmath at 80 digits (the derivative by
the same rule, which tests/operations/test_registry.py compares with mpmath's own). The points are
dense near 0, ±1 and small integers, and reach both tails. Results that are subnormal, or overflow, are
left out: they have no 53 bits.
"""

from __future__ import annotations

import inspect
import math
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath
import numpy as np

import autograd
from autograd import Value
from autograd.operations.composites import EVERY

DIGITS = 80
INFINITY = math.inf
TAIL = 745.0  # beyond, exp is 0 or inf


class Row(NamedTuple):
    """The worst errors of an operation in ulps, and where they are."""

    value: tuple[float, Any] = (0.0, None)
    slope: tuple[float, Any] = (0.0, None)
    batch_value: tuple[float, Any] = (0.0, None)
    batch_slope: tuple[float, Any] = (0.0, None)


# ------------------------------------------------------------------------------------------ bounds

LIMIT = 4.0
EXCEPTIONS: dict[str, tuple[float, float, str]] = {  # bounds of value and slope, and why
    "tanh": (4, INFINITY, "1 - z² keeps no digits near z = ±1; all of them cost an exponential"),
    "cbrt": (4, 6, "glibc's cbrt is off by 2.7, and the slope is made of it"),
    "gammaln": (INFINITY, 4, "libm's is right to an ulp of 1 near the zeros at 1 and 2"),
    "erfinv": (4, 160, "exp(z²) multiplies the rounding of z by 2z², which reaches 67"),
    "mills": (8, INFINITY, "the slope z(x + z) cancels for x ≪ 0, where z is nearly -x"),
    "logsumexp": (4, 400, "exp multiplies the rounding of x - max x by itself"),
    "sinc": (
        4,
        INFINITY,
        "(cos πx - z)/x cancels near the extrema, as cos does near its zeros in the rest",
    ),
    "sinc_slope": (INFINITY, INFINITY, "as sinc's slope"),
    "softmax": (400, INFINITY, "as logsumexp's slope; 1 - p near p = 1"),
    "log_softmax": (60, INFINITY, "as softmax; all digits of 1 - p would cost n² steps"),
    "i0": (4, 10, "SciPy's I₁ is off by 9.7"),
    "i1": (10, 5, "SciPy's I₁ is off by 9.7"),
    "ndtr": (6, 4, "SciPy's ndtr and erfcx, of which it is made, are off by 3"),
    "log_ndtr": (8, 8, "as ndtr"),
    "iv": (INFINITY, INFINITY, "SciPy's I₂ answers 0 for tiny x, and loses digits beyond 300"),
}


def bounds(name: str) -> tuple[float, float]:
    """What the value and the slope of an operation may be off."""
    return EXCEPTIONS.get(name, (LIMIT, LIMIT, ""))[:2]


# ------------------------------------------------------------------------------------------ points

DOMAINS = {
    **dict.fromkeys("log log2 log10 sqrt gammaln digamma polygamma".split(), (0, INFINITY)),
    **dict.fromkeys("arcsin arccos arctanh erfinv".split(), (-1, 1)),
    **dict.fromkeys("exp expm1 exp2 sinh cosh sigmoid logistic".split(), (-TAIL, TAIL)),
    **dict.fromkeys("i0 i1 iv".split(), (-700, 700)),
    **dict.fromkeys("sin cos tan sinc sinc_slope".split(), (-1e4, 1e4)),
    **dict.fromkeys("erf erfc gaussian ndtr".split(), (-40, 40)),
    "log1p": (-1, INFINITY),
    "arccosh": (1, INFINITY),
    "logit": (0, 1),
    "mills": (-1e6, 36),
    "log_ndtr": (-1e6, 36),
}


def points(name: str) -> list[float]:
    """Arguments of a function of one number."""
    low, high = DOMAINS.get(name, (-INFINITY, INFINITY))
    near = [10.0**k for k in np.linspace(-16, -0.2, 24)]
    wide = [10.0**k for k in np.linspace(-15.3, 5.7, 60)] + [10.0**k for k in range(-290, 291, 58)]
    bulk = np.linspace(0.05, 40, 83).tolist()
    far = np.linspace(41.3, 720.7, 17).tolist()
    positive = [*wide, *bulk, *far, *(n + d for n in range(1, 5) for d in near)]
    positive += [n - d for n in range(1, 5) for d in near]
    return sorted({x for p in positive for x in (p, -p) if low < x < high and x != 0})


PAIRS = [
    (s * x, y)
    for s in (1, -1)
    for x in (1e-200, 3.1e-9, 0.037, 0.62, 1.3, 2.0, 17.3, 6.1e8, 1e150)
    for y in (-7.3, -1.7, -2.3e-6, 4.1e-11, 0.3, 0.71, 1.9, 2.0, 5.3)
]
TRIPLES = [
    (0.0, 0.0, -700.3),
    (1e16, 1e16, 3.0),
    (29.3, 0.1, -0.2),
    (1e10 + 3, 1e10, 1e10 - 7),
    (0.1, -0.3, 0.2),
    (-400.1, -420.7, -399.9),
    (5e-17, -800.0, -1.0),
]


def arguments(name: str) -> list[tuple[Any, ...]]:
    """Where an operation is measured; none for what is exact, chooses or needs no digits."""
    parameters = [*inspect.signature(OPERATIONS[name]).parameters]
    if parameters == ["xs"]:
        return [(list(xs),) for xs in TRIPLES]
    if parameters == ["n", "x"]:
        low = int(EVERY[name].domain[0][0])
        return [(low, x) for x in points(name)]
    if len(parameters) == 1:
        return [(x,) for x in points(name)]
    return [p for p in PAIRS if valid(name, *p)]


def valid(name: str, x: float, y: float) -> bool:
    """Whether a function of two numbers is smooth, and finite, at a point."""
    if name == "leg":
        return x > abs(y)
    if name == "pow":
        return x > 0
    return y > 0 if name == "xlogy" else y > -1 if name == "xlog1py" else True


SKIPPED = "where sign floor ceil round mod fmod sum dot prod maximum minimum shift".split()
OPERATIONS: dict[str, Callable[..., Any]] = {
    name: op for name, op in EVERY.items() if name not in SKIPPED
} | {
    "elu": lambda x: autograd.elu(x),
    "log_sigmoid": autograd.log_sigmoid,
    "softmax": lambda xs: autograd.softmax(xs)[0],
    "log_softmax": lambda xs: autograd.log_softmax(xs)[0],
    "degrees": autograd.degrees,
    "radians": autograd.radians,
}

# ------------------------------------------------------------------------------------- measurement


def differentiated(op: Callable[..., Any], args: tuple[Any, ...], of: Any) -> tuple[Any, list[Any]]:
    """The value and the gradients, of numbers that ``of`` makes."""
    given: list[Any] = []
    leaves: list[Value] = []
    for x in args:
        made = (
            [Value(of(v)) for v in (x if isinstance(x, list) else [x])]
            if type(x) is not int
            else []
        )
        leaves += made
        given.append(made if isinstance(x, list) else made[0] if made else x)
    z = op(*given)
    z.backward()
    return z.data, [v.grad for v in leaves]


def ulps(found: float, exact: Any) -> float:
    """|found - exact| in units of the last place of a double near it."""
    near = float(exact)
    if not sys.float_info.min <= abs(near) < 2.0**1023:
        return 0.0
    if not math.isfinite(found):
        return INFINITY
    return abs((found - near) - float(exact - near)) / math.ulp(near)


def stacked(places: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """All points as one of batches; an order is the same for all."""
    return tuple(
        column[0]
        if type(column[0]) is int
        else [*np.array(column).T]
        if isinstance(column[0], list)
        else np.array(column)
        for column in zip(*places, strict=True)
    )


def measured(name: str) -> Row:
    """The worst of an operation's errors over all its points."""
    op, places = OPERATIONS[name], arguments(name)
    errors: list[list[tuple[float, Any]]] = [[(0.0, None)] for _ in Row._fields]
    zs, batch = differentiated(op, stacked(places), np.array) if places else ([], [])
    for k, args in enumerate(places):
        z, slopes = differentiated(op, args, float)
        with mpmath.workdps(DIGITS):
            exact, exacts = differentiated(op, args, mpmath.mpf)
            errors[0].append((ulps(z, exact), args))
            errors[2].append((ulps(float(zs[k]), exact), args))
            for slope, samples, e in zip(slopes, batch, exacts, strict=True):
                errors[1].append((ulps(float(slope), e), args))
                errors[3].append((ulps(float(samples[k]), e), args))
    return Row(*(max(column, key=lambda pair: pair[0]) for column in errors))


def main(names: list[str]) -> None:
    """Print the table."""
    print(f"{'ulps':14}{'value':>26}{'slope':>26}{'batch':>26}{'its slope':>26}   may be")
    for name in names or OPERATIONS:
        cells = [f"{error:.3g} at {_text(args)}" for error, args in measured(name)]
        print(f"{name:14}" + "".join(f"{cell:>26}" for cell in cells) + f"   {bounds(name)}")


def _text(args: Any) -> str:
    flat = np.ravel(np.concatenate([np.ravel(x) for x in args])) if args else []
    return " ".join(f"{x:.4g}" for x in flat) or "-"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main([name for name in sys.argv[1:] if not name.startswith("--")])
