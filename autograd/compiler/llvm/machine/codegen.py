"""LLVM itself: text becomes an object, and what it knows of this machine.

This is the one file that loads it, which takes as long as compiling a small program: whoever finds code
on disk does without.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import llvmlite.binding as llvm
import numpy as np

from ..text.ir import Text
from .symbols import address_of

if TYPE_CHECKING:
    from .target import Target


def compile(target: Target, text: Text, level: int) -> bytes:
    """The object of a program's text, at an optimisation level."""
    machine = _machine(target, level)
    return bytes(machine.emit_object(_module(target, text, machine)))


def assembly(target: Target, text: Text, level: int) -> str:
    """The same for people to read."""
    machine = _machine(target, level)
    return str(machine.emit_assembly(_module(target, text, machine)))


def _machine(target: Target, level: int) -> Any:
    _initialise()
    return llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu, features=target.features, opt=level, reloc="pic", codemodel="small"
    )


def _module(target: Target, text: Text, machine: Any) -> Any:
    module = llvm.parse_assembly(text)
    module.triple = target.triple
    module.data_layout = str(machine.target_data)
    return module


@cache
def _initialise() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def this_machine() -> tuple[str, str, Any]:
    """This machine's triple, its processor's name, and what that can do."""
    _initialise()
    return llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features()


class Engine:
    """LLVM's own loader of objects, which knows every format.

    LLVM ends the process over a name that it cannot find: so ``symbols`` are what objects call. What
    frees the code, a ``__del__``, is in an array of objects, for Python's collector does not look into
    those: in a circle it first calls every ``__del__``, and one may call a function.
    """

    def __init__(self, objects: Iterable[bytes], symbols: Iterable[str]) -> None:
        _initialise()
        for name in symbols:
            if not llvm.address_of_symbol(name):
                llvm.add_symbol(name, address_of(name))
        empty = llvm.parse_assembly("")
        here = llvm.Target.from_triple(llvm.get_process_triple())
        machine = here.create_target_machine(reloc="pic", codemodel="small")
        engine = llvm.create_mcjit_compiler(empty, machine)
        for binary in objects:
            engine.add_object_file(llvm.ObjectFileRef.from_data(binary))
        engine.finalize_object()
        self._engine = np.array([engine], dtype=object)

    def address(self, name: str) -> int:
        """Where a function begins."""
        return int(self._engine[0].get_function_address(name))
