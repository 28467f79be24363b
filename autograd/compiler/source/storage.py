"""How a source text stores a program's numbers: in variables, or as elements of a list.

A slot that every group names by its number is a variable, ``u3``: that reads best. A slot that some
loop reaches by an address that moves, ``u[3 + i]``, is an element of a list wherever it is met.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..rolling.rolled import Leaf, Rolled, addresses, uses

Axes = Sequence[tuple[str, int]]
"""Loop variables, and how far an address moves with each."""


class Storage:
    """Which slots of a program are elements of lists: ``elements`` marks those of each space."""

    def __init__(self, rolled: Rolled) -> None:
        self.sizes = {
            "K": len(rolled.constants),
            "T": len(rolled.tables),
            "U": rolled.uniform_slots,
            "S": rolled.sample_slots,
            "L": rolled.locals,
        }
        self.elements = {space: bytearray(size) for space, size in self.sizes.items()}
        self.elements["T"] = bytearray(b"\1" * self.sizes["T"])
        for group, iterations in rolled.groups():
            for leaf, stride, terms in (*uses(group), (group.target, 0, 1)):
                if leaf.space == "A":
                    continue
                places = addresses(rolled, group, leaf, iterations, stride, terms)
                if len(places) > 1 or leaf.looked_up:
                    for place in places:
                        self.elements[leaf.space][place] = 1

    def is_element(self, leaf: Leaf) -> bool:
        """Whether a leaf is an element of a list."""
        return leaf.space == "A" or leaf.looked_up or bool(self.elements[leaf.space][leaf.base])

    def has(self, space: str) -> bool:
        """Whether the text needs a list for a space."""
        return any(self.elements[space])


def affine(base: int, axes: Axes) -> str:
    """An address as text: 3 + 4 * i."""
    text = "" if base == 0 else str(base)
    for name, step in axes:
        if step:
            size = name if abs(step) == 1 else f"{abs(step)} * {name}"
            sign = "-" if step < 0 else "+"
            text = f"{text} {sign} {size}" if text else size if step > 0 else f"-{size}"
    return text or "0"
