"""One set of formulas, many kinds of number."""

import math
import subprocess
import sys
from decimal import Decimal, DivisionByZero
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

import autograd as a
from autograd import KindError, Value, register


def gradient(f, *numbers):
    leaves = [Value(x) for x in numbers]
    z = f(*leaves)
    z.backward()
    return z.data, [v.grad for v in leaves]


# ------------------------------------------------------------------------------------------ Fraction


def test_fractions_stay_exact():
    third = Fraction(1, 3)
    z, (dx, dy) = gradient(lambda x, y: (x * 3 + y / 7 - 2) ** 3 / (1 + x), third, Fraction(2, 5))
    u = third * 3 + Fraction(2, 5) / 7 - 2
    assert z == u**3 / (1 + third)
    assert dx == 9 * u**2 / (1 + third) - u**3 / (1 + third) ** 2
    assert dy == 3 * u**2 / 7 / (1 + third)
    assert {type(c) for c in (z, dx, dy)} == {Fraction}


def test_a_fraction_divided_by_zero_raises():
    with pytest.raises(ZeroDivisionError):
        1 / Value(Fraction(0))
    with pytest.raises(ZeroDivisionError):
        Value(Fraction(0)) ** -1
    for x in (0, 1):
        with pytest.raises(ZeroDivisionError):
            Value(Fraction(x)) / 0


@pytest.mark.parametrize("one", [Fraction(1), mpmath.mpf(1)])
def test_an_exact_number_beside_a_batch_is_a_float_and_divides_by_zero_as_samples_do(one):
    batch = np.array([2.0, 0.0])
    z, (dx, dy) = gradient(lambda x, y: (x / y).sum(), one, batch)
    assert (z, dx, dy.tolist()) == (np.inf, np.inf, [-0.25, -np.inf])
    assert (one / Value(batch)).data.tolist() == [0.5, np.inf]
    assert (Value(batch) / (one * 0)).data.tolist()[0] == np.inf
    assert np.isnan((one % Value(batch)).data).tolist() == [False, True]


def test_a_fraction_beside_a_float_is_a_float():
    z, (dx, dy) = gradient(lambda x, y: x * y, Fraction(1, 2), 3.0)
    assert (z, dx, dy) == (1.5, 3.0, 0.5)
    assert type(z) is float


def test_a_root_of_a_negative_number_is_nan_and_never_complex():
    for x, y in ((Fraction(-4), 0.5), (-4.0, Fraction(1, 2)), (Fraction(-4), Fraction(1, 2))):
        assert np.isnan((Value(x) ** y).data)


def test_a_float_to_a_fraction_is_a_power():
    x = Value(4.0)
    z = x ** Fraction(1, 2)
    z.backward()
    assert z.data == 2.0
    assert x.grad == 0.25


# ------------------------------------------------------------------------------------------- mpmath


def test_fifty_digits_are_fifty_digits():
    with mpmath.workdps(50):
        x = Value(mpmath.mpf(1) / 3)
        z = (a.exp(a.sin(x)) * a.sigmoid(x) / a.sqrt(1 + x * x)).log()
        z.backward()
        t = mpmath.mpf(1) / 3
        expected = mpmath.cos(t) + 1 - 1 / (1 + mpmath.exp(-t)) - t / (1 + t * t)
        assert abs(x.grad - expected) < mpmath.mpf(10) ** -48
        assert type(x.grad) is mpmath.mpf


@pytest.mark.parametrize(
    "f",
    [
        a.softplus,
        a.sinc,
        a.degrees,
        a.radians,
        a.elu,
        a.leaky_relu,
        a.hard_tanh,
        a.log_sigmoid,
        lambda x: a.clip(x, -1, 1),
        lambda x: a.logaddexp(x, x * x),
        lambda x: a.softmax([x, 2 * x, 1])[0],
        lambda x: a.log_softmax([x, 2 * x, 1])[1],
        lambda x: a.mean([x, x * x, 3]),
        lambda x: a.maximum(x, 0.1) * a.minimum(x, 5),
        lambda x: a.where(x > 0, a.exp(x), x),
    ],
)
@pytest.mark.parametrize("at", ["0.4", "-0.4", "0.003"])
def test_composites_keep_the_digits(f, at):
    with mpmath.workdps(40):
        x = Value(mpmath.mpf(at))
        z = f(x)
        z.backward()
        expected = mpmath.diff(lambda t: f(t), x.data)
        # leaky_relu's slope and maximum's 0.1 are floats themselves: exact as such
        assert abs(x.grad - expected) < mpmath.mpf(10) ** -25


