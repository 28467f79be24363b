"""Where a block of samples begins and ends: inputs into slots, outputs into rows, a look for nan.

An argument array holds one sample after another, a slot one lane after another; so what comes in is
turned on its way. It is brought in one of three ways, whole vectors where that is possible:

    squares    of inputs that are neighbours in memory as many as there are lanes, of as many samples
    columns    an input whose samples are neighbours, all of the block's
    singles    one input of one sample

Lanes that no sample fills repeat the last one: nothing that is computed in them can be nan unless it is
in a sample, and no garbage makes the processor slow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from ...rolling.rolled import InputRun, Leaf, Rolled, input_runs
from ..text.ir import Code, Index, Text, in_steps
from ..text.lanes import Numbers
from .spaces import Part
from .tiles import UNROLLED

STREAMED = 1 << 20
"""Bytes of a row of results that are more than the second-level cache should hold."""


def write_inputs(part: Part, rolled: Rolled) -> None:
    """Bring a block's inputs into their slots; empty lanes of a tile repeat the last sample."""
    code, lanes = part.code, part.shape.lanes
    squares, rest = split(input_runs(rolled.sample_inputs), lanes)
    columns = [run for run in rest if run.step == 1 and not part.shape.rows]
    singles = [run for run in rest if run not in columns]

    def bring_squares(lane: Text) -> None:
        samples = [sample(part, code.offset(k, (lane, 1))) for k in range(lanes)]
        for run in squares:
            places = [row_of(part, run, t) for t in samples]
            code.repeat(run.count, partial(bring_square, part, run, places, lane), step=lanes)

    def bring_singles(lane: Text) -> None:
        t = sample(part, lane)
        for run in singles:
            each(code, run.count, partial(bring_single, part, run, row_of(part, run, t), lane))

    if rolled.sample_inputs:
        code.head += [
            "  %last = sub i64 %n, 1",
            f"  %over = add i64 %limit, {part.shape.tile - 1}",
            f"  %full = and i64 %over, {-part.shape.tile}",  # samples of the tiles that have any
        ]
    if squares:
        code.repeat("%full", bring_squares, step=lanes)
    if singles:
        code.repeat("%full", bring_singles)
    for run in columns:
        each(code, run.count, partial(bring_column, part, run))


def each(code: Code, count: int, bring: Callable[[Index], None]) -> None:
    """A loop; a few turns are written out."""
    if count > UNROLLED:
        code.repeat(count, bring)
    else:
        for j in range(count):
            bring(j)


def sample(part: Part, lane: Index) -> Text:
    """The sample of a lane of the block, or the last one."""
    code = part.code
    t = code.new(f"add i64 {code.added_up(lane)}, %first")
    inside = code.new(f"icmp slt i64 {t}, %n")
    return code.new(f"select i1 {inside}, i64 {t}, i64 %last")


def write_results(part: Part, rolled: Rolled) -> None:
    """Write a block's per-sample outputs to their rows, and look for nan."""
    code = part.code
    for row, leaf in enumerate(rolled.outputs.per_sample.values()):
        start = code.offset(0, (code.new(f"mul i64 %n, {row}"), 1), ("%first", 1))
        write_row(part, code.at("%results", start), part.slot(leaf.base, 0))
    watch_all(part, [leaf for leaf in rolled.watch if leaf.space == "S"])


def watch_all(part: Part, leaves: list[Leaf]) -> None:
    """Look for nan in all of these: in a vector of samples at a time, or of numbers side by side, such
    as a layer's gradients.
    """
    code, lanes = part.code, part.shape.lanes
    for leaf, times in side_by_side(leaves):
        if leaf.space == "S":
            code.repeat(times, partial(watch_samples, part, leaf))
        else:
            in_steps(code, times, lanes, partial(watch_numbers, part, leaf))


def watch_samples(part: Part, leaf: Leaf, i: Index) -> None:
    """Look for nan in a slot, the i-th from the leaf's on."""
    slot = part.code.offset(leaf.base, (i, 1))

    def vector(lane: Text) -> None:
        watch(part, part.many, part.slot(slot, lane))

    part.code.repeat("%limit", vector, step=part.shape.lanes)


def watch_numbers(part: Part, leaf: Leaf, i: Index, how_many: int) -> None:
    """Look for nan in so many uniform numbers, the i-th from the leaf's on."""
    n = part.many if how_many == part.shape.lanes else part.one
    for k in range(0, how_many, n.lanes):
        watch(part, n, part.place(leaf, part.code.offset(leaf.base + k, (i, 1))))


def side_by_side(leaves: list[Leaf]) -> Iterator[tuple[Leaf, int]]:
    """Leaves by the runs that they are in: the first of a run, and how many there are."""
    alike = defaultdict[Any, set[int]](set)
    for space, base, *rest in leaves:
        alike[space, *rest].add(base)
    for (space, *rest), bases in alike.items():
        for _, run in groupby(enumerate(sorted(bases)), lambda at: at[1] - at[0]):
            (_, first), *others = run
            yield Leaf(space, first, *rest), 1 + len(others)


def watch(part: Part, n: Numbers, place: Text) -> None:
    """Count watched numbers if one is nan (an empty lane repeats one that is not empty)."""
    bad = n.any(n.is_nan(n.load(place)))
    add_watched(part.code, part.code.new(f"zext i1 {bad} to i64"))


