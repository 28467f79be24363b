"""Derivatives checked against differences of the function's own values.

`numerical_gradient` is the central difference of the textbook. `gradcheck` needs to know how far
its differences can be trusted: it halves the step, extrapolates to step 0, and takes the step at
which the extrapolations agree best; how far they differ there is the uncertainty.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from ..context import no_grad
from ..errors import GradcheckError, TransformError
from ..transforms.gradients import jacobian, jvp, vjp
from ..transforms.ravel import Raveled
from ..transforms.tape import called
from ..value import Value

_EPSILON = sys.float_info.epsilon
_STEPS = 12  # halvings of the step that usually do: from a tenth of |x| to some 1e-5 of it


def numerical_gradient(f: Callable[[Any], Any], x: Any) -> Any:
    """The gradient of f at x by central differences: (f(x + h eᵢ) - f(x - h eᵢ)) / 2h for every i.

    x is a number, or nested lists, tuples, dicts, dataclasses, arrays or Modules of numbers, and f
    returns one number; the gradient has the form of x. The step is h = ∛ε max(|xᵢ|, 1), which
    balances rounding against truncation: eight digits or more are right. Raises
    NumberError for an x of no numbers, TransformError unless f returns one.

    Source: W. H. Press et al., Numerical Recipes, 3rd edition, section 5.7.

    >>> import math
    >>> round(numerical_gradient(math.sin, 0.0), 9)
    1.0
    """
    inputs = Raveled(x, "x", tied=True)
    point = _floats(inputs)

    def difference(i: int) -> float:
        h = math.cbrt(_EPSILON) * max(abs(point[i]), 1.0)
        ends = [[*point[:i], point[i] + s * h, *point[i + 1 :]] for s in (1, -1)]
        above, below = (_one_number(called(f, [inputs.unravel(end)], {})) for end in ends)
        return (above - below) / (ends[0][i] - ends[1][i])

    return inputs.unravel([difference(i) for i in range(len(point))])


def gradcheck(
    f: Callable[..., Any],
    *args: Any,
    order: int = 1,
    rtol: float = 1e-6,
    directions: int = 3,
    seed: int = 0,
) -> None:
    """Raise GradcheckError unless the derivatives of f at args agree with central differences.

    Every partial derivative of every number that f returns, and the derivatives along random
    ``directions`` (drawn from ``seed``), in reverse and in forward mode; up to an ``order``: with 2
    the derivatives of the gradient too (``grad(f)[0]`` in messages is its part by the first
    variable). ``args`` are all variables: numbers and trees of them.

    A derivative may differ by ``rtol`` of its size plus ten times the uncertainty of the
    differences themselves, which is estimated, so that a correct derivative of a smooth function
    passes, unless cancellation inside f hides its changes. At a kink, a jump or the end of f's
    domain there is nothing to compare: an error too, even where the derivative happens to be the
    mean of both sides', as 0 is for |x| at 0.
    Raises TransformError if the arguments or f's result hold no number.

    >>> from autograd import sin
    >>> gradcheck(lambda x, y: sin(x) * y, 1.0, 2.0, order=2)
    """
    if not (callable(f) and args and type(order) is int and order > 0):
        raise TypeError(f"gradcheck() needs an argument of f, order >= 1: {f!r}, {args}, {order!r}")
    names = _argument_names(f, len(args))
    title = getattr(f, "__name__", "f").replace("<lambda>", "f")
    inputs = [Raveled(arg, name, tied=True) for arg, name in zip(args, names, strict=True)]
    point = [x for raveled in inputs for x in _floats(raveled)]
    if not point:
        raise TransformError(f"the arguments of {title} hold no number: {args!r}")
    paths = [path for raveled in inputs for path in raveled.paths()]

    def of_list(xs: Sequence[Any]) -> Any:
        """f as a function of one list: of all its variables, a Value that is reached twice one."""
        remaining = iter(xs)
        return f(*[each.unravel([next(remaining) for _ in each.numbers]) for each in inputs])

    of_list.__name__ = title
    checked: Callable[..., Any] = of_list
    for n in range(order):
        check = _Check(checked, title, point, paths, rtol)
        check.partial_derivatives()
        check.random_directions(directions, seed)
        if n + 1 < order:
            checked, title = jacobian(checked, mode="reverse"), f"grad({title})"


class _Difference(NamedTuple):
    """A derivative by differences: at step 0, and how far that is certain."""

    slope: float
    uncertainty: float
    converged: bool
    bend: float = 0.0
    """By how much the slope on the right exceeds that on the left, if it certainly does."""


class _Check:
    """The derivatives of one function at one point, in both modes, beside differences."""

    def __init__(
        self, f: Callable[..., Any], title: str, point: list[float], paths: list[str], rtol: float
    ) -> None:
        self.f, self.title, self.point, self.paths, self.rtol = f, title, point, paths, rtol
        out, self.pull = vjp(f, point)
        self.outputs = Raveled(out, title)
        self.results = list(self.outputs.paths())
        self.scales = [abs(x) or 1.0 for x in point]
        self.rows = [self._row(j, 1.0) for j in range(len(self.outputs.numbers))]
        self._check_linear()

    def partial_derivatives(self) -> None:
        """Compare ∂output/∂x for every output and every variable."""
        for i, path in enumerate(self.paths):
            unit = [1.0 if k == i else 0.0 for k in range(len(self.point))]
            reverse = [row[i] for row in self.rows]
            names = [f"∂{output}/∂{path}" for output in self.results]
            self._compare(names, reverse, unit, self.scales[i])

    def random_directions(self, n: int, seed: int) -> None:
        """Compare the derivatives of every output along n directions, in the point's own scale."""
        from random import Random  # slow to import

        generator = Random(seed)  # noqa: S311  (directions, not secrets)
        for k in range(n):
            along = [generator.uniform(-scale, scale) for scale in self.scales]
            reverse = [math.fsum(map(float.__mul__, row, along)) for row in self.rows]
            names = [f"{result} along random direction {k}" for result in self.results]
            self._compare(names, reverse, along, 1.0)

    def _compare(
        self, names: list[str], reverse: list[float], along: list[float], scale: float
    ) -> None:
        forward = _floats(Raveled(jvp(self.f, (self.point,), (along,))[1], "tangent"))

        def moved(t: float) -> list[float]:
            xs = [Value(x + t * d) for x, d in zip(self.point, along, strict=True)]
            with no_grad():  # as f is differentiated: it may use a Value's methods
                return _floats(Raveled(self.f(xs), self.title))

        claims, errors = list(zip(names, reverse, forward, strict=True)), [self._outside(names[0])]
        for found in _differences(moved, scale):
            errors = [
                e for claim, d in zip(claims, found, strict=True) if (e := self._error(*claim, d))
            ]
            if not errors:
                return
        raise GradcheckError(errors[0])

    def _outside(self, name: str) -> str:
        return (
            f"{name}: {self.title} is not finite on both sides of the point, however near; "
            f"check it at a point inside its domain"
        )

    def _error(self, name: str, reverse: float, forward: float, found: _Difference) -> str:
        """What to say of a derivative that the differences do not bear out; nothing if they do."""
        slope, uncertainty, converged, bend = found
        if bend:
            return (
                f"{name}: the slopes on both sides of the point differ by {bend:.9g}: {self.title} "
                f"has a kink there; check it at another"
            )
        if not converged:
            return (
                f"{name}: central differences do not settle as the step shrinks (last {slope:.9g} "
                f"± {uncertainty:.2g}): {self.title} has a kink, a jump or noise at the point; "
                f"check it at another"
            )
        for mode, value in (("reverse", reverse), ("forward", forward)):
            tolerance = self.rtol * max(abs(value), abs(slope)) + 10 * uncertainty
            if not abs(value - slope) <= tolerance:  # nan is not
                return (
                    f"{name}: {mode} mode gives {value:.9g}, central differences {slope:.9g}. They "
                    f"differ by {abs(value - slope):.3g}; the tolerance is {tolerance:.3g}: rtol = "
                    f"{self.rtol:g} of the larger, and ten times the uncertainty of the "
                    f"differences, {uncertainty:.2g}. A pullback on the way is wrong, or "
                    f"{self.title} has a kink there, or loses its change to cancellation"
                )
        return ""

    def _row(self, j: int, g: float) -> list[float]:
        """What the variables receive from an adjoint g of the j-th output, by reverse mode."""
        seeds = [g if k == j else 0.0 for k in range(len(self.outputs.numbers))]
        return [float(c) for c in self.pull(self.outputs.unravel(seeds))[0]]

    def _check_linear(self) -> None:
        """GradcheckError unless twice the adjoint sends twice as much: g = 1 alone would not tell."""
        for j, row in enumerate(self.rows):
            for path, once, twice in zip(self.paths, row, self._row(j, 2.0), strict=True):
                if abs(twice - 2 * once) > self.rtol * abs(twice):
                    raise GradcheckError(
                        f"∂{self.results[j]}/∂{path}: an adjoint g = 1 sends {once:.9g}, g = 2 sends "
                        f"{twice:.9g}, not twice as much: a pullback on the way does not multiply by g"
                    )


