"""Objects are joined in memory as LLVM's own engine joins them; what is not understood is its."""

import ctypes
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from array_program import arguments, by_hand, program
from machines import neon

from autograd import erfinv, jit, value_and_grad
from autograd.compiler.llvm.backend import LLVMKernel
from autograd.compiler.llvm.builtins import arrays
from autograd.compiler.llvm.machine import loading
from autograd.compiler.llvm.machine.codegen import Engine
from autograd.compiler.llvm.machine.linking import NOWHERE, Image, Object, Unknown
from autograd.compiler.llvm.machine.loading import Loaded
from autograd.compiler.llvm.machine.symbols import address_of, find
from autograd.compiler.llvm.machine.target import host

linked = pytest.mark.skipif(
    not (sys.platform == "linux" and host().triple.startswith("x86_64")),
    reason="LLVM's own engine joins the objects of other processors and formats",
)

FIRST = """
@state = internal global double 2.5
@zeros = internal global [100 x i64] zeroinitializer, align 64
@shared = global i64 7
declare double @sin(double)
declare double @second(double)
define double @first(double %x) {
  %a = call double @sin(double %x)
  %b = call double @second(double %a)
  %s = load double, ptr @state
  %c = fadd double %b, %s
  store double %c, ptr @state
  ret double %c
}
define ptr @taken() {
  ret ptr @second
}
"""
SECOND = """
@shared = external global i64
@PyFloat_Type = external global i8
define double @second(double %x) {
  %n = load i64, ptr @shared
  %f = sitofp i64 %n to double
  %y = fmul double %x, %f
  %z = fadd double %y, 0.125
  ret double %z
}
define ptr @type() {
  ret ptr @PyFloat_Type
}
"""
TABLE = """
@table = internal constant [2 x ptr] [ptr @one, ptr @two]
define internal i64 @one() { ret i64 1 }
define internal i64 @two() { ret i64 2 }
define i64 @chosen(i64 %k) {
  %p = getelementptr ptr, ptr @table, i64 %k
  %f = load ptr, ptr %p
  %n = call i64 %f()
  ret i64 %n
}
"""


def by_image(objects, symbols):
    return Image(objects, address_of)


WAYS = [pytest.param(by_image, marks=linked), Engine]


def refused(*_):
    raise Unknown


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    """Code is loaded by one of the two, whatever it is."""
    monkeypatch.setattr(loading, "Image", refused if request.param is Engine else Image)
    arrays._loaded.cache_clear()
    yield request.param
    arrays._loaded.cache_clear()


def function(code, name, result, *arguments):
    return ctypes.CFUNCTYPE(result, *arguments)(code.address(name))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("level", [0, 2])
def test_objects_call_each_other_and_share_variables(way, level):
    code = way([host().compile(text, level) for text in (FIRST, SECOND)], ["sin", "PyFloat_Type"])
    first = function(code, "first", ctypes.c_double, ctypes.c_double)
    once = math.sin(0.3) * 7 + 0.125 + 2.5
    assert first(0.3) == once
    assert first(0.3) == math.sin(0.3) * 7 + 0.125 + once  # a variable keeps its number
    taken = function(code, "taken", ctypes.c_void_p)()
    assert ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(taken)(2.0) == 14.125
    assert function(code, "type", ctypes.c_void_p)() == id(float)


@pytest.mark.parametrize("n", [3, 100])
def test_a_kernel_computes_the_same_by_either_way(way, n):
    given = [np.asarray(x) for x in arguments(n)]
    assert LLVMKernel(program()).run(given, n)[0][0] == pytest.approx(by_hand(*given)[0])


def test_builtins_of_floats_and_of_arrays(way):
    of_floats = jit(value_and_grad(lambda x: erfinv(x) * x))
    assert [of_floats(0.3) for _ in range(3)] == [value_and_grad(lambda x: erfinv(x) * x)(0.3)] * 3
    of_arrays = jit(lambda x: np.sum(np.sin(x) * 2.5))
    x = np.linspace(0.0, 1.0, 70)
    assert [of_arrays(x) for _ in range(4)] == pytest.approx([np.sum(np.sin(x) * 2.5)] * 4)


@linked
def test_an_address_that_has_to_be_written_whole_is_not_understood():
    objects = [host().compile(TABLE, 0)]
    with pytest.raises(Unknown, match="relocations of the types"):
        Image(objects, address_of)
    loaded = Loaded(objects, [])
    chosen = loaded.function("chosen", ctypes.c_int64, ctypes.c_int64)
    assert [chosen(0), chosen(1)] == [1, 2]


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"\xcf\xfa\xed\xfe" + bytes(60), "neon"])
def test_another_format_or_processor_is_not_understood(content):
    content = neon().compile(TABLE) if content == "neon" else content
    with pytest.raises(Unknown, match="no object of x86-64"):
        Object(content)


@pytest.mark.parametrize("way", WAYS)
def test_a_name_that_nobody_has_is_an_error(way):
    text = "declare void @no_such_function()\ndefine void @f() {\n"
    text += "  call void @no_such_function()\n  ret void\n}\n"
    with pytest.raises(OSError, match="calls no_such_function, which no loaded library has"):
        way([host().compile(text)], ["no_such_function"])
    assert find("no_such_function") is None


@linked
def test_code_is_run_and_not_written_and_goes_with_its_owner():
    image = Image([host().compile(FIRST), host().compile(SECOND)], address_of)
    code = image.address("first")
    state = image.start + image.functions["shared"]
    assert (allowed(code), allowed(state)) == ("r-xp", "rw-p")
    del image
    assert "x" not in allowed(code)


def allowed(address):
    """What the system lets this process do with its memory at an address."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        start, end = (int(x, 16) for x in line.split()[0].split("-"))
        if start <= address < end:
            return line.split()[1]
    return ""


@linked
def test_tables_for_exceptions_have_no_place():
    of = Object(host().compile(FIRST))
    assert (of.places == NOWHERE).all()
    of.place(0, writable=False)
    names = sections_of(of)
    assert names[of.places != NOWHERE].tolist().count(".eh_frame") == 0
    assert ".eh_frame" in names.tolist()


def sections_of(of):
    """The names of an object's sections."""
    start = int(of.sections["offset"][int.from_bytes(of.content[62:64], "little")])
    firsts = [start + int(k) for k in of.sections["name"]]
    return np.array([of.content[k : of.content.index(b"\0", k)].decode() for k in firsts])
