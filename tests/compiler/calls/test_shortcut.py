"""Calls without a look at pytrees: answers of every form go the short way, and are the long way's."""

import gc
import sys

import numpy as np
import pytest
from helpers import side_by_side
from test_jit import assert_same

from autograd import NumberError, Value, exp, jit, sqrt, tanh, value_and_grad, vmap, where
from autograd.compiler.calls.compiled import Compiled
from autograd.compiler.llvm.backend import LLVMKernel

rng = np.random.default_rng(0)


def mean(a, x):
    return (Value(1.0) * a * x).mean()


def mean_of_normalised(a, x):
    """Samples need sums over samples, twice: slots hold all of them."""
    h = tanh(Value(1.0) * a * x)
    h = (h - h.mean()) / sqrt(((h - h.mean()) ** 2).mean() + 0.1)
    return (h * h * x).mean()


def turned(a, x):
    return np.array([[a * x, 2.5], [exp(x), a], [x, 0.0]])


FUNCTIONS = {
    "a number a sample": lambda a, x: a * x,
    "the samples": lambda a, x: x,
    "the same number for all": lambda a, x: a,
    "a constant for all": lambda a, x: 1.5,
    "an array a sample": lambda a, x: np.array([a * x, exp(x)]),
    "an array, parts of it the same": turned,
    "truths": lambda a, x: (x > a, x * 2),
    "nothing": lambda a, x: (a * x, None),
    "a choice": lambda a, x: {"a": [where(x > a, x, a)], "b": {}},
}
CASES = {name: vmap(f, in_axes=(None, 0)) for name, f in FUNCTIONS.items()}
CASES |= {
    "a sum beside": lambda a, x: (mean(a, x), vmap(lambda t: t * a)(x), a > 0, None),
    "what it closes over": lambda a, x: vmap(lambda t: t * a)(x) * mean(1.0, np.ones(3)),
    "samples after a sum": lambda a, x: (x * a - (x * a).mean(), x.mean()),
    "a gradient through sums": lambda a, x: value_and_grad(mean_of_normalised)(a, x),
    "dicts of numbers": lambda a, x: {"a": mean(a, x), 3: [np.array([a, mean(a, x)])]},
}


@pytest.fixture
def long_ways(monkeypatch):
    """Counts the calls that go the long way."""
    taken, call = [], Compiled.__call__

    def counting(self, arguments):
        taken.append(1)
        return call(self, arguments)

    monkeypatch.setattr(Compiled, "__call__", counting)
    return taken


@pytest.mark.parametrize("name", CASES)
def test_the_short_way_answers_the_same(name, long_ways):
    f, g = CASES[name], jit(CASES[name])
    for n in (2, 1000):  # a kernel for few samples, and one for many
        g(0.5, rng.normal(size=n))
    del long_ways[:]
    for n in (0, 1, 3, 8, 9, 64, 100, 1000):
        x = rng.normal(size=n)
        if n or not any("mean" in called for called in f.__code__.co_names):  # of none: none
            assert_same(g(0.5, x), f(0.5, x), rtol=1e-10)
    assert not long_ways


def test_samples_that_slots_do_not_hold_have_room_made_once(monkeypatch):
    made, run = [], LLVMKernel._run
    monkeypatch.setattr(LLVMKernel, "_run", lambda *given: made.append(1) or run(*given))
    f = value_and_grad(mean_of_normalised)
    g = jit(f)
    for n in (3, 100, 64, 65, 3000, 2999, 128, 3, 100):
        x = rng.normal(size=n)
        for _ in range(2):
            assert_same(g(0.5, x), f(0.5, x), rtol=1e-10)
    assert len(made) == 3  # a kernel for few; one for many, with room for 100; room for 3,000
    for _ in range(2):
        assert np.isfinite(g(0.5, rng.normal(size=300_000))[0])  # more than is kept
    assert len(made) == 5


def test_answers_of_two_calls_share_no_memory():
    g = jit(CASES["an array a sample"])
    x, z = rng.normal(size=(2, 10))
    g(0.5, x)
    first = g(0.5, x)
    kept = first.copy()
    g(0.5, z)
    np.testing.assert_array_equal(first, kept)


def test_a_bound_call_writes_where_it_wrote():
    x = rng.normal(size=10)
    run = jit(CASES["nothing"]).bind(0.5, x)
    first, second = run()[0], run()[0]
    assert np.shares_memory(first, second)
    x[:] = 1.0
    run()
    assert first.tolist() == [0.5] * 10


@pytest.mark.parametrize("wrong", [3.0, [1.0, 2.0], None, np.array(2.0), "text"])
def test_what_holds_no_samples_goes_the_long_way(wrong):
    f, g = CASES["a number a sample"], jit(CASES["a number a sample"])
    g(0.5, np.ones(3)), g(0.5, np.ones(3))
    with pytest.raises((TypeError, ValueError)) as expected:
        f(0.5, wrong)
    with pytest.raises((TypeError, ValueError)) as found:
        g(0.5, wrong)
    assert isinstance(found.value, type(expected.value))


