"""How scan runs: the step is looked at once, then a schedule of machine code does every step.

`Plan` calls the step on `rooms.Room`, in place of numbers, while a `Watcher` notes which functions
that jit made it calls. What the step returns says which answers are carried on, and which are kept
of every step. If those functions compute on float32, it is looked at once more, with rooms for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import numpy as np

from ... import context
from ...errors import TransformError
from ...transforms.pytree import Treedef, flatten
from ..batches import Batches
from ..elements import DOUBLE, SINGLE, Element
from .rooms import Room, watching
from .watcher import Watcher, row_shape

Step = Callable[[Any, Any], tuple[Any, Any]]


class Scanned:
    """What `scan` answers: the step repeated."""

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
        for plan in self._plans:
            if plan.serves(carried, numbers, given, leaves):
                return plan(numbers, leaves, steps)
        self._plans.append(Plan(self.step, carried, numbers, given, leaves))
        return self._plans[-1](numbers, leaves, steps)


def _steps(leaves: Sequence[Any], treedef: Treedef) -> int:
    """How many steps there are."""
    counts = {}
    for place, x in zip(treedef.paths("xs"), leaves, strict=True):
        if not isinstance(x, Batches) and not x.ndim:
            raise TransformError(f"{place} is {x}: xs are arrays, along whose first axis steps go")
        counts[place] = len(x)
    if len({*counts.values()}) != 1:
        raise TransformError(f"xs say how many steps there are, and differ: {counts}")
    return next(iter(counts.values()))


def _longest(leaves: Sequence[Any]) -> int:
    """The rows of the longest mini-batch."""
    return max((x.longest for x in leaves if isinstance(x, Batches)), default=0)


class Plan:
    """A step that was looked at, for a carry and xs of one form and shape."""

    def __init__(
        self, step: Step, carried: Treedef, numbers: list[Any], given: Treedef, leaves: list[Any]
    ) -> None:
        self.step, self.carried, self.given = step, carried, given
        self.form = self._form(numbers, leaves)
        self.longest = _longest(leaves)
        self.lock = Lock()
        self.look(numbers, leaves, DOUBLE)
        if self.watcher.elements == {SINGLE}:
            self.look(numbers, leaves, SINGLE)

    def _form(self, numbers: Sequence[Any], leaves: Sequence[Any]) -> list[Any]:
        xs = [(isinstance(x, Batches), row_shape(x)) for x in leaves]
        return [[x.shape for x in numbers], xs]

    def serves(
        self, carried: Treedef, numbers: list[Any], given: Treedef, leaves: list[Any]
    ) -> bool:
        """Whether these are of its form, with mini-batches no longer than it has room for."""
        same = (carried, given) == (self.carried, self.given)
        return (
            same and self._form(numbers, leaves) == self.form and _longest(leaves) <= self.longest
        )

    # -------------------------------------------------------------------------- looking at the step

    def look(self, numbers: list[Any], leaves: list[Any], element: Element) -> None:
        """Call the step on rooms for such numbers, and make a schedule of what it does."""
        self.dtype = element.dtype
        watcher = self.watcher = Watcher(self.longest, element)
        self.carry = [Room(np.empty(x.size, self.dtype), x.shape) for x in numbers]
        self.xs = [watcher.room_of(x) for x in leaves]
        token = watching.set(watcher)
        try:
            answer = self.step(self.carried.unflatten(self.carry), self.given.unflatten(self.xs))
        finally:
            watching.reset(token)
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise TransformError(f"a step of scan returns (carry, y), got {answer!r}")
        carried, form = flatten(answer[0])
        ys, self.form_of_y = flatten(answer[1])
        new = [watcher.as_room(x) for x in carried]
        self.ys = [watcher.as_room(y) for y in ys]
        if form != self.carried or [x.shape for x in new] != [x.shape for x in self.carry]:
            raise TransformError(
                f"a step of scan keeps the form and shapes of what it carries: it was given "
                f"{self.carried} with shapes {[x.shape for x in self.carry]}, and returned {form} "
                f"with shapes {[x.shape for x in new]}"
            )
        if watcher.native:
            self.outs = [watcher.kept_of_every_step(y) for y in self.ys]
            watcher.carry_on(self.carry, new)

    # -------------------------------------------------------------------------------------- running

    @np.errstate(over="ignore", under="ignore")
    def _rounded(self, x: Any) -> Any:
        """An array as rooms hold it."""
        return np.ascontiguousarray(x, self.dtype).reshape(x.shape)

    def __call__(self, numbers: list[Any], leaves: list[Any], steps: int) -> tuple[Any, Any]:
        """All steps."""
        ys = [np.empty((steps, *y.shape), self.dtype) for y in self.ys]
        leaves = [x if isinstance(x, Batches) else self._rounded(x) for x in leaves]
        with self.lock:
            for room, x in zip(self.carry, numbers, strict=True):
                room.memory[:] = self._rounded(x).ravel()
            at = 0
            while at < steps:
                if self.watcher.native:
                    at += self._natively(leaves, ys, at, steps)
                if at < steps:  # a step of which a watched number was nan; or every step
                    self._in_python(leaves, ys, at)
                    at += 1
            return self._carried(), self.form_of_y.unflatten(ys)

    def _carried(self) -> Any:
        arrays = [room.memory.reshape(room.shape).copy() for room in self.carry]
        return self.carried.unflatten([x if x.ndim else x.item() for x in arrays])

    def _natively(self, leaves: list[Any], ys: list[Any], at: int, steps: int) -> int:
        from ..llvm.schedule import run

        self.watcher.point(leaves, self.xs, at)
        for out, y in zip(self.outs, ys, strict=True):
            out.array = y[at:]
        return run(self.watcher.schedule.table(), steps - at)

    def _in_python(self, leaves: list[Any], ys: list[Any], at: int) -> None:
        carry, y = self.step(self._carried(), self.given.unflatten([x[at] for x in leaves]))
        for room, x in zip(self.carry, flatten(carry)[0], strict=True):
            room.memory[:] = np.ravel(x)
        for out, x in zip(ys, flatten(y)[0], strict=True):
            out[at] = x
