"""What is refused, by which builtin exception, and that the message says what to do instead."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import sympy

import autograd as a
from autograd import Value, errors, primitive


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("a", "'a'"),
        (b"a", "b'a'"),
        (None, "None"),
        ([1.0, 2.0], "[1.0, 2.0]"),
        ((1.0,), "(1.0,)"),
        ({"x": 1.0}, "{'x': 1.0}"),
        (1j, "1j"),
        (np.ones((2, 2)), "(2, 2)"),
        (np.array(["a"]), "(1,)"),
        (np.array([1j]), "complex"),
        (np.array(1j), "j"),
        (np.complex128(1j), "1j"),
        (np.array([None]), "object"),
        (object, "object"),
    ],
    ids=str,
)
def test_what_is_no_number_is_refused(data, shown):
    with pytest.raises(TypeError) as caught:
        Value(data)
    assert isinstance(caught.value, errors.NumberError)
    assert shown in str(caught.value)


def test_a_complex_number_of_sympy_is_refused():
    for number in (sympy.I, 2 * sympy.I + 1, sympy.Symbol("i", imaginary=True) + 1):
        with pytest.raises(errors.NumberError, match="real"):
            Value(number)
        with pytest.raises(errors.NumberError, match="real"):
            Value(1.0) * number
    for number in (sympy.oo, sympy.nan, sympy.Symbol("x"), sympy.pi, sympy.Integer(1)):
        assert Value(number).data is number


def test_a_value_of_a_value_is_refused():
    with pytest.raises(errors.NumberError, match=r"detach\(\)"):
        Value(Value(1.0))


@pytest.mark.parametrize("constant", ["a", b"a", None, 1j, {"x": 1.0}, object()])
@pytest.mark.parametrize("left", [True, False])
def test_an_operand_that_is_no_number_is_refused(constant, left):
    x = Value(1.0)
    with pytest.raises(TypeError):
        a.add(constant, x) if left else a.add(x, constant)
    with pytest.raises(TypeError):
        a.dot([x], [constant])


@pytest.mark.parametrize("convert", [float, int, complex, math.exp, math.floor, math.sqrt])
def test_a_conversion_that_loses_the_gradient_is_refused(convert):
    with pytest.raises(TypeError, match=r"item\(\)|math") as caught:
        convert(Value(1.0))
    if convert in (float, int, complex, math.exp, math.sqrt):
        assert isinstance(caught.value, errors.GradientLostError)


def test_assignment_into_an_array_of_floats_is_refused():
    array = np.zeros(3)
    with pytest.raises((TypeError, ValueError)):
        array[0] = Value(1.0)
    assert array.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("v", [Value(1.0), Value(np.ones(3)), np.stack([Value(1.0)] * 3)])
def test_a_float_array_is_not_added_to_in_place(v):
    x = np.zeros(3)
    with pytest.raises(errors.GradientLostError, match=r"holds no Values.* write x = x \+ v for"):
        x += v
    assert x.tolist() == [0.0, 0.0, 0.0]
    objects = np.zeros(1, dtype=object)
    objects += Value(1.0)
    assert isinstance(objects[0], Value)


def test_a_text_beside_a_value_is_told_how_it_goes_into_one():
    v = Value(2.0)
    for call in (lambda: "loss " + v, lambda: v + " units"):
        with pytest.raises(
            errors.NumberError, match=r"of type str; into a text a Value goes as f'{v:.3f}'"
        ):
            call()
    with pytest.raises(errors.NumberError, match="of type bytes$"):
        v + b"a"


def test_values_in_the_place_of_a_batch_are_told_how_they_become_one():
    values = np.array([Value(1.0), Value(2.0)])
    with pytest.raises(errors.NumberError, match=r"autograd.stack\(list\(x\)\) of 2 Values is one"):
        a.dot([Value(2.0)], [values])
    assert a.dot([Value(2.0)], [a.stack(list(values))]).data.tolist() == [2.0, 4.0]


@pytest.mark.parametrize("name", ["dot", "logsumexp", "prod", "softmax", "log_softmax", "stack"])
def test_a_function_of_a_sequence_says_what_it_was_given(name):
    def call(x):
        return getattr(a, name)(*[x] * (1 + (name == "dot")))

    for x in (2.0, Value(2.0)):
        with pytest.raises(errors.NumberError, match=rf"{name} takes .*2.0.*: one number$"):
            call(x)
    if name != "stack":  # of a batch it is the batch
        with pytest.raises(errors.NumberError, match="an array in a Value is a batch, one number"):
            call(Value(np.array([1.0, 2.0])))


@pytest.mark.parametrize("other", ["b", None])
def test_what_in_an_array_of_objects_is_no_number_is_named(other):
    with pytest.raises(errors.NumberError, match=f"type object, in which {other!r} is no number"):
        Value(np.array([1.0, other], dtype=object))
    column = pd.Series(["b", "b"])
    with pytest.raises(errors.NumberError, match="type object, in which 'b' is no number"):
        Value(2.0) * column


def test_a_numpy_function_without_a_derivative_is_refused():
    for function in (np.sinh, np.exp):
        function(Value(0.5))
    with pytest.raises(errors.GradientLostError, match="np.nextafter"):
        np.nextafter(Value(1.0), 2.0)
    with pytest.raises(errors.GradientLostError, match=r"np.add.reduce|np.add"):
        np.add.at(Value(1.0), 0, 1.0)
    with pytest.raises(errors.GradientLostError, match="where"):
        np.exp(Value(1.0), where=[True])


@pytest.mark.parametrize(
    "function", [a.exp, a.log, a.sqrt, a.sin, a.tanh, a.arctan, a.erf, a.sigmoid, a.softplus]
)
def test_a_fraction_through_exp_is_told_which_kinds_can(function):
    with pytest.raises(errors.KindError, match=r"Fraction.*mpmath"):
        function(Value(Fraction(1, 2)))


def test_batches_of_different_lengths_do_not_meet():
    x = Value(np.ones(3))
    for other in (np.ones(2), np.ones(1), Value(np.ones(2)), Value(np.ones(1)), np.ones(0)):
        for f in (a.add, a.mul, a.maximum, a.arctan2, a.pow, a.fmod):
            with pytest.raises(errors.BatchError, match="different lengths"):
                f(x, other)
        for f in (
            lambda v, w: a.dot([v], [w]),
            lambda v, w: a.sum([v, w]),
            lambda v, w: a.prod([v, w]),
            lambda v, w: a.logsumexp([v, w]),
            lambda v, w: a.where(True, v, w) * w,
            lambda v, w: a.where(v > 0, v, w),
        ):
            with pytest.raises(errors.BatchError, match="different lengths"):
                f(x, other)


def test_a_batch_is_neither_true_nor_false():
    with pytest.raises(errors.BatchError, match="where"):
        bool(Value(np.ones(2)))


def test_the_mean_of_nothing_is_refused():
    for nothing in ([], np.ones(0), Value(np.ones(0))):
        with pytest.raises(ValueError, match="no numbers"):
            a.mean(nothing)


def test_a_sequence_of_another_length_is_refused():
    with pytest.raises(ValueError, match="one length"):
        a.dot([Value(1.0), 2.0], [3.0])


def test_a_wrong_number_of_arguments_is_refused():
    for wrong in (lambda: a.exp(), lambda: a.exp(1.0, 2.0), lambda: a.where(True, 1.0)):
        with pytest.raises(TypeError, match="takes"):
            wrong()


def test_a_generator_is_a_sequence():
    xs = [Value(1.0), Value(2.0), Value(3.0)]
    z = a.sum(x * x for x in xs) + a.dot((x for x in xs), (2.0 for _ in xs))
    z.backward()
    assert [x.grad for x in xs] == [4.0, 6.0, 8.0]
    assert a.sum(range(4)) == 6


def test_a_reduction_takes_no_axis():
    x = Value(np.ones(2))
    for wrong in (lambda: x.sum(axis=0), lambda: x.mean(axis=0)):
        with pytest.raises(TypeError, match="samples"):
            wrong()


# ------------------------------------------------------------------------- formulas of a user's own


def test_a_missing_formula_is_reported_when_the_primitive_is_made():
    with pytest.raises(errors.PrimitiveError, match=r"scaled.*\(x, y\).*got 1"):

        @primitive(lambda g, z, x, y: g)
        def scaled(x, y):
            return x * y

    with pytest.raises(errors.PrimitiveError, match="cube"):

        @primitive(None)
        def cube(x):
            return x * x * x


@pytest.mark.parametrize("wrong", [lambda g, x: g, lambda x: x, lambda g, z, x, y: g])
def test_a_formula_of_other_arguments_is_reported_when_the_primitive_is_made(wrong):
    count = wrong.__code__.co_argcount
    with pytest.raises(
        errors.PrimitiveError, match=rf"\(g, z, x\) .* got 1, which take \[{count}\]"
    ):

        @primitive(wrong)
        def cube(x):
            return x * x * x


@pytest.mark.parametrize(
    "right", [lambda g, z, x, k=3: g * k * x * x, lambda *a: a[0] * 3 * a[2] ** 2]
)
def test_a_formula_may_have_defaults_or_take_all_arguments(right):
    @primitive(right)
    def cube(x):
        return x * x * x

    x = Value(2.0)
    cube(x).backward()
    assert x.grad == 12.0


@pytest.mark.parametrize("answer", [None, "g", [1.0], {}, 1j])
def test_a_pullback_that_answers_no_number_is_reported_by_name(answer):
    @primitive(lambda g, z, x: answer)
    def doubtful(x):
        return x * 2

    x = Value(2.0)
    with pytest.raises(errors.PrimitiveError, match="doubtful"):
        doubtful(x).backward()
    with pytest.raises(errors.PrimitiveError, match="doubtful"):
        doubtful(x).pullback(1.0)
    assert x.grad == 0.0


@pytest.mark.parametrize("answer", [None, "z", [1.0], 1j])
def test_a_value_formula_that_answers_no_number_is_reported_by_name(answer):
    @primitive(lambda g, z, x: g)
    def doubtful(x):
        return answer

    with pytest.raises(errors.PrimitiveError, match="doubtful"):
        doubtful(Value(2.0))


@pytest.mark.parametrize("answer", [None, 1.0, [1.0], (1.0, 2.0)])
def test_a_pullback_of_a_sequence_must_answer_with_as_many(answer):
    @primitive(lambda g, z, xs: answer)
    def doubtful(xs):
        return xs[0]

    with pytest.raises(errors.PrimitiveError, match="doubtful"):
        doubtful([Value(1.0), Value(2.0)]).backward()


def test_every_error_is_a_builtin_one_too():
    found = {name: e for name, e in vars(errors).items() if isinstance(e, type)}
    assert "NumberError" in found
    for name, error in found.items():
        bases = error.__mro__[1:]
        ordinary = [b for b in bases if b.__module__ == "builtins" and issubclass(b, Exception)]
        assert ordinary[0] is not Exception
        assert getattr(a, name) is error


# ------------------------------------------------------------------- what a beginner gives instead


def _square(x):
    return x * x


BATCH = np.array([1.0, 2.0])
MISUSED = {
    "vjp": (lambda: a.vjp(3.0, 2.0), TypeError, "a function, got 3.0"),
    "vjp of nothing": (lambda: a.vjp(_square), errors.TransformError, "a primal for each argument"),
    "jvp": (lambda: a.jvp(None, (2.0,), (1.0,)), TypeError, "a function, got None"),
    "hvp": (lambda: a.hvp(3.0), TypeError, "a function, got 3.0"),
    "jet": (lambda: a.jet(2.0, _square, 2), TypeError, "a function, got 2.0"),
    "checkpoint": (lambda: a.checkpoint(Value(1.0)), TypeError, r"a function, got Value\(data=1.0"),
    "gradcheck": (lambda: a.gradcheck(2.0, _square), TypeError, "argument of f, order >= 1: 2.0"),
    "order": (lambda: a.gradcheck(_square, 2.0, order="a"), TypeError, "order >= 1: .* 'a'$"),
    "by name": (
        lambda: a.grad(_square)(x=2.0),
        errors.TransformError,
        "argnums 0 of 0 positional arguments; a name is no number",
    ),
    "vmap": (
        lambda: a.vmap(_square)([1.0]),
        errors.TransformError,
        r"samples are an array, np.array\(",
    ),
    "mean": (lambda: a.mean(None), errors.NumberError, "mean takes sequences of numbers, got None"),
    "stack": (
        lambda: a.stack([Value(BATCH), 1.0]),
        errors.BatchError,
        r"single numbers, got \[1. 2.\]",
    ),
    "stack of nothing": (lambda: a.stack([]), errors.BatchError, "got none"),
    "Series": (lambda: a.Series(3.0), errors.NumberError, r"coefficients \[c0, c1, ...\], got 3.0"),
    "functions": (lambda: a.register(_Own, 3), TypeError, "a dict of names and functions, got 3"),
    "priority": (lambda: a.register(_Own, {}, priority="a"), TypeError, "a number.* got 'a'"),
    "domain": (
        lambda: _primitive(domain="ab"),
        errors.PrimitiveError,
        r"interval \(low, high\).*'ab'",
    ),
    "domains": (
        lambda: _primitive(domain=((0, 1), (0, 1))),
        errors.PrimitiveError,
        "one for each of 1",
    ),
    "group": (lambda: a.group("a")(3), TypeError, r"group\('a'\) goes before a function.* got 3"),
    "draw": (lambda: a.draw(Value(1.0), limit="a"), ValueError, "1 or more; got 'a'"),
    "film": (lambda: a.film([("a", "<svg></svg>", "b")], 3), TypeError, "title of a film .* got 3"),
}


class _Own:
    """A type that is no number."""


def _primitive(domain):
    return a.primitive(lambda g, z, x: g, domain=domain)(_square)


@pytest.mark.parametrize("name", MISUSED)
def test_what_is_given_in_a_wrong_place_is_named(name):
    call, error, says = MISUSED[name]
    with pytest.raises(error, match=says):
        call()


def test_a_matrix_of_floats_stays_one():
    for f in (a.exp, a.relu, a.elu, lambda m: a.maximum(m, 2.0), lambda m: a.hypot(m, m)):
        assert f(np.ones((2, 2))).dtype == float
        assert f(np.ones((0, 2))).shape == (0, 2)
    assert a.vmap(lambda x, m: (a.exp(m)[0] * x).sum(), in_axes=(0, None))(
        BATCH, np.eye(2)
    ).shape == (2,)
