"""What the modules that backend "numpy" writes import: a view along two or three axes."""

from __future__ import annotations

from typing import Any

from numpy.lib.stride_tricks import as_strided


def grid(x: Any, first: int, *axes: tuple[int, int]) -> Any:
    """A view of x from its row ``first`` on: for each axis, how many rows and how far apart."""
    shape = [count for count, _ in axes]
    strides = [step * x.strides[0] for _, step in axes]
    return as_strided(x[first:], [*shape, *x.shape[1:]], [*strides, *x.strides[1:]])
