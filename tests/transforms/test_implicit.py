"""An implicit function as a user's primitive: solved by Newton, differentiated by its theorem.

x(a) with f(x, a) = x has dx/da = fₐ / (1 - fₓ) at the solution (the implicit function theorem), so
nothing is differentiated through the solver's steps.
"""

import math

import pytest

from autograd import Value, cos, exp, grad, hessian, jacobian, jvp, log, primitive
from autograd.value import topological_order


def equation(x, a):
    return a * cos(x)


def slope(g, x, a):
    """g · dx/da, written with transforms: a formula as good for Values as for numbers."""
    by_x, by_a = grad(equation, (0, 1))(x, a)
    return g * by_a / (1 - by_x)


STEPS = []


@primitive(lambda g, z, a: slope(g, z, a))
def fixed_point(a):
    """The x with x = a cos x."""
    x = 0.5
    for _ in range(50):
        residual = equation(x, a) - x
        if abs(residual) < 1e-15:
            break
        STEPS.append(x)
        x -= residual / (grad(equation)(x, a) - 1)
    return x


def solved(a):
    """The solution by bisection, and its first two derivatives by differences."""
    low, high = 0.0, math.pi / 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if a * math.cos(middle) > middle else (low, middle)
    return low


def first(a):
    x = solved(a)
    return math.cos(x) / (1 + a * math.sin(x))


@pytest.mark.parametrize("a", [0.3, 0.8, 1.0])
def test_the_solution_and_its_derivatives(a):
    assert fixed_point(a) == pytest.approx(solved(a), rel=1e-14)
    assert grad(fixed_point)(a) == pytest.approx(first(a), rel=1e-13)
    h = 1e-4
    near = [first(a + k * h) for k in (-2, -1, 1, 2)]
    second = (near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * h)
    assert grad(grad(fixed_point))(a) == pytest.approx(second, rel=1e-9)
    assert second != 0


def test_all_modes_agree():
    a = 0.8
    second = grad(grad(fixed_point))(a)
    for outer in ("forward", "reverse"):
        for inner in ("forward", "reverse"):
            f = jacobian(jacobian(fixed_point, mode=inner), mode=outer)
            assert f(a) == pytest.approx(second, rel=1e-13)
    assert jvp(fixed_point, (a,), (2.0,))[1] == 2 * grad(fixed_point)(a)
    assert hessian(lambda v: fixed_point(v[0]) * v[1])([a, 3.0])[0][0] == pytest.approx(3 * second)


def test_the_solver_is_not_in_the_graph():
    STEPS.clear()
    a = Value(0.8)
    x = fixed_point(a)
    assert len(STEPS) > 2
    assert topological_order(x) == [a, x]
    steps = len(STEPS)
    x.backward()
    assert len(STEPS) == steps, "backward solved again"
    assert a.grad == pytest.approx(first(0.8), rel=1e-13)


def test_it_composes_with_other_operations():
    f = lambda a: log(fixed_point(exp(a)) + 1)
    a, h = -0.2, 1e-4
    near = [math.log(solved(math.exp(a + k * h)) + 1) for k in (-2, -1, 1, 2)]
    expected = (near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * h)
    assert grad(f)(a) == pytest.approx(expected, rel=1e-9)
