"""What a program computes on: numbers of one width, and everything that follows from the width.

A program says which operations there are, an `Element` of what: float64, or float32, of which a
register holds twice as many. IEEE 754 lays both out alike: a sign, an exponent with a bias, a fraction.
So whatever is written about the one in these terms holds for the other.
"""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

import numpy as np


class Element(NamedTuple):
    """A width of binary floating-point numbers."""

    name: str  # as NumPy has it
    llvm: str
    bytes: int
    fraction: int  # bits of it

    @property
    def dtype(self) -> Any:
        """NumPy's type."""
        return np.dtype(self.name)

    @property
    def bits(self) -> int:
        """Of a number."""
        return 8 * self.bytes

    @property
    def exponent(self) -> int:
        """Bits of the exponent."""
        return self.bits - 1 - self.fraction

    @property
    def bias(self) -> int:
        """What the exponent of 1 is stored as."""
        return (1 << (self.exponent - 1)) - 1

    @property
    def least(self) -> float:
        """The least number that is not subnormal."""
        return 2.0 ** (1 - self.bias)

    def rounded(self, x: float) -> float:
        """The nearest number of this width, as a float; inf beyond them all."""
        if self == DOUBLE:
            return x
        with np.errstate(over="ignore", under="ignore"):
            return float(self.dtype.type(x))

    def text(self, x: float) -> str:
        """The shortest decimal of which x is the nearest number."""
        return repr(x) if self == DOUBLE else str(self.dtype.type(x))

    def pattern(self, x: float) -> int:
        """The bits of a number, as an integer."""
        return int(self.dtype.type(x).view(f"i{self.bytes}"))


DOUBLE = Element("float64", "double", 8, 52)
SINGLE = Element("float32", "float", 4, 23)


def element_of(dtype: Any) -> Element:
    """The element that a user names, as NumPy takes names: "float32", np.float32, np.dtype("f4")."""
    for element in (DOUBLE, SINGLE):
        with contextlib.suppress(TypeError):  # what NumPy knows no type by
            if dtype is not None and np.dtype(dtype) == element.dtype:
                return element
    raise ValueError(f'dtype is "float64" or "float32", given {dtype!r}')
