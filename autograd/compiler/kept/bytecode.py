"""The names that bytecode mentions, and the refusal of names and instructions that are not understood.

Code gets from one object to another by names that are written in it. Some names lead to what cannot
be described (``__dict__``, ``gi_frame``). Some instructions make what differs from process to
process (sets, by their order), or change what other code reads (globals).
"""

from __future__ import annotations

import dis
import sys
from types import CodeType, ModuleType
from typing import Any, NamedTuple

from .trusted import Unknown

REFUSED = {
    "STORE_GLOBAL", "DELETE_GLOBAL", "IMPORT_STAR", "BUILD_SET", "SET_ADD", "SET_UPDATE",
}  # fmt: skip
"""Instructions that change globals, or make sets: refused."""
DUNDERS = """__init__ __call__ __name__ __qualname__ __class__ __len__ __getitem__ __setitem__ __iter__
    __next__ __enter__ __exit__ __add__ __sub__ __mul__ __truediv__ __pow__ __matmul__ __neg__ __eq__
    __post_init__""".split()
"""Names with two underscores that are understood; all others are refused."""
NAMES = {"format", "format_map", "tofile", "dump", "dumps", "ctypes", "mro"}
"""Attributes that are refused: they look up names in texts, write arrays to files, or show
addresses.
"""
FRAMES = ("gi_", "cr_", "ag_", "tb_", "f_globals", "f_locals", "f_builtins", "f_back")


class Mentioned(NamedTuple):
    """What code mentions, with the functions and classes inside of it, in order."""

    names: list[str]  # all, of attributes too
    globals: list[str]  # those of them that are looked up in the function's module
    modules: list[ModuleType]  # that it imports


def mentioned(code: CodeType) -> Mentioned:
    """What code mentions; raises Unknown for what is refused."""
    found, waiting = Mentioned([], [], []), [code]
    while waiting:
        instructions = [*dis.get_instructions(code := waiting.pop())]
        waiting += [x for x in code.co_consts if type(x) is CodeType]
        for k, (op, number, _, name, *_) in enumerate(instructions):
            if op in REFUSED:
                raise Unknown(op)
            if number not in dis.hasname:
                continue
            found.names.append(_checked(name, op))
            if op == "IMPORT_NAME":
                found.modules.extend(_imported(name, *[i.argval for i in instructions[k - 2 : k]]))
            elif "ATTR" not in op and op not in ("LOAD_METHOD", "IMPORT_FROM"):
                found.globals.append(name)
    return found


def _checked(name: str, op: str) -> str:
    """The name; raises Unknown if it is refused."""
    is_dunder = name[:2] == name[-2:] == "__" and name not in DUNDERS and op != "STORE_NAME"
    if is_dunder or name in NAMES or name.startswith(FRAMES):
        raise Unknown(f"the name {name}")
    return name


def _imported(name: str, level: Any, parts: Any) -> list[ModuleType]:
    """The modules of a dotted name that code imports; raises Unknown unless they are loaded
    already, and the last has all ``parts`` that the code takes from it.
    """
    ends = [k for k, letter in enumerate(name + ".") if letter == "."]
    modules = [sys.modules.get(name[:end]) for end in ends]
    found = [module for module in modules if type(module) is ModuleType]
    if level != 0 or len(found) < len(ends) or not {*(parts or ())} <= vars(found[-1]).keys():
        raise Unknown(f"import {name}: {parts}")
    return found
