"""The world of a function: everything that its recording follows from, as one hash.

A recording may be kept for the next process only if that process would record the same. Python's
bytecode does not say so: which function a name means, what a closure holds, which method a class has,
what an array contains is elsewhere. But all of it can be reached, and this file goes there:

    a function      its code and constants, defaults, closure, attributes, and what its code's global
                    names mean; functions and classes found so are gone into likewise
    a class         all of its attributes, and its bases
    an object       its class, and all of its attributes
    a module        what it has under any name that any code here mentions. Code gets at a module's
                    attributes by a name that is written in it, or by getattr and its kin
    data            numbers to the bit, text, tuples, lists and dicts in their order, arrays

It is sound for one reason: *what is not understood is refused*. Then there is no hash, and the function
is recorded as if nothing were kept. Refused are what draws, reads, writes, prints or asks the time (it
ends at a builtin that is not on the list in `trusted`), attributes by computed names, sets (their order
is the process's own), iterators, objects with parts outside of their attributes, every class of C that
is not listed. A name counts as read wherever it stands: too much refused costs time, nothing else.

Every value that code can meet is one of these, or made of them by trusted functions: so are the types
that methods and operators are looked up on. What runs is also a matter of settings: of a transform that
is going on, of observers (`detect_anomaly`), kinds of number that a user registered, NumPy's error
state. Those are in the hash or refuse.

A recording that changes its world (a counter, a list that grows) would not change it when it comes from
the disk: the world is asked again afterwards, and nothing is kept if it differs. What is left out: who
assigns into this package's or NumPy's own modules, and a function that depends on an address, as by the
text of an object without a `__repr__`: it has no one program.

Each object has a number, that of its discovery; what is said of it refers to others by their numbers. So
two names of one object differ from names of two equal ones, and circles end.
"""

from __future__ import annotations

