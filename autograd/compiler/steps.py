"""How scan runs: a step is looked at once, and its calls become a schedule of machine code.

`Watcher` calls the step on `rooms.Room`, in place of numbers. Every function that jit made and that
the step calls becomes an entry of the schedule: its arguments lie where rooms say, its answers are new
rooms, in the kernel's own memory. What the step returns says which of them are carried on, and which
are kept of every step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import TransformError
from ..transforms.pytree import Treedef, flatten
from ..transforms.ravel import is_array
from .recorder import SAMPLES
from .rooms import Room, watching
from .scan import Batches
from .signature import arguments_of

if TYPE_CHECKING:
    from .jitted import Compiled, Jitted

Step = Callable[[Any, Any], tuple[Any, Any]]


class Scanned:
    """What `scan` answers: the step repeated."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self._plans: list[Plan] = []

    def __call__(self, carry: Any, xs: Any) -> tuple[Any, Any]:
        """The last carry, and the y of all steps."""
        numbers, carried = flatten(carry)
        leaves, given = flatten(xs)
        numbers = [np.array(x, dtype=float, order="C") for x in numbers]
        leaves = [x if isinstance(x, Batches) else np.ascontiguousarray(x, float) for x in leaves]
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
    return max((len(r) for x in leaves if isinstance(x, Batches) for r in x.rows), default=0)


def _row_shape(x: Any) -> tuple[int, ...]:
    shape: tuple[int, ...] = (x.array if isinstance(x, Batches) else x).shape[1:]
    return shape


class Plan:
    """A step that was looked at, for a carry and xs of one form and shape."""

    def __init__(
        self, step: Step, carried: Treedef, numbers: list[Any], given: Treedef, leaves: list[Any]
    ) -> None:
        self.step, self.carried, self.given = step, carried, given
        self.form = self._form(numbers, leaves)
        self.longest = _longest(leaves)
        self.lock = Lock()
        self.watcher = Watcher(self.longest)
        self.look(numbers, leaves)

    def _form(self, numbers: Sequence[Any], leaves: Sequence[Any]) -> list[Any]:
        xs = [(isinstance(x, Batches), _row_shape(x)) for x in leaves]
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

    def look(self, numbers: list[Any], leaves: list[Any]) -> None:
        """Call the step on rooms, and make a schedule of what it does."""
        watcher = self.watcher
        self.carry = [Room(x.ravel(), x.shape) for x in (y.copy() for y in numbers)]
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

    def __call__(self, numbers: list[Any], leaves: list[Any], steps: int) -> tuple[Any, Any]:
        """All steps."""
        ys = [np.empty((steps, *y.shape)) for y in self.ys]
        with self.lock:
            for room, x in zip(self.carry, numbers, strict=True):
                room.memory[:] = x.ravel()
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
        self.watcher.point(leaves, self.xs, at)
        for out, y in zip(self.outs, ys, strict=True):
            out.array = y[at:]
        return self.watcher.schedule.run(steps - at)

    def _in_python(self, leaves: list[Any], ys: list[Any], at: int) -> None:
        carry, y = self.step(self._carried(), self.given.unflatten([x[at] for x in leaves]))
        for room, x in zip(self.carry, flatten(carry)[0], strict=True):
            room.memory[:] = np.ravel(x)
        for out, x in zip(ys, flatten(y)[0], strict=True):
            out[at] = x


