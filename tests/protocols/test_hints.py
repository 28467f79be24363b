"""Where fingers slip: every mistake is answered by what to write instead."""

import pydoc
import re
from fractions import Fraction

import numpy as np
import pytest
from helpers import assert_right

from autograd import GradientLostError, NumberError, Value, dot, hessian, jacobian, jit, tanh, vmap

v, batch = Value(2.0), Value(np.array([1.0, -2.0]))


@pytest.mark.parametrize(
    ("slip", "error", "way"),
    [
        (lambda: v._prev, AttributeError, "v.parents"),
        (lambda: v._op, AttributeError, "v.op.name"),
        (lambda: v._backward(), AttributeError, r"v.pullback\(g\)"),
        (lambda: "%.3f" % v, GradientLostError, r"f'\{v:.3f\}'"),  # noqa: UP031
        (lambda: round(v, 2), TypeError, r"round\(v.item\(\), 2\)"),
        (lambda: pow(v, 2, 3), TypeError, r"v\*\*y % 3"),
        (lambda: v ^ 2, TypeError, r"a power is v\*\*y; got 2.0 and 2"),
        (lambda: 2 ^ v, TypeError, r"a power is v\*\*y; got 2"),
        (lambda: v ^ v, TypeError, r"a power is v\*\*y"),
        (lambda: float(Value(2.0, "x")), GradientLostError, r"float\(\) of Value\(data=2.0.*'x'\)"),
        (lambda: Value(1.0, 2.0), TypeError, r"a label is a text.*got 2.0.*np.array\(\[...\]\)"),
        (lambda: Value(1.0, 0.0), TypeError, "a label is a text.*got 0.0"),
        (lambda: setattr(v, "label", None), TypeError, "a label is a text.*got None"),
        (lambda: v + None, NumberError, "add of None"),
        (lambda: None * batch, NumberError, "mul of None"),
        (lambda: tanh(None), NumberError, "tanh of None"),
        (lambda: v + [1, 2], NumberError, r"np.array\(\[...\]\).*\[v \+ x for x in xs\]"),  # noqa: RUF005
        (lambda: (v, v) * v, NumberError, "sequence of 2"),
        (lambda: tanh([1.0, 2.0]), NumberError, "sequence of 2"),
    ],
)
def test_a_slip_is_told_the_way(slip, error, way):
    with pytest.raises(error, match=way):
        slip()


@pytest.mark.parametrize("data", ["a", [1, 2], {1.0}])
def test_what_was_put_into_data_and_is_no_number_is_named_when_it_is_used(data):
    leaf = Value(2.0)
    leaf.data = data
    with pytest.raises(NumberError, match="mul takes one number, got a seq|mul takes numbers, got"):
        leaf * 2


def test_where_sequences_belong_nothing_is_refused():
    assert dot([v, 1.0], [3.0, 4.0]).data == 10.0


def test_an_unknown_name_is_no_attribute():
    assert not hasattr(v, "_prev")
    with pytest.raises(AttributeError, match="bakward"):
        v.bakward()


def test_none_in_a_leafs_grad_counts_as_zero():
    w = Value(3.0)
    for _ in range(2):
        w.grad = None
        (w * w).backward()
        assert w.grad == 6.0
    (w * w).backward()
    assert w.grad == 12.0


def test_a_format_writes_the_number_or_every_sample():
    assert f"{v:.2f}" == "2.00"
    assert f"{batch:.2f}" == "[1.00, -2.00]"
    assert f"{Value(Fraction(1, 2)):}" == "Value(data=1/2, grad=0.0)"


def test_the_repr_of_an_exact_number_of_any_size():
    assert repr(Value(Fraction(10**5000, 3))) == "Value(data=≈3.33333e+4999, grad=0.0)"
    assert repr(Value(Fraction(-1, 7 * 10**9000))) == "Value(data=≈-1.42857e-9001, grad=0.0)"


def test_completion_shows_what_a_user_can_use():
    shown = {name for name in dir(v) if name[0] != "_"}
    assert {"data", "grad", "op", "label", "parents", "backward", "pullback", "tanh"} <= shown
    assert not shown & {"x", "y", "z", "left", "right", "serial", "notes"}
    assert not {"_prev", "_op", "_backward"} & {*dir(v)}
    assert v.left is None, "the engine still reads what completion does not show"


def test_operators_say_in_help_what_they_compute():
    assert Value.__add__.__name__ == "add"
    assert Value.__rsub__.__doc__.startswith("Difference x - y")
    assert Value.tanh.__doc__.startswith("Hyperbolic tangent")


