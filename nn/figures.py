"""Figures of matplotlib: axes to draw on, and alternative text for those who do not see them.

matplotlib's figures have none, and notebooks show them as pictures without. A figure that was
described comes into a notebook as HTML with an ``alt``.
"""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from .extras import from_extra

MOST = 6  # curves that are told one by one


def axes_of(ax: Any) -> Any:
    """The axes given, or those of a new figure."""
    if ax is not None:
        return ax
    with from_extra("plots"):
        from matplotlib import pyplot as plt

    return plt.subplots(layout="constrained")[1]


def curve(ax: Any, values: Sequence[float], label: str) -> None:
    """What a number was after each epoch: a line, of a single epoch a dot."""
    ax.plot(values, label=label, marker="o" if len(values) == 1 else "")
    ax.set(xlabel="epoch")
    if len(values) == 1:
        ax.set_xticks([0])
    else:
        ax.locator_params(axis="x", integer=True)  # there is no epoch 2.5


def describe(ax: Any, text: str) -> Any:
    """Say what the axes show: the text becomes part of their figure's `alternative_text`.

    >>> from matplotlib.figure import Figure
    >>> ax = describe(Figure().subplots(), "Nothing yet.")
    >>> alternative_text(ax.figure)
    'Nothing yet.'
    """
    ax.alternative = text
    ax.figure._repr_mimebundle_ = partial(_asked, ax.figure)  # what IPython asks for
    return ax


def describe_figures() -> None:
    """From here on every figure of matplotlib has its `alternative_text` in this notebook.

    Outside of IPython this does nothing: what is saved to a file has no place for it.

    >>> describe_figures()
    """
    shell = running_shell()
    if shell is not None:
        from matplotlib.figure import Figure

        shell.display_formatter.mimebundle_formatter.for_type(Figure, _asked)


def alternative_text(figure: Any) -> str:
    """What a figure shows: of each axes what `describe` said, else what can be read off them.

    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> _ = ax.plot([0, 10], [1.0, 0.25], label="loss"), ax.set_xlabel("epoch")
    >>> alternative_text(ax.figure)
    'epoch from 0 to 10. loss: from 1 to 0.25.'
    """
    plots = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    shown = [ax for ax in plots if said(ax) or ax.axison or ax.has_data()]
    return " ".join(getattr(ax, "alternative", None) or _read(ax) for ax in shown)


def said(ax: Any) -> bool:
    """Whether axes have been described."""
    return hasattr(ax, "alternative")


def in_notebook(figure: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """A figure as IPython's mimebundle: an ``<img>`` with its text, and the text as metadata."""
    from html import escape

    (data, size), alt = _png(figure), alternative_text(figure)
    box = "".join(f' {name}="{n}"' for name, n in size.items())
    img = f'<img alt="{escape(alt)}"{box} src="data:image/png;base64,{data}">'
    bundle = {"text/html": img, "image/png": data, "text/plain": alt}
    return bundle, {"image/png": {"alt": alt, **size}}


def _png(figure: Any) -> tuple[str, dict[str, int]]:
    """A figure as PNG in base 64, as the notebook is configured to draw it, and its size if it says."""
    shell = running_shell()
    drawn = shell and shell.display_formatter.formatters["image/png"](figure)
    if drawn:
        data, size = drawn if isinstance(drawn, tuple) else (drawn, {})
    else:
        file = io.BytesIO()
        figure.savefig(file, format="png", bbox_inches="tight")
        data, size = file.getvalue(), {}
    return base64.b64encode(data).decode() if isinstance(data, bytes) else data, size


def _asked(figure: Any, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """`in_notebook` for IPython, which asks its own formatter for a PNG of the same figure next:
    that is told what was drawn, once, for drawing is what takes long.
    """
    shell = running_shell()
    formatter = shell and shell.display_formatter.formatters["image/png"]
    if not (formatter and formatter.enabled):
        return in_notebook(figure)
    known = formatter.singleton_printers
    known.pop(id(figure), None)  # of a time when it was not asked
    bundle, metadata = in_notebook(figure)

    def drawn(_: Any) -> tuple[str, dict[str, Any]]:
        del known[id(figure)]
        return bundle["image/png"], metadata["image/png"]

    known[id(figure)] = drawn
    return bundle, metadata


def running_shell() -> Any:
    """The IPython that this program runs in, or None."""
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


# ------------------------------------------------------------------------------- read off the axes


def _read(ax: Any) -> str:
    """Title, axes with their ranges, curves, points, bars and images of axes not described."""
    titles = [ax.get_title(loc) for loc in ("left", "center", "right")]
    parts = [*titles, *_ranges(ax), *_curves(ax.get_lines()), *_others(ax)]
    words = (" ".join(part.split()).rstrip(".:") for part in parts)
    return " ".join(f"{part}." for part in words if part) or "An empty plot."


def _ranges(ax: Any) -> Iterator[str]:
    for name in ("x", "y", "z"):
        label = getattr(ax, f"get_{name}label", str)()
        if label:
            low, high = sorted(getattr(ax, f"{name}axis").get_data_interval())
            span = f" from {low:.3g} to {high:.3g}" if low < high and name != "y" else ""
            yield label + span


def _curves(lines: Any) -> Iterator[str]:
    named = [(line, _finite(line.get_ydata(orig=False))) for line in lines]
    told = [(line, ys) for line, ys in named if len(ys) > (2 if line.get_label()[:1] == "_" else 1)]
    for i, (line, ys) in enumerate(told[:MOST], 1):
        label = str(line.get_label())
        name = f"curve {i}" if label[:1] == "_" else label
        yield f"{name}: {_course(ys, joined=line.get_linestyle() != 'None')}"
    if len(told) > MOST:
        yield f"{len(told) - MOST} more curves"


def _course(ys: list[float], *, joined: bool) -> str:
    """Where a curve goes, or between what points lie that no line joins."""
    within = f"between {min(ys):.3g} and {max(ys):.3g}"
    if not joined:
        return f"{len(ys)} points {within}"
    ends = f"from {ys[0]:.3g} to {ys[-1]:.3g}"
    return ends if {min(ys), max(ys)} == {ys[0], ys[-1]} else f"{ends}, {within}"


def _finite(ys: Any) -> list[float]:
    return [y for y in map(float, ys) if y - y == 0]


def _others(ax: Any) -> Iterator[str]:
    for points in ax.collections:
        n = len(points.get_offsets())
        if type(points).__name__.startswith("Path") and n:
            label = str(points.get_label())
            yield f"{n} point{'s' * (n > 1)}" + ("" if label.startswith("_") else f", {label}")
    for bars in ax.containers:
        heights = ", ".join(f"{bar.get_height():.3g}" for bar in list(bars)[:MOST])
        yield f"{len(bars)} bars: {heights}" + (", …" if len(bars) > MOST else "")
    for image in ax.images:
        yield "an image of {} × {}".format(*image.get_array().shape[:2])
