"""What plots have in common: colours for signs, and a scale of colours."""

from __future__ import annotations

from typing import Any

DIVERGING = "RdBu_r"  # blue is negative, red positive, white 0


def colorbar(mappable: Any, ax: Any, label: str, **settings: Any) -> None:
    """The scale of colours beside the axes."""
    from matplotlib.ticker import MaxNLocator

    ax.figure.colorbar(mappable, ax=ax, label=label, ticks=MaxNLocator(6), pad=0.02, **settings)
