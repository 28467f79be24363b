"""Pytrees taken apart and put together fast, by Python source that is written for trees of one form.

To walk a pytree takes longer than to run a small program. So source is written for the form of a tree:
it checks that every container is as it was, and names the leaves. Of many numbers a *row*, a list or
tuple of nothing else, is checked as a whole. Lists, tuples and dicts are taken apart by the source
itself. Any other container (a named tuple, a dataclass, an object of a registered class) is opened as
`flatten` does it, and must be equal to what it was but for its parts. The text contains nothing of the
user's: dict keys, and functions that build objects, are handed in by ``names``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ...transforms.pytree import Opened, Treedef, opened
from ...value import Value
from .interface import still

PLAIN = (list, tuple, dict)

DEEPEST = 40
"""Containers in each other: Python's parser may refuse the source for deeper ones."""


def is_shallow(treedef: Treedef, room: int = DEEPEST) -> bool:
    """Whether a tree is not too deep for source to be written."""
    return room > 0 and all(is_shallow(child, room - 1) for child in treedef.children.values())


def is_plain(treedef: Treedef) -> bool:
    """Whether trees of this form consist of lists and tuples alone."""
    return treedef.form in (None, "sequence") and all(map(is_plain, treedef.children.values()))


class Found(NamedTuple):
    """A leaf, or a row of leaves, in the source that takes a tree apart."""

    name: str  # of its variable
    x: Any  # what it was in the tree that the source is written for
    owned: bool = False  # whether it is a Value, or a row of Values, that an object owns

    @property
    def is_row(self) -> bool:
        """Whether it is a list or tuple of numbers."""
        return type(self.x) in PLAIN

    @property
    def text(self) -> str:
        """How its leaves are written among other arguments or elements."""
        return f"*{self.name}" if self.is_row else self.name

    @property
    def size(self) -> int:
        """How many leaves they are."""
        return len(self.x) if self.is_row else 1


def unpacking(
    trees: dict[str, Any], refuse: str, names: dict[str, Any], rows: bool
) -> tuple[list[str], list[Found]]:
    """The lines of source that take trees apart, each the value of a variable; and their leaves.

    ``refuse`` is the statement for a tree of another form. What the lines refer to is added to
    ``names``. With ``rows`` a list or tuple of floats, or of Values, is found as one. Whether
    leaves are numbers is not checked.
    """
    lines: list[str] = []
    leaves: list[Found] = []
    waiting = [(name, x, False) for name, x in trees.items()][::-1]
    while waiting:
        name, x, owned = waiting.pop()
        node = opened(x)
        if x is None:
            lines.append(f"if {name} is not None: {refuse}")
        elif node is None:
            leaves.append(Found(name, x, owned and type(x) is Value))
        elif rows and _is_row(x):
            lines += _checked(name, x, refuse, names)
            leaves.append(Found(name, x, owned and type(x[0]) is Value))
        else:
            if type(x) in PLAIN:
                lines += _checked(name, x, refuse, names)
            else:
                names[f"parts_{name}"] = _parts_of_its_like(x, node)
                lines += [f"{name} = parts_{name}({name})", f"if {name} is None: {refuse}"]
            parts = {f"{name}_{k}": y for k, y in enumerate(node.parts.values())}
            if parts:
                values = ".values()" if type(x) is dict else ""
                lines.append(f"{', '.join(parts)}, = {name}{values}")
            waiting += [(part, y, owned or node.owner) for part, y in parts.items()][::-1]
    return lines, leaves


def _is_row(x: Any) -> bool:
    return type(x) in (list, tuple) and {*map(type, x)} in ({float}, {Value})


def _checked(name: str, x: Any, refuse: str, names: dict[str, Any]) -> list[str]:
    """The line that checks a list, tuple or dict: its type, and its length, or its keys in order."""
    names[f"form_{name}"] = [*x] if type(x) is dict else len(x)
    have = f"[*{name}]" if type(x) is dict else f"len({name})"
    return [f"if type({name}) is not {type(x).__name__} or {have} != form_{name}: {refuse}"]


def _parts_of_its_like(x: Any, node: Opened) -> Callable[[Any], Iterable[Any] | None]:
    """The function that takes apart another container of this class; it answers None for one that
    differs in more than its parts.
    """
    cls, steps, aux = type(x), [*node.parts], still(node.aux)

    def parts(other: Any) -> Iterable[Any] | None:
        found = opened(other) if type(other) is cls else None
        if not found or [*found.parts] != steps:
            return None
        same = found.aux is aux or still(found.aux) == aux
        return found.parts.values() if same else None

    return parts


def expression(
    treedef: Treedef,
    places: Iterator[int],
    leaf: Callable[[int], str],
    row: Callable[[Sequence[int]], str | None],
    names: dict[str, Any],
) -> str:
    """The source that builds a tree. ``leaf`` answers the source of the leaf at a place, ``row``
    that of a list of the leaves at some places, if there is a shorter one. What the source refers
    to is added to ``names``.
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
        every = treedef.build([None] * len(inner))
        keys = {f"key{len(names) + k}": key for k, key in enumerate(every)}
        names |= keys
        pairs = zip(keys, inner, strict=True)
        return "{" + ", ".join(f"{name}: {x}" for name, x in pairs) + "}"
    if treedef.build is list:
        return elements
    if treedef.build is tuple:
        return f"({''.join(x + ', ' for x in inner)})" if elements[0] == "[" else f"(*{elements},)"
    names[name := f"build{len(names)}"] = treedef.build
    return f"{name}({elements})"


def made(name: str, arguments: str, lines: list[str], names: dict[str, Any]) -> Callable[..., Any]:
    """The function with these lines as its body."""
    source = "\n    ".join([f"def {name}({arguments}):", *lines])
    scope = dict(names)
    exec(compile(source, f"<{name} made by jit>", "exec"), scope)  # noqa: S102  (our own text alone)
    function: Callable[..., Any] = scope[name]
    return function
