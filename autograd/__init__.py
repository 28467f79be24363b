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

import builtins

from . import errors, functions, ops, sequences
from .context import group, no_grad
from .errors import *
from .functions import *
from .numeric import NOTHING, register
from .operators import PRIMITIVES
from .ops import *
from .sequences import *
from .value import Primitive, Value, primitive

_names = {
    "NOTHING",
    "PRIMITIVES",
    "Primitive",
    "Value",
    "group",
    "no_grad",
    "primitive",
    "register",
}
_names.update(errors.__all__, functions.__all__, ops.__all__, sequences.__all__)
__all__ = sorted(name for name in _names if not hasattr(builtins, name))  # noqa: PLE0605
