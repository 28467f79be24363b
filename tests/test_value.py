"""Value: operators, gradients that accumulate, constants, comparisons, and what is the user's."""

import copy
import gc
import json
import math
import pickle
import random
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import (
    NOTHING,
    NumberError,
    Value,
    context,
    dot,
    exp,
    grad,
    maximum,
    no_grad,
    relu,
    where,
)
from autograd import sum as total

# ---------------------------------------------------------------------------------- the node itself


def test_a_node_keeps_operation_operands_parents_and_label():
    x, y = Value(3.0, "x"), Value(4.0)
    z = x * y
    assert z.op is autograd.mul
    assert z.op.name == "mul"
    assert z.operands == (x, y)
    assert all(p is v for p, v in zip(z.parents, (x, y), strict=True))
    assert (x.label, y.label, z.label) == ("x", "", "")
    assert x.op is None
    assert x.parents == x.operands == ()


def test_a_constant_is_an_operand_but_no_parent():
    x = Value(3.0)
    z = 2 * x
    assert z.operands == (2, x)
    assert z.parents == (x,)
    assert type(z.operands[0]) is int


def test_parents_are_ordered_and_repeated_as_written():
    x, y = Value(3.0), Value(4.0)
    assert [p is x for p in (x * x).parents] == [True, True]
    assert autograd.sum([y, 1.0, x, y]).parents[0] is y
    assert len(autograd.sum([y, 1.0, x, y]).parents) == 3
    assert autograd.dot([x, 2.0], [y, x]).operands == (x, 2.0, y, x)


def test_the_pullback_is_aligned_with_the_parents():
    x, y = Value(3.0), Value(4.0)
    assert (x * y).pullback(10.0) == (40.0, 30.0)
    assert (2 * x).pullback(1.0) == (2.0,)
    assert (x * x).pullback(1.0) == (3.0, 3.0)
    assert autograd.dot([x, 2.0], [y, x]).pullback(1.0) == (4.0, 3.0, 2.0)
    assert where(x > 0, x, y).pullback(5.0) == (5.0, 0.0)
    assert x.pullback(1.0) == ()


def test_a_pullback_touches_no_gradient():
    x = Value(3.0)
    z = x * x
    z.pullback(1.0)
    assert x.grad is NOTHING
    assert z.grad is NOTHING


def test_no_class_derives_from_value():
    with pytest.raises(TypeError, match="primitive"):
        type("Mine", (Value,), {})


# ----------------------------------------------------------------------------------------- backward


def test_leaves_accumulate_and_nodes_between_start_anew():
    x = Value(3.0)
    y = x * x * x
    y.backward()
    assert x.grad == 27.0
    y.backward()
    assert x.grad == 54.0
    x.grad = 0.0
    y.backward()
    assert x.grad == 27.0  # 45, had the nodes between kept what they had


def test_two_losses_that_share_nodes_add_up_in_the_leaf():
    x = Value(2.0)
    shared = x * x
    a, b = shared * 3, shared * 5
    a.backward()
    b.backward()
    assert x.grad == 4 * 3 + 4 * 5
    assert shared.grad == 5.0


def test_a_leaf_below_itself_gets_the_gradient_given():
    x = Value(2.0)
    x.backward()
    x.backward(3.0)
    assert x.grad == 4.0


def test_the_gradient_given_scales_all():
    x = Value(3.0)
    (x * x).backward(0.5)
    assert x.grad == 3.0


def test_gradients_read_zero_until_a_pass_reaches_them():
    x, y = Value(1.0), Value(2.0)
    z = x * 2
    assert (x.grad, y.grad, z.grad) == (0.0, 0.0, 0.0)
    z.backward()
    assert (x.grad, y.grad, z.grad) == (2.0, 0.0, 1.0)


def test_zero_grad_serves_the_whole_graph_below():
    x, y = Value(1.0), Value(2.0)
    z = (x * y).exp()
    z.backward()
    z.zero_grad()
    assert [v.grad for v in (x, y, z)] == [0.0] * 3
    assert all(v.grad is NOTHING for v in (x, y, z))


