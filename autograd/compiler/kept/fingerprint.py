"""The fingerprint of a function: a hash of everything that its recording follows from.

A recording may be kept for the next process only if that process would record the same. A function's
bytecode alone does not say so: which function a name means, what a closure holds, which method a class
has, what an array contains is elsewhere. But all of it can be reached, and `Walk` goes there:

    a function      its code and constants, defaults, closure, attributes, and what its code's global
                    names mean; functions and classes that are found so are described likewise
    a class         all of its attributes, and its bases
    an object       its class, and all of its attributes
    a module        what it has under each name that any code here mentions. Code gets at a module's
                    attributes by a name that is written in it, or by getattr and its kin (refused)
    data            numbers to the bit, text, tuples, lists and dicts in their order, arrays

This is sound for one reason: *what is not understood is refused* (`Unknown`). Refused are what
draws random numbers, reads, writes, prints or asks for the time (it ends at a builtin that is not
in `trusted`), attributes by computed names, sets (their order differs from process to process),
iterators, objects that hold more than their attributes, and every class made in C that is not
listed. A name counts as read wherever it stands: to refuse too much costs time, nothing else.

What runs also depends on settings: a transform that is going on, observers (`detect_anomaly`), NumPy's
error state. Those are in the hash, or refused. The table of a kind of number that a user registered is
described with its class.

A recording may change what it follows from: a counter, a list that grows. Read from the disk it would
not. So the fingerprint is taken again after recording, and nothing is kept if it differs.

Two things are left out: assignments into this package's or NumPy's own modules (methods of our classes
are looked at); and a function that depends on an address, as by the text of an object without a
`__repr__`, of which there is no one program.

Each thing has a number, in the order of discovery, and what is said of one refers to others by their
numbers. So one object under two names differs from two equal objects, and circles end.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Callable, Sequence
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from ... import context
from ...kinds import users
from ...kinds.kind import NOTHING
from ...transforms import pytree
from ...value import Value
from ..calls.arguments import Arguments
from ..scanning.placeholders import tracing
from .descriptions import NOTES, described
from .hashing import hashed
from .trusted import CLASSES, UNSAID, Unknown, is_our_class, pure

MOST = 100_000
"""Things that are described, at most: for more it is faster to record."""
ATOMS = {int, bool, str, bytes, type(None), type(Ellipsis), type(NotImplemented)}


def fingerprint_of(f: Callable[..., Any], arguments: Arguments) -> bytes:
    """The hash of all that a recording of f follows from; raises Unknown if not all is understood.

    Of the arguments their form counts, not their numbers.
    """
    return Walk(f, arguments).digest()


class Walk:
    """The walk through all that can be reached, and the words that were said about it."""

    def __init__(self, f: Callable[..., Any], arguments: Arguments) -> None:
        self.numbers: dict[int, int] = {}
        self.things: list[Any] = []  # by their numbers; kept alive, so that no id is used again
        self.said: list[str] = [np.__version__, _surroundings()]
        self.names: dict[str, None] = {}  # all that any code mentions, in order
        self.refused: set[str] = set()  # those that would lead to what is not described
        self.owners: dict[int, tuple[Any, set[str]]] = {}
        """Modules and classes of ours, and the names that were looked up in each."""
        self.variables = {id(v): k for k, v in enumerate(arguments.own)}
        self.say("arguments", arguments.numbers, arguments.variables, arguments.shapes)
        self.tree(arguments.treedef)
        for cls, ways in pytree._registered.items():  # noqa: SLF001
            self.say("node", self.kind(cls), *map(self.word, ways))
        self.say("function", self.word(f))
        self.explore()

    def digest(self) -> bytes:
        """The hash."""
        return hashed("\0".join(self.said).encode("utf-8", "surrogatepass"))

    def say(self, *words: object) -> None:
        """Add words to what is hashed."""
        self.said += map(str, words)
        self.said.append("\n")

    def explore(self) -> None:
        """Describe every thing, and look every name up in every module, until nothing is new."""
        k = 0
        while k < len(self.things):
            while k < len(self.things):
                self.say(k, *described(self, self.things[k]))
                k += 1
                if len(self.things) > MOST:
                    raise Unknown("more than is worth looking at")
            for owner, known in [*self.owners.values()]:
                self.look_up(owner, [name for name in self.names if name not in known])
                known.update(self.names)
        if found := self.refused & self.names.keys():
            raise Unknown(f"the names {found}")

    # ------------------------------------------------------------------------------------- words

    def word(self, x: Any) -> str:
        """One word for a value: itself, its name, or its number, under which it is then described."""
        kind = type(x)
        if kind in ATOMS:
            return f"{kind.__name__} {x!r}"
        if kind is float or kind is complex:
            return "NOTHING" if x is NOTHING else f"{kind.__name__} {_bits(x)}"
        if kind is Value and id(x) in self.variables:
            self.refused |= NOTES
            return f"variable {self.variables[id(x)]}"
        if x is type:  # however it is reached, it is as if code mentioned it
            self.names["type"] = None
        return pure().get(id(x)) or f"#{self.number(x)}"

    def number(self, x: Any) -> int:
        """The number of a thing, a new one if it was not met before."""
        if id(x) not in self.numbers:
            self.numbers[id(x)] = len(self.things)
            self.things.append(x)
        return self.numbers[id(x)]

    def words(self, *xs: Any) -> list[str]:
        """A word for each."""
        return [self.word(x) for x in xs]

    def pairs(self, mapping: Any, without: Sequence[str] = ()) -> list[str]:
        """Words for the keys and values of a mapping, in its order."""
        return [w for k, x in mapping.items() if k not in without for w in self.words(k, x)]

    def kind(self, cls: type) -> str:
        """A word for a class that no code calls: that of an object, or one that another derives
        from.
        """
        if cls is object or not is_our_class(cls):
            return "object" if cls is object else self.word(cls)
        for base in cls.__mro__:
            if is_our_class(base) and id(base) not in self.owners:
                self.owners[id(base)] = (base, set())
                self.say(base.__name__, *self.pairs(_methods_of_others(base)))
        name = f"{cls.__module__}.{cls.__qualname__}"
        if name not in CLASSES:  # then no code may get at it to call it
            self.refused |= {"type", "__class__"}
        return name

    def look_up(self, owner: Any, names: Sequence[str]) -> None:
        """Say what a module, or a class of ours, has under these names."""
        scope = vars(owner)
        later = {*dir(owner)} if type(owner) is ModuleType and "__getattr__" in scope else ()
        for name in names:
            if name in scope:
                self.say(owner.__name__, name, self.word(scope[name]))
            elif name in later:
                raise Unknown(f"{owner.__name__}.{name}, which is not loaded")

    # ---------------------------------------------------------------------------------- arguments

    def tree(self, treedef: Any) -> None:
        """Say of what form the arguments are."""
        form, steps = treedef.form, [*treedef.children]
        if isinstance(form, type):
            self.say(self.kind(form), steps, self.word(treedef.aux))
        elif form == "dict":
            self.say(form, *self.words(*treedef.build([None] * len(steps))))
        else:
            self.say(form, getattr(treedef.build, "__name__", None), len(steps))
        inside = [child for child in treedef.children.values() if child.build]
        self.say(*(bool(child.build) for child in treedef.children.values()) if inside else ())
        for child in inside:
            self.tree(child)


def _methods_of_others(cls: type) -> dict[str, Any]:
    """What took the place of methods of ours: functions that are neither ours nor Python's."""

    def is_of_others(x: Any) -> bool:
        if type(x) is not FunctionType:
            return False
        package = str(x.__globals__.get("__name__")).partition(".")[0]
        return package not in UNSAID and package not in sys.stdlib_module_names

    return {k: x for k, x in vars(cls).items() if is_of_others(x)}


def _bits(x: complex) -> str:
    return struct.pack("<dd", x.real, x.imag).hex()


def _surroundings() -> str:
    """The settings around a recording; raises Unknown where these are not understood."""
    state = context.running.get()
    inside = state.samples or state.sweeping or state.observers or state.since != math.inf
    if inside or tracing.get():
        raise Unknown("a transform, a scan, or an observer that is at work around it")
    kinds = [cls for cls in users._own if cls.__module__.partition(".")[0] in UNSAID]  # noqa: SLF001
    if kinds:
        raise Unknown(f"kinds of number that were registered: {kinds}")
    return f"{state.recording} {np.geterr()}"
