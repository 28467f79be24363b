"""Where functions are in memory that machine code calls: C's, the interpreter's own, SciPy's."""

from __future__ import annotations

import contextlib
import ctypes
from functools import cache
from typing import Any

from ..text import scipys

LIBRARIES = "libm.so.6 libmvec.so.1".split()
"""Of glibc: C's functions of doubles, and those of vectors, which not every processor has."""


@cache
def _libraries() -> list[Any]:
    """What is loaded for the interpreter, C's library among it, and the others that are there."""
    found: list[Any] = [ctypes.pythonapi]
    for name in LIBRARIES:
        with contextlib.suppress(OSError):
            found.append(ctypes.CDLL(name, ctypes.RTLD_GLOBAL))  # so that LLVM finds them, too
    return found


def find(name: str) -> int | None:
    """The address of a function, or of a variable of the interpreter's; None where nobody has it."""
    if name.startswith(scipys.PREFIX):
        return scipys.address_of(name.removeprefix(scipys.PREFIX))
    for library in _libraries():
        with contextlib.suppress(AttributeError):
            return ctypes.cast(library[name], ctypes.c_void_p).value
    return None


def address_of(name: str) -> int:
    """The same; OSError where nobody has it."""
    address = find(name)
    if address is None:
        raise OSError(f"machine code calls {name}, which no loaded library has")
    return address
