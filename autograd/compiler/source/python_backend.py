"""The backend "python": source that computes with Python's floats, one number at a time.

A stage per sample is a loop ``for t in range(n)``. It is the engine's own arithmetic in the program's
order, and the answers have the bits that `rolled` describes, but for sums over samples: one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..rolling.rolled import Leaf, Rolled
from .forms import IEEE, PYTHON
from .loop_writer import LoopWriter
from .module import SourceKernel
from .writer import LISTS

SAID = "A program of floats: its outputs, and whether a watched number is nan."


def build(rolled: Rolled, n_arrays: int) -> SourceKernel:
    """The kernel of a program of so many argument arrays."""

    def write(ieee: bool) -> str:
        writer = FloatWriter(rolled, IEEE if ieee else PYTHON)
        constants = "\n".join(f"{name} = {x}" for name, x in writer.lists().items())
        return writer.module.text(writer.forms.values(), SAID, constants, n_arrays)

    def call(f: Any, arguments: Sequence[Any]) -> Any:
        outputs, seen = f(*arguments)
        for k in per_sample:
            outputs[k] = np.array(outputs[k], dtype=float)
        return outputs, seen

    per_sample = [*rolled.outputs.per_sample]
    return SourceKernel(write, _numbers, call)


def _numbers(x: Any) -> Sequence[float]:
    return x if type(x) in (list, tuple) else x.ravel().tolist()  # type: ignore[no-any-return]


class FloatWriter(LoopWriter):
    """Writes the text of a program of floats."""

    def _begin(self) -> None:
        for space in "UL":
            if self.storage.has(space):
                self.module.line(f"{LISTS[space]} = [0.0] * {self.storage.sizes[space]}")
        if self.lasting:
            self.module.line(f"samples = [[0.0] * {self.storage.sizes['S']} for _ in range(n)]")
        elif self.storage.has("S"):
            self.module.line(f"s = [0.0] * {self.storage.sizes['S']}")

    @property
    def over_samples(self) -> str:
        """The head of the loop; each sample has a list ``s`` of its own if one outlives a stage."""
        return "for t, s in enumerate(samples)" if self.lasting else "for t in range(n)"

    def _column(self, leaf: Leaf) -> str:
        return f"[{super()._column(leaf)} {self.over_samples}]"
