"""scan: a step repeated, natively and in Python, with the same numbers."""

import itertools

import numpy as np
import pytest
from helpers import side_by_side

from autograd import Batches, TransformError, Value, dot, jit, relu, scan, value_and_grad, where

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(50, 3)), RNG.normal(size=50)


def error(w, X, y):
    return ((dot([*w], [*X.T]) - y) ** 2).mean()


descent = jit(value_and_grad(error), backend="llvm")
move = jit(lambda w, g, rate: w - rate[0] * g, backend="llvm")


def step(w, x):
    X, y, rate = x
    loss, g = descent(w, X, y)
    return move(w, g, rate), {"loss": loss, "before": w}


def in_python(step, carry, xs, steps):
    """What scan means, word by word."""
    ys = []
    for k in range(steps):
        carry, y = step(carry, tuple(x[k] for x in xs))
        ys.append(y)
    return carry, ys


def test_a_step_is_recorded_as_outside_of_scan():
    """Where a function that jit made calls another one."""
    half = jit(lambda x: x / 2, backend="llvm")
    both = jit(lambda x: half(x) + 1, backend="llvm")
    last, every = scan(lambda c, x: (both(c), c))(4.0, np.zeros(3))
    assert (last, every.tolist()) == (2.25, [4.0, 3.0, 2.5])


def batches(sizes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.permutation(len(X))[:size] for size in sizes]


def test_a_scan_is_the_loop_that_it_reads_like():
    rows = batches([8, 50, 1, 9, 16, 0, 3])
    xs = Batches(X, rows), Batches(Y, rows), np.full((7, 1), 0.1)
    start = RNG.normal(size=3)
    before = start.copy()
    w, ys = scan(step)(start, xs)
    expected, each = in_python(step, start, xs, 7)
    np.testing.assert_allclose(w, expected, rtol=1e-13, equal_nan=True)
    np.testing.assert_allclose(ys["loss"][:5], [y["loss"] for y in each][:5], rtol=1e-13)
    np.testing.assert_allclose(ys["before"][:6], [y["before"] for y in each][:6], rtol=1e-13)
    np.testing.assert_array_equal(start, before)


FOR_ONE_LENGTH = {
    "single samples": lambda w, x, y: ((x * w) ** 2).sum() - y[0],
    "how many": lambda w, x, y: error(w, x, y) * len(y),
    "samples and their rows": lambda w, x, y: error(w, x, y) + np.asarray(x)[1].sum(),
    "nothing of one": lambda w, x, y: dot([*w], [*x.T]).mean(),
    "another array's beside": lambda w, x, y: error(w, x, y + np.arange(1.0, 6.0)),
}
"""Functions that are for mini-batches of one length, and five samples."""


@pytest.mark.parametrize("what", FOR_ONE_LENGTH)
def test_mini_batches_of_one_length_are_arrays_to_a_function_that_takes_just_so_many(what):
    objective = FOR_ONE_LENGTH[what]
    jitted = jit(value_and_grad(objective), backend="llvm")
    other = jit(lambda x, y, z: ((y - z) ** 2).mean() + np.asarray(x)[0, 0], backend="llvm")
    z = np.arange(5.0)

    def step(w, x):
        X, y = x
        loss, g = jitted(w, X, y)
        return move(w, g, [0.01]), (loss, other(X, y, z))

    run = scan(step)
    for count in (4, 1, 6):
        rows = batches([5] * count, seed=count)
        xs = Batches(X, rows), Batches(Y, rows)
        w, ys = run(np.ones(3), xs)
        expected, each = in_python(step, np.ones(3), xs, count)
        np.testing.assert_allclose(w, expected, rtol=1e-12)
        np.testing.assert_allclose(ys, np.transpose(each), rtol=1e-12)


def test_a_scan_over_mini_batches_of_one_length_serves_another_length():
    single = jit(lambda x: x[0] * len(x), backend="llvm")
    run = scan(lambda c, x: (c, single(x)))
    for size in (5, 3, 8):
        rows = batches([size] * 4)
        _, firsts = run(0.0, Batches(Y, rows))
        np.testing.assert_allclose(firsts, [Y[r[0]] * size for r in rows])


