"""jet: derivatives of high order, against mpmath, exact ones, and nested gradients."""

import gc
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from helpers import arguments_of, at, changed, close, mapped, places
from mutations import RULES, mutated, off_by_a_thousandth

import autograd as a
from autograd import (
    NumberError,
    Series,
    TransformError,
    grad,
    hessian,
    jet,
    jvp,
    primitive,
    stack,
    vmap,
)
from autograd.operations.composites import EVERY

ORDER = 10
EACH = pytest.mark.parametrize("op", EVERY.values(), ids=EVERY)


def along(op, arguments):
    """A primitive as a function of t, along a line through its arguments that moves them all."""
    at_all = places(arguments)

    def f(t):
        moved = arguments
        for k, place in enumerate(at_all):
            moved = changed(moved, place, at(arguments, place) + Fraction(k + 1, 2) * t)
        return op(*moved)

    return f


@EACH
def test_ten_derivatives_of_every_primitive_agree_with_mpmath(op):
    """Where mpmath differentiates the steps and choices of the registry, it does on one side."""
    with mpmath.workdps(60):
        for floats in arguments_of(op, points=2):
            exact = mapped(mpmath.mpf, floats)
            f = along(lambda *xs: op(*xs), exact)
            expected = mpmath.taylor(lambda t, f=f: f(t), 0, ORDER)
            expected = [c * math.factorial(k) for k, c in enumerate(expected)]
            for found, tolerance in (
                (jet(f, mpmath.mpf(0), ORDER), mpmath.mpf(10) ** -25),
                (jet(along(op, floats), 0.0, ORDER), 1e-11),
            ):
                for k, (x, y) in enumerate(zip(found, expected, strict=True)):
                    assert close(x, y, tolerance), (floats, k, x, y)


@EACH
def test_three_derivatives_are_those_of_nested_gradients(op):
    """Ties, branches and steps too: the same formulas run."""
    for floats in arguments_of(op, points=2):
        f = along(op, floats)
        nested = [f, grad(f), grad(grad(f))]
        for x, g in zip(jet(f, 0.0, 2), nested, strict=True):
            assert close(x, g(0.0), 1e-12), floats


@pytest.mark.parametrize(("name", "i"), RULES)
def test_a_rule_off_by_a_thousandth_is_seen(name, i):
    op = EVERY[name]
    wrong = mutated(op, i, off_by_a_thousandth)
    pairs = (
        zip(jet(along(op, floats), 0.0, 1), jet(along(wrong, floats), 0.0, 1), strict=True)
        for floats in arguments_of(op, points=3)
    )
    assert not all(close(x, y, 1e-7) for pair in pairs for x, y in pair)


def test_fractions_stay_exact():
    x = sympy.Symbol("x")
    formula = (x**3 - x / 3) / (1 + x**2) ** 2 + x**-3
    f = lambda t: (t**3 - t / 3) / (1 + t**2) ** 2 + t**-3
    found = jet(f, Fraction(2, 3), ORDER)
    for k, c in enumerate(found):
        exact = formula.diff(x, k).subs(x, sympy.Rational(2, 3))
        assert c == Fraction(int(exact.p), int(exact.q))
    assert {*map(type, found)} == {Fraction}
    assert {*map(type, jet(lambda t: a.where(t > 0, 1, t) / 3, Fraction(1), 2))} == {Fraction}


PROGRAMS = [
    lambda m, x: m.tanh(m.sin(x) * x + 1 / x),
    lambda m, x: m.exp(-x * x) * m.log(1 + x) ** 3,
    lambda m, x: x**2.5 / (m.sqrt(x) + m.cos(x) ** 2),
    lambda m, x: m.exp(x * m.log(x)) - 2**x,
    lambda m, x: m.sinh(m.log(x + m.sqrt(x * x + 1))),
]


