"""Pytrees: nested containers taken apart into leaves and a treedef, and put together again.

    leaves, treedef = flatten(tree)          treedef.unflatten(leaves) is the tree once more

Lists, tuples, named tuples, dicts, dataclasses and None are containers; a class of any other kind says
itself how it is taken apart (`register_pytree_node`). Everything else is a leaf.

Source: the names and the idea are those of JAX's pytrees.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from .. import context
from ..errors import TransformError
from ..kinds.kind import is_number
from ..value import Value

Flatten = Callable[[Any], tuple[Any, Any]]
Unflatten = Callable[[Any, list[Any]], Any]
_registered: dict[type, tuple[Flatten, Unflatten]] = {}
_proved: set[type] = set()  # of which one object was put together again


def register_pytree_node(cls: type, flatten: Flatten, unflatten: Unflatten) -> None:
    """Say how objects of a class, and of those derived from it, are taken apart.

    ``flatten(x)`` answers (parts, aux): parts is a sequence of trees, or a mapping to them from the
    step that leads to each (".w", "[2]"), as errors shall write it; aux is the rest: `jit` records
    anew for one that is not equal, ``==``. ``unflatten(aux, parts)`` makes
    an object of a list of other parts. A leaf Value among the parts counts as a variable of the
    object's own: a transform reads its number, once however often it is reached, and hands numbers
    or Values back. Raises TypeError for what is no class or cannot be called.

    >>> from autograd import grad, register_pytree_node
    >>> class Line:
    ...     def __init__(self, a, b):
    ...         self.a, self.b = a, b
    >>> register_pytree_node(Line, lambda p: ([p.a, p.b], None), lambda _, parts: Line(*parts))
    >>> slope = grad(lambda p: p.a * 3 + p.b)(Line(2.0, 5.0))
    >>> slope.a, slope.b
    (3.0, 1.0)
    """
    if not isinstance(cls, type):
        raise TypeError(f"register_pytree_node() takes a class, got {cls!r}")
    for name, function in (("flatten", flatten), ("unflatten", unflatten)):
        if not callable(function):
            raise TypeError(f"{name} of {cls.__name__} cannot be called: {function!r}")
    _registered[cls] = flatten, unflatten
    _proved.clear()


class Own(NamedTuple):
    """A leaf Value that belongs to an object of a registered class."""

    value: Value


class Treedef:
    """The form of a tree: everything but its leaves."""

    __slots__ = ("aux", "build", "children", "form")

    def __init__(
        self, form: Any, children: dict[str, Treedef], build: Any = None, aux: Any = None
    ) -> None:
        self.form, self.children, self.build, self.aux = form, children, build, aux

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Treedef):
            return NotImplemented
        return self.form == other.form and self.children == other.children

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        name = getattr(self.form, "__name__", self.form)
        return f"a {name} of ({', '.join(self.children)})" if self.build else "a number"

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The tree with the next of these leaves."""
        if self.build is None:
            return next(iter(leaves))
        leaves, children = iter(leaves), self.children.values()
        if all(child is LEAF for child in children):
            return self.build([*islice(leaves, len(children))])
        return self.build([child.unflatten(leaves) for child in children])

    def paths(self, before: str = "") -> Iterator[str]:
        """Where each leaf stands, such as ``[2]['b']``."""
        if self.build is None:
            yield before
        for step, child in self.children.items():
            yield from child.paths(before + step)

    def computed(self, before: str) -> Iterator[tuple[str, Any]]:
        """The numbers that a dataclass's ``__post_init__`` set besides its fields, and their places."""
        if hasattr(self.form, "__post_init__") and not _registration(self.form):
            for name, x in self.aux.items():
                if any(map(_is_real, flatten(x)[0])):
                    yield f"{before}.{name}", x
        for step, child in self.children.items():
            if child is not LEAF:
                yield from child.computed(before + step)

    def leaves_of(self, tree: Any, path: str, owned: bool = False) -> Iterator[tuple[str, Any]]:
        """The leaves of another tree of this form, in this one's order, each with its path.

        Raises TransformError, which names the place, for a tree of another form.
        """
        node = opened(tree)
        if self.build is None and node is None:
            yield path, own(tree)[0] if owned else tree
            return
        if node is None or node.form != self.form or node.parts.keys() != self.children.keys():
            raise TransformError(f"{path} is {tree!r}: not of one form with {self}")
        for step, child in self.children.items():
            yield from child.leaves_of(node.parts[step], path + step, owned or node.owner)


LEAF = Treedef(None, {})


class Opened(NamedTuple):
    """A container one level deep."""

    form: Any  # what two containers have in common that hold alike parts
    parts: dict[str, Any]  # by the step that leads to each: "[2]", "['b']", ".w"
    build: Callable[[list[Any]], Any]  # the container with other parts
    owner: bool = False  # whether leaf Values below are its own variables
    aux: Any = None  # what an object is besides its parts


ROW = {float, Value}
"""The types of most leaves: containers of nothing else, such as rows of weights, take no walk."""
DEEPEST = 250
"""Containers in each other: what walks a tree goes down by calls, of which Python has some hundred."""