def test_an_answer_of_samples_is_an_array_to_a_function_that_takes_just_so_many():
    double = jit(lambda x: x * Value(2.0), backend="llvm")
    rows = batches([6] * 3)
    single = jit(lambda x: x[0] - x[5], backend="llvm")
    _, found = scan(lambda c, x: (c, single(double(x))))(0.0, Batches(Y, rows))
    np.testing.assert_allclose(found, [2 * (Y[r[0]] - Y[r[5]]) for r in rows])


@pytest.mark.parametrize("longest", [3, 8, 9, 40])
def test_a_mini_batch_may_be_empty(longest):
    total = jit(lambda x: x.sum(), backend="llvm")
    rows = batches([longest, 0, 1, 0])
    _, sums = scan(lambda c, x: (c, total(x)))(0.0, Batches(Y, rows))
    np.testing.assert_allclose(sums, [Y[rows[0]].sum(), 0.0, Y[rows[2]].sum(), 0.0], rtol=1e-13)


def test_a_scan_serves_any_number_of_steps_and_longer_mini_batches():
    run = scan(step)
    for count, size in ((3, 4), (0, 4), (1, 4), (5, 40), (2, 7)):
        rows = batches([size] * count, seed=count)
        xs = Batches(X, rows), Batches(Y, rows), np.full((count, 1), 0.1)
        w, ys = run(np.ones(3), xs)
        expected, _ = in_python(step, np.ones(3), xs, count)
        np.testing.assert_allclose(w, expected, rtol=1e-13)
        assert ys["loss"].shape == (count,)
        assert ys["before"].shape == (count, 3)


def test_what_is_carried_may_change_places():
    double = jit(lambda x: 2 * x, backend="llvm")

    def turn(carry, x):
        a, b, _ = carry
        return (b, double(a), a), x

    rounds = np.arange(12.0).reshape(6, 2)
    start = tuple(np.array([1.0, 2.0]) * 10**k for k in range(3))
    last, ys = scan(turn)(start, rounds)
    a, b, c = start
    for _ in range(6):
        a, b, c = b, 2 * a, a
    np.testing.assert_array_equal(last, (a, b, c))
    np.testing.assert_array_equal(ys, rounds)


@pytest.mark.parametrize("order", [*itertools.product(range(3), repeat=3)])
def test_what_is_carried_is_read_before_it_is_written_over(order):
    """Also in circles, and where one is carried to several places."""
    double = jit(lambda x: 2 * x, backend="llvm")
    start = (1.0, 10.0, 100.0, 1000.0)

    def turn(carry, x):
        return (*(carry[k] for k in order), double(carry[3])), x

    assert scan(turn)(start, np.zeros(5))[0] == in_python(turn, start, [np.zeros(5)], 5)[0]


def test_numbers_are_carried_and_answers_that_are_arguments_or_constants():
    f = jit(lambda x, y: (x + y, x, 3.0, x + y), backend="llvm")

    def count(x, y):
        new, old, three, again = f(x, y)
        return new, (old, three, again)

    total, ys = scan(count)(1.0, np.array([1.0, 2.0, 4.0]))
    assert total == 8.0
    assert [y.tolist() for y in ys] == [[1.0, 2.0, 4.0], [3.0] * 3, [2.0, 4.0, 8.0]]


def test_many_numbers_at_once_are_handed_on():
    f = jit(lambda xs: [x + k for k, x in enumerate(xs)], backend="llvm")
    last, _ = scan(lambda c, _: (f(c), None))([float(k) for k in range(100)], np.zeros((3, 1)))
    assert last == [4.0 * k for k in range(100)]


def test_a_nan_that_is_watched_takes_the_masked_way_and_the_loop_goes_on():
    def f(w, x):
        return where(w[0] > x[0], (w[0] - x[0]) ** 0.5, relu(w[0]) * 0.5)

    both = jit(value_and_grad(f), backend="llvm")
    move = jit(lambda w, g: w - 0.125 * g, backend="llvm")

    def step(w, x):
        value, g = both(w, x)
        return move(w, g), value

    xs = np.array([[0.5], [1.0], [0.25], [2.0]])
    xs[1] = 1 - 0.125 * 0.5 / 0.5**0.5  # where √ has no slope, and is not taken
    last, values = scan(step)(np.array([1.0]), xs)
    w = np.array([1.0])
    for x, value in zip(xs, values, strict=True):
        expected, g = value_and_grad(f)(w, x)
        assert value == pytest.approx(expected, rel=1e-12)
        w = w - 0.125 * g
    np.testing.assert_allclose(last, w, rtol=1e-12)
    assert np.isfinite(last).all()


