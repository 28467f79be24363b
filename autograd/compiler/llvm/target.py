"""The machine that is compiled for: its vector width, its libraries, and text made into functions.

A `Target` is a processor and what follows from it: how many doubles one register holds (8 with
AVX-512, 4 with AVX2, 2 with SSE and NEON; twice as many of float32), and which vector functions a
library offers. `host()` is this machine. Text becomes an *object* (machine code with the names of what
it calls), and an object becomes functions once those names have addresses; an object can be kept on
disk between the two.

LLVM ends the process over a name that it cannot find, so `Loaded` asks first and raises.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numpy as np

from ..elements import DOUBLE, SINGLE, Element
from . import scipys
from .ir import Text

LETTERS = {64: "e", 32: "d", 16: "b"}
"""The instruction set in the name of a vector function of libmvec, by the bytes of its vectors."""
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
        return symbol if llvm.address_of_symbol(symbol) else None

    def machine(self, level: int) -> Any:
        """LLVM's code generator at an optimisation level."""
        _initialise()
        return llvm.Target.from_triple(self.triple).create_target_machine(
            cpu=self.cpu, features=self.features, opt=level, reloc="pic", codemodel="small"
        )

    def compile(self, text: Text, level: int = 1) -> bytes:
        """The object of a program's text."""
        machine = self.machine(level)
        return bytes(machine.emit_object(self._module(text, machine)))

    def assembly(self, text: Text, level: int = 1) -> str:
        """The same for people to read."""
        machine = self.machine(level)
        return str(machine.emit_assembly(self._module(text, machine)))

    def _module(self, text: Text, machine: Any) -> Any:
        module = llvm.parse_assembly(text)
        module.triple = self.triple
        module.data_layout = str(machine.target_data)
        return module


def doubles_of(features: dict[str, bool], machine: str) -> int:
    """How many doubles a vector register holds."""
    if features.get("avx512f"):
        return 8
    if features.get("avx2"):
        return 4
    return 2 if machine.lower() in ("x86_64", "amd64", "aarch64", "arm64") else 1


@cache
def host() -> Target:
    """This machine."""
    _initialise()
    features = llvm.get_host_cpu_features()
    return Target(
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        features.flatten(),
        doubles_of(features, platform.machine()),
        _load_libraries(),
    )


@cache
def _initialise() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def _load_libraries() -> bool:
    """Make C's functions known to LLVM; whether libmvec is among them."""
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc":
        return False
    llvm.load_library_permanently("libm.so.6")
    if platform.machine() != "x86_64":
        return False
    try:
        llvm.load_library_permanently("libmvec.so.1")
    except RuntimeError:  # glibc before 2.22, or built without it
        return False
    return True


class Loaded:
    """Functions of objects in memory, which live as long as this does; objects may call each other.

    LLVM's engine, whose ``__del__`` frees the code, is in an array of objects, for Python's collector
    does not look into those: in a circle it first calls every ``__del__``, and one may call a function.
    """

    def __init__(self, objects: Iterable[bytes], symbols: Collection[str]) -> None:
        scipys.add_symbols(symbols)
        missing = [name for name in symbols if not llvm.address_of_symbol(name)]
        if missing:
            raise OSError(f"the machine code calls {missing}, which no loaded library has")
        empty = llvm.parse_assembly("")
        machine = host().machine(1)
        engine = llvm.create_mcjit_compiler(empty, machine)
        for binary in objects:
            engine.add_object_file(llvm.ObjectFileRef.from_data(binary))
        engine.finalize_object()
        self._engine = np.array([engine], dtype=object)

    def address(self, name: str) -> int:
        """Where a function begins."""
        return int(self._engine[0].get_function_address(name))

    def function(self, name: str, result: Any, *arguments: Any) -> Any:
        """A function to call through ctypes, without Python's lock."""
        return ctypes.CFUNCTYPE(result, *arguments)(self.address(name))
