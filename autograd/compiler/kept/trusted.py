"""What is known by its name alone, and need not be described: functions that compute, and our own code.

The functions listed here are pure: what they answer follows from what they are given, and they change
nothing. What is not listed (random, time, os, open, print, getattr, id, set, …) is not known, and a
function that reaches it is recorded in every process.

Our own two packages are known by their files (see `own_files`), but for the parts that draw random
numbers, read and write files, draw pictures or train.
"""

from __future__ import annotations

import builtins
import functools
import itertools
import math
import operator
import sys
from collections.abc import Sequence
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from .own_files import PACKAGES

BUILTINS = """abs all any bool bytes callable classmethod complex dict divmod enumerate filter float int
    isinstance issubclass iter len list map max min next pow property range reversed round slice sorted
    staticmethod str sum super tuple type zip""".split()
NUMPY = """abs add all allclose amax amin any append arange argmax argmin argpartition argsort argwhere
    around array array_equal array_split asanyarray asarray atleast_1d atleast_2d average block bool_
    broadcast_to choose clip column_stack concatenate convolve copy corrcoef correlate count_nonzero
    cov cross cumprod cumsum cumulative_prod cumulative_sum delete diag diagonal diff digitize dot
    dstack dtype ediff1d einsum expand_dims eye fix flatnonzero flip fliplr flipud float32 float64
    full full_like gradient hstack i0 identity inner insert int32 int64 interp isclose iscomplex
    isneginf isposinf isreal ix_ kron linspace logspace max mean median meshgrid min moveaxis
    nan_to_num nancumprod nancumsum nanmax nanmean nanmin nanprod nanstd nansum nanvar ndim nonzero
    ones ones_like outer pad partition percentile polymul polyval prod ptp quantile ravel real
    real_if_close repeat reshape roll rot90 round searchsorted select shape sinc size sort split
    squeeze stack std sum swapaxes take take_along_axis tensordot tile trace transpose trapezoid trapz
    tri tril tril_indices triu triu_indices vander var vdot vstack where zeros zeros_like
    linalg.cholesky linalg.det linalg.eigh linalg.eigvalsh linalg.inv linalg.matmul linalg.matrix_norm
    linalg.matrix_power linalg.multi_dot linalg.norm linalg.outer linalg.pinv linalg.qr linalg.slogdet
    linalg.solve linalg.svd linalg.tensordot linalg.trace linalg.vecdot linalg.vector_norm""".split()
"""Of NumPy's functions: what Values answer (`protocols.functions`), and what makes and forms arrays."""
LIBRARY = "builtins math itertools operator _operator functools _functools".split()
OPERATOR_REFUSED = {"attrgetter", "methodcaller"}  # attributes by names that no code shows
ROOMS = """autograd.adjoints autograd.compiler autograd.context autograd.errors autograd.kinds
    autograd.operations autograd.primitive autograd.protocols autograd.specialised autograd.tools.groups
    autograd.transforms autograd.value nn.layers nn.module nn.places nn.pytree nn.schedules nn.settings
    nn.training.choices.losses nn.training.native.recorded_model nn.training.native.recorded_step
    nn.training.choices.regularizers""".split()
UNSAID = ("builtins", "functools", "numpy", "autograd", "nn")
"""Packages that are not described: what comes from them is understood, or refused, without."""
CLASSES = {"autograd.value.Value", "nn.module.Module"}
"""Classes of ours that code may name, and so call: others may draw random numbers when called."""


class Unknown(Exception):  # noqa: N818  (no error: the function is just recorded in every process)
    """A function reaches something that is not understood; the text says what."""


@functools.cache
def pure() -> dict[int, str]:
    """The names of pure functions by their ``id``: the functions' own names, so that what somebody else
    put under such a name is not among them.
    """
    found = [getattr(builtins, name) for name in BUILTINS]
    found += [x for x in vars(builtins).values() if _is_exception(x)]
    found += [x for name, x in vars(math).items() if callable(x) and name[0] != "_"]
    found += [x for name, x in vars(itertools).items() if callable(x) and name[0] != "_"]
    found += [getattr(operator, name) for name in {*operator.__all__} - OPERATOR_REFUSED]
    found += [functools.partial, functools.reduce]
    known = {id(x): f"{x.__module__}.{x.__qualname__}" for x in found if _comes_from(x, LIBRARY)}
    found = [x for x in vars(np).values() if type(x) is np.ufunc and x.__name__.isidentifier()]
    known |= {id(x): f"numpy.{x.__name__}" for x in found}
    found = [x for x in map(_of_numpy, NUMPY) if _comes_from(x, ("numpy",))]
    return known | {id(x): f"{x.__module__}.{x.__qualname__}" for x in found}


def _of_numpy(name: str) -> Any:
    """What NumPy has under a name, as "linalg.solve"; None if it is of another version."""
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _is_exception(x: Any) -> bool:
    return isinstance(x, type) and issubclass(x, BaseException)


def _comes_from(x: Any, modules: Sequence[str]) -> bool:
    """Whether a function comes from these modules, by its own word and its globals', and is no
    method.
    """
    where = str(getattr(x, "__module__", None))
    scope = getattr(x, "__globals__", {"__name__": where})
    inside = str(scope.get("__name__"))
    if not isinstance(getattr(x, "__self__", None), ModuleType | None):
        return False
    return where.partition(".")[0] in modules and inside.partition(".")[0] in modules


def is_our_function(f: FunctionType) -> bool:
    """Whether a function comes from one of our files, in a part that only computes."""
    name = str(f.__globals__.get("__name__"))
    return (
        _is_room(name)
        and f.__globals__ is getattr(sys.modules.get(name), "__dict__", None)
        and f.__code__.co_filename.startswith(tuple(PACKAGES))
    )


def is_our_class(cls: type) -> bool:
    """Whether a class comes from our packages: the module that it names has it under its name."""
    if not _is_room(cls.__module__):
        return False
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls


def _is_room(module: Any) -> bool:
    return isinstance(module, str) and any(
        module == room or module.startswith(room + ".") for room in ROOMS
    )
