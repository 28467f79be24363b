"""Branches not taken send nothing, which is not 0: 0 · inf would be nan.

On one number "nothing" is `NOTHING`, and no formula runs on it. In a batch some samples take a
branch and others do not: sweeps run plainly with 0 there, and only if a gradient came out nan once
more on adjoints that carry a mask (`kinds/arrays.py`).
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from .registry import Number, is_nan, question

NOTHING: Final = float("0.0")
"""What a branch not taken sends: a 0.0 known by identity."""

filled = question("filled", lambda g: g)  # an adjoint with the number 0 where nothing was sent
sent = question("sent", lambda g: True)  # the samples that an adjoint was sent to


class _Masks(threading.local):
    """Whether `only` keeps a mask beside a batch's adjoint, and whether it would have had one."""

    depth = 0  # of nested sweeps: the outermost decides
    on = False
    met = False
    sweeping = False  # formulas are running: arrays among their constants are ours


masks = _Masks()


@contextlib.contextmanager
def _set_masks(on: bool) -> Iterator[None]:
    before = masks.on
    masks.on, masks.met, masks.depth = on, False, masks.depth + 1
    try:
        yield
    finally:
        masks.on, masks.depth = before, masks.depth - 1


@contextlib.contextmanager
def sweeping() -> Iterator[None]:
    """While formulas run: NumPy's warnings off (the user's own operations keep their setting)."""
    numpy = sys.modules.get("numpy")
    before, masks.sweeping = masks.sweeping, True
    try:
        with numpy.errstate(all="ignore") if numpy else contextlib.nullcontext():
            yield
    finally:
        masks.sweeping = before


@contextlib.contextmanager
def keeping_masks() -> Iterator[None]:
    """Every sweep in the block runs with masks at once: no number is seen that was not sent."""
    before, masks.on = masks.on, True
    try:
        yield
    finally:
        masks.on = before


def sparing_masks(sweep: Callable[[], Sequence[Number]]) -> Sequence[Number]:
    """Run a sweep plainly, and over again with masks only if a gradient that it returns is nan.

    A sample's untaken branch must send nothing, but 0 · inf is nan. Masks cost time, so they are
    used only where an untaken branch was met and a nan seen. Inner sweeps follow the outermost.
    """
    if masks.depth:
        return sweep()
    with _set_masks(on=masks.on):
        gradients = sweep()
        again = not masks.on and masks.met and any(map(is_nan, gradients))
    if again:
        with _set_masks(on=True):
            gradients = sweep()
    return gradients