@pytest.mark.parametrize("f", PROGRAMS)
def test_composed_programs_agree_with_mpmath(f):
    with mpmath.workdps(60):
        expected = mpmath.taylor(lambda x: f(mpmath, x), mpmath.mpf("0.7"), ORDER)
        exact = jet(lambda x: f(a, x), mpmath.mpf("0.7"), ORDER)
        floats = jet(lambda x: f(a, x), 0.7, ORDER)
        for k, c in enumerate(expected):
            assert close(exact[k] / math.factorial(k), c, mpmath.mpf(10) ** -30)
            assert close(floats[k] / math.factorial(k), c, 1e-11)


def test_a_users_primitive_gives_its_series_by_its_pullbacks():
    @primitive(lambda g, z, x: g / (2 * z))
    def root(x):
        return math.sqrt(x)  # no series could run through it

    @primitive(lambda g, z, xs: [g * x / z for x in xs], sequences=True)
    def norm(xs):
        return math.sqrt(math.fsum(x * x for x in xs))

    for found, expected in (
        (jet(root, 2.0, 6), jet(a.sqrt, 2.0, 6)),
        (
            jet(norm, [3.0, 4.0], 6, direction=[1.0, 2.0]),
            jet(lambda v: a.hypot(*v), [3.0, 4.0], 6, direction=[1.0, 2.0]),
        ),
    ):
        assert found == pytest.approx(expected, rel=1e-13)


def test_a_users_pullback_may_call_functions_of_what_it_computes_with():
    @primitive(lambda g, z, x, y: g * y * a.exp(x * y), lambda g, z, x, y: g * x * a.exp(x * y))
    def e(x, y):
        return a.exp(x * y)

    found = jet(lambda v: e(*v), [0.3, -0.7], 6, direction=[1.0, 2.0])
    expected = jet(lambda v: a.exp(v[0] * v[1]), [0.3, -0.7], 6, direction=[1.0, 2.0])
    assert found == pytest.approx(expected, rel=1e-12)
    X = np.array([[0.3, -0.7], [1.2, 0.4]])
    found, expected = (
        vmap(lambda v, f=f: jet(lambda x: f(x, x * v[1]), v[0], 4))(X)
        for f in (e, lambda x, y: a.exp(x * y))
    )
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_an_iteration_is_not_differentiated():
    @primitive(lambda g, z, x: g / (2 * z))
    def root(x):
        y = x
        while abs(y * y - x) > 1e-14 * x:
            y = y - (y * y - x) / (2 * y)
        return y

    assert jet(root, 9.0, 5) == pytest.approx(jet(a.sqrt, 9.0, 5), rel=1e-12)


# ---------------------------------------------------------------------------------------- forms


def test_several_variables_go_along_a_line():
    tree = {"w": [1.0, 2.0], "b": np.array([0.5, 0.25])}
    direction = {"w": [1.0, 0.0], "b": np.array([2.0, -1.0])}

    def f(p):
        return a.exp(p["w"][0] * p["b"][0]) + p["w"][1] * p["b"][1] ** 2

    def g(t):
        return a.exp((1 + t) * (0.5 + 2 * t)) + 2 * (0.25 - t) ** 2

    assert jet(f, tree, 5, direction=direction) == pytest.approx(jet(g, 0.0, 5), rel=1e-14)
    assert jet(f, tree, 1, direction=direction)[1] == jvp(f, (tree,), (direction,))[1]


def test_each_has_the_form_of_the_result():
    found = jet(lambda x: {"a": x * x, "b": [a.sin(x), 7.0], "c": np.array([x, 2 * x])}, 3.0, 2)
    assert [d["a"] for d in found] == [9.0, 6.0, 2.0]
    assert [d["b"][1] for d in found] == [7.0, 0.0, 0.0]
    assert [d["c"].tolist() for d in found] == [[3.0, 6.0], [1.0, 2.0], [0.0, 0.0]]


def test_orders_from_nothing_up():
    assert jet(a.exp, 0.0, 0) == [1.0]
    assert jet(lambda x: x, 2, 3) == [2.0, 1.0, 0.0, 0.0]
    assert jet(lambda x: 5.0, 2.0, 2) == [5.0, 0.0, 0.0]
    assert jet(lambda x: x**4, 0.0, 5) == [0.0, 0.0, 0.0, 0.0, 24.0, 0.0]
    deep = jet(lambda x: a.tanh(a.sin(x)), 0.3, 60)
    assert all(map(math.isfinite, deep))


