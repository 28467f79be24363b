"""Arrays while jit records: what an array is, its first use decides.

The same array may be separate numbers (a matrix of weights, of which W[2, 1] is one) or samples (a
column of data, one number of every sample). So a `Lazy` array, an argument or what was computed of
arguments element by element, records nothing until it is known:

- where it meets a Value or a sample, one that runs along a whole axis of an argument makes that axis
  the samples: the program serves any length of it (`number`);
- everything else (an index, a loop over it, a matrix product) takes its elements as numbers of their
  own, and the program serves arrays of this shape only (`to_numpy`).

What is known of the form of an array is NumPy's own: `lazy_arrays` keeps positions in NumPy arrays.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

import numpy as np

from ...errors import NumberError, TransformError
from ...kinds import dispatch
from ...kinds.kind import register
from ...kinds.variables import is_made_of_values
from ...operations.branches import where
from ...operations.composites import clip, mean
from ...value import Value
from .lengths import Length
from .recorder import Recorder
from .refusals import refuse
from .samples import Samples

View = Callable[[Any], Any]  # of a NumPy array
ELEMENTWISE: dict[Any, Callable[..., Any]] = {np.where: where, np.clip: clip}


class Lazy(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of a function that is being recorded."""

    __slots__ = ()
    recorder: Recorder
    form: tuple[int, ...]  # its shape, as plain integers

    @abstractmethod
    def view(self, view: View) -> Any:
        """Part of it, or the whole in another order: what NumPy makes of an array of its form."""

    @abstractmethod
    def compute(self, operate: Any, inputs: Sequence[Any]) -> Any:
        """A function of it and others, element by element."""

    @abstractmethod
    def is_whole(self) -> bool:
        """Whether it runs along whole axes of arguments."""

    def is_batch(self) -> bool:
        """Whether it can be samples."""
        return self.is_whole() and self.recorder.can_have(self.form[0])

    @abstractmethod
    def number(self) -> Any:
        """One number a sample."""

    @abstractmethod
    def to_numpy(self) -> Any:
        """The elements as an array of numbers that are recorded."""

    @abstractmethod
    def led_by(self, axis: int | None = None) -> set[int]:
        """The arguments whose first axis is this axis; all that it is made of where axis is None."""

    def fix(self, axis: int | None = None) -> None:
        """The program serves this shape only; of an axis: only this length of it."""
        self.recorder.fix(self.led_by(axis))

    def opened(self) -> Any:
        """One number a sample where it can be, else an array of numbers."""
        return self.number() if self.is_batch() else self.to_numpy()

    def __repr__(self) -> str:
        self.fix()
        return f"<an array of shape {self.form}, being recorded>"

    # ------------------------------------------------------------------------ its form, as NumPy's

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.form)

    @property
    def shape(self) -> tuple[Any, ...]:
        """The lengths of the axes; one that is computed with is no longer free."""
        return tuple(Length(self, axis) for axis in range(self.ndim))

    @property
    def size(self) -> int:
        """The number of elements."""
        self.fix()
        return int(np.prod(self.form))

    @property
    def dtype(self) -> Any:
        """float64; of a part of an argument object, as an array of numbers that are recorded."""
        return np.dtype(float if self.ndim != 1 or self.is_whole() else object)

    @property
    def T(self) -> Any:
        """The transpose."""
        return self.view(np.transpose)

    def __len__(self) -> int:
        self.fix(0)
        return self.form[0]

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 1:
            yield from self.to_numpy().tolist()
        else:
            self.fix(0)
            yield from (self[i] for i in range(self.form[0]))

    def __getitem__(self, index: Any) -> Any:
        """NumPy's own indexing."""
        parts = index if type(index) is tuple else (index,)
        if any(isinstance(part, Lazy) for part in parts):
            refuse(
                "an index by an array that jit records: which elements, and how many, depends on "
                "numbers that it has not yet. np.where(condition, x, 0) keeps the places of all, "
                "np.take(x, places) looks up as many as there are places"
            )
        if any(map(is_made_of_values, parts)):
            return dispatch.indexed(self.to_numpy(), parts)
        self._fix_by(parts)
        return self.view(lambda x: x[index])

    def _fix_by(self, index: tuple[Any, ...]) -> None:
        """Which elements ``x[:2]`` has, the length of the axis decides: no other is served then."""
        axis, given = 0, sum(part is not None and part is not Ellipsis for part in index)
        for part in index:
            if part is Ellipsis:
                axis += self.ndim - given
                continue
            if isinstance(part, slice):
                if (part.start or 0, part.stop, part.step or 1) != (0, None, 1):
                    self.fix(axis)
            elif isinstance(part, (bool, np.bool_, list, np.ndarray)):
                self.fix()
            axis += part is not None

    def __setitem__(self, index: Any, element: Any) -> NoReturn:
        refuse(
            "an array that jit records is not changed in place, for others may share it: write "
            "x = x + 1 for x += 1, np.where and np.concatenate for x[i] = y, or change x.copy()"
        )

    def __getattr__(self, name: str) -> Any:
        """Whatever else an array can do, its elements can."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.to_numpy(), name)

    def reshape(self, *shape: Any) -> Any:
        """The same elements in another shape."""
        self.fix()
        return self.view(lambda x: x.reshape(*shape))

    def ravel(self) -> Any:
        """All elements in a row."""
        return self.reshape(-1)

    # -------------------------------------------------------------------------------- under `vmap`

    def is_mappable(self, axis: int) -> bool:
        """Whether samples can be along an axis; of one that there is not, `samples` says so."""
        if not -self.ndim <= axis < self.ndim:
            return True
        columns = self.view(lambda x: np.moveaxis(x, axis, -1))
        is_empty = 0 in columns.form[:-1]  # a sample holds no number
        return not is_empty and bool(columns[(0,) * (self.ndim - 1)].is_whole())

    def samples(self, axis: int) -> Samples:
        """The number of samples, if they are along an axis."""
        if not -self.ndim <= axis < self.ndim:
            raise TransformError(f"an array of shape {self.form} has no axis {axis}")
        if not self.recorder.can_have(self.form[axis]):
            raise TransformError(
                f"vmap maps {self.form[axis]} samples where jit has met "
                f"{self.recorder.samples.length} already: it records one number of samples"
            )
        return self.recorder.samples

    def mapped(self, axis: int) -> tuple[list[Any], tuple[int, ...] | None]:
        """What one sample of it holds, each number one of every sample, and in what shape."""
        columns = self.view(lambda x: np.moveaxis(x, axis, -1))
        inner = columns.form[:-1]
        return [columns[i].number() for i in np.ndindex(inner)], inner or None

    # ------------------------------------------------------------------------------ NumPy's protocols

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        """Element by element, so of samples if they can be."""
        inputs = tuple(int(x) if isinstance(x, Length) else x for x in inputs)
        if ufunc.signature is None and method == "__call__" and ufunc.nout == 1 and not settings:
            return self._elementwise(ufunc, inputs)
        if any(map(_is_sample, inputs)):  # a product of rows, along the samples
            inputs = tuple(x.opened() if isinstance(x, Lazy) else x for x in inputs)
        return getattr(ufunc, method)(*as_numbers(inputs), **settings)

    def __array_function__(self, function: Any, types: Any, args: Any, settings: Any) -> Any:
        """On arrays of numbers."""
        if function in ELEMENTWISE and not settings:
            return self._elementwise(ELEMENTWISE[function], args)
        return function(*as_numbers(args), **{k: as_numbers(x) for k, x in settings.items()})

    def _elementwise(self, function: Any, inputs: Any) -> Any:
        """Later, if it is still open what the arrays are; else now, as the others say."""
        inputs = [np.asarray(x) if isinstance(x, (list, tuple)) else x for x in inputs]
        if any(isinstance(x, np.ndarray) and x.dtype == object for x in inputs):
            return function(*as_numbers(inputs))
        if any(isinstance(x, Value) or _is_sample(x) for x in inputs):
            return function(*[x.opened() if isinstance(x, Lazy) else x for x in inputs])
        return self.compute(function, inputs)

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None, **settings: Any) -> Any:
        """Σ over the samples, or of an array of numbers."""
        if axis in (None, 0) and self.is_batch() and not settings:
            return self.number().sum()
        return self.to_numpy().sum(axis=axis, **settings)

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None, **settings: Any) -> Any:
        """The mean over the samples, or of an array of numbers."""
        if axis in (None, 0) and self.is_batch() and not settings:
            return mean(self.number())
        return self.to_numpy().mean(axis=axis, **settings)


def _is_sample(x: Any) -> bool:
    """Whether x is one number a sample."""
    is_array = isinstance(x, np.ndarray) or hasattr(x, "to_numpy")
    return not is_array and len(getattr(x, "shape", ())) > 0


def as_numbers(tree: Any) -> Any:
    """Arguments of a function, with arrays of numbers in place of those that are lazy, or rows."""
    if hasattr(tree, "to_numpy"):
        return tree.to_numpy()
    return type(tree)(map(as_numbers, tree)) if type(tree) in (list, tuple) else tree


def _constant(x: Lazy) -> Any:
    if x.ndim != 1:
        raise NumberError(
            f"a batch is a one-dimensional array, one number a sample; got an array of shape "
            f"{x.form}: its columns are x.T"
        )
    return x.number()


register(Lazy, {"constant": _constant, "variable": _constant}, priority=6)
