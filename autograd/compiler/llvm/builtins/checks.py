"""What the builtin for arrays does, as LLVM's text: it checks its arguments by a table, and runs.

The text is the same for every program: what differs is in a table of 64-bit integers. Its head is
`FIELDS`; then follow, for every leaf of the arguments, how many axes it has and how long they are.
"""

from __future__ import annotations

from functools import partial

from ...programs.elements import Element
from ...programs.program import SAMPLES
from ..text.ir import Code, Index, Text
from ..text.lanes import Numbers
from .cpython import DATA, DIMENSIONS, DTYPE, FITNESS, FLAGS, ITEMS, SHAPE, TYPE, number_of

FIELDS = """leaves size samples rows lanes ndarray dtype float none refused apart
    narrow narrow_samples narrow_sums narrow_stride narrow_most
    wide wide_samples wide_sums wide_stride wide_most""".split()
AXES = 8  # of an array, at most
FLOAT = -1
"""In place of a number of axes: a float."""
WRITEABLE = 0x400
DECLARATIONS = """\
declare void @Py_IncRef(ptr)
declare ptr @PyObject_Vectorcall(ptr, ptr, i64, ptr)
"""


class Checks:
    """Writes the builtin's checks, one after the other: it goes on where one holds, else refuses."""

    def __init__(self, code: Code) -> None:
        self.code = code

    def known(self, name: str, kind: Text = "i64") -> Text:
        """A field of the table's head."""
        return self.code.item(kind, "%table", FIELDS.index(name))

    def require(self, condition: Text, otherwise: Text = "refuse") -> None:
        """Go on if it holds, else refuse, or what else there is."""
        onwards = self.code.label()
        self.code.do(f"br i1 {condition}, label %{onwards}, label %{otherwise}")
        self.code.enter(onwards)

    def equal(self, kind: Text, x: Text, y: Text | int) -> None:
        """Go on if both are the same."""
        self.require(self.code.new(f"icmp eq {kind} {x}, {y}"))

    def array(self, thing: Text, fitness: int) -> None:
        """Go on if it is an array of numbers that machine code may use."""
        code = self.code
        self.equal("ptr", code.field("ptr", thing, TYPE), self.known("ndarray", "ptr"))
        self.equal("ptr", code.field("ptr", thing, DTYPE), self.known("dtype", "ptr"))
        flags = code.new(f"and i32 {code.field('i32', thing, FLAGS)}, {fitness}")
        self.equal("i32", flags, fitness)

    def float(self, thing: Text) -> Text:
        """Go on if it is exactly a float; where its number is."""
        self.equal("ptr", self.code.field("ptr", thing, TYPE), self.known("float", "ptr"))
        room = self.code.new(f"alloca {self.code.element.llvm}, align 8")
        return number_of(Numbers(self.code, 1), thing, room)


def run_text(element: Element) -> Text:
    """``ptr run(ptr self, ptr arguments, i64 count, ptr names)``, self a tuple, the table first:

    for leaf in range(leaves):                    # `_check_leaf`
        …                                         # or refuse
        data[leaf] = the address of its numbers
    …                                             # out is an array of size numbers, or refuse
    kernel, … = narrow if 0 < n <= lanes else wide                    # `_run`
    if n > most: return apart(*arguments)
    return NotImplemented if kernel(n, data, out, …) else None
    """
    code = Code(element)
    checks = Checks(code)
    code.do("%samples.at = alloca i64, align 8")
    holder = code.field("ptr", "%self", ITEMS)
    code.do(f"%table = load ptr, ptr {code.place('i8', holder, DATA)}, align 8")
    code.do(f"store i64 {checks.known('samples')}, ptr %samples.at, align 8")
    leaves = checks.known("leaves")
    checks.equal("ptr", "%names", "null")
    checks.equal("i64", "%count", code.new(f"add i64 {leaves}, 1"))
    code.do(f"%data = alloca ptr, i64 {leaves}, align 8")
    code.repeat(leaves, lambda leaf: _check_leaf(checks, leaf))
    out = code.item("ptr", "%arguments", leaves)
    checks.array(out, FITNESS | WRITEABLE)
    checks.equal("i32", code.field("i32", out, DIMENSIONS), 1)
    length = code.item("i64", code.field("ptr", out, SHAPE), 0)
    checks.equal("i64", length, checks.known("size"))
    _run(checks, code.field("ptr", out, DATA))
    code.do(f"ret ptr {_counted(checks, 'none')}")
    code.enter("refuse")
    code.do(f"ret ptr {_counted(checks, 'refused')}")
    code.enter("apart")
    given = f"ptr {checks.known('apart', 'ptr')}, ptr %arguments, i64 %count, ptr null"
    code.do(f"ret ptr {code.new(f'call ptr @PyObject_Vectorcall({given})')}")
    return DECLARATIONS + code.text("ptr @run(ptr %self, ptr %arguments, i64 %count, ptr %names)")


