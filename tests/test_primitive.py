"""The public way to add an operation is the one that the engine uses."""

import copy
import pickle

import numpy as np
import pytest

import autograd as a
from autograd import Primitive, Value, primitive
from autograd.operations.composites import EVERY


@primitive(lambda g, z, x: g * 3 * x * x)
def cube(x):
    """x³"""
    return x * x * x


@primitive(
    lambda g, z, x, y, w: g * y * w,
    lambda g, z, x, y, w: g * x * w,
    lambda g, z, x, y, w: g * x * y,
    domain=((0.5, 1.0), (-1.0, 1.0), (2.0, 3.0)),
)
def volume(x, y, w):
    return x * y * w


@primitive(
    lambda g, z, xs: [g * 2 * x for x in xs],
)
def norm2(xs):
    return a.sum([x * x for x in xs])


def test_a_users_operation_is_a_primitive_like_ours():
    assert isinstance(cube, Primitive)
    assert cube.name == "cube"
    assert cube.__doc__ == "x³"
    assert cube(2.0) == 8.0
    x = Value(2.0)
    z = cube(x)
    assert z.op is cube
    z.backward()
    assert x.grad == 12.0


def test_it_takes_every_kind_of_number():
    x = Value(np.array([1.0, 2.0]))
    cube(x).backward()
    assert x.grad.tolist() == [3.0, 12.0]
    assert a.grad(a.grad(cube))(2.0) == 12.0
    assert a.jvp(cube, (2.0,), (1.0,)) == (8.0, 12.0)


def test_three_arguments_are_three_operands():
    x, w = Value(2.0), Value(5.0)
    z = volume(x, 3.0, w)
    assert z.operands == (x, 3.0, w)
    assert z.parents == (x, w)
    assert z.pullback(1.0) == (15.0, 6.0)
    z.backward()
    assert (x.grad, w.grad) == (15.0, 6.0)
    assert volume(1.0, 2.0, 3.0) == 6.0


def test_a_sequence_argument_gets_a_list_back():
    xs = [Value(1.0), 2.0, Value(3.0)]
    norm2(xs).backward()
    assert (xs[0].grad, xs[2].grad) == (2.0, 6.0)


def test_the_domain_is_one_interval_for_all_or_one_for_each():
    assert cube.domain == ((-2.0, 2.0),)
    assert volume.domain == ((0.5, 1.0), (-1.0, 1.0), (2.0, 3.0))
    assert EVERY["add"].domain == ((-2.0, 2.0), (-2.0, 2.0))


def test_an_operations_formulas_are_called_for_values_only():
    seen = []

    @primitive(
        lambda g, z, x, y: seen.append("x") or g * y,
        lambda g, z, x, y: seen.append("y") or g * x,
    )
    def product(x, y):
        return x * y

    product(Value(2.0), 3.0).backward()
    assert seen == ["x"]
    product(2.0, Value(3.0)).backward()
    assert seen == ["x", "y"]


def test_a_constant_power_computes_no_logarithm():
    x = Value(-2.0)
    (x**3).backward()
    assert x.grad == 12.0


def test_a_formula_that_divides_by_zero_answers_as_ieee_has_it():
    @primitive(lambda g, z, x: g / (x - x))
    def pole(x):
        return 1 / (x - x)

    x = Value(2.0)
    z = pole(x)
    z.backward()
    assert (z.data, x.grad) == (np.inf, np.inf)


def test_an_error_of_a_formulas_own_passes_unchanged():
    @primitive(lambda g, z, x: g)
    def picky(x):
        raise ValueError("not today")

    with pytest.raises(ValueError, match="not today"):
        picky(Value(1.0))


def test_a_primitive_is_pickled_and_copied_by_its_name():
    for op in (a.exp, cube):
        assert pickle.loads(pickle.dumps(op)) is op
        assert copy.deepcopy(op) is op


def test_a_formula_may_send_nothing():
    @primitive(lambda g, z, x: a.NOTHING)
    def stop(x):
        return x

    x = Value(2.0)
    (stop(x) * x).backward()
    assert x.grad == 2.0


def test_a_shared_argument_of_a_users_batch_operation_is_summed():
    w = Value(2.0)
    volume(w, np.array([1.0, 2.0]), 3.0).backward()
    assert w.grad == 9.0


def test_only_a_function_written_with_def_becomes_a_primitive():
    with pytest.raises(a.PrimitiveError, match="written with def"):
        primitive(lambda g, z, x: g)(abs)


def test_a_value_formula_without_named_arguments_is_refused():
    with pytest.raises(a.PrimitiveError, match="named arguments"):
        primitive()(lambda *xs: xs[0])


@primitive(
    lambda g, z, x, y: g * a.where(x > y, 1.0, 0.0),
    lambda g, z, x, y: g * a.where(x > y, 0.0, 1.0),
)
def larger(x, y):
    """The larger, by this package's functions, as a user may write it."""
    return a.where(x > y, a.exp(a.log(x)), y)


def test_a_users_formula_runs_in_nested_vmaps_on_numbers_of_either():
    xs, ys = np.array([1.0, 2.0]), np.array([0.5, 3.0, 1.5])
    for f, expected in (
        (larger, lambda x, y: max(x, y)),
        (a.grad(larger), lambda x, y: float(x > y)),
        (a.grad(larger, 1), lambda x, y: float(y > x)),
    ):
        nested = a.vmap(lambda x, f=f: a.vmap(lambda y: f(x, y))(ys))(xs)
        assert nested == pytest.approx(np.array([[expected(x, y) for y in ys] for x in xs]))
        outer = a.vmap(lambda x, f=f: a.vmap(lambda y: f(x, x / 2) + 0 * y)(ys))(xs)
        assert outer == pytest.approx(np.array([[expected(x, x / 2)] * 3 for x in xs]))


def test_a_result_in_a_box_of_no_dimension_is_its_number():
    @primitive(lambda g, z, x: g * 2 * x)
    def squared(x):
        return np.array(x * x)

    x = Value(3.0)
    squared(x).backward()
    assert (type(squared(x).data), squared(x).data, x.grad) == (float, 9.0, 6.0)


def test_a_formula_of_a_sequence_that_divides_by_zero_answers_as_ieee_has_it():
    @primitive(lambda g, z, xs: [g / x for x in xs], sequences=True)
    def logs(xs):
        return float(np.log([abs(x) + 1e-300 for x in xs]).sum())

    xs = Value(0.0), Value(2.0)
    logs(xs).backward()
    assert [x.grad for x in xs] == [np.inf, 0.5]
