"""Nested derivatives never take one variable's perturbation for another's.

The programs are of B. Pearlmutter and J. M. Siskind: Perturbation confusion and referential
transparency, IFL 2005; and Using programming language theory to make automatic differentiation sound
and efficient, AD 2008, where a derivative is taken through an inner optimisation by derivatives.
"""

import itertools
import math

import pytest

from autograd import Value, exp, grad, jacobian, jvp, sin, sqrt, tanh, vjp

GRADIENTS = {
    "reverse": grad,
    "forward": lambda f: jacobian(f, mode="forward"),
    "jvp": lambda f: lambda x: jvp(f, (x,), (1.0,))[1],
    "vjp": lambda f: lambda x: vjp(f, x)[1](1.0)[0],
    "reverse jacobian": lambda f: jacobian(f, mode="reverse"),
}
PAIRS = [*itertools.product(GRADIENTS, repeat=2)]
MODES = [*itertools.product(["reverse", "forward"], repeat=2)]


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_the_classic_inner_derivative_of_a_sum_is_one(outer, inner):
    D, d = GRADIENTS[outer], GRADIENTS[inner]
    # d/dx (x · d/dy (x + y)) = d/dx (x · 1) = 1, and 2 with confusion
    assert D(lambda x: x * d(lambda y: x + y)(1.0))(1.0) == 1


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_an_inner_derivative_at_the_outer_variable(outer, inner):
    D, d = GRADIENTS[outer], GRADIENTS[inner]
    # d/dy (x y²) at y = x is 2x², whose derivative is 4x; x times it: 6x²
    assert D(lambda x: d(lambda y: x * y * y)(x))(3.0) == 12
    assert D(lambda x: x * d(lambda y: x * y * y)(x))(3.0) == 54


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_an_inner_derivative_of_a_product(outer, inner):
    D, d = GRADIENTS[outer], GRADIENTS[inner]
    # x · d/dy (x y) = x²
    assert D(lambda x: x * d(lambda y: x * y)(5.0))(2.0) == 4


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_an_inner_function_that_ignores_its_variable(outer, inner):
    D, d = GRADIENTS[outer], GRADIENTS[inner]
    assert D(lambda x: x * d(lambda y: x * x)(1.0))(2.0) == 0
    assert D(lambda x: 7 * d(lambda y: y * y)(1.0))(2.0) == 0


@pytest.mark.parametrize("modes", [*itertools.product(["reverse", "forward", "jvp"], repeat=3)])
def test_three_levels_close_over_one_another(modes):
    A, B, C = (GRADIENTS[mode] for mode in modes)

    def f(x):
        return x * B(lambda y: y * x * C(lambda z: sin(x * y * z))(2.0))(x)

    # C: xy cos(2xy). B: d/dy (x²y² cos 2xy) at y = x. Then x·(...), written out and differentiated:
    # x·(2x³ cos 2x² - 2x⁵ sin 2x²) = 2x⁴ cos 2x² - 2x⁶ sin 2x²
    x = 0.7
    c, s = math.cos(2 * x * x), math.sin(2 * x * x)
    exact = 8 * x**3 * c - 8 * x**5 * s - 12 * x**5 * s - 8 * x**7 * c
    assert A(f)(x) == pytest.approx(exact, rel=1e-13)


@pytest.mark.parametrize("modes", [*itertools.product(["reverse", "forward"], repeat=3)])
def test_third_derivatives_of_one_function(modes):
    A, B, C = (GRADIENTS[mode] for mode in modes)
    assert A(B(C(lambda x: x**5)))(2.0) == 240
    t = math.tanh(0.3)
    exact = (1 - t * t) * (6 * t * t - 2)
    assert A(B(C(tanh)))(0.3) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_a_derivative_that_escapes_the_call_it_was_made_in(outer, inner):
    D, d = GRADIENTS[outer], GRADIENTS[inner]
    kept = []

    def f(x):
        kept.append(lambda u: d(lambda y: x * y * u)(1.0))
        return D(kept[-1])(3.0)  # d/du (x u) = x

    assert D(f)(2.0) == 1


def test_manzyuks_higher_order_function_keeps_perturbations_apart():
    # O. Manzyuk et al., Perturbation confusion in forward AD of higher-order functions, JFP 2019
    def shifted(u):
        return lambda f: lambda x: f(x + u)

    def D(f, x):  # of a function-valued function, pointwise: the derivative of what it answers
        return lambda g: lambda y: grad(lambda u: f(u)(g)(y))(x)

    hat = D(shifted, 0.0)
    assert hat(exp)(1.0) == pytest.approx(math.e)
    assert hat(hat(exp))(1.0) == pytest.approx(math.e)


