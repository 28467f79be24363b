"""From the arguments of a call to a program's arrays.

The arguments are a pytree (see `transforms.pytree`). Each array in it becomes an argument array of the
program, and so does each single number. But if there are more than `FEW` single numbers, these are
*packed*: they stand together in one array, the first, in the order of the tree.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ... import context
from ...errors import NumberError
from ...kinds.kind import is_number
from ...kinds.variables import refuse_other_arithmetic
from ...transforms.pytree import Own, Treedef, flatten
from ...transforms.ravel import array_of_frame, is_array
from ...value import Value
from ..programs.elements import Element

FEW = 64
"""Up to so many single numbers are an argument array each; more are packed into one."""

NO_VALUE = "autograd.compiler.recording.", "autograd.compiler.scanning."
"""Modules whose classes stand for numbers that are not known yet; they need not be loaded."""


class Arguments(NamedTuple):
    """The arguments of one call, taken apart."""

    tree: tuple[tuple[Any, ...], dict[str, Any]]
    treedef: Treedef
    numbers: tuple[bool, ...]  # of each leaf, whether it is a single number
    own: list[Value]  # the Values that objects own, each once
    variables: tuple[int, ...]  # of each leaf, which of those it is; -1: none
    arrays: list[Any]  # of the element, in C's order; of no dimension for a single number
    element: Element

    @property
    def are_packed(self) -> bool:
        """Whether the first array holds all single numbers."""
        return sum(self.numbers) > FEW

    def by_array(self, leaves: Sequence[Any], packed: Any) -> list[Any]:
        """What there is for each leaf by argument array; ``packed`` for that of all single numbers."""
        if not self.are_packed:
            return [*leaves]
        pairs = zip(leaves, self.numbers, strict=True)
        return [packed, *(x for x, is_number in pairs if not is_number)]

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Those of the argument arrays."""
        return [x.shape for x in self.arrays]


@np.errstate(over="ignore", under="ignore")
def arguments_of(
    args: tuple[Any, ...], kwargs: dict[str, Any], element: Element
) -> Arguments | None:
    """A call's arguments, rounded to the width that the program computes in; None if there are other
    numbers than Python's and NumPy's among them.

    Such a call is a part of something larger: a transform, a graph, another recording, a scan. Raises
    NumberError, which names the place, for what is no number.
    """
    leaves, treedef = flatten((args, kwargs))
    known: dict[Value, int] = {}
    variables = [known.setdefault(x.value, len(known)) if type(x) is Own else -1 for x in leaves]
    plain = [x.value.data if type(x) is Own else x for x in leaves]
    dtype, found = element.dtype, []
    for place, x in enumerate(plain):
        found.append(x if type(x) is float else _leaf_of(x, dtype, treedef, place))
        if found[-1] is None:
            return None
    numbers = tuple(type(x) is float for x in found)
    if sum(numbers) > FEW:
        found = [
            [x for x in found if type(x) is float],
            *(x for x in found if type(x) is not float),
        ]
    arrays = [x if is_array(x) else np.array(x, dtype) for x in found]
    return Arguments((args, kwargs), treedef, numbers, [*known], tuple(variables), arrays, element)


def _leaf_of(x: Any, dtype: Any, treedef: Treedef, place: int) -> Any:
    """The leaf at a place as a float, or an array of them; None for another kind of number."""
    if (found := _plain(x, dtype)) is not None or type(x).__module__.startswith(NO_VALUE):
        return found
    x = array_of_frame(x)
    if is_array(x):
        refuse_other_arithmetic(x)
        found = _plain(np.asarray(x), dtype)
        if found is not None or x.dtype == object:
            return found
    elif is_number(x) and not isinstance(x, np.generic):
        return None
    args, kwargs = treedef.children.values()
    named = [(f"argument {step[1:-1]}", child) for step, child in args.children.items()]
    named += [(f"argument {step[2:-2]}", child) for step, child in kwargs.children.items()]
    path = [path for name, child in named for path in child.paths(name)][place]
    raise NumberError(
        f"{path} is {x!r} of type {type(x).__name__}: jit takes real numbers and arrays of them, and "
        f"nested containers and Modules of them. What is a setting is bound, as by functools.partial; "
        f"which numbers an object holds, register_pytree_node says"
    )


def _plain(x: Any, dtype: Any) -> Any:
    """A real number as a float, an array of them of a type and in C's order; None for anything else."""
    if isinstance(x, (float, int)):
        return float(x)
    if (type(x) is np.ndarray or isinstance(x, np.generic)) and x.dtype.kind in "biuf":
        return np.ascontiguousarray(x, dtype) if x.ndim else float(x)
    return None


NUMBERS = frozenset([float, int, bool, np.float64, np.float32, np.int64])
"""Types of single numbers that are packed by the fast way (`shortcut`)."""


@np.errstate(over="ignore", under="ignore")
def packed(numbers: Sequence[Any], dtype: Any) -> Any:
    """Single numbers as one array; None if one is not of these types."""
    known = NUMBERS.issuperset(map(type, numbers))
    return np.fromiter(numbers, dtype, len(numbers)) if known else None


def numbers_of(variables: Sequence[Any]) -> list[Any] | None:
    """The numbers of Values that objects own; None if these need the long way: if one stands there
    twice, is the result of an operation, or may be a variable of a transform that is going on.
    """
    if {*map(type, variables)} != {Value} or len({*variables}) < len(variables):
        return None
    found = [v.data for v in variables if v.op is None]
    plain = len(found) == len(variables) and context.running.get().since == math.inf
    return found if plain else None


@np.errstate(over="ignore", under="ignore")
def converted(leaves: Sequence[Any], dtype: Any = float) -> list[Any] | None:
    """Leaves as floats and arrays of a type in C's order; None if nothing is to be done, or it
    cannot.
    """
    found = [_plain(x, dtype) for x in leaves]
    changed = any(x is not y for x, y in zip(found, leaves, strict=True))
    return found if changed and not any(x is None for x in found) else None
