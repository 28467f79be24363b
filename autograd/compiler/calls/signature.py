"""What goes into a function that is recorded, and what comes out: numbers that have no value yet.

In place of each number of the arguments the function is given one that is recorded, in place of each
array a lazy one. What it returns (Values, samples, matrices, plain numbers) is looked at for the
instructions that compute it: those become the program's outputs.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...errors import NumberError
from ...kinds.kind import is_number
from ...kinds.variables import as_array
from ...transforms.pytree import Own, flatten
from ...transforms.ravel import array_of_frame, is_array
from ...value import Value
from ..recording.lazy import Lazy
from ..recording.lazy_arrays import ArgumentArray
from ..recording.matrices import Matrix
from ..recording.recorded import Recorded, Truth, lift
from ..recording.recorder import Recorder
from ..recording.rows import Row
from ..recording.sample_arrays import SampleArray
from ..recording.sample_lists import SampleList
from .arguments import Arguments
from .interface import Part, Results


def recorded_arguments(arguments: Arguments, recorder: Recorder) -> tuple[Any, Any]:
    """The positional and keyword arguments that a function is recorded with. A Value that stands at
    several places is one variable there too.
    """
    packed = iter(range(len(arguments.numbers)))
    arrays = iter(range(arguments.are_packed, len(arguments.arrays)))
    known: dict[int, Value] = {}

    def leaf(is_one: bool, variable: int) -> Any:
        if is_one and arguments.are_packed:
            x: Any = Recorded(recorder, recorder.program.input(0, next(packed)))
        elif is_one:
            x = Recorded(recorder, recorder.program.input(next(arrays), 0))
        else:
            k = next(arrays)
            array = ArgumentArray(recorder, k, recorder.positions[k])
            return _elements(array) if recorder.one_by_one else array
        if variable >= 0:
            x = known.setdefault(variable, _variable(arguments.own[variable], x))
        return x

    args, kwargs = arguments.treedef.unflatten(map(leaf, arguments.numbers, arguments.variables))
    return args, kwargs


def _elements(array: ArgumentArray) -> Any:
    """An argument array as one of recorded numbers; read-only, for writing into it would not change the
    argument.
    """
    array.recorder.make_room(array.positions.size)
    numbers = array.to_numpy()
    numbers.flags.writeable = False
    return numbers


def _variable(v: Value, x: Recorded) -> Value:
    """A variable that stands for a Value which an object owns."""
    variable = Value(x)
    if hasattr(v, "notes"):
        variable.notes = v.notes
    return variable


def recorded_answer(
    out: Any, recorder: Recorder, name: str, dtype: Any
) -> tuple[Results, list[int]]:
    """How an answer is put together of a program's outputs, and the instructions that these are."""
    leaves, treedef = flatten(out)
    places = treedef.paths(f"the result of {name}")
    found = [_leaf(_plain(x), recorder, at) for at, x in zip(places, leaves, strict=True)]
    outputs = [k for _, instructions in found for k in instructions]
    return Results(treedef, [part for part, _ in found], dtype), outputs


def _leaf(x: Any, recorder: Recorder, place: str) -> tuple[Part, list[int]]:
    """A leaf of the answer, and the instructions that compute its numbers."""
    if type(x) is Matrix:
        return Part(math.prod(x.shape), x.shape, False, False), [*x.instructions()]
    per_sample, shape, numbers = False, None, [x]
    if isinstance(x, SampleArray):
        numbers, shape, per_sample = x.columns.ravel().tolist(), x.columns.shape, True
    elif is_array(x):
        numbers, shape = x.ravel().tolist(), x.shape
    elif not is_number(x):
        raise NumberError(
            f"{place} is {x!r} of type {type(x).__name__}: jit answers numbers and arrays, and "
            f"nested containers and Modules of them"
        )
    truth = bool(numbers) and all(isinstance(n, (bool, np.bool_, Truth)) for n in numbers)
    lifted = [lift(recorder, _plain(n)) for n in numbers]
    if shape is None:
        per_sample = lifted[0].shape != ()
    return Part(len(numbers), shape, per_sample, truth), [n.instruction for n in lifted]


def _plain(x: Any) -> Any:
    """A leaf of the answer without what is around it: of a Value its data, of a lazy array its
    elements.
    """
    if type(x) is Own:
        x = x.value
    while isinstance(x, Value):
        x = x.data
    if type(x) is Matrix and type(x.rows[0]) is Row and x.is_unchanged and not x.is_transposed:
        return x
    if type(x) is SampleList:
        return as_array(x.numbers, x.shape)
    if not isinstance(x, Lazy):
        return array_of_frame(x)
    found = x.opened()
    return found if found.shape else x.to_numpy()  # one number many times
