"""Calls of jitted functions with any arguments: the function's own answer, or an error; no crash.

Every buffer that machine code reads or writes stands between guard words, which nothing may change.
"""

import copy
import gc
import itertools
import math
import pickle
import sys
import types
import weakref
from functools import partial

import numpy as np
import pytest
from helpers import living, side_by_side
from test_jit import CASES, assert_same

from autograd import (
    NumberError,
    RecordingError,
    Value,
    context,
    grad,
    jit,
    value_and_grad,
    vmap,
)
from autograd.compiler.calls import shortcut
from autograd.compiler.llvm.builtins import call, cpython
from autograd.compiler.llvm.machine.loading import Loaded
from autograd.compiler.llvm.running import memory, threads
from autograd.transforms.pytree import flatten
from nn import Module

GUARD, WIDTH = 7.25e77, 16
NO_NUMBERS = [
    "text",
    None,
    1j,
    object(),
    np.array(["a"]),
    np.array([1j]),
    {1, 2},
    np.ma.array([1.0]),
]


class Buffers:
    """Buffers between guard words."""

    def __init__(self):
        self.wholes = []

    def room(self, shape, dtype):
        """Room for so many numbers, aligned as one is."""
        count = math.prod(np.atleast_1d(shape).tolist())
        whole = np.full(count + 2 * WIDTH + 1, GUARD, dtype)
        self.wholes.append(weakref.ref(whole))
        return whole[WIDTH + 1 : WIDTH + 1 + count].reshape(shape)

    def check(self):
        """That no guard word has changed."""
        living = [(ref, ref()) for ref in self.wholes]
        self.wholes = [ref for ref, whole in living if whole is not None]
        for _, whole in living:
            if whole is not None:
                assert (whole[: WIDTH + 1] == GUARD).all()
                assert (whole[-WIDTH:] == GUARD).all()


@pytest.fixture
def buffers(monkeypatch):
    """Guard words around the memory of kernels and their answers."""
    found = Buffers()
    guarded = types.SimpleNamespace(
        empty=found.room, in_lines=found.room, cumsum=np.cumsum, ndarray=np.ndarray
    )
    monkeypatch.setattr(shortcut, "np", guarded)
    for module in (memory, shortcut):
        monkeypatch.setattr(module, "reused", guarded)
    return found


# ------------------------------------------------------------------------------- the functions called


def numbers(x, y):
    return x * y + np.exp(-(x * x)), (x - y, 1.5)


def arrays(a, x):
    return np.sum(a * x * x) + a, x * 2.5


def structures(p, x):
    return {"loss": np.sum(p["w"] * x) + p["b"][0], "b": [p["b"][1] * 2.5, None]}


def samples(p, x):
    return (Value(1.0) * p["w"] * x + p["b"][0]).mean() * p["b"][1]


def slopes(x, y):
    return np.sin(x) * y + x / (1 + y * y)


def centred(a, x):
    h = Value(1.0) * a * x
    return ((h - h.mean()) ** 2).mean()


def each(x, y):
    return {"a": np.array([x * y, np.sin(x), 1.5]), "b": (x - y, None)}, x > y


FUNCTIONS = [
    (numbers, "number number"),
    (numbers, "array array"),
    (value_and_grad(slopes, (0, 1)), "number number"),
    (arrays, "number array"),
    (structures, "dict array"),
    (value_and_grad(samples), "dict array"),
    (value_and_grad(centred), "number array"),
    (vmap(each), "array array"),
    (vmap(value_and_grad(slopes, (0, 1))), "array array"),
    (vmap(slopes, in_axes=(None, 0)), "number array"),
]
"""Each with what fits it."""


# -------------------------------------------------------------------------------------- the arguments


def length(rng):
    """How many numbers the arrays of a call have, but for one in ten that does not fit."""
    return int(rng.choice([0, 1, 3, 8, 17, 17, 17, 17]))