import dis
import hashlib
import math
import struct
import sys
from collections.abc import Callable, Sequence
from functools import partial
from types import (
    CellType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

import numpy as np

from ... import context
from ...kinds import users
from ...kinds.kind import NOTHING
from ...primitive import Primitive
from ...transforms import pytree
from ...value import Value
from .rooms import watching
from .trusted import CLASSES, is_our_class, is_our_function, pure

HEAP = 1 << 9
"""CPython's flag of a class that Python code has made (Py_TPFLAGS_HEAPTYPE)."""
ATOMS = (int, bool, str, bytes, type(None), type(Ellipsis), type(NotImplemented))
REFUSED = {
    "STORE_GLOBAL", "DELETE_GLOBAL", "IMPORT_STAR", "BUILD_SET", "SET_ADD", "SET_UPDATE",
}  # fmt: skip
"""What code does that is refused: globals that change, and sets."""
DUNDERS = """__init__ __call__ __name__ __len__ __getitem__ __setitem__ __iter__ __next__ __enter__
    __exit__ __add__ __sub__ __mul__ __truediv__ __pow__ __matmul__ __neg__ __eq__ __post_init__""".split()
NAMES = {"format", "format_map", "tofile", "dump", "dumps", "ctypes", "mro"}
"""Attributes that are refused: texts that look names up, arrays written to files, addresses."""
FRAMES = ("gi_", "cr_", "ag_", "tb_", "f_globals", "f_locals", "f_builtins", "f_back")
OF_CLASSES = """__dict__ __weakref__ __doc__ __annotations__ __annotate__ __annotate_func__
    __annotations_cache__ __firstlineno__ __static_attributes__ __dataclass_params__""".split()
"""What a class has that no code reads: it says nothing about what runs."""


class Unknown(Exception):  # noqa: N818  (it is no error: the function is recorded)
    """Something can be reached that is not understood."""


def world_of(f: Callable[..., Any], arguments: Any, *settings: object) -> bytes | None:
    """The hash of all that a recording of f follows from; None if not all of it is understood.

    ``arguments`` are those of `signature`: their numbers do not count, only their form. ``settings`` are
    what else a kept program depends on.
    """
    try:
        return World(f, arguments, settings).digest()
    except Unknown:
        return None


class World:
    """What can be reached, and what was said about it."""

    def __init__(self, f: Any, arguments: Any, settings: Sequence[object]) -> None:
        self.numbers: dict[int, int] = {}
        self.things: list[Any] = []  # by their numbers; alive, so that no id is used again
        self.said: list[str] = [repr(settings), _surroundings()]
        self.names: dict[str, None] = {}  # that any code mentions, in order
        self.owners: dict[int, tuple[Any, int]] = {}  # modules and classes of ours, and how many
        # names were looked up in each
        leaves, _ = pytree.flatten(arguments.tree)
        self.variables = {id(x.value) for x in leaves if type(x) is pytree.Own}
        self.say("arguments", arguments.numbers, arguments.shapes)
        self.tree(arguments.treedef)
        for cls, ways in pytree._registered.items():  # noqa: SLF001
            self.say("node", self.kind(cls), *map(self.word, ways))
        self.say("function", self.word(f))
        self.explore()

    def digest(self) -> bytes:
        """The hash."""
        return hashlib.sha256("\0".join(self.said).encode("utf-8", "surrogatepass")).digest()

    def say(self, *words: object) -> None:
        """Add to what is known."""
        self.said += [str(word) for word in words]
        self.said.append("\n")

    def explore(self) -> None:
        """Describe every thing, and look every name up in every module, until nothing is new."""
        k = 0
        while k < len(self.things):
            self.say(k, *self.described(self.things[k]))
            k += 1
            if k == len(self.things):
                for place, (owner, known) in [*self.owners.items()]:
                    self.owners[place] = owner, len(self.names)
                    self.look_up(owner, [*self.names][known:])

    # ------------------------------------------------------------------------------------- words

    def word(self, x: Any) -> str:
        """A value in one word: itself, its name, or its number."""
        kind = type(x)
        if kind in ATOMS:
            return f"{kind.__name__} {x!r}"
        if kind is float or kind is complex:
            return "NOTHING" if x is NOTHING else f"{kind.__name__} {_bits(x)}"
        return pure().get(id(x)) or f"#{self.number(x)}"

    def number(self, x: Any) -> int:
        """The number of a thing, which is new or known."""
        if id(x) not in self.numbers:
            self.numbers[id(x)] = len(self.things)
            self.things.append(x)
        return self.numbers[id(x)]

    def words(self, *xs: Any) -> list[str]:
        """A word for each."""
        return [self.word(x) for x in xs]

    def pairs(self, mapping: Any, without: Sequence[str] = ()) -> list[str]:
        """A mapping, in its order."""
        return [w for k, x in mapping.items() if k not in without for w in self.words(k, x)]

    def kind(self, cls: type) -> str:
        """The class of an object, or one that others are derived from: one that is not called."""
        if cls is object or not is_our_class(cls):
            return "object" if cls is object else self.word(cls)
        for base in cls.__mro__:
            if is_our_class(base):
                self.owners.setdefault(id(base), (base, 0))
        return f"{cls.__module__}.{cls.__qualname__}"

    def look_up(self, owner: Any, names: Sequence[str]) -> None:
        """What a module, or a class of ours, has under these names."""
        scope = vars(owner)
        later = {*dir(owner)} if type(owner) is ModuleType and "__getattr__" in scope else ()
        for name in names:
            if name in scope:
                self.say(owner.__name__, name, self.word(scope[name]))
            elif name in later:
                raise Unknown(f"{owner.__name__}.{name}, which is not loaded")

    # ---------------------------------------------------------------------------------- arguments

    def tree(self, treedef: Any) -> None:
        """The form of the arguments."""
        form, steps = treedef.form, [*treedef.children]
        if isinstance(form, type):
            self.say(self.kind(form), steps, self.word(treedef.aux))
            if not any(base in pytree._registered for base in form.__mro__):  # noqa: SLF001
                self.say(*self.pairs(vars(treedef.build([None] * len(steps)))))  # a dataclass
        elif form == "dict":
            self.say(form, *self.words(*treedef.build([None] * len(steps))))
        else:
            self.say(form, getattr(treedef.build, "__name__", None), len(steps))
        for child in treedef.children.values():
            self.tree(child)

    # ---------------------------------------------------------------------------------- one by one

    def described(self, x: Any) -> list[Any]:
        """What there is to say of a thing."""
        if type(x) in DESCRIBED:
            return DESCRIBED[type(x)](self, x)
        if isinstance(x, type):
            return self.of_class(x)
        if isinstance(x, np.generic):
            return ["scalar", x.dtype.str, x.tobytes().hex()]
        return self.of_object(x)

    def of_function(self, f: FunctionType) -> list[Any]:
        """A function; of ours its own code, and not what that names."""
        said = ["function", f.__name__, f.__qualname__, f.__module__]
        said += self.words(f.__code__, f.__defaults__, f.__kwdefaults__, *f.__closure__ or ())
        said += self.pairs(f.__dict__)
        if not is_our_function(f):
            for name in sorted(self.names_of(f.__code__)):
                scopes = [s for s in (f.__globals__, f.__builtins__) if name in s]
                said += [name, *self.words(*(scope[name] for scope in scopes[:1]))]
        return said

    def names_of(self, code: CodeType) -> set[str]:
        """The global names that code reads; what it does must be understood."""
        found, waiting = set(), [code]
        while waiting:
            instructions = [*dis.get_instructions(code := waiting.pop())]
            waiting += [x for x in code.co_consts if type(x) is CodeType]
            for k, (op, number, _, name, *_) in enumerate(instructions):
                if op in REFUSED:
                    raise Unknown(op)
                if number not in dis.hasname:
                    continue
                self.names[_checked(name, op)] = None
                if op == "IMPORT_NAME":
                    self.imported(name, *[i.argval for i in instructions[k - 2 : k]])
                elif "ATTR" not in op and op not in ("LOAD_METHOD", "IMPORT_FROM"):
                    found.add(name)
        return found

    def imported(self, name: str, level: Any, parts: Any) -> None:
        """A module that code imports: it must be loaded, with all that is taken from it."""
        for k, dot in enumerate(name + "."):
            if dot == ".":
                module = sys.modules.get(name[:k])
                if level != 0 or type(module) is not ModuleType:
                    raise Unknown(f"import {name}")
                self.say("import", name[:k], self.word(module))
        if not {*(parts or ())} <= vars(module).keys():
            raise Unknown(f"from {name} import {parts}")

    def of_code(self, code: CodeType) -> list[Any]:
        """Bytecode and constants."""
        return [
            "code", code.co_name, code.co_code.hex(), code.co_flags, code.co_argcount,
            code.co_posonlyargcount, code.co_kwonlyargcount, code.co_names, code.co_varnames,
            code.co_freevars, code.co_cellvars, getattr(code, "co_exceptiontable", b"").hex(),
            *self.words(*code.co_consts),
        ]  # fmt: skip

    def of_class(self, cls: type) -> list[Any]:
        """A class that Python code has made, with all that it has."""
        if is_our_class(cls):
            name = self.kind(cls)
            if name in CLASSES or issubclass(cls, BaseException):
                return ["class", name]
            raise Unknown(f"{name}, called by its name")
        if type(cls) is not type or not cls.__flags__ & HEAP:
            raise Unknown(f"{cls!r}")
        own = dict(vars(cls))
        fields = [*own.pop("__dataclass_fields__", ())]
        said = ["class", cls.__module__, cls.__qualname__, fields, *map(self.kind, cls.__mro__[1:])]
        return [*said, *self.pairs(own, OF_CLASSES)]

    def of_object(self, x: Any) -> list[Any]:
        """An object whose parts are its attributes."""
        cls = type(x)
        if is_our_class(cls) and hasattr(cls, "_world"):
            return ["object", self.kind(cls), *self.pairs(x._world())]
        if any(base.__module__ == "autograd.compiler.calls.jitted" for base in cls.__mro__):
            return ["jitted", self.word(x.f)]
        is_engines = cls.__module__.startswith("autograd.") and is_our_class(cls)
        is_c = cls.__dictoffset__ == 0 or not all(base.__flags__ & HEAP for base in cls.__mro__[:-1])
        if is_engines or is_c:
            raise Unknown(f"an object of {cls!r}")
        return ["object", self.kind(cls), *self.pairs(vars(x))]

    def of_value(self, x: Value) -> list[Any]:
        """A variable: of the arguments, or a leaf that the function closes over."""
        if id(x) in self.variables:
            return ["variable"]
        if x.op is not None:
            raise Unknown("a node of a graph")
        return ["Value", self.kind(Value), *self.words(x.data, x.grad)]

    def of_primitive(self, op: Primitive[Any]) -> list[Any]:
        """An operation: of ours its name, of others the formulas."""
        if getattr(sys.modules.get(op.__module__), op.name, None) is op and is_our_function(op.value):
            return ["primitive", op.__module__, op.name]
        return ["primitive", *self.pairs(vars(op), ("apply", "pull"))]

    def of_array(self, x: Any) -> list[Any]:
        """An array of numbers."""
        if x.dtype.kind not in "biufc":
            raise Unknown(f"an array of {x.dtype}")
        numbers = hashlib.sha256(x.tobytes()).hexdigest()
        return ["array", x.dtype.str, x.shape, x.strides, x.flags.writeable, numbers]

    def of_module(self, x: ModuleType) -> list[Any]:
        """A module: what it has is looked up name by name."""
        self.owners.setdefault(id(x), (x, 0))
        return ["module", x.__name__]


def _of_parts(*names: str) -> Callable[[World, Any], list[Any]]:
    """What is all in some attributes."""
    return lambda world, x: [type(x).__name__, *world.words(*(getattr(x, n) for n in names))]


def _of_items(world: World, x: Any) -> list[Any]:
    return [type(x).__name__, *world.words(*x)]


def _of_cell(world: World, cell: Any) -> list[Any]:
    try:
        return ["cell", world.word(cell.cell_contents)]
    except ValueError:  # nothing is in it yet
        return ["cell"]


def _of_member(world: World, x: Any) -> list[Any]:
    """A slot, which objects of ours may have: their classes say what is in them."""
    if not is_our_class(x.__objclass__):
        raise Unknown(f"{x!r}")
    return ["member", x.__name__]


DESCRIBED: dict[type, Callable[[World, Any], list[Any]]] = {
    FunctionType: World.of_function,
    CodeType: World.of_code,
    CellType: _of_cell,
    ModuleType: World.of_module,
    MethodType: _of_parts("__func__", "__self__"),
    MemberDescriptorType: _of_member,
    GetSetDescriptorType: _of_member,
    Primitive: World.of_primitive,
    Value: World.of_value,
    dict: lambda world, x: ["dict", *world.pairs(x)],
    list: _of_items,
    tuple: _of_items,
    partial: _of_parts("func", "args", "keywords", "__dict__"),
    property: _of_parts("fget", "fset", "fdel"),
    staticmethod: _of_parts("__func__"),
    classmethod: _of_parts("__func__"),
    range: _of_parts("start", "stop", "step"),
    slice: _of_parts("start", "stop", "step"),
    np.ndarray: World.of_array,
}


def _bits(x: complex) -> str:
    return struct.pack("<dd", x.real, x.imag).hex()


def _checked(name: str, op: str) -> str:
    """A name that code mentions, if it leads nowhere but where it says."""
    is_dunder = name[:2] == name[-2:] == "__" and name not in DUNDERS and op != "STORE_NAME"
    if is_dunder or name in NAMES or name.startswith(FRAMES):
        raise Unknown(f"the name {name}")
    return name


def _surroundings() -> str:
    """What is set around a recording, where that is understood."""
    state = context.running.get()
    usual = state.recording and not (state.samples or state.sweeping or state.observers)
    if not usual or state.since != math.inf or watching.get() or users._own:  # noqa: SLF001
        raise Unknown("a transform, an observer, or a kind of number of the user's")
    return repr(np.geterr())
