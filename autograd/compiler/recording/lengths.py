"""The lengths of a lazy array: known, but whoever computes with one has a program for that length."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .samples import Samples

if TYPE_CHECKING:
    from .lazy import Lazy


class Length:
    """The length of an axis of an array."""

    __slots__ = ("axis", "n", "of")

    def __init__(self, of: Lazy, axis: int) -> None:
        self.of, self.axis, self.n = of, axis, of.form[axis]

    def __index__(self) -> int:
        self.of.fix(self.axis)
        return self.n

    __int__ = __index__

    def __repr__(self) -> str:
        return str(int(self))

    def __hash__(self) -> int:
        return hash(int(self))

    def __eq__(self, other: object) -> bool:
        """Two that turn out to be the number of samples stay equal; others are fixed."""
        if isinstance(other, Length):
            self.of.recorder.tie(self.of.led_by(self.axis) | other.of.led_by(other.axis))
            return self.n == other.n
        if isinstance(other, Samples):
            if self.n != other.length:
                return bool(other == int(self))
            self.of.recorder.tie(self.of.led_by(self.axis))
            return True
        return int(self) == other


def _computing(operate: Callable[[Any, Any], Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    return (lambda x, y: operate(int(x), y)), (lambda x, y: operate(y, int(x)))


for _name in "add sub mul truediv floordiv mod pow".split():
    _forward, _swapped = _computing(getattr(operator, _name))
    setattr(Length, f"__{_name}__", _forward)
    setattr(Length, f"__r{_name}__", _swapped)
for _name in "lt le gt ge".split():
    setattr(Length, f"__{_name}__", _computing(getattr(operator, _name))[0])
