"""Random orders: of all numbers, all alike, and the same bits from Python and from machine code."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import permutations
from autograd.compiler.llvm.running.permuting import permuted
from autograd.compiler.shuffle import GOLDEN, mixed, shuffled

SEEDS = st.lists(st.integers(0, 2**64 - 1), max_size=4)


@given(st.integers(1, 300), SEEDS)
def test_machine_code_draws_what_python_draws(n, seeds):
    orders = shuffled(n, seeds)
    np.testing.assert_array_equal(permuted(n, seeds), orders)
    np.testing.assert_array_equal(permutations(n, seeds), orders)
    np.testing.assert_array_equal(np.sort(orders), np.tile(np.arange(n), (len(seeds), 1)))


def test_the_numbers_are_splitmix64s():
    """Its reference, https://prng.di.unimi.it/splitmix64.c, seeded with 1234567."""
    states = np.uint64(1234567) + np.arange(1, 4, dtype=np.uint64) * np.uint64(GOLDEN)
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert mixed(states).tolist() == published


def test_every_order_is_as_likely():
    found = Counter(map(tuple, permutations(4, range(24_000)).tolist()))
    surprise = sum((count - 1000) ** 2 / 1000 for count in found.values())
    assert len(found) == 24
    assert surprise < 49.7  # of χ² with 23 degrees of freedom: one in a thousand is larger


@pytest.mark.parametrize(("n", "seeds"), [(0, [1, 2]), (3, []), (0, [])])
def test_nothing_to_order(n, seeds):
    assert permutations(n, seeds).shape == (len(seeds), n)


@pytest.mark.parametrize("n", [-1, 2**32 + 1])
def test_more_than_can_be_told_apart_is_refused(n):
    with pytest.raises(ValueError, match=f"from 0 to 2³², given {n}"):
        permutations(n, [0])


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_has_64_bits(seed):
    with pytest.raises(ValueError, match=f"from 0 to 2⁶⁴ - 1, given {seed}"):
        permutations(5, [0, seed])


@pytest.mark.parametrize("wrong", [1.5, "1", None])
def test_only_whole_numbers_are_taken(wrong):
    with pytest.raises(TypeError, match=f"seed is a whole number .* given {wrong!r}"):
        permutations(5, [wrong])
    with pytest.raises(TypeError, match=f"n is a number of things .* given {wrong!r}"):
        permutations(wrong, [0])
    with pytest.raises(TypeError, match="seeds are a sequence, of one for each order, given 1"):
        permutations(5, 1)


def test_numpys_whole_numbers_are_taken():
    np.testing.assert_array_equal(
        permutations(np.int8(5), np.array([0, 2**64 - 1], np.uint64)),
        permutations(5, [0, 2**64 - 1]),
    )