def test_mpf_special_values_are_those_of_floats():
    z, (dx,) = gradient(lambda x: 1 / x, mpmath.mpf(0))
    assert (z, dx) == (mpmath.inf, -mpmath.inf)
    assert mpmath.isnan(gradient(a.log, mpmath.mpf(-1))[0])
    assert mpmath.isnan(gradient(lambda x: x ** mpmath.mpf(0.5), mpmath.mpf(-2))[0])


# -------------------------------------------------------------------------------------------- SymPy


def test_the_gradient_is_a_formula():
    x, y = sympy.symbols("x y")
    z, (dx, dy) = gradient(lambda u, v: a.tanh(u * v) + u**3, x, y)
    assert z == sympy.tanh(x * y) + x**3
    assert sympy.simplify(dx - z.diff(x)) == 0
    assert sympy.simplify(dy - z.diff(y)) == 0


@pytest.mark.parametrize("name", ["maximum", "minimum"])
@pytest.mark.parametrize("at", [(1, 2), (2, 1), (1, 1)])
def test_a_choice_between_symbols_is_right_on_both_sides_and_at_the_tie(name, at):
    x, y = sympy.symbols("x y", real=True)
    op = a.PRIMITIVES[name]
    _, ours = gradient(op, x, y)
    _, expected = gradient(op, *map(float, at))
    assert [float(c.subs({x: at[0], y: at[1]})) for c in ours] == expected


@pytest.mark.parametrize("at", [-1.5, 0, 2.5])
def test_functions_that_choose_give_a_formula_with_pieces(at):
    x = sympy.Symbol("x", real=True)
    for f in (a.relu, a.elu, a.leaky_relu, a.hard_tanh, abs, lambda v: a.clip(v, -1, 1)):
        z, (dx,) = gradient(f, x)
        number, (expected,) = gradient(f, float(at))
        assert float(sympy.sympify(z).subs(x, at)) == pytest.approx(number)
        assert float(sympy.sympify(dx).subs(x, at)) == pytest.approx(expected)


def test_where_of_a_symbolic_condition_is_piecewise():
    x = sympy.Symbol("x", real=True)
    z, (dx,) = gradient(lambda v: a.where(v > 0, a.log(v), 0), x)
    assert z.subs(x, -1) == 0
    assert dx.subs(x, -1) == 0
    assert dx.subs(x, 4) == sympy.Rational(1, 4)


def test_a_symbolic_branch_not_taken_sends_nothing():
    x = sympy.Symbol("x", real=True)
    _, (dx,) = gradient(lambda v: a.where(v > 0, a.log(v), 0), x)
    assert dx.subs(x, 0) == 0


@pytest.mark.parametrize(("at", "expected"), [(0.5, 0), (1.5, 2), (2.5, 2), (-2.5, -2), (2.4, 2)])
def test_round_is_to_the_even_neighbour_for_every_kind(at, expected):
    exact = Fraction(at)
    assert a.round(at) == expected
    assert a.round(exact) == expected
    assert a.round(mpmath.mpf(at)) == expected
    assert a.round(np.array([at])).tolist() == [expected]
    assert a.round(sympy.Rational(exact)) == expected


