"""Modules: a module owns Values and other modules, as plain attributes, and finds them by walking.

The parameters of a module are the Values among its public attributes, in lists and tuples of any
depth and in the modules there, in the order in which they were set. Nothing is registered.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from textwrap import indent
from typing import TYPE_CHECKING, Any

from autograd import NOTHING, Value, register_pytree_node

if TYPE_CHECKING:
    from typing import Self

    import numpy as np


class Module:
    """A function with parameters. Derive from it, set attributes, define ``__call__``.

    An attribute that is a sequence of Values of one shape is one array of `state_dict`, under the
    attribute's name. A name that begins with an underscore hides an attribute from the walk. A
    constructor argument that is kept as an attribute of its name is part of what ``repr`` shows and
    `save` writes.

    >>> from autograd import Value
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line
    Line() with 2 parameters
    >>> line(3.0).backward()
    >>> {name: p.grad for name, p in line.named_parameters()}
    {'slope': 3.0, 'offset': 1.0}
    """

    training = True

    def __call__(self, x: Any) -> Any:
        """What the module answers to one sample, or to an array (n, d) of samples."""
        raise NotImplementedError(f"{type(self).__name__} does not define __call__(self, x)")

    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules among the attributes, with their dotted names; not those inside them."""
        for name, x in _walk("", self, into=(list, tuple)):
            if isinstance(x, Module) and x is not self:
                yield name, x

    def modules(self) -> Iterator[tuple[str, Module]]:
        """This module, named "", and all inside it, with their dotted names."""
        return ((name, x) for name, x in _walk("", self) if isinstance(x, Module))

    def parameters(self) -> list[Value]:
        """Every Value that the module owns, once, in the order of `named_parameters`."""
        return [p for _, p in self.named_parameters()]

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter with its dotted name, such as ``layers.0.weight.2.1``.

        A parameter that is shared comes once, under the first of its names.
        """
        seen: set[Value] = set()
        for name, array in _arrays(self):
            for indices, p in _entries(array):
                if p not in seen:
                    seen.add(p)
                    yield ".".join((name, *map(str, indices))), p

    def zero_grad(self) -> None:
        """Put the gradient of every parameter back to 0."""
        for p in self.parameters():
            p.grad = NOTHING

    def train(self, mode: bool = True) -> Self:
        """Go into training mode (or out of it), which `Dropout` and `RReLU` ask for; returns self."""
        for _, module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Leave training mode; returns self."""
        return self.train(mode=False)

    def state_dict(self) -> dict[str, np.ndarray]:
        """The numbers of all parameters as NumPy arrays, under PyTorch's names and in its shapes.

        >>> from nn import MLP
        >>> {name: array.shape for name, array in MLP(3, [5]).state_dict().items()}
        {'layers.0.weight': (5, 3), 'layers.0.bias': (5,)}
        """
        import numpy as np

        return {
            name: np.array([p.data for _, p in _entries(array)], float).reshape(_shape(array))
            for name, array in _arrays(self)
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over the numbers of a `state_dict`: ours, or PyTorch's where the names agree.

        Raises KeyError where names are missing or unknown, ValueError for an array of another
        shape; the parameters are then as they were.
        """
        import numpy as np

        own = dict(_arrays(self))
        if own.keys() != state.keys():
            raise KeyError(
                f"state_dict does not fit this {type(self).__name__}: "
                f"missing {sorted(own.keys() - state.keys())}, "
                f"unknown {sorted(state.keys() - own.keys())}"
            )
        arrays = {name: np.asarray(a, float) for name, a in state.items()}
        for name, a in arrays.items():
            if a.shape != _shape(own[name]):
                raise ValueError(f"{name} has shape {_shape(own[name])} here, given {a.shape}")
        for name, a in arrays.items():
            for indices, p in _entries(own[name]):
                p.data = float(a[indices])

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments, read back from the attributes that have their names."""
        names = inspect.signature(type(self)).parameters
        return {name: getattr(self, name) for name in names if hasattr(self, name)}

    def __repr__(self) -> str:
        inside = list(self.children())
        given = [
            f"{name}={getattr(x, '__name__', None) or repr(x)}"
            for name, x in self.settings().items()
            if not any(
                child is x or name == child_name.split(".")[0] for child_name, child in inside
            )
        ]
        count = len(self.parameters())
        plural = "s" * (count != 1)
        lines = [f"{type(self).__name__}({', '.join(given)}) with {count} parameter{plural}"]
        lines += [indent(f"{name}: {child!r}", "  ") for name, child in inside]
        return "\n".join(lines)


# ------------------------------------------------------------------------------------- the walk


def _walk(
    name: str, x: Any, into: tuple[type, ...] = (Module, list, tuple)
) -> Iterator[tuple[str, Any]]:
    """All that is below x with its dotted name, x first: the public attributes of modules, the
    elements of sequences. Arrays of Values are not entered; ``into`` says what else is.
    """
    yield name, x
    below: Iterable[tuple[str, Any]] = ()
    if isinstance(x, Module) and (not name or Module in into):
        below = ((key, v) for key, v in vars(x).items() if not key.startswith("_"))
    elif isinstance(x, (list, tuple)) and _shape(x) is None:
        below = ((str(i), v) for i, v in enumerate(x))
    for key, v in below:
        yield from _walk(f"{name}.{key}" if name else key, v, into)


def _arrays(module: Module) -> Iterator[tuple[str, Any]]:
    """The Values below a module, and nested sequences of them, with their dotted names."""
    return ((name, x) for name, x in _walk("", module) if _shape(x) is not None)


def _shape(x: Any) -> tuple[int, ...] | None:
    """The shape of a Value, (), or of a nested sequence of Values; None for anything else."""
    if isinstance(x, Value):
        return ()
    if not isinstance(x, (list, tuple)) or not x:
        return None
    shapes = {_shape(v) for v in x}
    inner = shapes.pop()
    return None if shapes or inner is None else (len(x), *inner)


def _entries(array: Any) -> Iterator[tuple[tuple[int, ...], Value]]:
    """The Values of a nested sequence, each with its indices."""
    if isinstance(array, Value):
        yield (), array
        return
    for i, row in enumerate(array):
        yield from (((i, *indices), v) for indices, v in _entries(row))


# -------------------------------------------------------------------- taken apart, as transforms do


def _flatten(module: Module) -> tuple[dict[str, Value], Callable[[Iterator[Any]], Any]]:
    """A Module's parts are the Values in its attributes; all else stays as it is."""
    parts: dict[str, Value] = {}
    return parts, _parts(module, "", parts)


def _parts(x: Any, path: str, parts: dict[str, Value]) -> Callable[[Iterator[Any]], Any]:
    """Collect the Values in x by their paths; what is returned makes x of others."""
    if isinstance(x, Value):
        parts[path] = x
        return lambda new: _value(next(new), x.label)
    if isinstance(x, (list, tuple)):
        items = [_parts(v, f"{path}[{i}]", parts) for i, v in enumerate(x)]
        return lambda new: type(x)([item(new) for item in items])
    if not isinstance(x, Module):
        return lambda _: x
    members = {name: _parts(v, f"{path}.{name}", parts) for name, v in vars(x).items()}

    def rebuild(new: Iterator[Any]) -> Any:
        clone = copy.copy(x)
        vars(clone).update({name: member(new) for name, member in members.items()})
        return clone

    return rebuild


def _value(x: Any, label: str) -> Any:
    """A number in the place of a parameter; blocks of a Jacobian stay what they are."""
    shape: tuple[int, ...] = getattr(x, "shape", ())
    return x if shape or isinstance(x, (Value, Module, Mapping, list, tuple)) else Value(x, label)


register_pytree_node(Module, _flatten, lambda rebuild, parts: rebuild(iter(parts)))
