"""Every primitive on its domain, against oracles that share nothing with its rule."""

import inspect
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from helpers import (
    arguments_of,
    assert_rules_hold,
    at,
    central_difference,
    changed,
    close,
    gradients,
    mapped,
    places,
    stacked,
)

import autograd
from autograd import NOTHING, KindError, Value, grad, where
from autograd.kinds import kind as registry
from autograd.operations import composites


def every(condition=lambda op: True):
    """A test for each primitive that a condition holds for."""
    chosen = [op for op in composites.EVERY.values() if condition(op)]
    return pytest.mark.parametrize("op", chosen, ids=[op.name for op in chosen])


EVERY = every()

RATIONAL = """
    add sub mul div mod fmod neg abs sign square reciprocal pow floor ceil round relu maximum minimum
    where sum prod dot
""".split()

NO_SYMPY_DERIVATIVE = ["mod", "fmod", "floor", "ceil", "round"]  # it leaves them as they stand


@EVERY
def test_every_rule_agrees_with_central_differences(op):
    assert_rules_hold(op)


@EVERY
def test_every_rule_agrees_with_mpmath_at_50_digits(op):
    with mpmath.workdps(50):
        for floats in arguments_of(op, points=3):
            arguments = mapped(mpmath.mpf, floats)
            at_all = places(arguments)
            z, received = gradients(op, arguments, at_all)
            assert close(z, op(*floats), 1e-14), "the value of an mpf is that of a float"
            for place, c in zip(at_all, received, strict=True):
                expected = mpmath.diff(
                    lambda x, place=place: op(*changed(arguments, place, x)),
                    at(arguments, place),
                )
                assert close(c, expected, mpmath.mpf(10) ** -35), (floats, place, c, expected)


@EVERY
def test_floats_lose_no_digits_on_the_way(op):
    """The rule on floats is the rule at 50 digits, to a few units of the last place."""
    with mpmath.workdps(50):
        for floats in arguments_of(op):
            at_all = places(floats)
            _, rounded = gradients(op, floats, at_all)
            _, exact = gradients(op, mapped(mpmath.mpf, floats), at_all)
            for c, expected in zip(rounded, exact, strict=True):
                assert close(c, expected, 1e-13), (floats, c, expected)


@every()
def test_a_batch_is_its_samples_one_by_one(op):
    samples = arguments_of(op)
    batch = stacked(samples)
    at_all = places(samples[0])
    z, received = gradients(op, batch, at_all)
    for i, arguments in enumerate(samples):
        expected_z, expected = gradients(op, arguments, at_all)
        assert close(np.broadcast_to(z, len(samples))[i], expected_z, 1e-14)
        for c, e in zip(received, expected, strict=True):
            assert close(np.broadcast_to(c, len(samples))[i], e, 1e-13), (arguments, c, e)


@every(lambda op: op.name not in NO_SYMPY_DERIVATIVE)
def test_the_derivative_of_sympys_formula_is_what_we_send(op):
    for floats in arguments_of(op, points=2):
        at_all = places(floats)
        symbols = [sympy.Symbol(f"x{i}", real=True) for i in range(len(at_all))]
        arguments = floats
        for place, symbol in zip(at_all, symbols, strict=True):
            arguments = changed(arguments, place, symbol)
        formula, ours = gradients(op, arguments, at_all)
        point = {s: at(floats, place) for s, place in zip(symbols, at_all, strict=True)}
        _, numbers = gradients(op, floats, at_all)
        for symbol, c, number in zip(symbols, ours, numbers, strict=True):
            expected = sympy.sympify(formula).diff(symbol).subs(point).evalf(20)
            assert expected.is_number
            assert close(number, float(expected), 1e-12), (formula, number, expected)
            there = sympy.sympify(c).subs(point).evalf(20)
            assert close(float(there), float(expected), 1e-12), (c, there, expected)


