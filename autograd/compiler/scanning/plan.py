"""How `scan` runs: a step is traced for arguments of one form, and its schedule does every step.

A `Plan` calls the step on placeholders in place of numbers, while a `Tracer` notes which functions that
jit made it calls. What the step returns says which answers are carried on, and which are kept of every
step. If those functions compute on float32, it is traced once more, with memory for that. Where machine
code cannot do a step, Python does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import numpy as np

from ... import context
from ...errors import TransformError
from ...transforms.pytree import Treedef, flatten
from ..programs.elements import DOUBLE, SINGLE, Element
from .batches import Batches
from .placeholders import Placeholder, tracing
from .tracer import Tracer, row_shape

Step = Callable[[Any, Any], tuple[Any, Any]]


class Scanned:
    """What `scan` answers: the function that does all steps, by a plan for each form of arguments."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self._plans: list[Plan] = []

    def __call__(self, carry: Any, xs: Any) -> tuple[Any, Any]:
        """The last carry, and the y of all steps."""
        if context.running.get().observers:
            raise TransformError(
                "detect_anomaly() looks at every operation, of which machine code shows none: run the "
                "loop in Python"
            )
        numbers, carried = flatten(carry)
        leaves, given = flatten(xs)
        numbers = [np.asarray(x) for x in numbers]
        leaves = [x if isinstance(x, Batches) else np.asarray(x) for x in leaves]
        steps = _steps(leaves, given)
        rows = [(isinstance(x, Batches), row_shape(x)) for x in leaves]
        form = carried, given, [x.shape for x in numbers], rows
        longest = max((x.longest for x in leaves if isinstance(x, Batches)), default=0)
        for plan in self._plans:
            if plan.form == form and plan.has_room_for(longest):
                return plan(numbers, leaves, steps)
        self._plans.append(Plan(self.step, form, longest, numbers, leaves))
        return self._plans[-1](numbers, leaves, steps)


def _steps(leaves: Sequence[Any], treedef: Treedef) -> int:
    """How many steps there are: the length that all xs have."""
    counts = {}
    for place, x in zip(treedef.paths("xs"), leaves, strict=True):
        if not isinstance(x, Batches) and not x.ndim:
            raise TransformError(f"{place} is {x}: xs are arrays, along whose first axis steps go")
        counts[place] = len(x)
    if len({*counts.values()}) != 1:
        raise TransformError(f"xs say how many steps there are, and differ: {counts}")
    return next(iter(counts.values()))


class Plan:
    """A step that was traced, for a carry and xs of one form: their trees and shapes, with room for
    mini-batches of so many rows.
    """

    def __init__(
        self, step: Step, form: Any, longest: int, numbers: list[Any], leaves: list[Any]
    ) -> None:
        self.step, self.form, self.longest = step, form, longest
        self.carried, self.given, *_ = form
        self.lock = Lock()
        self.trace(numbers, leaves, DOUBLE)
        if self.tracer.elements == {SINGLE}:
            self.trace(numbers, leaves, SINGLE)

    def has_room_for(self, longest: int) -> bool:
        """Whether it serves mini-batches of so many rows."""
        return longest == self.longest or (
            longest < self.longest and not self.tracer.needs_one_length
        )

    # ------------------------------------------------------------------------------ tracing the step

    def trace(self, numbers: list[Any], leaves: list[Any], element: Element) -> None:
        """Call the step on placeholders for such numbers, and make a schedule of what it does."""
        self.dtype = element.dtype
        tracer = self.tracer = Tracer(self.longest, element)
        self.carry = [Placeholder(np.empty(x.size, self.dtype), x.shape) for x in numbers]
        self.xs = [tracer.given(x) for x in leaves]
        token = tracing.set(tracer)
        try:
            answer = self.step(self.carried.unflatten(self.carry), self.given.unflatten(self.xs))
        finally:
            tracing.reset(token)
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise TransformError(f"a step of scan returns (carry, y), got {answer!r}")
        carried, form = flatten(answer[0])
        ys, self.form_of_y = flatten(answer[1])
        new = [tracer.as_placeholder(x) for x in carried]
        self.ys = [tracer.as_placeholder(y) for y in ys]
        if form != self.carried or [x.shape for x in new] != [x.shape for x in self.carry]:
            raise TransformError(
                f"a step of scan keeps the form and shapes of what it carries: it was given "
                f"{self.carried} with shapes {[x.shape for x in self.carry]}, and returned {form} "
                f"with shapes {[x.shape for x in new]}"
            )
        if tracer.native:
            self.outs = [tracer.stacked(y) for y in self.ys]
            tracer.carry_on(self.carry, new)

    # -------------------------------------------------------------------------------------- running

    @np.errstate(over="ignore", under="ignore")
    def _rounded(self, x: Any) -> Any:
        """An array of the width and in the order that kernels read."""
        return np.ascontiguousarray(x, self.dtype).reshape(x.shape)

    def __call__(self, numbers: list[Any], leaves: list[Any], steps: int) -> tuple[Any, Any]:
        """Do all steps."""
        ys = [np.empty((steps, *y.shape), self.dtype) for y in self.ys]
        leaves = [x if isinstance(x, Batches) else self._rounded(x) for x in leaves]
        with self.lock:
            for place, x in zip(self.carry, numbers, strict=True):
                place.memory[:] = self._rounded(x).ravel()
            at = 0
            while at < steps:
                if self.tracer.native:
                    at += self._natively(leaves, ys, at, steps)
                if at < steps:  # there is no machine code, or it stopped before one that saw a nan
                    self._in_python(leaves, ys, at)
                    at += 1
            return self._carried(), self.form_of_y.unflatten(ys)

    def _carried(self) -> Any:
        """The carry as it is now."""
        arrays = [place.memory.reshape(place.shape).copy() for place in self.carry]
        return self.carried.unflatten([x if x.ndim else x.item() for x in arrays])

    def _natively(self, leaves: list[Any], ys: list[Any], at: int, steps: int) -> int:
        """Run the schedule from a step on; answers how many steps it did before one that saw a nan."""
        from ..llvm.running.stepping import run

        self.tracer.begin(leaves, self.xs, at)
        for out, y in zip(self.outs, ys, strict=True):
            out.array = y[at:]
        return run(self.tracer.schedule.table(), steps - at)

    def _in_python(self, leaves: list[Any], ys: list[Any], at: int) -> None:
        """Do one step by calling it."""
        carry, y = self.step(self._carried(), self.given.unflatten([x[at] for x in leaves]))
        for place, x in zip(self.carry, flatten(carry)[0], strict=True):
            place.memory[:] = np.ravel(x)
        for out, x in zip(ys, flatten(y)[0], strict=True):
            out[at] = x
