"""Memory that is used again: by a next large array, and never while somebody holds it."""

import numpy as np
import pytest

from autograd import jit, vmap
from autograd.compiler.llvm.running import reused

LARGE, MOST = reused.LARGE // 8, reused.MOST // 8
FLOAT = np.dtype(float)


@pytest.fixture(autouse=True)
def none_kept():
    """Each test begins without."""
    reused._kept.clear()


def address(x):
    return x.__array_interface__["data"][0]


def test_what_nobody_holds_is_used_again():
    first = reused.empty(LARGE, FLOAT)
    was = address(first)
    del first
    assert address(reused.empty(LARGE, FLOAT)) == was


def test_a_view_holds_it():
    first = reused.empty(LARGE, FLOAT)
    row = first.reshape(2, -1)[1]
    row[:] = 5.0
    del first
    second = reused.empty(LARGE, FLOAT)
    second[:] = 7.0
    assert (row == 5.0).all()


def test_small_huge_and_much_larger_ones_are_not_kept():
    for count in (LARGE - 1, MOST + 1):
        del_me = reused.empty(count, FLOAT)
        assert len(del_me) == count
        del del_me
        assert not reused._kept
    large = reused.empty(4 * LARGE, FLOAT)
    del large
    small = reused.empty(LARGE, FLOAT)
    assert len(small) == LARGE
    assert not reused._kept  # neither is the larger one any more


def test_results_of_two_calls_are_two():
    double = jit(vmap(lambda x: 2 * x), backend="llvm")
    x = np.arange(float(LARGE))
    double(x)  # the long way, which compiles
    first = double(x)
    second = double(x + 1)
    np.testing.assert_array_equal(first, 2 * x)
    np.testing.assert_array_equal(second, 2 * x + 2)
    was = address(first)
    del first
    third = double(x + 2)
    assert address(third) == was
    np.testing.assert_array_equal(second, 2 * x + 2)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [0, 1, (3, 7), (5, 100), (2, LARGE)])
def test_in_lines_begins_where_a_line_of_the_cache_does(shape, dtype):
    found = reused.in_lines(shape, np.dtype(dtype))
    assert found.shape == np.empty(shape).shape
    assert found.dtype == dtype
    assert found.size == 0 or address(found) % reused.LINE == 0  # NumPy's empty slice begins at 0


def test_the_answer_of_a_bound_call_does_so_too():
    for n in (9, 100, 1000):
        bound = jit(vmap(lambda x: x * x), backend="llvm").bind(np.arange(float(n)))
        assert address(bound()) % reused.LINE == 0
        np.testing.assert_array_equal(bound(), np.arange(float(n)) ** 2)
