"""What every optimiser is: parameters, a learning rate, and a state that each step renews.

The surface is that of ``torch.optim``; `optimizers` has the optimisers themselves. Parameters and
gradients are gathered into vectors, so a rule is one formula and its cost a few NumPy calls.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import NOTHING, Value, where

from ...data.arrays import as_reals
from ...schedules import Rate, rate_at
from ...settings import NOT_NEGATIVE, number, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Vector = Any


class Optimizer(ABC):
    """What optimisers share; one of its own defines ``_update`` and, as ``buffers``, what it keeps.

    ``params`` is a list of Values that hold floats; ``lr``, the rate, a number or a function of the
    number of steps taken (`schedules`); ``weight_decay`` weighs the penalty ½ ‖w‖².
    Raises TypeError for parameters that are not Values, ValueError for none, for a parameter that
    is given twice, is the result of an operation or holds no float, and for a setting below 0.

    >>> from autograd import Value
    >>> from nn import SGD
    >>> w = Value(1.0)
    >>> optimizer = SGD([w], lr=0.1)
    >>> for _ in range(3):
    ...     loss = w**2
    ...     optimizer.zero_grad()
    ...     loss.backward()
    ...     optimizer.step()
    >>> round(w.data, 12)
    0.512
    """

    def __init_subclass__(cls, **settings: Any) -> None:
        """Machine code takes ``_update``, where ``step`` would not be asked."""
        super().__init_subclass__(**settings)
        if "step" in vars(cls):
            raise TypeError(
                f"{cls.__name__} is to define _update(self, w, g, rate), which returns the moved "
                f"parameters, all in one vector w as their gradients in g; step() calls it"
            )

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What `__init__` sets, if a class of one's own does not call it."""
            own = f"{type(self).__name__}.__init__ is to call super().__init__(params, lr) first"
            hint = own if "steps" not in vars(self) else "what it keeps is in self.state"
            raise AttributeError(
                f"{type(self).__name__} has no {name}: {hint}", name=name, obj=self
            )

    buffers: tuple[str, ...] = ()
    max_norm: float = math.inf
    """What every step clips the gradient's norm to (`clip_grad_norm_`): ``optimizer.max_norm = 1``."""

    def __init__(
        self, params: Iterable[Value], lr: Rate, weight_decay: float = 0.0, **settings: float
    ) -> None:
        self.params = _checked(params)
        for name, x in {"lr": rate_at(lr, 0), "weight_decay": weight_decay, **settings}.items():
            number(name, x, *NOT_NEGATIVE)
        self.lr, self.weight_decay = lr, weight_decay
        self.steps = 0
        self.state = {name: np.zeros(len(self.params)) for name in self.buffers}

    def zero_grad(self) -> None:
        """Put the gradient of every parameter back to 0."""
        for p in self.params:
            p.grad = NOTHING

    def step(self) -> None:
        """Move every parameter once, by its ``grad``, clipped to ``max_norm``."""
        w = np.array([p.data for p in self.params], dtype=float)
        g = np.array([p.grad or 0.0 for p in self.params], dtype=float)  # None counts as 0
        moved = self.moved(w, g, rate_at(self.lr, self.steps))
        for p, x in zip(self.params, moved.tolist(), strict=True):
            p.data = x

    def moved(self, w: Vector, g: Vector, rate: float) -> Vector:
        """What one step at this rate makes of parameters w with gradients g; ``state`` moves along.

        Vectors are arrays, or what `autograd.jit` records: then ``steps`` and ``state`` are too.
        """
        if self.max_norm != math.inf:
            g = g * np.minimum(_shrinking(norm(g), self.max_norm), 1.0)
        self.steps += 1
        moved = self._update(*self._decayed(w, g, rate), rate)
        if getattr(moved, "shape", None) != w.shape:
            raise TypeError(
                f"_update(w, g, rate) returns the moved parameters, {len(w)} numbers; that of "
                f"{type(self).__name__} returned {moved!r}"
            )
        return moved

    def _decayed(self, w: Vector, g: Vector, rate: float) -> tuple[Vector, Vector]:  # noqa: ARG002
        """Parameters and gradients, of a loss with the penalty ½ weight_decay ‖w‖²."""
        return w, g + self.weight_decay * w

    @abstractmethod
    def _update(self, w: Vector, g: Vector, rate: float) -> Vector:
        """The parameters after the step that ``self.steps`` counts; new buffers go to ``state``."""

    def state_dict(self) -> dict[str, Any]:
        """The number of steps taken and the buffers as arrays, under PyTorch's names.

        >>> from nn import SGD
        >>> SGD([Value(1.0)], lr=0.1, momentum=0.9).state_dict()
        {'step': 0, 'momentum_buffer': array([0.])}
        """
        return {"step": self.steps, **{name: x.copy() for name, x in self.state.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where another optimiser of the same kind, settings and parameters was.

        Raises KeyError for other names than `state_dict` has, ValueError for a buffer of another
        shape and for what are no numbers; the state is then as it was.
        """
        names = {"step", *self.state}
        if state.keys() != names:
            raise KeyError(
                f"{type(self).__name__} keeps {sorted(names)}, given {sorted(state.keys())}"
            )
        steps = whole("step", state["step"], 0)
        loaded = {name: np.array(as_reals(name, state[name]), float) for name in self.state}
        for name, x in loaded.items():
            if x.shape != (len(self.params),):
                raise ValueError(
                    f"{name} has shape ({len(self.params)},) here, one number for each "
                    f"parameter; given {x.shape}"
                )
        self.steps, self.state = steps, loaded


def _checked(params: Iterable[Value]) -> list[Value]:
    if hasattr(params, "parameters") or not hasattr(params, "__iter__"):
        kind = type(params).__name__
        raise TypeError(f"an optimizer takes a list, such as model.parameters(), given one {kind}")
    params = list(params)
    if not params:
        raise ValueError(
            "an optimiser needs parameters, given none: a model's are the Values among its attributes, "
            "and in lists there"
        )
    for p in params:
        if not isinstance(p, Value):
            raise TypeError(
                f"parameters are Values, those of two models a.parameters() + b.parameters(); given "
                f"one {type(p).__name__}"
            )
        if p.op is not None:
            raise ValueError(f"a parameter is a Value of its own, not a result of {p.op.name}: {p}")
        if type(p.data) not in (float, np.float64, int, bool):
            raise ValueError(
                f"a parameter that is optimised holds a float, given {p.data!r} in {p}"
            )
        p.data = float(p.data)
    if len(set(params)) < len(params):
        raise ValueError("a parameter was given twice")
    return params


HUGE, TINY = 2.0**600, 2.0**-500


def norm(g: Vector) -> Any:
    """√Σ g²; of numbers whose squares would overflow, or vanish, by their scaled squares.

    Source: J. L. Blue, A portable Fortran program to find the Euclidean norm of a vector, ACM
    Transactions on Mathematical Software 4, 1978.

    >>> round(norm(np.array([3e200, 4e200])) / 1e200, 12)
    5.0
    """
    with np.errstate(over="ignore", under="ignore"):
        plain, of_large, of_small = (
            np.sqrt(((g * scale) * (g * scale)).sum()) / scale for scale in (1.0, 1 / HUGE, HUGE)
        )
    return where(plain == math.inf, of_large, where(plain < TINY, of_small, plain))


def _shrinking(of: Any, max_norm: float) -> Any:
    """What a gradient of a norm is multiplied by, if it is below 1."""
    return number("max_norm", max_norm, lambda most: most > 0, "a number > 0") / (of + 1e-6)


def clip_grad_norm_(params: Iterable[Value], max_norm: float) -> float:
    """Shrink the gradients so that their norm √Σ g² is at most ``max_norm``; returns what it was.

    As in PyTorch, they are multiplied by max_norm / (norm + 1e-6) where that is below 1. Raises
    ValueError unless max_norm > 0. Source: R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of
    training recurrent neural networks, ICML 2013, algorithm 1.

    >>> from autograd import Value
    >>> p, q = Value(1.0), Value(1.0)
    >>> p.grad, q.grad = 30.0, 40.0
    >>> clip_grad_norm_([p, q], 5.0)
    50.0
    >>> round(p.grad, 6), round(q.grad, 6)
    (3.0, 4.0)
    """
    params = _checked(params)
    was = float(norm(np.array([p.grad or 0.0 for p in params], dtype=float)))
    factor = _shrinking(was, max_norm)
    if factor < 1:
        for p in params:
            p.grad = (p.grad or 0.0) * factor
    return was
