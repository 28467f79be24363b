"""A step of training as two functions that `autograd.jit` compiles and `autograd.scan` repeats.

`jit` records them by running what the other backends run:

    descent   weights, a mini-batch → its loss, and the gradient: the scalar program of one sample
    update    weights, gradient, the optimiser's state → all of them moved: the optimiser's formula
              for one parameter, for the parameters are its samples

While the first is recorded, the model's own Values hold recorded numbers, so that a parameter is found
wherever it is used, in a loss or regulariser too. The random numbers of `Dropout` and `RReLU` are drawn
beforehand, in the same order as by the other backends, and given to a step beside its samples.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from importlib.util import find_spec
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from autograd import TransformError, Value, jit, no_grad, scan

from ...layers.units import given
from ...module import Module
from ..forward import together
from ..step import Step
from .forms import Kept, form_of

_kept = Kept["RecordedStep"]()


def is_installed() -> bool:
    """Whether llvmlite, and so the backend "llvm", is installed."""
    return find_spec("llvmlite") is not None


def compiling(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function as machine code; ImportError, with the way out, without llvmlite."""
    if not is_installed():
        raise ImportError('backend="llvm" needs llvmlite: pip install "chainrule[jit]"')
    return jit(f, backend="llvm")


class OfOneForm:
    """What is compiled at its first run, and serves everything of one form, one thread at a time."""

    def __init__(self, form: str | None) -> None:
        self.form, self.lock = form, Lock()

    def unchanged(self, model: Module) -> AbstractContextManager[None]:
        """A block in which the model is recorded: raises if a model without a form changes itself."""
        return contextlib.nullcontext() if self.form else _unchanged(model)

    def _fingerprint(self) -> dict[str, str] | None:
        """What `jit` takes for the fingerprint (see `compiler.kept`): the form says it all."""
        return {"form": self.form} if self.form else None


class Carry(NamedTuple):
    """What one step hands to the next."""

    w: Any  # the weights that move
    still: Any  # those that do not
    buffers: tuple[Any, ...]  # of the optimiser
    before: Any  # the weights, one step before
    data: tuple[Any, ...]  # all samples and targets, if every step is given all of them


class RecordedStep(OfOneForm):
    """The compiled step that all trainings of one form share. It is recorded from the training that
    asks for it first.
    """

    def __init__(self, step: Step, form: str | None) -> None:
        super().__init__(form)
        self.step, self.optimizer = step, step.optimizer
        self.outputs: Any  # how the model arranges its outputs: lists with None for each number
        self.descent = compiling(self._descent)
        self.update = compiling(self._update)
        self.loops = defaultdict[int, Any](lambda: scan(self._step))
        self.tried = set[Any]()  # what samples it was run with, to see that it can be

    def run(self, step: Step, longest: int, carry: Carry, xs: Any) -> tuple[Carry, Any]:
        """Do all steps of a training of this form.

        For each length of the longest mini-batch there is a loop of its own, so that the order in which
        sums are added up does not depend on trainings that came before.
        """
        with self.lock:
            self.step, self.optimizer = step, step.optimizer
            answer: tuple[Carry, Any] = self.loops[longest](carry, xs)
            return answer

    def _descent(self, w: Any, still: Any, X: Any, y: Any, *draws: Any) -> Any:
        columns = iter(draws[0].T if draws else ())
        held = holding([*self.optimizer.params, *self.step.still], [*w, *still])
        drawn = given(self.step.model, lambda z, draw: next(columns))  # noqa: ARG005
        with held, drawn, self.unchanged(self.step.model):
            predictions = together(self.step.model, X)
            objective = self.step.objective(predictions, y)
            self.optimizer.zero_grad()
            objective.backward()
            params = self.optimizer.params
            gradient = np.empty(len(params), dtype=object)
            gradient[:] = [p.grad for p in params]
            return objective.data, gradient, arranged(predictions, None)

    _descent.__qualname__ = "a step of the model and the loss"  # as errors name it

    def _update(self, w: Any, g: Any, numbers: Any, buffers: Any) -> Any:
        optimizer, names = self.optimizer, [*self.optimizer.state]
        before = dict(vars(optimizer))
        try:
            rate, optimizer.steps = numbers
            optimizer.state = dict(zip(names, buffers, strict=True))
            w = optimizer.moved(w, g, rate)
            after = {**vars(optimizer), "steps": before["steps"], "state": before["state"]}
            for name in (name for name, x in after.items() if x is not before.get(name)):
                raise TransformError(
                    f"{type(optimizer).__name__} sets {name} at every step: what an optimizer "
                    f"remembers is self.state[{name!r}], with {name!r} among its buffers"
                )
            return w, tuple(optimizer.state[name] for name in names)
        finally:
            vars(optimizer).clear()
            vars(optimizer).update(before)

    def _step(self, carry: Carry, x: Any) -> tuple[Carry, Any]:
        numbers, *batch = x
        loss, g, self.outputs = self.descent(carry.w, carry.still, *(batch or carry.data))
        moved, buffers = self.update(carry.w, g, numbers, carry.buffers)
        return Carry(moved, carry.still, buffers, carry.w, carry.data), loss