def _differences(
    f: Callable[[float], Sequence[float]], scale: float
) -> Iterator[list[_Difference]]:
    """df/dt at 0 for each number that f returns, from ever more and smaller steps.

    The tableau of Richardson's extrapolation: central differences err by a h² + b h⁴ + ...; from
    two of them follows one without h², from two of those one without h⁴.

    Source: C. Ridders, Accurate computation of F'(x) and F'(x)F''(x), Adv. Eng. Software 4 (1982).
    """
    rows: list[tuple[float, Sequence[float], Sequence[float]]] = []
    middles = f(0.0)
    for row in _finite_rows(f, scale):
        rows.append(row)
        if len(rows) >= _STEPS:
            yield [
                _difference([(h, ups[j], downs[j]) for h, ups, downs in rows], middle)
                for j, middle in enumerate(middles)
            ]


def _finite_rows(
    f: Callable[[float], Sequence[float]], scale: float
) -> Iterator[tuple[float, Sequence[float], Sequence[float]]]:
    """Values f(h) and f(-h) for a falling series of steps, where all is finite."""
    h = 2.0 ** (math.frexp(scale / 10)[1] - 1)  # a power of 2: adding it rounds nothing
    while h > _EPSILON * scale:
        ups, downs = f(h), f(-h)
        if all(map(math.isfinite, (*ups, *downs))):
            yield h, ups, downs
        h /= 2


