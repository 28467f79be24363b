"""Digits: no operation loses more than its bound, and what once lost all of them keeps them."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest

import autograd as a
from autograd import KindError, Value, register
from autograd.operations.composites import EVERY

inf, nan = math.inf, math.nan


@pytest.fixture
def ulps(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    import ulps

    return ulps


@pytest.mark.parametrize(
    "name", [*EVERY, "elu", "log_sigmoid", "softmax", "log_softmax", "degrees", "radians"]
)
def test_an_operation_is_right_to_its_bound_over_the_whole_domain(ulps, name):
    if name in ulps.SKIPPED:
        return
    row, (value, slope) = ulps.measured(name), ulps.bounds(name)
    assert max(row.value[0], row.batch_value[0]) <= value, row
    assert max(row.slope[0], row.batch_slope[0]) <= slope, row


@pytest.mark.parametrize(("kind", "column"), [(float, "value"), (np.ndarray, "batch_value")])
def test_a_bound_that_is_exceeded_is_seen(ulps, monkeypatch, kind, column):
    def off(x):
        return a.exp(x) * (1 + 2e-15 if type(x.data) is kind else 1)

    monkeypatch.setitem(ulps.OPERATIONS, "exp", off)
    assert getattr(ulps.measured("exp"), column)[0] > ulps.LIMIT


def test_what_is_less_accurate_says_so(ulps):
    for name in ulps.EXCEPTIONS:
        text = getattr(a, name, None) or EVERY[name]
        assert re.search("ulp|digits|rounding", text.__doc__), name


def relative(found, expected):
    return abs(mpmath.mpf(found) / expected - 1)


@pytest.mark.parametrize("name", "sigmoid tanh arcsin arccos arctanh erf sinh log_ndtr".split())
@pytest.mark.parametrize("x", [1e-17, -3e-9, 1e-4, 0.3])
def test_second_derivatives_do_not_cancel_near_0(name, x):
    op = EVERY[name]
    found = a.grad(a.grad(op))(x)
    batch = a.vmap(a.grad(a.grad(op)))(np.array([x, 0.5]))[0]
    with mpmath.workdps(60):
        v = Value(mpmath.mpf(x))
        expected = a.grad(a.grad(op))(mpmath.mpf(x))
        differences = mpmath.diff(op.value, v.data, 2, h=mpmath.mpf(10) ** -20)
        assert relative(expected, differences) < 1e-12
        assert relative(found, expected) < 1e-14
        assert relative(batch, expected) < 1e-14


def test_equal_logits_share_alike_however_large():
    for big in (1e10, 1e16, 1e300):
        assert a.softmax([big, big]) == [0.5, 0.5]
        assert a.grad(lambda xs: a.logsumexp(xs))([big, big]) == [0.5, 0.5]
        xs = [Value(np.array([big])) for _ in range(2)]
        a.logsumexp(xs).backward()
        assert [x.grad[0] for x in xs] == [0.5, 0.5]


def test_a_leading_logit_keeps_its_digits():
    for number, of in ((29.0, float), (np.array([29.0]), lambda z: z[0])):
        z = a.log_softmax([Value(number), 0.0])[0].data
        assert of(z) == pytest.approx(-math.log1p(math.exp(-29)), rel=1e-15)


def test_softmax_of_symbols_stays_a_formula():
    sympy = pytest.importorskip("sympy")
    x, y = sympy.symbols("x y", real=True)
    assert a.softmax([x, y])[0] == sympy.exp(x) / (sympy.exp(x) + sympy.exp(y))


def test_sinc_has_as_many_digits_as_asked_for():
    with mpmath.workdps(100):
        for x in ("0.001", "0.016", "0.7", "-2.3"):
            x = mpmath.mpf(x)
            for n, derivative in enumerate((a.sinc, a.grad(a.sinc), a.grad(a.grad(a.sinc)))):
                exact = mpmath.diff(mpmath.sincpi, x, n, h=mpmath.mpf(10) ** -60)
                assert relative(derivative(x), exact) < mpmath.mpf(10) ** (-96 if n == 0 else -38)


@pytest.mark.parametrize("x", [1e308, -1.7e308, 5e-324, 1e-310, 2.0, 1.0])
def test_the_slope_of_a_cube_root_has_all_digits_of_any_float(x):
    exact = float(1 / (3 * mpmath.cbrt(abs(mpmath.mpf(x))) ** 2))
    for found in (a.grad(a.cbrt)(x), a.vmap(a.grad(a.cbrt))(np.array([x, 1.0]))[0]):
        assert found == pytest.approx(exact, rel=2e-15)


@pytest.mark.parametrize("y", [2.0**54, 2.0**53 + 2, 1e300, 2.0**53 - 1, 3.0, -(2.0**54)])
def test_the_slope_of_a_power_has_the_sign_of_an_exponent_whose_predecessor_is_no_float(y):
    slope = -y if y % 2 == 0 else y
    assert a.grad(a.pow)(-1.0, y) == slope
    x = Value(np.array([-1.0, 1.0]))
    (x**y).backward()
    assert x.grad.tolist() == [slope, y]


# ---------------------------------------------------------------------------------------------- edges


@pytest.mark.parametrize(
    ("f", "at", "second"),
    [
        (a.arcsin, 1.0, inf),
        (a.arcsin, -1.0, -inf),
        (a.arccos, 1.0, -inf),
        (a.arctanh, 1.0, inf),
        (a.arctanh, -1.0, -inf),
        (a.arccosh, 1.0, -inf),
        (a.cbrt, 0.0, -inf),
        (a.cbrt, -0.0, inf),
        (a.sqrt, 0.0, -inf),
        (a.relu, nan, nan),
    ],
)
def test_second_derivatives_at_an_edge_are_their_limits(f, at, second):
    twice = a.grad(a.grad(f))
    for found in (twice(at), a.vmap(twice)(np.array([at, 0.5]))[0]):
        assert found == second or (found != found and second != second)


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        (a.arctan2, [0.0, 0.0], [[0.0, 0.0], [0.0, 0.0]]),
        (a.pow, [0.0, 1.0], [[0.0, 1.0], [1.0, 0.0]]),
        (a.pow, [0.0, 2.0], [[2.0, 0.0], [0.0, 0.0]]),
        (a.pow, [0.0, 0.0], [[0.0, 0.0], [0.0, 0.0]]),
        (a.xlogy, [0.0, 2.0], [[0.0, 0.5], [0.5, 0.0]]),
        (a.xlog1py, [0.0, 1.0], [[0.0, 0.5], [0.5, 0.0]]),
    ],
)
def test_hessians_at_an_edge_are_symmetric(f, at, expected):
    """At (0, 1) with the convention of ∂(0ʸ)/∂y, that 0 · log 0 is 0: ∂²xʸ/∂x∂y = xʸ⁻¹(1 + y log x)."""
    assert a.hessian(lambda v: f(*v))(at) == expected


def test_an_infinite_logit_has_all_of_the_slope():
    assert a.grad(a.logaddexp, (0, 1))(0.0, inf) == (0.0, 1.0)
    x, y = Value(np.array([0.0, 1.0])), Value(np.array([inf, 1.0]))
    a.logaddexp(x, y).backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([0.0, 0.5], [1.0, 0.5])


def test_minus_infinity_goes_once_into_what_it_leaves_itself_of():
    assert a.grad(a.mod, 1)(1.0, -inf) == 1.0
    assert a.grad(a.mod, 1)(1.0, inf) == 0.0


def test_the_remainder_of_a_decimal_has_the_sign_of_the_divisor():
    register(Decimal, {})
    for x in (-7, 7):
        for y in (-3, 3):
            assert (Value(Decimal(x)) % Decimal(y)).data == x % y


def test_a_dot_product_grows_from_kind_to_kind_and_from_shape_to_shape():
    x = Value(np.ones(2))
    assert a.dot([x, x], [1.0, Fraction(1, 2)]).data.tolist() == [1.5, 1.5]
    u, v = np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0])
    nested = a.vmap(lambda s: a.vmap(lambda t: a.dot([s, t], [s, s]))(v))(u)
    assert nested.tolist() == [[s * s + t * s for t in v] for s in u]


# ------------------------------------------------------------------------------- special functions

KNOWN = {
    "gammaln": lambda x: mpmath.loggamma(x),
    "digamma": lambda x: mpmath.digamma(x),
    "i0": lambda x: mpmath.besseli(0, x),
    "i1": lambda x: mpmath.besseli(1, x),
    "ndtr": lambda x: mpmath.ncdf(x),
    "log_ndtr": lambda x: mpmath.log(mpmath.ncdf(x)),
    "erfinv": lambda x: mpmath.erfinv(x),
    "logit": lambda x: mpmath.log(x / (1 - x)),
    "xlogy": lambda x: x * mpmath.log(x),
    "xlog1py": lambda x: x * mpmath.log(1 + x),
}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("x", [0.11, 0.5, 0.83])
def test_a_special_function_and_two_derivatives_are_mpmaths(name, x):
    op = getattr(a, name)
    f = (lambda t: op(t, t)) if name.startswith("xlog") else op
    functions = (f, a.grad(f), a.grad(a.grad(f)))
    with mpmath.workdps(60):
        for n, g in enumerate(functions):
            expected = mpmath.diff(KNOWN[name], mpmath.mpf(x), n, h=mpmath.mpf(10) ** -18)
            assert abs(g(x) - expected) <= 1e-13 * max(1, abs(expected)), n
            batch = a.vmap(g)(np.array([x, 0.4]))[0]
            assert abs(batch - expected) <= 1e-13 * max(1, abs(expected)), n


def test_special_functions_at_their_edges():
    assert a.grad(a.xlogy, (0, 1))(0.0, 0.0) == (-inf, 0.0)
    assert math.isnan(a.xlogy(0.0, nan))
    assert (a.logit(0.0), a.logit(1.0), a.erfinv(1.0), a.gammaln(0.0)) == (-inf, inf, inf, inf)
    assert a.log_ndtr(-1e8) == pytest.approx(-5e15)
    assert a.grad(a.log_ndtr)(-1e8) == pytest.approx(1e8)
    assert a.grad(a.ndtr)(inf) == 0.0


@pytest.mark.parametrize("x", [-0.3, -2.75, -17.2, -1e10 - 0.5, -1e12 - 0.5])
def test_polygamma_of_negative_numbers_ends_and_is_right(x):
    """SciPy's adds up |x| terms."""
    for order, derivative in enumerate((a.grad(a.digamma), a.grad(a.grad(a.digamma))), start=1):
        with mpmath.workdps(50):
            exact = mpmath.psi(order, mpmath.mpf(x)) if x > -1e6 else mpmath.pi**2 * (2 - order)
        for found in (derivative(x), a.vmap(derivative)(np.array([x, 0.5]))[0]):
            assert abs(found - exact) <= 1e-9 * max(1, abs(exact))


