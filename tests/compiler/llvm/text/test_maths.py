"""exp, log, tanh, sin, cos and their kin, of both widths: at most 3 ulp from mpmath (of float32: from
NumPy's own in float64), and IEEE 754's special values."""

import ctypes
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from machines import avx512, neon, runnable
from scipy.special import expit

from autograd.compiler.llvm.machine.loading import Loaded
from autograd.compiler.llvm.text import maths, trigonometry
from autograd.compiler.llvm.text.ir import Code
from autograd.compiler.llvm.text.lanes import Numbers
from autograd.compiler.programs.elements import DOUBLE, SINGLE

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
IN_DOUBLE = {"sigmoid": expit} | {name: getattr(np, name) for name in TRUE if name != "sigmoid"}
MACHINES = [*runnable()]
INF, NAN = math.inf, math.nan
every_machine = pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m.lanes}-doubles")
every_function = pytest.mark.parametrize("name", sorted(OWN))
both_widths = pytest.mark.parametrize("element", [DOUBLE, SINGLE], ids=lambda e: e.name)


def tiny(element):
    """The least number above 0."""
    return 2.0 ** (1 - element.bias - element.fraction)


def text(name, lanes, element):
    """A function that computes ``name`` of an array."""
    code = Code(element)
    n = Numbers(code, lanes)

    def one(i, _):
        n.store(OWN[name](n, n.load(code.at("%x", i))), code.at("%y", i))
        return []

    code.loop("%n", one, step=lanes)
    code.do("ret void")
    declarations = "\n".join([*code.declarations.values(), *code.helpers.values()])
    return declarations + "\n" + code.text("void @f(i64 %n, ptr %x, ptr %y)")


