"""Activations: what a unit makes of its weighted sum z, each with the name that layers know it by.

Functions of one number, or of a batch of one number; the engine has their derivatives. The
rectifiers are one family, max(0, z) + a · min(0, z): ReLU has a = 0, leaky ReLU a = 0.01, |z|
a = -1, and PReLU and RReLU (`units`) learn a and draw it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import abs as absolute
from autograd import elu, hard_tanh, leaky_relu, relu, sigmoid, softplus, tanh

from ..settings import named

Activation = Callable[[Any], Any]


def linear(z: Any) -> Any:
    """z itself, the unit of an output that is any number; derivative 1.

    >>> linear(3.0)
    3.0
    """
    return z


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    # 1 / (1 + e⁻ᶻ). P.-F. Verhulst, Correspondance mathématique et physique 10, 1838
    "sigmoid": sigmoid,
    # 2 σ(2z) - 1. Y. LeCun et al., Efficient BackProp, 1998, why it is better than σ in hidden units
    "tanh": tanh,
    # R. Collobert, Large scale machine learning, PhD thesis, Université Paris VI, 2004
    "hard_tanh": hard_tanh,
    # V. Nair, G. Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010
    "relu": relu,
    # K. Jarrett et al., What is the best multi-stage architecture for object recognition?, ICCV 2009
    "abs": absolute,
    # A. Maas, A. Hannun, A. Ng, Rectifier nonlinearities improve acoustic models, ICML 2013
    "leaky_relu": leaky_relu,
    # D.-A. Clevert, T. Unterthiner, S. Hochreiter, arXiv:1511.07289
    "elu": elu,
    # C. Dugas et al., Incorporating second-order functional knowledge, NIPS 2000
    "softplus": softplus,
}
"""Every activation by its name; sources in the lines above each."""


def activation_function(activation: str | Activation) -> Activation:
    """The function of a name in `ACTIVATIONS`, or the function that was given.

    Raises ValueError for an unknown name, TypeError for what cannot be called.

    >>> activation_function("relu")(-2.0)
    0.0
    """
    function: Activation = named("activation", activation, ACTIVATIONS)
    if not callable(function):
        raise TypeError(f"an activation is a name or a function, got {activation!r}")
    return function
