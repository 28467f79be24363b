"""What surrounds the making of a node: the epoch, and whoever watches.

A node stores the epoch it was made in; each transform begins a new one, so an older node cannot
depend on the transform's variables. Observers see every new node of their thread: `no_grad` cuts it
from the graph, `group` names it. While there are none they cost one test a node.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .registry import Number
    from .value import Value

epoch = 0
observers: tuple[Observer, ...] = ()
_lock = threading.Lock()


class Observer:
    """Sees every node that its thread makes, and every sweep of adjoints when it has ended."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()

    def made(self, node: Value) -> None:
        """A node was made; its operands, numbers and operation are set."""

    def swept(self, order: Sequence[Value]) -> None:
        """Adjoints stand in ``grad`` of these nodes, the inputs first."""

    def pushed(self, tangents: Mapping[Value, Number], results: Sequence[Number]) -> None:
        """A forward sweep found these tangents, the inputs first, of a function's results."""

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Observe until the block ends."""
        global observers  # noqa: PLW0603  (one process, many threads: each observer knows its own)
        with _lock:
            observers = (*observers, self)
        try:
            yield
        finally:
            with _lock:
                observers = tuple(other for other in observers if other is not self)


def announce(event: str, *subjects: Any) -> None:
    """Call the observers of this thread: ``made``, ``swept`` or ``pushed``."""
    thread = threading.get_ident()
    for observer in observers:
        if observer.thread == thread:
            getattr(observer, event)(*subjects)


def next_epoch() -> int:
    """Begin an epoch and return its number."""
    global epoch  # noqa: PLW0603
    with _lock:
        epoch += 1
        return epoch


class _Running(threading.local):
    """The transforms that this thread is in: the epoch of the outermost, and the samples' shape."""

    since: float = math.inf
    samples: tuple[int, ...] = ()  # within `vmap`: every variable has as many samples


running = _Running()


@contextlib.contextmanager
def transforming(samples: tuple[int, ...] | None = None) -> Iterator[int]:
    """Run a transform's function in an epoch of its own, whose number is given."""
    before = running.since, running.samples
    began = next_epoch()
    running.since = min(running.since, began)
    if samples is not None:
        running.samples = samples
    try:
        yield began
    finally:
        running.since, running.samples = before


class _NoGrad(Observer):
    def made(self, node: Value) -> None:
        node.op = node.left = node.right = node.x = node.y = None


def no_grad() -> contextlib.AbstractContextManager[None]:
    """Operations in the block make no graph: their results are leaves.

    >>> from autograd import Value, no_grad
    >>> w = Value(2.0)
    >>> with no_grad():
    ...     y = w * 3
    >>> y.data, y.parents
    (6.0, ())
    """
    return _NoGrad().watching()


class _Group(Observer):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def made(self, node: Value) -> None:
        node.annotate(group=(*node.note("group", ()), self.name))


def group(name: str) -> contextlib.AbstractContextManager[None]:
    """Name the nodes made in the block: `draw` frames them, and folds them in a large graph.

    >>> from autograd import Value, group
    >>> x = Value(2.0)
    >>> with group("layer 1"):
    ...     h = x * 3
    >>> h.note("group")
    ('layer 1',)
    """
    if not isinstance(name, str):
        raise TypeError(f"group() takes a name, got {name!r}")
    return _Group(name).watching()