def flatten(tree: Any) -> tuple[list[Any], Treedef]:
    """The leaves of a tree and its form; TransformError for one that is too deep, or in itself."""
    leaves: list[Any] = []
    return leaves, _flatten(tree, leaves, False, DEEPEST)


def _flatten(tree: Any, leaves: list[Any], owned: bool, room: int) -> Treedef:
    node = opened(tree)
    if node is None:
        leaves += own(tree) if owned else [tree]
        return LEAF
    if not room:
        raise TransformError(
            f"more than {DEEPEST} containers in each other, or one that holds itself: give flat ones"
        )
    parts, owned = node.parts, owned or node.owner
    if ROW.issuperset(map(type, parts.values())):
        leaves += own(*parts.values()) if owned else parts.values()
        children = dict.fromkeys(parts, LEAF)
    else:
        children = {s: _flatten(x, leaves, owned, room - 1) for s, x in parts.items()}
    return Treedef(node.form, children, node.build, node.aux)


def own(*leaves: Any) -> list[Any]:
    """Leaves of an object: Values are marked as its own unless a running transform put them there."""
    since = context.running.get().since
    return [Own(x) if type(x) is Value and x.op is None and x.serial < since else x for x in leaves]


def tree_map(function: Callable[[Any], Any], tree: Any) -> Any:
    """A tree with a function applied to its leaves, an object's own Values left as they are.

    A tree of which no leaf changes is answered itself.
    """
    marked, treedef = flatten(tree)
    leaves = [x.value if type(x) is Own else x for x in marked]
    new = [x if type(m) is Own else function(x) for m, x in zip(marked, leaves, strict=True)]
    changed = any(x is not y for x, y in zip(leaves, new, strict=True))
    return treedef.unflatten(new) if changed else tree


def opened(tree: Any) -> Opened | None:
    """A container one level deep, or None for a leaf."""
    if type(tree) is Value or type(tree) is float or isinstance(tree, type):
        return None
    if tree is None:
        return Opened("None", {}, lambda _: None)
    if isinstance(tree, Mapping):
        keys = tuple(tree)
        parts = {f"[{key!r}]": tree[key] for key in keys}
        return Opened("dict", parts, lambda new: dict(zip(keys, new, strict=True)))
    if isinstance(tree, (list, tuple)):
        return _opened_sequence(tree)
    registered = _registration(type(tree))
    if registered:
        return _opened_object(tree, *registered)
    if hasattr(tree, "__dataclass_fields__"):
        return _opened_dataclass(tree, tree.__dataclass_fields__)
    return None


def _is_real(x: Any) -> bool:
    """Whether x is a number, or an array of them, that no integer is."""
    return (
        is_number(x)
        and not isinstance(x, int)
        and getattr(getattr(x, "dtype", None), "kind", "f") not in "biu"
    )


def _registration(cls: type) -> tuple[Flatten, Unflatten] | None:
    return next((_registered[c] for c in cls.__mro__ if c in _registered), None)


def _opened_sequence(tree: Any) -> Opened:
    """A list and a tuple have one form; a named tuple has its own."""
    kind = type(tree)
    parts = {f"[{i}]": x for i, x in enumerate(tree)}
    if hasattr(tree, "_fields"):
        return Opened(kind, parts, lambda new: kind(*new))
    return Opened("sequence", parts, list if isinstance(tree, list) else tuple)


def _opened_dataclass(tree: Any, fields: Mapping[str, Any]) -> Opened:
    """A dataclass, a frozen one too: its fields, and what was set besides. What a `cached_property`
    keeps follows from the fields, and is computed again.
    """
    cls, held = type(tree), getattr(tree, "__dict__", {})
    parts = {f".{name}": getattr(tree, name) for name in fields}
    others = held.keys() - fields.keys()
    cached = [k for k in others if isinstance(getattr(cls, k, None), cached_property)]
    rest = {k: x for k, x in held.items() if k in others and k not in cached}

    def build(new: list[Any]) -> Any:
        clone = copy.copy(tree)
        for name in cached:
            del vars(clone)[name]
        for name, member in zip(fields, new, strict=True):
            object.__setattr__(clone, name, member)
        return clone

    return Opened(cls, parts, build, aux=rest)


def _opened_object(tree: Any, flatten: Flatten, unflatten: Unflatten) -> Opened:
    """An object of a registered class."""
    parts, aux = flatten(tree)
    parts = _by_step(parts)

    def build(new: list[Any]) -> Any:
        x = unflatten(aux, new)
        if not isinstance(x, type(tree)):
            raise TransformError(
                f"unflatten of {type(tree).__name__} made {x!r}: it must make an object of that class"
            )
        return x

    if type(tree) not in _proved:  # once a class: its own parts must make an object of these parts
        made = list(_by_step(flatten(build([*parts.values()]))[0]))
        if made != list(parts):
            raise TransformError(
                f"unflatten of {type(tree).__name__} made an object of other parts than it was given, "
                f"{made} for {list(parts)}"
            )
        _proved.add(type(tree))

    return Opened(type(tree), parts, build, owner=True, aux=aux)


def _by_step(parts: Any) -> dict[str, Any]:
    """Parts by the steps that lead to them."""
    return dict(parts if isinstance(parts, Mapping) else {f"[{i}]": x for i, x in enumerate(parts)})
