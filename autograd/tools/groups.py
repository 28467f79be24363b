"""Groups: parts of a program that have a name, and which nodes were made in them.

A *block* is one run of such a part: its name, the number that nodes began with, the block around it.
A ``with`` block is noted on every node that it makes; a call on its results alone, which costs
nothing a node. What else a call made is found from them: it is what they were computed by and no
older than the call.
"""

from __future__ import annotations

import contextlib
import contextvars
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from ..context import Observer, next_annotation, serials
from ..value import Value

P = ParamSpec("P")
T = TypeVar("T")
Path = tuple[str, ...]
DEEPEST = 8
"""So many groups are named inside one another; those of a recursion end there."""


class Block:
    """One run of a group: its name, the number that its nodes begin with, the block around it."""

    __slots__ = ("around", "name", "since")

    def __init__(self, name: str, since: float, around: Block | None) -> None:
        self.name, self.since, self.around = name, since, around

    @property
    def path(self) -> Path:
        """The names of the blocks around it and its own, outermost first."""
        names, block = [self.name], self.around
        while block is not None:
            names.append(block.name)
            block = block.around
        return tuple(reversed(names))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies of nodes have other numbers: by its number nothing is of a copied block."""
        return _copied, (self.path,)


def _copied(path: Path) -> Block | None:
    block = None
    for name in path:
        block = Block(name, math.inf, block)
    return block


_inside: contextvars.ContextVar[Block | None] = contextvars.ContextVar("block", default=None)


class Group(Observer):
    """What `group` answers: a ``with`` block, and a decorator."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._open: list[contextlib.ExitStack] = []

    def __enter__(self) -> None:
        block = Block(self.name, next(serials), _inside.get())
        with contextlib.ExitStack() as stack:
            stack.callback(_inside.reset, _inside.set(block))
            stack.enter_context(self.watching())
            self._open.append(stack.pop_all())

    def __exit__(self, *error: object) -> None:
        self._open.pop().close()

    def made(self, node: Value) -> None:
        """A node made while a ``with`` block is open is noted to be of the innermost block."""
        node.annotate(group=_inside.get())

    def __call__(self, f: Callable[P, T]) -> Callable[P, T]:
        """The function, each call of which is a block."""
        if not callable(f):
            raise TypeError(f"group({self.name!r}) goes before a function or after with, got {f!r}")

        @wraps(f)
        def grouped(*args: P.args, **kwargs: P.kwargs) -> T:
            return self.call(f, *args, **kwargs)

        return grouped

    def _fingerprint(self) -> dict[str, str]:
        """What stands for it in the fingerprint of a function (see `compiler.kept`)."""
        return {"name": self.name}

    def call(self, f: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What f answers; all that it makes on the way is the group's."""
        block = Block(self.name, next(serials), _inside.get())
        token, before = _inside.set(block), next_annotation()
        try:
            out = f(*args, **kwargs)
        finally:
            _inside.reset(token)
        if next_annotation() == before + 1:  # nothing was noted on any node
            _note_first(out, block)
        else:
            _note(out, block)
        return out


def group(name: str) -> Group:
    """Name what is made in a block, or in the calls of a function: `draw` frames it, and folds it in
    a large graph. On a function it costs nothing a node. Raises TypeError for what is no name.

    >>> from autograd import Value, draw, group
    >>> with group("doubled"):
    ...     h = Value(3.0) * 2
    >>> @group("squared")
    ... def squared(x):
    ...     return x * x
    >>> source = draw(squared(h)).source
    >>> "doubled" in source, "squared" in source
    (True, True)
    """
    if not isinstance(name, str):
        raise TypeError(f"group() takes a name, got {name!r}")
    return Group(name)


def _note_first(out: Any, block: Block) -> None:
    """Note a block on results that nothing was noted on: as `_note`, and fast for a list of Values."""
    notes, since = {"group": block}, block.since
    for x in out if type(out) is list else (out,):
        if type(x) is Value:
            if x.serial >= since:
                x.notes = notes  # all share it: whoever notes more makes another
        else:
            _note(x, block)


def _note(out: Any, block: Block) -> None:
    """Note a block on the Values in a result that it made, and no block inside it."""
    for v in (out,) if type(out) is Value else _values(out):
        if v.serial >= block.since and v.note("group") is None:
            v.annotate(group=block)


def _values(x: Any) -> Iterator[Value]:
    """The Values in nested sequences, mappings and arrays."""
    if type(x) is Value:
        yield x
    elif isinstance(x, Mapping):
        yield from _values([*x.values()])
    elif isinstance(x, (list, tuple)):
        for y in x:
            yield from _values(y)
    elif getattr(x, "dtype", None) == "O":
        yield from _values(x.ravel().tolist())


def blocks(order: Sequence[Value]) -> dict[Value, Block]:
    """The innermost block that each node of a topological order was made in, where there is one."""
    found: dict[Value, Block] = {}
    for node in reversed(order):  # whoever uses a node is asked before it is
        block = node.note("group", found.get(node))
        if block is not None:
            found[node] = block
            for x in node.parents:
                if x not in found and (around := _made_in(x, block)):
                    found[x] = around
    return found


def _made_in(node: Value, block: Block | None) -> Block | None:
    """The innermost of a block and those around it that a node is no older than."""
    while block is not None and node.serial < block.since:
        block = block.around
    return block


def paths(order: Sequence[Value]) -> dict[Value, Path]:
    """The names of the groups that each node was made in, outermost first; () for none."""
    found = blocks(order)
    named = {block: block.path[:DEEPEST] for block in set(found.values())}
    return {node: named[found[node]] if node in found else () for node in order}
