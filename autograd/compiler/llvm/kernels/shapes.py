"""The shape of a kernel: how many samples its blocks have, and how large its tiles are.

Two shapes of tiles serve all n. *Narrow*: one vector, for at most as many samples as it has lanes.
*Wide*: blocks of 128 samples (64, or 32 where none are added up; twice as many of float32), 4 vectors a
tile (2 with AVX2). If a later stage reads a per-sample slot, or there are several per-sample stages,
slots hold all samples (``stride`` numbers each) and blocks move along them.

Where it is known beforehand how many samples there are at most, as in a schedule, a shape is *fitted*
to them: one block for all, whose sums over samples are ready when it ends.
"""

from __future__ import annotations

from typing import NamedTuple

from ...rolling.rolled import Rolled

LARGE = 800_000  # bytes of uniform slots
CACHED = 500_000  # bytes of a block's slots that the second-level cache holds beside all else
MOSTLY = 16  # vectors of a block, of which one may be empty


class Shape(NamedTuple):
    """The sizes of tiles: samples of a block, vectors and instances of a tile, numbers of a vector."""

    block: int
    vectors: int
    instances: int
    lanes: int
    single: bool = False  # no call has samples for more than one block
    rows: int = 0  # samples are read by rows, which stand so far behind their array; 0: in order

    @property
    def tile(self) -> int:
        """Samples of a tile."""
        return self.vectors * self.lanes

    @property
    def between(self) -> int:
        """Numbers that lie idle between two slots: one vector, where a block is several tiles. At
        powers of two a tile's slots would share a few sets of the cache, of some 12 lines each.
        """
        return self.lanes if self.block > 2 * self.tile else 0


def narrow(lanes: int) -> Shape:
    """For at most as many samples as a vector has lanes."""
    return Shape(lanes, 1, 8, lanes, single=True)


def wide(lanes: int, rolled: Rolled) -> Shape:
    """For any number of samples of a program.

    Every block adds to the gradients of all weights: of large blocks, whose slots the
    second-level cache must hold, there are fewer. Where nothing is added up, small ones spread what
    goes in and out between the computing.
    """
    each = rolled.element.bytes
    vectors = 2 if lanes * each == 32 else 4  # AVX2 has half of the others' registers
    if is_large(rolled):
        return Shape(1024 // each, vectors, 6, lanes)
    if is_of_samples(rolled):
        return Shape(256 // each, vectors, 4, lanes)
    large = 1024 * rolled.sample_slots <= CACHED
    return Shape((1024 if large else 512) // each, vectors, 4, lanes)


def is_large(rolled: Rolled) -> bool:
    """Whether the second-level cache does not hold the sums of all weights' gradients."""
    return rolled.uniform_slots * rolled.element.bytes > LARGE


def is_of_samples(rolled: Rolled) -> bool:
    """Whether all answers are of each sample."""
    return len(rolled.outputs.per_sample) == len(rolled.outputs)


def fitted(lanes: int, rolled: Rolled, most: int) -> Shape:
    """For at most so many samples of a program: one block, in tiles that leave few vectors empty; if it
    has few enough slots for the second-level cache, else as for any number of samples. So too if all
    its answers are of each sample: it has no sums to make ready, and a block in the first-level cache.
    """
    if 0 < most <= lanes:
        return narrow(lanes)
    usual = wide(lanes, rolled)
    if is_of_samples(rolled):
        return usual
    full = -(-most // lanes)
    vectors = next(v for v in (usual.vectors, 2, 1) if -full % v <= full / MOSTLY)
    tile = vectors * lanes
    block = -(-most // tile) * tile
    if not 0 < block * rolled.sample_slots * rolled.element.bytes <= CACHED:
        return usual
    instances = usual.vectors * usual.instances // vectors
    return Shape(block, vectors, instances, lanes, single=True)
