"""How a Value is written: its `repr`, and its number in a format."""

from __future__ import annotations

from ..kinds.kind import Number, shape_of


class Text:
    """A Value as text."""

    __slots__ = ()
    data: Number
    grad: Number
    label: str

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={_text(self.data)}, grad={_text(self.grad)}{label})"

    def __format__(self, spec: str) -> str:
        """The number in a format, as ``f"{v:.3f}"``; of a batch every sample."""
        if not spec:
            return repr(self)
        if not shape_of(self.data):
            return format(self.data, spec)
        return f"[{', '.join(format(x, spec) for x in self.data)}]"


def _text(x: Number) -> str:
    try:
        return str(x)
    except ValueError:  # an exact number of more digits than Python writes
        from ..kinds.fractions import approximately  # loaded with the number

        return approximately(x)
