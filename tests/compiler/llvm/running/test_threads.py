"""Samples shared out to threads: what one thread computes, the sums to the order of their terms."""

import gc
import sys
import threading

import numpy as np
import pytest
from helpers import living, side_by_side
from reference import execute
from rolled_programs import ARRAY, Maker

from autograd import Value, exp, grad, jit, log, sqrt, tanh, value_and_grad, vmap, where
from autograd.compiler.calls.compiled import Compiled
from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.llvm.running import threads

COUNTS = [0, 1, 3, 63, 64, 65, 130, 1000]


@pytest.fixture
def eager_to_share(monkeypatch):
    """Threads for ever so little work."""
    monkeypatch.setattr(threads, "WORTH", 1)


@pytest.mark.parametrize(("seed", "count"), [(0, 2), (1, 3), (2, 5), (3, 2), (4, 3), (5, 5)])
def test_random_programs_agree_with_the_reference(seed, count, eager_to_share):
    maker = Maker(seed, ["USU", "SU", "S", "SUS"][seed % 4])
    kernel = LLVMKernel(maker.rolled, threads=count)
    for n in COUNTS:
        rng = np.random.default_rng(seed)
        given = [rng.normal(size=ARRAY), rng.normal(size=(n, maker.features)), rng.normal(size=200)]
        want, got = execute(maker.rolled, given, n), kernel.run(given, n)[0]
        for x, y in zip(want, got, strict=True):
            np.testing.assert_allclose(y, np.broadcast_to(x, np.shape(y)), rtol=1e-9, atol=1e-9)


def normalised(a, x):
    """Sums over samples that samples need again: threads wait for each other twice."""
    h = tanh(Value(1.0) * a * x)
    h = (h - h.mean()) / sqrt(((h - h.mean()) ** 2).mean() + 0.1)
    return (h * h * x).mean()


FUNCTIONS = {
    "a mean": value_and_grad(lambda a, x: (tanh(Value(1.0) * a * x) * exp(-(x * x))).mean()),
    "normalised": value_and_grad(normalised),
    "one a sample": vmap(lambda a, x: (a * x, {"b": np.array([x, a, exp(x)])}), (None, 0)),
    "a branch not taken": grad(lambda a, x: where(x > 0, log(Value(1.0) * a * x), 0.0).mean()),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_any_number_of_threads_gives_the_same(name, eager_to_share):
    f, rng = FUNCTIONS[name], np.random.default_rng(0)
    one, several = jit(f), [jit(f, threads=count) for count in (1, 2, 3, 8)]
    for n in COUNTS:
        x = rng.normal(size=n)
        x[::7] = 0.0
        want = one(0.5, x)
        for g in several:
            for found in (g(0.5, x), g.bind(0.5, x)()):
                for a, b in zip(_leaves(found), _leaves(want), strict=True):
                    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)


def _leaves(tree):
    if isinstance(tree, (tuple, dict)):
        parts = tree.values() if isinstance(tree, dict) else tree
        return [leaf for part in parts for leaf in _leaves(part)]
    return [tree]


def test_as_many_threads_give_the_same_bits(eager_to_share):
    g = jit(FUNCTIONS["a mean"], threads=3)
    x = np.random.default_rng(0).normal(size=1000)
    first = g(0.5, x)
    assert all(g(0.5, x) == first for _ in range(100))


def test_a_call_goes_the_long_way_once(eager_to_share, monkeypatch):
    taken, run = [], Compiled.run
    monkeypatch.setattr(Compiled, "run", lambda *given: taken.append(1) or run(*given))
    g, x = jit(FUNCTIONS["one a sample"], threads=2), np.ones(1000)
    for _ in range(5):
        g(0.5, x)
    assert len(taken) == 1
    bound = g.bind(0.5, x)
    assert np.shares_memory(bound()[0], bound()[0])
    assert len(taken) == 2


def test_a_long_call_holds_no_lock(monkeypatch):
    monkeypatch.setattr(threads, "UNLOCKED", 10 * threads.WORTH)
    g, unlocked = jit(FUNCTIONS["a mean"]), []
    g(0.5, np.ones(100))
    kernel = g._compiled[0].kernel
    run, most = type(kernel)._run, threads.most_for_one(1, kernel.operations)
    g(0.5, np.ones(100))
    monkeypatch.setattr(type(kernel), "_run", lambda *a: unlocked.append(1) or run(*a))
    g(0.5, np.ones(most))
    assert not unlocked
    x = np.ones(most + 1)
    assert g(0.5, x) == pytest.approx(FUNCTIONS["a mean"](0.5, x))
    assert unlocked


