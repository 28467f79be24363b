"""The rolled program: loops over slots, which a backend turns into code.

`roll` finds in a flat program the instructions that do the same to numbers at regular distances. What
it hands to a backend is:

**Slots.** A number lives at an address in a *space*: ``K`` constants, ``A`` an argument array
(``Leaf.array`` says which; element by flat position), ``U`` uniform slots, ``S`` per-sample slots
(each holds one number a sample), ``L`` locals of one iteration of a `Loop` (never read outside of
it: registers). The per-sample inputs are in S slots 0, 1, … before a per-sample stage starts:
``sample_inputs[k]`` says that slot k holds, of sample t, element first + t·step of an array.

**Stages**, run in order. A uniform stage runs its items once. A per-sample stage runs its items for
every sample, any number of samples at a time (a backend cuts them into blocks; if there is a second
such stage, it may read slots of the first, so that slots hold all n samples). Stages exist because a
sum over samples is ready only when its stage has ended.

**Groups**: ``count`` × ``outer`` instances, independent of each other, of one expression. ``code`` is
the expression in postfix order, on a stack: an int k ≥ 0 pushes leaf k, an int ~d < 0 pushes dot d, a
string is an operation of `program.ARITY` on what is on top of the stack ("count" pushes the number of
samples). For instance (o, i), in iteration s of a loop, leaf k is at address

    base + i·inner + o·outer + s·step

and the result goes to the address of ``target``, likewise. Of a leaf that is ``looked_up`` this is a
place in the program's ``tables``, and the integer there is the address: that is how indices that the
program knows (a mesh's edges, say) are read. A dot is Σ over j < terms of the product of leaf ``w`` and
leaf ``x``, whose addresses or places move by w_stride and x_stride with j, added from the left to what
the code ``start`` computes, in which dots before it may be (no code: to the first product), or
subtracted from it if its ``op`` says so. Leaves of dots stand in ``leaves`` like all others. If
``total``, the expression is per sample and summed over all samples: the target is uniform (0 for no
samples), and no item of the same stage reads it: so a layer's outer product, of code (0, 1, "mul").

**Loops**: a `Loop` runs the groups of its body, in order, for s = 0 … count - 1. They read what earlier
iterations stored (a carry: its base lies before), and an earlier loop (a tape: step of either sign).

**Outputs**: ``outputs[k]`` is the leaf that holds output k when all stages have run. A uniform output
is in U slot k, so that a backend can let U slots start in the result buffer; the slot may have been
filled with a constant before. The others are ``outputs.per_sample``. ``watch`` are the leaves to be
tested for nan afterwards.

**Element**: what all numbers are, float64 or float32, to which every result is rounded.

The tests have what this text says in Python (`reference.execute`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from ..programs.elements import DOUBLE, Element


class Leaf(NamedTuple):
    """Where numbers are: a space, and an address that moves with the loops around."""

    space: str  # K, A, U, S or L
    base: int
    inner: int = 0
    outer: int = 0
    step: int = 0
    array: int = -1  # which argument array, where space is A
    looked_up: bool = False

    def at(self, o: int, i: int, s: int) -> int:
        """The address, or its place in the tables, for one instance in one iteration."""
        return self.base + i * self.inner + o * self.outer + s * self.step


Words = tuple[str | int, ...]


class Dot(NamedTuple):
    """Σ of products along two leaves."""

    terms: int
    w: int
    x: int
    w_stride: int
    x_stride: int
    start: Words = ()
    op: str = "dot"


class Group(NamedTuple):
    """Instances of one expression."""

    code: Words
    leaves: tuple[Leaf, ...]
    target: Leaf
    per_sample: bool  # of the expression; a total's target is uniform
    count: int = 1  # type: ignore[assignment]
    outer: int = 1
    dots: tuple[Dot, ...] = ()
    total: bool = False


def words(group: Group) -> Iterator[str | int]:
    """The code of a group, and what its dots start with."""
    return chain(group.code, *[dot.start for dot in group.dots])


def uses(group: Group) -> Iterator[tuple[Leaf, int, int]]:
    """What a group reads: leaves, with the stride and the terms of the dot along them."""
    moves = {dot.w: (dot.w_stride, dot.terms) for dot in group.dots}
    moves |= {dot.x: (dot.x_stride, dot.terms) for dot in group.dots}
    for k, leaf in enumerate(group.leaves):
        yield leaf, *moves.get(k, (0, 1))


class Loop(NamedTuple):
    """Groups that run again and again, each time on the numbers of the time before."""

    count: int  # type: ignore[assignment]
    body: tuple[Group, ...]
    per_sample: bool


def members(item: Group | Loop) -> list[tuple[Group, int]]:
    """The groups of an item, and how often each is run."""
    if isinstance(item, Loop):
        return [(group, item.count) for group in item.body]
    return [(item, 1)]


class Outputs(Sequence[Leaf]):
    """Where so many outputs are: each in its own uniform slot, but for those ``per_sample``."""

    __slots__ = ("length", "per_sample")

    def __init__(self, length: int, per_sample: dict[int, Leaf]) -> None:
        self.length, self.per_sample = length, per_sample

    @classmethod
    def of(cls, leaves: Sequence[Leaf]) -> Outputs:
        """The outputs that these leaves hold."""
        pairs = enumerate(leaves)
        return cls(len(leaves), {k: leaf for k, leaf in pairs if leaf.space == "S"})

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, k: int) -> Leaf:  # type: ignore[override]
        if not 0 <= k < self.length:
            raise IndexError(k)
        return self.per_sample.get(k) or Leaf("U", k)


class Stage:
    """Items that need no sum over samples of each other.

    Of a program that another process kept ``read`` answers the items, when they are first asked for.
    """

    def __init__(
        self,
        per_sample: bool,
        items: Sequence[Group | Loop] = (),
        read: Callable[[], list[Group | Loop]] | None = None,
    ) -> None:
        self.per_sample, self._items, self._read = per_sample, [*items], read

    @property
    def items(self) -> list[Group | Loop]:
        """Groups and loops in their order."""
        if read := self._read:
            self._items, self._read = read(), None
        return self._items

    def groups(self) -> Iterator[tuple[Group, int]]:
        """Every group in order, and how often it is run."""
        return chain.from_iterable(map(members, self.items))


class Rolled:
    """A program in loops.

    A sample input is an array, the first number's place in it, and the step from sample to sample;
    ``digest`` is the hash (see `kept.stored`) of a program that another process kept.
    """

    def __init__(
        self,
        stages: Sequence[Stage] = (),
        constants: Sequence[float] = (),
        tables: Sequence[int] = (),
        sample_inputs: Sequence[tuple[int, int, int]] = (),
        uniform_slots: int = 0,
        sample_slots: int = 0,
        locals: int = 0,  # noqa: A002  (the field's name)
        outputs: Outputs | None = None,
        watch: Sequence[Leaf] = (),
        element: Element = DOUBLE,
        digest: str = "",
    ) -> None:
        self.stages, self.constants, self.sample_inputs = [*stages], [*constants], [*sample_inputs]
        self.uniform_slots, self.sample_slots, self.locals = uniform_slots, sample_slots, locals
        self.tables, self.watch = [*tables], [*watch]
        self.outputs = Outputs(0, {}) if outputs is None else outputs
        self.element, self.digest = element, digest

    def of(self, element: Element) -> Rolled:
        """The same program of numbers of another width, to which its constants are rounded."""
        return self.but(element=element, constants=[element.rounded(x) for x in self.constants])

    def but(self, **fields: Any) -> Rolled:
        """The same program with some fields replaced."""
        other = copy.copy(self)
        vars(other).update(fields)
        return other

    def groups(self) -> Iterator[tuple[Group, int]]:
        """Those of all stages, in order, and how often each is run."""
        return chain.from_iterable(stage.groups() for stage in self.stages)


def addresses(
    rolled: Rolled, group: Group, leaf: Leaf, iterations: int, stride: int = 0, terms: int = 1
) -> set[int]:
    """Every address of a leaf, in all instances of a group, iterations of a loop and terms of a dot."""
    found = {leaf.base}
    ways = (group.count, leaf.inner), (group.outer, leaf.outer), (iterations, leaf.step)
    for count, by in (*ways, (terms, stride)):
        if count > 1 and by:
            found = {place + by * k for place in found for k in range(count)}
    return {rolled.tables[place] for place in found} if leaf.looked_up else found


class InputRun(NamedTuple):
    """Per-sample inputs side by side: elements at one distance, and the slots that they go to."""

    slot: int
    count: int  # type: ignore[assignment]
    array: int
    first: int
    distance: int
    step: int


def input_runs(
    inputs: Sequence[tuple[int, int, int]], joins: Callable[[int], bool] = lambda _: True
) -> list[InputRun]:
    """A program's per-sample inputs in as few runs as there are, of slots that may be in one."""
    found: list[InputRun] = []
    for slot, (array, first, step) in enumerate(inputs):
        last = found[-1] if found else None
        if last and (array, step) == (last.array, last.step) and joins(slot - 1) and joins(slot):
            distance = first - last.first if last.count == 1 else last.distance
            if first == last.first + distance * last.count:
                found[-1] = last._replace(count=last.count + 1, distance=distance)
                continue
        found.append(InputRun(slot, 1, array, first, 0, step))
    return found
