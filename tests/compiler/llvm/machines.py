"""Targets of every vector width: those that this machine runs, and three that any can compile for."""

import llvmlite.binding as llvm

from autograd.compiler.llvm.machine.target import Target, host

X86 = {8: "+avx512f,+avx512dq,+avx512vl,+fma", 4: "+avx2,+fma", 2: "", 1: ""}


def runnable():
    """This machine, and narrower ones that it includes."""
    yield host()
    if host().triple.startswith("x86_64"):
        for lanes in (4, 2, 1):
            if lanes < host().lanes:
                yield host()._replace(cpu="x86-64", features=X86[lanes], lanes=lanes)


def avx512():
    """An x86-64 processor with the widest vectors, to compile for and to look at."""
    return _foreign("x86_64-unknown-linux-gnu", "x86-64", X86[8], 8)


def avx2():
    """An x86-64 processor with half of those vectors' numbers, in half as many registers."""
    return _foreign("x86_64-unknown-linux-gnu", "x86-64", X86[4], 4)


def neon():
    """A 64-bit ARM processor, to compile for and to look at."""
    return _foreign("aarch64-unknown-linux-gnu", "generic", "+neon", 2)


def _foreign(*target):
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return Target(*target)
