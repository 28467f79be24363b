"""How a source text stores a program's numbers: in variables, or as elements of a list.

A slot that every group names by its number is a variable, ``u3``: that reads best. A slot that some
loop reaches by an address that moves, ``u[3 + i]``, is an element of a list wherever it is met. A
per-sample slot that a later stage reads, or the caller, is one too, as each sample has its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..rolling.rolled import Group, Leaf, Loop, Rolled, uses

Axes = Sequence[tuple[str, int]]
"""Loop variables, and how far an address moves with each."""


class Storage:
    """Which slots of a program are elements of lists, and which inputs each stage reads.

    ``moving`` marks the slots of each space that an address which moves can reach, ``lasting`` the
    per-sample slots that are read after their own stage, ``inputs_of`` the sample inputs by stage.
    """

    def __init__(self, rolled: Rolled) -> None:
        self.sizes = {
            "K": len(rolled.constants),
            "T": len(rolled.tables),
            "U": rolled.uniform_slots,
            "S": rolled.sample_slots,
            "L": rolled.locals,
        }
        self.moving = {space: bytearray(size) for space, size in self.sizes.items()}
        self.moving["T"] = bytearray(b"\1" * self.sizes["T"])
        self.tables = rolled.tables
        self.lasting = bytearray(rolled.sample_slots)
        self.inputs_of = [bytearray(len(rolled.sample_inputs)) for _ in rolled.stages]
        self._note(rolled)

    def _note(self, rolled: Rolled) -> None:
        made_in: dict[int, int] = {}
        for number, stage in enumerate(rolled.stages):
            for group, loop in stage.groups():
                for leaf, dot_step, terms in uses(group):
                    places = self._addresses(leaf, group, loop, dot_step, terms)
                    self._mark(leaf, places)
                    if leaf.space == "S":
                        self._note_stage(made_in, places, number, len(rolled.sample_inputs))
                places = self._addresses(group.target, group, loop)
                self._mark(group.target, places)
                if group.target.space == "S":
                    made_in.update(dict.fromkeys(places, number))
        for leaf in (*rolled.outputs.per_sample.values(), *rolled.watch):
            if leaf.space == "S":
                self.lasting[leaf.base] = 1

    def _addresses(
        self, leaf: Leaf, group: Group, loop: Loop | None, dot_step: int = 0, terms: int = 1
    ) -> Sequence[int]:
        places = addresses(leaf, group, loop, dot_step, terms)
        return [self.tables[place] for place in places] if leaf.looked_up else places

    def _note_stage(
        self, made_in: dict[int, int], places: Sequence[int], stage: int, inputs: int
    ) -> None:
        for place in places:
            if place < inputs:
                self.inputs_of[stage][place] = 1
            elif made_in.get(place) != stage:
                self.lasting[place] = 1

    def _mark(self, leaf: Leaf, places: Sequence[int]) -> None:
        if leaf.space not in self.moving or (len(places) < 2 and not leaf.looked_up):
            return
        moving = self.moving[leaf.space]
        if isinstance(places, range):
            moving[places.start : places.stop] = b"\1" * len(places)
        else:
            for place in places:
                moving[place] = 1

    def is_element(self, leaf: Leaf) -> bool:
        """Whether a leaf is an element of a list."""
        return leaf.space == "A" or leaf.looked_up or bool(self.moving[leaf.space][leaf.base])

    def has(self, space: str) -> bool:
        """Whether the text needs a list for a space."""
        return any(self.moving[space])


def addresses(
    leaf: Leaf, group: Group, loop: Loop | None, dot_step: int = 0, terms: int = 1
) -> range:
    """From the lowest to the highest address that a leaf has, in any instance, iteration and term."""
    if loop is None and terms == group.count == group.outer == 1:
        return range(leaf.base, leaf.base + 1)
    ways = [(leaf.inner, group.count), (leaf.outer, group.outer), (dot_step, terms)]
    ways.append((leaf.step, loop.count if loop else 1))
    ends = [step * (count - 1) for step, count in ways]
    low, high = sum(min(e, 0) for e in ends), sum(max(e, 0) for e in ends)
    return range(leaf.base + low, leaf.base + high + 1)


def input_runs(
    inputs: Sequence[tuple[int, int, int]], used: Sequence[int], elements: Sequence[bool]
) -> Iterator[tuple[int, int, int, int, int, int]]:
    """The sample inputs that are used, those together that one slice can fetch: slots side by side,
    of elements at one distance from each other.

    Each is (first slot, how many, array, first element, distance, step from sample to sample).
    """
    k = 0
    while k < len(inputs):
        array, first, step = inputs[k]
        count, distance = 1, 1
        while elements[k] and k + count < len(inputs) and elements[k + count]:
            following = inputs[k + count]
            distance = following[1] - first if count == 1 else distance
            if following != (array, first + count * distance, step) or not distance:
                break
            count += 1
        if any(used[k : k + count]):
            yield k, count, array, first, distance if count > 1 else 1, step
        k += count


def affine(base: int, axes: Axes) -> str:
    """An address as text: 3 + 4 * i."""
    text = "" if base == 0 else str(base)
    for name, step in axes:
        if step:
            size = name if abs(step) == 1 else f"{abs(step)} * {name}"
            sign = "-" if step < 0 else "+"
            text = f"{text} {sign} {size}" if text else size if step > 0 else f"-{size}"
    return text or "0"
