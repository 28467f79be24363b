"""Optimisers: how the parameters move, given their gradients.

Names, arguments and results are those of ``torch.optim``. Each optimiser is one formula on vectors:
w all parameters, g their gradients, to which weight_decay · w is added (but by AdamW), t the number
of the step from 1, rate its learning rate. ``lr`` is a number, or a function of the number of steps
taken so far (`schedules`). A parameter that the backward pass did not reach has the gradient 0. All
raise what `Optimizer` raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import numpy as np

from ...settings import number
from .optimizer import Optimizer, Vector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograd import Value

    from ...schedules import Rate


@final
class SGD(Optimizer):
    """b ← momentum · b + g, w ← w - rate · b; with ``nesterov`` w ← w - rate (g + momentum · b).

    g is the gradient plus ``weight_decay`` · w, and b starts at 0. Raises what `Optimizer` raises, and
    ValueError for ``nesterov`` without a momentum.

    Sources: H. Robbins, S. Monro, A stochastic approximation method,
    1951; B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964;
    Y. Nesterov 1983, in the form of I. Sutskever et al., On the importance of initialization and
    momentum in deep learning, ICML 2013.

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> w.grad = 2.0
    >>> SGD([w], lr=0.25).step()
    >>> w.data
    0.5
    """

    def __init__(
        self,
        params: Iterable[Value],
        lr: Rate = 1e-3,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        if nesterov and not momentum > 0:
            raise ValueError("nesterov=True needs a momentum above 0")
        self.buffers = ("momentum_buffer",) if momentum else ()
        super().__init__(params, lr, weight_decay, momentum=momentum)
        self.momentum, self.nesterov = momentum, nesterov

    def _update(self, w: Vector, g: Vector, rate: float) -> Vector:
        if not self.momentum:
            return w - rate * g
        b = self.state["momentum_buffer"] = self.momentum * self.state["momentum_buffer"] + g
        return w - rate * (g + self.momentum * b if self.nesterov else b)


@final
class Adagrad(Optimizer):
    """w ← w - rate · g / (√s + eps) with s ← s + g²: often moved parameters move less.

    g is the gradient plus ``weight_decay`` · w. Raises what `Optimizer` raises.

    Source: J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods
    for online learning and stochastic optimization, JMLR 12, 2011.

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> w.grad = 2.0
    >>> Adagrad([w], lr=0.25).step()
    >>> w.data
    0.7500000000125
    """

    buffers = ("sum",)

    def __init__(
        self,
        params: Iterable[Value],
        lr: Rate = 1e-2,
        weight_decay: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        super().__init__(params, lr, weight_decay, eps=eps)
        self.eps = eps

    def _update(self, w: Vector, g: Vector, rate: float) -> Vector:
        s = self.state["sum"] = self.state["sum"] + g * g
        return w - rate * g / (np.sqrt(s) + self.eps)


@final
class RMSprop(Optimizer):
    """w ← w - rate · g / (√v + eps) with v ← alpha · v + (1 - alpha) g².

    g is the gradient plus ``weight_decay`` · w. Raises what `Optimizer` raises, and ValueError for an
    alpha outside [0, 1).

    Source: T. Tieleman, G. Hinton, Neural networks for machine
    learning, lecture 6.5, Coursera 2012.

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> w.grad = 2.0
    >>> RMSprop([w], lr=0.25, alpha=0.75).step()
    >>> w.data
    0.500000005
    """

    buffers = ("square_avg",)

    def __init__(
        self,
        params: Iterable[Value],
        lr: Rate = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, eps=eps)
        self.alpha, self.eps = (
            number("alpha", alpha, lambda x: 0 <= x < 1, "a number in [0, 1)"),
            eps,
        )

    def _update(self, w: Vector, g: Vector, rate: float) -> Vector:
        v = self.state["square_avg"] = _average(self.state["square_avg"], g * g, self.alpha)
        return w - rate * g / (np.sqrt(v) + self.eps)


class _Moments(Optimizer):
    """What Adam and AdamW share: running means m of g and v of g², and the step that they give."""

    buffers = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Iterable[Value],
        lr: Rate = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay, eps=eps)
        self.betas, self.eps = (
            number("betas", betas, _two_means, "a pair of numbers in [0, 1)"),
            eps,
        )

    def _update(self, w: Vector, g: Vector, rate: float) -> Vector:
        """The step: m̂ and v̂ are m and v freed of their bias towards 0, where they started.

        Their divisors are taken out of the fraction, as the paper's section 2 does in the end: of three
        divisions a parameter one is left.
        """
        (beta1, beta2), t = self.betas, self.steps
        m = self.state["exp_avg"] = _average(self.state["exp_avg"], g, beta1)
        v = self.state["exp_avg_sq"] = _average(self.state["exp_avg_sq"], g * g, beta2)
        root = np.sqrt(1 - beta2**t)  # v̂ is v / root²
        return w - rate * root / (1 - beta1**t) * m / (np.sqrt(v) + self.eps * root)


@final
class Adam(_Moments):
    """w ← w - rate · m̂ / (√v̂ + eps), where m̂ and v̂ are running means of g and g².

    With ``betas`` (β₁, β₂) and t the number of the step: m ← β₁ m + (1 - β₁) g, m̂ = m/(1 - β₁ᵗ), and
    v̂ likewise of β₂ and g². g is the gradient plus ``weight_decay`` · w. Raises what `Optimizer`
    raises, and ValueError for betas outside [0, 1).

    Source: D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1.

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> w.grad = 2.0
    >>> Adam([w], lr=0.25).step()
    >>> w.data
    0.75000000125
    """


@final
class AdamW(_Moments):
    """`Adam` with decay of the weights themselves: first w ← (1 - rate · weight_decay) w.

    Raises what `Adam` raises.

    Source: I. Loshchilov, F. Hutter, Decoupled weight decay regularization, ICLR 2019.

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> w.grad = 2.0
    >>> AdamW([w], lr=0.25, weight_decay=0.0).step()
    >>> w.data
    0.75000000125
    """

    def __init__(
        self,
        params: Iterable[Value],
        lr: Rate = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def _decayed(self, w: Vector, g: Vector, rate: float) -> tuple[Vector, Vector]:
        return w - rate * self.weight_decay * w, g


def _two_means(betas: Any) -> bool:
    return len(betas) == 2 and all(0 <= beta < 1 for beta in betas)


def _average(old: Vector, new: Vector, beta: float) -> Vector:
    """A running mean with the weight 1 - beta for what is new."""
    return beta * old + (1 - beta) * new


OPTIMIZERS = {kind.__name__: kind for kind in (SGD, Adagrad, RMSprop, Adam, AdamW)}
"""The optimisers by their names."""