def _counted(checks: Checks, name: str) -> Text:
    """A new reference to a constant of Python's."""
    thing = checks.known(name, "ptr")
    checks.code.do(f"call void @Py_IncRef(ptr {thing})")
    return thing


def _check_leaf(checks: Checks, leaf: Text) -> None:
    """One argument: where its numbers are goes to %data."""
    code = checks.code
    thing = code.item("ptr", "%arguments", leaf)
    row = code.offset(len(FIELDS), (leaf, AXES + 1))
    axes = code.item("i64", "%table", code.added_up(row))
    place = code.place("ptr", "%data", leaf)
    is_float = code.new(f"icmp eq i64 {axes}, {FLOAT}")

    def number() -> None:
        code.do(f"store ptr {checks.float(thing)}, ptr {place}, align 8")

    def array() -> None:
        checks.array(thing, FITNESS)
        code.do(f"store ptr {code.field('ptr', thing, DATA)}, ptr {place}, align 8")
        have = code.new(f"sext i32 {code.field('i32', thing, DIMENSIONS)} to i64")
        checks.equal("i64", have, axes)
        shape = code.field("ptr", thing, SHAPE)

        def length(axis: Text) -> None:
            _check_length(checks, code.item("i64", shape, axis), row, axis)

        code.when(code.new(f"icmp sgt i64 {axes}, 0"), partial(code.repeat, axes, length))

    code.when(is_float, number)
    code.when(code.new(f"xor i1 {is_float}, true"), array)


def _check_length(checks: Checks, length: Text, row: Index, axis: Text) -> None:
    """A length as the program knows it; or the samples', which all arrays share."""
    code = checks.code
    want = code.item("i64", "%table", code.added_up(code.offset(1, (row, 1), (axis, 1))))
    of_samples = code.new(f"icmp eq i64 {want}, {SAMPLES}")
    n = code.new("load i64, ptr %samples.at, align 8")
    first = code.new(f"and i1 {of_samples}, {code.new(f'icmp eq i64 {n}, -1')}")
    n = code.new(f"select i1 {first}, i64 {length}, i64 {n}")
    code.do(f"store i64 {n}, ptr %samples.at, align 8")
    checks.equal("i64", length, code.new(f"select i1 {of_samples}, i64 {n}, i64 {want}"))


def _run(checks: Checks, out: Text) -> None:
    """Call the kernel for so many samples, if it is there and has room for them."""
    code = checks.code
    n = code.new("load i64, ptr %samples.at, align 8")
    n = code.new(f"select i1 {code.new(f'icmp slt i64 {n}, 0')}, i64 0, i64 {n}")
    some = code.new(f"icmp sgt i64 {n}, 0")
    fits = code.new(f"icmp sle i64 {n}, {checks.known('lanes')}")
    few = code.new(f"and i1 {some}, {fits}")

    def of_shape(field: Text, kind: Text = "ptr") -> Text:
        narrow, wide = (checks.known(f"{name}{field}", kind) for name in ("narrow", "wide"))
        return code.new(f"select i1 {few}, {kind} {narrow}, {kind} {wide}")

    kernel, samples, sums = of_shape(""), of_shape("_samples"), of_shape("_sums")
    rows = _rows(checks)
    checks.require(code.new(f"icmp sle i64 {n}, {of_shape('_most', 'i64')}"), "apart")
    watched = code.new(
        f"call i64 {kernel}(i64 {n}, ptr %data, ptr {out}, ptr {samples}, ptr {sums}, "
        f"ptr {rows}, i64 {of_shape('_stride', 'i64')})"
    )
    checks.equal("i64", watched, 0)


def _rows(checks: Checks) -> Text:
    """Where results of samples go, if there are any: into the leaf that the table names."""
    code, leaf = checks.code, checks.known("rows")

    def place() -> list[Text]:
        checks.array(code.item("ptr", "%arguments", leaf), FITNESS | WRITEABLE)
        return [code.item("ptr", "%data", leaf)]

    return code.when(code.new(f"icmp sge i64 {leaf}, 0"), place, [("ptr", "null")])[0]
