"""What recorded numbers, conditions and samples share: they have no value that could be asked for."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ... import context
from ...kinds import dispatch
from ...kinds import kind as kinds
from ...kinds.variables import Variables
from ...operations.composites import mean
from .refusals import refusal, refuse_single_samples

if TYPE_CHECKING:
    from .recorder import Recorder


class NoValue:
    """A number, or samples one by one, while they are recorded: they compute."""

    __slots__ = ()
    shape: tuple[Any, ...]
    __hash__: Any = refusal("the place in a dict or a set")
    __bool__ = refusal("the truth, or the order (`if`, `and`, `not`, `in`, max(), sorted())")
    __float__, __int__, __index__ = refusal("float()"), refusal("int()"), refusal("an index")
    __complex__, __round__, __trunc__ = refusal("complex()"), refusal("round()"), refusal("int()")
    __floor__ = __ceil__ = refusal("math.floor()")
    item, tolist, is_integer = refusal("item()"), refusal("tolist()"), refusal("is_integer()")

    @property
    def ndim(self) -> int:
        """0 for one number, 1 for one a sample."""
        return len(self.shape)

    @property
    def data(self) -> Any:
        """The number itself, as of a Value."""
        return self

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        """NumPy's protocol (NEP 13): its functions are ours, its arrays are of numbers or samples."""
        if any(hasattr(x, "to_numpy") for x in inputs):  # an array that decides itself what it is
            return NotImplemented
        return dispatch.ufunc(ufunc, method, [*map(self.beside, inputs)], settings)

    def __array_function__(self, function: Any, types: Any, args: Any, settings: Any) -> Any:
        """NumPy's protocol (NEP 18): ``np.where`` and its like are ours."""
        return dispatch.function(function, args, settings)

    @abstractmethod
    def beside(self, x: Any) -> Any:
        """What an array stands for beside this."""

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """Σ over the samples."""
        return kinds.to_shape(self, ())

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """The mean over the samples."""
        return mean(self)


class Written(NoValue):
    """An instruction of a recorder, and a shape: a number, or a condition."""

    __slots__ = ("instruction", "recorder", "shape")

    def __init__(self, recorder: Recorder, instruction: int, shape: tuple[Any, ...] = ()) -> None:
        self.recorder, self.instruction, self.shape = recorder, instruction, shape

    def __repr__(self) -> str:
        return self.recorder.program._name(self.instruction)  # noqa: SLF001

    def __iter__(self) -> NoReturn:
        if self.shape:
            refuse_single_samples()
        raise TypeError("one number that jit records has no elements")

    def __format__(self, spec: str) -> str:
        return refusal(f"the digits ({spec!r})")(self) if spec else repr(self)

    def beside(self, x: Any) -> Any:
        """As many samples as there are, or one number an element."""
        if not isinstance(x, np.ndarray) or x.dtype == object:
            return x
        if x.ndim == 1 and (self.shape or _holds_samples(x)):
            found = self.recorder.capture(x)
            return found != 0 if x.dtype == bool else found
        return x.item() if x.ndim == 0 else x.astype(object).view(Variables)


def _holds_samples(x: Any) -> bool:
    """Whether an array beside one number is what a Value holds, and no array of the user's own."""
    state = context.running.get()
    return x.shape == state.samples if state.samples else state.tape != math.inf or state.sweeping
