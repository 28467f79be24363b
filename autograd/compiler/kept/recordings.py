"""Recordings on disk, so that the next process need not run the function again.

An entry is found by the function's `fingerprint`. It holds plain data: the form of the answer, the
guards, the arrays that the function closes over, and the rolled program. (Its machine code has an entry
of its own.) No class is named in an entry: an object in the answer must be of the form of one in the
arguments, as a gradient is, and is put together as that is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...transforms.pytree import LEAF, Opened, Treedef, opened
from ..calls.arguments import Arguments
from ..calls.interface import Interface, Part, Results, alike, remembered
from . import disk, stored
from .fingerprint import fingerprint_of
from .trusted import Unknown

if TYPE_CHECKING:
    from ..rolling.rolled import Rolled

Kept = tuple[Interface, "Rolled", dict[str, dict[str, int]]]


class Entry:
    """The entry of a function's recording for some arguments; ``says`` is what `jit` shows as ``kept``:
    whether there is one, or why not.
    """

    def __init__(self, f: Callable[..., Any], arguments: Arguments, masked: bool) -> None:
        self.f, self.masked = f, masked
        self.says = "yes"
        self.key = self._key(arguments)

    def _key(self, arguments: Arguments) -> bytes | None:
        """The hash of all that a recording follows from; None if not all of that is understood."""
        try:
            found = fingerprint_of(self.f, arguments).hex()
        except Unknown as reason:
            self.says = f"no: it reaches {reason}"
            return None
        key = disk.key_of("recording", found, arguments.element.name, str(self.masked))
        if key is None:
            self.says = "no: files of this package were changed since they were loaded"
        return key

    def read(self, arguments: Arguments) -> Kept | None:
        """What another process has kept."""
        found = self.key and disk.read(self.key)
        if not found:
            return None
        self.says = "yes: found"
        return restored(found, arguments)

    def write(
        self, arguments: Arguments, interface: Interface, rolled: Rolled, counts: Any
    ) -> None:
        """Keep what was recorded, unless recording changed the function's fingerprint."""
        if not self.key:
            return
        if self.key != self._key(arguments):
            self.says = "no: recording changes what it follows from"
        elif content := content_of(arguments, interface, rolled, counts):
            disk.write(self.key, *content)
        else:
            self.says = "no: it answers with an object like none of its arguments"


def restored(content: disk.Content, arguments: Arguments) -> Kept:
    """The recording in an entry, for these arguments."""
    head, texts = content
    dtype = arguments.element.dtype
    count = len(head["rolled"]["stages"])
    treedef = _restored(head["answer"], [*_nodes(arguments.treedef)])
    parts = [Part(size, shape and tuple(shape), *kinds) for size, shape, *kinds in head["parts"]]
    interface = Interface(
        treedef=remembered(arguments.treedef),
        numbers=arguments.numbers,
        variables=arguments.variables,
        guards=[*map(tuple, head["guards"])],
        results=Results(treedef, parts, dtype),
        captured=[np.frombuffer(x, dtype).copy() for x in texts[count:]],
        length=head["length"],
        labels=head["labels"],
    )
    return interface, stored.restored(head["rolled"], texts[:count]), head["counts"]


def content_of(
    arguments: Arguments, interface: Interface, rolled: Rolled, counts: Any
) -> disk.Content | None:
    """A recording as an entry; None if its answer holds an object like none in the arguments."""
    answer = _written(interface.results.treedef, [*_nodes(arguments.treedef)])
    if answer is None:
        return None
    body = stored.body(rolled)
    rolled.digest = stored.digest(rolled, body)
    head = {
        "answer": answer,
        "parts": interface.results.parts,
        "guards": interface.guards,
        "length": interface.length,
        "labels": interface.labels,
        "counts": counts,
        "rolled": stored.head(rolled),
    }
    return head, [*body, *[x.tobytes() for x in interface.captured]]


# ---------------------------------------------------------------------------- the form of the answer


def _nodes(treedef: Treedef) -> Any:
    """The forms of the objects in a tree of arguments, the outer ones first."""
    if isinstance(treedef.form, type):
        yield treedef
    for child in treedef.children.values():
        yield from _nodes(child)


def _written(treedef: Treedef, known: list[Treedef]) -> Any:
    """A tree's form as plain data, objects by their places in ``known``; None if one is not there."""
    if treedef.build is None:
        return "leaf"
    if isinstance(treedef.form, type):
        return next((["known", k] for k, x in enumerate(known) if alike(treedef, x)), None)
    container = treedef.build([None] * len(treedef.children))
    keys = [*container] if isinstance(container, dict) else []
    children = [_written(child, known) for child in treedef.children.values()]
    if None in children or not all(type(key) in (str, int) for key in keys):
        return None
    return [type(container).__name__, keys, children]


def _restored(form: Any, known: Sequence[Treedef]) -> Treedef:
    """The form that was written so."""
    if form == "leaf":
        return LEAF
    if form[0] == "known":
        return known[int(form[1])]
    kind, keys, children = form
    places = [None] * len(children)
    containers = {"list": places, "tuple": tuple(places), "dict": dict.fromkeys(keys)}
    node = opened(containers.get(kind)) or Opened(None, {}, tuple)
    trees = [_restored(child, known) for child in children]
    return Treedef(node.form, dict(zip(node.parts, trees, strict=True)), node.build, node.aux)
