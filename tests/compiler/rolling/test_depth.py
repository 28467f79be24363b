"""Depths by stretches are those that are found one number after the other."""

import numpy as np
import pytest

from autograd.compiler.rolling.depth import depths_of

REACH = {"chains": 2, "rows": 200, "everywhere": 1000}  # how far back a number reads, at most


def one_by_one(reader, read, count):
    depth = [0] * count
    for k, j in sorted(zip(reader, read, strict=True)):
        depth[k] = max(depth[k], depth[j] + 1)
    return depth


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    "parts", [("chains",), ("rows",), ("chains", "rows", "chains", "everywhere")]
)
def test_random_numbers(parts, seed):
    rng = np.random.default_rng(seed)
    reader, read, count = [], [], 5
    for part in parts:
        for k in range(count, count + 300):
            newest = count if part == "rows" else k  # a row reads none of itself
            reads = rng.integers(max(0, newest - REACH[part]), newest, size=rng.integers(0, 4))
            reader += [k] * len(reads)
            read += reads.tolist()
        count += 300
    order = rng.permutation(len(reader))
    found = depths_of(np.array(reader)[order], np.array(read)[order], count)
    assert found.tolist() == one_by_one(reader, read, count)


def test_numbers_that_read_nothing():
    nothing = np.array([], dtype=np.int64)
    assert depths_of(nothing, nothing, 3).tolist() == [0, 0, 0]