def array(rng, buffers, n):
    """An array of a length, now and then of another, of some type and layout."""
    n = n if rng.random() < 0.9 else length(rng)
    base = buffers.room(n, float)
    base[:] = np.round(rng.normal(size=n), 3)
    layouts = [
        lambda: base,
        lambda: base.astype(np.float32),
        lambda: within_guards(base.astype(np.float32), buffers),
        lambda: (base * 9).astype(rng.choice([np.int8, np.int64, np.uint16])),
        lambda: base > 0,
        lambda: np.repeat(base, 2)[::2],
        lambda: base[::-1],
        lambda: read_only(base),
        lambda: base.astype(">f8"),
        lambda: base.astype(np.float16),
        lambda: np.asfortranarray(base),
        lambda: np.broadcast_to(base[:1], (n,)) if n else base,
        lambda: base.view(Subclass),
        lambda: np.frombuffer(b"x" + base.tobytes(), np.float64, n, 1),  # at an odd address
        lambda: base.reshape(n, 1),
        lambda: np.stack([base, base]),
        lambda: np.stack([base, base]).T,
        lambda: base.tolist(),
    ]
    return layouts[rng.integers(len(layouts))]()


def within_guards(x, buffers):
    room = buffers.room(x.shape, x.dtype)
    room[...] = x
    return room


class Subclass(np.ndarray):
    """A class of arrays."""


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


def number(rng):
    """A number of some type."""
    x = round(float(rng.normal()), 3)
    types_ = [float, np.float64, np.float32, np.float16, lambda x: int(9 * x), lambda x: x > 0]
    types_ += [np.array, lambda x: np.int32(9 * x), lambda x: np.bool_(x > 0), OwnFloat]
    types_ += [lambda _: math.inf, lambda _: math.nan, lambda _: 10**400]
    return types_[rng.integers(len(types_))](x)


class OwnFloat(float):
    """A class of floats."""


def container(rng, buffers, n):
    """A dict of a vector and a list of numbers, or something like it."""
    w = array(rng, buffers, n) if rng.random() < 0.9 else number(rng)
    b = [number(rng) for _ in range(int(rng.choice([2, 2, 2, 2, 2, 1, 3])))]
    b = tuple(b) if rng.random() < 0.1 else b
    items = [("w", w), ("b", b)] + [("c", 1.0)] * (rng.random() < 0.05)
    return dict(items[:: rng.choice([-1, 1])])


def argument(kind, rng, buffers, n):
    """An argument of a kind; now and then of another, or none at all."""
    kinds = {
        "number": lambda: number(rng),
        "array": lambda: array(rng, buffers, n),
        "dict": lambda: container(rng, buffers, n),
        "list": lambda: [number(rng), array(rng, buffers, n)],
        "nothing": lambda: NO_NUMBERS[rng.integers(len(NO_NUMBERS))],
    }
    return kinds[kind if rng.random() < 0.9 else rng.choice([*kinds])]()


def converted(x):
    """The argument as Python's floats and arrays of float64."""
    if isinstance(x, dict):
        return {key: converted(part) for key, part in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x)(map(converted, x))
    if isinstance(x, np.ndarray) and x.ndim and type(x) is not np.ma.MaskedArray:
        return x if np.iscomplexobj(x) else np.array(x, float)
    return float(x) if isinstance(x, (int, float, np.ndarray, np.generic)) else x


def outcome(f, args, names):
    """What a function answers, or the error that it raises."""
    try:
        with np.errstate(all="ignore"):
            return f(*args, **names), None
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        return None, error


DRAWN = 25