def _difference(samples: list[tuple[float, float, float]], middle: float) -> _Difference:
    """The slope of one number, and the difference of its slopes on both sides if it is certain."""
    sizes = [max(abs(up), abs(down)) for _, up, down in samples]
    roundings = [_EPSILON * size / h for (h, *_), size in zip(samples, sizes, strict=True)]
    central = [(up - down) / (2 * h) for h, up, down in samples]  # errs by a h² + b h⁴
    bends = [(up - 2 * middle + down) / h for h, up, down in samples]  # by a h + b h³
    found = _extrapolated(central, roundings, (4, 16))
    bend = _extrapolated(bends, roundings, (2, 8))
    certain = bend.converged and abs(bend.slope) > max(
        100 * bend.uncertainty, 1e-3 * abs(found.slope)
    )
    return found._replace(bend=bend.slope) if certain else found


def _extrapolated(
    estimates: list[float], roundings: list[float], factors: tuple[int, int]
) -> _Difference:
    """The extrapolation to step 0 that differs least from its neighbours; halving the step divides
    the two largest errors by the factors.
    """
    for factor in factors:
        estimates = [
            (factor * fine - coarse) / (factor - 1) for coarse, fine in pairwise(estimates)
        ]
    changes = [abs(fine - coarse) for coarse, fine in pairwise(estimates)]
    candidates = []
    for k, spread in enumerate(map(max, pairwise(changes)), 1):
        rounding = roundings[k - 1] * 2.0**3  # that of the finest of the three steps within
        converged = spread <= max(1e-3 * abs(estimates[k]), 1e4 * rounding)
        candidates.append(_Difference(estimates[k], spread + rounding, converged))
    return min(candidates, key=lambda candidate: candidate.uncertainty)


def _argument_names(f: Callable[..., Any], n: int) -> list[str]:
    """The names of f's first n positional parameters, as far as they are known."""
    import inspect  # slow to import

    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # a builtin function may not tell
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [*names[:n], *(f"args[{i}]" for i in range(len(names), n))]


def _one_number(y: Any) -> float:
    numbers = _floats(Raveled(y, "the result"))
    if len(numbers) != 1:
        raise TransformError(f"numerical_gradient() takes a function of one number, got {y!r}")
    return numbers[0]


def _floats(raveled: Raveled) -> list[float]:
    return [float(x.data if isinstance(x, Value) else x) for x in raveled.numbers]
