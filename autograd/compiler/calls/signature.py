"""Arguments and answers while a function is recorded: numbers and arrays that have no value yet.

In place of a number of the tree stands one that is recorded, in place of an array a lazy one. Of the
answer's leaves, Values, samples, matrices or plain numbers, what counts is which instructions they are.
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
from .arguments import Arguments, Part, Results


def recorded_arguments(arguments: Arguments, recorder: Recorder) -> tuple[Any, Any]:
    """The arguments that a function is recorded with; what is one variable of theirs stays one."""
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
    """An argument array as one of numbers; who writes into it would not write into the argument."""
    array.recorder.make_room(array.positions.size)
    numbers = array.to_numpy()
    numbers.flags.writeable = False
    return numbers


def _variable(v: Value, x: Recorded) -> Value:
    """What stands for a variable of an object."""
    variable = Value(x)
    if hasattr(v, "notes"):
        variable.notes = v.notes
    return variable


class Answer:
    """The tree of an answer, and the outputs that its leaves are made of."""

    def __init__(self, out: Any, recorder: Recorder, name: str, dtype: Any) -> None:
        leaves, self.treedef = flatten(out)
        self.dtype = dtype  # of arrays
        self.parts: list[Part] = []
        self.outputs: list[int] = []
        for place, x in zip(self.treedef.paths(f"the result of {name}"), leaves, strict=True):
            self._add(_plain(x), recorder, place)

    def _add(self, x: Any, recorder: Recorder, place: str) -> None:
        if type(x) is Matrix:
            self.parts.append(Part(math.prod(x.shape), x.shape, False, False))
            self.outputs += x.instructions()
            return
        per_sample, shape, numbers = False, None, [x]
        if isinstance(x, SampleArray):
            numbers, shape, per_sample = _flat(x.columns), x.columns.shape, True
        elif is_array(x):
            numbers, shape = _flat(x), x.shape
        elif not is_number(x):
            raise NumberError(
                f"{place} is {x!r} of type {type(x).__name__}: jit answers numbers and arrays, and "
                f"nested containers and Modules of them"
            )
        truth = bool(numbers) and all(isinstance(n, (bool, np.bool_, Truth)) for n in numbers)
        lifted = [lift(recorder, _plain(n)) for n in numbers]
        if not is_array(x) and not per_sample:
            per_sample = lifted[0].shape != ()
        self.parts.append(Part(len(numbers), shape, per_sample, truth))
        self.outputs += [n.instruction for n in lifted]

    @property
    def results(self) -> Results:
        """How an answer is put together."""
        return Results(self.treedef, self.parts, self.dtype)


def _flat(array: Any) -> list[Any]:
    flat: list[Any] = array.ravel().tolist()
    return flat


def _plain(x: Any) -> Any:
    """A number of the answer: of a Value its data, of an argument that comes back its elements."""
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
