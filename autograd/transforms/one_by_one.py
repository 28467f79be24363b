"""vmap where samples cannot be gathered into batches: of numbers that are recorded, one by one.

What `jit` records of a matrix of weights, say, are single numbers of a program, and of a second vmap
within its first. The function is then run for every sample; the program's equal steps become loops
again when it is rolled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .. import context
from ..value import Value
from .axes import Part
from .nesting import variable
from .pytree import flatten
from .ravel import Raveled, array_of_frame, assembled, is_array


def are_single(given: Sequence[Part]) -> bool:
    """Whether the numbers of mapped arrays are recorded, one by one, or lie within samples that are."""
    samples = context.running.get().samples
    nested = bool(samples)
    if not all(isinstance(n, int) for n in samples):
        return True  # nobody knows yet how many: there is no batch of them in batches
    for part in given:
        if part.axis is None:
            continue
        for x in flatten(part.tree)[0]:
            if hasattr(x, "mapped"):
                return nested or not x.is_mappable(part.axis)
            elements = array_of_frame(x)
            first = next(iter(elements.flat), None) if is_array(elements) else None
            recorder = getattr(first.data if isinstance(first, Value) else first, "recorder", None)
            if recorder:
                return nested or not recorder.one_by_one
    return False


def samples_of_part(part: Part, n: int) -> Iterator[Any]:
    """A part of an argument as f sees it, for each of n samples; where there are none, for one of ones,
    which shows what form f's answer has.
    """
    import numpy as np

    if part.axis is None:
        yield from [part.tree] * max(n, 1)
        return
    leaves, treedef = flatten(part.tree)
    arrays = [np.moveaxis(array_of_frame(x), part.axis, 0) for x in leaves]
    if not n:
        arrays = [np.ones((1, *array.shape[1:])) for array in arrays]
    arrays = [x if x.dtype == object and x.size else _of_variables(x) for x in arrays]
    yield from (treedef.unflatten([array[i] for array in arrays]) for i in range(max(n, 1)))


def _of_variables(array: Any) -> Any:
    """An array of floats, or of none, as one of Values."""
    return assembled([variable(float(x)) for x in array.ravel()], array.shape)


def stacked(results: Sequence[Part], n: int) -> Any:
    """A part of the result, of n samples, along its axis of arrays; with None that of the first."""
    import numpy as np

    every = [Raveled(part.tree, part.path) for part in results]
    axis = results[0].axis
    if axis is None:
        return results[0].tree
    blocks = []
    for span, shape in every[0].spans():
        numbers = [x for one in every[:n] for x in one.numbers[span]]
        blocks.append(np.moveaxis(assembled(numbers, (n, *(shape or ()))), 0, axis))
    return every[0].treedef.unflatten(blocks)