@pytest.mark.parametrize(
    "x", [-0.999999999, -1 + 2**-53, -3 - 1e-9, -7.5, -1e-300, -45.1, -1e9 - 0.3]
)
@pytest.mark.parametrize("f", [a.digamma, a.grad(a.gammaln)])
def test_digamma_beside_its_poles_is_mpmaths(f, x):
    """SciPy's has rounded 1 - x there."""
    with mpmath.workdps(50):
        exact = mpmath.digamma(mpmath.mpf(x))
    for found in (f(x), a.vmap(f)(np.array([x, 0.5]))[0], a.jit(f)(x)):
        assert abs(found - exact) <= 1e-15 * max(1, abs(exact)) * max(1, 1e-3 * abs(x))


@pytest.mark.parametrize("x", [-inf, inf, 5e-324, -5e-324, 1e-310, 0.0, -3.0, 1e-290])
def test_gammaln_has_the_same_special_values_in_every_kind_of_float(x):
    exact = inf if x in (0, -3) or math.isinf(x) else -math.log(abs(x))
    for found in (a.gammaln(x), Value(np.array([x, 0.5])).gammaln().data[0], a.jit(a.gammaln)(x)):
        assert found == pytest.approx(exact, rel=1e-15)


@pytest.mark.parametrize("x", [1e154, -1e200, 1e308, inf, -inf])
@pytest.mark.parametrize("f", [a.erf, a.erfc, a.ndtr, lambda t: a.log_ndtr(abs(t))])
def test_where_a_gaussian_underflows_all_derivatives_are_zero(f, x):
    """Not its 0 times a power of x that overflowed."""
    slope = a.grad(f)
    for _ in range(4):
        slope = a.grad(slope)
        assert slope(x) == 0
    assert a.vmap(a.grad(a.grad(a.grad(f))))(np.array([x, 0.5]))[0] == 0
    assert a.jit(slope)(x) == 0
    assert a.jet(f, x, 5)[2:] == [0, 0, 0, 0]


@pytest.mark.parametrize("x", [inf, -inf, nan, 1e300])
def test_sinc_of_what_is_not_finite_ends(x):
    for f in (a.sinc, a.grad(a.sinc)):
        for found in (f(x), a.vmap(f)(np.array([x, 0.5]))[0]):
            assert abs(found) <= 1e-299 if abs(x) == 1e300 else found != found


def test_scipys_functions_of_values_are_ours():
    special = pytest.importorskip("scipy.special")
    x = Value(2.5)
    special.gammaln(x).backward()
    assert x.grad == pytest.approx(float(special.digamma(2.5)))
    assert special.psi(x).data == x.grad
    assert special.expit(x).data == pytest.approx(float(special.expit(2.5)))


def test_without_scipy_an_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.special", None)
    with pytest.raises(KindError, match="pip install scipy"):
        a.digamma(2.5)
    with mpmath.workdps(30):
        assert abs(a.digamma(mpmath.mpf(1)) + mpmath.euler) < 1e-28