def test_a_symbol_on_the_left_leaves_the_operation_to_the_value():
    s = sympy.Symbol("s", real=True)
    for f, derivative in (
        (lambda v: s * v, s),
        (lambda v: sympy.pi * v, sympy.pi),
        (lambda v: s + v, 1),
        (lambda v: s - v, -1),
        (lambda v: s / v, -s / 4),
        (lambda v: s**v, s**2 * sympy.log(s)),
    ):
        _, (dx,) = gradient(f, sympy.Integer(2))
        assert sympy.simplify(dx - derivative) == 0
    x = sympy.Symbol("x", real=True)
    _, (dx,) = gradient(a.sinc, x)
    assert float(dx.subs(x, 0.3)) == pytest.approx(a.grad(a.sinc)(0.3))


def test_an_mpf_and_a_fraction_on_the_left_do_too():
    for number in (mpmath.mpf(3), Fraction(3)):
        for f, derivative in (
            (lambda v: number * v, 3),
            (lambda v: number - v, -1),
            (lambda v: number / v, -0.75),
            (lambda v: number % v, -1),
        ):
            _, (dx,) = gradient(f, 2.0)
            assert dx == derivative


# -------------------------------------------------------------------------------------------- batches


def test_a_shared_number_receives_the_sum_over_samples():
    x, w, b = Value(np.array([1.0, 2.0, 3.0])), Value(2.0), Value(0.5)
    z = w * x + b
    z.backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]
    assert (w.grad, b.grad) == (6.0, 3.0)


def test_a_shared_number_above_shared_numbers_still_counts_every_sample():
    w = Value(2.0)
    x = np.array([1.0, 2.0, 3.0])
    ((w * w + 1) * x).backward()
    assert w.grad == 4.0 * 6
    w = Value(2.0)
    (w * x).mean().backward()
    assert w.grad == pytest.approx(2.0)
    w = Value(2.0)
    ((w * 3) + np.zeros(4)).backward()
    assert w.grad == 12.0


def test_a_gradient_can_be_given_for_each_sample():
    x, w = Value(np.array([1.0, 2.0])), Value(3.0)
    (x * w).backward(np.array([10.0, 100.0]))
    assert x.grad.tolist() == [30.0, 300.0]
    assert w.grad == 210.0


def test_sum_and_mean_over_samples():
    x = Value(np.array([1.0, 2.0, 6.0]))
    x.mean().backward()
    assert x.mean().data == 3.0
    assert x.grad.tolist() == pytest.approx([1 / 3] * 3)
    x = Value(np.array([1.0, 2.0, 6.0]))
    (x.sum() * 2).backward()
    assert x.grad.tolist() == [2.0] * 3
    assert a.sum(np.array([1.0, 2.0])) == 3.0


def test_a_sequence_mixes_batches_numbers_and_constants():
    x, w, c = Value(np.array([1.0, 2.0])), Value(3.0), np.array([5.0, 7.0])
    z = a.dot([x, w, 2.0, c], [w, x, x, 1.0])
    assert z.data.tolist() == [13.0, 23.0]
    z.backward()
    assert x.grad.tolist() == [8.0, 8.0]
    assert w.grad == 6.0

    x, w = Value(np.array([1.0, 2.0])), Value(3.0)
    a.sum([x, w, 2.0, c, w]).backward()
    assert x.grad.tolist() == [1.0, 1.0]
    assert w.grad == 4.0

    x, w = Value(np.array([1.0, 2.0])), Value(3.0)
    a.prod([x, w, 2.0, c]).backward()
    assert x.grad.tolist() == [30.0, 42.0]
    assert w.grad == 2 * (5 + 14)

    x, w = Value(np.array([1.0, 2.0])), Value(3.0)
    z = a.logsumexp([x, w, 0])
    z.backward()
    e = np.exp(np.array([[1.0, 3.0, 0.0], [2.0, 3.0, 0.0]]))
    p = e / e.sum(axis=1, keepdims=True)
    assert x.grad == pytest.approx(p[:, 0])
    assert w.grad == pytest.approx(p[:, 1].sum())


def test_arrays_of_bools_and_integers_are_samples():
    x = Value(np.array([1, 2, 3]))
    assert x.data.dtype == float
    assert Value(np.array([True, False])).data.tolist() == [1.0, 0.0]
    z = x * np.array([True, False, True]) + np.array([1, 2, 3], dtype=np.int8)
    z.backward()
    assert x.grad.tolist() == [1.0, 0.0, 1.0]


