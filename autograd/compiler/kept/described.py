"""What there is to say of a thing that a function reaches, kind by kind (see `world`)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import (
    BuiltinFunctionType,
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
from .hashing import hashed
from .mentioned import mentioned
from .trusted import CLASSES, Unknown, is_our_class, is_our_function, pure

if TYPE_CHECKING:
    from .world import World

HEAP = 1 << 9
"""CPython's flag of a class that Python code has made (Py_TPFLAGS_HEAPTYPE)."""
OF_CLASSES = """__dict__ __weakref__ __doc__ __annotations__ __annotate__ __annotate_func__
    __annotations_cache__ __firstlineno__ __static_attributes__ __dataclass_params__""".split()
"""What a class has that no code reads: it says nothing about what runs."""

OF_PRIMITIVES = """name value pullbacks domain sequences formula dx dy apply pull by_name linear
    moves_samples __module__ __name__ __qualname__ __doc__ __annotations__ __wrapped__""".split()
"""What an operation of ours has by its declaration."""
JITTED = "autograd.compiler.calls.jitted"  # which imports this file
NUMBERS = "biufc"
"""NumPy's letters for the types of numbers."""


def described(world: World, x: Any) -> list[Any]:
    """What there is to say of a thing; Unknown if it is not understood."""
    if type(x) in DESCRIBED:
        return DESCRIBED[type(x)](world, x)
    if isinstance(x, type):
        return _of_class(world, x)
    if isinstance(x, np.generic) and x.dtype.kind in NUMBERS:
        return ["scalar", x.dtype.str, x.tobytes().hex()]
    return _of_object(world, x)


def _of_function(world: World, f: FunctionType) -> list[Any]:
    """A function; of ours its own code, and not what that names."""
    inner = vars(f).get("__wrapped__")
    if inner and f.__globals__.get("__name__") in ("dataclasses", "reprlib"):
        return [
            "function",
            world.word(inner),
        ]  # a dataclass's __repr__, which looks out for circles
    said = ["function", *world.words(f.__name__, f.__qualname__, f.__module__)]
    said += world.words(f.__code__, f.__defaults__, f.__kwdefaults__, *f.__closure__ or ())
    said += world.pairs(f.__dict__)
    if not is_our_function(f):
        anything: Any = f  # not every type checker knows that it has this
        own: dict[str, Any] = anything.__builtins__
        here = mentioned(f.__code__)
        world.names |= dict.fromkeys(here.names)
        said += world.words(*here.modules)
        for name in sorted({*here.globals}):
            scopes = [s for s in (f.__globals__, own) if name in s]
            said += [name, *world.words(*(scope[name] for scope in scopes[:1]))]
    return said


def _of_code(world: World, code: CodeType) -> list[Any]:
    """Bytecode and constants."""
    return [
        "code", code.co_name, code.co_code.hex(), code.co_flags, code.co_argcount,
        code.co_posonlyargcount, code.co_kwonlyargcount, code.co_names, code.co_varnames,
        code.co_freevars, code.co_cellvars, getattr(code, "co_exceptiontable", b"").hex(),
        *world.words(*code.co_consts),
    ]  # fmt: skip


def _of_class(world: World, cls: type) -> list[Any]:
    """A class that Python code has made, with all that it has; of a kind of number its table too."""
    if is_our_class(cls):
        name = world.kind(cls)
        if name in CLASSES or issubclass(cls, BaseException):
            return ["class", name]
        raise Unknown(f"{name}, called by its name")
    if type(cls) is not type or not cls.__flags__ & HEAP:
        raise Unknown(f"{cls!r}")
    own = dict(vars(cls))
    fields = [*own.pop("__dataclass_fields__", ())]
    said = ["class", cls.__module__, cls.__qualname__, fields, *map(world.kind, cls.__mro__[1:])]
    table, priority = users._own.get(cls, ({}, 0))  # noqa: SLF001
    return [*said, *world.pairs(own, OF_CLASSES), priority, *world.pairs(table)]


def _of_object(world: World, x: Any) -> list[Any]:
    """An object whose parts are its attributes."""
    cls = type(x)
    if is_our_class(cls) and hasattr(cls, "_world"):
        if (known := x._world()) is None:  # noqa: SLF001  (ours)
            raise Unknown(f"{x!r}, which says so itself")
        return ["object", world.kind(cls), *world.pairs(known)]
    jitted: Any = getattr(sys.modules.get(JITTED), "Jitted", ())
    if isinstance(x, jitted):
        world.refused |= {"stats", "source", "program", "bind"}
        return ["jitted", x.backend, x.element.name, world.word(x.f)]
    for base in cls.__mro__[:-1]:  # of C, or with slots: there is more in it than its attributes
        if not base.__flags__ & HEAP or "__slots__" in vars(base) or id(base) in pure():
            what = x.__qualname__ if isinstance(x, BuiltinFunctionType) else "an object"
            raise Unknown(f"{what} of {base!r}")
    if not hasattr(x, "__dict__") or (is_our_class(cls) and cls.__module__[:9] == "autograd."):
        raise Unknown(f"an object of {cls!r}")
    return ["object", world.kind(cls), *world.pairs(vars(x))]


def _of_value(world: World, x: Value) -> list[Any]:
    """A leaf that the function closes over."""
    if x.op is not None:
        raise Unknown("a node of a graph")
    world.refused |= {"label", "note", "notes", "serial"}
    return ["Value", world.kind(Value), *world.words(x.data, x.grad)]


def _of_primitive(world: World, op: Primitive[Any]) -> list[Any]:
    """An operation: of ours its name, of others the formulas."""
    if getattr(sys.modules.get(op.__module__), op.name, None) is op and is_our_function(op.value):
        return ["primitive", op.__module__, op.name, *world.pairs(vars(op), OF_PRIMITIVES)]
    return ["primitive", *world.pairs(vars(op), ("apply", "pull"))]


def _of_array(world: World, x: Any) -> list[Any]:
    """An array of numbers."""
    if x.dtype.kind not in NUMBERS:
        raise Unknown(f"an array of {x.dtype}")
    numbers = hashed(x.tobytes()).hex()
    return ["array", x.dtype.str, x.shape, x.strides, x.flags.writeable, numbers]


def _of_module(world: World, x: ModuleType) -> list[Any]:
    """A module: what it has is looked up name by name."""
    world.owners.setdefault(id(x), (x, 0))
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
    FunctionType: _of_function,
    CodeType: _of_code,
    CellType: _of_cell,
    ModuleType: _of_module,
    MethodType: _of_parts("__func__", "__self__"),
    MemberDescriptorType: _of_member,
    GetSetDescriptorType: _of_member,
    Primitive: _of_primitive,
    Value: _of_value,
    dict: lambda world, x: ["dict", *world.pairs(x)],
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