def test_a_gradient_of_the_wrong_kind_or_length_changes_nothing():
    x = Value(np.array([1.0, 2.0]))
    y = x * x
    y.backward()
    before = x.grad
    with pytest.raises(ValueError, match="shape"):
        y.backward(np.ones(3))
    with pytest.raises(TypeError, match="'one'"):
        y.backward("one")
    with pytest.raises(TypeError):
        y.backward(Value(1.0))
    with pytest.raises(ValueError, match="shape"):
        (Value(2.0) * 3).backward(np.ones(2))
    assert x.grad is before


def test_a_formula_that_fails_leaves_the_gradients_as_they_were():
    @autograd.primitive(lambda g, z, x: None)
    def broken(x):
        return x + 1

    x = Value(2.0)
    (x * 3).backward()
    with pytest.raises(TypeError, match="broken"):
        (broken(x) * x).backward()
    assert x.grad == 3.0


def test_data_changed_after_the_forward_pass_does_not_corrupt_the_gradient():
    x, y = Value(3.0), Value(4.0)
    z = x * y
    x.data, y.data, z.data = 100.0, 200.0, 300.0
    z.backward()
    assert (x.grad, y.grad) == (4.0, 3.0)


@pytest.mark.parametrize(
    "use",
    [
        lambda p: p * p,
        lambda p: 1 - p,
        exp,
        relu,
        lambda p: dot([p], [Value(2.0)]),
        lambda p: total([1.0, p]),
        lambda p: where(p > 0, p, 0.0),
        grad(lambda x: x * x),
    ],
)
def test_a_value_that_was_assigned_to_data_is_an_error_when_it_is_used(use):
    p = Value(2.0)
    (p * p).backward()
    p.data = p - 0.1 * p.grad
    with pytest.raises(NumberError, match=r"not another Value: .*p\.data = p\.data - rate"):
        use(p)


def test_an_array_changed_after_the_forward_pass_does_not_either():
    samples = np.array([1.0, 2.0])
    factors = np.array([10.0, 20.0])
    x = Value(samples)
    z = x * x * factors
    samples[:] = factors[:] = 99.0
    z.backward()
    assert x.grad.tolist() == [20.0, 80.0]
    with pytest.raises(ValueError, match="read-only"):
        x.data[0] = 5.0


def test_the_first_contribution_is_assigned_not_added_to_a_float():
    x = Value(Fraction(1, 3))
    (x * 2).backward()
    assert x.grad == Fraction(2)
    assert type(x.grad) is Fraction


def test_parents_that_are_handed_the_same_array_do_not_share_what_they_gather():
    x, y = Value(np.array([1.0, 2.0])), Value(np.array([3.0, 4.0]))
    z = (x + y) + x * 10
    z.backward()
    assert x.grad.tolist() == [11.0, 11.0]
    assert y.grad.tolist() == [1.0, 1.0]


def test_detach_cuts_and_keeps_the_number():
    x = Value(3.0, "x")
    d = (x * 2).detach()
    (d * x).backward()
    assert d.op is None
    assert (x.grad, d.grad) == (6.0, 3.0)


def test_no_grad_makes_leaves():
    x = Value(3.0)
    with no_grad():
        y = x * 2
    assert (y.data, y.op, y.parents) == (6.0, None, ())
    (y * x).backward()
    assert x.grad == 6.0
    assert (x * 2).parents == (x,)


# ----------------------------------------------------------------------------- branches not taken


def test_a_branch_not_taken_sends_nothing():
    x = Value(0.0)
    z = where(x > 0, x.log(), 0.0)
    z.backward()
    assert x.grad == 0.0

    x, y = Value(-1.0), Value(2.0)
    maximum(x.sqrt() * 0 - 5, y).backward()  # nan is the larger: nothing is hidden
    assert math.isnan(x.grad)
    x = Value(0.0)
    maximum(x.log(), y).backward()  # -inf is the smaller: not taken
    assert x.grad == 0.0
    x = Value(0.0)
    relu(x.sqrt() - 1).backward()
    assert x.grad == 0.0