def arranged(predictions: Any, x: Any) -> Any:
    """A model's outputs with x in place of each, in the same lists, tuples and dicts."""
    if isinstance(predictions, dict):
        return {key: arranged(part, x) for key, part in predictions.items()}
    if isinstance(predictions, (list, tuple)):
        parts = [arranged(part, x) for part in predictions]
        return parts if isinstance(predictions, list) else tuple(parts)
    return x


def recorded(step: Step) -> RecordedStep:
    """The compiled step of a training: that of an earlier one of the same form, if there was one."""
    form = form_of(step)
    return _kept.of(form, lambda: RecordedStep(step, form))


def draws_of(model: Module, X: np.ndarray) -> list[Callable[[], float]]:
    """The functions by which a model's modules draw a number for each sample, in the order of use."""
    draws: list[Callable[[], float]] = []

    def answer(z: Any, draw: Callable[[], float]) -> float:
        if not getattr(z, "shape", ()):
            raise TransformError(f"{draw!r} draws for {z!r}, which is one for all samples")
        draws.append(draw)
        return 1.0

    with given(model, answer) as some, no_grad():
        if some:
            together(model, X)
    return draws


@contextlib.contextmanager
def holding(params: Sequence[Value], numbers: Sequence[Any]) -> Iterator[None]:
    """A block in which parameters hold other numbers; afterwards numbers and gradients are as
    before.
    """
    before = [(p.data, p.grad) for p in params]
    try:
        for p, x in zip(params, numbers, strict=True):
            p.data = x
        yield
    finally:
        for p, (x, g) in zip(params, before, strict=True):
            p.data, p.grad = x, g


@contextlib.contextmanager
def _unchanged(model: Module) -> Iterator[None]:
    """A block in which a model is called. If that changed what the model holds, it is put back, and
    TransformError raised: machine code would not change it at every step.
    """
    before = [*_holders(type(model).__name__, model, set())]
    try:
        yield
        for name, *pair in before:
            now, then = (dict(enumerate(x)) if isinstance(x, list) else x for x in pair)
            for key in {**then, **now}:
                if key not in now or key not in then or now[key] is not then[key]:
                    raise TransformError(
                        f"a call changes {name}.{key}, which would happen once, when it is recorded, "
                        f'and not at every step: backend="batch" runs the model itself'
                    )
    finally:
        for _, x, held in before:
            if isinstance(x, list):
                x[:] = held
            else:
                x.clear()
                x.update(held)


def _holders(name: str, x: Any, seen: set[int]) -> Iterator[tuple[str, Any, Any]]:
    """The dicts of attributes of a module and of those in it, and the lists and dicts among them: name,
    the thing itself, a copy.
    """
    x = vars(x) if isinstance(x, Module) else x
    if id(x) in seen:
        return
    seen.add(id(x))
    if not isinstance(x, tuple):
        yield name, x, x.copy()
    for key, v in x.items() if isinstance(x, dict) else enumerate(x):
        if isinstance(v, (Module, dict, list, tuple)):
            yield from _holders(f"{name}.{key}", v, seen)
