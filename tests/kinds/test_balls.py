"""Balls: no true value lies outside, of values and of gradients, where conditions are straddled too."""

import math
import pickle
from fractions import Fraction
from itertools import product

import mpmath
import pytest
from helpers import arguments_of, at, changed, gradients, mapped, places
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd as a
from autograd import NumberError, Value, grad, hessian, jvp, primitive
from autograd.kinds import kind as registry
from autograd.operations.choices import largest
from autograd.operations.composites import EVERY

flint = pytest.importorskip("flint")
arb = flint.arb


def ends(ball):
    """A ball's ends as exact numbers of mpmath."""
    return [mpmath.mpf(int(m)) * mpmath.mpf(2) ** int(e) for m, e in (
        ball.lower().man_exp(), ball.upper().man_exp()
    )]  # fmt: skip


def encloses(ball, number):
    """Whether a ball holds what 60 digits say; one that is not finite promises nothing."""
    if not isinstance(ball, arb):
        return ball == number
    if not ball.is_finite():
        return True
    low, high = ends(ball)
    slack = mpmath.mpf(10) ** -45 * max(1, abs(number))  # the rounding of the 60 digits
    return low - slack <= number <= high + slack


def inside(mid, radius, u):
    """A number of the ball."""
    return mpmath.mpf(mid) + (2 * mpmath.mpf(u) - 1) * mpmath.mpf(radius)


def true(op, point, at_all):
    """Value and gradients at a point; nan where mpmath raises, since nothing is defined there."""
    try:
        return gradients(op, point, at_all)
    except ValueError:
        return mpmath.nan, []


RADII = (0.0, 1e-9, 0.01, 0.3, 1.5)


@pytest.mark.parametrize("op", EVERY.values(), ids=EVERY)
def test_no_true_value_lies_outside(op):
    compare_with_true_values(op, RADII)


def compare_with_true_values(op, radii):
    """Every ball of these radii holds what mpmath says of points within it."""
    with mpmath.workdps(60):
        for floats, radius in product(arguments_of(op, points=3), radii):
            at_all = places(floats)
            balls = mapped(lambda x: arb(x, radius), floats)
            z, received = gradients(op, balls, at_all)
            for u in (0, 0.125, 0.5, 0.71875, 1):
                point = floats
                for i, place in enumerate(at_all):
                    share = (u + 0.375 * i) % 1 if u not in (0, 1) else u
                    point = changed(point, place, inside(at(floats, place), radius, share))
                value, slopes = true(op, point, at_all)
                if mpmath.isfinite(value):
                    assert encloses(z, value), (point, z, value)
                    for ball, slope in zip(received, slopes, strict=True):
                        assert encloses(ball, slope), (point, ball, slope)


@pytest.mark.parametrize("op", EVERY.values(), ids=EVERY)
def test_bounds_of_small_balls_are_useful(op):
    for floats in arguments_of(op, points=3):
        at_all = places(floats)
        z, received = gradients(op, mapped(lambda x: arb(x, 1e-9), floats), at_all)
        for ball in (z, *received):
            assert not isinstance(ball, arb) or float(arb(ball.rad())) < 1e-6, ball


STEPS = {
    "x + y": lambda x, y: x + y,
    "x - y": lambda x, y: 2 - x - 0.5 * y,
    "x * y": lambda x, y: a.tanh(x) * y,
    "x * x": lambda x, y: a.sin(x) * a.sin(x),
    "x / y": lambda x, y: x / (y * y + 2),
    "x**3": lambda x, y: a.tanh(x) ** 3,
    "x**y": lambda x, y: (a.tanh(x) + 2) ** a.sin(y),
    "exp": lambda x, y: a.exp(a.sin(x)),
    "log": lambda x, y: a.log(x * x + 1),
    "sqrt": lambda x, y: a.sqrt(x * x + 0.5),
    "abs": lambda x, y: abs(x - y),
    "relu": lambda x, y: a.relu(x),
    "sign": lambda x, y: a.sign(x) * y,
    "floor": lambda x, y: a.floor(x) + y,
    "maximum": lambda x, y: a.maximum(x, a.sin(y)),
    "minimum": lambda x, y: a.minimum(x, y),
    "clip": lambda x, y: a.clip(x, -0.5, 0.75),
    "elu": lambda x, y: a.elu(x),
    "leaky": lambda x, y: a.leaky_relu(x - y),
    "hard": lambda x, y: a.hard_tanh(x),
    "where": lambda x, y: a.where(x > y, a.sin(x), 2 * y),
    "both": lambda x, y: a.where((x > 0) & (y <= x), x * y, a.where(x > 0.5, x, -y)),
    "count": lambda x, y: (x > y) * x,
    "sum": lambda x, y: a.sum([x, 0.25, y, x]),
    "dot": lambda x, y: a.dot([a.tanh(x), 0.5, y], [y, x, 2.0]),
    "prod": lambda x, y: a.prod([a.tanh(x), y, 1.25]),
    "logsumexp": lambda x, y: a.logsumexp([x, y, 0.5]),
    "softmax": lambda x, y: a.softmax([x, y, 0.5])[0],
    "largest": lambda x, y: largest([x, y, 0.25]),
}
index = st.integers(0, 30)
programs = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), index, index), min_size=1, max_size=9)
mids = st.lists(st.floats(-1.5, 1.5).map(lambda x: round(x, 3)), min_size=2, max_size=2)
radii = st.lists(st.sampled_from([1e-6, 0.05, 0.4]), min_size=2, max_size=2)
shares = st.lists(st.sampled_from([0, 0.25, 0.4375, 0.5, 0.875, 1]), min_size=2, max_size=2)
ordinary = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def run(program, inputs):
    made = [*inputs]
    for name, i, j in program:
        made.append(STEPS[name](made[i % len(made)], made[j % len(made)]))
    return a.sum([made[-1], *made[::3]])


