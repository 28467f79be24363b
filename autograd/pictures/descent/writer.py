"""From a loss of two parameters to a page: its surface by Python, its graph for the path to follow.

The page goes down the gradient by the registry's own formulas, recorded as those of the step-through
page are; so its path is that of Python's gradient descent, whatever rate and momentum are dragged to.
"""

from __future__ import annotations

import html
import math
import operator
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...context import no_grad
from ...tools.wording import number
from ...value import Value
from ..page.macro import macro
from ..page.program import Formulas
from ..page.sheet import HERE, Page, Sheet

Interval = tuple[float, float]
Loss = Callable[[Any, Any], Any]

GRID = 61  # points a side of the surface
FOLDER = Path(__file__).parent
SHEET = Sheet(
    FOLDER / "body.html",
    (
        *(
            HERE / f"{name}.js"
            for name in "special arithmetic interpreter words dom editor".split()
        ),
        *(FOLDER / f"{name}.js" for name in "path surface curve descent start".split()),
    ),
    (FOLDER / "descent.css",),
)


def of_loss(
    loss: Loss,
    start: Sequence[float],
    limits: Sequence[Interval],
    lr: float,
    momentum: float,
    steps: int,
    names: Sequence[str],
) -> Page:
    """See `autograd.descent_page`."""
    _check(start, limits, lr, momentum, steps, names)
    recorded, heights = program(loss, start, names), surface(loss, limits)
    data = {
        "program": recorded,
        "names": list(names),
        "start": list(map(float, start)),
        "limits": [list(map(float, ends)) for ends in limits],
        "rate": float(lr),
        "momentum": float(momentum),
        "steps": int(steps),
        "heights": [[x if x - x == 0 else None for x in row] for row in heights],
    }
    said = summary(heights, limits, names)
    title = f"Gradient descent on a loss of {names[0]} and {names[1]}"
    text = SHEET.fill(title, {**data, "summary": said})
    return Page(text, "descent page", lambda: f"<p>{html.escape(said)}</p>")


def surface(loss: Loss, limits: Sequence[Interval]) -> list[list[float]]:
    """The loss on a grid: a row for every value of the second parameter, from the lowest up."""
    xs, ys = (_even(*ends) for ends in limits)
    with no_grad():
        return [[_height(loss(Value(x), Value(y))) for x in xs] for y in ys]


def program(loss: Loss, start: Sequence[float], names: Sequence[str]) -> dict[str, Any]:
    """The loss as a graph for the page, its parameters the first two nodes.

    Raises TypeError for what does not run on numbers that are being recorded.
    """
    formulas = Formulas()
    try:  # times 1: the loss is a node of its own, even where it is a parameter itself
        recorded = macro(lambda w, b: _one(loss(w, b)) * 1, (None, None), formulas)
    except TypeError as error:
        raise TypeError(f"the page cannot record this loss: {error}") from error
    leaves = [{"value": float(x), "label": n} for x, n in zip(start, names, strict=True)]
    nodes = [{**node, "operands": [*map(_moved, node["operands"])]} for node in recorded["nodes"]]
    if not nodes:
        raise TypeError("this loss is a constant: it depends on neither of its parameters")
    return {"nodes": leaves + nodes, "formulas": formulas.recorded, "fixed": []}


def _one(result: Any) -> Any:
    """What a loss returned, unless it is several numbers."""
    if isinstance(result, (list, tuple)):
        raise TypeError(
            f"it is to return one number, and returned {len(result)}: their sum or mean?"
        )
    return result


def _moved(place: Any) -> Any:
    """The place of an operand behind the two parameters."""
    if type(place) is not str or place[0] not in "x#":
        return place
    return f"#{place[1:]}" if place[0] == "x" else f"#{int(place[1:]) + 2}"


def summary(
    heights: Sequence[Sequence[float]], limits: Sequence[Interval], names: Sequence[str]
) -> str:
    """The surface in words: its lowest and its highest place."""
    xs, ys = (_even(*ends) for ends in limits)
    places = [
        (z, x, y)
        for row, y in zip(heights, ys, strict=True)
        for z, x in zip(row, xs, strict=True)
        if math.isfinite(z)
    ]
    if not places:
        raise ValueError(f"the loss is finite nowhere within limits={limits}")
    ends = [f"{n} from {number(a)} to {number(b)}" for n, (a, b) in zip(names, limits, strict=True)]
    low, high = (
        f"{number(z)} at {names[0]} = {number(x)}, {names[1]} = {number(y)}"
        for z, x, y in (min(places), max(places))
    )
    return f"The loss over {' and '.join(ends)}: lowest {low}; highest {high}."


def _even(low: float, high: float) -> list[float]:
    return [low + (high - low) * i / (GRID - 1) for i in range(GRID)]


def _height(loss: Any) -> float:
    return float(loss.data if isinstance(loss, Value) else loss)


def _check(
    start: Sequence[float],
    limits: Sequence[Interval],
    lr: float,
    momentum: float,
    steps: int,
    names: Sequence[str],
) -> None:
    checks: tuple[tuple[Callable[[], bool], str, Any], ...] = (
        (
            lambda: len(start) == 2 and all(map(math.isfinite, start)),
            "start is two finite numbers",
            start,
        ),
        (
            lambda: len(limits) == 2 and all(math.isfinite(b - a) and a < b for a, b in limits),
            "limits are two intervals ((low, high), (low, high))",
            limits,
        ),
        (lambda: 0 < lr < math.inf, "the learning rate lr is above 0", lr),
        (lambda: 0 <= momentum < 1, "momentum is 0 or more and below 1", momentum),
        (lambda: operator.index(steps) >= 1, "steps is 1 or more", steps),
        (
            lambda: len(set(names)) == 2 and all(isinstance(n, str) and n for n in names),
            "names are two different texts",
            names,
        ),
    )
    for holds, said, given in checks:
        try:
            good = holds()
        except (TypeError, ValueError):  # of what it cannot be asked
            good = False
        if not good:
            raise ValueError(f"{said}, got {given!r}")