def add_watched(code: Code, more: Text) -> None:
    """Count so many more watched numbers that are nan."""
    seen = code.new("load i64, ptr %watched, align 8")
    code.do(f"store i64 {code.new(f'add i64 {seen}, {more}')}, ptr %watched, align 8")


def row_of(part: Part, run: InputRun, t: Text) -> Text:
    """Where the first input of a sample is: in the t-th row, or the one that stands for it."""
    code = part.code
    if part.shape.rows:
        t = code.item("i64", part.array(run.array + part.shape.rows), t)
    return code.at(part.array(run.array), code.offset(run.first, (t, run.step)))


def bring_single(part: Part, run: InputRun, place: Text, lane: Index, j: Index) -> None:
    """Copy one input of one sample into its slot."""
    code = part.code
    x = part.one.load(code.at(place, code.offset(0, (j, run.distance))))
    part.one.store(x, part.slot(code.offset(run.slot, (j, 1)), lane))


def bring_square(part: Part, run: InputRun, places: Sequence[Text], lane: Index, j: Index) -> None:
    """Copy as many inputs of as many samples as there are lanes: whole vectors in and out."""
    code, n = part.code, part.many
    columns = n.transposed([n.load(code.at(place, j)) for place in places])
    for k, column in enumerate(columns):
        n.store(column, part.slot(code.offset(run.slot + k, (j, 1)), lane))


def bring_column(part: Part, run: InputRun, j: Index) -> None:
    """Copy an input of all samples of a block, which lie side by side."""
    code, array = part.code, part.array(run.array)
    first, slot = (run.first, (j, run.distance)), code.offset(run.slot, (j, 1))
    source = code.at(array, code.offset(*first, ("%first", 1)))
    copy_block(part, part.slot(slot, 0), source)
    empty = code.new("sub i64 %full, %limit")

    def repeat_last() -> None:
        x = part.one.load(code.at(array, code.offset(*first, ("%last", 1))))

        def lane(k: Text) -> None:
            part.one.store(x, part.slot(slot, code.offset(0, ("%limit", 1), (k, 1))))

        code.repeat(empty, lane)

    code.when(code.new(f"icmp sgt i64 {empty}, 0"), repeat_last)


def split(found: Sequence[InputRun], lanes: int) -> tuple[list[InputRun], list[InputRun]]:
    """Of neighbours in memory as many as go into whole vectors, and the rest."""
    squares, rest = [], []
    for run in found:
        whole = run.count // lanes * lanes if run.distance == 1 and lanes > 1 else 0
        if whole:
            squares.append(run._replace(count=whole))
        if whole < run.count:
            at = {"slot": run.slot + whole, "first": run.first + whole}
            rest.append(run._replace(count=run.count - whole, **at))
    return squares, rest


def whole_block(part: Part, vector: Callable[[Index], None]) -> None:
    """Something for each vector of a full block, a few written out."""

    def some(first: Index, how_many: int) -> None:
        for lane in range(0, how_many, part.many.lanes):
            vector(part.code.offset(lane, (first, 1)))

    in_steps(part.code, part.shape.block, UNROLLED * part.many.lanes, some)


def copy_block(part: Part, to: Text, source: Text) -> None:
    """The samples of a block; a full one's in vectors, without the call that some bytes would take."""
    code, n, each = part.code, part.many, part.code.element.bytes
    full = code.new(f"icmp eq i64 %limit, {part.shape.block}")

    def vector(lane: Index) -> None:
        n.store(n.load(code.at(source, lane)), code.at(to, lane))

    def some() -> None:
        size = code.new(f"mul i64 %limit, {each}")
        code.do(
            f"call void @llvm.memcpy.p0.p0.i64(ptr align {each} {to}, ptr align {each} {source}, "
            f"i64 {size}, i1 false)"
        )

    code.when(full, partial(whole_block, part, vector))
    code.when(code.new(f"xor i1 {full}, true"), some)


def write_row(part: Part, to: Text, source: Text) -> None:
    """The results of a block. Those of many samples go past the caches, which would read what they
    replace first; where a vector begins at a multiple of its size, as such stores need it.
    """
    code, n, each = part.code, part.many, part.code.element.bytes
    address = code.new(f"ptrtoint ptr {to} to i64")
    rest = code.new(f"and i64 {address}, {each * n.lanes - 1}")
    many = code.new(f"icmp sge i64 %n, {STREAMED // each}")
    full = code.new(f"icmp eq i64 %limit, {part.shape.block}")
    fits = code.new(f"and i1 {many}, {full}")
    fits = code.new(f"and i1 {fits}, {code.new(f'icmp eq i64 {rest}, 0')}")

    code.helpers["!0"] = "!0 = !{i32 1}"  # what LLVM wants to see behind !nontemporal

    def stream(lane: Index) -> None:
        x, place = n.load(code.at(source, lane)), code.at(to, lane)
        code.do(f"store {n.type} {x}, ptr {place}, align {each * n.lanes}, !nontemporal !0")

    code.when(fits, partial(whole_block, part, stream))
    code.when(code.new(f"xor i1 {fits}, true"), partial(copy_block, part, to, source))
