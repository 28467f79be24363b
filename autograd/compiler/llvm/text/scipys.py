"""SciPy's special functions called from machine code: where they are in memory.

``scipy.special.cython_special`` offers its C functions to other C code: a dict of capsules, each with
an address and, as its name, the signature. A function of several types has one entry a type.
"""

from __future__ import annotations

import ctypes
from functools import cache

from ....errors import KindError

NAMES = {name: name for name in "erfinv erfcx i0 i1 iv".split()} | {"digamma": "psi"}
"""What SciPy calls the operations that it computes."""
OPERANDS = {"iv": 2}
PREFIX = "scipy."
"""How the names begin under which machine code calls them."""
ENTRIES = ("{}", "__pyx_fuse_0{}", "__pyx_fuse_1{}", "__pyx_fuse_2{}", "__pyx_fuse_3{}")


@cache
def address_of(op: str) -> int:
    """Where SciPy's function of doubles is; KindError where there is none."""
    try:
        from scipy.special import cython_special
    except ImportError as error:
        raise KindError(f"{op} needs SciPy: pip install scipy") from error
    signature = f"double ({'double, ' * OPERANDS.get(op, 1)}int __pyx_skip_dispatch)".encode()
    name_of, pointer_of = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    name_of.restype, name_of.argtypes = ctypes.c_char_p, [ctypes.py_object]
    pointer_of.restype, pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    for entry in ENTRIES:
        capsule = cython_special.__pyx_capi__.get(entry.format(NAMES[op]))
        if capsule is not None and name_of(capsule) == signature:
            return int(pointer_of(capsule, signature))
    raise KindError(
        f"this SciPy offers machine code no {op} of doubles: jit(f, backend='numpy') computes it"
    )
