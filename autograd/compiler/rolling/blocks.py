"""Repeated blocks: stretches of instructions that come again and again, as a loop in Python left them.

A simulation that was written ``for _ in range(steps): y = step(y)`` has been recorded as one step
after another, and its gradient as one adjoint step after another. In such a stretch instruction i and
instruction i + P, the *period*, are one operation on the same spaces, and every element moves by the
same distance from each block to the next: 0 where it is outside of the loop, P where it is in the same
block or in an earlier one (what the loop carries), anything else where it runs along what an earlier
loop stored (a tape; the adjoint loop reads it backwards). Constants may be any: they become a table. So
do addresses that jump about (*wild* ones: rows of an array by given indices, what this or that earlier
turn has left, one of the numbers that the turn itself has computed), if that is all that keeps blocks
from being alike.

Only what must run one step after the other is a loop. Blocks that do not build on each other are left
to `roll`, which runs them side by side; and so are those that do nothing but add to the same sums, for
such a sum is a dot (the adjoint of a layer's input, to which every neuron adds). Where a turn is
nothing but cells that are alike, cells are what repeats; a turn is as many of them as do not build on
each other. Of many short chains side by side (the largest score of each word's attention) links are
taken together, one of each chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .arrays import climbed, numbered, stretches
from .columns import OPERATIONS, is_sum
from .depth import depths_of
from .flow import COMPUTED, CONSTANT, Flow
from .periods import LEAST_SAVED, candidates
from .runs import are_many

FEWEST = 4  # blocks of a loop
LOOPS = 4  # of a stretch, that are looked at
GROWING = 0.25  # the least part of a block that must build on the block before it
WARM_UP = 8  # blocks after which it shows what builds on what


class Block(NamedTuple):
    """``repeats`` blocks of ``period`` instructions, from a position on."""

    start: int
    period: int
    repeats: int

    @property
    def stop(self) -> int:
        """The position after the last block."""
        return self.start + self.period * self.repeats


def find(flow: Flow, adding: Any = None) -> list[Block]:
    """The loops of a program, in order: the one that saves most first, then those beside it.

    ``adding`` are the elements that are a sum to which one more product is added: no block builds on
    another for them alone.
    """
    counted = flow.space == COMPUTED
    if adding is not None:
        counted &= ~adding
    found: list[Block] = []
    ends = np.flatnonzero(np.diff(flow.stage)) + 1
    todo = [*zip([0, *ends.tolist()], [*ends.tolist(), len(flow)], strict=True)]
    kind = _kinds(flow)
    while todo:
        low, high = todo.pop()
        best = _best(flow, kind, counted, low, high)
        if best:
            found.append(best)
            todo += [(low, best.start), (best.stop, high)]
    return sorted(found)


def _kinds(flow: Flow) -> Any:
    """A number for what each instruction does to operands of which spaces; a dot's is its length."""
    length, other = np.diff(flow.first), ~flow.is_dot
    spaces = int(flow.space.max(initial=0)) + 2
    key = flow.op.astype(np.int64)
    for k in range(3):
        rows = np.flatnonzero(other & (length > k))
        key *= spaces
        key[rows] += 1 + flow.space[flow.first[rows] + k]
    key[flow.is_dot] += len(OPERATIONS) * spaces**3 * length[flow.is_dot]
    kind = numbered(key) if len(key) else key
    return kind.astype(np.min_scalar_type(kind.max(initial=0)))


