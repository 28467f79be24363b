"""Losses against PyTorch's numbers (torch 2.13, float64), in every arrangement of predictions."""

import math

import numpy as np
import pytest

from autograd import Value
from autograd.value import topological_order
from nn.training.choices import losses

X = [0.5, -1.5, 2.0, 0.0]
T = [1.0, 0.5, -1.0, 0.0]
LOGITS = [[0.5, -1.5, 2.0], [1.0, 0.0, -0.5]]


@pytest.mark.parametrize("loss", losses.LOSSES.values())
@pytest.mark.parametrize("given", ["a", None, {1: 2}, (x for x in X), map(Value, X)])
def test_what_are_no_predictions_is_named(loss, given):
    with pytest.raises(
        TypeError, match="predictions are Values or numbers, or lists of them; given"
    ):
        loss(given, [1, 1, 1, 1])


def test_targets_of_dtype_object_are_what_they_hold():
    x, t = Value(np.array(X)), np.array(T, dtype=object)
    assert losses.mse_loss(x, t).data == losses.mse_loss(x, T).data
    assert losses.mse_loss([*map(Value, X)], t).data == losses.mse_loss(x, T).data


def test_variances_are_an_array_as_well():
    by_list = losses.gaussian_nll_loss(X, T, [1.0, 2.0, 3.0, 4.0])
    assert losses.gaussian_nll_loss(X, T, np.array([1.0, 2.0, 3.0, 4.0])) == by_list
    assert losses.gaussian_nll_loss(X, T, np.array(2.0)) == losses.gaussian_nll_loss(X, T, 2.0)


def test_a_class_of_a_sample_costs_one_node_a_sample():
    logits = [[Value(x) for x in row] for row in LOGITS]
    loss = losses.cross_entropy(logits, np.array([2, 0]))
    assert len(topological_order(loss)) - 6 == 2 * 2 + 2  # of a sample logsumexp and -; sum, / n


def huber(x, target, **settings):
    return losses.huber_loss(x, target, delta=1.5, **settings)


def gaussian(x, target, **settings):
    return losses.gaussian_nll_loss(x, target, 0.3, full=True, **settings)


bce = losses.binary_cross_entropy_with_logits
SCALAR = [  # loss, predictions, targets, PyTorch's value, PyTorch's gradient
    (losses.mse_loss, X, T, 3.3125, [-0.25, -1.0, 1.5, 0.0]),
    (losses.l1_loss, X, T, 1.375, [-0.25, -0.25, 0.25, 0.0]),
    (huber, X, T, 1.34375, [-0.125, -0.375, 0.375, 0.0]),
    (
        bce,
        X,
        [1.0, 0.0, 0.3, 0.5],
        0.7238913634414442,
        [-0.09438516719953635, 0.04560638095158909, 0.1451992694944706, 0.0],
    ),
    (bce, [1000.0, -1000.0, 1000.0, -1000.0], [1, 0, 0, 1], 500.0, [0.0, 0.0, 0.25, -0.25]),
    (gaussian, X, T, 5.837785464375038, [-0.4166666666666667, -1.6666666666666667, 2.5, 0.0]),
    (losses.hinge_loss, X, [1, 1, -1, -1], 1.75, [-0.25, -0.25, 0.25, 0.25]),  # by hand
]
VECTOR = [
    (
        losses.cross_entropy,
        LOGITS,
        [2, 1],
        0.8450854166697721,
        [
            [0.08901510275307953, 0.012046884143424197, -0.1010619868965037],
            [0.3142658596058812, -0.3843880511889255, 0.07012219158304424],
        ],
    ),
    (
        losses.cross_entropy,
        LOGITS,
        [[0.2, 0.3, 0.5], [0.6, 0.4, 0.0]],
        1.220085416669772,
        [
            [-0.010984897246920478, -0.1379531158565758, 0.1489380131034963],
            [0.014265859605881226, -0.08438805118892549, 0.07012219158304424],
        ],
    ),
    (
        losses.cross_entropy,
        [[1000.0, 0.0, -1000.0], [1000.0, 0.0, -1000.0]],
        [0, 1],
        500.0,
        [[0.0, 0.0, 0.0], [0.5, -0.5, 0.0]],
    ),
]
ELEMENTWISE = [case[0] for case in SCALAR[:4] + SCALAR[5:6]]


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-13, atol=1e-15)


def columns(array):
    return [Value(column) for column in np.array(array).T]


def samples(array):
    return [[Value(x) for x in row] for row in array]


@pytest.mark.parametrize(("loss", "x", "t", "value", "gradient"), SCALAR)
def test_loss_of_a_batch_has_pytorchs_value_and_gradient(loss, x, t, value, gradient):
    batch = Value(np.array(x))
    result = loss(batch, np.array(t))
    result.backward()
    close(result.data, value)
    close(batch.grad, gradient)


