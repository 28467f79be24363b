"""Nested lists, tuples and dicts taken apart and put together fast, by Python source made for one form.

Walking a pytree takes longer than a small program runs. For a tree of plain containers a function is
written that knows the form: it checks every container and answers the leaves. The source holds nothing
of the user's: keys of dicts are handed in as objects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...transforms.pytree import Treedef, opened

PLAIN = (list, tuple, dict)


DEEPEST = 40
"""Containers in each other: deeper ones Python's parser may refuse, and nobody writes."""


def is_plain(tree: Any) -> bool:
    """Whether its containers are all lists, tuples, dicts and None, no subclasses, and not too deep."""
    waiting = [(tree, 0)]
    while waiting:
        x, depth = waiting.pop()
        if type(x) in PLAIN and depth < DEEPEST:
            waiting += [(part, depth + 1) for part in (x.values() if type(x) is dict else x)]
        elif x is not None and opened(x) is not None:
            return False
    return True


def has_plain_form(treedef: Treedef) -> bool:
    """Whether trees of this form are put together of lists, tuples and dicts, not too deep."""
    waiting = [(treedef, 0)]
    while waiting:
        x, depth = waiting.pop()
        if x.form not in (None, "None", "sequence", "dict") or depth > DEEPEST:
            return False
        waiting += [(child, depth + 1) for child in x.children.values()]
    return True


def unpacking(
    trees: dict[str, Any], refuse: str, names: dict[str, Any], rows: bool = False
) -> tuple[list[str], list[tuple[str, Any]]]:
    """The source that takes trees apart, each by the name of its variable; and their leaves, each with
    its name. ``refuse`` is what happens to a tree of another form, ``names`` takes what the source
    refers to. Leaves are not looked at. With ``rows`` a list or tuple of floats is one leaf.
    """
    lines: list[str] = []
    leaves: list[tuple[str, Any]] = []
    waiting = [*trees.items()][::-1]
    while waiting:
        name, x = waiting.pop()
        if x is None:
            lines.append(f"if {name} is not None: {refuse}")
            continue
        if type(x) not in PLAIN:
            leaves.append((name, x))
            continue
        names[f"form_{name}"] = form = [*x] if type(x) is dict else len(x)
        have = f"[*{name}]" if type(x) is dict else f"len({name})"  # the keys, and their order
        lines.append(
            f"if type({name}) is not {type(x).__name__} or {have} != form_{name}: {refuse}"
        )
        if rows and type(x) is not dict and {*map(type, x)} == {float}:
            leaves.append((f"*{name}", x))
        elif form:
            parts = [f"{name}_{k}" for k in range(len(x))]
            values = ".values()" if type(x) is dict else ""
            lines.append(f"{', '.join(parts)}, = {name}{values}")
            waiting += [*zip(parts, x.values() if values else x, strict=True)][::-1]
    return lines, leaves


def expression(tree: Any, leaf: Callable[[Any], str], names: dict[str, Any]) -> str:
    """The source of a tree, given that of its leaves; ``names`` takes what the source refers to."""
    if type(tree) is dict:
        pairs = []
        for key, x in tree.items():
            name = f"key{len(names)}"
            names[name] = key
            pairs.append(f"{name}: {expression(x, leaf, names)}")
        return "{" + ", ".join(pairs) + "}"
    if type(tree) in (list, tuple):
        inner = [expression(x, leaf, names) for x in tree]
        return (
            f"[{', '.join(inner)}]"
            if type(tree) is list
            else f"({''.join(x + ', ' for x in inner)})"
        )
    return "None" if tree is None else leaf(tree)


def made(name: str, arguments: str, lines: list[str], names: dict[str, Any]) -> Callable[..., Any]:
    """The function of these lines."""
    source = "\n    ".join([f"def {name}({arguments}):", *lines])
    scope = dict(names)
    exec(compile(source, f"<{name} made by jit>", "exec"), scope)  # noqa: S102  (our own text alone)
    function: Callable[..., Any] = scope[name]
    return function