@ordinary
@given(programs, mids, radii, st.lists(shares, min_size=1, max_size=4))
def test_nor_of_any_program(program, middles, sizes, points):
    with mpmath.workdps(60):
        balls = [Value(arb(m, r)) for m, r in zip(middles, sizes, strict=True)]
        z = run(program, balls)
        z.backward()
        for point in points:
            numbers = [Value(inside(*x)) for x in zip(middles, sizes, point, strict=True)]
            value = run(program, numbers)
            value.backward()
            assert encloses(z.data, value.data), (program, value)
            for ball, number in zip(balls, numbers, strict=True):
                assert encloses(ball.grad, number.grad), (program, point, ball.grad, number.grad)


@settings(ordinary, max_examples=40)
@given(programs, mids, radii, shares)
def test_nor_of_second_derivatives(program, middles, sizes, point):
    with mpmath.workdps(60):
        f = lambda v: run(program, v)
        found = hessian(f)([arb(m, r) for m, r in zip(middles, sizes, strict=True)])
        exact = hessian(f)([inside(*x) for x in zip(middles, sizes, point, strict=True)])
        for row, numbers in zip(found, exact, strict=True):
            for ball, number in zip(row, numbers, strict=True):
                assert encloses(ball, number), (program, point, ball, number)


# ------------------------------------------------------------------------------------- conditions

STRADDLED = arb(0, 1)


@pytest.mark.parametrize(
    ("f", "value", "slope"),
    [
        (abs, (0, 1), (-1, 1)),
        (a.relu, (0, 1), (0, 1)),
        (a.sign, (-1, 1), (0, 0)),
        (lambda x: a.maximum(x, 0.5), (0.5, 1), (0, 1)),
        (lambda x: a.minimum(x, 0.5), (-1, 0.5), (0, 1)),
        (lambda x: a.clip(x, -0.5, 0.5), (-1, 1), (0, 1)),
        (lambda x: a.where(x > 0, 2 * x, 3 * x), (-3, 3), (2, 3)),
        (lambda x: a.where(x > 0, a.where(x > 0.5, 5 * x, 4 * x), 3 * x), (-5, 5), (3, 5)),
        (lambda x: a.where(x > 0, x, x + 7), (-1, 8), (1, 1)),
        (lambda x: a.where((x > 0) | (x < -0.5), x, 2.0), (-1, 2), (0, 1)),
        (a.elu, (-1, 1), (0, 1)),
        (a.leaky_relu, (-1, 1), (0.01, 1)),
        (a.hard_tanh, (-1, 1), (0, 1)),
    ],
)
def test_a_straddled_condition_takes_the_hull_of_both(f, value, slope):
    x = Value(STRADDLED)
    z = f(x)
    z.backward()
    found = [z.data, x.grad, grad(f)(STRADDLED), jvp(f, (STRADDLED,), (arb(1),))[1]]
    for ball, (low, high) in zip(found, (value, slope, slope, slope), strict=True):
        left, right = ends(ball) if isinstance(ball, arb) else (ball, ball)
        assert low - 1e-6 <= left <= low + 1e-6, (ball, low)
        assert high - 1e-6 <= right <= high + 1e-6, (ball, high)


def test_a_branch_whose_slope_has_no_bound_has_none():
    assert not grad(lambda x: a.where(x > 0, a.log(x), 0.0))(STRADDLED).is_finite()
    assert grad(lambda x: a.where(x > 2, a.log(x), 5 * x))(STRADDLED) == 5


@pytest.mark.parametrize(
    "branch",
    [
        lambda x: x if x > 0 else -x,
        lambda x: max(x, 0),
        lambda x: not x,
        lambda x: 0 < x < 1,
        lambda x: [1, 2][x == 0],
    ],
)
def test_python_asks_a_straddled_condition_in_vain(branch):
    with pytest.raises(NumberError, match="holds for some of these numbers.*where"):
        branch(Value(STRADDLED))
    with pytest.raises(NumberError, match="holds for some of these numbers.*where"):
        branch(Value(STRADDLED).data)


