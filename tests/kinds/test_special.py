"""Special functions at the ends of their domains."""

import math

import numpy as np

from autograd import Value, grad, i0, i1, log_ndtr, sinc, vmap


def test_the_slope_of_log_ndtr_far_out_is_minus_x():
    x = Value(-math.inf)
    log_ndtr(x).backward()
    assert x.grad == math.inf
    assert vmap(grad(log_ndtr))(np.array([-math.inf, -1e12])).tolist() == [math.inf, 1e12]


def test_sinc_of_what_is_not_finite():
    for x in (math.nan, math.inf, -math.inf):
        assert math.isnan(sinc(x))
        assert math.isnan(grad(sinc)(x))
    assert np.isnan(vmap(grad(sinc))(np.array([math.nan, 0.5]))).tolist() == [True, False]


def test_the_slope_of_a_power_of_infinity():
    assert grad(lambda x: x**0.3)(math.inf) == 0
    assert vmap(grad(lambda x: x**0.3))(np.array([math.inf, 1.0])).tolist() == [0, 0.3]
    assert math.isfinite(grad(lambda x: x**1.1)(1e281))


def test_bessel_functions_at_infinity():
    """SciPy's own answer nan there."""
    inf = math.inf
    assert (i0(inf), i0(-inf), i1(inf), i1(-inf)) == (inf, inf, inf, -inf)
    np.testing.assert_array_equal(i1(np.array([-inf, 0.0, inf])), [-inf, 0.0, inf])
    x = Value(inf)
    i0(x).backward()
    assert x.grad == inf