@pytest.mark.parametrize("name", NO_SYMPY_DERIVATIVE)
def test_where_sympy_has_no_derivative_its_value_and_our_formula_are_right(name):
    op = composites.EVERY[name]
    floats = arguments_of(op)[0]
    at_all = places(floats)
    symbols = [sympy.Symbol(f"x{i}", real=True) for i in range(len(at_all))]
    formula, ours = gradients(op, tuple(symbols), at_all)
    point = dict(zip(symbols, floats, strict=True))
    z, numbers = gradients(op, floats, at_all)
    assert close(float(formula.subs(point)), z, 1e-12)
    for c, number in zip(ours, numbers, strict=True):
        assert close(float(sympy.sympify(c).subs(point)), number, 1e-12)


@EVERY
def test_a_fraction_stays_exact_where_the_function_is_rational(op):
    exact = [mapped(lambda x: Fraction(round(x * 64), 64), a) for a in arguments_of(op)]
    if op.name == "pow":  # rational for whole exponents only
        exact = [(x, n) for (x, _), n in zip(exact, (-2, -1, 0, 1, 2, 3), strict=True)]
    for arguments in exact:
        at_all = [p for p in _fractions(arguments) if op.name != "pow" or p == (0,)]
        if op.name not in RATIONAL:
            with pytest.raises(KindError, match="Fraction"):
                gradients(op, arguments, at_all)
            continue
        z, received = gradients(op, arguments, at_all)
        assert isinstance(z, (Fraction, int)) or z is NOTHING, z
        for place, c in zip(at_all, received, strict=True):
            assert isinstance(c, Fraction) or c == 0, (op.name, c)
            expected = central_difference(op, arguments, place, Fraction(1, 10**9))
            assert close(c, expected, 1e-15), (arguments, place)


def _fractions(arguments):
    return [
        place
        for i, x in enumerate(arguments)
        for place in ([(i, k) for k in range(len(x))] if isinstance(x, list) else [(i,)])
        if isinstance(at(arguments, place), Fraction)
    ]


def test_every_primitive_of_the_issue_is_registered():
    wanted = """
        add sub mul div mod pow neg abs sign exp expm1 exp2 log log1p log2 log10 sqrt cbrt square
        reciprocal sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh
        erf erfc hypot maximum minimum where floor ceil round fmod sum prod dot logsumexp
    """.split()
    assert set(wanted) <= set(composites.EVERY)


@EVERY
def test_a_primitive_is_called_as_it_is_registered(op):
    assert composites.EVERY[op.name] is op
    assert op.__doc__
    assert len(op.pullbacks) == len(op.domain)
    assert repr(op) == f"<primitive {op.name}>"


@EVERY
def test_plain_numbers_give_plain_numbers(op):
    for arguments in arguments_of(op, points=2):
        assert type(op(*arguments)) is float


@every(lambda op: [*inspect.signature(op).parameters] == ["x"] and hasattr(autograd, op.name))
def test_a_function_of_one_number_is_a_method_of_value(op):
    arguments = arguments_of(op)[0]
    method = getattr(Value(arguments[0]), op.name)
    assert method().data == op(arguments[0])


def test_a_name_of_no_function_is_refused_by_the_registry():
    with pytest.raises(ValueError, match="no function is called 'expp'"):
        registry.register(Fraction, {"expp": abs})


def test_where_takes_its_condition_from_a_value_as_well():
    c, x, y = Value(1.0), Value(2.0), Value(3.0)
    z = where(c > 0, x, y)
    z.backward()
    assert (z.data, x.grad, y.grad, c.grad) == (2.0, 1.0, 0.0, 0.0)


def _second(op, arguments, place, other):
    """∂²/∂(place)∂(other) by a transform of a transform."""

    def first(v):
        def inner(u):
            return op(*changed(changed(arguments, other, v), place, u))

        if place == other:
            return grad(lambda u: op(*changed(arguments, place, u)))(v)
        return grad(inner)(at(arguments, place))

    return grad(first)(at(arguments, other))


@every(lambda op: True)
def test_second_derivatives_agree_with_differences_and_with_each_other(op):
    for arguments in arguments_of(op, points=2):
        for place in places(arguments):
            for other in places(arguments):
                found = _second(op, arguments, place, other)

                def first(*changed_arguments, place=place):
                    return gradients(op, changed_arguments, [place])[1][0]

                expected = central_difference(first, arguments, other)
                assert close(found, expected, 1e-6), (arguments, place, other)
                if place != other:
                    assert close(found, _second(op, arguments, other, place), 1e-12)