def test_threads_may_share_a_scan():
    run, found = scan(step), {}
    rows = batches([20] * 200)
    xs = Batches(X, rows), Batches(Y, rows), np.full((200, 1), 0.01)

    def work(k):
        found[k] = run(np.full(3, float(k)), xs)[0]

    side_by_side(work, range(4))
    for k, w in found.items():
        np.testing.assert_array_equal(w, run(np.full(3, float(k)), xs)[0])


@pytest.mark.parametrize("longest", [20, 4000])  # in one block, and in many
def test_a_function_reads_mini_batches_by_their_rows_and_what_another_answers_in_order(longest):
    wide = RNG.normal(
        size=(5000, 35)
    )  # whole vectors of a row, and three of its numbers one by one
    y = RNG.normal(size=5000)

    def errors(w, X, y):
        return dot([*w], [*X.T]) - y

    each = jit(errors, backend="llvm")
    weighted = jit(lambda es, X, y: (es * X[:, 34] * y).sum(), backend="llvm")

    def step(w, x):
        X, y = x
        return w, weighted(each(w, X, y), X, y)

    sizes = (longest, longest // 3, 3, 0, 9)
    rows, other = ([RNG.permutation(5000)[:size] for size in sizes] for _ in range(2))
    w = RNG.normal(size=35)
    _, sums = scan(step)(w, (Batches(wide, rows), Batches(y, other)))
    for total, k, j in zip(sums, rows, other, strict=True):
        expected = (errors(w, wide[k], y[j]) * wide[k, 34] * y[j]).sum()
        np.testing.assert_allclose(total, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("backend", ["llvm", "numpy"])
def test_a_scan_of_float32_is_the_loop_that_it_reads_like(backend):
    settings = {"backend": backend, "dtype": "float32"}
    descent = jit(value_and_grad(error), **settings)
    move = jit(lambda w, g, rate: w - rate[0] * g, **settings)
    calls = []

    def step(w, x):
        calls.append(w)
        X, y, rate = x
        loss, g = descent(w, X, y)
        return move(w, g, rate), {"loss": loss, "before": w, "one": 1.0}

    rows, start = batches([8, 50, 1, 9, 3]), RNG.normal(size=3)
    xs = Batches(X, rows), Batches(Y.astype(np.float32), rows), np.full((5, 1), 0.1)
    run = scan(step)
    w, ys = run(start, xs)
    assert len(calls) == 2 + (backend == "numpy") * 5  # looked at; and done in Python
    expected, each = in_python(step, start, xs, 5)
    assert {w.dtype, ys["loss"].dtype, ys["before"].dtype} == {np.dtype(np.float32)}
    np.testing.assert_allclose(w, expected, rtol=1e-5)
    np.testing.assert_allclose(ys["loss"], [y["loss"] for y in each], rtol=1e-5)
    np.testing.assert_allclose(ys["before"], [y["before"] for y in each], rtol=1e-5)
    again, _ = run(start.astype(np.float32), xs)
    np.testing.assert_array_equal(again, w)


def test_numbers_of_float32_are_rounded_once_and_may_be_beyond_its_range():
    f = jit(lambda x, y: (x + y, 0.1, x), backend="llvm", dtype="float32")

    def step(c, x):
        new, tenth, old = f(c, x)
        return new, (tenth, old)

    last, (tenths, olds) = scan(step)(0.1, np.array([1.0, 1e300]))
    assert last == np.inf
    assert olds.tolist() == [float(np.float32(0.1)), float(np.float32(0.1) + np.float32(1))]
    assert tenths.tolist() == [float(np.float32(0.1))] * 2


def test_where_functions_of_both_widths_meet_the_loop_runs_in_python():
    half = jit(lambda x: x / 2, backend="llvm", dtype="float32")
    third = jit(lambda x: x / 3, backend="llvm")
    last, ys = scan(lambda c, x: (third(half(c)), c))(0.1, np.zeros(2))
    assert last == third(half(third(half(0.1))))
    assert ys[0] == 0.1


def test_mini_batches_are_rows_of_an_array():
    taken = Batches(X, [[3, -1], [0]])
    assert len(taken) == 2
    np.testing.assert_array_equal(taken[0], X[[3, -1]])
    total = jit(lambda x: x.sum(), backend="llvm")
    for given in (Batches(Y, [[3, -1], [0]]), Batches(Y, [7, 3, -1, 0], starts=[1, 3, 4])):
        _, sums = scan(lambda c, x: (c, total(x)))(0.0, given)
        np.testing.assert_allclose(sums, [Y[3] + Y[-1], Y[0]])


@pytest.mark.parametrize(
    ("step", "carry", "xs", "says"),
    [
        (lambda c, x: (c + 1, x), 0.0, np.zeros(3), "computes nothing with it itself"),
        (lambda c, x: (c, x), 0.0, (np.zeros(3), np.zeros(4)), "how many steps there are"),
        (lambda c, x: (c, x), 0.0, 3.0, "along whose first axis steps go"),
        (lambda c, x: (c, x), 0.0, (), "how many steps there are"),
        (lambda c, x: (np.zeros(2), x), np.zeros(3), np.zeros(3), "keeps the form and shapes"),
        (lambda c, x: ([c], x), np.zeros(3), np.zeros(3), "keeps the form and shapes"),
        (lambda c, x: c, np.zeros(3), np.zeros(3), "returns \\(carry, y\\), got"),
        (
            lambda c, x: (c, jit(lambda x: x * 2, backend="llvm")(x)),
            0.0,
            Batches(Y, [[1, 2], [3]]),
            "return a sum or a mean",
        ),
        (lambda c, x: (x, None), np.zeros(2), Batches(Y, [[1, 2], [3]]), "return a sum or a mean"),
        (
            lambda c, x: (c, jit(lambda x: x[0] + x[1], backend="llvm")(x)),
            0.0,
            Batches(Y, [[1, 2], [3]]),
            r"mini-batches of \[1, 2\] samples, where .* asks for single ones",
        ),
        (lambda c, x: (c, None), 0.0, (Batches(Y, [[1]]), Batches(Y, [[1, 2]])), "as many rows"),
        (
            lambda c, x: (c, jit(lambda x: x > 1, backend="llvm")(x)),
            0.0,
            np.zeros(3),
            "scan takes functions that answer numbers",
        ),
    ],
)
def test_a_mistake_is_an_error_that_names_it(step, carry, xs, says):
    with pytest.raises(TransformError, match=says):
        scan(step)(carry, xs)


def test_a_row_that_is_not_there_is_an_error():
    total = jit(lambda x: x.sum(), backend="llvm")
    with pytest.raises(IndexError, match="row 50 of an array of 50"):
        scan(lambda c, x: (c, total(x)))(0.0, Batches(Y, [[50]]))


def test_other_numbers_in_a_step_are_refused():
    f = jit(lambda x, y: x * y, backend="llvm")
    with pytest.raises(TransformError, match="what is no number or array"):
        scan(lambda c, x: (f(c, Value(1.0)), x))(1.0, np.zeros(3))


@pytest.mark.parametrize("backend", ["numpy", "python"])
def test_other_backends_run_the_loop_in_python(backend):
    gradient = jit(value_and_grad(error), backend=backend)
    update = jit(lambda w, g, rate: w - rate[0] * g, backend=backend)

    def step(w, x):
        X, y, rate = x
        loss, g = gradient(w, X, y)
        return update(w, g, rate), loss

    rows = batches([8, 9, 3])
    xs = Batches(X, rows), Batches(Y, rows), np.full((3, 1), 0.1)
    w, losses = scan(step)(np.ones(3), xs)
    expected, each = in_python(step, np.ones(3), xs, 3)
    np.testing.assert_allclose(w, expected, rtol=1e-13)
    np.testing.assert_allclose(losses, each, rtol=1e-13)
