"""Forward and reverse sweeps over one run: what is the same for all samples counts for each of them."""

import numpy as np
import pytest

from autograd import Value, grad, hessian, jacobian, jvp, mean, sum, value_and_grad, vmap, where

HELD = np.arange(3.0)
FUNCTIONS = [
    lambda x: (HELD - x).sum(),
    lambda x: mean(x - HELD),
    lambda x: (x + HELD).sum() * (2 * x - HELD).mean(),
    lambda x: sum(where(HELD > 1, x, x * x) - HELD),
    lambda x: sum(vmap(lambda t: x - t)(HELD)),
]


@pytest.mark.parametrize("f", FUNCTIONS)
def test_a_tangent_that_is_the_same_for_all_samples_is_summed_over_them(f):
    assert jvp(f, (1.5,), (1.0,))[1] == pytest.approx(grad(f)(1.5))
    assert jacobian(f, mode="forward")(1.5) == pytest.approx(grad(f)(1.5))
    slope = grad(lambda x: f(x) ** 2)
    assert hessian(lambda x: f(x) ** 2)(1.5) == pytest.approx(jacobian(slope, mode="reverse")(1.5))


@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian, hessian, vmap])
def test_what_is_no_function_is_refused_at_once(transform):
    with pytest.raises(TypeError, match=r"takes a function, got Value\(data=9.0.* of type Value"):
        transform(Value(3.0) ** 2)
