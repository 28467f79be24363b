"""What is said of each kind of thing that a function reaches: a list of words (see `fingerprint`).

Words that stand for other things are made by ``walk.words``: those are then described as well.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
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
from typing import TYPE_CHECKING, Any

import numpy as np

from ...kinds import users
from ...primitive import Primitive
from ...value import Value
from .bytecode import mentioned
from .hashing import hashed
from .trusted import CLASSES, UNSAID, Unknown, is_our_class, is_our_function, pure

if TYPE_CHECKING:
    from .fingerprint import Walk

HEAP = 1 << 9
"""CPython's flag of a class that Python code has made (Py_TPFLAGS_HEAPTYPE)."""
OF_CLASSES = """__dict__ __weakref__ __doc__ __annotations__ __annotate__ __annotate_func__
    __annotations_cache__ __firstlineno__ __static_attributes__ __dataclass_params__
    __replace__""".split()
"""Attributes of a class that say nothing about what runs: code may not mention those that would."""

OF_PRIMITIVES = """name value pullbacks domain sequences formula dx dy apply pull by_name linear
    moves_samples __module__ __name__ __qualname__ __doc__ __annotations__ __wrapped__""".split()
"""Attributes of a primitive that follow from its declaration."""
JITTED = "autograd.compiler.calls.jitted"  # which imports this file
OF_JITTED = "f backend element _compiled _links".split()
"""Attributes of what `jit` answers that are described otherwise, or no part of what it computes."""
NOTES = {"label", "note", "notes", "serial"}
"""Attributes of a Value that are not described."""
NUMBERS = "biufc"
"""NumPy's letters for the types of numbers."""


def described(walk: Walk, x: Any) -> list[Any]:
    """The words for a thing; raises Unknown if it is not understood."""
    if type(x) in DESCRIBED:
        return DESCRIBED[type(x)](walk, x)
    if isinstance(x, type):
        return _of_class(walk, x)
    if isinstance(x, np.generic) and x.dtype.kind in NUMBERS:
        return ["scalar", x.dtype.str, x.tobytes().hex()]
    return _of_object(walk, x)


def _of_function(walk: Walk, f: FunctionType) -> list[Any]:
    """A function: its code, what that names, and what it holds; of ours not what it names."""
    inner = vars(f).get("__wrapped__")
    if inner and f.__globals__.get("__name__") in ("dataclasses", "reprlib"):
        return ["function", walk.word(inner)]  # the __repr__ of a dataclass, wrapped by Python
    said = ["function", *walk.words(f.__name__, f.__qualname__, f.__module__)]
    said += walk.words(f.__code__, f.__defaults__, f.__kwdefaults__, *f.__closure__ or ())
    said += walk.pairs(f.__dict__)
    if not is_our_function(f):
        anything: Any = f  # not every type checker knows that it has this
        own: dict[str, Any] = anything.__builtins__
        here = mentioned(f.__code__)
        walk.names |= dict.fromkeys(here.names)
        said += walk.words(*here.modules)
        for name in sorted({*here.globals}):
            scopes = [s for s in (f.__globals__, own) if name in s]
            said += [name, *walk.words(*(scope[name] for scope in scopes[:1]))]
    return said


def _of_code(walk: Walk, code: CodeType) -> list[Any]:
    """Bytecode and constants."""
    return [
        "code", code.co_name, code.co_code.hex(), code.co_flags, code.co_argcount,
        code.co_posonlyargcount, code.co_kwonlyargcount, code.co_names, code.co_varnames,
        code.co_freevars, code.co_cellvars, getattr(code, "co_exceptiontable", b"").hex(),
        *walk.words(*code.co_consts),
    ]  # fmt: skip


def _of_class(walk: Walk, cls: type) -> list[Any]:
    """A class made by Python code: all its attributes; of a registered kind of number its table too."""
    if is_our_class(cls):
        name = walk.kind(cls)
        if name in CLASSES or issubclass(cls, BaseException):
            return ["class", name]
        raise Unknown(f"{name}, called by its name")
    if type(cls) is not type or not cls.__flags__ & HEAP:
        raise Unknown(f"{cls!r}")
    own = dict(vars(cls))
    fields = [*own.pop("__dataclass_fields__", ())]
    said = ["class", cls.__module__, cls.__qualname__, fields, *map(walk.kind, cls.__mro__[1:])]
    table, priority = users._own.get(cls, ({}, 0))  # noqa: SLF001
    return [*said, *walk.pairs(own, OF_CLASSES), priority, *walk.pairs(table)]


