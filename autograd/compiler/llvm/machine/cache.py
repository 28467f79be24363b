"""Machine code, which the next process finds on disk.

It follows from what it is made of (a rolled program, or nothing but this package), from the processor,
and from the versions of LLVM and of the C library: the text in between is written only for LLVM.
"""

from __future__ import annotations

import functools
import os
import platform
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import llvmlite

from ...kept import disk
from ..text.ir import Text

if TYPE_CHECKING:
    from ..kernels.kernel import Kernel
    from .target import Target


class Code(NamedTuple):
    """Objects, and what their callers have to know."""

    facts: dict[str, Any]
    objects: list[bytes]


def code(target: Target | str, what: str, make: Callable[[], Code]) -> Code:
    """The machine code of what is named: from the disk, or made and kept."""
    key = key_of(target, what)
    found = key and disk.read(key)
    if found:
        return Code(*found)
    made = make()
    if key:
        disk.write(key, *made)
    return made


def key_of(target: Target | str, what: str) -> bytes | None:
    """The hash of everything that machine code follows from."""
    versions = llvmlite.__version__, _library(), platform.libc_ver()
    return disk.key_of("code", repr(target), repr(versions), what)


@functools.cache
def _library() -> list[tuple[str, int, int]]:
    """Name, size and time of the file that LLVM is in; it says its version when it is loaded."""
    folder = os.path.join(os.path.dirname(llvmlite.__file__), "binding")  # noqa: PTH118, PTH120
    files = [x for x in os.scandir(folder) if "llvmlite" in x.name]
    return [(x.name, x.stat().st_size, x.stat().st_mtime_ns) for x in files]


def of_kernel(target: Target, kernel: Kernel, modules: Sequence[tuple[Text, int]]) -> Code:
    """A kernel's modules, compiled."""
    symbols = [name for name in kernel.functions.declarations if not name.startswith("llvm.")]
    _, *layout = kernel.layout  # but for the element, which the program has
    facts = {"layout": layout, "symbols": symbols}
    return Code(facts, [target.compile(text, level) for text, level in modules])


def of_text(target: Target, what: str, write: Callable[[], Text], level: int = 1) -> list[bytes]:
    """The machine code of a text that is always the same."""
    return code(target, what, lambda: Code({}, [target.compile(write(), level)])).objects