def test_help_lists_every_method():
    text = pydoc.plain(pydoc.render_doc(Value))
    names = [name for name in dir(v) if name[0] != "_"] + ["__add__", "__rpow__", "__neg__"]
    missing = [name for name in names if f" |  {name}" not in text]
    assert missing == []


def test_the_third_argument_of_pow_is_refused_with_the_way_out():
    for x in (v, Value(np.ones(3))):
        with pytest.raises(TypeError, match=r"the remainder of a Value is v\*\*y % 3"):
            pow(x, 2, 3)
    assert pow(Value(3.0), 2).data == 9.0


X, ROW = np.array([0.5, 1.5]), np.array([1.0, 2.0, 3.0])
ADVICE = {
    "an element of a batch": (lambda v: (v[0] * ROW)[1:], TypeError, r"np.stack\(\[v\]\)"),
    "the transpose of a batch": (lambda v: (v[0] * ROW).T, AttributeError, r"np.stack\(\[v\]\)"),
    "a method of an array": (lambda v: v.tanh().sum(), AttributeError, r"np.tanh\(x\)"),
    "the length of a batch": (lambda v: len(v[0] * ROW), TypeError, r"np.stack\(\[v\]\)"),
    "linear algebra of a plain array": (
        lambda v: np.linalg.det(np.array([[v[0], 1.0], [0.0, v[1]]])),
        TypeError,
        r"np.block\(\[...\]\)",
    ),
    "a function of a plain array": (
        lambda v: np.logaddexp(np.array([v[0], 1.0]), 0.0),
        TypeError,
        r"np.block\(\[...\]\)",
    ),
}


@pytest.mark.parametrize("name", ADVICE)
@pytest.mark.parametrize("compiled", [False, True])
def test_an_error_of_the_users_own_function_is_given_the_way_out_once(name, compiled):
    f, error, way = ADVICE[name]
    run = jit(hessian(f), backend="python") if compiled else hessian(f)
    with pytest.raises(error) as caught:
        run(X)
    (note,) = [note for note in caught.value.__notes__ if re.search(way, note)]
    assert not re.search("list", note)


@pytest.mark.parametrize(
    "f", [lambda v: ROW[v], lambda v: ROW[np.stack([v])], lambda v: np.take(ROW, v)]
)
def test_a_computed_place_in_a_constant_table_is_looked_up_by_choose(f):
    places = np.array([0.0, 2.0])
    for run in (vmap(f), jit(vmap(f), backend="python")):
        with pytest.raises((TypeError, IndexError)) as caught:
            run(places)
        assert any("np.choose(i, array)" in note for note in caught.value.__notes__)
    for g in (lambda v: np.choose(v, ROW), lambda v: np.choose(np.floor(v + 0.5), ROW)):
        assert vmap(g)(places).tolist() == [1.0, 3.0]
        assert jit(vmap(g), backend="python")(places).tolist() == [1.0, 3.0]


def assembled(v):
    """A matrix of which every element is a sum, as of a structure's parts."""
    matrix = np.zeros_like(v, shape=(2, 2))
    for i in (0, 1):
        matrix[i, i] += v[i] + 1
        matrix[np.ix_([0, 1], [0, 1])] += v[i] * v[i]
    return np.linalg.solve(matrix, ROW[:2])


def test_an_array_that_is_like_one_of_values_is_written_into_in_every_mode():
    def into_floats(v):
        row = np.zeros(2)
        row[0] = v[0]
        return row

    for run in (jacobian(into_floats), jit(into_floats), vmap(into_floats)):
        with pytest.raises(TypeError, match=r"np.zeros_like\(x, shape=...\)"):
            run(np.array([X, X]) if run.__name__ == "mapped" else X)
    assert_right(assembled, X)
    rows = np.array([X, X + 1])
    np.testing.assert_allclose(
        vmap(assembled)(rows), [*map(assembled, rows)], rtol=1e-12, atol=1e-14
    )
    compiled = jit(jacobian(assembled), backend="python")(X)
    np.testing.assert_allclose(compiled, jacobian(assembled)(X), rtol=1e-12, atol=1e-14)


def test_batches_are_multiplied_as_the_rows_they_are():
    row = lambda v: v[0] * ROW + v[1]
    assert_right(lambda v: row(v) @ row(v) + row(v) @ ROW + ROW @ row(v), X)
    with pytest.raises(ValueError, match="np.matmul takes an array of 1 or more"):
        v @ v
