"""Layers: a neuron is a(w · x + b), a layer is neurons side by side, an MLP layers in a row.

A model is called on the numbers of one sample, or on an array (n, d) of n samples: each of its
columns is then one number for every sample, and every node of the graph holds a batch.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from random import Random
from typing import Any

from autograd import Value, dot, stack

from ..data.arrays import plain
from ..init import Initialiser, he_normal, zeros
from ..module import Module
from ..seed import Seed, generator
from ..settings import whole
from .activations import Activation, activation_function


def inputs(x: Any, count: int | None = None) -> tuple[Any, ...]:
    """What a layer is called on, as the tuple of its input numbers, which are to be ``count``.

    A sequence holds the numbers of one sample, an array of shape (n, d) is d columns, one number is
    one input. Raises ValueError for another number of inputs, TypeError for what is no sequence.

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
    if count and isinstance(x[0], (list, tuple)):
        raise TypeError(
            f"{x!r} is no sample: n samples are an array, np.array(X) of a list of lists"
        )
    return tuple(x)


def _numbers(x: Any) -> Sequence[Any]:
    if isinstance(x, (Value, int, float)):
        return (x,)
    if not hasattr(x, "ndim"):
        if isinstance(x, (str, bytes, dict, set)) or not hasattr(x, "__iter__"):
            raise TypeError(f"a sample is a sequence of numbers, or one number; given {x!r}")
        return tuple(x)
    x = plain("X", x)
    if x.ndim == 0:
        return (x.item(),)
    if x.ndim > 2:
        raise ValueError(f"samples are an array of shape (n, d), given one of shape {x.shape}")
    if x.ndim == 2 and x.dtype == object:  # variables: a column of them becomes one batch
        return tuple(stack(list(column)) for column in x.T)
    return tuple(x.T) if x.ndim == 2 else tuple(x)


def outputs(values: list[Any]) -> Any:
    """One output as it is, several as a list: micrograd's habit."""
    return values[0] if len(values) == 1 else values


def weights(nin: int, nout: int, init: Initialiser, rng: Random) -> tuple[tuple[Value, ...], ...]:
    """(nout, nin) Values, drawn unit by unit."""
    if not callable(init):
        raise TypeError(
            f"init draws a weight by init(nin, nout, generator), as he_normal; given {init!r}"
        )
    return tuple(tuple(Value(init(nin, nout, rng)) for _ in range(nin)) for _ in range(nout))


def written_out(ws: Sequence[Any], xs: Sequence[Any]) -> Any:
    """w · x in single products and sums."""
    return reduce(operator.add, map(operator.mul, ws, xs))


class Neuron(Module):
    """One unit, a(w · x + b), with ``nin`` inputs.

    ``activation`` is a name in `ACTIVATIONS` or a function; ``init(fan_in, fan_out, generator)``
    draws each weight (`init`; He's by default), the bias starts at 0. The weighted sum is one
    `dot` node; ``plain=True`` writes it out as single products and sums, with the same numbers.

    Raises ValueError for less than one input and for an unknown activation, TypeError for what is no
    whole number, and no activation at all.

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
    ) -> None:
        activation_function(activation)
        self.nin, self.activation, self.plain = whole("nin", nin), activation, plain
        (self.weight,) = weights(self.nin, 1, init, generator(seed))
        self.bias = Value(0.0)

    def __call__(self, x: Any) -> Any:
        """a(w · x + b)."""
        xs = inputs(x, self.nin)
        z = (written_out if self.plain else dot)(self.weight, xs) + self.bias
        return activation_function(self.activation)(z)


class Layer(Module):
    """``nout`` neurons on the same ``nin`` inputs; settings as for `Neuron`.

    ``weight`` is (nout, nin) Values, a row a neuron, and ``bias`` is nout Values. One output comes
    as it is, several as a list.

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
        activation_function(activation)
        self.nin, self.nout = whole("nin", nin), whole("nout", nout)
        self.activation, self.plain = activation, plain
        self.weight = weights(self.nin, self.nout, init, generator(seed))
        self.bias = tuple(Value(0.0) for _ in range(self.nout))

    @property
    def neurons(self) -> tuple[Neuron, ...]:
        """The neurons, in the order of the outputs: views, whose Values are this layer's own."""
        return tuple(self._neuron(*row) for row in zip(self.weight, self.bias, strict=True))

    def _neuron(self, weight: tuple[Value, ...], bias: Value) -> Neuron:
        neuron = Neuron(self.nin, self.activation, init=zeros, plain=self.plain)
        neuron.weight, neuron.bias = weight, bias
        return neuron

    def __call__(self, x: Any) -> Any:
        """a(W x + b), one output for each neuron."""
        return self.activated(self.weighted_sums(x))

    def weighted_sums(self, x: Any) -> list[Any]:
        """z = W x + b, one for each neuron."""
        xs, product = inputs(x, self.nin), written_out if self.plain else dot
        return [product(ws, xs) + b for ws, b in zip(self.weight, self.bias, strict=True)]

    def activated(self, zs: Sequence[Any]) -> Any:
        """What the neurons make of their weighted sums."""
        activate = activation_function(self.activation)
        return outputs([activate(z) for z in zs])


class MLP(Module):
    """A multi-layer perceptron with ``nin`` inputs and layers of ``nouts`` neurons.

    Hidden layers have the ``activation``, the last one ``output``; the rest as for `Neuron`.
    Weights are drawn layer by layer from one generator of the ``seed``.

    Raises ValueError for no layers, and where a layer has no neurons or no inputs; TypeError for a
    number in place of a list.

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
        if not isinstance(nouts, Iterable) or isinstance(nouts, str):
            raise TypeError(
                f"nouts says how many neurons each layer has, as in MLP({nin}, [16, 16, 1]); given "
                f"{nouts!r}"
            )
        nin, nouts = whole("nin", nin), [whole("nouts", nout) for nout in nouts]
        if not nouts:
            raise ValueError("an MLP has one layer or more, given nouts = []")
        activation_function(activation)  # a single layer does not use it
        self.nin, self.nouts, self.plain = nin, nouts, plain
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

    Raises TypeError for what cannot be called, such as a list of layers.
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        if layers and isinstance(layers[0], (list, tuple)):
            raise TypeError("Sequential takes its modules one by one: Sequential(*layers)")
        self.layers = [*map(activation_function, layers)]  # which a file has by their names

    def __call__(self, x: Any) -> Any:
        """What the last layer answers."""
        for layer in self.layers:
            x = layer(x)
        return x