@pytest.mark.parametrize(("loss", "x", "t", "value", "gradient"), SCALAR)
def test_loss_sample_by_sample_has_pytorchs_value_and_gradient(loss, x, t, value, gradient):
    values = [Value(number) for number in x]
    result = loss(values, t)
    result.backward()
    close(result.data, value)
    close([v.grad for v in values], gradient)


@pytest.mark.parametrize(("loss", "x", "t", "value", "gradient"), VECTOR)
def test_cross_entropy_of_a_batch_has_pytorchs_value_and_gradient(loss, x, t, value, gradient):
    logits = columns(x)
    result = loss(logits, np.array(t))
    result.backward()
    close(result.data, value)
    close(np.transpose([v.grad for v in logits]), gradient)


@pytest.mark.parametrize(("loss", "x", "t", "value", "gradient"), VECTOR)
def test_cross_entropy_sample_by_sample_has_pytorchs_numbers(loss, x, t, value, gradient):
    logits = samples(x)
    result = loss(logits, t)
    result.backward()
    close(result.data, value)
    close([[v.grad for v in row] for row in logits], gradient)


def test_cross_entropy_of_one_sample_is_minus_the_log_of_its_class_probability():
    logits = [Value(0.0), Value(math.log(3.0))]
    loss = losses.cross_entropy(logits, 1)
    loss.backward()
    close(loss.data, -math.log(0.75))
    close([v.grad for v in logits], [0.25, -0.25])


def test_cross_entropy_ignores_a_class_that_is_masked_by_minus_infinity():
    logits = columns([[0.0, -math.inf, 0.0], [1.0, -math.inf, 1.0]])
    loss = losses.cross_entropy(logits, [0, 2])
    loss.backward()
    close(loss.data, math.log(2))
    close(np.transpose([v.grad for v in logits]), [[-0.25, 0, 0.25], [0.25, 0, -0.25]])


@pytest.mark.parametrize("loss", ELEMENTWISE)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_every_arrangement_of_predictions_gives_one_loss(loss, reduction):
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(5, 3)), rng.uniform(size=(5, 3))
    flat = loss([Value(v) for v in x.ravel()], t.ravel(), reduction=reduction).data
    for arrangement in (columns(x), samples(x), x, np.array(samples(x), dtype=object)):
        close(getattr(y := loss(arrangement, t, reduction=reduction), "data", y), flat)


@pytest.mark.parametrize("loss", ELEMENTWISE)
def test_without_reduction_the_terms_keep_the_arrangement_of_the_predictions(loss):
    rng = np.random.default_rng(1)
    x, t = rng.normal(size=(5, 3)), rng.uniform(size=(5, 3))
    expected = [[loss(a, b) for a, b in zip(*rows, strict=True)] for rows in zip(x, t, strict=True)]
    terms = loss(columns(x), t, reduction="none")
    close(np.transpose([v.data for v in terms]), expected)
    terms = loss(samples(x), t, reduction="none")
    close([[v.data for v in row] for row in terms], expected)
    assert loss(Value(x[0, 0]), t[0, 0], reduction="none").data == pytest.approx(expected[0][0])


def test_cross_entropy_without_reduction_gives_one_term_a_sample():
    expected = [losses.cross_entropy(row, c) for row, c in zip(LOGITS, [2, 1], strict=True)]
    close(losses.cross_entropy(columns(LOGITS), [2, 1], reduction="none").data, expected)
    terms = losses.cross_entropy(samples(LOGITS), [2, 1], reduction="none")
    close([v.data for v in terms], expected)


def test_loss_of_a_batch_is_few_nodes():
    from autograd.value import topological_order

    def nodes(loss):
        return sum(v.op is not None for v in topological_order(loss))

    batch, labels = Value(np.linspace(-1, 1, 50)), np.ones(50)
    assert nodes(losses.mse_loss(batch, labels)) <= 4
    assert nodes(losses.hinge_loss(batch, labels)) <= 5
    assert nodes(bce(batch, labels)) <= 5


def test_variance_is_learned_and_one_below_eps_still_receives_pytorchs_gradient():
    variances = Value(np.array([0.3, 2.0, 1e-9, 0.5]))
    loss = losses.gaussian_nll_loss(Value(np.array(X)), T, variances)
    loss.backward()
    close(loss.data, 1124998.4767312463)
    close(variances.grad, [0.06944444444444442, -0.0625, -1124999875000.0, 0.25])


def test_one_variance_is_shared_by_all_samples():
    var = Value(0.5)
    losses.gaussian_nll_loss(Value(np.array(X)), T, var, reduction="sum").backward()
    close(var.grad, 4 / (2 * 0.5) - 13.25 / (2 * 0.25))


def test_huber_is_squared_inside_and_linear_outside():
    close(losses.huber_loss(0.3, 0.0, delta=0.5), 0.3**2 / 2)
    for error in (-7.0, 7.0):
        close(losses.huber_loss(error, 0.0, delta=0.5), 0.5 * (7.0 - 0.25))


