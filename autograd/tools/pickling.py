"""Pickling and deep-copying a graph of any depth, without recursion.

A node pickled on its own would pickle its parents, those theirs, and so on until Python's stack
ends. So the node that is asked first lays out its whole graph in topological order, and while that
list is being written each node in it finds its parents written already.
"""

from __future__ import annotations

import copyreg
import threading
import weakref
from collections.abc import Callable
from typing import Any

from ..kinds.kind import NOTHING
from ..value import Value, topological_order
from .groups import blocks

_FIELDS = [name for name in Value.__slots__ if name not in ("serial", "grad", "notes")]


class _Writing(threading.local):
    """The graph that this thread is writing; held weakly, so a pickler that fails leaves nothing."""

    graph: Callable[[], _Graph | None] = staticmethod(lambda: None)


_writing = _Writing()


class _Graph:
    """A graph on its way into a pickle: the list of its nodes, the root last, and an end mark."""

    def __init__(self, root: Value) -> None:
        self.order = topological_order(root)
        self.nodes = frozenset(self.order)
        self.blocks = blocks(self.order)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        end = _End(_writing.graph)
        _writing.graph = weakref.ref(self)
        return list, (), None, iter([*self.order, end])


class _End:
    """Pickled when all nodes of a graph are: from then on another graph may be written."""

    def __init__(self, outer: Callable[[], _Graph | None]) -> None:
        self.outer = outer

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        _writing.graph = self.outer
        return bool, ()


def _blank() -> Value:
    return object.__new__(Value)


def _root(nodes: list[Value]) -> Value:
    return nodes[-2]


def _reduce(self: Value) -> tuple[Any, ...]:
    graph = _writing.graph()
    if graph is None or self not in graph.nodes:
        return _root, (_Graph(self),)
    state = {name: getattr(self, name) for name in _FIELDS}
    if self.grad is not NOTHING:  # whose identity a pickle would lose
        state["grad"] = self.grad
    notes = dict(getattr(self, "notes", {}))
    if "label" in notes:
        notes["label"] = str(notes["label"])
    if self in graph.blocks:  # of copies, whose numbers are others, each knows its own
        notes["group"] = graph.blocks[self]
    if notes:
        state["notes"] = notes
    return _blank, (), state


copyreg.pickle(Value, _reduce)
