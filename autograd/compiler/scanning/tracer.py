"""Tracing a step of `scan`: the compiled functions that it calls become entries of a schedule.

Each call is an entry: the arguments are read where their placeholders have their memory, and the
answers are new placeholders, in the kernel's own memory. Between them stand copies: of what a step is
given of xs, of what it carries to the next, of what is kept of every step. So of the step

    def step(x, rate):
        new = grow(x, rate)
        return new, new

the k-th does four things: it copies rates[k] to where ``rate`` is, calls ``grow``'s kernel, and copies
what that left to ys[k] and to where ``x`` is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import TransformError
from ...transforms.pytree import flatten
from ..calls.arguments import arguments_of
from ..llvm.running.schedule import Changing, Gathered, Schedule
from ..programs.elements import Element
from ..programs.program import SAMPLES
from .batches import Batches
from .placeholders import Placeholder

if TYPE_CHECKING:
    from ..calls.arguments import Arguments
    from ..calls.compiled import Compiled
    from ..calls.jitted import Jitted


def row_shape(x: Any) -> tuple[int, ...]:
    """The shape of what one step is given of an array, or of one row of a mini-batch."""
    shape: tuple[int, ...] = (x.array if isinstance(x, Batches) else x).shape[1:]
    return shape


class Tracer:
    """Notes the calls that a step makes, as a ``schedule``.

    ``native`` says whether machine code can do it, for all functions that were called are LLVM's and of
    one width of numbers; ``elements`` are those widths.
    """

    def __init__(self, longest: int, element: Element) -> None:
        self.schedule = Schedule(element)
        self.longest, self.element = longest, element
        self.starts = Changing()  # of the mini-batches
        self.side_by_side = dict[Placeholder, Placeholder]()  # see `_rows`
        self.needs_one_length: str | None = None  # the function for which mini-batches are as long
        self.native = True
        self.elements: set[Element] = set()

    def given(self, x: Any) -> Placeholder:
        """A placeholder for what a step is given of x, one of the xs, which an entry copies there."""
        shape = row_shape(x)
        if isinstance(x, Batches):  # whose rows a kernel reads where they are
            return Placeholder(Gathered(), (self.longest, *shape), self.starts)
        size = math.prod(shape)
        memory, source = np.zeros(size, self.element.dtype), Changing()
        self.schedule.copy(memory, source, size, step=size)
        return Placeholder(memory, shape, source=source)

    def begin(self, leaves: Sequence[Any], given: Sequence[Placeholder], at: int) -> None:
        """Let the next run of the schedule begin with a step, of these xs."""
        all_starts = set()
        for x, place in zip(leaves, given, strict=True):
            if not isinstance(x, Batches):
                place.source.array = x[at:]
                continue
            place.memory.array = np.ascontiguousarray(x.array, self.element.dtype)
            place.memory.rows.array = x.rows
            self.starts.array = x.starts[at:]
            all_starts.add(x.starts.tobytes())
            if self.needs_one_length:
                self._check_lengths(np.diff(x.starts))
            if place in self.side_by_side:
                rows = x.rows[x.starts[at] : x.starts[-1]]
                self.side_by_side[place].source.array = place.memory.array[rows]
        if len(all_starts) > 1:
            raise TransformError("the mini-batches of a step have as many rows in all xs")

    def _check_lengths(self, lengths: Any) -> None:
        if any(lengths != self.longest):
            raise TransformError(
                f"mini-batches of {sorted({*lengths.tolist()})} samples, where "
                f"{self.needs_one_length} asks for single ones or for their number, or takes another "
                f"array's beside them: that takes a batch size that divides the number of all samples"
            )

    def as_placeholder(self, x: Any) -> Placeholder:
        """What a step returned as a placeholder; a number or array is the same at every step."""
        if isinstance(x, Placeholder):
            return x
        array = np.array(x, self.element.dtype, order="C")
        return Placeholder(array.ravel(), array.shape)

    def stacked(self, y: Placeholder) -> Changing:
        """The array into which an entry copies a y of every step, one after the other."""
        _refuse_batch(y)
        out, size = Changing(), math.prod(y.shape)
        self.schedule.copy(out, y.memory, size, to_step=size)
        return out

    def carry_on(self, carry: Sequence[Placeholder], new: Sequence[Placeholder]) -> None:
        """Copy what a step returned to where the next one finds it.

        These are copies that happen at once: memory is written when no other copy is still to read it,
        and where some go round in a circle, one of them is saved elsewhere first.
        """
        for place in new:
            _refuse_batch(place)
        waiting = [(a.memory, b.memory) for a, b in zip(carry, new, strict=True) if a is not b]
        while waiting:
            needed = {id(source) for _, source in waiting}
            free = [k for k, (to, _) in enumerate(waiting) if id(to) not in needed]
            to, source = waiting[free[0] if free else 0]
            if free:
                waiting.pop(free[0])
                self.schedule.copy(to, source, to.size)
                continue
            saved = np.empty_like(to)
            self.schedule.copy(saved, to, saved.size)
            waiting = [(a, saved if b is to else b) for a, b in waiting]

    # ------------------------------------------------------------------------------------ the calls

    def call(self, jitted: Jitted, args: Any, kwargs: Any) -> Any:
        """Note a call of a function that jit made as an entry; its answer is made of placeholders."""
        leaves, treedef = flatten((args, kwargs))
        stand_ins = [np.zeros(x.shape) if isinstance(x, Placeholder) else x for x in leaves]
        plain_args, plain_kwargs = treedef.unflatten(stand_ins)
        arguments = arguments_of(plain_args, plain_kwargs, jitted.element)
        if arguments is None:
            raise TransformError(f"scan calls {jitted.f!r} with what is no number or array")
        compiled = jitted.compiled_for(arguments)
        self.elements.add(jitted.element)
        self.native = self.native and jitted.backend == "llvm" and jitted.element == self.element
        places = [x if isinstance(x, Placeholder) else None for x in leaves]
        found = self._arrays(places, arguments)
        starts = self._starts(compiled, found)
        arrays = [x.memory if isinstance(x, Placeholder) else x for x in found]
        arrays += compiled.interface.captured
        n = compiled.interface.samples(arguments)
        kernel = compiled.kernel
        memory = self.schedule.call(kernel, arrays, n, starts or 0) if self.native else None
        return self._answers(compiled, memory, n, starts)

    def _arrays(self, places: Sequence[Placeholder | None], arguments: Arguments) -> list[Any]:
        """The argument arrays of a kernel: placeholders, and arrays for what is none."""
        if arguments.are_packed:
            pairs = zip(places, arguments.numbers, strict=True)
            for k, place in enumerate(place for place, is_number in pairs if is_number):
                if place is not None:
                    self.schedule.copy(arguments.arrays[0][k:], place.memory, 1)
        pairs = zip(arguments.by_array(places, None), arguments.arrays, strict=True)
        return [x if place is None else place for place, x in pairs]

    def _starts(self, compiled: Compiled, arrays: list[Any]) -> Any:
        """Where mini-batches start, if the function's samples are theirs; else None. Mini-batches of
        which it asks for single samples are replaced by their rows, as its samples may be other
        arrays': both takes mini-batches of one length.
        """
        sampled = [guard[:1] == (SAMPLES,) for guard in compiled.interface.guards]
        batched = [isinstance(x, Placeholder) and x.starts is not None for x in arrays]
        if any(batched) and batched != sampled:
            self.needs_one_length = getattr(compiled.f, "__qualname__", repr(compiled.f))
        for k in np.flatnonzero(np.greater(batched, sampled)):
            arrays[k] = self._rows(arrays[k])
        return self.starts if any(np.logical_and(batched, sampled)) else None

    def _rows(self, batch: Placeholder) -> Placeholder:
        """The rows of a mini-batch side by side, as an array of one shape at every step."""
        if not isinstance(batch.memory, Gathered):
            return Placeholder(batch.memory, batch.shape)
        if batch not in self.side_by_side:
            size = math.prod(batch.shape)
            memory, source = np.zeros(size, self.element.dtype), Changing()
            self.schedule.copy(memory, source, size, step=size)
            self.side_by_side[batch] = Placeholder(memory, batch.shape, source=source)
        return self.side_by_side[batch]

    def _answers(self, compiled: Compiled, memory: Any, n: int, starts: Any) -> Any:
        """The tree that a function answers, of placeholders in its kernel's memory; for a step that
        Python runs there is none, and only their shapes count.
        """
        results, outputs = compiled.interface.results, compiled.rolled.outputs
        rows = iter(memory.results if memory else ())
        places, k = [], 0
        for part in results.parts:
            first, k = k, k + part.size
            shape = (n,) * part.per_sample + (part.shape or ())
            if memory is None:
                found = np.zeros(math.prod(shape))
            elif part.is_truth or (
                part.per_sample and (part.size, outputs[first].space) != (1, "S")
            ):
                raise TransformError(
                    f"{compiled.f!r} answers {part}: scan takes functions that answer numbers, "
                    f"arrays, and one number a sample"
                )
            else:
                found = next(rows) if part.per_sample else memory.uniform[first:k]
            places.append(Placeholder(found, shape, starts if part.per_sample else None))
        return results.treedef.unflatten(places)


def _refuse_batch(place: Placeholder) -> None:
    """Raise for an answer of a step whose shape is another at every step."""
    if place.starts is not None:
        raise TransformError(
            "a step of scan returned one number for each sample of a mini-batch: their lengths differ, "
            "so return a sum or a mean"
        )
