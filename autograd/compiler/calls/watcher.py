"""What a step of scan calls becomes a schedule: entries of kernels, and copies between them.

Every function that jit made and that the step calls is an entry: its arguments lie where rooms say,
its answers are new rooms, in the kernel's own memory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import TransformError
from ...transforms.pytree import flatten
from ..batches import Batches
from ..elements import Element
from ..llvm.table import Changing, Gathered, Schedule
from ..programs.program import SAMPLES
from .arguments import arguments_of
from .rooms import Room

if TYPE_CHECKING:
    from .arguments import Arguments
    from .compiled import Compiled
    from .jitted import Jitted


def row_shape(x: Any) -> tuple[int, ...]:
    """The shape of what one step is given, or of one row of a mini-batch."""
    shape: tuple[int, ...] = (x.array if isinstance(x, Batches) else x).shape[1:]
    return shape


class Watcher:
    """What notes the calls that a step makes."""

    def __init__(self, longest: int, element: Element) -> None:
        self.schedule = Schedule(element)
        self.longest, self.element = longest, element
        self.starts = Changing()  # of the mini-batches
        self.native = True
        self.elements: set[Element] = set()  # of the functions that were called

    def room_of(self, x: Any) -> Room:
        """A room for what a step is given of x, and the entry that brings it there."""
        shape = row_shape(x)
        if not isinstance(x, Batches):
            room = Room(np.zeros(math.prod(shape), self.element.dtype), shape)
            room.source = Changing()
            self.schedule.copy(room.memory, room.source, room.memory.size, step=room.memory.size)
            return room
        return Room(Gathered(), (self.longest, *shape), batch=self.starts)

    def point(self, leaves: Sequence[Any], rooms: Sequence[Room], at: int) -> None:
        """Let the entries begin with a step, of these xs."""
        lengths = set()
        for x, room in zip(leaves, rooms, strict=True):
            if not isinstance(x, Batches):
                room.source.array = x[at:]
                continue
            room.memory.array = np.ascontiguousarray(x.array, self.element.dtype)
            room.memory.rows.array = x.rows
            self.starts.array = x.starts[at:]
            lengths.add(x.starts.tobytes())
        if len(lengths) > 1:
            raise TransformError("the mini-batches of a step have as many rows in all xs")

    def as_room(self, x: Any) -> Room:
        """A room, or one for what is no room: it is the same at every step."""
        if isinstance(x, Room):
            return x
        array = np.array(x, self.element.dtype, order="C")
        return Room(array.ravel(), array.shape)

    def kept_of_every_step(self, y: Room) -> Any:
        """The array that holds a y of every step, one after the other."""
        _refuse_batch(y)
        out, size = Changing(), math.prod(y.shape)
        self.schedule.copy(out, y.memory, size, to_step=size)
        return out

    def carry_on(self, carry: Sequence[Room], new: Sequence[Room]) -> None:
        """Put what a step returned where the next one finds it: a room that is carried to another
        before it is written over, or, of rooms that change places, by way of a third.
        """
        waiting = [(a, b.memory) for a, b in zip(carry, new, strict=True) if a is not b]
        for room in new:
            _refuse_batch(room)
        while waiting:
            needed = {id(source) for _, source in waiting}
            free = [k for k, (room, _) in enumerate(waiting) if id(room.memory) not in needed]
            room, source = waiting[free[0] if free else 0]
            if free:
                waiting.pop(free[0])
                self.schedule.copy(room.memory, source, room.memory.size)
                continue
            held = np.empty_like(room.memory)
            self.schedule.copy(held, room.memory, held.size)
            waiting = [(a, held if b is room.memory else b) for a, b in waiting]

    # ------------------------------------------------------------------------------------ the calls

    def call(self, jitted: Jitted, args: Any, kwargs: Any) -> Any:
        """A call of a function that jit made becomes an entry; its answer is made of rooms."""
        leaves, treedef = flatten((args, kwargs))
        stand_ins = [np.zeros(x.shape) if isinstance(x, Room) else x for x in leaves]
        plain_args, plain_kwargs = treedef.unflatten(stand_ins)
        arguments = arguments_of(plain_args, plain_kwargs, jitted.element)
        if arguments is None:
            raise TransformError(f"scan calls {jitted.f!r} with what is no number or array")
        compiled = jitted.compiled_for(arguments)
        self.elements.add(jitted.element)
        self.native = self.native and jitted.backend == "llvm" and jitted.element == self.element
        rooms = [x if isinstance(x, Room) else None for x in leaves]
        arrays = self._arrays(rooms, arguments) + compiled.recording.captured
        n = compiled.recording.samples(arguments)
        starts = self._starts(compiled, rooms, arguments)
        if not self.native:
            return _forms(compiled, n, starts)
        memory = self.schedule.call(compiled.kernel, arrays, n, starts or 0)
        return self._answers(compiled, memory, n, starts)

    def _arrays(self, rooms: Sequence[Room | None], arguments: Arguments) -> list[Any]:
        """The argument arrays of a kernel: rooms' own memory."""
        given = [None if room is None else room.memory for room in rooms]
        if not arguments.are_packed:
            return [x if m is None else m for m, x in zip(given, arguments.arrays, strict=True)]
        packed, *others = arguments.arrays
        pairs = [*zip(given, arguments.numbers, strict=True)]
        for k, memory in enumerate([m for m, is_number in pairs if is_number]):
            if memory is not None:
                self.schedule.copy(packed[k:], memory, 1)
        arrays = [m for m, is_number in pairs if not is_number]
        return [packed, *(x if m is None else m for m, x in zip(arrays, others, strict=True))]

    def _starts(
        self, compiled: Compiled, rooms: Sequence[Room | None], arguments: Arguments
    ) -> Any:
        """Where mini-batches start, if they are what the function's samples are."""
        numbers = arguments.numbers if arguments.are_packed else [False] * len(rooms)
        arrays = [room for room, is_one in zip(rooms, numbers, strict=True) if not is_one]
        guards = compiled.recording.guards[arguments.are_packed :]
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

    def _answers(self, compiled: Compiled, memory: Any, n: int, starts: Any) -> Any:
        """Rooms in a kernel's memory, for the tree that its function answers."""
        results, outputs = compiled.recording.results, compiled.rolled.outputs
        rows = iter(memory.results)
        rooms, k = [], 0
        for part in results.parts:
            mine = range(k, k := k + part.size)
            if part.is_truth or (
                part.per_sample and (part.size, outputs[mine[0]].space) != (1, "S")
            ):
                raise TransformError(
                    f"{compiled.f!r} answers {part}: scan takes functions that answer numbers, "
                    f"arrays, and one number a sample"
                )
            if part.per_sample:
                rooms.append(Room(next(rows), (n,), starts))
                continue
            rooms.append(Room(memory.uniform[mine.start : mine.stop], part.shape or ()))
        return results.treedef.unflatten(rooms)


def _refuse_batch(room: Room) -> None:
    """An answer of a step has one shape."""
    if room.batch is not None:
        raise TransformError(
            "a step of scan returned one number for each sample of a mini-batch: their lengths differ, "
            "so return a sum or a mean"
        )


def _forms(compiled: Compiled, n: int, starts: Any) -> Any:
    """Rooms of the shapes of an answer, for a step that Python runs."""
    results = compiled.recording.results
    rooms = []
    for part in results.parts:
        shape = ((n,) if part.per_sample else ()) + (part.shape or ())
        rooms.append(Room(np.zeros(math.prod(shape)), shape, starts if part.per_sample else None))
    return results.treedef.unflatten(rooms)
