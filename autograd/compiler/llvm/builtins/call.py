"""A compiled program as a Python builtin: `g(x, y)` without a trip through ctypes.

ctypes looks at every argument again on every call, which takes longer than a hundred operations. So
LLVM writes a function of the form that CPython itself calls (METH_FASTCALL, with keywords): it gets
the argument objects, checks that there are as many as there should be and that each is exactly a
float, runs the kernel on the numbers inside of them, and makes the tuples and floats of the answer with
CPython's own functions. Anything else (an int, an array, a keyword, a watched nan) is handed on to
``slow``, a Python function, with the arguments as they came.

The numbers that a program works with are a global variable, however many they are: whoever is in the
builtin holds the interpreter's lock, and no other Python code runs between the kernel and the reading
of its results.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...kept.stored import name_of
from ...rolling.rolled import Rolled
from ..kernels.shapes import narrow
from ..machine import cache
from ..machine.loading import Loaded
from ..machine.target import host
from ..text.ir import Code, Text
from ..text.lanes import Numbers
from . import answers
from .answers import KEPT, Tree, write_answer
from .cpython import (
    ITEMS,
    SYMBOLS,
    TYPE,
    layout_is_known,
    make_builtin,
    number_of,
)

DECLARATIONS = """\
@PyFloat_Type = external global i8
declare ptr @PyObject_Vectorcall(ptr, ptr, i64, ptr)
"""


def builtin(
    rolled: Rolled, arguments: int, tree: Tree, slow: Callable[..., Any]
) -> Callable[..., Any] | None:
    """A uniform program of float arguments as a builtin function; None for a per-sample program, and in
    an unknown interpreter.

    Argument array k of the program is the one number of argument k. ``tree`` is the form of the
    answer: an output's position, or a tuple or list of trees.
    """
    if not layout_is_known() or rolled.sample_inputs:
        return None
    what = f"builtin {arguments} {tree!r} {name_of(rolled)}"
    code = cache.code(host(), what, lambda: _made(rolled, arguments, tree))
    loaded = Loaded(code.objects, [*code.facts["symbols"], *SYMBOLS])
    return make_builtin(loaded, "call", slow, *KEPT)


def _made(rolled: Rolled, arguments: int, tree: Tree) -> cache.Code:
    """The kernel and the builtin, compiled."""
    from ..kernels.kernel import Kernel

    kernel = Kernel(rolled, narrow(host().lanes_of(rolled.element)), host().library)
    (text, level), *others = kernel.modules()
    text = "\n".join(
        [text, answers.DECLARATIONS, DECLARATIONS, _call_text(rolled, arguments, tree)]
    )
    return cache.of_kernel(host(), kernel, [(text, level), *others])


def _call_text(rolled: Rolled, arguments: int, tree: Tree) -> Text:
    """The function that CPython calls: ``ptr call(self, arguments, how many, names or null)``."""
    code = Code(rolled.element)
    n, room = Numbers(code, 1), arguments + 1
    code.head += [f"  %arrays = alloca ptr, i64 {room}, align 8"]
    code.head += [f"  %numbers = alloca {n.type}, i64 {room}, align 8"]  # where they are rounded
    many = code.new(f"icmp eq i64 %count, {arguments}")
    right = code.new(f"and i1 {many}, {code.new('icmp eq ptr %names, null')}")
    code.do(f"br i1 {right}, label %types, label %slow")
    code.enter("types")
    things = _check_floats(code, arguments)
    code.enter("fast")
    numbers = [number_of(n, thing, code.at("%numbers", k)) for k, thing in enumerate(things)]
    for k, number in enumerate(numbers):
        code.do(f"store ptr {number}, ptr {code.place('ptr', '%arrays', k)}")
    given = "i64 0, ptr %arrays, ptr @uniform, ptr null, ptr null, ptr null, i64 0"
    watched = code.new(f"call i64 @kernel({given})")
    code.do(f"br i1 {code.new(f'icmp eq i64 {watched}, 0')}, label %answer, label %slow")
    code.enter("answer")
    floats = [n.to_double(n.load(code.at("@uniform", k))) for k in range(len(rolled.outputs))]
    write_answer(code, floats, tree)
    code.enter("slow")
    given = f"ptr {code.field('ptr', '%self', ITEMS)}, ptr %arguments, i64 %count, ptr %names"
    code.do(f"ret ptr {code.new(f'call ptr @PyObject_Vectorcall({given})')}")
    slots = f"[{rolled.uniform_slots + 1} x {n.type}]"
    memory = f"@uniform = internal global {slots} zeroinitializer, align 64\n"
    return memory + code.text("ptr @call(ptr %self, ptr %arguments, i64 %count, ptr %names)")


def _check_floats(code: Code, arguments: int) -> list[Text]:
    """The arguments, if every one is exactly a float."""
    right, things = "true", []
    for k in range(arguments):
        thing = code.item("ptr", "%arguments", k)
        same = code.new(f"icmp eq ptr {code.field('ptr', thing, TYPE)}, @PyFloat_Type")
        right = code.new(f"and i1 {right}, {same}")
        things.append(thing)
    code.do(f"br i1 {right}, label %fast, label %slow")
    return things