def test_a_symbol_gives_formulas():
    x = sympy.Symbol("x", real=True)
    for k, c in enumerate(jet(lambda t: a.exp(t * t), x, 3)):
        assert sympy.simplify(c - sympy.exp(x**2).diff(x, k)) == 0


# ----------------------------------------------------------------------------------- composition


def by_hand(w):
    return -(w**3) * a.cos(w)


def third(w):
    """The third derivative of sin(w x) at x = 1."""
    return jet(lambda x: a.sin(w * x), 1.0, 3)[3]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_gradients_of_a_jet_by_what_its_function_closes_over(times):
    f, g = third, by_hand
    for _ in range(times):
        f, g = grad(f), grad(g)
    assert f(2.0) == pytest.approx(g(2.0), rel=1e-13)


def test_gradients_of_a_jet_by_its_point_and_direction():
    f = lambda x: jet(a.tanh, x, 3)[3]
    assert grad(f)(0.4) == pytest.approx(jet(a.tanh, 0.4, 4)[4], rel=1e-13)
    assert grad(grad(f))(0.4) == pytest.approx(jet(a.tanh, 0.4, 5)[5], rel=1e-13)
    g = lambda v: jet(lambda x: x**4, 2.0, 2, direction=v)[2]  # 12 x² v²
    assert grad(g)(3.0) == pytest.approx(2 * 48 * 3)


def test_the_other_transforms_of_a_jet():
    assert jvp(third, (2.0,), (1.0,))[1] == pytest.approx(grad(by_hand)(2.0), rel=1e-13)
    h = hessian(lambda w: jet(lambda x: a.sin(w[0] * x) * w[1], 1.0, 3)[3])([2.0, 3.0])
    g = hessian(lambda w: by_hand(w[0]) * w[1])([2.0, 3.0])
    assert np.array(h) == pytest.approx(np.array(g), rel=1e-13)
    xs = np.array([0.5, 1.0, 2.0])
    for found, expected in (
        (vmap(lambda x: jet(a.log, x, 3)[3])(xs), 2 / xs**3),
        (vmap(third)(xs), -(xs**3) * np.cos(xs)),
        (vmap(grad(third))(xs), [grad(by_hand)(x) for x in xs]),
    ):
        assert found == pytest.approx(expected, rel=1e-13)


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.parametrize("power", [0.0, 0.25, 2.5, 3.0])
def test_a_root_of_a_batch_is_that_of_its_samples(power):
    """At 0 too, where one sample takes another way than those beside it."""
    samples = np.array([0.7, 0.0, 0.2])
    found = vmap(lambda x: jet(lambda t: t**power, x, 4))(samples)
    expected = [jet(lambda t: t**power, x, 4) for x in samples.tolist()]
    np.testing.assert_allclose(np.transpose(found), expected, rtol=1e-14)


def test_a_batch_chooses_sample_by_sample():
    f = lambda t: a.where(t > 0.6, a.log(t), t * t)
    rows = vmap(lambda x: jet(f, x, 3))(np.array([0.0, 0.5, 2.0]))
    for k, row in enumerate(rows):
        assert row.tolist() == pytest.approx([jet(f, x, 3)[k] for x in (0.0, 0.5, 2.0)])


def test_gradients_within_a_jet():
    f = lambda t: grad(lambda w: a.sin(w * t) * w * w)(2.0) * t
    g = lambda t: (t * a.cos(2.0 * t) * 4.0 + a.sin(2.0 * t) * 4.0) * t
    assert jet(f, 3.0, 4) == pytest.approx(jet(g, 3.0, 4), rel=1e-12)


