"""Transforms serve SciPy's solvers as they are."""

import numpy as np
import pytest

from autograd import grad, hessian, hvp, jacobian, value_and_grad

optimize = pytest.importorskip("scipy.optimize")
integrate = pytest.importorskip("scipy.integrate")

START = np.array([-1.2, 1.0, 0.5])


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def test_minimize_with_value_and_gradient():
    result = optimize.minimize(value_and_grad(rosenbrock), START, jac=True, method="BFGS")
    assert result.success
    assert result.x == pytest.approx(np.ones(3), abs=1e-6)


def test_gradients_are_scipys_own():
    assert grad(rosenbrock)(START) == pytest.approx(optimize.rosen_der(START), rel=1e-13)
    assert hessian(rosenbrock)(START) == pytest.approx(optimize.rosen_hess(START), rel=1e-13)
    v = np.array([1.0, -2.0, 0.5])
    product = hvp(rosenbrock)(START, v)
    assert product == pytest.approx(optimize.rosen_hess_prod(START, v), rel=1e-13)
    assert optimize.check_grad(rosenbrock, grad(rosenbrock), START) < 1e-4


@pytest.mark.parametrize("method", ["Newton-CG", "trust-exact", "trust-ncg"])
def test_minimize_with_a_hessian(method):
    result = optimize.minimize(
        value_and_grad(rosenbrock), START, jac=True, hess=hessian(rosenbrock), method=method
    )
    assert result.x == pytest.approx(np.ones(3), abs=1e-4)
    assert result.nhev > 0


@pytest.mark.parametrize("method", ["Newton-CG", "trust-ncg", "trust-krylov"])
def test_minimize_with_hessian_vector_products(method):
    result = optimize.minimize(
        rosenbrock, START, jac=grad(rosenbrock), hessp=hvp(rosenbrock), method=method
    )
    assert result.x == pytest.approx(np.ones(3), abs=1e-4)


def test_minimize_with_arguments_and_constraints():
    def f(x, a, b):
        return ((x - a) ** 2).sum() * b

    a = np.array([2.0, 1.0])
    result = optimize.minimize(value_and_grad(f), np.zeros(2), args=(a, 3.0), jac=True)
    assert result.x == pytest.approx(a, abs=1e-6)

    def on_line(x):
        return x[0] + x[1] - 1

    result = optimize.minimize(
        value_and_grad(f),
        np.zeros(2),
        args=(a, 3.0),
        jac=True,
        method="SLSQP",
        constraints={"type": "eq", "fun": on_line, "jac": grad(on_line)},
    )
    assert result.x == pytest.approx([1.0, 0.0], abs=1e-6)


def test_hessian_vector_products_with_arguments():
    def f(x, a):
        return (a * x**4).sum()

    result = optimize.minimize(
        f, np.ones(2), args=(2.0,), jac=grad(f), hessp=hvp(f), method="trust-ncg"
    )
    assert result.fun < 1e-6


def test_least_squares_with_a_jacobian():
    t = np.linspace(0, 3, 20)
    seen = 2.5 * np.exp(-1.3 * t) + 0.5

    def residuals(p):
        return p[0] * np.exp(-p[1] * t) + p[2] - seen

    result = optimize.least_squares(residuals, np.ones(3), jac=jacobian(residuals))
    assert result.x == pytest.approx([2.5, 1.3, 0.5], rel=1e-6)
    assert result.jac.shape == (20, 3)


def test_root_and_newton():
    def f(x):
        return np.stack([x[0] + 0.5 * (x[0] - x[1]) ** 3 - 1, 0.5 * (x[1] - x[0]) ** 3 + x[1]])

    result = optimize.root(f, np.zeros(2), jac=jacobian(f))
    assert result.x == pytest.approx([0.8411639, 0.1588361], rel=1e-6)
    cube = lambda x: x**3 - 2
    found = optimize.newton(cube, 1.5, fprime=grad(cube), fprime2=grad(grad(cube)))
    assert found == pytest.approx(2 ** (1 / 3), rel=1e-12)


@pytest.mark.parametrize("method", ["BDF", "Radau"])
def test_solve_ivp_with_a_jacobian(method):
    def van_der_pol(t, y):
        return [y[1], 50 * (1 - y[0] ** 2) * y[1] - y[0]]

    calls = []

    def jac(t, y):
        calls.append(t)
        return jacobian(van_der_pol, 1)(t, y)

    def slopes(t, y):
        return np.array([[0, 1], [-100 * y[0] * y[1] - 1, 50 * (1 - y[0] ** 2)]])

    ours, theirs = (
        integrate.solve_ivp(van_der_pol, (0, 20), [2.0, 0.0], method=method, jac=j, rtol=1e-6)
        for j in (lambda t, y: np.array(jac(t, y)), slopes)
    )
    assert ours.success
    assert len(calls) > 1
    assert ours.y[:, -1] == pytest.approx(theirs.y[:, -1], rel=1e-8)


def test_solve_ivp_takes_the_jacobian_of_an_array_unchanged():
    A = np.array([[-100.0, 1.0], [0.0, -1.0]])
    f = lambda t, y: A @ y
    result = integrate.solve_ivp(f, (0, 1), np.ones(2), method="BDF", jac=jacobian(f, 1))
    assert result.success
    assert np.array_equal(jacobian(f, 1)(0.0, np.ones(2)), A)
