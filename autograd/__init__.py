"""chainrule: scalar reverse-mode automatic differentiation.

The calculus is written once, and every power is a choice of number: a `Value` of a float gives the
ordinary engine, of an array a batch, of a Fraction exact gradients, of a SymPy symbol formulas.

>>> from autograd import Value
>>> x, y, z = Value(-2.0), Value(5.0), Value(-4.0)
>>> f = (x + y) * z
>>> f.backward()
>>> x.grad, y.grad, z.grad
(-4.0, -4.0, 3.0)
"""

import builtins as _builtins
from types import ModuleType as _ModuleType

from .anomaly import detect_anomaly
from .branches import (
    abs,
    ceil,
    floor,
    maximum,
    minimum,
    relu,
    round,
    sign,
    where,
)
from .check import gradcheck, numerical_gradient
from .checkpoint import checkpoint
from .context import group, no_grad
from .errors import (
    AnomalyError,
    BatchError,
    ExpressionError,
    GradcheckError,
    GradientLostError,
    KindError,
    NumberError,
    PrimitiveError,
    RendererError,
    TransformError,
)
from .explain import explain, formula
from .functions import (
    clip,
    degrees,
    elu,
    hard_tanh,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    logaddexp,
    mean,
    radians,
    sinc,
    softmax,
    softplus,
)
from . import pickling as _pickling
from .operators import PRIMITIVES
from .ops import (
    add,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    cbrt,
    cos,
    cosh,
    div,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    fmod,
    hypot,
    log,
    log10,
    log1p,
    log2,
    mod,
    mul,
    neg,
    pow,
    reciprocal,
    sigmoid,
    sin,
    sinh,
    sqrt,
    square,
    sub,
    tan,
    tanh,
)
from .pictures import draw
from .primitive import Primitive, primitive
from .registry import register
from .sequences import (
    dot,
    logsumexp,
    prod,
    sum,
)
from .transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from .untaken import NOTHING
from .value import Value
from .vmap import vmap

__all__ = [  # noqa: PLE0604  (abs, pow, round and sum are here, but a star import spares the builtins)
    name
    for name, value in list(globals().items())
    if not (name.startswith("_") or isinstance(value, _ModuleType) or hasattr(_builtins, name))
]