def test_no_perturbation_is_taken_for_another():
    assert jet(lambda t: jet(lambda s: s * t, 1.0, 2)[1], 5.0, 2) == [5.0, 1.0, 0.0]
    inner = lambda t: jet(lambda s: a.exp(s * t), 1.0, 2)[1]  # t eᵗ
    assert jet(inner, 2.0, 3) == pytest.approx(jet(lambda t: t * a.exp(t), 2.0, 3), rel=1e-14)
    third = lambda x: jet(lambda y: a.exp(x * y) + a.sin(y + x), 0.0, 3)[3]  # x³ - cos x
    assert jet(third, 3.0, 2) == pytest.approx(
        [27 - math.cos(3), 27 + math.sin(3), 18 + math.cos(3)]
    )
    assert grad(lambda x: x * jet(lambda y: x * y, 2.0, 1)[1])(2.0) == 4.0


# ------------------------------------------------------------------------------------------ edges


def test_an_infinite_slope_is_ieees_and_a_fractions_raises():
    assert jet(a.sqrt, 0.0, 3) == [0.0, math.inf, -math.inf, math.inf]
    assert jet(lambda x: x**1.5, 0.0, 2) == [0.0, 0.0, math.inf]
    assert jet(lambda x: 1 / x, 0.0, 1) == [math.inf, -math.inf]
    with pytest.raises(ZeroDivisionError):
        jet(lambda x: 1 / x, Fraction(0), 2)


def test_a_kink_is_what_the_formulas_make_of_it():
    for f in (abs, a.relu, lambda x: a.maximum(x, 2 * x), lambda x: a.where(x > 0, x, 3 * x)):
        assert jet(f, 0.0, 2) == [f(0.0), grad(f)(0.0), grad(grad(f))(0.0)]
    assert jet(lambda x: a.where(x > 0, a.log(x), x), -1.0, 2) == [-1.0, 1.0, 0.0]


@pytest.mark.parametrize("order", [-1, 2.0, "3", None, True])
def test_an_order_is_an_integer_from_0_on(order):
    with pytest.raises(TransformError, match=rf"order is .*an integer from 0 on; got {order!r}"):
        jet(a.sin, 1.0, order)


def test_floats_hold_factorials_up_to_170():
    assert jet(a.exp, 0.0, 170)[170] == pytest.approx(1, rel=1e-12)
    for transformed in (
        lambda x: jet(a.exp, x, 171)[171],
        a.grad(lambda x: jet(a.exp, x, 171)[171]),
    ):
        with pytest.raises(TransformError, match=r"order 171 .* up to 170!; of a Fraction or an"):
            transformed(0.0)
    assert jet(lambda x: x * x, Fraction(3), 171)[1:] == [6, 2, *[0] * 169]


def test_several_variables_ask_for_a_direction():
    with pytest.raises(TransformError, match="give direction="):
        jet(lambda v: v[0], [1.0, 2.0], 2)
    with pytest.raises(TransformError, match="direction"):
        jet(lambda v: v[0], [1.0, 2.0], 2, direction=[1.0])


def test_a_function_of_no_number_is_named():
    def nothing(x):
        return None

    with pytest.raises(TransformError, match="nothing returned no number, but None"):
        jet(nothing, 1.0, 2)
    with pytest.raises(NumberError, match="x is 'one'"):
        jet(a.sin, "one", 2)


def test_samples_are_stacked_and_placed_coefficient_by_coefficient():
    def f(x):
        return (stack([x, x * x, x**3]) * np.array([1.0, 2.0, 3.0])).sum()  # x + 2x² + 3x³

    assert jet(f, 2.0, 3) == [34.0, 45.0, 40.0, 18.0]
    assert jet(grad(f), 2.0, 2) == [45.0, 40.0, 18.0]


def test_a_series_as_a_condition_counts_by_its_constant_term():
    assert a.where(Series([0.0, 2.0]), 3.0, 4.0) == 4.0


@pytest.mark.parametrize("f", [a.sin, a.log, a.sigmoid, a.erfinv, a.gammaln, lambda x: x**x])
def test_a_jet_leaves_nothing_for_the_cycle_collector(f):
    """Formulas ask for one another, sine's for cosine's and back."""
    jet(f, 0.5, 4)
    gc.collect()
    gc.disable()
    try:
        jet(f, 0.5, 4)
        assert gc.collect() == 0
    finally:
        gc.enable()
