"""What surrounds the making of a node: its serial number, and whoever watches.

Nodes are numbered as they are made. An operand is made before its result, so numbers sort a graph;
and what a transform made has numbers above the one that it began with. While nobody watches and no
block is open, all of this costs one test a node.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .kinds.kind import Number
    from .value import Value

next_serial = itertools.count(1).__next__
observers: tuple[Observer, ...] = ()
open_blocks = 0  # how many blocks of `no_grad` and of observers are open, in any thread
_lock = threading.Lock()


class _Running(threading.local):
    """What this thread is in: the number that the outermost transform began with, and more."""

    since: float = math.inf
    samples: tuple[int, ...] = ()  # within `vmap`: every variable has as many samples
    recording = True  # False under `no_grad`
    sweeping = False  # formulas run on Values: arrays among their constants are ours


running = _Running()


@contextlib.contextmanager
def setting(**states: Any) -> Iterator[None]:
    """Run a block with other states of `running`."""
    before = {name: getattr(running, name) for name in states}
    running.__dict__.update(states)
    try:
        yield
    finally:
        running.__dict__.update(before)


@contextlib.contextmanager
def transforming(samples: tuple[int, ...] | None = None) -> Iterator[int]:
    """Run a transform's function; given is the number from which on nodes are its own."""
    began = next_serial()
    shape = running.samples if samples is None else samples
    with setting(since=min(running.since, began), samples=shape):
        yield began


def _count(change: int) -> None:
    global open_blocks  # noqa: PLW0603
    with _lock:
        open_blocks += change


@contextlib.contextmanager
def no_grad() -> Iterator[None]:
    """Operations in the block make no graph: their results are leaves.

    >>> from autograd import Value, no_grad
    >>> w = Value(2.0)
    >>> with no_grad():
    ...     y = w * 3
    >>> y.data, y.parents
    (6.0, ())
    """
    _count(+1)
    try:
        with setting(recording=False):
            yield
    finally:
        _count(-1)


# -------------------------------------------------------------------------------------- observers


class Observer:
    """Sees every node that its thread makes, and every sweep of adjoints when it has ended."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()

    def made(self, node: Value) -> None:
        """A node was made; its operands, numbers and operation are set."""

    def swept(self, order: Sequence[Value], adjoints: Mapping[Value, Number]) -> None:
        """A sweep found the adjoints of these nodes, the inputs first."""

    def pushed(self, tangents: Mapping[Value, Number], results: Sequence[Number]) -> None:
        """A forward sweep found these tangents, the inputs first, of a function's results."""

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Observe until the block ends."""
        global observers  # noqa: PLW0603  (one process, many threads: each observer knows its own)
        with _lock:
            observers = (*observers, self)
        _count(+1)
        try:
            yield
        finally:
            with _lock:
                observers = tuple(other for other in observers if other is not self)
            _count(-1)


def made(node: Value) -> None:
    """A node was made: those who watch are told; under `no_grad` it forgets how."""
    if observers:
        announce("made", node)
    if not running.recording:
        node.op = node.left = node.right = node.x = node.y = None


def announce(event: str, *subjects: Any) -> None:
    """Call the observers of this thread: ``made``, ``swept`` or ``pushed``."""
    thread = threading.get_ident()
    for observer in observers:
        if observer.thread == thread:
            getattr(observer, event)(*subjects)


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
