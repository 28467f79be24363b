"""float32 throughout: what is rounded and when, what comes in and out, where it is refused."""

import math
import warnings

import numpy as np
import pytest

import autograd as ag
from autograd import Value, grad, jit, scan, value_and_grad, vmap
from autograd.compiler.calls.compiled import Compiled
from autograd.compiler.llvm.running import threads
from autograd.compiler.programs.elements import DOUBLE, SINGLE, element_of

f32 = np.float32
rng = np.random.default_rng(0)


@pytest.fixture(params=["llvm", "numpy"])
def single(request):
    """jit for float32, by one backend after the other."""
    return lambda f, **settings: jit(f, backend=request.param, dtype="float32", **settings)


@pytest.mark.parametrize("element", [DOUBLE, SINGLE])
def test_what_follows_from_a_width(element):
    info, one = np.finfo(element.dtype), element.pattern(1.0)
    assert (element.fraction, element.exponent) == (info.nmant, info.iexp)
    assert (element.least, element.bits) == (info.tiny, info.bits)
    assert one == element.bias << element.fraction
    assert element.rounded(0.1) == float(element.dtype.type(0.1))
    for x in (0.1, -0.0, 1e30, math.inf, math.nan, 2.0):
        assert repr(element.rounded(float(element.text(x)))) == repr(element.rounded(x))
    assert SINGLE.text(0.1) == "0.1"
    assert SINGLE.rounded(1e300) == math.inf


@pytest.mark.parametrize("dtype", ["float32", np.float32, np.dtype("f4"), "f4", "single"])
def test_numpys_names_are_names(dtype):
    assert element_of(dtype) is SINGLE
    assert jit(lambda x: x / 3, dtype=dtype)(1.0) == float(f32(1) / f32(3))


@pytest.mark.parametrize("dtype", ["float64", float, np.float64])
def test_float64_is_what_it_is_anyway(dtype):
    assert element_of(dtype) is DOUBLE
    assert jit(lambda x: x / 3, dtype=dtype)(1.0) == 1 / 3


@pytest.mark.parametrize("dtype", ["float16", np.float16, "double32", ">f4", int, None, 32])
def test_other_widths_are_refused_by_name(dtype):
    with pytest.raises(ValueError, match='"float64" or "float32", given'):
        jit(lambda x: x, dtype=dtype)


def test_pythons_floats_are_float64():
    with pytest.raises(ValueError, match=r"'float32' needs \"llvm\" or \"numpy\""):
        jit(lambda x: x, backend="python", dtype="float32")


def test_every_number_is_rounded_once(single):
    """Arithmetic without contraction has the bits of NumPy's float32."""
    x, y = f32(0.7), f32(1e-4)
    g = single(lambda x, y: [x * 0.1, (x + 1.0) - 1.0, x / y, (x - y) / 3, ag.sqrt(x), x + 1e-9])
    want = [x * f32(0.1), (x + f32(1)) - f32(1), x / y, (x - y) / f32(3), np.sqrt(x), x]
    for _ in range(2):
        assert g(float(x), float(y)) == [*map(float, want)]
        assert g(0.7, 1e-4) == [*map(float, want)]  # arguments are rounded first
    xs = np.linspace(0, 1, 50, dtype=f32)
    got = single(vmap(lambda x: (x - 0.1) / (x + 0.3)))(xs)
    np.testing.assert_array_equal(got, (xs - f32(0.1)) / (xs + f32(0.3)), strict=True)


def test_numbers_beyond_it_are_inf_and_nobody_warns(single):
    g = single(lambda x, v: (x, v * 1e300, np.sum(v)))
    h = single(lambda xs: [x * 2 for x in xs])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert single(lambda x: (x, x * 2, 1e300))(1e300) == (math.inf, math.inf, math.inf)
        for _ in range(2):
            x, v, total = g(-1e300, np.array([1e200, -1.0]))
            assert (x, total) == (-math.inf, math.inf)
            np.testing.assert_array_equal(v, [math.inf, -math.inf])
            assert h([1e300] * 100) == [math.inf] * 100


