"""What bytecode mentions: the names that it reads and imports, or a refusal of what it does.

Code gets from one object to another by names that are written in it. Some names lead where nobody can
follow (``__dict__``, ``gi_frame``), and some instructions make what another process makes otherwise
(sets, whose order is a process's own) or change what others read (globals).
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
"""Instructions that change globals, or make sets."""
DUNDERS = """__init__ __call__ __name__ __qualname__ __class__ __len__ __getitem__ __setitem__ __iter__
    __next__ __enter__ __exit__ __add__ __sub__ __mul__ __truediv__ __pow__ __matmul__ __neg__ __eq__
    __post_init__""".split()
"""Names with underscores that lead nowhere else: of all others nothing is known."""
NAMES = {"format", "format_map", "tofile", "dump", "dumps", "ctypes", "mro"}
"""Attributes that are refused: texts that look names up, arrays written to files, addresses."""
FRAMES = ("gi_", "cr_", "ag_", "tb_", "f_globals", "f_locals", "f_builtins", "f_back")


class Mentioned(NamedTuple):
    """What code mentions, that inside of it too, in order."""

    names: list[str]
    globals: list[str]  # of the names, those that are not only attributes
    modules: list[ModuleType]  # that it imports


def mentioned(code: CodeType) -> Mentioned:
    """What code mentions; Unknown if it does what is not understood."""
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
    """A name that leads nowhere but where it says."""
    is_dunder = name[:2] == name[-2:] == "__" and name not in DUNDERS and op != "STORE_NAME"
    if is_dunder or name in NAMES or name.startswith(FRAMES):
        raise Unknown(f"the name {name}")
    return name


def _imported(name: str, level: Any, parts: Any) -> list[ModuleType]:
    """The modules of a dotted name that code imports: loaded, with all that is taken from the last."""
    ends = [k for k, letter in enumerate(name + ".") if letter == "."]
    modules = [sys.modules.get(name[:end]) for end in ends]
    found = [module for module in modules if type(module) is ModuleType]
    if level != 0 or len(found) < len(ends) or not {*(parts or ())} <= vars(found[-1]).keys():
        raise Unknown(f"import {name}: {parts}")
    return found
