"""Special functions of recorded numbers are written with a few of SciPy's: the same as the engine's."""

import math

import numpy as np
import pytest

from autograd import jit, logsumexp, value_and_grad
from autograd.kinds import special

POINTS = [0.0, -0.0, 1e-300, 1e-5, 0.3, 1.0, 2.5, 10.0, 45.0, 1e5, 1e200, -0.25, -3.0, -7.3, -45.0]
POINTS += [-1e5, -1e12, math.inf, -math.inf, math.nan]
OF_ONE = ["gaussian", "polygamma", "iv", "sinc_slope"]


def of_order(name, n):
    return lambda x: getattr(special, name)(n, x)


FUNCTIONS = {f"{name} {n}": of_order(name, n) for name in OF_ONE for n in (1, 2, 3)}
FUNCTIONS |= {
    name: getattr(special, name) for name in "digamma ndtr log_ndtr mills erfinv gammaln".split()
}
FUNCTIONS |= {"iv 0": of_order("iv", 0), "polygamma 0": of_order("polygamma", 0)}


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_special_functions_everywhere(name, backend):
    f = FUNCTIONS[name]
    g = jit(f, backend=backend)
    for x in POINTS:
        want, got = f(x), g(x)
        small = 1e-14 if name in ("digamma", "gammaln", "polygamma 0") else 0.0  # near zeros
        np.testing.assert_allclose(got, want, rtol=1e-13, atol=small, err_msg=f"{name} at {x}")


def test_logsumexp_and_its_slopes_share_each_exponential():
    f = jit(value_and_grad(lambda x: logsumexp([*x])), backend="numpy")
    assert str(f.program(np.arange(12.0))).count("exp(") == 1  # in a loop


@pytest.mark.parametrize("backend", ["llvm", "numpy", "python"])
@pytest.mark.parametrize(
    "x",
    [
        [0.0, 0.0, -40.0],
        [-40.0, 0.0],
        [1000.0, 1000.0],
        [math.inf, 0.0, math.inf],
        [-math.inf, -math.inf],
        [-math.inf, 2.0],
        [math.nan, 1.0],
        [3.0],
    ],
)
def test_logsumexp_with_largest_ones_that_are_equal_or_infinite(backend, x):
    f = value_and_grad(lambda x: logsumexp([*x]))
    for got, want in zip(jit(f, backend=backend)(np.array(x)), f(np.array(x)), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-15)
