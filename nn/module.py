"""Modules: a module owns Values and other modules, as plain attributes, and finds them by walking.

The parameters of a module are the Values among its public attributes, in lists and tuples of any
depth and in the modules there, in the order in which they were set. Nothing is registered.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from itertools import chain, product
from textwrap import indent
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from autograd import NOTHING, Value, group

from .data.arrays import as_reals
from .places import Place, Shape, endless, flat, refuse_cached, shape_of, unfound


class Module:
    """A function with parameters. Derive from it, set attributes, define ``__call__``.

    An attribute that is a sequence of Values of one shape is one array of `state_dict`, under the
    attribute's name. A name that begins with an underscore hides an attribute from the walk; a dict
    or an array of parameters, which the walk does not enter, is refused with a TypeError. A
    constructor argument that is kept as an attribute of its name is part of what ``repr`` shows and
    `save` writes. A parameter without a label gets its place as one, ``layers.0.weight[2, 1]``, and
    what a call makes is a `group` of the module's name, by which pictures frame and fold it.

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
    classes: Sequence[str] | None = None
    """The labels that `fit` was given, in the order of their class indices."""

    def __init_subclass__(cls, **settings: Any) -> None:
        """What a module's call makes is a group, for pictures."""
        super().__init_subclass__(**settings)
        refuse_cached(cls)
        if inspect.isfunction(call := vars(cls).get("__call__")):
            cls.__call__ = _grouped(call)  # type: ignore[method-assign]

    def __setattr__(self, name: str, x: Any) -> None:
        """Set an attribute; the parameters in it are labelled by their place, for pictures.

        ``training`` is set inside, too. TypeError for the name of a method of Module.
        """
        if name == "training":
            for _, module in self.modules():
                vars(module)[name] = x
        elif not name.startswith("_"):
            if callable(getattr(Module, name, None)):
                raise TypeError(f"{name}() is a method of modules, called, not set: given {x!r}")
            _label(self, name, x)
            if _unseen(x):
                raise unfound(self, name)
        object.__setattr__(self, name, x)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Micrograd's names are told ours; Python itself asks for those that are nearly right."""
            ours = {"w": "weight", "b": "bias"}.get(name)
            hint = f"; its {ours} is .{ours}" if ours in vars(self) else ""
            said = f"{type(self).__name__} has no attribute {name!r}{hint}"
            raise AttributeError(said, name=name, obj=self)

    def __call__(self, x: Any) -> Any:  # noqa: ARG002
        """What the module answers to one sample, or to all at once: an array (n, d), which `fit` gives.

        ``x.T[i]`` is input i of an array of one sample and of n; a batch is one number to formulas.
        """
        torchs = ": its forward is to have this name" * hasattr(self, "forward")
        raise NotImplementedError(
            f"{type(self).__name__} does not define __call__(self, x){torchs}"
        )

    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules among the attributes, with their dotted names; not those inside them."""
        for name, x, shape in _walk("", self, enter=False):
            if shape is None and x is not self:
                yield name, x

    def modules(self) -> Iterator[tuple[str, Module]]:
        """This module, named "", and all inside it, with their dotted names."""
        return ((name, x) for name, x, shape in _walk("", self) if shape is None)

    def parameters(self) -> list[Value]:
        """Every Value that the module owns, once, in the order of `named_parameters`."""
        every = (flat(array, len(shape)) for _, array, shape in _arrays(self))
        return [*dict.fromkeys(chain.from_iterable(every))]

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter with its dotted name, such as ``layers.0.weight.2.1``.

        A parameter that is shared comes once, under the first of its names.
        """
        seen: set[Value] = set()
        for name, array, shape in _arrays(self):
            indices = product(*map(range, shape))
            for place, p in zip(indices, flat(array, len(shape)), strict=True):
                if p not in seen:
                    seen.add(p)
                    yield ".".join((name, *map(str, place))), p

    def zero_grad(self) -> None:
        """Put the gradient of every parameter back to 0."""
        for p in self.parameters():
            p.grad = NOTHING

    def train(self, mode: bool = True) -> Self:
        """Go into training mode (or out of it), which `Dropout` and `RReLU` ask for; returns self."""
        self.training = mode
        return self

    def eval(self) -> Self:
        """Leave training mode; returns self."""
        return self.train(False)

    def state_dict(self) -> dict[str, np.ndarray]:
        """The numbers of all parameters as NumPy arrays, under PyTorch's names and in its shapes.

        >>> from nn import MLP
        >>> {name: array.shape for name, array in MLP(3, [5]).state_dict().items()}
        {'layers.0.weight': (5, 3), 'layers.0.bias': (5,)}
        """
        return {
            name: np.array([p.data for p in flat(array, len(shape))], float).reshape(shape)
            for name, array, shape in _arrays(self)
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over the numbers of a `state_dict`: ours, or PyTorch's where the names agree.

        Raises KeyError where names are missing or unknown, ValueError for an array of another
        shape, or of two numbers for one parameter; the parameters are then as they were.
        """
        own = {name: (array, shape) for name, array, shape in _arrays(self)}
        if not isinstance(state, Mapping):
            raise TypeError(f"a state_dict is a dict of names and arrays, given {state!r}")
        if own.keys() != state.keys():
            raise KeyError(
                f"state_dict does not fit this {type(self).__name__}: missing "
                f"{sorted(own.keys() - state.keys())}, unknown {sorted(state.keys() - own.keys())}"
            )
        numbers: dict[Value, float] = {}
        for name, (array, shape) in own.items():
            a = as_reals(name, state[name])
            if a.shape != shape:
                raise ValueError(f"{name} has shape {shape} here, given {a.shape}")
            for p, x in zip(flat(array, a.ndim), a.astype(float).flat, strict=True):
                if repr(numbers.setdefault(p, x)) != repr(x):  # one parameter, in two places
                    raise ValueError(f"{p.label} is tied, given {numbers[p]} and, in {name}, {x}")
        for p, x in numbers.items():
            p.data = float(x)

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


def as_module(x: Any) -> Module:
    """A model as it is; TypeError for what is no Module."""
    if not isinstance(x, Module):
        raise TypeError(f"a model is a Module, such as MLP(2, [16, 1]), given {x!r}")
    return x


# ------------------------------------------------------------------------------------- the walk


def _walk(name: str, x: Any, enter: bool = True) -> Iterator[tuple[str, Any, Shape | None]]:
    """The modules, and the arrays of Values with their shape, below x, each with its dotted name, x
    first: among the public attributes of modules (of x alone, unless ``enter``) and in sequences.
    """
    try:
        yield from _down(name, x, enter)
    except RecursionError:
        raise endless(x) from None


def _down(name: str, x: Any, enter: bool) -> Iterator[tuple[str, Any, Shape | None]]:
    """`_walk`, without an end where there is none."""
    below: Iterable[tuple[Any, Any]] = ()
    if isinstance(x, Module):
        yield name, x, None
        below = _public(x) if enter or not name else ()
    elif (shape := shape_of(x)) is not None:
        yield name, x, shape
    elif isinstance(x, (list, tuple)):
        below = enumerate(x)
    for key, v in below:
        if isinstance(v, (Module, Value, list, tuple)):
            yield from _down(f"{name}.{key}" if name else str(key), v, enter)


def _unseen(x: Any) -> bool:
    """Whether Values or modules are in a dict or an array, into which the walk does not go."""
    if isinstance(x, (list, tuple)):
        return shape_of(x) is None and any(map(_unseen, x))
    objects = hasattr(x, "flat") and x.dtype.kind == "O"
    inside = x.values() if isinstance(x, dict) else x.flat if objects else ()
    return any(isinstance(v, Module) or shape_of(v) is not None for v in inside)


def _public(module: Module) -> Iterator[tuple[str, Any]]:
    """The attributes of a module that count: those not named with an underscore first."""
    return ((name, x) for name, x in vars(module).items() if not name.startswith("_"))


def _arrays(module: Module) -> Iterator[tuple[str, Any, Shape]]:
    """The Values below a module, and nested sequences of them, with their dotted names and shapes."""
    for name, array, shape in _walk("", module):
        if shape is not None:
            yield name, array, shape


# ---------------------------------------------------------------------------- names, for pictures


PLACE = "_Module__place"


def _place(module: Module) -> Place:
    """The place of a module; as long as no other module owns it, the top of its own."""
    place: Place | None = vars(module).get(PLACE)
    if place is None:
        place = vars(module)[PLACE] = Place("")
    return place


def _label(owner: Module, name: str, x: Any) -> None:
    """Say to the modules and the parameters in an attribute where they stand, if none did before."""
    for step, part, shape in _walk(name, x, enter=False):
        if shape is None:
            place = _place(part)
            if place in _place(owner).line():
                raise endless(part)
            if place.owner is None:
                place.step, place.owner, place.group = step, _place(owner), None
        else:
            array = Place(step, _place(owner), shape)
            for p, label in zip(flat(part, len(shape)), array.labels(), strict=True):
                if not hasattr(p, "notes"):
                    p.notes = {"label": label}
                elif "label" not in p.notes:
                    p.annotate(label=label)


def _grouped(call: Callable[..., Any]) -> Callable[..., Any]:
    """A module's call, as a group of its name."""

    @wraps(call)
    def grouped(self: Module, *args: Any, **kwargs: Any) -> Any:
        if type(self).__call__ is not grouped:  # called by the one of a class derived from it
            return call(self, *args, **kwargs)
        return (_place(self).group or _group(self)).call(call, self, *args, **kwargs)

    return grouped


def _group(module: Module) -> Any:
    """The group of a module's calls, when it is called first: its lists may have grown since set."""
    for name, x in _public(module):
        _label(module, name, x)
    place = _place(module)
    place.group = group(place.step or type(module).__name__)
    return place.group