class Watcher:
    """What notes the calls that a step makes."""

    def __init__(self, longest: int) -> None:
        from .llvm.schedule import Changing, Schedule

        self.changing = Changing
        self.schedule = Schedule()
        self.longest = longest
        self.starts = Changing()  # of the mini-batches
        self.native = True

    def room_of(self, x: Any) -> Room:
        """A room for what a step is given of x, and the entry that brings it there."""
        shape = _row_shape(x)
        if not isinstance(x, Batches):
            room = Room(np.zeros(math.prod(shape)), shape)
            room.source = self.changing()
            self.schedule.copy(room.memory, room.source, room.memory.size, step=room.memory.size)
            return room
        row = math.prod(shape)
        room = Room(np.zeros(self.longest * row), (self.longest, *shape), batch=self.starts)
        room.source, room.rows = self.changing(), self.changing()
        self.schedule.gather(room.memory, room.source, row, room.rows, self.starts)
        return room

    def point(self, leaves: Sequence[Any], rooms: Sequence[Room], at: int) -> None:
        """Let the entries begin with a step, of these xs."""
        known: dict[int, tuple[Any, Any]] = {}
        for x, room in zip(leaves, rooms, strict=True):
            if not isinstance(x, Batches):
                room.source.array = x[at:]
                continue
            if id(x.rows) not in known:
                known[id(x.rows)] = _flat_rows(x)
            flat, starts = known[id(x.rows)]
            room.source.array, room.rows.array = np.ascontiguousarray(x.array, float), flat
            self.starts.array = starts[at:]
        if len({starts.tobytes() for _, starts in known.values()}) > 1:
            raise TransformError("the mini-batches of a step have as many rows in all xs")

    def as_room(self, x: Any) -> Room:
        """A room, or one for what is no room: it is the same at every step."""
        if isinstance(x, Room):
            return x
        array = np.array(x, dtype=float, order="C")
        return Room(array.ravel(), array.shape)

    def kept_of_every_step(self, y: Room) -> Any:
        """The array that holds a y of every step, one after the other."""
        if y.batch is not None:
            raise TransformError(
                "a step of scan returned one number for each sample of a mini-batch: their lengths "
                "differ, so return a sum or a mean"
            )
        out, size = self.changing(), math.prod(y.shape)
        self.schedule.copy(out, y.memory, size, to_step=size)
        return out

    def carry_on(self, carry: Sequence[Room], new: Sequence[Room]) -> None:
        """Put what a step returned where the next one finds it."""
        pairs = [(a, b) for a, b in zip(carry, new, strict=True) if a is not b]
        sources = []
        for _, room in pairs:
            source = room.memory
            if room in carry:  # which another may overwrite first
                source = np.empty_like(room.memory)
                self.schedule.copy(source, room.memory, source.size)
            sources.append(source)
        for (room, _), source in zip(pairs, sources, strict=True):
            self.schedule.copy(room.memory, source, room.memory.size)

    # ------------------------------------------------------------------------------------ the calls

    def call(self, jitted: Jitted, args: Any, kwargs: Any) -> Any:
        """A call of a function that jit made becomes an entry; its answer is made of rooms."""
        leaves, treedef = flatten((args, kwargs))
        stand_ins = [np.zeros(x.shape) if isinstance(x, Room) else x for x in leaves]
        arguments = arguments_of(*treedef.unflatten(stand_ins), np.float64)
        if arguments is None:
            raise TransformError(f"scan calls {jitted.f!r} with what is no number or array")
        compiled = jitted.compiled_for(arguments)
        self.native = self.native and jitted.backend == "llvm"
        rooms = [x if isinstance(x, Room) else None for x in leaves]
        arrays = self._arrays(rooms, arguments) + compiled.recording.captured
        n = compiled.recording.samples(arguments)
        starts = self._starts(compiled, rooms, arguments)
        if not self.native:
            return _forms(compiled, n, starts)
        memory = self.schedule.call(compiled.kernel, arrays, n, starts if starts else 0)
        return self._answers(compiled, memory, arrays, n, starts)

    def _arrays(self, rooms: Sequence[Room | None], arguments: Any) -> list[Any]:
        """The argument arrays of a kernel: rooms' own memory; a number is copied among the others."""
        arrays, numbers = list(arguments.arrays), 0
        k = 0 if all(arguments.is_array) else 1
        for room, is_one in zip(rooms, arguments.is_array, strict=True):
            if is_one:
                if room is not None:
                    arrays[k] = room.memory
                k += 1
                continue
            if room is not None and self.native:
                self.schedule.copy(arrays[0][numbers:], room.memory, 1)
            numbers += 1
        return arrays

    def _starts(self, compiled: Compiled, rooms: Sequence[Room | None], arguments: Any) -> Any:
        """Where mini-batches start, if they are what the function's samples are."""
        guards = compiled.recording.guards[0 if all(arguments.is_array) else 1 :]
        arrays = [r for r, is_one in zip(rooms, arguments.is_array, strict=True) if is_one]
        batched = [
            (room is not None and room.batch is not None, guard[:1] == (SAMPLES,))
            for room, guard in zip(arrays, guards, strict=True)
        ]
        if not any(is_batch for is_batch, _ in batched):
            return None
        if any(is_batch != sampled for is_batch, sampled in batched if is_batch or sampled):
            raise TransformError(
                f"{compiled.f!r} needs mini-batches of one length, or mixes their samples with others"
            )
        return self.starts

    def _answers(
        self, compiled: Compiled, memory: Any, arrays: Sequence[Any], n: int, starts: Any
    ) -> Any:
        """Rooms in a kernel's memory, for the tree that its function answers."""
        results, outputs = compiled.recording.results, compiled.rolled.outputs
        rows = iter(memory.results)
        rooms, k = [], 0
        spaces = {"K": np.array(compiled.rolled.constants), "U": memory.uniform}
        for part in results.parts:
            mine = range(k, k := k + part.size)
            if part.is_truth or (part.per_sample and (part.size, outputs[mine[0]].space) != (1, "S")):
                raise TransformError(
                    f"{compiled.f!r} answers {part}: scan takes functions that answer numbers, "
                    f"arrays, and one number a sample"
                )
            if part.per_sample:
                rooms.append(Room(next(rows), (n,), starts))
                continue
            for i in mine:
                leaf = outputs[i]
                if leaf[:2] != ("U", i):  # it is somewhere else, or in two places
                    source = arrays[leaf.array] if leaf.space == "A" else spaces[leaf.space]
                    self.schedule.copy(memory.uniform[i:], source[leaf.base :], 1)
            rooms.append(Room(memory.uniform[mine.start : mine.stop], part.shape or ()))
        return results.treedef.unflatten(rooms)


def _forms(compiled: Compiled, n: int, starts: Any) -> Any:
    """Rooms of the shapes of an answer, for a step that Python runs."""
    results = compiled.recording.results
    rooms = []
    for part in results.parts:
        shape = ((n,) if part.per_sample else ()) + (part.shape or ())
        rooms.append(Room(np.zeros(math.prod(shape)), shape, starts if part.per_sample else None))
    return results.treedef.unflatten(rooms)


def _flat_rows(batches: Batches) -> tuple[Any, Any]:
    """All rows in a row, and where each mini-batch of them starts."""
    lengths = [len(rows) for rows in batches.rows]
    flat = np.concatenate([np.asarray(rows, np.int64) for rows in batches.rows] or [[]])
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    n = len(batches.array)
    wrong = flat[(flat < -n) | (flat >= n)]
    if wrong.size:
        raise IndexError(f"row {wrong[0]} of an array of {n}")
    return np.ascontiguousarray(np.where(flat < 0, flat + n, flat), np.int64), starts
