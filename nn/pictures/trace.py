"""A model's layers laid open: z, a and δ of every unit, the quantities of backpropagation by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..data.arrays import data_of
from ..layers.neurons import Layer, inputs
from ..module import Module


class Unit(NamedTuple):
    """One unit of a traced model, counted from 0; z is None where a module has no weighted sum."""

    layer: int
    unit: int
    z: Any
    a: Any

    @property
    def delta(self) -> Any:
        """δ = ∂(output)/∂z, what the last ``backward()`` sent to z; 0.0 before it."""
        return None if self.z is None else self.z.grad


class Trace(Sequence[Unit]):
    """The units of a model, layer by layer, and its ``output``; its text is their table."""

    def __init__(self, units: Sequence[Unit], output: Any) -> None:
        self._units, self.output = units, output

    def __getitem__(self, index: Any) -> Any:
        return self._units[index]

    def __len__(self) -> int:
        return len(self._units)

    def __repr__(self) -> str:
        rows = [["layer", "unit", "z", "a", "δ"]]
        rows += [[str(u.layer), str(u.unit), *map(_text, (u.z, u.a, u.delta))] for u in self]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        )


def trace(model: Module, x: Any) -> Trace:
    """Run a model with ``layers``, or one `Layer`, on x, and keep z and a of every unit.

    The loss is computed from ``.output``; after its ``backward()`` the table shows δ too. Raises
    TypeError for a model without layers.

    >>> from nn import MLP
    >>> model = MLP(1, [1, 1], "sigmoid", output="sigmoid")
    >>> model.load_state_dict({"layers.0.weight": [[0.8]], "layers.0.bias": [-0.3],
    ...                        "layers.1.weight": [[-1.2]], "layers.1.bias": [0.4]})
    >>> table = trace(model, [1.5])
    >>> ((table.output - 0.5) ** 2).backward()
    >>> table
    layer  unit          z         a           δ
        0     0        0.9   0.71095   0.0130523
        1     0  -0.453139  0.388615  -0.0529288
    """
    layers = [model] if isinstance(model, Layer) else getattr(model, "layers", None)
    if layers is None:
        raise TypeError(f"trace() takes a model with layers, got {type(model).__name__}")
    units: list[Unit] = []
    for i, layer in enumerate(layers):
        zs = layer.weighted_sums(x) if isinstance(layer, Layer) else None
        x = layer(x) if zs is None else layer.activated(zs)
        answers = inputs(x)
        units += [Unit(i, j, zs and zs[j], a) for j, a in enumerate(answers)]
    return Trace(units, x)


def _text(x: Any) -> str:
    if x is None:
        return ""
    number = data_of(x)
    if not hasattr(number, "shape"):
        return f"{number:.6g}" if isinstance(number, float) else str(number)
    samples = " ".join(f"{v:.6g}" for v in number[:3])
    return f"{samples} …" if len(number) > 3 else samples
