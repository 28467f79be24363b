"""Nested lists, tuples and dicts taken apart and put together fast, by Python source made for one form.

Walking a pytree takes longer than a small program runs. For a tree of plain containers a function is
written that knows the form: it checks every container and answers the leaves. The source holds nothing
of the user's: keys of dicts are handed in as objects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..transforms.pytree import opened

PLAIN = (list, tuple, dict)


class OtherFormError(Exception):
    """A tree is not of the form that a function was made for."""


def is_plain(tree: Any) -> bool:
    """Whether all its containers are lists, tuples and dicts, and no subclasses of them."""
    waiting = [tree]
    while waiting:
        x = waiting.pop()
        if type(x) in PLAIN:
            waiting += x.values() if type(x) is dict else x
        elif opened(x) is not None:
            return False
    return True


def unpacker(tree: Any) -> Callable[[Any], tuple[Any, ...]]:
    """The function that answers the leaves of a tree of this form, and refuses any other.

    >>> leaves = unpacker([(1.0, {"a": 2.0})])
    >>> leaves([(3.0, {"a": 4.0})])
    (3.0, 4.0)
    """
    names: dict[str, Any] = {"OtherFormError": OtherFormError}
    lines, leaves = unpacking(tree, "raise OtherFormError", names)
    return made("unpack", "t", [*lines, f"return {expression(tuple(leaves), str, names)}"], names)


def unpacking(tree: Any, refuse: str, names: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The source that takes the tree t apart, and the names of its leaves; ``refuse`` is what happens
    to a tree of another form. ``names`` takes what the source refers to.
    """
    lines: list[str] = []
    leaves: list[str] = []
    waiting = [("t", tree)]
    while waiting:
        name, x = waiting.pop()
        if type(x) not in PLAIN:
            leaves.append(name)
            continue
        lines.append(
            f"if type({name}) is not {type(x).__name__} or len({name}) != {len(x)}: {refuse}"
        )
        parts = [f"{name}_{k}" for k in range(len(x))]
        if type(x) is dict:
            names |= {f"key{part}": key for part, key in zip(parts, x, strict=True)}
            lines += [f"if key{part} not in {name}: {refuse}" for part in parts]
            lines += [f"{part} = {name}[key{part}]" for part in parts]
        elif parts:
            lines.append(f"{', '.join(parts)}, = {name}")
        waiting += [*zip(parts, x.values() if type(x) is dict else x, strict=True)][::-1]
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
