"""Arrays into a kernel: one builtin for all programs that checks them and runs.

`ArrayBuiltin(shapes, …).run(*arrays, out)` is called with the leaves of the arguments and an array for
the results; what is one number a sample goes to a last one of the leaves. Machine code, the same for
every program, looks at each: exactly a NumPy array (or a float), of the program's dtype, contiguous and
aligned, of the shape that the program was recorded with; the axis of the samples may have any length,
but one length everywhere. If all of that holds it runs the kernel and answers None; if not, or if a
watched number was nan, it changes nothing that is read again and answers NotImplemented: the caller
converts what can be converted, and says what is wrong with the rest. What it has no kernel or no room
for, and what is long enough to let others go on meanwhile, it hands on as it is (``apart``).

What to check against is a table, `ArrayBuiltin.table` (see `checks`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import numpy as np

from ...programs.elements import Element
from ...programs.program import SAMPLES
from ..machine import cache
from ..machine.loading import Loaded
from ..machine.target import host
from ..running.memory import Layout, Memory
from ..running.variant import Variant
from .checks import AXES, FIELDS, FLOAT, run_text
from .cpython import SYMBOLS, make_builtin

NO_LEAF = NOBODY = -1
KEPT = 1 << 20
"""Numbers that are kept for slots which hold all samples: 8 MB. For more a call makes its own room."""


@functools.cache
def _loaded(element: Element) -> Loaded:
    """The builtin's code, which all programs share: made as it is written, for optimising it takes
    the first program of a machine four times as long, and saves a call a dozen nanoseconds.
    """
    code = cache.of_text(host(), f"arrays {element.name}", lambda: run_text(element), level=0)
    return Loaded(code, SYMBOLS)


def _table(shapes: Sequence[tuple[int, ...] | None]) -> Any:
    """A table with an empty head, and for each leaf how many axes it has, and how long they are."""
    leaves = np.zeros((len(shapes), 1 + AXES), np.int64)
    for leaf, shape in zip(leaves, shapes, strict=True):
        form = [FLOAT] if shape is None else [len(shape), *shape]
        leaf[: len(form)] = form
    return np.concatenate([np.zeros(len(FIELDS), np.int64), leaves.ravel()])


class ArrayBuiltin:
    """A program's table, and the builtin that runs the program by it.

    ``shapes`` has a tuple of lengths for each array, `SAMPLES` in place of the samples' axis, and
    None for a float. ``layout`` says what the numbers are, and how many are results; if some are of
    every sample, the last leaf is where they go. ``samples`` is how many samples there are if no axis
    tells, ``most`` how many it takes at most; ``apart`` is called with what it does not run itself.
    """

    def __init__(
        self,
        shapes: Sequence[tuple[int, ...] | None],
        layout: Layout,
        samples: int,
        most: int,
        apart: Callable[..., Any],
    ) -> None:
        rows = layout.results
        shapes = [*shapes, (rows, SAMPLES)] if rows else shapes
        self.table = _table(shapes)
        constants = {"ndarray": np.ndarray, "dtype": layout.element.dtype, "float": float}
        constants |= {"none": None, "refused": NotImplemented, "apart": apart}
        self.fill(
            leaves=len(shapes),
            size=layout.uniform,
            samples=samples,
            rows=len(shapes) - 1 if rows else NO_LEAF,
            narrow_most=NOBODY,
            wide_most=NOBODY,
            **{k: id(x) for k, x in constants.items()},
        )
        self.shapes, self.samples, self.most, self.lock = shapes, samples, most, Lock()
        self.kept: dict[str, tuple[Variant, Memory]] = {}  # for as long as the builtin lives
        self.run = make_builtin(_loaded(layout.element), "run", self.table, self.kept, apart)

    def samples_of(self, arrays: Sequence[Any]) -> int:
        """How many samples there are in arguments that the builtin has checked."""
        pairs = zip(arrays, self.shapes, strict=True)
        free = (x.shape[shape.index(SAMPLES)] for x, shape in pairs if shape and SAMPLES in shape)
        return next(free, max(self.samples, 0))

    def fill(self, **fields: int) -> None:
        """Set entries of the table's head."""
        for name, x in fields.items():
            self.table[FIELDS.index(name)] = x

    def add(self, name: str, variant: Variant, n: int = 0) -> None:
        """Let it use the narrow or wide variant, with room for n samples if slots hold all of them."""
        memory = Memory(variant.layout, variant.shape, n)
        _, samples, sums, _ = memory.addresses
        fields = {"": variant.address, "_samples": samples, "_sums": sums}
        fields["_stride"] = memory.stride
        with self.lock:  # of two threads the last one's memory is used, and kept
            self.fill(**{f"{name}_most": NOBODY})  # meanwhile, if another comes along
            self.fill(**{f"{name}{field}": x for field, x in fields.items()})
            self.kept[name] = variant, memory
            most = min(self.most, memory.most) if variant.layout.whole else self.most
            self.fill(**{f"{name}_most": most})

    def make_room(self, variant: Variant, n: int) -> None:
        """Have room for so many samples the next time, if slots hold all of them."""
        layout, (_, memory) = variant.layout, self.kept["wide"]
        if layout.whole and n > memory.most and layout.slots * n <= KEPT:
            self.add("wide", variant, n)
