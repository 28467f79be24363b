import contextlib
import inspect
import math
import sys
import threading

import numpy as np
import pytest

from autograd import (
    AnomalyError,
    Value,
    context,
    detect_anomaly,
    dot,
    grad,
    hessian,
    jit,
    jvp,
    log,
    maximum,
    no_grad,
    relu,
    sqrt,
    vmap,
    where,
)


def line_of(text):
    """The number of the line of this file that holds a text."""
    source = inspect.getsource(sys.modules[__name__]).splitlines()
    return next(i for i, line in enumerate(source, 1) if line.strip() == text)


def test_the_forward_message_names_operation_operands_labels_and_the_users_line():
    x, y = Value(1.0, "height"), Value(0.0, "width")
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        x / y  # the line
    message = str(caught.value)
    assert message.startswith("div made inf\n")
    assert "operand 1, 'height': 1\n" in message
    assert "operand 2, 'width': 0\n" in message
    assert f"{__file__}, line {line_of('x / y  # the line')}: x / y  # the line" in message


def test_the_backward_message_names_the_line_that_made_the_node_and_what_arrived():
    x = Value(0.0, "x")
    with detect_anomaly():
        root = sqrt(x)
        with pytest.raises(AnomalyError) as caught:
            (root * 3.0).backward()
    message = str(caught.value)
    assert message.startswith("in the backward pass sqrt sent inf to its operand 1\n")
    assert "adjoint that arrived: 3\n" in message
    assert "operand 1, 'x': 0\n" in message
    assert f"line {line_of('root = sqrt(x)')}: root = sqrt(x)" in message


@pytest.mark.parametrize(
    "hide", [lambda bad: where(False, bad, 1.0), lambda bad: maximum(bad, 1.0), relu]
)
def test_a_number_that_a_branch_hides_is_found(hide):
    x = Value(0.0)
    assert math.isfinite(hide(log(x)).data)
    with detect_anomaly(), pytest.raises(AnomalyError, match="log made -inf"):
        hide(log(x))


def test_an_infinity_that_ieee_means_is_an_anomaly():
    with detect_anomaly(), pytest.raises(AnomalyError, match="exp made inf"):
        Value(1000.0).exp()


def test_a_leaf_that_was_not_finite_is_reported_by_the_operation_that_it_spoils():
    with detect_anomaly():
        bad = Value(math.nan, "bad")
        assert where(False, bad, 1.0).data == 1.0
        with pytest.raises(AnomalyError, match=r"mul made nan\n  operand 1, 'bad': nan"):
            bad * 2.0


def test_an_anomaly_under_no_grad_is_found_on_either_side():
    with detect_anomaly(), no_grad(), pytest.raises(AnomalyError, match="log made"):
        log(Value(0.0))
    with no_grad(), detect_anomaly(), pytest.raises(AnomalyError, match="log made"):
        log(Value(0.0))


def test_a_gradient_given_that_is_not_finite_is_named_so():
    x = Value(2.0, "x")
    with detect_anomaly(), pytest.raises(AnomalyError, match="nan was given as gradient to"):
        (x * x).backward(math.nan)


def test_finite_adjoints_whose_sum_overflows_are_named_so():
    x = Value(0.1, "x")
    with (
        detect_anomaly(),
        pytest.raises(AnomalyError, match="sum of the finite adjoints") as caught,
    ):
        (x * 1e308 + x * 1.5e308).backward()
    assert "a Value, 'x'" in str(caught.value)


def test_leaves_keep_their_gradients_when_backward_raises():
    x, w = Value(0.0), Value(2.0)
    x.grad, w.grad = 5.0, 7.0
    with detect_anomaly(), pytest.raises(AnomalyError):
        (sqrt(x) * w).backward()
    assert (x.grad, w.grad) == (5.0, 7.0)


@pytest.mark.parametrize("watch", [contextlib.nullcontext, detect_anomaly])
def test_untaken_branches_of_a_batch_are_no_anomaly_and_gradients_are_the_same(watch):
    x, w = Value(np.array([1.0, 0.0, 4.0])), Value(3.0)
    with watch():
        (where(x > 0, sqrt(x) * w, 0 * x + w) * 2).sum().backward()
    assert x.grad.tolist() == [3.0, 0.0, 1.5]
    assert w.grad == 8.0


