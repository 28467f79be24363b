"""Samples: how many a number holds, and sums over those that two numbers do not share.

A number that all samples of a batch share, such as a weight, receives the sum of what each sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, cast

from .errors import BatchError
from .registry import Number, find, like, operand, question
from .untaken import masks, sent


def shape(x: Number) -> tuple[int, ...]:
    """(n,) for a batch of n samples, () for one number, a leading axis for each nested `vmap`."""
    return getattr(x, "shape", ())


def to_shape(c: Number, shape: tuple[int, ...]) -> Number:
    """c summed over the samples that the shape lacks, repeated over those that c lacks."""
    return c if getattr(c, "shape", ()) == shape else find("to_shape", c)(c, shape)


def _repeated(c: Number, shape: tuple[int, ...]) -> Number:
    return import_module(".kinds.arrays", __package__).to_shape(c, shape)


def conform(c: Number, x: Number) -> Number:
    """What an argument x receives of c: the sum over samples if x is shared by all of them.

    An x that was itself sent to some samples only, in a sweep under masks, receives only there.
    """
    c = to_shape(c, shape(x))
    reached = sent(x) if masks.on else True
    return c if reached is True else find("only", reached, c)(reached, c)


def each_conformed(cs: Sequence[Number], xs: Sequence[Number]) -> Sequence[Number]:
    """What each of many arguments receives, where their kinds allow to answer at once; else none."""
    if len({*map(type, cs)}) != 1 or len({*map(type, xs)}) != 1:
        return ()
    return cast("Sequence[Number]", find("each_conformed", cs[0])(cs, xs))


def seed(g: Number, z: Number) -> Number:
    """The adjoint that a sweep starts with at a node of number z."""
    g = operand(g)
    if shape(g) not in ((), shape(z)):
        raise BatchError(f"a gradient of shape {shape(g)} for a number of shape {shape(z)}")
    if isinstance(g, int):
        g = like(g, z)  # 1 as a number of z's kind, which divides by zero as that kind does
    return conform(float(g) if type(z) is float else g, z)


def check_lengths(name: str, *numbers: Any) -> None:
    """BatchError unless all one-dimensional arrays among the numbers have one length."""
    slots = (n if isinstance(n, (tuple, list)) else (n,) for n in numbers)
    shapes: set[tuple[int, ...]] = {
        getattr(x, "shape", ()) for slot in slots for x in slot if type(x) is not float
    }
    lengths = {axes[0] for axes in shapes if len(axes) == 1}
    if len(lengths) > 1:
        raise BatchError(f"{name}: batches of different lengths met: {sorted(lengths)} samples")


question("to_shape", _repeated)
question("each_conformed", lambda cs, xs: ())
