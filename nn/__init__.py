"""nn: everything between a neuron and a trained model, on autograd's `Value`.

A `Module` owns Values, its parameters; a model is a function of them. `fit` moves them down the
gradient of a loss, and every piece of it is one small function or class.

>>> from nn import MLP
>>> model = MLP(3, [5, 1], seed=0)
>>> len(model.parameters())
26
"""

import autograd as _autograd

if not hasattr(_autograd, "Value"):
    raise ImportError(
        f"nn needs chainrule's autograd, but `import autograd` found {_autograd.__file__}, which has "
        f"no Value. HIPS autograd uses the same import name: pip uninstall autograd, then "
        f"pip install --force-reinstall chainrule"
    )

from .activations import ACTIVATIONS, linear
from .layers import MLP, Layer, Neuron, Sequential
from .module import Module
from .units import RBF, Dropout, Maxout, PReLU, RReLU

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "RBF",
    "Dropout",
    "Layer",
    "Maxout",
    "Module",
    "Neuron",
    "PReLU",
    "RReLU",
    "Sequential",
    "linear",
]
