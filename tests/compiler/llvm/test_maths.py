"""exp, log, tanh, sin, cos and their kin: at most 3 ulp from mpmath, and IEEE 754's special values."""

import ctypes
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from machines import neon, runnable

from autograd.compiler.llvm import maths, trigonometry
from autograd.compiler.llvm.ir import Code
from autograd.compiler.llvm.lanes import Numbers
from autograd.compiler.llvm.target import Loaded

OWN = {**maths.OWN, **trigonometry.OWN}
TRUE = {
    "cos": mpmath.cos,
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "sin": mpmath.sin,
    "tanh": mpmath.tanh,
}
MACHINES = [*runnable()]
INF, NAN, TINY = math.inf, math.nan, 5e-324


def text(name, lanes):
    """A function that computes ``name`` of an array."""
    code = Code()
    n = Numbers(code, lanes)

    def one(i, _):
        n.store(OWN[name](n, n.load(code.at("%x", i))), code.at("%y", i))
        return []

    code.loop("%n", one, step=lanes)
    code.do("ret void")
    declarations = "\n".join([*code.declarations.values(), *code.helpers.values()])
    return declarations + "\n" + code.text("void @f(i64 %n, ptr %x, ptr %y)")


def compiled(name, machine):
    loaded = Loaded([machine.compile(text(name, machine.lanes))], [])
    function = loaded.function("f", None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)

    def on(x):
        x = np.resize(np.asarray(x, float), -(-len(x) // 8) * 8)
        y = np.empty_like(x)
        function(len(x), x.ctypes.data, y.ctypes.data)
        return y

    on.keep = loaded
    return on


def sample(name, count=1500):
    """Points all over a function's domain, dense where it is hard."""
    rng = np.random.default_rng(7)
    signs = rng.choice([-1, 1], count)
    any_size = np.exp2(rng.uniform(-1074, 1023.9, count))
    near = rng.uniform(-2, 2, count)
    if name == "log":
        return np.concatenate([any_size, rng.uniform(0.4, 2, count), [TINY, 2.0**-1022, 1.7e308]])
    if name == "log1p":
        below = -np.exp2(rng.uniform(-1074, 0, count))
        return np.concatenate([any_size, below, rng.uniform(-0.7, 2, count), [2.0**53, -TINY]])
    if name in trigonometry.OWN:
        near_multiples = rng.integers(1, 20000, count) * (math.pi / 2)
        around = rng.uniform(-trigonometry.FAR, trigonometry.FAR, count)
        edge = [trigonometry.FAR, math.nextafter(trigonometry.FAR, INF), 29 * math.pi / 2, TINY]
        return np.concatenate([signs * any_size, near_multiples, around, 5 * near, edge])
    wide = rng.uniform(-750, 712, count)
    edge = [709.782712893384, 709.782712893385, -708.4, -745.13, -745.14, 22.0, -37.5, TINY]
    return np.concatenate([wide, near, signs * any_size, rng.uniform(-745.2, -708, count), edge])


def ulps(got, x, true):
    with mpmath.workprec(1200):  # sin of the largest numbers takes all of their digits
        want = true(mpmath.mpf(float(x)))
        near = float(want)
        if math.isinf(near) or math.isinf(got):
            return 0 if got == near else INF
        return float(abs(mpmath.mpf(float(got)) - want) / mpmath.mpf(math.ulp(near)))


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize("name", sorted(OWN))
def test_three_ulp_everywhere(name, machine):
    x = sample(name, 1500 if machine is MACHINES[0] else 300)
    got = compiled(name, machine)(x)[: len(x)]
    worst = max(zip((ulps(y, a, TRUE[name]) for y, a in zip(got, x, strict=True)), x, strict=True))
    assert worst[0] <= 3, worst


SPECIAL = {
    "cos": [(INF, NAN), (-INF, NAN), (0.0, 1.0), (-0.0, 1.0), (TINY, 1.0)],
    "exp": [(INF, INF), (-INF, 0.0), (0.0, 1.0), (-0.0, 1.0), (1000.0, INF), (-1000.0, 0.0)],
    "expm1": [(INF, INF), (-INF, -1.0), (0.0, 0.0), (-0.0, -0.0), (-TINY, -TINY), (1e308, INF)],
    "log": [(INF, INF), (0.0, -INF), (-0.0, -INF), (-1.0, NAN), (-INF, NAN), (1.0, 0.0)],
    "log1p": [(INF, INF), (-1.0, -INF), (-2.0, NAN), (-INF, NAN), (0.0, 0.0), (-0.0, -0.0)],
    "sigmoid": [(INF, 1.0), (-INF, 0.0), (0.0, 0.5), (800.0, 1.0), (-800.0, 0.0)],
    "sin": [(INF, NAN), (-INF, NAN), (0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (-TINY, -TINY)],
    "tanh": [(INF, 1.0), (-INF, -1.0), (0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (400.0, 1.0)],
}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize("name", sorted(OWN))
def test_special_values(name, machine):
    x, want = zip(*SPECIAL[name], (NAN, NAN), strict=True)
    got = compiled(name, machine)(x)[: len(x)]
    for a, y, z in zip(x, got, want, strict=True):
        assert repr(float(y)) == repr(z), (a, y, z)  # zeros by sign, nan as nan


def refit(function, low, high, count):
    with mpmath.workdps(60):
        fitted = mpmath.chebyfit(function, [mpmath.mpf(low), high], count)
        return [float(c) for c in reversed(fitted)]


def test_the_coefficients_are_chebyshev_fits():
    with mpmath.workdps(60):
        half, top = mpmath.log(2) / 2, (3 - 2 * mpmath.sqrt(2)) ** 2
    exponential = refit(lambda r: (mpmath.exp(r) - 1 - r) / r**2, -half, half, len(maths.EXP))
    assert exponential == pytest.approx(maths.EXP, rel=1e-9)
    artanh = lambda z: (2 * mpmath.atanh(mpmath.sqrt(z)) / mpmath.sqrt(z) - 2) / z
    assert refit(artanh, 0, top, len(maths.ARTANH)) == pytest.approx(maths.ARTANH, rel=1e-9)


def test_the_coefficients_of_sin_and_cos_are_chebyshev_fits():
    with mpmath.workdps(60):
        low, top = mpmath.mpf(10) ** -30, (mpmath.pi / 4) ** 2
    sine = lambda z: (mpmath.sin(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1) / z
    cosine = lambda z: (mpmath.cos(mpmath.sqrt(z)) - 1 + z / 2) / z**2
    for function, found in ((sine, trigonometry.SIN), (cosine, trigonometry.COS)):
        assert refit(function, low, top, len(found)) == pytest.approx(found, rel=1e-9)


def test_the_three_parts_of_half_pi():
    first, second, rest = trigonometry.HALF_PI
    with mpmath.workdps(60):
        assert float(mpmath.pi / 2 - first - second) == rest
    most = int(trigonometry.FAR * 2 / math.pi) + 1
    for k in range(1, most, 7):  # few bits: k times them is exact
        assert Fraction(first) * k == Fraction(first * k)
        assert Fraction(second) * k == Fraction(second * k)


def test_no_number_that_is_reduced_is_too_near_a_multiple_of_half_pi():
    with mpmath.workprec(300):
        half_pi = int(mpmath.floor(mpmath.pi / 2 * 2**250))
    for k in range(1, int(trigonometry.FAR * 2 / math.pi) + 2):
        spacing = 1 << ((half_pi * k).bit_length() - 53)
        rest = half_pi * k % spacing
        assert min(rest, spacing - rest) >= 2 ** (250 - 61), k


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
def test_one_far_number_leaves_its_neighbours_right(machine):
    x = np.array([0.5, 1e300, -2.0, 3.0, INF, 0.1, -1e10, 7.0])
    got, want = compiled("sin", machine)(x), np.sin(x, where=np.isfinite(x), out=x * NAN)
    np.testing.assert_allclose(got, want, rtol=1e-15)


def test_the_two_parts_of_ln_2():
    with mpmath.workdps(60):
        rest = mpmath.log(2) - mpmath.mpf(maths.LN2[0])
        assert float(rest) == pytest.approx(maths.LN2[1], rel=1e-15)
    assert maths.LN2[0] * 2**32 * 2**10 % 1 in (0.0, 0.5)  # few bits: k times it is exact
    assert all(float(k * maths.LN2[0]) / k == maths.LN2[0] for k in range(1, 1100))


@pytest.mark.parametrize("name", sorted(OWN))
def test_neon_by_cross_compiling(name):
    assembly = neon().assembly(text(name, 2))
    assert "v0.2d" in assembly
    assert "fmla" in assembly
    body = assembly[assembly.index("\nf:") :]
    calls = [line.split()[-1] for line in body.splitlines() if line.startswith("\tbl\t")]
    far = f"far.{name}.v2f64"  # out of the way; all else is in vector registers
    assert calls == ([far] if name in trigonometry.OWN else [])


def test_avx512_in_its_registers():
    wide = next((m for m in MACHINES if m.lanes == 8), None)
    if wide is None:
        pytest.skip("no AVX-512 here")
    assembly = wide.assembly(text("tanh", 8))
    assert "zmm" in assembly
    assert "vfmadd" in assembly
    assert "call" not in assembly