def test_an_empty_batch_has_an_empty_gradient():
    x, w = Value(np.ones(0)), Value(2.0)
    z = (a.exp(x * w) + a.maximum(x, w)).sum()
    assert z.data == 0.0
    z.backward()
    assert x.grad.shape == (0,)
    assert w.grad == 0.0


def test_a_batch_of_one_is_a_batch():
    x, w = Value(np.array([2.0])), Value(3.0)
    (x * w).backward()
    assert x.grad.tolist() == [3.0]
    assert w.grad == 2.0
    assert x.shape == (1,)
    assert w.shape == ()


@pytest.mark.parametrize("half", [Fraction(1, 2), mpmath.mpf(0.5), np.float32(0.5)])
def test_another_number_beside_a_batch_is_a_float(half):
    x = Value(np.array([1.0, 2.0]))
    z = a.exp(x * half) + half
    z.backward()
    assert z.data.dtype == x.grad.dtype == float
    assert x.grad == pytest.approx(np.exp(x.data / 2) / 2)
    w = Value(half)
    (w * x * x).backward()
    assert w.grad == 5.0


def test_a_symbol_beside_a_batch_is_refused():
    with pytest.raises(TypeError):
        Value(sympy.Symbol("s")) * np.array([1.0, 2.0])


def test_numpys_extended_floats_are_floats():
    for kind in (np.longdouble, np.float16, np.float32):
        assert type(Value(kind(2)).data) is float
        assert type((Value(2.0) * kind(2)).data) is float
        assert Value(np.array([1, 2], dtype=kind)).data.dtype == np.float64


def test_a_condition_of_samples_chooses_among_shared_numbers():
    x, y = Value(2.0), Value(3.0)
    z = a.where(np.array([True, False, True]), x, y)
    assert z.data.tolist() == [2.0, 3.0, 2.0]
    z.backward()
    assert (x.grad, y.grad) == (2.0, 1.0)


def test_a_shared_condition_chooses_a_whole_batch():
    x, y = Value(np.array([1.0, 2.0])), Value(5.0)
    z = a.where(True, x, y) * 1
    z.backward()
    assert x.grad.tolist() == [1.0, 1.0]
    assert y.grad == 0.0


def test_a_shared_number_in_no_samples_branch_receives_nothing():
    w = Value(0.0)
    x = np.array([1.0, 2.0])
    a.where(x > 0, x, a.log(w) * x).sum().backward()
    assert w.grad == 0.0


# -------------------------------------------------------------------------- huge and odd constants


def test_an_integer_beyond_all_floats_is_exact_beside_a_fraction_and_an_error_beside_a_float():
    big = 10**400
    assert (Value(Fraction(2)) + big).data == big + 2
    too_big = "an integer of 401 digits is beyond all floats, .*Fraction.n. is exact"
    for f in (a.add, a.mul, a.pow, a.maximum):
        for beside in (0.5, np.array([0.5, 1.0])):
            with pytest.raises(OverflowError, match=too_big):
                f(Value(beside), big) + 1.0
    for f in (Value, a.sin, a.grad(a.square)):
        with pytest.raises(OverflowError, match=too_big):
            f(big)


# -------------------------------------------------------------------------------- a user's own kind


class Dual:
    """Forward mode in a dozen lines: a number and its derivative."""

    def __init__(self, x, d=0.0):
        self.x, self.d = x, d

    def __add__(self, y):
        y = y if isinstance(y, Dual) else Dual(y)
        return Dual(self.x + y.x, self.d + y.d)

    __radd__ = __add__

    def __mul__(self, y):
        y = y if isinstance(y, Dual) else Dual(y)
        return Dual(self.x * y.x, self.x * y.d + self.d * y.x)

    __rmul__ = __mul__

    def __eq__(self, y):
        return self.x == getattr(y, "x", y)

    __hash__ = None