def attack(calls, buffers, seed, count=None, dtype="float64"):
    """Call jitted functions again and again; every call is checked. Some arguments are drawn at a time,
    and called eight times in any order: what one compiles others find, or must not take for theirs.
    What is refused is called twice, for it is recorded anew each time.
    """
    rng = np.random.default_rng(seed)
    compiled = [(f, jit(f, dtype=dtype, threads=count), kinds.split()) for f, kinds in FUNCTIONS]
    close = {"float64": {"rtol": 1e-11}, "float32": {"rtol": 1e-4, "atol": 1e-4}}[dtype]
    answers = 0
    for _ in range(calls // (8 * DRAWN)):
        drawn = [
            Call(*compiled[rng.integers(len(compiled))], rng, buffers, close) for _ in range(DRAWN)
        ]
        for k in rng.permutation(np.repeat(np.arange(DRAWN), 8)):
            answers += drawn[k].refusals < 2 and drawn[k].is_answered()
        buffers.check()
        for one in drawn:
            one.has_left_its_arguments()
    return answers


class Call:
    """A function's call with some arguments, and what it should answer."""

    def __init__(self, f, g, kinds, rng, buffers, close):
        self.g, self.close, self.refusals = g, close, 0
        self.kinds = [kinds, kinds[:1], [*kinds, "number"]][rng.choice(3, p=[0.96, 0.02, 0.02])]
        n = length(rng)
        self.args = args = [argument(kind, rng, buffers, n) for kind in self.kinds]
        self.names = {"y": args.pop()} if rng.random() < 0.05 and args else {}
        self.before = [x.copy() for x in args if isinstance(x, np.ndarray)]
        of_floats = lambda *a, **k: f(*converted(a), **converted(k))
        self.want, self.error = outcome(of_floats, args, self.names)

    def is_answered(self):
        """Whether a call is answered, as it should be."""
        got, refused = outcome(self.g, self.args, self.names)
        if refused is not None:
            self.refusals += 1
            # of the function's own
            assert isinstance(refused, (TypeError, ValueError, OverflowError, LookupError)), refused
            if self.error is None:
                assert not fits([*self.args, *self.names.values()], self.kinds), refused
        elif self.error is not None:  # of no samples there is no mean: a program says nan
            assert "of no numbers" in str(self.error), (self.args, got, self.error)
        else:
            assert_same(got, self.want, **self.close)
        return refused is None and self.error is None

    def has_left_its_arguments(self):
        arrays_ = [x for x in self.args if isinstance(x, np.ndarray)]
        for x, kept in zip(arrays_, self.before, strict=True):
            np.testing.assert_array_equal(x, kept)


def fits(args, kinds):
    """Whether all leaves are real numbers, and containers stand where the function wants them."""
    places = [
        isinstance(x, (list, dict)) == (kind == "dict")
        for x, kind in zip(args, kinds, strict=False)
    ]
    return all(places) and all(map(is_real, flatten(args)[0]))


def is_real(x):
    """Whether it is a real number, or an array of them in NumPy's own way."""
    if isinstance(x, np.ma.MaskedArray) or not isinstance(x, (float, int, np.generic, np.ndarray)):
        return False
    return not isinstance(x, (np.ndarray, np.generic)) or x.dtype.kind in "biuf"


def test_seven_thousand_calls(buffers):
    assert attack(7_000, buffers, seed=0) > 3_500


def test_a_thousand_calls_where_no_layout_is_known(buffers, monkeypatch):
    forbid_builtins(monkeypatch)
    assert attack(1_000, buffers, seed=1) > 500


def test_a_thousand_calls_of_float32(buffers):
    assert attack(1_000, buffers, seed=3, dtype="float32") > 500


def test_a_thousand_calls_of_two_threads(buffers, monkeypatch):
    monkeypatch.setattr(threads, "WORTH", 1)
    assert attack(1_000, buffers, seed=2, count=2) > 500


def forbid_builtins(monkeypatch):
    monkeypatch.setattr(call, "layout_is_known", lambda: False)
    monkeypatch.setattr(cpython, "array_layout_is_known", lambda: False)


@pytest.mark.parametrize("name", ["arithmetic", "a network", "vmap of grad", "itself", "forms"])
def test_without_a_known_layout_the_answers_are_the_same(name, monkeypatch):
    forbid_builtins(monkeypatch)
    f, *arguments = CASES[name]
    g = jit(f)
    for _ in range(2):
        assert_same(g(*arguments), f(*arguments))


# ----------------------------------------------------------------------------- threads, memory, state


def test_two_threads_call_one_function():
    f = value_and_grad(lambda a, x: np.sum(np.sin(a * x)) / len(x))
    g = jit(value_and_grad(lambda a, x: (Value(1.0) * np.sin(a * x)).mean()))
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(300):
            a, x = rng.normal(), rng.normal(size=rng.integers(1, 2_000))
            got, want = g(a, x), f(a, x)
            if not np.allclose(got, want, rtol=1e-9, atol=1e-12):
                wrong.append((got, want))

    side_by_side(work, range(3))
    assert not wrong


def test_two_hundred_functions_leave_nothing_behind():
    def used():
        g, h = jit(lambda x: x * 2.5), jit(lambda x: np.sum(x * 2.5))
        g(1.0), h(np.ones(3))
        return weakref.ref(g), weakref.ref(type(g)), weakref.ref(h), weakref.ref(type(h))

    used()
    before = living(Loaded)
    refs = [ref for _ in range(100) for ref in used()]  # two functions each
    assert living(Loaded) == before
    assert all(ref() is None for ref in refs)


@pytest.mark.slow
def test_a_million_calls_take_no_memory():
    g, h = jit(value_and_grad(slopes, (0, 1))), jit(lambda p, x: np.sum(p["w"] * x) + p["b"][0])
    p, x = {"w": np.ones(3), "b": [1.0, 2.0]}, np.ones(3)

    def calls(count):
        for _ in itertools.repeat(None, count):
            g(1.5, 2.5)
            h(p, x)

    calls(1_000)
    gc.collect()
    things = [
        None,
        p["b"][0],
        x,
        float,
        NotImplemented,
        np.ndarray,
    ]  # of its dtype NumPy counts wrongly
    counts, blocks = [*map(sys.getrefcount, things)], sys.getallocatedblocks()
    calls(500_000)
    gc.collect()
    assert all(abs(sys.getrefcount(x) - n) < 50 for x, n in zip(things, counts, strict=True))
    assert sys.getallocatedblocks() - blocks < 500


def test_an_exception_while_recording_leaves_the_engine_as_it_was():
    before = context.running.get()

    def fails(x):
        grad(lambda t: t * x)(2.0)
        raise KeyError("the user's own")

    g = jit(grad(fails))
    for _ in range(2):
        with pytest.raises(KeyError, match="own"):
            g(1.0)
    assert context.running.get() is before
    assert grad(lambda x: x * x)(3.0) == 6.0
    assert not g._compiled


def index_by(x):
    return np.arange(3.0)[x]


def test_an_error_of_others_says_that_jit_was_recording_and_where():
    line = index_by.__code__.co_firstlineno + 1
    for f in (index_by, grad(index_by), grad(lambda x: x * index_by(x))):
        with pytest.raises((IndexError, TypeError)) as caught:
            jit(f)(1.0)
        way, note = caught.value.__notes__
        assert "np.choose(i, array)" in way
        assert f"{__file__}, line {line}" in note
        assert "where(" in note


@jit
def doubled(x):
    return 2 * x


class Scaled(Module):
    def __init__(self):
        self.weight = Value(3.0)

    @jit
    def method(self, x):
        return self.weight * x

    @staticmethod
    @jit
    def static(x):
        return x * 2


def test_it_is_a_method_in_a_class():
    model = Scaled()
    assert model.method(2.0) == Scaled.method(model, 2.0) == 6.0
    model.weight.data = 4.0
    assert model.method(2.0) == 8.0
    assert model.static(2.0) == Scaled.static(2.0) == 4.0


def test_it_is_copied_and_pickled_by_its_name_as_functions_are():
    assert pickle.loads(pickle.dumps(doubled)) is doubled
    for g in (doubled, jit(lambda x: x), jit(partial(doubled, 2.0))):
        assert copy.copy(g) is g
        assert copy.deepcopy([g]) == [g]
    with pytest.raises((pickle.PicklingError, AttributeError), match="<lambda>"):
        pickle.dumps(jit(lambda x: x))


def test_a_function_that_calls_itself():
    def power(x, n):
        return x if n == 1 else x * power(x, n - 1)

    @jit
    def factorial_like(x, parts):
        return x if not parts else x * factorial_like(x + 1, parts[1:])

    assert jit(lambda x: power(x, 5))(2.0) == 32.0
    assert factorial_like(1.0, [0.0] * 3) == 24.0


def test_generators_inside_are_run():
    g = jit(lambda xs: sum(x * x for x in xs))
    assert g([1.0, 2.0, 3.0]) == 14.0


def test_trees_that_are_deep_and_wide():
    deep = 2.5
    for _ in range(200):
        deep = [deep]
    g = jit(lambda tree: tree)
    assert g(deep) == deep == g(deep)
    wide = [float(k) for k in range(10_000)]
    h = jit(lambda xs: [x * 2 for x in xs])
    assert h(wide) == [x * 2 for x in wide] == h(wide)


def test_a_setting_among_the_arguments_is_named():
    @jit
    def f(x, steps, *, mode="a"):
        for _ in range(steps):
            x = x * x
        return x

    with pytest.raises(NumberError, match=r"^argument mode is 'b' of type str.*functools\.partial"):
        f(1.0, 2, mode="b")
    with pytest.raises(
        RecordingError, match=r"an index of a number .*bound, as by functools\.partial"
    ):
        f(3.0, 2)
    assert jit(partial(f.f, steps=2))(3.0) == 81.0


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
def test_the_arrays_of_a_call_are_not_kept_alive(backend):
    x = np.linspace(0.0, 1.0, 7)
    gone = weakref.ref(x)
    g = jit(value_and_grad(lambda w, x: (w * x * x).sum()), backend=backend)
    for _ in range(3):  # recorded, the long way, the shortcut
        g(2.0, x)
    del x
    gc.collect()
    assert gone() is None
