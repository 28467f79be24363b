"""What surrounds the making of a node: its serial number, and whoever watches.

Nodes are numbered as they are made. An operand is made before its result, so numbers sort a graph;
and what a transform made has numbers above the one that it began with. While nobody watches and no
block is open, all of this costs one test a node. The blocks follow ``contextvars``: each is a
thread's own, or a task's of asyncio.
"""

from __future__ import annotations

import contextlib
import contextvars
import itertools
import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from .kinds.kind import Number
    from .value import Value

serials = itertools.count(1)
next_annotation = itertools.count().__next__  # asked twice: whether a note was written between
one_pass = threading.RLock()  # threads may share leaves: one of them at a time adds to their grad
open_blocks: set[ref[State]] = set()  # the states whose nodes are looked at


class State:
    """What a thread or a task of asyncio is in. It never changes, so that tasks can share it."""

    since: float = math.inf  # the number that the outermost transform began with
    tape: float = math.inf  # the number that the innermost transform with variables began with
    samples: tuple[int, ...] = ()  # within `vmap`: every variable has as many samples
    recording = True  # False under `no_grad`
    sweeping = False  # formulas run on Values: arrays among their constants are ours
    observers: tuple[Observer, ...] = ()

    def __init__(self, **states: Any) -> None:
        self.__dict__.update(states)
        self.forgetful = not (self.recording or self.observers)  # a node is made a leaf at once
        if self.observers or not self.recording:
            open_blocks.add(ref(self, open_blocks.discard))  # until no task is in it any more


running = contextvars.ContextVar("autograd", default=State())  # noqa: B039  (it never changes)


class setting:  # noqa: N801  (called like a function)
    """Run a block with other states of `running`."""

    def __init__(self, **states: Any) -> None:
        self.states = states

    def __enter__(self) -> None:
        self.token = running.set(State(**{**vars(running.get()), **self.states}))

    def __exit__(self, *_: object) -> None:
        running.reset(self.token)


def transforming(began: int, **states: Any) -> setting:
    """Run a transform's function, whose own nodes are those numbered from ``began`` on."""
    return setting(since=min(running.get().since, began), **states)


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
    with setting(recording=False):
        yield


# -------------------------------------------------------------------------------------- observers


class Observer:
    """Sees every node that its thread or task makes, and every sweep when it has ended."""

    def made(self, node: Value) -> None:
        """A node was made; its operands, numbers and operation are set."""

    def swept(self, order: Sequence[Value], adjoints: Mapping[Value, Number]) -> None:
        """A sweep found the adjoints of these nodes, the inputs first."""

    def pushed(self, tangents: Mapping[Value, Number], results: Sequence[Number]) -> None:
        """A forward sweep found these tangents, the inputs first, of a function's results."""

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Observe until the block ends."""
        with setting(observers=(*running.get().observers, self)):
            yield


def made(node: Value) -> None:
    """A node was made while a block is open: those who watch are told; `no_grad` forgets how."""
    state = running.get()
    for observer in state.observers:
        observer.made(node)
    if not state.recording:
        node.op = node.left = node.right = node.x = node.y = None


def announce(event: str, *subjects: Any) -> None:
    """Call the observers of this context: ``made``, ``swept`` or ``pushed``."""
    for observer in running.get().observers:
        getattr(observer, event)(*subjects)