@pytest.fixture
def dual():
    register(Dual, {"exp": lambda v: Dual(a.exp(v.x), a.exp(v.x) * v.d)})
    return Dual


def test_a_registered_kind_runs_the_same_formulas(dual):
    """Forward over reverse: the derivative of x·eˣ and, in the dual part, its own."""
    x = Value(dual(2.0, 1.0))
    (x * a.exp(x)).backward()
    e = a.exp(2.0)
    assert x.grad.x == pytest.approx(e * 3)
    assert x.grad.d == pytest.approx(e * 4)


def test_decimals_are_a_kind_in_one_line():
    register(Decimal, {"exp": Decimal.exp, "log": Decimal.ln, "sqrt": Decimal.sqrt})
    x, y = Value(Decimal("0.1")), Value(Decimal("0.2"))
    z = a.exp(x + y) * x - a.maximum(x, y) / 3
    z.backward()
    e = Decimal("0.3").exp()
    assert z.data == e * Decimal("0.1") - Decimal("0.2") / 3
    assert x.grad == e + e * Decimal("0.1")
    assert abs(y.grad - (e * Decimal("0.1") - Decimal(1) / 3)) < Decimal("1e-26")
    with pytest.raises(TypeError, match="Decimal"):
        a.sin(x)
    for f in (lambda x: 1 / x, a.log):  # which a float beside it would make a TypeError
        with pytest.raises(DivisionByZero):
            a.grad(f)(Decimal(0))


def test_register_refuses_what_is_no_kind():
    with pytest.raises(TypeError, match="type of number"):
        register(3.0, {})
    with pytest.raises(TypeError, match="cannot be called"):
        register(Decimal, {"exp": 3})


@pytest.mark.parametrize("f", [a.hypot, a.arctan2, a.logaddexp])
def test_a_fraction_beside_another_kind_is_computed_as_that_kind_has_it(f):
    third = Fraction(1, 3)
    with mpmath.workdps(40):
        for other in (2.0, mpmath.mpf(2), np.array([2.0, 3.0])):
            like = mpmath.mpf(1) / 3 if isinstance(other, mpmath.mpf) else 1 / 3
            found, expected = f(Value(third), other).data, f(like, other)
            assert type(found) is type(expected)
            assert np.all(found == expected)
    with pytest.raises(KindError, match="of a Fraction: take a float"):
        f(Value(third), third)


@pytest.mark.parametrize("f", [a.mod, a.fmod])
@pytest.mark.parametrize("y", [Fraction(3, 2), mpmath.mpf(1.5)])
def test_the_remainder_of_a_batch_by_another_kind_has_its_gradient(f, y):
    x, y = Value(np.array([4.0, 2.0])), Value(y)
    f(x, y).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    assert y.grad == -3


@pytest.mark.parametrize("x", [0, -1, -2.5, math.inf, -math.inf, math.nan])
def test_the_digamma_of_mpmath_has_the_poles_of_a_floats(x):
    assert float(a.digamma(mpmath.mpf(x))) == pytest.approx(a.digamma(float(x)), nan_ok=True)


def test_an_expression_of_sympy_compares_with_a_value_by_its_number():
    x = sympy.Symbol("x")
    expressions = [x, sympy.Float(2)]
    assert [e == Value(x) for e in expressions] == [True, False]
    assert [e != Value(2.0) for e in expressions] == [True, False]
    assert [v in expressions for v in (Value(x), Value(2.0), Value(3.0))] == [True, True, False]
    assert ((x < Value(2.0)), (x * Value(2.0)).data) == (x < 2.0, 2.0 * x)
    with pytest.raises(sympy.SympifyError):
        sympy.Add(x, Value(2.0))


def test_a_class_that_derives_from_a_kind_is_known_before_the_kind_was_met():
    script = """
from fractions import Fraction
from autograd import grad
class Third(Fraction): pass
assert grad(lambda x: x * x)(Third(1, 3)) == Fraction(2, 3)
"""
    subprocess.run([sys.executable, "-c", script], check=True)