def _best(flow: Flow, kind: Any, counted: Any, low: int, high: int) -> Block | None:
    """The loop between two positions that saves most."""
    best, saved = None, LEAST_SAVED - 1
    side_by_side: list[Block] = []
    for length, start, stop, period in candidates(kind[low:high]):
        if length <= saved:
            break
        stretch = Block(low + start, period, length // period + 1)
        for p in _periods_of(flow, counted, low + start, low + stop, period):
            loops = _check(flow, low + start, low + stop + period - p, p)
            large = [block for block in loops if (block.repeats - 1) * p > saved]
            building = [block for block in large if _builds_on_itself(flow, counted, block)]
            others = _around(building[0], side_by_side) if building else ()
            if building and all(p > b.period or building[0].repeats > b.repeats for b in others):
                best, saved = building[0], (building[0].repeats - 1) * p
                break
            if len(building) < len(large):
                side_by_side.append(stretch)
    return best


def _around(block: Block, others: list[Block]) -> list[Block]:
    """Those of others that a block is part of."""
    return [b for b in others if b.start <= block.start and block.stop <= b.stop]


def _periods_of(flow: Flow, counted: Any, start: int, stop: int, period: int) -> Iterator[int]:
    """A period, and only where that is none of a loop, its turn's."""
    yield period
    cells = (stop - start) // period + 1
    turn = _turn(flow, counted, start, stop, period) if cells >= 2 * FEWEST else 0
    if turn > period:
        yield turn


def _turn(flow: Flow, counted: Any, start: int, stop: int, period: int) -> int:
    """The period at which blocks that lie side by side build on those before, 0 if they do not: a
    recurrent network repeats its neurons, and after as many as a turn has, all of them.
    """
    stop += period
    whole = _aligned(flow, start, min(stop - start, 5 * period - 1), period)
    start = whole.start if whole else start  # where no cell is cut in two
    count = (stop - start) // period
    rows = slice(flow.first[start], flow.first[start + count * period])
    inner = counted[rows] & (flow.value[rows] >= start)
    reader, read = ((x[rows][inner] - start) // period for x in (flow.reader, flow.value))
    level = depths_of(reader[reader > read], read[reader > read], count)
    many = np.diff(np.flatnonzero(np.diff(level)))
    return period * int(np.bincount(many).argmax()) if len(many) >= FEWEST else 0


def _check(flow: Flow, start: int, stop: int, period: int) -> list[Block]:
    """The longest loops of a period among instructions that are the same a period later; what is read
    here and there is looked up, if that serves.
    """
    if stop - start <= 2 * period:
        return []
    first, space, value = flow.first, flow.space, flow.value
    a, b, size = first[start], first[stop], first[start + period] - first[start]
    same = space[a:b] == space[a + size : b + size]
    moved = np.where(space[a:b] == CONSTANT, 0, value[a + size : b + size] - value[a:b])
    n = first[stop - period] - a
    same = same[:n] & same[size : size + n]
    unsteady = ~same | (moved[:n] != moved[size : size + n])
    looked_up = unsteady & same & _are_wild(np.flatnonzero(unsteady & same), n, size)
    ways = [unsteady & ~looked_up, unsteady] if looked_up.any() else [unsteady]
    return next(filter(None, (_where(flow, start, stop, period, x) for x in ways)), [])


def _are_wild(unsteady: Any, n: int, size: int) -> Any:
    """Whether elements of blocks are of those that move unsteadily in many blocks; all that do, if in
    many blocks one or another does.
    """
    block, column = np.divmod(unsteady, size)
    wild = are_many(np.bincount(column, minlength=size), n // size)
    others = np.bincount(block[~wild[column]]) > 0
    if are_many(others.sum(), n // size):
        wild[:] = True
    return wild[np.arange(n) % size]


def _where(flow: Flow, start: int, stop: int, period: int, broken: Any) -> list[Block]:
    """The longest loops that have none of some elements."""
    holds = np.ones(stop - period - start, dtype=bool)
    a = flow.first[start]
    holds[flow.reader[a : a + len(broken)][broken] - start] = False
    found = (
        _aligned(flow, start + begin, end - begin + 2 * period, period)
        for begin, end in stretches(holds, LOOPS)
    )
    return [*filter(None, found)]


def _aligned(flow: Flow, begin: int, length: int, period: int) -> Block | None:
    """Where blocks begin: as many as possible, as few numbers as possible that cross, and of as few
    operations, which come from whole rows of a turn, none of them cut in two.

    No block may end between a condition and its reader, for conditions are not stored.
    """
    first = np.arange(begin, begin + min(period, length - 3 * period + 1))
    whole = (begin + length - first) // period
    before = np.maximum(first - 1, 0)
    usable = ~flow.is_condition[before] & ~flow.is_condition[first + period - 1]
    if len(first) == 0 or not usable.any():
        return None
    middle = first + period  # cuts between the first two blocks: what is read across them
    a, b = flow.first[begin], flow.first[begin + 3 * period]
    inner = (flow.space[a:b] == COMPUTED) & (flow.value[a:b] >= begin)
    last = np.full(3 * period, -1)  # the reader of each number that comes last
    last[flow.value[a:b][inner] - begin] = flow.reader[a:b][inner] - begin
    made = np.flatnonzero(last >= 0)
    crossing, kinds = np.zeros_like(first), np.zeros_like(first)
    for op in np.flatnonzero(np.bincount(flow.op[begin + made])):
        of_op = made[flow.op[begin + made] == op]
        opened, closed = (
            np.bincount(x + 1, minlength=3 * period + 2) for x in (of_op, last[of_op])
        )
        count = np.cumsum(opened - closed)[middle - begin]
        crossing += count
        kinds += count > 0
    k = np.lexsort([-first, kinds, crossing, -whole, ~usable])[0]
    block = Block(int(first[k]), period, int(whole[k]))
    return block if block.repeats >= FEWEST and _is_sound(flow, block) else None


def _is_sound(flow: Flow, block: Block) -> bool:
    """Whether all that a block reads of other blocks is in the same place of an earlier one, or
    anywhere before its reader, of one kind. (What the first block reads of itself moves with the
    blocks: it is no number of the first turn that later ones read too.)
    """
    start, period, _ = block
    value, wild = elements(flow, block), is_wild(flow, block)
    code = elements(flow, block, flow.code)
    computed = flow.space[flow.first[start] : flow.first[start + period]] == COMPUTED
    step, reaches, own = value[1] - value[0], value[-1] >= start, value[0] >= start
    steady = ~computed | np.where(own, step == period, ~reaches | (step % period == 0))
    return bool(np.where(wild, (code == code[0]).all(axis=0), steady).all())


def elements(flow: Flow, block: Block, of: Any = None) -> Any:
    """What the elements of all blocks are, a row each."""
    a, b = flow.first[block.start], flow.first[block.stop]
    return (flow.value if of is None else of)[a:b].reshape(block.repeats, -1)


def is_wild(flow: Flow, block: Block) -> Any:
    """Which elements of a block do not move by one step from block to block."""
    step = np.diff(elements(flow, block), axis=0)
    constant = elements(flow, block, flow.space)[0] == CONSTANT
    return (step != step[0]).any(axis=0) & ~constant


def _builds_on_itself(flow: Flow, counted: Any, block: Block) -> bool:
    """Whether enough of a block builds on the block before, so that its depth grows with each; of
    blocks that build on this one or that, whether on one of the last few.
    """
    is_looked_up = is_wild(flow, block)
    wild = is_looked_up.any()
    count = min(block.repeats, WARM_UP**2 if wild else WARM_UP)
    start, period, size = block.start, block.period, count * block.period
    rows = slice(flow.first[start], flow.first[start + size])
    inner = counted[rows] & (flow.value[rows] >= start)
    reader, read = flow.reader[rows][inner] - start, flow.value[rows][inner] - start
    whole, is_added = np.arange(size), is_sum(flow.op[start : start + size])
    if wild:
        looked_up = np.tile(is_looked_up, count)[inner]
        whole = _whole_sums(is_added, reader, read, looked_up)
        reader, read = whole[reader], whole[read]
        reader, read = reader[reader != read], read[reader != read]
    ours = (whole.reshape(count, period) // period == np.arange(count)[:, None]).mean(axis=0)
    work = np.diff(flow.first[start : start + period + 1]) * ours  # of a dot, its terms
    grows = _building(reader % period, read % period, period)
    if wild and work[grows].sum() >= GROWING * work.sum():
        depth = depths_of(reader, read, size)[whole].reshape(count, period)
        if is_added.all():
            return bool(depth.max() == size - 1)  # one sum: those side by side are groups
        grows = WARM_UP * (depth.max(axis=0) - depth[0]) >= count
    return bool(work[grows].sum() >= GROWING * work.sum())


def _building(reader: Any, read: Any, period: int) -> Any:
    """Which rows of a block build on themselves, or on such: they are what is left when all that reads
    nothing is taken away, again and again.
    """
    while True:
        left = np.zeros(period, dtype=bool)
        left[reader] = True
        again = left[read]
        if again.all():
            return left
        reader, read = reader[again], read[again]


def _whole_sums(is_added: Any, reader: Any, read: Any, looked_up: Any) -> Any:
    """The sum that each is a part of. One that is looked up to be added to, and is read by nothing
    else, is a part of the next: what is added may be there long before, so its block builds on none.
    """
    once = np.bincount(read, minlength=len(is_added)) == 1
    goes_on = looked_up & is_added[reader] & (is_added & once)[read]
    whole = np.arange(len(is_added))
    whole[read[goes_on]] = reader[goes_on]
    return climbed(whole)[0]
