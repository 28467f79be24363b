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

__version__ = "0.1.0"

from typing import TYPE_CHECKING, Any

from .compiler.jit import jit
from .compiler.permutations import permutations
from .compiler.scan import scan
from .compiler.scanning.batches import Batches
from .context import no_grad
from .errors import (
    AnomalyError,
    BatchError,
    ExpressionError,
    GradcheckError,
    GradientLostError,
    KindError,
    NumberError,
    PrimitiveError,
    RecordingError,
    RendererError,
    TransformError,
)
from .kinds.kind import NOTHING
from .kinds.polynomials import Series
from .kinds.users import register
from .operations.arithmetic import (
    add,
    cbrt,
    div,
    fmod,
    hypot,
    mod,
    mul,
    neg,
    reciprocal,
    sqrt,
    square,
    sub,
)
from .operations.arithmetic import pow as pow
from .operations.branches import abs as abs
from .operations.branches import ceil, floor, maximum, minimum, relu, sign, where
from .operations.branches import round as round
from .operations.composites import (
    PRIMITIVES,
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
    softmax,
)
from .operations.elementary import (
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    cos,
    cosh,
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    sigmoid,
    sin,
    sinh,
    softplus,
    tan,
    tanh,
)
from .operations.samples import stack
from .operations.sequences import dot, logsumexp, prod
from .operations.sequences import sum as sum
from .operations.special import (
    digamma,
    erf,
    erfc,
    erfinv,
    gammaln,
    i0,
    i1,
    log_ndtr,
    logit,
    ndtr,
    sinc,
    xlog1py,
    xlogy,
)
from .primitive import Primitive, primitive
from .tools import pickling as _pickling  # noqa: F401  (it registers with copyreg)
from .tools.anomaly import detect_anomaly
from .tools.atomic_write import write_file
from .tools.groups import group
from .transforms.checkpoint import checkpoint
from .transforms.gradients import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from .transforms.jet import jet
from .transforms.pytree import register_pytree_node
from .transforms.vmap import vmap
from .value import Value

if TYPE_CHECKING:
    from .pictures.looking import (
        check_engine,
        descent_page,
        draw,
        explain,
        film,
        formula,
        gradcheck,
        numerical_gradient,
        step_through,
    )

__all__ = [
    "NOTHING",
    "PRIMITIVES",
    "AnomalyError",
    "BatchError",
    "Batches",
    "ExpressionError",
    "GradcheckError",
    "GradientLostError",
    "KindError",
    "NumberError",
    "Primitive",
    "PrimitiveError",
    "RecordingError",
    "RendererError",
    "Series",
    "TransformError",
    "Value",
    "add",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cbrt",
    "ceil",
    "check_engine",
    "checkpoint",
    "clip",
    "cos",
    "cosh",
    "degrees",
    "descent_page",
    "detect_anomaly",
    "digamma",
    "div",
    "dot",
    "draw",
    "elu",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "explain",
    "expm1",
    "film",
    "floor",
    "fmod",
    "formula",
    "gammaln",
    "grad",
    "gradcheck",
    "group",
    "hard_tanh",
    "hessian",
    "hvp",
    "hypot",
    "i0",
    "i1",
    "jacobian",
    "jet",
    "jit",
    "jvp",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_ndtr",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "logit",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "mod",
    "mul",
    "ndtr",
    "neg",
    "no_grad",
    "numerical_gradient",
    "permutations",
    "primitive",
    "prod",
    "radians",
    "reciprocal",
    "register",
    "register_pytree_node",
    "relu",
    "scan",
    "sigmoid",
    "sign",
    "sin",
    "sinc",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "square",
    "stack",
    "step_through",
    "sub",
    "tan",
    "tanh",
    "value_and_grad",
    "vjp",
    "vmap",
    "where",
    "write_file",
    "xlog1py",
    "xlogy",
]


def __getattr__(name: str) -> Any:
    """What looks at a graph or checks it, half of the package, is loaded when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .pictures import looking

    return getattr(looking, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
