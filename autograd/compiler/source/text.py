"""The program that `jit(f).program` prints: what is computed, line by line, loops as loops.

It reads as the source for "python" does, but for how numbers are kept: inputs have the names of the
caller's arguments, and no list is made. ``s3`` and ``s[3]`` are numbers of sample t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from ..programs.program import OF_ORDER
from ..rolling.rolled import Leaf, Rolled
from .forms import IEEE, PYTHON
from .loop_writer import LoopWriter
from .storage import Axes, affine

FORMS = IEEE | {op: PYTHON[op] for op in ("div", "mod")}
FORMS |= {op: FORMS[op]._replace(pattern=f"{op}({{}}, {{}})") for op in OF_ORDER}
Way = tuple[str, int, int]
"""What moves an address: a loop variable (":" along a dot), how far, and how many values it takes."""


@dataclass(frozen=True)
class Labels:
    """The names of the argument arrays, and their shapes (of one with a row for each sample, that of
    a row).
    """

    names: Sequence[str]
    shapes: Sequence[tuple[int, ...]]

    def element(self, array: int, base: int, ways: Sequence[Way]) -> str | None:
        """An element of an array, ``w[2, 1]``, or ``w[1 + i, 1]`` in a loop; None if it has no such
        name, because the address runs over the end of a row. In an array of shape (3, 4) the last one
        has the base 5, which is [1, 1], and goes one way, ("i", 4, 2): two values of i, row by row.
        """
        shape = self.shapes[array]
        sample = [step for name, step, _ in ways if name == "t"]
        if sample and sample[0] != prod(shape):
            return None
        ways = [way for way in ways if way[0] != "t"]
        index: list[str | None] = ["t"] * len(sample)
        for k, length in enumerate(shape):
            size = prod(shape[k + 1 :])
            here = [(name, step // size, n) for name, step, n in ways if not step % size]
            ways = [way for way in ways if way[1] % size]
            index.append(_index(base // size, here, length))
            base %= size
        if None in index or base or ways:
            return None
        return f"{self.names[array]}[{', '.join(map(str, index))}]" if index else self.names[array]


def _index(base: int, ways: Sequence[Way], length: int) -> str | None:
    """An index along an axis of this length; None if it runs over the end."""
    ends = [step * (n - 1) for _, step, n in ways]
    if base + sum(min(e, 0) for e in ends) < 0 or base + sum(max(e, 0) for e in ends) >= length:
        return None
    axes = [(name, step) for name, step, _ in ways if name != ":"]
    for name, step, n in ways:
        if name == ":":
            if not axes and (step, n) == (1, length):
                return ":"
            last = affine(base + step * (n - 1) + 1, axes)
            return f"{affine(base, axes)} : {last}" + f" : {step}" * (step != 1)
    return affine(base, axes)


def program_text(rolled: Rolled, labels: Labels) -> str:
    """The program as text."""
    return "\n".join(_TextWriter(rolled, labels).module.lines)


class _TextWriter(LoopWriter):
    """The text of a program, for reading."""

    over_samples = "for t in samples"

    def __init__(self, rolled: Rolled, labels: Labels) -> None:
        self.labels = labels
        super().__init__(rolled, FORMS)

    def _begin(self) -> None:
        self.module.indent = 0
        for name, x in self.lists().items():
            self.module.line(f"{name} = {x}")

    def at(self, leaf: Leaf, axes: Axes = ()) -> str:
        """An input by its label."""
        return self._labelled(leaf, self._ways(axes)) or super().at(leaf, axes)

    def slice(self, leaf: Leaf, axes: Axes, step: int, count: int) -> str:
        """Inputs by their label."""
        ways = [*self._ways(axes), (":", step, count)]
        return (self._labelled(leaf, ways) if step > 0 else None) or super().slice(
            leaf, axes, step, count
        )

    def row(self, leaf: Leaf) -> str:
        """An argument's numbers in one row."""
        if leaf.space == "A":
            is_row = leaf.looked_up and len(self.labels.shapes[leaf.array]) == 1
            return self.labels.names[leaf.array] + ".flat" * (not is_row)
        return super().row(leaf)

    def _ways(self, axes: Axes) -> list[Way]:
        return [(name, step, self.counts.get(name, 1)) for name, step in axes if step]

    def _labelled(self, leaf: Leaf, ways: Sequence[Way]) -> str | None:
        if leaf.space != "A" or leaf.looked_up:
            return None
        return self.labels.element(leaf.array, leaf.base, ways)

    def _end(self) -> None:
        if self.rolled.watch:
            self.module.line(f"watch {', '.join(self.values(self.rolled.watch))}")
        self.module.line(f"return {', '.join(self.values([*self.rolled.outputs]))}")
