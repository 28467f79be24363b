"""Units that are modules: those with a parameter of their own, and those that draw random numbers.

`PReLU`, `RReLU` and `Dropout` act on each number of what they are called on; `Maxout` and `RBF` are
layers. In evaluation mode (``model.eval()``) nothing is random.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

from autograd import Value, dot, exp, leaky_relu, maximum

from ..init import Initialiser, he_normal, normal
from ..module import Module
from ..seed import Seed, generator
from ..settings import number, whole
from .neurons import inputs, outputs, weights

STANDARD_NORMAL = normal(1.0)


class PReLU(Module):
    """max(0, z) + a min(0, z) with a learned slope a, one for all the numbers it acts on.

    ``init`` is the slope to start with; raises ValueError unless it is finite.

    Source: K. He et al., Delving deep into rectifiers, arXiv:1502.01852.

    >>> PReLU()(-2.0).data
    -0.5
    """

    def __init__(self, init: float = 0.25) -> None:
        slope = number("init", init, math.isfinite, "a finite slope")
        self.weight = (Value(slope),)  # of shape (1,), as PyTorch's

    def __call__(self, x: Any) -> Any:
        """max(0, z) + a min(0, z) for every z of x."""
        return outputs([leaky_relu(z, self.weight[0]) for z in inputs(x)])


class Stochastic(Module):
    """A module that draws a random number for each sample of each number that it acts on."""

    _given: Callable[[Any, Callable[[], float]], Any] | None = (
        None  # answers in place of a draw, see `given`
    )

    def __init__(self, seed: Seed) -> None:
        self.rng = generator(seed)

    def drawn(self, z: Any, draw: Callable[[], float]) -> Any:
        """One draw, or one for each sample of a batch; under `vmap` for each that is mapped."""
        if self._given:
            return self._given(z, draw)
        shape = getattr(z, "shape", ())
        if not shape:
            return draw()
        import numpy as np

        draws = np.array([draw() for _ in range(shape[-1])])
        return draws if z.ndim else Value(draws)


@contextlib.contextmanager
def given(model: Module, answer: Callable[[Any, Callable[[], float]], Any]) -> Iterator[bool]:
    """A block in which a model's modules do not draw random numbers, but take ``answer(z, draw)`` for
    them; it is given whether any module draws.
    """
    modules = [module for _, module in model.modules() if isinstance(module, Stochastic)]
    for module in modules:
        vars(module)["_given"] = answer
    try:
        yield bool(modules)
    finally:
        for module in modules:
            vars(module).pop("_given", None)


class RReLU(Stochastic):
    """max(0, z) + a min(0, z), where a is drawn from [lower, upper] in training and is the middle of
    that range in evaluation. Raises ValueError unless lower ≤ upper, and both are finite.

    Source: B. Xu et al., Empirical evaluation of rectified activations, arXiv:1505.00853.

    >>> RReLU(0.1, 0.3).eval()(-2.0)
    -0.4
    """

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, *, seed: Seed = None) -> None:
        super().__init__(seed)
        self.lower = number("lower", lower, math.isfinite, "a finite slope")
        self.upper = number(
            "upper", upper, lambda x: lower <= x < math.inf, f"a finite slope ≥ {lower}"
        )

    def __call__(self, x: Any) -> Any:
        """max(0, z) + a min(0, z) for every z of x."""
        return outputs([leaky_relu(z, self._slope(z)) for z in inputs(x)])

    def _slope(self, z: Any) -> Any:
        if not self.training:
            return (self.lower + self.upper) / 2
        return self.drawn(z, lambda: self.rng.uniform(self.lower, self.upper))


class Dropout(Stochastic):
    """In training each number becomes 0 with probability p, the others are divided by 1 - p; in
    evaluation nothing happens. Raises ValueError unless 0 ≤ p < 1.

    Source: N. Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting,
    JMLR 15, 2014.

    >>> Dropout(0.5).eval()([1.0, 2.0])
    [1.0, 2.0]
    """

    def __init__(self, p: float = 0.5, *, seed: Seed = None) -> None:
        super().__init__(seed)
        self.p = number("p", p, lambda p: 0 <= p < 1, "a probability below 1")

    def __call__(self, x: Any) -> Any:
        """Every number of x, in training times 0 or 1/(1 - p)."""
        if not self.training:
            return outputs([*inputs(x)])
        return outputs([z * self.drawn(z, self._factor) for z in inputs(x)])

    def _factor(self) -> float:
        return 0.0 if self.rng.random() < self.p else 1 / (1 - self.p)


class Maxout(Module):
    """``nout`` units, each the largest of ``k`` affine pieces wᵢ · x + bᵢ.

    ``weight`` is (k, nout, nin) Values. Two pieces make ReLU, |z| and PReLU of slopes ≤ 1.
    Raises ValueError unless ``nin``, ``nout`` and ``k`` are at least 1.

    Source: I. Goodfellow et al., Maxout networks, ICML 2013.

    >>> len(Maxout(3, 2, k=2).parameters())
    16
    """

    def __init__(
        self, nin: int, nout: int, k: int = 2, *, init: Initialiser = he_normal, seed: Seed = None
    ) -> None:
        self.nin, self.nout, self.k = whole("nin", nin), whole("nout", nout), whole("k", k)
        rng = generator(seed)
        self.weight = tuple(weights(self.nin, self.nout, init, rng) for _ in range(self.k))
        self.bias = tuple(tuple(Value(0.0) for _ in range(self.nout)) for _ in range(self.k))

    def __call__(self, x: Any) -> Any:
        """The largest piece of every unit."""
        xs, k = inputs(x, self.nin), range(self.k)
        pieces = (
            [dot(self.weight[i][j], xs) + self.bias[i][j] for i in k] for j in range(self.nout)
        )
        return outputs([reduce(maximum, piece) for piece in pieces])


class RBF(Module):
    """``nout`` units exp(-‖x - w‖²/σ²), each near 1 only where x is near its centre w.

    ``weight`` is (nout, nin) Values, the centres, drawn by ``init`` (standard normal by default).
    Raises ValueError for a ``sigma`` that is not above 0, and where there is no input or no unit.

    Source: D. Broomhead, D. Lowe, Multivariable functional interpolation and adaptive networks,
    Complex Systems 2, 1988.

    >>> from nn.init import constant
    >>> rbf = RBF(2, 1, init=constant(1.0))
    >>> rbf([1.0, 1.0]).data
    1.0
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        sigma: float = 1.0,
        *,
        init: Initialiser = STANDARD_NORMAL,
        seed: Seed = None,
    ) -> None:
        self.nin, self.nout = whole("nin", nin), whole("nout", nout)
        self.sigma = number("sigma", sigma, lambda sigma: sigma > 0, "a number > 0")
        self.weight = weights(self.nin, self.nout, init, generator(seed))

    def __call__(self, x: Any) -> Any:
        """exp(-‖x - w‖²/σ²) for every centre w."""
        xs = inputs(x, self.nin)
        apart = [[w - x for w, x in zip(centre, xs, strict=True)] for centre in self.weight]
        return outputs([exp(-dot(d, d) / self.sigma**2) for d in apart])