def test_what_is_certain_is_a_plain_bool():
    x, y = Value(arb(1, 0.25)), Value(arb(2, 0.25))
    assert [x < y, x <= y, x > y, x == y, x != y, x > 0] == [True, True, False, False, True, True]
    assert (x == x) is True  # one number, whichever it is
    assert (x < x) is False
    assert ((x < y) & (x > 1)) is not True
    assert ((x < y) | (x > 1)) is True
    assert ((x > y) & (x > 1)) is False


def test_a_condition_and_its_contrary_exclude_each_other():
    c = Value(STRADDLED) > 0
    d = Value(STRADDLED) > 0.5
    assert (c & ~c) is False
    assert (c | ~c) is True
    assert ((c & d) | (c & ~d) | ~c) is True
    assert "not" in repr(~c)
    assert a.where(~c, 1.0, 2.0).contains(1.5)


def test_conversions_that_forget_the_radius_are_refused():
    x = Value(STRADDLED)
    for convert in (float, int, complex, math.sqrt):
        with pytest.raises(NumberError, match=r"forget its radius.*mid"):
            convert(x.data)


def test_a_users_primitive_cannot_lose_the_radius_in_silence():
    @primitive(lambda g, z, x: g / (2 * z))
    def root(x):
        return math.sqrt(x)

    with pytest.raises(NumberError, match="radius"):
        root(Value(arb(2, 0.1)))


# ------------------------------------------------------------------------------------ beside others


@pytest.mark.parametrize("number", [2, 0.1, Fraction(1, 3), mpmath.mpf(1) / 3])
def test_other_numbers_beside_a_ball_are_exact(number):
    for f in (
        lambda x: x * number, lambda x: number * x, lambda x: number - x, lambda x: x / number,
        lambda x: number**x, lambda x: number % x, lambda x: a.maximum(x, number),
    ):  # fmt: skip
        x = Value(arb(1.5, 0.125))
        z = f(x)
        z.backward()
        with mpmath.workdps(50):
            y = Value(mpmath.mpf(1.5625))
            exact = mpmath.mpf(number.numerator) / number.denominator if isinstance(
                number, Fraction
            ) else mpmath.mpf(number)  # fmt: skip
            known = {Fraction: exact}.get(type(number), number)
            w = f(y) if known is number else None
            if w is not None:
                w.backward()
                assert encloses(z.data, w.data)
                assert encloses(x.grad, y.grad)
        assert isinstance(z.data, arb)


def test_a_plain_arb_beside_a_value_is_a_ball():
    x = Value(2.0)
    z = arb(1, 0.5) * x
    z.backward()
    assert x.grad.contains(1.25)
    assert type(z.data) is type(Value(STRADDLED).data)
    assert isinstance(z.data, arb)


def test_wide_balls_keep_the_sign_of_a_square_and_of_a_root():
    x = Value(STRADDLED)
    for z in (x * x, x**2, a.square(x), abs(x), a.sqrt(x * x)):
        low, high = ends(z.data)
        assert low == 0
        assert abs(high - 1) < 1e-7


OF_ONE = [op for op in EVERY.values() if len(op.pullbacks) == 1 and not op.sequences]


@pytest.mark.parametrize("op", OF_ONE, ids=[op.name for op in OF_ONE])
def test_of_a_ball_of_which_nothing_is_known_nothing_is(op):
    """flint's asin of an end of nan is -π/2."""
    assert not op(1 / Value(arb(0, 1))).data.is_finite()


def test_two_variables_of_one_ball_are_two_numbers():
    both = Value(arb(0, 1)).data
    x, y = Value(both), Value(both)
    assert ends((x * y).data)[0] <= -1
    assert ends((x * x).data)[0] == 0


def test_an_enclosure_that_forgets_its_radius_is_noticed(monkeypatch):
    table = registry.kind_of(STRADDLED).functions
    monkeypatch.setitem(table, "cos", lambda x: arb(x.mid()).cos())
    with pytest.raises(AssertionError):
        compare_with_true_values(EVERY["sin"], [0.3])


def test_many_digits_where_flint_is_asked_for_them():
    with flint.ctx.workprec(300):
        x = Value(arb(1) / 3)
        a.exp(a.sin(x)).backward()
        assert ends(x.grad)[1] - ends(x.grad)[0] < mpmath.mpf(2) ** -280


def test_a_graph_of_balls_pickles():
    x = Value(arb(1, 0.5))
    z = pickle.loads(pickle.dumps(a.sin(x)))
    z.backward()
    assert z.parents[0].grad.contains(math.cos(1.25))


def test_a_ball_is_pythons_number_too():
    half = Value(arb("0.5 +/- 0.1")).data
    assert (+half, type(half**-2)) == (half, type(half))
    assert all((half**-2).contains(1 / arb(end)) for end in ("0.36", "0.16"))
    assert pickle.loads(pickle.dumps(type(half)("nan"))).is_nan()
    with pytest.raises(TypeError, match="unsupported operand"):
        half + "a"
