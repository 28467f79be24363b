"""A rolled program as LLVM's functions: parts, and the kernel that calls them block after block.

LLVM's time grows faster than the length of a function, so a program is written as *parts* of a few
hundred operations, each a function of its own. The kernel runs the stages in order: a uniform stage
calls its parts once; a per-sample stage cuts the samples into blocks that fit the first-level cache,
brings each block's inputs into its slots, and calls its parts.

    i64 kernel(i64 n, ptr arrays, ptr uniform, ptr samples, ptr sums, ptr results, i64 stride)

It is a sequence of *phases*, functions that are also there on their own: one that runs once, or one
over the blocks of samples from ``begin`` to ``end``, which several threads may run side by side, each
with ``sums`` of its own (and ``samples``, if a block is all that they hold).

``arrays`` holds the addresses of the argument arrays; ``uniform``, ``samples`` and ``sums`` are memory
to work in (`Layout` says how much), of which ``uniform`` begins with the uniform outputs; per-sample
outputs go to ``results``, one row of n each. It answers how many of the watched numbers are nan.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from ...rolling.rolled import Group, Loop, Rolled, Stage
from ...rolling.short import without_short_dots
from ..running.memory import Layout
from ..text.instructions import Library
from ..text.ir import Code, Index, Text
from . import edges, sums, totals
from .modules import Functions
from .panels import in_panels, write_panels
from .parts import (
    LINES,
    Item,
    cut,
    is_cold,
    is_straight,
    read_from_memory,
    vectors_of_lines,
)
from .shapes import Shape
from .spaces import At, Part
from .tiles import is_short, over_lanes, write_group

SIGNATURE = (
    "i64 %n, ptr noalias %arrays, ptr noalias %uniform, ptr noalias %samples, ptr noalias %sums, "
    "ptr noalias %results, i64 %stride"
)
PHASE = f"{SIGNATURE}, i64 %begin, i64 %end"
PART = f"{SIGNATURE}, ptr noalias %watched, i64 %first, i64 %limit, i1 %opens"


class Block(NamedTuple):
    """The samples that parts are called for: none, in a uniform stage."""

    first: Index = 0
    limit: Text = "0"  # how many there are
    samples: Text = "%samples"  # where their slots are
    opens: Text = "true"  # whether it is the first block, so that nothing has been added up before


def _begun(rolled: Rolled) -> Code:
    """A function that counts the watched numbers that are nan."""
    code = Code(rolled.element)
    code.head = ["  %watched = alloca i64, align 8", "  store i64 0, ptr %watched, align 8"]
    return code


class Kernel:
    """Writes a program, part by part."""

    def __init__(self, rolled: Rolled, shape: Shape, library: Library) -> None:
        rolled = self.rolled = without_short_dots(rolled, is_short)
        self.shape, self.library = shape, library
        self.code = _begun(rolled)
        self.open: Part | None = None  # what is being written
        self.block = Block()  # that is being written
        self.functions = Functions(rolled)
        self.pieces = [[*cut(stage, shape)] for stage in rolled.stages]
        self.stored = read_from_memory(rolled, self.pieces)
        self.vectors_of_lines = vectors_of_lines(shape, self.pieces)
        least, count = sums.span(t for stage in rolled.stages for t in self.kept(stage))
        loops = any(any(sums.in_loops(stage)) for stage in rolled.stages)
        self.room = sums.Sums(least, shape.lanes if loops else 1)
        self.layout = Layout.of(rolled, count * self.room.lanes)

    # ------------------------------------------------------------------------------------ parts

    def part(self, cold: bool = False) -> Part:
        """The part that is being written, or an empty one if that is long or of the other kind."""
        if self.open and (cold != self.open.cold or len(self.open.code.lines) > LINES):
            self.finish()
        if not self.open:
            stride = "%stride" if self.layout.whole else self.shape.block + self.shape.between
            self.open = Part(self.shape, self.rolled, self.library, stride, self.stored, cold)
        return self.open

    def finish(self) -> None:
        """Keep the part that is being written as a function, and call it."""
        part, self.open, block = self.open, None, self.block
        if not part or not part.code.lines:
            return
        hot, cold = self.functions.hot, self.functions.cold
        name = f"part{len(hot) + len(cold)}"
        part.code.do("ret void")
        signature = f"void @{name}({PART}) noinline nounwind"
        self.functions.add(cold if part.cold else hot, part.code, signature)
        self.code.do(
            f"call void @{name}(i64 %n, ptr %arrays, ptr %uniform, ptr {block.samples}, ptr %sums, "
            f"ptr %results, i64 %stride, ptr %watched, i64 {block.first}, i64 {block.limit}, "
            f"i1 {block.opens})"
        )

    def piece(self, items: list[Item], per_sample: bool) -> None:
        """Sums over samples, or everything else for one tile of samples after another."""
        if isinstance(items[0], Group) and items[0].total:
            groups = [item for item in items if isinstance(item, Group)]
            totals.write_block(self.part(is_cold(items)), groups, self.room)
        elif in_panels(items[0], self.shape):
            write_panels(self.part(), items[0])
        elif per_sample:
            vectors = self.vectors_of_lines if is_straight(items) else self.shape.vectors
            part = self.part(is_cold(items))
            over_lanes(part, vectors, lambda at: self.items(part, items, at))
        else:
            self.items(self.part(is_cold(items)), items, At())

    def items(self, part: Part, items: list[Item], at: At) -> None:
        """Groups and loops at one tile of samples."""
        for item in items:
            if isinstance(item, Group):
                write_group(part, item, at)
            else:
                self.loop(part, item, at)
        part.known.clear()

    def loop(self, part: Part, loop: Loop, at: At) -> None:
        """A loop over iterations."""
        if self.rolled.locals:
            part.local = part.shape.tile if loop.per_sample else 1
            part.room("%locals", self.rolled.locals * part.local)

        def iteration(s: Text) -> None:
            part.known.clear()
            for group in loop.body:
                if group.total:
                    totals.Totals(part, group, self.room).write_iteration(at._replace(s=s))
                else:
                    write_group(part, group, at._replace(s=s))
            part.known.clear()

        part.code.repeat(loop.count, iteration)

    def kept(self, stage: Stage) -> list[tuple[Group, int]]:
        """The totals that are brought to the results after the last block, and how often each runs."""
        return [*(() if self.shape.single else sums.apart(stage)), *sums.in_loops(stage)]

    # ----------------------------------------------------------------------------------- stages

    def modules(self) -> list[tuple[Text, int]]:
        """The program's modules, and how hard LLVM is to try."""
        self.write()
        return self.functions.modules()

    def text(self) -> Text:
        """The whole program as one module."""
        self.write()
        return self.functions.text()

    def write(self) -> None:
        """Write all functions."""
        last = max((k for k, s in enumerate(self.rolled.stages) if s.per_sample), default=-1)
        for k, stage in enumerate(self.rolled.stages):
            if stage.per_sample:
                self.per_sample_stage(stage, self.pieces[k], k == last)
            else:
                for items in self.pieces[k]:
                    self.piece(items, False)
        if last < 0 and self.rolled.sample_inputs:  # outputs that are inputs
            self.per_sample_stage(Stage(True), [], True)
        part = self.part()
        edges.watch_all(part, [leaf for leaf in self.rolled.watch if leaf.space != "S"])
        self.finish()
        if self.functions.main:
            self.end_phase()
            names = SIGNATURE.replace(" noalias", "")
            for k in range(len(self.functions.main)):
                seen = self.code.new(f"call i64 @phase{k}({names}, i64 0, i64 %n)")
                edges.add_watched(self.code, seen)
        self.end("kernel", SIGNATURE)

    def end_phase(self, over_samples: bool = False) -> None:
        """What has been written is a phase, if there is anything; begin another one."""
        self.finish()
        if self.code.lines:
            self.end(f"phase{len(self.functions.main)}", PHASE)
            self.layout = self.layout._replace(phases=[*self.layout.phases, over_samples])

    def end(self, name: Text, signature: Text) -> None:
        """What has been written is a function, which answers how many watched numbers are nan."""
        code, self.code = self.code, _begun(self.rolled)
        code.do(f"ret i64 {code.new('load i64, ptr %watched, align 8')}")
        self.functions.add(self.functions.main, code, f"i64 @{name}({signature}) nounwind")

    def per_sample_stage(self, stage: Stage, pieces: list[list[Item]], last: bool) -> None:
        """All blocks of a stage, then the sums that it made."""
        self.end_phase()
        code, single = self.code, self.shape.single
        loops = any(sums.in_loops(stage))
        zeros = partial(totals.write_zeros, code, self.layout.sums)

        def block(k: Text) -> None:
            opens = code.new(f"icmp eq i64 {k}, 0")
            self.write_block(code.new(f"add i64 %begin, {k}"), opens, pieces, last)

        def blocks() -> None:
            if single:
                self.write_block(0, "true", pieces, last)
            else:
                code.repeat(code.new("sub i64 %end, %begin"), block, step=self.shape.block)

        if loops:
            zeros()
        code.when(code.new("icmp sgt i64 %end, %begin"), blocks)
        if single or (self.kept(stage) and not loops):
            none = code.new("icmp sle i64 %end, %begin")
            code.when(none, partial(self.no_block, stage) if single else zeros)
        self.end_phase(over_samples=True)
        part = self.part()
        for group in sums.neighbours(self.kept(stage)):
            totals.Totals(part, group, self.room).write_reduction()

    def no_block(self, stage: Stage) -> None:
        """The sums of no samples."""
        part = self.part()
        for group in sums.neighbours(sums.apart(stage)):
            totals.Totals(part, group, self.room).write_nothing()
        self.finish()

    def write_block(self, first: Index, opens: Text, pieces: list[list[Item]], last: bool) -> None:
        """One block: its inputs, its pieces, its results."""
        code, left = self.code, self.code.new(f"sub i64 %n, {first}")
        few = code.new(f"icmp slt i64 {left}, {self.shape.block}")
        limit = code.new(f"select i1 {few}, i64 {left}, i64 {self.shape.block}")
        samples = code.at("%samples", first) if self.layout.whole else "%samples"
        self.block = Block(first, limit, samples, opens)
        edges.write_inputs(self.part(), self.rolled)
        for items in pieces:
            self.piece(items, True)
        if last:
            edges.write_results(self.part(), self.rolled)
        self.finish()
        self.block = Block()
