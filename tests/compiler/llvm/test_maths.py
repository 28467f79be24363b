"""exp, log, tanh and their kin: at most 3 ulp from mpmath, and IEEE 754's special values."""

import ctypes
import math

import mpmath
import numpy as np
import pytest
from machines import neon, runnable

from autograd.compiler.llvm import maths
from autograd.compiler.llvm.ir import Code, Numbers
from autograd.compiler.llvm.target import Loaded

TRUE = {
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
}
MACHINES = [*runnable()]
INF, NAN, TINY = math.inf, math.nan, 5e-324


def text(name, lanes):
    """A function that computes ``name`` of an array."""
    code = Code()
    n = Numbers(code, lanes)

    def one(i, _):
        n.store(maths.OWN[name](n, n.load(code.at("%x", i))), code.at("%y", i))
        return []

    code.loop("%n", one, step=lanes)
    code.do("ret void")
    declarations = "\n".join(code.declarations.values())
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
    wide = rng.uniform(-750, 712, count)
    edge = [709.782712893384, 709.782712893385, -708.4, -745.13, -745.14, 22.0, -37.5, TINY]
    return np.concatenate([wide, near, signs * any_size, rng.uniform(-745.2, -708, count), edge])


def ulps(got, x, true):
    with mpmath.workprec(120):
        want = true(mpmath.mpf(float(x)))
        near = float(want)
        if math.isinf(near) or math.isinf(got):
            return 0 if got == near else INF
        return float(abs(mpmath.mpf(float(got)) - want) / mpmath.mpf(math.ulp(near)))


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize("name", sorted(maths.OWN))
def test_three_ulp_everywhere(name, machine):
    x = sample(name, 1500 if machine is MACHINES[0] else 300)
    got = compiled(name, machine)(x)[: len(x)]
    worst = max(zip((ulps(y, a, TRUE[name]) for y, a in zip(got, x, strict=True)), x, strict=True))
    assert worst[0] <= 3, worst


SPECIAL = {
    "exp": [(INF, INF), (-INF, 0.0), (0.0, 1.0), (-0.0, 1.0), (1000.0, INF), (-1000.0, 0.0)],
    "expm1": [(INF, INF), (-INF, -1.0), (0.0, 0.0), (-0.0, -0.0), (-TINY, -TINY), (1e308, INF)],
    "log": [(INF, INF), (0.0, -INF), (-0.0, -INF), (-1.0, NAN), (-INF, NAN), (1.0, 0.0)],
    "log1p": [(INF, INF), (-1.0, -INF), (-2.0, NAN), (-INF, NAN), (0.0, 0.0), (-0.0, -0.0)],
    "sigmoid": [(INF, 1.0), (-INF, 0.0), (0.0, 0.5), (800.0, 1.0), (-800.0, 0.0)],
    "tanh": [(INF, 1.0), (-INF, -1.0), (0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (400.0, 1.0)],
}


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-lanes")
@pytest.mark.parametrize("name", sorted(maths.OWN))
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


def test_the_two_parts_of_ln_2():
    with mpmath.workdps(60):
        rest = mpmath.log(2) - mpmath.mpf(maths.LN2[0])
        assert float(rest) == pytest.approx(maths.LN2[1], rel=1e-15)
    assert maths.LN2[0] * 2**32 * 2**10 % 1 in (0.0, 0.5)  # few bits: k times it is exact
    assert all(float(k * maths.LN2[0]) / k == maths.LN2[0] for k in range(1, 1100))


@pytest.mark.parametrize("name", sorted(maths.OWN))
def test_neon_by_cross_compiling(name):
    assembly = neon().assembly(text(name, 2))
    assert "v0.2d" in assembly
    assert "fmla" in assembly
    assert "\tbl\t" not in assembly  # no call: all of it is in vector registers


def test_avx512_in_its_registers():
    wide = next((m for m in MACHINES if m.lanes == 8), None)
    if wide is None:
        pytest.skip("no AVX-512 here")
    assembly = wide.assembly(text("tanh", 8))
    assert "zmm" in assembly
    assert "vfmadd" in assembly
    assert "call" not in assembly
