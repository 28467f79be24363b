"""Trees taken apart and put together fast, by Python source made for one form.

Walking a pytree takes longer than a small program runs. So for a form that was seen a function is
written that knows it: it checks every container and answers the leaves. A list or tuple of numbers, a
row, is checked as one. Lists, tuples and dicts are taken apart in the source itself; any other
container (a named tuple, a dataclass, an object of a registered class) is opened as `flatten` does, and
must be what it was but for its parts. The source holds nothing of the user's: keys, and what objects
are built by, are handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ...transforms.pytree import Opened, Treedef, opened
from ...value import Value

PLAIN = (list, tuple, dict)

DEEPEST = 40
"""Containers in each other: deeper ones Python's parser may refuse, and nobody writes."""


def is_shallow(treedef: Treedef, room: int = DEEPEST) -> bool:
    """Whether there is source for trees of this form: not for too deep ones."""
    return room > 0 and all(is_shallow(child, room - 1) for child in treedef.children.values())


def is_plain(treedef: Treedef) -> bool:
    """Whether trees of this form are put together of lists, tuples and dicts."""
    plain = treedef.form in (None, "None", "sequence", "dict")
    return plain and all(map(is_plain, treedef.children.values()))


class Found(NamedTuple):
    """A leaf of a tree in the source that takes it apart, or a row of them."""

    name: str
    x: Any  # as it was in the tree that the source was made for
    owned: bool = False  # whether a Value is a variable of the object's that holds it

    @property
    def is_row(self) -> bool:
        """Whether it is a list or tuple of numbers."""
        return type(self.x) in PLAIN

    @property
    def text(self) -> str:
        """Its leaves, among other arguments or elements."""
        return f"*{self.name}" if self.is_row else self.name

    @property
    def size(self) -> int:
        """How many leaves they are."""
        return len(self.x) if self.is_row else 1


def unpacking(
    trees: dict[str, Any], refuse: str, names: dict[str, Any], rows: bool = False
) -> tuple[list[str], list[Found]]:
    """The source that takes trees apart, each by the name of its variable; and their leaves.

    ``refuse`` is what happens to a tree of another form, ``names`` takes what the source refers to.
    Leaves are not looked at. With ``rows`` a list or tuple of floats, or of Values, is one leaf.
    """
    lines: list[str] = []
    leaves: list[Found] = []
    waiting = [(name, x, False) for name, x in trees.items()][::-1]
    while waiting:
        name, x, owned = waiting.pop()
        node = opened(x)
        if x is None:
            lines.append(f"if {name} is not None: {refuse}")
            continue
        if node is None or (rows and _is_row(x)):
            if node is not None:
                lines += _checked(name, x, refuse, names)
            first = x if node is None else x[0]
            leaves.append(Found(name, x, owned and type(first) is Value))
            continue
        values = ""
        if type(x) in PLAIN:
            lines += _checked(name, x, refuse, names)
            values = ".values()" if type(x) is dict else ""
        else:
            names[f"parts_{name}"] = _parts_of_its_like(x, node)
            lines.append(f"{name} = parts_{name}({name})")
            lines.append(f"if {name} is None: {refuse}")
        parts = [f"{name}_{k}" for k in range(len(node.parts))]
        if parts:
            lines.append(f"{', '.join(parts)}, = {name}{values}")
        owned = owned or node.owner
        waiting += [(p, y, owned) for p, y in zip(parts, node.parts.values(), strict=True)][::-1]
    return lines, leaves


def _is_row(x: Any) -> bool:
    return type(x) in (list, tuple) and {*map(type, x)} in ({float}, {Value})


def _checked(name: str, x: Any, refuse: str, names: dict[str, Any]) -> list[str]:
    """That a list, tuple or dict is one as it was: as long, with the keys in their order."""
    names[f"form_{name}"] = [*x] if type(x) is dict else len(x)
    have = f"[*{name}]" if type(x) is dict else f"len({name})"
    return [f"if type({name}) is not {type(x).__name__} or {have} != form_{name}: {refuse}"]


def _parts_of_its_like(x: Any, node: Opened) -> Callable[[Any], Iterable[Any] | None]:
    """What takes apart another container of this class that differs in nothing but its parts."""
    cls, steps, aux = type(x), [*node.parts], node.aux

    def parts(other: Any) -> Iterable[Any] | None:
        found = opened(other) if type(other) is cls else None
        same = found and [*found.parts] == steps and found.aux == aux
        return found.parts.values() if found and same else None

    return parts


def expression(
    treedef: Treedef,
    places: Iterator[int],
    leaf: Callable[[int], str],
    row: Callable[[Sequence[int]], str | None],
    names: dict[str, Any],
) -> str:
    """The source of a tree, given that of the leaf at each place, and of a list of those at some places
    where there is a shorter one; ``names`` takes what the source refers to.
    """
    if treedef.build is None:
        return leaf(next(places))
    if treedef.form == "None":
        return "None"
    children, elements = treedef.children.values(), None
    if children and all(child.build is None for child in children):
        here = [next(places) for _ in children]
        inner, elements = [*map(leaf, here)], row(here)
    else:
        inner = [expression(child, places, leaf, row, names) for child in children]
    elements = elements or f"[{', '.join(inner)}]"
    if treedef.form == "dict":
        keys = treedef.build([None] * len(inner))
        names |= {f"key{len(names) + k}": key for k, key in enumerate(keys)}
        pairs = zip([*names][-len(inner) :], inner, strict=True) if inner else ()
        return "{" + ", ".join(f"{name}: {x}" for name, x in pairs) + "}"
    if treedef.build is list:
        return elements
    if treedef.build is tuple:
        return f"({''.join(x + ', ' for x in inner)})" if elements[0] == "[" else f"(*{elements},)"
    names[name := f"build{len(names)}"] = treedef.build
    return f"{name}({elements})"


def made(name: str, arguments: str, lines: list[str], names: dict[str, Any]) -> Callable[..., Any]:
    """The function of these lines."""
    source = "\n    ".join([f"def {name}({arguments}):", *lines])
    scope = dict(names)
    exec(compile(source, f"<{name} made by jit>", "exec"), scope)  # noqa: S102  (our own text alone)
    function: Callable[..., Any] = scope[name]
    return function
