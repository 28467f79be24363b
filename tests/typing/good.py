"""What type checkers see of the package: every line must be accepted, with these types."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, assert_type

import numpy as np

from autograd import (
    Value,
    clip,
    dot,
    draw,
    exp,
    grad,
    group,
    hessian,
    jvp,
    maximum,
    no_grad,
    primitive,
    tanh,
    value_and_grad,
    vjp,
    where,
)

v, w = Value(1.0, "v"), Value(Fraction(1, 3))
batch = Value(np.array([1.0, 2.0]))

# operators, with every kind of number on either side
assert_type(v + 1, Value)
assert_type(1 - v, Value)
assert_type(2.0 * v / w, Value)
assert_type(v**2 % 3, Value)
assert_type(Fraction(1, 2) ** v, Value)
assert_type(-v, Value)
assert_type(+v, Value)
assert_type(abs(v), Value)
assert_type(round(v), Value)
assert_type(v * np.array([1.0, 2.0]), Value)
assert_type(np.float64(2) * v, Value)

# methods
assert_type(v.tanh(), Value)
assert_type(v.leaky_relu(0.1), Value)
assert_type(v.clip(0, high=1), Value)
assert_type(batch.mean(), Value)
assert_type(v.detach(), Value)
assert_type(v.parents, tuple[Value, ...])
assert_type(v.label, str)
assert_type(batch.shape, tuple[int, ...])
assert_type(v.backward(), None)
batch.backward(np.array([1.0, 0.0]))

# functions
assert_type(tanh(v), Value)
assert_type(exp(2.0), Any)
assert_type(maximum(v, 0), Value)
assert_type(dot([v, w], [1.0, 2.0]), Value)
where(v > 0, v, 0.0)
clip(v, 0, 1)

# what a user makes


@primitive(lambda g, z, x, y: g * y**2, lambda g, z, x, y: g * 2 * x * y)
def kinetic(x: Any, y: Any) -> Any:
    """Return x y²."""
    return x * y**2


assert_type(kinetic(v, 2.0), Value)
assert_type(kinetic(1.0, 2.0), Any)


# transforms


def f(x: Any, y: Any = 2.0) -> Any:
    """Return x²y."""
    return x * x * y


assert_type(grad(f), Callable[..., Any])
assert_type(value_and_grad(tanh, has_aux=False)(1.0), tuple[Any, Any])
grad(grad(lambda x: x**3))(2.0)
grad(kinetic, argnums=(0, 1))(2.0, 3.0)
hessian(f)(np.array([1.0, 2.0]), y=3.0)
out, pull = vjp(f, 3.0)
out, tangent = jvp(f, (3.0,), (1.0,))

with no_grad(), group("layer 1"):
    draw(v * w).save("graph.svg")