def test_the_sample_of_a_batch_is_named_with_its_own_numbers():
    x, w = Value(np.array([4.0, 9.0, 0.0]), "x"), Value(2.0, "w")
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        (sqrt(x) * w).sum().backward()
    message = str(caught.value)
    assert "sqrt sent inf to its operand 1 (sample 2)\n" in message
    assert "adjoint that arrived: 2\n" in message
    assert "operand 1, 'x': 0\n" in message


def test_the_sample_is_found_where_a_shared_number_receives_the_sum():
    x, w = Value(np.array([1.0, 1e200, 1.0]), "x"), Value(1e-200, "w")
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        (x * w).sum().backward(1e300)
    message = str(caught.value)
    assert "mul sent inf to its operand 2 (sample 1)\n" in message
    assert "operand 1, 'x': 1e+200\n" in message


def test_a_sum_over_samples_that_overflows_is_found():
    x, w = Value(np.array([1.0, 1.0]), "x"), Value(0.5, "w")
    with detect_anomaly(), pytest.raises(AnomalyError, match="mul sent inf to its operand 2"):
        (x * w).sum().backward(1e308)


def test_the_operands_of_sequences_are_counted_in_order():
    w = Value(1e300, "w")
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        dot([1.0, w], [2.0, 1e300])
    assert "operand 2, 'w': 1e+300\n  operand 3: 2\n  operand 4: 1e+300\n" in str(caught.value)


def test_other_threads_are_not_watched():
    results = []
    with detect_anomaly():
        thread = threading.Thread(target=lambda: results.append(log(Value(0.0)).data))
        thread.start()
        thread.join()
    assert results == [-math.inf]


def test_after_the_block_nothing_is_left_behind():
    with detect_anomaly():
        pass
    assert context.running.get().observers == ()
    assert log(Value(0.0)).data == -math.inf


def test_nodes_made_outside_the_block_say_that_their_line_is_unknown():
    root = sqrt(Value(0.0))
    with detect_anomaly(), pytest.raises(AnomalyError, match="made outside detect_anomaly"):
        root.backward()


# -------------------------------------------------------------------------------------- transforms


def message_of(compute):
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        compute()
    return str(caught.value)


def test_the_sweep_of_a_gradient_is_watched():
    assert message_of(lambda: grad(sqrt)(0.0)).startswith("in the backward pass sqrt sent inf")
    message = message_of(lambda: vmap(grad(sqrt))(np.array([4.0, 0.0])))
    assert message.startswith("in the backward pass sqrt sent inf to its operand 1 (sample 1)\n")


def test_second_order_is_watched():
    def f(x):
        return x**1.5

    assert f(0.0) == 0
    assert grad(f)(0.0) == 0
    message = message_of(lambda: grad(grad(f))(0.0))
    assert message.startswith("in the backward pass pow sent inf to its operand 1\n")


def test_forward_mode_is_watched():
    message = message_of(lambda: jvp(lambda x: sqrt(x), (0.0,), (1.0,)))
    assert message.startswith("in forward mode the tangent of sqrt became inf\n  operand 1: 0\n")
    message = message_of(lambda: hessian(lambda v: v[0] ** 1.5 * v[1])([0.0, 2.0]))
    assert message.startswith("in forward mode the tangent of pow became inf\n")


def test_what_an_untaken_branch_would_send_is_no_anomaly_at_second_order():
    def f(x):
        return where(x > 0, sqrt(x) * x, x * x)

    points = np.array([0.0, 1.0, 4.0])
    for transform in (lambda f: grad(grad(f)), hessian):
        with detect_anomaly():
            assert transform(f)(0.0) == 2.0
            assert vmap(transform(f))(points).tolist() == [2.0, 0.75, 0.375]


def test_a_finite_program_runs_unchanged():
    def f(v):
        return log(1 + v[0] * v[0]) * sqrt(v[1])

    with detect_anomaly():
        watched = hessian(f)([0.5, 2.0])
    assert watched == hessian(f)([0.5, 2.0])


def test_machine_code_shows_nothing_but_the_function_it_is_of_does():
    slope = jit(grad(lambda x: sqrt(x)))
    with detect_anomaly():
        assert slope(0.0) == math.inf
        with pytest.raises(AnomalyError, match="sqrt sent inf"):
            slope.__wrapped__(0.0)