def test_samples_are_shared_where_there_is_enough_to_do(monkeypatch):
    begun, begin = [], threads.start_new_thread
    monkeypatch.setattr(threads, "start_new_thread", lambda *a: begun.append(1) or begin(*a))
    g = jit(FUNCTIONS["a mean"], threads=2)
    few = np.ones(100)
    g(0.5, few)
    operations = g._compiled[0].kernel.operations
    most = threads.most_for_one(2, operations)
    assert threads.worthwhile(2, most, operations) == 1
    assert threads.worthwhile(2, most + 1, operations) == 2
    assert threads.most_for_one(1, 0) == sys.maxsize
    g(0.5, np.ones(most))
    assert not begun
    g(0.5, np.ones(most + 1))
    assert len(begun) == 1
    jit(FUNCTIONS["a mean"])(0.5, np.ones(most + 1))
    assert len(begun) == 1


def test_calls_from_several_threads_of_a_function_that_has_some(eager_to_share):
    g, wrong = jit(FUNCTIONS["normalised"], threads=2), []

    def work(seed):
        x = np.random.default_rng(seed).normal(size=500 + seed)
        want = FUNCTIONS["normalised"](0.5, x)
        wrong.extend(1 for _ in range(100) if not np.allclose(g(0.5, x), want, rtol=1e-9))

    side_by_side(work, range(3))
    assert not wrong


def test_a_thousand_calls_leave_nothing_behind(eager_to_share):
    g, x = jit(FUNCTIONS["one a sample"], threads=2), np.ones(1000)
    others = threading.active_count()

    for _ in range(1000):
        g(0.5, x)
    assert living(threads.Shared) == 0
    assert threading.active_count() == others


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (0, ValueError, "threads is 1 or more, given 0"),
        (-2, ValueError, "given -2"),
        (1.5, TypeError, "a whole number, or None for one, given 1.5"),
        ("two", TypeError, "given 'two'"),
    ],
)
def test_a_number_of_threads_that_is_none(given, error, said):
    with pytest.raises(error, match=said):
        jit(abs, threads=given)


@pytest.mark.parametrize("name", ["numpy", "python"])
def test_only_machine_code_has_threads(name):
    with pytest.raises(ValueError, match=f"threads=2 needs machine code: backend is '{name}'"):
        jit(abs, backend=name, threads=2)
    assert jit(abs, backend=name, threads=1)(-1.0) == 1.0


def test_the_program_of_branches_has_threads_too(eager_to_share):
    g = jit(FUNCTIONS["a branch not taken"], threads=2)
    g(0.5, np.zeros(200))
    assert isinstance(g._compiled[0].masked, Compiled)
    assert g._compiled[0].masked.kernel.threads == 2


def test_ctrl_c_while_threads_run_leaves_them_what_they_need(eager_to_share, monkeypatch):
    locks = []

    class Interrupted:
        """A thread's lock: waiting for it is cut short."""

        def __init__(self):
            locks.append(threading.Lock())
            self.acquire, self.release = self.take, locks[-1].release

        def take(self):
            locks[-1].acquire()
            self.acquire = self.wait

        def wait(self):
            raise KeyboardInterrupt

    f = FUNCTIONS["one a sample"]
    g, x = jit(f, threads=3), np.ones(200_000)
    g(0.5, x)
    with monkeypatch.context() as patch:
        patch.setattr(threads, "allocate_lock", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            g(0.5, x.copy())  # which nobody but the threads holds from now on
    gc.collect()
    np.testing.assert_array_equal(g(0.5, x)[0], f(0.5, x)[0])
    assert len(locks) == 2
    for lock in locks:
        assert lock.acquire(timeout=10)


def test_a_million_samples():
    f = FUNCTIONS["a mean"]
    x = np.random.default_rng(0).normal(size=1_000_000)
    np.testing.assert_allclose(jit(f, threads=2)(0.5, x), jit(f)(0.5, x), rtol=1e-12)