def compiled(name, machine, element=DOUBLE):
    loaded = Loaded([machine.compile(text(name, machine.lanes_of(element), element))], [])
    function = loaded.function("f", None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)

    def on(x):
        x = np.resize(np.asarray(x, element.dtype), -(-len(x) // 16) * 16)
        y = np.empty_like(x)
        function(len(x), x.ctypes.data, y.ctypes.data)
        return y

    on.keep = loaded
    return on


def sample(name, element, count=1500):
    """Points all over a function's domain, dense where it is hard."""
    rng = np.random.default_rng(7)
    least = math.log2(tiny(element))
    signs = rng.choice([-1, 1], count)
    any_size = np.exp2(rng.uniform(least, element.bias + 0.9, count))
    near = rng.uniform(-2, 2, count)
    if name == "log":
        edge = [tiny(element), element.least, float(np.finfo(element.dtype).max)]
        return np.concatenate([any_size, rng.uniform(0.4, 2, count), edge])
    if name == "log1p":
        below, edge = -np.exp2(rng.uniform(least, 0, count)), [2.0**53, 2.0**24, -tiny(element)]
        return np.concatenate([any_size, below, rng.uniform(-0.7, 2, count), edge])
    if name in trigonometry.OWN:
        far = trigonometry.FAR[element]
        near_multiples = rng.integers(1, int(0.6 * far), count) * (math.pi / 2)
        around = rng.uniform(-far, far, count)
        edge = [far, far * (1 + 2.0**-element.fraction), 29 * math.pi / 2, tiny(element)]
        return np.concatenate([signs * any_size, near_multiples, around, 5 * near, edge])
    most, flat = (element.bias + 1) * math.log(2), (element.bias - 1) * math.log(2)
    zero = least * math.log(2)
    around = rng.uniform(zero - 5, most + 3, count)
    edge = [
        most * (1 - 2.0**-element.fraction),
        most,
        -flat,
        zero,
        zero - 0.1,
        -37.5,
        tiny(element),
    ]
    subnormal = rng.uniform(zero - 0.1, -flat, count)
    return np.concatenate([around, near, signs * any_size, subnormal, [22.0], edge])


def ulps_of_single(got, x, true):
    """How far each result is from the one in float64."""
    with np.errstate(all="ignore"):
        want = true(x.astype(float))
        near = want.astype(np.float32)
        off = np.abs(got - want) / np.spacing(np.abs(near)).astype(float)
        return np.where(np.isinf(near) | np.isinf(got), np.where(got == near, 0, INF), off)


def ulps(name, got, x):
    digits = 1200 if name in trigonometry.OWN else 120  # sin of the largest takes all of theirs
    with mpmath.workprec(digits):
        want = TRUE[name](mpmath.mpf(float(x)))
        near = float(want)
        if math.isinf(near) or math.isinf(got):
            return 0 if got == near else INF
        return float(abs(mpmath.mpf(float(got)) - want) / mpmath.mpf(math.ulp(near)))


@every_machine
@every_function
def test_three_ulp_everywhere(name, machine):
    x = sample(name, DOUBLE, 1500 if machine is MACHINES[0] else 300)
    got = compiled(name, machine)(x)[: len(x)]
    worst = max((ulps(name, y, a), a) for y, a in zip(got, x, strict=True))
    assert worst[0] <= 3, worst


@every_machine
@every_function
def test_three_ulp_of_float32_everywhere(name, machine):
    x = sample(name, SINGLE, 50_000).astype(np.float32)
    off = ulps_of_single(compiled(name, machine, SINGLE)(x)[: len(x)], x, IN_DOUBLE[name])
    assert off.max() <= 3, x[off.argmax()]


TINY = "the least number"
SPECIAL = {
    "cos": [(INF, NAN), (-INF, NAN), (0.0, 1.0), (-0.0, 1.0), (TINY, 1.0)],
    "exp": [(INF, INF), (-INF, 0.0), (0.0, 1.0), (-0.0, 1.0), (1000.0, INF), (-1000.0, 0.0)],
    "expm1": [(INF, INF), (-INF, -1.0), (0.0, 0.0), (-0.0, -0.0), (1e38, INF)],
    "log": [(INF, INF), (0.0, -INF), (-0.0, -INF), (-1.0, NAN), (-INF, NAN), (1.0, 0.0)],
    "log1p": [(INF, INF), (-1.0, -INF), (-2.0, NAN), (-INF, NAN), (0.0, 0.0), (-0.0, -0.0)],
    "sigmoid": [(INF, 1.0), (-INF, 0.0), (0.0, 0.5), (800.0, 1.0), (-800.0, 0.0)],
    "sin": [(INF, NAN), (-INF, NAN), (0.0, 0.0), (-0.0, -0.0), (TINY, TINY)],
    "tanh": [(INF, 1.0), (-INF, -1.0), (0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (400.0, 1.0)],
}


@every_machine
@every_function
@both_widths
def test_special_values(name, machine, element):
    pairs = [[tiny(element) if v is TINY else v for v in pair] for pair in SPECIAL[name]]
    pairs += [[-x, -z] for x, z in pairs if z == tiny(element)]
    x, want = zip(*pairs, (NAN, NAN), strict=True)
    got = compiled(name, machine, element)(x)[: len(x)]
    for a, y, z in zip(x, got, want, strict=True):
        assert repr(float(y)) == repr(z), (a, y, z)  # zeros by sign, nan as nan


def refit(function, low, high, element, count):
    with mpmath.workdps(60):
        fitted = mpmath.chebyfit(function, [mpmath.mpf(low), high], count)
        return [element.rounded(float(c)) for c in reversed(fitted)]


def approx(found, element):
    """To nine digits, of what is used of them."""
    return pytest.approx([*map(element.rounded, found)], rel=1e-9)


@both_widths
def test_the_coefficients_are_chebyshev_fits(element):
    with mpmath.workdps(60):
        half, top = mpmath.log(2) / 2, (3 - 2 * mpmath.sqrt(2)) ** 2
    found = maths.EXP[element]
    exponential = lambda r: (mpmath.exp(r) - 1 - r) / r**2 if r else mpmath.mpf(0.5)
    assert refit(exponential, -half, half, element, len(found)) == approx(found, element)
    found = maths.ARTANH[element]
    artanh = lambda z: (2 * mpmath.atanh(mpmath.sqrt(z)) / mpmath.sqrt(z) - 2) / z
    assert refit(artanh, 0, top, element, len(found)) == approx(found, element)
    found, least = maths.TANH[element], mpmath.mpf(10) ** -30
    tanh = lambda z: (mpmath.tanh(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1) / z
    assert refit(tanh, least, (half / 2) ** 2, element, len(found)) == approx(found, element)


@both_widths
def test_the_coefficients_of_sin_and_cos_are_chebyshev_fits(element):
    with mpmath.workdps(60):
        low, top = mpmath.mpf(10) ** -30, (mpmath.pi / 4) ** 2
    sine = lambda z: (mpmath.sin(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1) / z
    cosine = lambda z: (mpmath.cos(mpmath.sqrt(z)) - 1 + z / 2) / z**2
    for function, table in ((sine, trigonometry.SIN), (cosine, trigonometry.COS)):
        found = table[element]
        assert refit(function, low, top, element, len(found)) == approx(found, element)


@both_widths
def test_the_parts_of_half_pi(element):
    *parts, rest = trigonometry.HALF_PI[element]
    with mpmath.workdps(60):
        near = element.rounded(float(mpmath.pi / 2 - sum(map(mpmath.mpf, parts))))
        assert near == element.rounded(rest)
    most = int(trigonometry.FAR[element] * 2 / math.pi) + 1
    for part in parts:
        assert element.rounded(part) == part
        for k in range(1, most, 7):  # few bits: k times them is exact
            assert Fraction(element.rounded(part * k)) == Fraction(part) * k


@pytest.mark.parametrize(("element", "bits"), [(DOUBLE, 61), (SINGLE, 31)])
def test_no_number_that_is_reduced_is_too_near_a_multiple_of_half_pi(element, bits):
    with mpmath.workprec(300):
        half_pi = int(mpmath.floor(mpmath.pi / 2 * 2**250))
    for k in range(1, int(trigonometry.FAR[element] * 2 / math.pi) + 2):
        spacing = 1 << ((half_pi * k).bit_length() - element.fraction - 1)
        rest = half_pi * k % spacing
        assert min(rest, spacing - rest) >= 2 ** (250 - bits), k


@every_machine
def test_one_far_number_leaves_its_neighbours_right(machine):
    x = np.array([0.5, 1e300, -2.0, 3.0, INF, 0.1, -1e10, 7.0] * 2)  # a register of any machine
    got, want = compiled("sin", machine)(x), np.sin(x, where=np.isfinite(x), out=x * NAN)
    np.testing.assert_allclose(got, want, rtol=1e-15)


@both_widths
def test_the_two_parts_of_ln_2(element):
    first, rest = maths.LN2[element]
    with mpmath.workdps(60):
        near = float(mpmath.log(2) - mpmath.mpf(first))
        assert element.rounded(near) == element.rounded(rest)
    for k in range(1, element.bias + element.fraction + 2):  # few bits: k times it is exact
        assert Fraction(element.rounded(first * k)) == Fraction(first) * k


@every_function
@both_widths
def test_neon_by_cross_compiling(name, element):
    lanes = neon().lanes_of(element)
    assembly = neon().assembly(text(name, lanes, element))
    assert f"v0.{lanes}{'d' if element == DOUBLE else 's'}" in assembly
    assert "fmla" in assembly
    body = assembly[assembly.index("\nf:") :]
    calls = [line.split()[-1] for line in body.splitlines() if line.startswith("\tbl\t")]
    far = f"far.{name}.v{lanes}f{element.bits}"  # out of the way; all else is in vector registers
    assert calls == ([far] if name in trigonometry.OWN else [])


@both_widths
def test_avx512_in_its_registers(element):
    assembly = avx512().assembly(text("tanh", avx512().lanes_of(element), element))
    assert "zmm" in assembly
    assert "vfmadd" in assembly
    assert "call" not in assembly
