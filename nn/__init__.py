"""nn: everything between a neuron and a trained model, on autograd's `Value`.

A `Module` owns Values, its parameters; a model is a function of them. `fit` moves them down the
gradient of a loss, and every piece of it is one small function or class. Its rooms, from the bottom
up: ``data`` is samples made ready, ``layers`` what a network is made of, ``training`` a loss and its
descent, ``files`` models on disk, ``pictures`` for looking.

>>> from nn import MLP
>>> model = MLP(3, [5, 1], seed=0)
>>> len(model.parameters())
26
"""

import autograd as _autograd

if not hasattr(_autograd, "Value"):
    raise ImportError(
        f"nn needs chainrule's autograd, but `import autograd` found {_autograd.__file__}, "
        f"which has no Value. HIPS autograd uses the same import name: pip uninstall autograd, "
        f"then pip install --force-reinstall chainrule"
    )

try:
    import numpy  # noqa: F401, ICN001
except ImportError as _error:
    raise ImportError("nn computes with NumPy: pip install 'chainrule[nn]'") from _error

from . import init, schedules
from .data.samples import augment, minibatches, one_hot, standardize
from .data.samples import (
    train_test_split as train_test_split,  # not in __all__: scikit-learn's stands beside it
)
from .data.toys import make_moons, make_xor
from .figures import alternative_text, describe, describe_figures
from .files.container import ModelFileError
from .files.models import load, save
from .files.trainings import load_training, save_training
from .layers.activations import ACTIVATIONS, linear
from .layers.neurons import MLP, Layer, Neuron, Sequential
from .layers.units import RBF, Dropout, Maxout, PReLU, RReLU
from .module import Module
from .pictures.live import LivePlot
from .pictures.network import plot_network
from .pictures.plots import plot_activation, plot_decision_boundary, plot_loss_surface
from .pictures.trace import trace
from .training.choices.losses import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    gaussian_nll_loss,
    hinge_loss,
    huber_loss,
    l1_loss,
    mse_loss,
)
from .training.choices.metrics import accuracy, confusion_matrix
from .training.choices.optimizer import Optimizer, clip_grad_norm_
from .training.choices.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop
from .training.choices.regularizers import l1, l2, weight_elimination
from .training.fit import fit
from .training.history import History
from .training.predict import predict
from .training.step import DivergedError

__version__ = _autograd.__version__

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "RBF",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "DivergedError",
    "Dropout",
    "History",
    "Layer",
    "LivePlot",
    "Maxout",
    "ModelFileError",
    "Module",
    "Neuron",
    "Optimizer",
    "PReLU",
    "RMSprop",
    "RReLU",
    "Sequential",
    "accuracy",
    "alternative_text",
    "augment",
    "binary_cross_entropy_with_logits",
    "clip_grad_norm_",
    "confusion_matrix",
    "cross_entropy",
    "describe",
    "describe_figures",
    "fit",
    "gaussian_nll_loss",
    "hinge_loss",
    "huber_loss",
    "init",
    "l1",
    "l1_loss",
    "l2",
    "linear",
    "load",
    "load_training",
    "make_moons",
    "make_xor",
    "minibatches",
    "mse_loss",
    "one_hot",
    "plot_activation",
    "plot_decision_boundary",
    "plot_loss_surface",
    "plot_network",
    "predict",
    "save",
    "save_training",
    "schedules",
    "standardize",
    "trace",
    "weight_elimination",
]
