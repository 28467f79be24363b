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

from ...protocols.functions import FUNCTIONS
from .own_files import PACKAGES

BUILTINS = """abs all any bool bytes callable classmethod complex dict divmod enumerate filter float int
    isinstance issubclass iter len list map max min next pow property range reversed round slice sorted
    staticmethod str sum super tuple type zip""".split()
NUMPY = """abs add append arange array array_split asanyarray asarray atleast_1d atleast_2d block bool_
    broadcast_to column_stack concatenate copy cross delete diag diagonal diff dstack dtype einsum
    expand_dims eye flip fliplr flipud float32 float64 full full_like hstack identity insert int32
    int64 ix_ kron linalg.eigh linalg.eigvalsh linalg.pinv linalg.qr linalg.svd linspace logspace
    meshgrid moveaxis ndim ones ones_like polyval ravel repeat reshape roll rot90 shape size split
    squeeze stack swapaxes tile transpose tri tril tril_indices triu triu_indices vander vstack zeros
    zeros_like""".split()
"""Of NumPy, beside the functions that Values answer."""
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
    named = [(name, _of_numpy(name)) for name in [*NUMPY, *FUNCTIONS]]
    return known | {id(x): f"numpy.{name}" for name, x in named if _comes_from(x, ("numpy",))}


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
