"""Repeated blocks become loops: where their numbers are, and how a leaf moves from block to block.

What only its own block reads is a local. All else of a block lies side by side in a *frame*, and the
frames of a loop lie one after the other, so that an address moves by the size of a frame from block to
block: reading the block before is a step back, and an adjoint loop runs along the frames backwards.
Before the first frame and after the last there is room for numbers that were computed outside of the
loop (the start of a simulation, say), where readers that run along the frames expect them.

A leaf that moves along no such line is gathered: copied side by side before the loop begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .blocks import Block
from .bodies import Place, place_of, ranks, together
from .expressions import single
from .flow import COMPUTED, PLACE
from .rolled import Group, Leaf, Loop
from .runs import by_turns, is_irregular, runs
from .slots import Slots, space_of
from .trees import Forest


class Frames:
    """The numbers of one loop, by their row in a block."""

    def __init__(self, forest: Forest, block: Block, shared: Any, rank: Any) -> None:
        rows = slice(block.start, block.start + block.period)
        self.block = block
        self.low, self.high = 0, block.repeats  # frames that there are
        self.roots = np.flatnonzero(forest.root[rows])
        self.shared = shared[rows]
        self.sampled = forest.flow.in_samples[rows]
        self.index = np.full(block.period, -1)
        self.size = [0, 0]  # of a frame: of uniform numbers, of per-sample ones
        self.first = [0, 0]  # the slots of frame 0
        self.locals = 0
        order = np.lexsort([key[block.start + self.roots] for key in rank])
        for r in self.roots[order].tolist():
            if self.shared[r]:
                kind = int(self.sampled[r])
                self.index[r] = self.size[kind]
                self.size[kind] += 1
            else:
                self.index[r] = self.locals
                self.locals += 1

    def row(self, position: Any) -> tuple[Any, Any]:
        """The block and the row of a position."""
        k, r = divmod(position - self.block.start, self.block.period)
        return k, r

    def address(self, k: Any, r: Any) -> Any:
        """Where row r of block k is."""
        size, first = np.array(self.size), np.array(self.first)
        kind = self.sampled[r].astype(np.int64)
        return first[kind] + self.index[r] + k * size[kind]

    def target(self, r: int) -> Leaf:
        """Where row r is, and how it moves."""
        if not self.shared[r]:
            return Leaf("L", int(self.index[r]))
        sampled = bool(self.sampled[r])
        return Leaf("S" if sampled else "U", int(self.address(0, r)), step=self.size[sampled])


class Loops:
    """All loops of a program."""

    def __init__(self, slots: Slots, blocks: Sequence[Block], results: Any) -> None:
        self.slots, self.forest = slots, slots.forest
        self.frames = []
        if blocks:
            shared, rank = self._shared(blocks, results), ranks(self.forest)
            self.frames = [Frames(self.forest, block, shared, rank) for block in blocks]
        slots.rolled.locals = max([f.locals for f in self.frames], default=0)
        self._make_room()
        for f in self.frames:
            self._give(f)
        self.copies: list[tuple[Leaf, Leaf]] = []

    def _shared(self, blocks: Sequence[Block], results: Any) -> Any:
        """What is read outside of its own block, in one block or another."""
        flow, forest = self.forest.flow, self.forest
        shared = flow.is_total.copy()
        shared[forest.read[forest.from_memory()]] = True
        shared[results] = True
        for start, period, count in blocks:
            rows = shared[start : start + period * count].reshape(count, period)
            rows[:] = rows.any(axis=0)
        return shared

    # -------------------------------------------------------------------------------- addresses

    def _moving(self, block: Block) -> Iterator[tuple[int, int]]:
        """The elements of a loop's first block that move, and by how many positions."""
        flow = self.forest.flow
        a, b = flow.first[block.start], flow.first[block.start + block.period]
        step = flow.value[b : 2 * b - a] - flow.value[a:b]
        inside = (flow.value[a:b] >= block.start) & (step == block.period)
        moves = (flow.space[a:b] == COMPUTED) & (step != 0) & ~self.forest.wild[a:b]
        for e in np.flatnonzero(moves & ~inside).tolist():
            yield int(a) + e, int(step[e])

    def _frames_along(self, block: Block, position: int, step: int) -> Frames | None:
        """The frames that a line of positions runs along."""
        last = position + step * (block.repeats - 1)
        middle = position + step * (block.repeats // 2)
        own = block.start <= last < block.stop
        loop = int(self.forest.loop[last if own else middle])
        if loop < 0 or step % self.frames[loop].block.period:
            return None
        return self.frames[loop]

    def _make_room(self) -> None:
        """Frames before the first and after the last, as far as a line of a reader goes."""
        for f in self.frames:
            for e, step in self._moving(f.block):
                position = int(self.forest.flow.value[e])
                along = self._frames_along(f.block, position, step)
                if along:
                    last = position + step * (f.block.repeats - 1)
                    ends = along.row(position)[0], along.row(last)[0]
                    along.low = min(along.low, *ends)
                    along.high = max(along.high, *(end + 1 for end in ends))

    def _give(self, f: Frames) -> None:
        """Slots for a loop's frames, and in the room around them for numbers of straight lines."""
        start, period, count = f.block
        for sampled in (False, True):
            taken = self.slots.take(sampled, (f.high - f.low) * f.size[sampled])
            f.first[sampled] = taken - f.low * f.size[sampled]
        rows = f.roots[f.shared[f.roots]]
        blocks = np.arange(f.low, f.high)[:, None]
        positions = start + rows + period * blocks
        addresses = f.address(blocks, rows)
        inside = (positions >= 0) & (positions < len(self.forest.root))
        positions, addresses = positions[inside], addresses[inside]
        own = (positions >= start) & (positions < start + period * count)
        free = self._is_free(positions, f)
        self.slots.address[positions[own | free]] = addresses[own | free]

    def _is_free(self, positions: Any, f: Frames) -> Any:
        """Whether a root is in no loop, and may be anywhere: it is no uniform output."""
        forest = self.forest
        r = (positions - f.block.start) % f.block.period
        alike = forest.flow.in_samples[positions] == f.sampled[r]
        free = forest.root[positions] & (forest.loop[positions] < 0) & alike
        return free & (self.slots.output[positions] < 0) & (self.slots.address[positions] < 0)

    # ------------------------------------------------------------------------------------- code

    def loop(self, number: int) -> tuple[list[Group], Loop]:
        """A loop, and the groups that copy what it needs beforehand."""
        f = self.frames[number]
        block, flow = f.block, self.forest.flow
        self.copies = []
        known: dict[int, Leaf] = {}
        own: dict[Place, list[Place]] = {}

        def leaf_of(element: int) -> Leaf:
            if element not in known:
                known[element] = self._leaf(f, element)
                if self.forest.wild[element]:
                    own[place_of(known[element])] = self._of_its_turn(f, element)
            return known[element]

        body = [
            single(self.forest, block.start + r, leaf_of, f.target(r)) for r in f.roots.tolist()
        ]
        many = bool(flow.stage[block.start] % 2)
        turns = Loop(block.repeats, tuple(together(body, own)), many)
        return [*copying(self.slots, self.copies)], turns

    def _in_all_blocks(self, block: Block, element: int) -> Any:
        """An element of the first block, and those that are its own in the others."""
        first = self.forest.flow.first
        size = int(first[block.start + block.period] - first[block.start])
        return element + size * np.arange(block.repeats)

    def _of_its_turn(self, f: Frames, element: int) -> list[Place]:
        """What an element is in one block or another that the same block computes."""
        block, row = f.row(self.forest.flow.value[self._in_all_blocks(f.block, element)])
        own = (self.forest.flow.space[element] == COMPUTED) & (block == np.arange(len(block)))
        return [place_of(f.target(r)) for r in np.unique(row[own]).tolist()]

    def _leaf(self, f: Frames, element: int) -> Leaf:
        """Where an element of the first block is, and how it moves from block to block."""
        flow, block = self.forest.flow, f.block
        elements = self._in_all_blocks(block, element)
        values = flow.value[elements]
        code = int(flow.code[element])
        space, array = space_of(code)
        if code == PLACE:
            if (values == values[0]).all():
                return Leaf(space, int(self.slots.constants(values[:1])[0]))
            return Leaf(space, self.slots.table(values.tolist()), step=1)
        first, step = int(values[0]), int(values[1] - values[0])
        if self.forest.wild[element]:
            return _in_time(self.slots.line(space, self.slots.addresses(elements), array))
        if flow.space[element] != COMPUTED:
            return Leaf(space, first, step=step, array=array)
        if first >= block.start:
            return f.target(first - block.start)
        if step == 0:
            return Leaf(space, int(self.slots.address[first]))
        return self._along(f, values, step) or self._gathered(values)

    def _along(self, f: Frames, positions: Any, step: int) -> Leaf | None:
        """A line along frames; what is elsewhere is copied into the room around them."""
        along = self._frames_along(f.block, int(positions[0]), step)
        if along is None:
            return None
        k, r = along.row(int(positions[0]))
        sampled = bool(along.sampled[r])
        move = step // along.block.period * along.size[sampled]
        first = int(along.address(k, r))
        wanted = first + move * np.arange(len(positions))
        space = "S" if sampled else "U"
        other = self.slots.address[positions] != wanted
        other |= self.forest.flow.in_samples[positions] != sampled
        to = (Leaf(space, address) for address in wanted[other].tolist())
        self.copies += zip(self.slots.targets(positions[other]), to, strict=True)
        return Leaf(space, first, step=move)

    def _gathered(self, positions: Any) -> Leaf:
        """A line of slots, where what is read has constant steps already or is copied to."""
        at, sampled = self.slots.address[positions], self.forest.flow.in_samples[positions]
        steps = np.diff(at)
        many = bool(sampled.any())
        if (sampled == many).all() and ((steps == steps[0]).all() or is_irregular(at[:, None])):
            return _in_time(self.slots.line("S" if many else "U", at))
        first = self.slots.take(many, len(positions))
        space = "S" if many else "U"
        to = (Leaf(space, first + k) for k in range(len(positions)))
        self.copies += zip(self.slots.targets(positions), to, strict=True)
        return Leaf(space, first, step=1)


def _in_time(leaf: Leaf) -> Leaf:
    """A leaf that moves from block to block, of one that moves from instance to instance."""
    return leaf._replace(inner=0, step=leaf.inner)


def copying(slots: Slots, copies: Sequence[tuple[Leaf, Leaf]]) -> Iterator[Group]:
    """Groups that copy from leaf to leaf."""
    kinds: dict[tuple[str, int, str], list[tuple[int, int]]] = {}
    for source, target in dict.fromkeys(copies):
        kind = source.space, source.array, target.space
        kinds.setdefault(kind, []).append((target.base, source.base))
    for (at_space, array, space), pairs in kinds.items():
        yield from copied(slots, (at_space, array), space, np.array(sorted(pairs)))


def copied(slots: Slots, source: tuple[str, int], space: str, table: Any) -> Iterator[Group]:
    """Groups that copy from a space, which may be an array, to another: a row has both addresses, that
    of the target first.
    """
    table = table[by_turns(table)]
    if is_irregular(table):
        to, at = table.T
        leaf, target = slots.line(source[0], at, source[1]), slots.line(space, to)
        yield Group((0,), (leaf,), target, space == "S", len(table))
        return
    for first, count, outer, step, far in runs(table):
        to, (base, inner, far_off) = np.stack([table[first], step, far], axis=1).tolist()
        leaf = Leaf(source[0], base, inner, far_off, array=source[1])
        yield Group((0,), (leaf,), Leaf(space, *to), space == "S", count, outer)