LIMITS = {
    "exp": (ag.exp, 88.72, 88.73),
    "sinh": (ag.sinh, 89.4, 89.5),
    "square": (lambda x: x * x, 1.8e19, 1.9e19),
    "1/x": (lambda x: 1 / x, 2.95e-39, 2.93e-39),
    "exp2": (lambda x: 2**x, 127.9, 128.0),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits_are_those_of_float32(name, single):
    f, below, beyond = LIMITS[name]
    for g in (single(f), single(vmap(f))):
        xs = [below, beyond] if g.f is f else [np.full(40, below), np.full(40, beyond)]
        low, high = g(xs[0]), g(xs[1])
        np.testing.assert_allclose(low, f(SINGLE.rounded(below)), rtol=3e-7)
        assert np.all(np.isinf(high))


def test_what_float64_survives_survives(single):
    """Formulas that guard against overflow guard in float32."""
    assert single(ag.hypot)(2e38, 2e38) == pytest.approx(2e38 * math.sqrt(2), rel=1e-6)
    assert single(lambda x, y: ag.logsumexp([x, y]))(3e38, 3e38) == SINGLE.rounded(3e38)
    assert single(grad(ag.softplus))(-100.0) == pytest.approx(math.exp(-100), rel=1e-5)
    assert single(grad(ag.sigmoid))(-80.0) == pytest.approx(math.exp(-80), rel=1e-6)


def test_a_sum_is_one_factor(single):
    """With what it starts with: (w - x @ x) / w, not w - x @ x / w."""
    f = single(lambda w: sum([-3.0 * a * a for a in w], w[0]) / w[0])
    assert f(np.arange(2.0, 8.0)) == -207.5


def test_the_number_of_samples_and_sums_go_beyond_what_float32_counts_to():
    n = 2**24 + 5
    g = jit(lambda x: (vmap(lambda v: v * 2)(x).sum(), ag.mean(Value(1.0) * x)), dtype="float32")
    total, mean = g(np.ones(n, f32))
    assert (total, mean) == (float(f32(2 * n)), 1.0)


def test_a_sum_of_a_million_keeps_six_digits_and_four_of_equal_terms(single):
    mean = single(lambda x: ag.mean(Value(1.0) * x))
    different, equal = rng.uniform(size=1_000_000).astype(f32), np.full(1_000_000, 0.1, f32)
    for x, half_a_digit in ((different, 5e-6), (equal, 5e-4)):
        assert mean(x) == pytest.approx(x.astype(float).mean(), rel=half_a_digit)


def test_arrays_of_float32_are_read_where_they_are(single):
    x = np.arange(4, dtype=f32)
    g = single(grad(lambda x: np.sum(x * x * x))).bind(x)
    np.testing.assert_array_equal(g(), 3 * x * x, strict=True)
    x[1] = 7.0
    np.testing.assert_array_equal(g(), 3 * x * x, strict=True)


OTHERS = {
    "float64": lambda x: x.astype(float),
    "integers": lambda x: x.astype(int),
    "float16": lambda x: x.astype(np.float16),
    "big-endian": lambda x: x.astype(">f4"),
    "strided": lambda x: x.repeat(2)[::2],
    "read-only": lambda x: np.frombuffer(x.tobytes(), f32),
    "a list": lambda x: x.tolist(),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_arrays_are_converted(name, single):
    x = np.arange(6, dtype=f32)
    f = value_and_grad(lambda x: ag.sum([v * v for v in x]))
    g, (value, slopes) = single(f), f([*x.tolist()])
    for _ in range(2):
        got = g(OTHERS[name](x))
        assert got[0] == value
        np.testing.assert_array_equal(got[1], slopes)
        assert isinstance(got[1], list) or got[1].dtype == f32


def test_calls_with_float32_go_the_short_way(monkeypatch):
    long_ways, call = [], Compiled.__call__
    monkeypatch.setattr(Compiled, "__call__", lambda *given: long_ways.append(1) or call(*given))
    g = jit(value_and_grad(lambda a, x: ag.mean(ag.tanh(Value(1.0) * a * x))), dtype="float32")
    for n in (3, 100):
        g(0.5, np.ones(n, f32))
    del long_ways[:]
    for n in (1, 16, 17, 100, 1000):
        x = rng.normal(size=n).astype(f32)
        value, slope = g(0.5, x)
        assert value == pytest.approx(np.tanh(0.5 * x.astype(float)).mean(), abs=1e-6)
        assert type(slope) is float
    assert g(0.5, np.ones(100)) == g(0.5, np.ones(100, f32))  # it is converted
    assert not long_ways


def test_the_program_is_the_same_and_half_as_large():
    f = value_and_grad(lambda w, x: ag.mean(ag.tanh(ag.dot([*w], [*x.T])) * 0.1))
    w, x = np.ones(3), rng.normal(size=(20, 3))
    double, single = jit(f), jit(f, dtype="float32")
    assert str(single.program(w, x)) == str(double.program(w, x))
    assert 2 * single.stats.size.bytes == double.stats.size.bytes
    assert 2 * single.stats.size.bytes_per_sample == double.stats.size.bytes_per_sample


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("count", [2, 3])
def test_threads_share_it_and_none_is_without_a_block(count, dtype, monkeypatch):
    monkeypatch.setattr(threads, "WORTH", 1)
    f = value_and_grad(lambda a, x: ag.mean(ag.tanh(Value(1.0) * a * x) * ag.exp(-(x * x))))
    g = jit(f, dtype=dtype, threads=count)
    for n in (0, 1, 100, 1000):
        x = rng.normal(size=n).astype(dtype)
        for _ in range(2):
            if n:
                np.testing.assert_allclose(g(0.5, x), f(0.5, x.astype(float)), atol=1e-6)


def test_a_scan_of_it_runs_in_python_with_its_numbers(single):
    grow = single(lambda x, rate: x * (1 + rate[0]) / 3)

    def step(x, rate):
        new = grow(x, rate)
        return new, new

    total, every = scan(step)(1.0, np.array([[0.5], [1.0]]))
    first = f32(1) * f32(1.5) / f32(3)
    assert total == every[1] == float(first * f32(2) / f32(3))
