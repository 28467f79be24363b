"""An operation of the gallery: a plot of it and its derivatives, and its edge cases as a table.

Apart from `make_gallery.py`, so that the notebook does not load what only writing it needs.
"""

from __future__ import annotations

import inspect
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from autograd import PRIMITIVES, Value
from IPython.display import Markdown

INF, NAN = float("inf"), float("nan")
STYLES = ("--", ":", "-.", (0, (1, 1)), (0, (6, 3)), (0, (4, 1, 1, 1, 1, 1)))  # of the derivatives
ONE = [(x,) for x in (-INF, -1000.0, -1.0, 0.0, 1.0, 1000.0, INF, NAN)]
TWO = [
    (0.0, 0.0),
    (1.0, 1.0),
    (1.0, 0.0),
    (0.0, 1.0),
    (-2.0, 3.0),
    (INF, 1.0),
    (1.0, INF),
    (NAN, 1.0),
]
MANY = [
    (1.0, 2.0, 3.0),
    (0.0, 2.0, 3.0),
    (0.0, 0.0, 3.0),
    (1000.0, 1000.0, 0.0),
    (-INF,) * 3,
    (NAN, 1.0, 2.0),
]
CHOICES = [(True, 1.0, 2.0), (False, 1.0, 2.0), (True, 1.0, NAN), (False, NAN, 2.0)]


def show(name: str) -> Markdown:
    """Plot an operation and its partial derivatives, and tabulate its edge cases."""
    with np.errstate(all="ignore"):  # edges are what this is about
        plot(name)
    plt.show()
    return Markdown(edges(name))


def plot(name: str) -> Any:
    """The value and the partial derivatives along the first operand, by one backward pass."""
    x = np.linspace(-3, 3, 1201)
    operands, leaves, given = along(x, [*inspect.signature(PRIMITIVES[name]).parameters])
    z = PRIMITIVES[name](*operands)
    z.backward()
    _, ax = plt.subplots(figsize=(6, 2.4))
    ax.plot(x, connected(z.data), label="$z$")
    for (letter, leaf), style in zip(leaves.items(), STYLES, strict=False):
        derivative = np.where(np.isnan(z.data), NAN, leaf.grad)
        label = rf"$\partial z/\partial {letter}$"
        ax.plot(x, connected(derivative), linestyle=style, label=label)
    ax.set(xlabel=f"${next(iter(leaves))}$", title=name + given, ylim=limits(ax.get_ylim()))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


def along(x: np.ndarray, parameters: list[str]) -> tuple[list[Any], dict[str, Value], str]:
    """Operands of which the first runs along x, the Values among them, and what is given."""
    if parameters[0] in ("xs", "ws"):
        return along_sequences(x, [p[0] for p in parameters])
    leaves = {p: Value(x if p == "x" else np.full_like(x, 1.5)) for p in parameters if p != "c"}
    given = ", $y = 1.5$" if "y" in leaves else ""
    if "c" in parameters:
        return [x > 0, *leaves.values()], leaves, f"{given}, $c = (x > 0)$"
    return [*leaves.values()], leaves, given


def along_sequences(x: np.ndarray, letters: list[str]) -> tuple[list[Any], dict[str, Value], str]:
    """One or two sequences of three operands, of which the very first runs along x."""
    leaves, operands, given = {}, [], ""
    for letter, numbers in zip(letters, ((x, 1.5, -0.5), (2.5, 1.0, 2.0)), strict=False):
        names = [f"{letter}_{i}" for i in (1, 2, 3)]
        sequence = [Value(n + np.zeros_like(x)) for n in numbers]
        leaves |= dict(zip(names, sequence, strict=True))
        operands.append(sequence)
        constant = [(k, n) for k, n in zip(names, numbers, strict=True) if n is not x]
        given += "".join(f", ${k} = {n:g}$" for k, n in constant)
    return operands, leaves, given


def connected(y: np.ndarray) -> np.ndarray:
    """The curve with a gap where it jumps, and where it is not finite."""
    y = np.where(np.isfinite(y), y, NAN)
    jumps = np.abs(np.diff(y, append=y[-1])) > 0.4
    return np.where(jumps, NAN, y)


def limits(found: tuple[float, float], far: float = 5.0) -> tuple[float, float]:
    """The limits of an axis, but poles do not push everything else together."""
    return max(found[0], -far), min(found[1], far)


def edges(name: str) -> str:
    """The value and the gradients of an operation at its edge cases, as a table in Markdown.

    The engine's answers as they are; where the value is nan, a formula such as 1/x may still give a
    number, but it is the derivative of nothing.
    """
    op = PRIMITIVES[name]
    parameters = [*inspect.signature(op).parameters]
    rows: list[list[str]] = []
    for point in points(parameters):
        shown, operands, leaves = at(parameters, point)
        z = op(*operands)
        z.backward()
        nowhere = np.isnan(z.data)  # where there is no value, there is no derivative
        gradients = ("–" if nowhere else number(leaf.grad) for leaf in leaves)
        rows.append([shown, number(z.data), *gradients])
    partials = {1: "∂z/∂x", 2: "∂z/∂x, ∂z/∂y"}.get(len(rows[0]) - 2, "gradients")
    header = ", ".join(parameters)
    lines = [f"| {header} | z | {partials} |", "|---|---|---|"]
    lines += [f"| {shown} | {z} | {', '.join(gradients)} |" for shown, z, *gradients in rows]
    return "\n".join(lines)


def points(parameters: list[str]) -> list[tuple[Any, ...]]:
    if "c" in parameters:
        return CHOICES
    if "xs" in parameters:
        return MANY
    return TWO if len(parameters) == 2 else ONE


def at(parameters: list[str], point: tuple[Any, ...]) -> tuple[str, list[Any], list[Value]]:
    """A point as it is shown, the operands, and those of them that are Values."""
    if "xs" not in parameters:
        operands = [x if isinstance(x, bool) else Value(x) for x in point]
        return ", ".join(map(number, point)), operands, [v for v in operands if type(v) is Value]
    leaves = [Value(x) for x in point]
    operands = [leaves] if len(parameters) == 1 else [leaves, [1.0, 2.0, 3.0]]
    shown = f"({', '.join(map(number, point))})"
    return shown if len(parameters) == 1 else f"{shown}, (1, 2, 3)", operands, leaves


def number(x: Any) -> str:
    return str(x) if isinstance(x, bool) else f"{x:.6g}".replace("inf", "∞").replace("-", "−")