def _of_object(walk: Walk, x: Any) -> list[Any]:
    """An object whose parts are its attributes."""
    cls = type(x)
    if is_our_class(cls) and hasattr(cls, "_fingerprint"):
        if (known := x._fingerprint()) is None:  # noqa: SLF001  (ours)
            raise Unknown(f"{x!r}, which says so itself")
        return ["object", walk.kind(cls), *walk.pairs(known)]
    jitted: Any = getattr(sys.modules.get(JITTED), "Jitted", ())
    if isinstance(x, jitted):
        walk.refused |= {"stats", "source", "program", "bind"}
        own = walk.pairs(vars(x), OF_JITTED)
        return ["jitted", x.backend, x.element.name, walk.word(x.f), *own]
    what = getattr(x, "__qualname__", "an object")  # a function's name
    for base in cls.__mro__[:-1]:  # made in C, or with slots: it holds more than its attributes
        if not base.__flags__ & HEAP or "__slots__" in vars(base) or id(base) in pure():
            raise Unknown(f"{what} of {base!r}")
    if not hasattr(x, "__dict__") or (is_our_class(cls) and cls.__module__[:9] == "autograd."):
        raise Unknown(f"{what} of {cls!r}")
    return ["object", walk.kind(cls), *walk.pairs(vars(x))]


def _of_value(walk: Walk, x: Value) -> list[Any]:
    """A leaf of a graph, which the function closes over."""
    if x.op is not None:
        raise Unknown("a node of a graph")
    walk.refused |= NOTES
    return ["Value", walk.kind(Value), *walk.words(x.data, x.grad)]


def _of_primitive(walk: Walk, op: Primitive[Any]) -> list[Any]:
    """A primitive: of ours its name, of others its formulas."""
    if getattr(sys.modules.get(op.__module__), op.name, None) is op and is_our_function(op.value):
        return ["primitive", op.__module__, op.name, *walk.pairs(vars(op), OF_PRIMITIVES)]
    return ["primitive", *walk.pairs(vars(op), ("apply", "pull"))]


def _of_array(walk: Walk, x: Any) -> list[Any]:
    """An array of numbers."""
    if x.dtype.kind not in NUMBERS:
        raise Unknown(f"an array of {x.dtype}")
    numbers = hashed(x.tobytes()).hex()
    return ["array", x.dtype.str, x.shape, x.strides, x.flags.writeable, numbers]


def _of_module(walk: Walk, x: ModuleType) -> list[Any]:
    """A module by its name: `Walk.look_up` says what it has under each name that code mentions. It
    may answer others by a function.
    """
    walk.owners.setdefault(id(x), (x, set()))
    is_said = x.__name__.partition(".")[0] not in UNSAID
    return ["module", x.__name__, *walk.words(vars(x).get("__getattr__") if is_said else None)]


def _of_parts(*names: str) -> Callable[[Walk, Any], list[Any]]:
    """What describes a thing that is all in these attributes."""
    return lambda walk, x: [type(x).__name__, *walk.words(*(getattr(x, n) for n in names))]


def _of_items(walk: Walk, x: Any) -> list[Any]:
    return [type(x).__name__, *walk.words(*x)]


def _of_cell(walk: Walk, cell: Any) -> list[Any]:
    try:
        return ["cell", walk.word(cell.cell_contents)]
    except ValueError:  # nothing is in it yet
        return ["cell"]


def _of_member(walk: Walk, x: Any) -> list[Any]:
    """A slot of a class of ours; others are not understood."""
    if not is_our_class(x.__objclass__):
        raise Unknown(f"{x!r}")
    return ["member", x.__name__]


DESCRIBED: dict[type, Callable[[Walk, Any], list[Any]]] = {
    FunctionType: _of_function,
    CodeType: _of_code,
    CellType: _of_cell,
    ModuleType: _of_module,
    MethodType: _of_parts("__func__", "__self__"),
    MemberDescriptorType: _of_member,
    GetSetDescriptorType: _of_member,
    Primitive: _of_primitive,
    Value: _of_value,
    dict: lambda walk, x: ["dict", *walk.pairs(x)],
    list: _of_items,
    tuple: _of_items,
    partial: _of_parts("func", "args", "keywords", "__dict__"),
    property: _of_parts("fget", "fset", "fdel"),
    staticmethod: _of_parts("__func__"),
    classmethod: _of_parts("__func__"),
    range: _of_parts("start", "stop", "step"),
    slice: _of_parts("start", "stop", "step"),
    np.ndarray: _of_array,
}
