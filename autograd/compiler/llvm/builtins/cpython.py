"""CPython from below: where its objects keep what they hold, and functions that it can call.

Machine code that CPython calls as a builtin gets addresses of objects. It may look inside of them
only where this interpreter, and this NumPy, are known to keep things: so live objects are looked at
once, field by field, before anything relies on it. Where the answer is no, callers take their slower
path through ctypes.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ...programs.elements import DOUBLE
from ..machine.loading import Loaded
from ..text.ir import Text
from ..text.lanes import Numbers

COUNT, TYPE, NUMBER, ITEMS = 0, 8, 16, 24
"""Where an object has the count of its holders, and its type, a float its number, a tuple its first
item: bytes from its start."""
DATA, DIMENSIONS, SHAPE, DTYPE, FLAGS = 16, 24, 32, 56, 64
"""Where an array has the address of its numbers, their form, their type, and what it is fit for."""
FITNESS = 0x101
"""NumPy's flags of an array in C's order at aligned addresses."""
FASTCALL = 0x80 | 0x02  # the arguments in an array, and the names of those at its end
SYMBOLS = """PyFloat_FromDouble PyTuple_New PyList_New PyList_SetItem PyObject_Vectorcall
    Py_IncRef Py_DecRef PyFloat_Type""".split()


@cache
def layout_is_known() -> bool:
    """Whether this interpreter lays out floats and tuples as machine code reads and writes them."""
    if sys.implementation.name != "cpython" or struct.calcsize("P") != 8:
        return False
    if hasattr(sys, "getobjects") or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return False  # a debug build, or one without the lock: other headers
    x, pair = 1.25 + len(SYMBOLS), (object(), object())
    holders = _at(x, COUNT, ctypes.c_int64)
    held = [x] * 3
    sizes = float.__basicsize__, tuple.__basicsize__, tuple.__itemsize__
    return (
        sizes == (NUMBER + 8, ITEMS, 8)
        and _at(x, COUNT, ctypes.c_int64) == holders + len(held)
        and _at(x, TYPE, ctypes.c_void_p) == id(float)
        and _at(x, NUMBER, ctypes.c_double) == x
        and [_at(pair, ITEMS + 8 * k, ctypes.c_void_p) for k in (0, 1)] == [*map(id, pair)]
    )


@cache
def array_layout_is_known() -> bool:
    """Whether NumPy lays out arrays as machine code reads them."""
    x = np.zeros((3, 5))
    return (
        layout_is_known()
        and np.ndarray.__basicsize__ >= FLAGS + 4
        and _at(x, TYPE, ctypes.c_void_p) == id(np.ndarray)
        and _at(x, DATA, ctypes.c_void_p) == x.ctypes.data
        and _at(x, DIMENSIONS, ctypes.c_int) == 2
        and [*(ctypes.c_int64 * 2).from_address(_at(x, SHAPE, ctypes.c_void_p))] == [3, 5]
        and _at(x, DTYPE, ctypes.c_void_p) == id(x.dtype) == id(np.dtype(np.float64))
        and _at(x, FLAGS, ctypes.c_int) & FITNESS == FITNESS
        and _at(x.T, FLAGS, ctypes.c_int) & FITNESS != FITNESS
    )


def _at(thing: object, offset: int, kind: Any) -> Any:
    return kind.from_address(id(thing) + offset).value


def number_of(n: Numbers, thing: Text, room: Text) -> Text:
    """Where the number of a float object is: inside of it or, if it has to be rounded, in a room."""
    if n.element == DOUBLE:
        return n.code.place("i8", thing, NUMBER)
    n.store(n.of_double(n.code.field("double", thing, NUMBER)), room)
    return room


def make_builtin(loaded: Loaded, name: str, *bound_to: object) -> Callable[..., Any]:
    """A function of machine code as a builtin, whose first argument is always a tuple that begins with
    ``bound_to``.

    The tuple holds what the builtin needs for as long as it lives: the machine code, and its name and
    definition, which it reads once more when it goes. (Of objects in a circle the collector clears the
    attributes while the builtin is still there, but neither tuples nor bytes.)
    """
    text = name.encode()
    definition = struct.pack("PPiP", _place(text), loaded.address(name), FASTCALL, 0)
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype = ctypes.py_object
    make.argtypes = [ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p]
    bound = (*bound_to, loaded, text, definition)
    made: Callable[..., Any] = make(_place(definition), bound, None)
    return made


def _place(text: bytes) -> int | None:
    return ctypes.cast(ctypes.c_char_p(text), ctypes.c_void_p).value