def test_an_array_of_no_dimensions_is_no_array_of_one_number():
    for f in (lambda a, x: a * x, lambda a, x: np.sum(a * x) * x):
        g = jit(f)
        for x in (np.ones(3), np.ones(1), np.array(2.0), np.array(3)):
            for _ in range(2):
                assert np.shape(g(0.5, x)) == np.shape(x)


def test_numbers_in_forms_that_no_builtin_makes(long_ways):
    for f in (
        lambda x, y: {"a": x * y, "b": [x + 1]},
        lambda x, y: (x * y, None),
        lambda x, y: (x > y, [x]),
        lambda x, y: np.array([x, y, x * y]),
    ):
        g = jit(f)
        g(2.0, 3.0)
        del long_ways[:]
        assert_same(g(2.5, 3.5), f(2.5, 3.5))
        assert not long_ways


FORMS = {
    "keywords": lambda g: g(2.0, y=3.0),
    "keywords alone": lambda g: g(y=3.0, x=2.0),
    "integers": lambda g: g(2, 3),
    "NumPy's numbers": lambda g: g(np.float64(2), np.float32(3)),
    "a truth": lambda g: g(True, 3.0),
    "an array of float32": lambda g: g(np.array([1, 2], np.float32), 3.0),
    "an array of another order": lambda g: g(np.ones((2, 3)).T, 3),
    "part of an array": lambda g: g(np.arange(6)[::2], 3.0),
}


@pytest.mark.parametrize("name", FORMS)
def test_other_types_and_keywords_go_the_short_way(name, long_ways):
    def f(x, y):
        return x * y

    g = jit(f)
    g(2.0, 3.0), g(np.ones(2), 3.0), FORMS[name](g)
    del long_ways[:]
    assert_same(FORMS[name](g), FORMS[name](f))
    assert not long_ways


@pytest.mark.parametrize("count", [64, 65, 300])
def test_many_numbers_go_the_short_way(count, long_ways):
    def f(a, xs, y, more):
        return a * sum(xs) + np.sum(y) * more["b"], more

    def arguments(k):
        return 0.5, [float(i) for i in range(count)], np.ones(3) * k, {"b": k, "c": (1.0, k)}

    g = jit(value_and_grad(f, (0, 1, 2), has_aux=True))
    g(*arguments(1.0))
    del long_ways[:]
    for k in (2.0, 3, np.float64(4)):
        assert_same(g(*arguments(k)), value_and_grad(f, (0, 1, 2), has_aux=True)(*arguments(k)))
    assert not long_ways
    for wrong in ("text", 1j):
        with pytest.raises(NumberError, match=r"\['b'\] is"):
            g(*arguments(1.0)[:3], {"b": wrong, "c": (1.0, 2.0)})


def test_a_few_forms_in_turn_go_the_short_way(long_ways):
    forms = [2.0, np.ones(3), [2.0], {"a": 2.0}, (2.0, 3.0), np.ones((2, 2))]
    g = jit(lambda x: x)
    for x in forms:
        g(x)
    del long_ways[:]
    for x in forms:
        assert_same(g(x), x)
    assert not long_ways


def test_more_forms_than_are_known_at_once_are_served_too():
    g = jit(lambda *xs: sum(xs))
    for _ in range(2):
        for count in range(1, 40):
            assert g(*[1.0] * count) == count


def test_the_order_of_a_dicts_keys_is_part_of_its_form():
    def first(d):
        return next(iter(d.values())) * 2

    g = jit(first)
    for _ in range(2):
        for d in ({"a": 1.0, "b": 2.0}, {"b": 5.0, "a": 1.0}):
            assert g(d) == first(d)


def test_arguments_that_hold_nothing():
    g = jit(lambda p, x: x * p["w"] if p["b"] is None else x * p["w"] + p["b"])
    for _ in range(2):
        assert g({"w": 2.0, "b": None}, 3.0) == 6.0
        assert g({"w": 2.0, "b": 1.0}, 3.0) == 7.0
        with pytest.raises(KeyError):
            g({"w": 2.0}, 3.0)


def test_two_threads_call_one_function_of_samples():
    f, wrong = CASES["an array, parts of it the same"], []
    g = jit(f)

    def work(seed):
        own = np.random.default_rng(seed)
        for _ in range(200):
            a, x = own.normal(), own.normal(size=own.integers(0, 300))
            if not np.allclose(g(a, x), f(a, x), rtol=1e-12):
                wrong.append((a, x))

    side_by_side(work, range(3))
    assert not wrong


@pytest.mark.parametrize("name", ["nothing", "an array, parts of it the same", "a sum beside"])
def test_thousands_of_calls_take_no_memory(name):
    g, x = jit(CASES[name]), np.ones(100)
    for _ in range(100):
        g(0.5, x)
    gc.collect()
    counts, blocks = [*map(sys.getrefcount, (x, None))], sys.getallocatedblocks()
    for _ in range(5_000):
        g(0.5, x)
    gc.collect()
    assert all(abs(sys.getrefcount(y) - n) < 50 for y, n in zip((x, None), counts, strict=True))
    assert sys.getallocatedblocks() - blocks < 300