def test_a_branch_not_taken_sends_nothing_sample_by_sample():
    x = Value(np.array([-1.0, 0.0, 2.0]))
    where(x > 0, x.log(), 0.0).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.5]


def test_nested_branches_of_a_batch_rerun_right():
    x = Value(np.array([-4.0, -1.0, 0.0, 1.0, 4.0]))
    y = where(x > 0, maximum(x.log(), relu(x.sqrt() - 1)), where(x < 0, (-x).log(), 0.0))
    (y * 2 + x).sum().backward()
    expected = [1 + 2 / -4.0, 1 + 2 / -1.0, 1.0, None, 1 + 2 / 4.0]
    for c, e in zip(x.grad.tolist(), expected, strict=True):
        if e is not None:
            assert c == pytest.approx(e)
    # at 1 both log and relu(sqrt - 1) are 0: half from log, and relu sends nothing at 0
    assert x.grad[3] == pytest.approx(1 + 2 * 0.5)


def test_a_nan_from_a_taken_branch_is_not_hidden_by_the_rerun():
    x = Value(np.array([0.0, 1.0]))
    (where(x >= 0, x.log(), 0.0) * 0).sum().backward()
    assert math.isnan(x.grad[0])
    assert x.grad[1] == 0.0


def test_nothing_sent_is_not_an_adjoint_of_zero():
    x = Value(0.0)
    (x.log() * 0).backward()
    assert math.isnan(x.grad)


# -------------------------------------------------------------------------------------- operators

OPERATORS = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "%": lambda x, y: x % y,
    "**": lambda x, y: x**y,
}


@pytest.mark.parametrize("symbol", OPERATORS)
@pytest.mark.parametrize("constant", [3, 3.0, np.float64(3), True])
def test_an_operator_takes_a_number_on_either_side(symbol, constant):
    f = OPERATORS[symbol]
    for left in (False, True):
        x = Value(2.5)
        z = f(constant, x) if left else f(x, constant)
        number = float(constant)
        assert z.data == (f(number, 2.5) if left else f(2.5, number))
        both = [Value(number), Value(2.5)] if left else [Value(2.5), Value(number)]
        f(*both).backward()
        z.backward()
        assert x.grad == both[1 if left else 0].grad
        assert len(z.parents) == 1


def test_in_place_forms_behave_as_plain_ones():
    for symbol in OPERATORS:
        x, y = Value(2.5), Value(1.5)
        original = v = x
        exec(f"v {symbol}= y", names := {"v": v, "y": y})
        z = names["v"]
        assert original is x
        assert x.data == 2.5
        assert z is not x
        z.backward()
        a, b = Value(2.5), Value(1.5)
        OPERATORS[symbol](a, b).backward()
        assert (x.grad, y.grad) == (a.grad, b.grad)


def test_unary_operators():
    x = Value(-2.5)
    assert ((-x).data, (+x).data, abs(x).data, round(x).data) == (2.5, -2.5, 2.5, -2.0)
    assert +x is x


@pytest.mark.parametrize("n", [0, 1, 2, 3, -1, -2, 0.5, 2.5])
def test_a_constant_power_is_the_power_rule(n):
    x = Value(1.75)
    (x**n).backward()
    assert x.grad == pytest.approx(n * 1.75 ** (n - 1), rel=1e-15)


def test_values_shared_in_one_node_receive_every_part():
    x = Value(3.0)
    (x * x).backward()
    assert x.grad == 6.0
    x = Value(3.0)
    (x**x).backward()
    assert x.grad == pytest.approx(27 * (math.log(3) + 1), rel=1e-15)
    x = Value(3.0)
    (x - x).backward()
    assert x.grad == 0.0
    x = Value(3.0)
    (x / x).backward()
    assert x.grad == 0.0
    x = Value(3.0)
    autograd.dot([x, x], [x, x]).backward()
    assert x.grad == 12.0
    x = Value(3.0)
    autograd.prod([x, x, x]).backward()
    assert x.grad == 27.0
    x = Value(3.0)
    maximum(x, x).backward()
    assert x.grad == 1.0
    x = Value(3.0)
    autograd.logsumexp([x, x, x]).backward()
    assert x.grad == pytest.approx(1.0)