def test_backward_through_a_transform_of_closed_over_values():
    w, x = Value(3.0), Value(2.0)
    penalty = grad(lambda u: w * u**3)(x) ** 2  # (3 w x²)² = 9 w² x⁴
    penalty.backward()
    assert penalty.data == 36**2
    assert (w.grad, x.grad) == (18 * 3 * 16, 36 * 9 * 8)


# --------------------------------------------------------- optimisation through derivatives, AD 2008


def argmin(f, x, slope, step=1e-5):
    """Their gradient descent with a line search, over a list of numbers; f may close over Values."""
    fx, gx, i = f(x), slope(x), 0
    while norm(gx) > 1e-5:
        if i == 10:
            step, i = 2 * step, 0
            continue
        new = [a - step * g for a, g in zip(x, gx, strict=True)]
        if norm([a - b for a, b in zip(x, new, strict=True)]) <= 1e-5:
            break
        f_new = f(new)
        if f_new < fx:
            x, fx, gx, i = new, f_new, slope(new), i + 1
        else:
            step, i = step / 2, 0
    return x


def norm(v):
    return sqrt(sum(a * a for a in v))


def value(first, second):
    """Their saddle, of which the first player seeks the least and the second the greatest value."""
    return first[0] ** 2 + first[1] ** 2 - (second[0] ** 2 + second[1] ** 2)


def saddle(outer, inner, step):
    """Where both players end, by descents through descents."""

    def reply(first):
        def loss(second):
            return -value(first, second)

        return argmin(loss, [1.0, 1.0], inner(loss), step)

    def loss(first):
        return value(first, reply(first))

    first = argmin(loss, [1.0, 1.0], outer(loss), step)
    return [*first, *reply(first)]


@pytest.mark.parametrize(("outer", "inner"), MODES)
def test_the_saddle_point(outer, inner):
    expected = saddle(written_out, written_out, 0.1)
    assert max(map(abs, expected)) < 1e-5
    assert saddle(GRADIENTS[outer], GRADIENTS[inner], 0.1) == pytest.approx(expected, rel=1e-9)


def written_out(_):
    """The slope of either player's loss, by hand."""
    return lambda x: [2 * x[0], 2 * x[1]]


def test_the_saddle_point_as_published():
    # their program prints 8.246324826140356e-06 for all four coordinates
    assert saddle(written_out, written_out, 1e-5) == pytest.approx(
        [8.246324826140356e-06] * 4, rel=1e-9
    )


CHARGE = 10.0
DT = 1e-1


def landing(w, gradient):
    """The squared distance from 0 at which the particle crosses the axis, by Euler steps."""

    def potential(x):
        near = [(CHARGE, 10 - w), (CHARGE, 0)]
        return sum(1 / sqrt((x[0] - a) ** 2 + (x[1] - b) ** 2) for a, b in near)

    field = gradient(potential)
    x, v = [0.0, 8.0], [0.75, 0.0]
    while True:
        force = field(x)
        new = [a + DT * b for a, b in zip(x, v, strict=True)]
        if not new[1] > 0:
            break
        x, v = new, [b - DT * f for b, f in zip(v, force, strict=True)]
    return (x[0] - x[1] / v[1] * v[0]) ** 2


def hand_written(potential):
    """The field of the two charges with its derivative written out, for plain numbers."""
    near = [(CHARGE, b) for b in potential]
    return lambda x: [
        -sum((x[i] - at[i]) / math.hypot(x[0] - at[0], x[1] - at[1]) ** 3 for at in near)
        for i in range(2)
    ]


def plain_landing(w):
    return landing(w, lambda _: hand_written([10 - w, 0.0]))


@pytest.mark.parametrize(("outer", "inner"), MODES)
def test_the_derivative_of_the_particles_landing(outer, inner):
    w, h = 0.1, 1e-5
    expected = (plain_landing(w + h) - plain_landing(w - h)) / (2 * h)
    actual = GRADIENTS[outer](lambda w: landing(w, GRADIENTS[inner]))(w)
    assert actual == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("outer", "inner"), MODES)
def test_the_particle_in_a_field(outer, inner):
    outer, inner = GRADIENTS[outer], GRADIENTS[inner]

    def slope(w):
        return outer(lambda u: landing(u, inner))(w)

    w = 0.2071  # from near the end of their descent, by Newton's method: a third nested derivative
    w -= slope(w) / outer(slope)(w)
    assert w == pytest.approx(0.20719187464861197, abs=2e-5)  # as their program prints
    assert plain_landing(w) < 1e-12 < plain_landing(0.2071)
