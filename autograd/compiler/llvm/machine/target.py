"""The machine that is compiled for: its vector width, and its libraries.

A `Target` is a processor and what follows from it: how many doubles one register holds (8 with
AVX-512, 4 with AVX2, 2 with SSE and NEON; twice as many of float32), and which vector functions a
library offers. `host()` is this machine. Text becomes an *object* (machine code with the names of what
it calls; see `codegen`), which can be kept on disk, and an object becomes functions once those names
have addresses (see `loading`).
"""

from __future__ import annotations

import functools
import itertools
import platform
import sys
from typing import NamedTuple

from ...programs.elements import DOUBLE, SINGLE, Element
from ..text.ir import Text
from . import cache
from .symbols import find

LETTERS = {64: "e", 32: "d", 16: "b"}
"""The instruction set in the name of a vector function of libmvec, by the bytes of its vectors."""
SAID = ("vendor_id", "cpu family", "model", "model name", "stepping", "flags")
"""The lines of Linux's text on a processor that say which it is, and what it can do."""
ARGUMENTS = {"pow": 2, "atan2": 2, "hypot": 2, "fmod": 2}


class Target(NamedTuple):
    """A processor as LLVM names it, and how many doubles its vectors have."""

    triple: str
    cpu: str
    features: str
    lanes: int
    has_libmvec: bool = False

    def lanes_of(self, element: Element) -> int:
        """How many numbers a vector has; a processor without vectors computes one by one."""
        return self.lanes * DOUBLE.bytes // element.bytes if self.lanes > 1 else 1

    def library(self, name: str, lanes: int, element: Element) -> str | None:
        """The vector function of glibc's libmvec for C's function ``name``, if it is installed."""
        letter = LETTERS.get(lanes * element.bytes)
        if not self.has_libmvec or lanes == 1 or not letter:
            return None
        of_float = "f" if element == SINGLE else ""
        symbol = f"_ZGV{letter}N{lanes}{'v' * ARGUMENTS.get(name, 1)}_{name}{of_float}"
        return symbol if find(symbol) else None

    def compile(self, text: Text, level: int = 1) -> bytes:
        """The object of a program's text."""
        from .codegen import compile

        return compile(self, text, level)

    def assembly(self, text: Text, level: int = 1) -> str:
        """The same for people to read."""
        from .codegen import assembly

        return assembly(self, text, level)


def doubles_of(features: dict[str, bool], machine: str) -> int:
    """How many doubles a vector register holds."""
    if features.get("avx512f"):
        return 8
    if features.get("avx2"):
        return 4
    return 2 if machine.lower() in ("x86_64", "amd64", "aarch64", "arm64") else 1


@functools.cache
def host() -> Target:
    """This machine: as LLVM sees it, or saw the same processor in another process."""
    seen = _processor()
    if not seen:
        return _looked_at()
    found = cache.code(seen, "host", lambda: cache.Code({"target": _looked_at()}, []))
    return Target(*found.facts["target"])


def _looked_at() -> Target:
    """This machine, as LLVM sees it."""
    from .codegen import this_machine

    triple, cpu, features = this_machine()
    has_libmvec = find("_ZGVbN2v_sin") is not None
    lanes = doubles_of(features, platform.machine())
    return Target(triple, cpu, features.flatten(), lanes, has_libmvec)


def _processor() -> str | None:
    """What Linux says of an x86-64 processor, the lines that tell what it can do, and what NumPy found
    in it (an emulator's is another than Linux's text says); None elsewhere.
    """
    numpy = sys.modules.get("numpy._core._multiarray_umath")
    found = getattr(numpy, "__cpu_features__", None)
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            lines = [*itertools.takewhile(str.strip, file)]
    except OSError:
        return None
    said = [line for line in lines if line.split("\t")[0] in SAID]
    return f"{''.join(said)}{found}" if found and len(said) == len(SAID) else None