def test_a_bool_is_a_factor():
    x = Value(3.0)
    ((x > 0) * x).backward()
    assert x.grad == 1.0
    x = Value(np.array([-1.0, 2.0]))
    ((x > 0) * x).sum().backward()
    assert x.grad.tolist() == [0.0, 1.0]


def test_an_integer_leaf_becomes_a_float_and_an_integer_constant_stays():
    assert type(Value(3).data) is float
    assert type(Value(True).data) is float
    assert type(Value(np.float64(3)).data) is float
    assert type(Value(np.int64(3)).data) is float
    assert type(Value(np.float32(3)).data) is float
    half = Value(Fraction(1, 2))
    assert type((half**2).data) is Fraction
    assert type((half * 3 + 1).data) is Fraction
    x = Value(2.0)
    assert type((np.float64(3) * x).operands[0]) is float


def test_results_are_plain_floats():
    class Celsius(float):
        pass

    x = Value(Celsius(3.0))
    assert type(x.data) is float
    assert type((x * Celsius(2.0)).data) is float
    assert type((x * np.float32(2.0)).data) is float


# --------------------------------------------------------------------------- comparisons, conversion


def test_comparisons_compare_data():
    x, y = Value(1.0), Value(2.0)
    assert x < y
    assert x <= y
    assert y > x
    assert y >= x
    assert x != y
    assert x == Value(1.0)
    assert x == 1
    assert 1 == x
    assert x < 1.5
    assert 1.5 > x
    assert (x == "a") is False
    assert (x != "a") is True
    with pytest.raises(TypeError):
        x < "a"


def test_the_hash_is_that_of_the_object():
    x, y = Value(1.0), Value(1.0)
    assert len({x, y}) == 2
    assert hash(x) == object.__hash__(x)


def test_a_batch_compares_sample_by_sample():
    x = Value(np.array([1.0, 2.0]))
    assert (x > 1.5).tolist() == [False, True]
    assert (x == np.array([1.0, 3.0])).tolist() == [True, False]
    assert (np.array([1.0, 3.0]) < x).tolist() == [False, False]
    assert (np.float64(1.5) < x).tolist() == [False, True]


def test_the_truth_of_a_value_is_that_of_its_number():
    assert Value(2.0)
    assert not Value(0.0)


def test_item_gives_the_number():
    assert Value(2.5).item() == 2.5
    assert type(Value(np.array([2.5])).item()) is float
    with pytest.raises(ValueError, match="2 samples"):
        Value(np.array([1.0, 2.0])).item()


def test_repr_and_format():
    x = Value(1.25, "x")
    assert repr(x) == "Value(data=1.25, grad=0.0, label='x')"
    assert f"{x:.3f}" == "1.250"
    assert f"{x}" == repr(x)
    assert f"{Value(Fraction(1, 3))}" == "Value(data=1/3, grad=0.0)"


# ---------------------------------------------------------------------------------- NumPy's functions


def test_numpys_numbers_and_arrays_on_the_left_are_ours():
    v = Value(3.0)
    for z in (np.float64(2) * v, np.float32(2) * v, np.int64(2) * v):
        assert isinstance(z, Value)
        assert z.data == 6.0
    z = np.array([1.0, 2.0]) * v
    assert isinstance(z, Value)
    assert z.data.tolist() == [3.0, 6.0]
    z.backward()
    assert v.grad == 3.0


def test_numpys_functions_are_ours():
    v, w = Value(0.3), Value(0.7)
    for f, expected in (
        (np.exp, v.exp()),
        (np.tanh, v.tanh()),
        (np.negative, -v),
        (np.absolute, abs(v)),
        (np.square, v.square()),
        (np.degrees, v.degrees()),
        (np.positive, v),
    ):
        assert f(v).data == expected.data
    for f, ours in (
        (np.maximum, maximum),
        (np.arctan2, autograd.arctan2),
        (np.power, autograd.pow),
        (np.logaddexp, autograd.logaddexp),
        (np.hypot, autograd.hypot),
        (np.remainder, autograd.mod),
        (np.divide, autograd.div),
    ):
        a, b = f(v, w), ours(v, w)
        assert a.data == b.data
        assert a.pullback(1.0) == b.pullback(1.0)


