"""Layers: a neuron is a(w · x + b), a layer is neurons side by side, an MLP layers in a row.

A model is called on the numbers of one sample, or on an array (n, d) of n samples: each of its
columns is then one number for every sample, and every node of the graph holds a batch.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from autograd import Value, dot

from ..init import Initialiser, he_normal
from ..module import Module
from ..seed import Seed, generator
from .activations import Activation, activation_function


def inputs(x: Any, count: int | None = None) -> tuple[Any, ...]:
    """What a layer is called on, as the tuple of its input numbers, which are to be ``count``.

    A sequence holds the numbers of one sample, an array of shape (n, d) is d columns, one number is
    one input. Raises ValueError for another number of inputs.

    >>> inputs([1.0, 2.0], 2)
    (1.0, 2.0)
    """
    if not isinstance(x, (tuple, list)):
        x = _numbers(x)
    if count is not None and len(x) != count:
        raise ValueError(
            f"expected {count} input(s), given {len(x)}: a sample is a sequence of {count} "
            f"numbers, n samples are an array of shape (n, {count})"
        )
    return tuple(x)


def _numbers(x: Any) -> Sequence[Any]:
    if isinstance(x, (Value, int, float)):
        return (x,)
    if hasattr(x, "to_numpy"):  # a pandas frame or series
        x = x.to_numpy()
    dimensions = getattr(x, "ndim", 1)
    if dimensions > 2:
        raise ValueError(f"samples are an array of shape (n, d), given one of shape {x.shape}")
    return tuple(x.T) if dimensions == 2 else tuple(x)


def outputs(values: list[Any]) -> Any:
    """One output as it is, several as a list: micrograd's habit."""
    return values[0] if len(values) == 1 else values


class Neuron(Module):
    """One unit, a(w · x + b), with ``nin`` inputs.

    ``activation`` is a name in `ACTIVATIONS` or a function; ``init(fan_in, fan_out, generator)``
    draws each weight (`init`; He's by default), the bias starts at 0. The weighted sum is one
    `dot` node; ``plain=True`` writes it out as single products and sums, with the same numbers.

    Raises ValueError for less than one input and for an unknown activation.

    >>> n = Neuron(2, "tanh", seed=0)
    >>> len(n.parameters()), n([0.0, 0.0]).data
    (3, 0.0)
    """

    def __init__(
        self,
        nin: int,
        activation: str | Activation = "relu",
        *,
        init: Initialiser = he_normal,
        seed: Seed = None,
        plain: bool = False,
        fan_out: int = 1,
    ) -> None:
        if nin < 1:
            raise ValueError(f"a neuron has one input or more, given nin = {nin}")
        rng = generator(seed)
        self.nin, self.activation, self.plain = nin, activation, plain
        self.activate = activation_function(activation)
        self.weight = tuple(Value(init(nin, fan_out, rng)) for _ in range(nin))
        self.bias = Value(0.0)

    def __call__(self, x: Any) -> Any:
        """a(w · x + b)."""
        return self.activate(self.weighted_sum(inputs(x, self.nin)))

    def weighted_sum(self, xs: tuple[Any, ...]) -> Any:
        """z = w · x + b."""
        if self.plain:
            return reduce(operator.add, map(operator.mul, self.weight, xs)) + self.bias
        return dot(self.weight, xs) + self.bias


class Layer(Module):
    """``nout`` neurons on the same ``nin`` inputs; settings as for `Neuron`.

    ``weight`` is (nout, nin) Values and ``bias`` is nout Values: what the `neurons` hold. One
    output comes as it is, several as a list.

    >>> layer = Layer(3, 5)
    >>> layer
    Layer(nin=3, nout=5, activation='relu', plain=False) with 20 parameters
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: str | Activation = "relu",
        *,
        init: Initialiser = he_normal,
        seed: Seed = None,
        plain: bool = False,
    ) -> None:
        if nout < 1:
            raise ValueError(f"a layer has one neuron or more, given nout = {nout}")
        self.nin, self.nout, self.activation, self.plain = nin, nout, activation, plain
        rng = generator(seed)
        self._neurons = tuple(
            Neuron(nin, activation, init=init, seed=rng, plain=plain, fan_out=nout)
            for _ in range(nout)
        )
        self.weight = tuple(neuron.weight for neuron in self._neurons)
        self.bias = tuple(neuron.bias for neuron in self._neurons)

    @property
    def neurons(self) -> tuple[Neuron, ...]:
        """The neurons, in the order of the outputs."""
        return self._neurons

    def __call__(self, x: Any) -> Any:
        """a(W x + b), one output for each neuron."""
        activate = self.activate
        return outputs([activate(z) for z in self.weighted_sums(x)])

    def weighted_sums(self, x: Any) -> list[Value]:
        """z = W x + b, one for each neuron."""
        xs = inputs(x, self.nin)
        return [neuron.weighted_sum(xs) for neuron in self._neurons]

    @property
    def activate(self) -> Activation:
        """The function that makes an output of each weighted sum."""
        return self._neurons[0].activate


class MLP(Module):
    """A multi-layer perceptron with ``nin`` inputs and layers of ``nouts`` neurons.

    Hidden layers have the ``activation``, the last one ``output``; the rest as for `Neuron`.
    Weights are drawn layer by layer from one generator of the ``seed``.

    Raises ValueError for no layers, and where a layer has no neurons or no inputs.

    >>> model = MLP(3, [5, 1], activation="tanh")
    >>> model
    MLP(nin=3, nouts=[5, 1], activation='tanh', output='linear', plain=False) with 26 parameters
      layers.0: Layer(nin=3, nout=5, activation='tanh', plain=False) with 20 parameters
      layers.1: Layer(nin=5, nout=1, activation='linear', plain=False) with 6 parameters
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Activation = "relu",
        *,
        output: str | Activation = "linear",
        init: Initialiser = he_normal,
        seed: Seed = None,
        plain: bool = False,
    ) -> None:
        if not nouts:
            raise ValueError("an MLP has one layer or more, given nouts = []")
        self.nin, self.nouts, self.plain = nin, list(nouts), plain
        self.activation, self.output = activation, output
        rng = generator(seed)
        kinds = [activation] * (len(nouts) - 1) + [output]
        self.layers = [
            Layer(a, b, kind, init=init, seed=rng, plain=plain)
            for a, b, kind in zip([nin, *nouts], nouts, kinds, strict=False)
        ]

    def __call__(self, x: Any) -> Any:
        """What the last layer answers."""
        for layer in self.layers:
            x = layer(x)
        return x


class Sequential(Module):
    """Modules in a row, each called on what the one before it answers.

    >>> from nn import Layer, PReLU
    >>> Sequential(Layer(2, 8, "linear"), PReLU(), Layer(8, 1, "linear"))
    Sequential() with 34 parameters
      layers.0: Layer(nin=2, nout=8, activation='linear', plain=False) with 24 parameters
      layers.1: PReLU() with 1 parameter
      layers.2: Layer(nin=8, nout=1, activation='linear', plain=False) with 9 parameters
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        self.layers = list(layers)

    def __call__(self, x: Any) -> Any:
        """What the last layer answers."""
        for layer in self.layers:
            x = layer(x)
        return x
