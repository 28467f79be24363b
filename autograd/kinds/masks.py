"""Branches not taken send nothing, which is not 0: 0 · inf would be nan.

On one number "nothing" is NOTHING, and no formula runs on it. Of many (a batch, a symbol that may
be any number) some take a branch and others do not: the adjoint is then `Masked`. Formulas never
meet one: a sweep gives them its ``data`` and puts the mask on what they answer.
"""

from __future__ import annotations

import threading
from typing import Any

from . import kind as kinds
from .kind import NOTHING, Number, find, kind_of, register, shape_of, to_shape


class Masked:
    """An adjoint that was sent under a mask; elsewhere ``data`` is garbage that nobody looks at.

    A mask is an array of booleans, or SymPy's condition.
    """

    __slots__ = ("data", "mask", "zeros")
    __array_ufunc__ = None  # an array on the left leaves the operation to us
    _op_priority = 1e3  # and so does SymPy's expression

    def __init__(self, data: Number, mask: Any, zeros: bool = False) -> None:
        self.data, self.mask, self.zeros = data, mask, zeros  # zeros: data is 0 elsewhere

    @property
    def shape(self) -> tuple[int, ...]:
        """Of data and mask together: a number sent to some samples only has a shape."""
        shapes = shape_of(self.data), shape_of(self.mask)
        return max(shapes, key=len) if shapes[0] != shapes[1] else shapes[0]

    def __add__(self, other: Any) -> Any:
        if type(other) is not Masked:
            return instantiate(self) + other
        if other.mask is self.mask:
            return Masked(self.data + other.data, self.mask, self.zeros and other.zeros)
        meets = getattr(self.mask, "meets", None)  # of truths that are undecided
        if meets and not meets(other.mask):
            either = find("where", self.mask, self.data, other.data)
            return masked(either(self.mask, self.data, other.data), self.mask | other.mask)
        return Masked(instantiate(self) + instantiate(other), self.mask | other.mask, zeros=True)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        """A partial derivative times a tangent, of which either may be masked."""
        if type(other) is Masked:
            return Masked(self.data * other.data, both(self.mask, other.mask))
        return Masked(self.data * other, self.mask)

    __rmul__ = __mul__


def both(mask: Any, other: Any) -> Any:
    """Where both masks hold; True is no mask."""
    return other if mask is True else mask if other is True or other is mask else mask & other


def masked(c: Number, mask: Any) -> Number:
    """What a formula answered, under the mask of the adjoint that it was given."""
    if mask is True or c is NOTHING:
        return c
    if type(c) is not Masked:
        return Masked(c, mask)
    mask = both(mask, c.mask)
    return NOTHING if mask is False else Masked(c.data, mask)


def instantiate(g: Number) -> Number:
    """An adjoint as a number: 0 where nothing was sent."""
    if type(g) is not Masked:
        return g
    if g.zeros:
        return g.data
    return find("where", g.data, g.mask)(g.mask, g.data, 0)


def as_seen(g: Masked) -> Number:
    """A masked adjoint as a formula sees it: 0 where nothing was sent, so that strays are noticed.

    Under a mask that is undecided nothing strays: what was sent, which is one of the alternatives.
    """
    return g.data if hasattr(g.mask, "meets") else instantiate(g)


def data_and_mask(g: Number) -> tuple[Number, Any]:
    """An adjoint as the formulas see it, and its mask."""
    return (g.data, g.mask) if type(g) is Masked else (g, True)


def unbroadcast(c: Number, x: Number) -> Number:
    """The adjoint c as an operand that holds x takes it, its mask kept where it keeps its samples."""
    if c is NOTHING or type(c) is not Masked:
        return c if c is NOTHING else kinds.unbroadcast(c, x)
    shape = shape_of(x)
    if c.shape == shape and shape_of(c.data) == shape:
        return c
    if not shape:
        return (
            kinds.unbroadcast(instantiate(c), x)
            if shape_of(c.mask) == () or c.mask.any()
            else NOTHING
        )
    count = to_shape(to_shape(c.mask.astype(float), c.shape), shape)  # of samples that add up
    return Masked(to_shape(instantiate(c), shape), count > 0, zeros=True)


def plus(a: Number, b: Number) -> Number:
    """The sum of two adjoints or tangents."""
    return b + a if type(b) is Masked else a + b


class _Met(threading.local):
    """How often a sweep without masks met a branch not taken: it may have computed 0 · inf."""

    count = 0


met = _Met()


def _without_mask(c: Masked, x: Number) -> Number:
    met.count += 1
    return kinds.unbroadcast(instantiate(c), x)


def _of_number(name: str) -> Any:
    return lambda g: getattr(kind_of(instantiate(g)), name)(instantiate(g))


register(
    Masked,
    {
        "unbroadcast": _without_mask,
        "only": lambda c, g: NotImplemented,
        "like": lambda n, g: kind_of(g.data).like(n, g.data),  # type: ignore[union-attr]
        "is_nan": _of_number("is_nan"),
        "is_finite": _of_number("is_finite"),
    },
    priority=3,
)