def test_numpys_sums_are_ours():
    v = Value(np.array([1.0, 2.0, 6.0]))
    assert np.sum(v).data == 9.0
    assert np.mean(v).data == 3.0
    np.sum(v).backward()
    assert v.grad.tolist() == [1.0, 1.0, 1.0]


def test_numpys_tie_is_half_each():
    v, w = Value(1.0), Value(1.0)
    np.maximum(v, w).backward()
    assert (v.grad, w.grad) == (0.5, 0.5)


def test_arrays_of_values_compute_element_by_element():
    v = np.array([Value(1.0), Value(2.0)], dtype=object)
    total = np.exp(v) @ np.array([3.0, 4.0])
    total.backward()
    assert [x.grad for x in v] == pytest.approx([3 * math.e, 4 * math.e**2])


def test_numpys_questions_are_answered_plainly():
    assert bool(np.isnan(Value(math.nan)))
    assert not bool(np.isfinite(Value(math.inf)))


# ----------------------------------------------------------------------------- what is the user's own


def test_no_process_wide_setting_changes():
    before = (np.geterr(), gc.get_threshold(), gc.isenabled(), random.getstate())
    state = np.random.get_state()[1].tolist()
    samples = context.running.get().samples
    x = Value(np.array([-1.0, 0.0, 2.0]))
    where(x > 0, x.log(), 0.0).sum().backward()
    (1 / Value(0.0)).backward()
    assert (np.geterr(), gc.get_threshold(), gc.isenabled(), random.getstate()) == before
    assert np.random.get_state()[1].tolist() == state
    assert context.running.get().samples == samples


def test_sums_run_left_to_right_and_are_never_compensated():
    numbers = [1e16, 1.0, 1.0, -1e16]
    expected = ((1e16 + 1.0) + 1.0) - 1e16
    assert expected == 0.0  # a compensated sum answers 2
    assert autograd.sum(numbers) == expected
    assert autograd.sum([Value(x) for x in numbers]).data == expected
    assert autograd.dot(numbers, [1.0] * 4) == expected
    assert autograd.mean(numbers) == expected


def test_sums_of_adjoints_run_in_one_order():
    x = Value(1.0)
    parts = [x * c for c in (1e16, 1.0, 1.0, -1e16)]
    z = autograd.sum(parts)
    z.backward()
    first = x.grad
    x.grad = NOTHING
    z.backward()
    assert x.grad == first


def test_an_array_assigned_to_data_is_copied_when_it_is_used():
    x, numbers = Value(np.array([1.0, 2.0])), np.array([3.0, 4.0])
    x.data = numbers
    y = x * x
    total = autograd.sum([x, x])
    numbers[:] = 0.0
    (y + total).backward()
    assert x.grad.tolist() == [8, 10]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_the_numbers_of_a_copied_graph_cannot_be_written(copied):
    x = Value(np.array([1.0, 2.0]))
    y = copied(x * x)
    with pytest.raises(ValueError, match="read-only"):
        y.parents[0].data[0] = 5.0


COUNTING = """
import json, sys
from autograd import Value
x, y, z = Value(-2.0), Value(5.0), Value(-4.0)
((x + y) * z).backward()  # every operation is bound when it is first used
calls = []
sys.setprofile(lambda frame, event, _: event == "call" and calls.append(frame.f_code.co_filename))
((x + y) * z).backward()
sys.setprofile(None)
print(json.dumps(calls))
"""


def test_the_first_example_runs_few_calls_in_few_files():
    done = subprocess.run([sys.executable, "-c", COUNTING], capture_output=True, check=True)
    calls = json.loads(done.stdout)
    assert len(calls) <= 20
    assert len({*calls}) <= 3
