"""What a function may reach and jit knows by name alone: it computes, and does nothing else.

Pure are the functions listed here: what they answer follows from what they are given, and they change
nothing else. What is not listed (random, time, os, open, print, getattr, id, set, …) is not known, and a
function that reaches it is recorded in every process.

The two packages that this compiler comes with are known by their files (see `stamp`), but for the parts
that draw random numbers, read and write files, show or train.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import math
import operator
import sys
from types import FunctionType
from typing import Any

import numpy as np

from ..stamp import PACKAGES

BUILTINS = """abs all any bool bytes callable classmethod complex dict divmod enumerate filter float int
    isinstance issubclass iter len list map max min next pow property range reversed round slice sorted
    staticmethod str sum super tuple zip""".split()
NUMPY = """abs add all allclose amax amin any arange argmax argmin argsort array array_split asarray
    atleast_1d atleast_2d bool_ broadcast_to clip column_stack concatenate cross cumprod cumsum diag diff
    dot dtype einsum expand_dims eye flip float32 float64 full full_like hstack identity inner int32
    int64 interp isclose kron linspace max mean median meshgrid min moveaxis ndim ones ones_like outer
    prod ptp ravel repeat reshape roll shape size sort split squeeze stack std sum swapaxes take
    tensordot tile trace transpose trapezoid tril triu var vdot vstack where zeros zeros_like""".split()
LINALG = "cholesky det eigh eigvalsh inv matrix_power norm pinv qr slogdet solve svd".split()
OPERATOR_REFUSED = {"attrgetter", "methodcaller"}  # attributes by names that no code shows
ROOMS = """autograd.adjoints autograd.compiler autograd.context autograd.errors autograd.kinds
    autograd.operations autograd.primitive autograd.protocols autograd.specialised autograd.transforms
    autograd.value nn.layers nn.module nn.names nn.parts nn.places nn.schedules nn.training.losses
    nn.training.regularizers""".split()
CLASSES = {"autograd.value.Value", "nn.module.Module"}
"""Classes of ours that code may name: calling others may draw numbers, or do more than compute."""


@functools.cache
def pure() -> dict[int, str]:
    """The names of pure functions, by their identities."""
    found = {f"builtins.{name}": getattr(builtins, name) for name in BUILTINS}
    for name, x in vars(builtins).items():
        if isinstance(x, type) and issubclass(x, BaseException):
            found[f"builtins.{name}"] = x
    for module, names in (
        (math, vars(math)),
        (itertools, vars(itertools)),
        (operator, {*operator.__all__} - OPERATOR_REFUSED),
        (functools, ("partial", "reduce")),
        (np, NUMPY),
        (np.linalg, LINALG),
        (np, [name for name, x in vars(np).items() if type(x) is np.ufunc]),
    ):
        where = vars(module)
        shown = {name: where.get(name) for name in names if name[:1] != "_"}
        found |= {f"{module.__name__}.{name}": x for name, x in shown.items() if callable(x)}
    return {id(x): name for name, x in found.items()}


def is_our_function(f: FunctionType) -> bool:
    """Whether a function is one of our files', in a part that computes and does nothing else."""
    module = sys.modules.get(f.__module__ or "")
    return (
        _is_room(f.__module__)
        and f.__globals__ is getattr(module, "__dict__", None)
        and f.__code__.co_filename.startswith(tuple(PACKAGES))
    )


def is_our_class(cls: type) -> bool:
    """Whether a class is what one of our files calls so."""
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls and _is_room(cls.__module__)


def _is_room(module: str | None) -> bool:
    return module is not None and any(
        module == room or module.startswith(room + ".") for room in ROOMS
    )