def test_huber_has_the_second_derivative_of_a_square_at_an_error_of_zero():
    x, h = Value(0.0), 1e-3
    gradients = []
    for shift in (-h, h):
        x = Value(shift)
        losses.huber_loss(x, 0.0).backward()
        gradients.append(x.grad)
    assert (gradients[1] - gradients[0]) / (2 * h) == pytest.approx(1)


@pytest.mark.parametrize("number", [1000.0, -1000.0])
def test_losses_of_huge_logits_are_finite(number):
    logits = [Value(np.array([number])), Value(np.array([0.0]))]
    for loss in (
        bce(logits[0], [1]),
        bce(logits[0], [0]),
        losses.cross_entropy(logits, [0]),
        losses.cross_entropy(logits, [[0.5, 0.5]]),
        losses.hinge_loss(logits[0], [1]),
    ):
        loss.backward()
        assert math.isfinite(loss.data)
        assert all(np.isfinite(v.grad).all() for v in logits)


def test_a_pandas_series_and_frame_are_targets():
    import pandas as pd

    x = np.array(LOGITS)
    close(losses.mse_loss(columns(x), pd.DataFrame(x + 2)).data, 4.0)
    close(losses.mse_loss(Value(x[0]), pd.Series(x[0] + 2, index=[7, 8, 9])).data, 4.0)


def test_fractions_stay_exact():
    from fractions import Fraction

    x = Value(Fraction(1, 3))
    loss = losses.mse_loss([x, Value(Fraction(1))], [Fraction(0), Fraction(0)])
    loss.backward()
    assert (loss.data, x.grad) == (Fraction(5, 9), Fraction(1, 3))


@pytest.mark.parametrize(
    ("predictions", "target", "shapes"),
    [
        (Value(np.zeros(4)), np.zeros((1, 4)), r"\(1, 4\).*\(4,\)"),  # PyTorch would broadcast
        (Value(np.zeros(4)), 0.0, r"\(\).*\(4,\)"),
        (columns(np.zeros((4, 3))), np.zeros((3, 4)), r"\(3, 4\).*\(4, 3\)"),
        ([Value(0.0), Value(1.0)], [0.0], r"\(1,\).*\(2,\)"),
    ],
)
def test_targets_of_another_shape_are_an_error_that_names_both(predictions, target, shapes):
    with pytest.raises(ValueError, match=shapes):
        losses.mse_loss(predictions, target)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.mse_loss([], []), "no predictions"),
        (lambda: losses.mse_loss([[1.0, 2.0], [3.0]], [[1.0, 2.0], [3.0, 4.0]]), "one shape"),
        (lambda: losses.mse_loss([1.0], [1.0], reduction="average"), "'average'"),
        (lambda: losses.huber_loss([1.0], [1.0], delta=0.0), "delta is a number > 0, given 0"),
        (lambda: losses.hinge_loss([1.0, 2.0], [1, 0]), r"-1 and 1.*2 \* y - 1.*given 0"),
        (lambda: losses.hinge_loss(Value(np.ones(2)), [1, math.nan]), "given nan"),
        (lambda: bce([1.0, 2.0], [1, -1]), "given -1"),
        (lambda: bce([1.0], ["yes"]), "given an array of type"),
        (lambda: losses.gaussian_nll_loss([1.0], [1.0], -0.5), "not negative, given -0.5"),
        (lambda: losses.gaussian_nll_loss([1.0, 2.0], [1.0, 2.0], [1.0] * 3), r"\(3,\).*\(2,\)"),
        (
            lambda: losses.gaussian_nll_loss([1.0], [1.0], 1.0, eps=0.0),
            "eps is a number > 0, given 0",
        ),
        (lambda: losses.cross_entropy(LOGITS, [0, 3]), "from 0 to 2; given 3"),
        (lambda: losses.cross_entropy(LOGITS, [0, -1]), "given -1"),
        (lambda: losses.cross_entropy(LOGITS, [0, 0.5]), "given 0.5"),
        (lambda: losses.cross_entropy(columns(LOGITS), [0, 3]), "given 3"),
        (lambda: losses.cross_entropy(LOGITS, [0, 1, 2]), r"\(2, 3\).*\(3,\)"),
        (lambda: losses.cross_entropy(Value(1.0), 0), "takes k logits"),
        (lambda: losses.cross_entropy(LOGITS, [[0, 1, 1], [0, 2, -1]]), r"in \[0, 1\]; given 2"),
        (lambda: losses.mse_loss(Value(1.0), Value(np.ones(2))), r"shape \(2,\) for .* \(\)"),
        (lambda: losses.mse_loss([Value(1.0)] * 2, [[1, 2], [3]]), "targets is no array"),
    ],
)
def test_a_mistake_is_an_error_that_names_it(call, message):
    with pytest.raises(ValueError, match=message):
        call()
