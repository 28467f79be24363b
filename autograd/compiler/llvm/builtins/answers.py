"""What a builtin answers: floats in tuples and lists, made for the caller or filled again.

Making the objects takes longer than a hundred operations. So a builtin that answers with tuples keeps
the last two answers, and when nobody else holds the older one, nor anything in it, writes the new
numbers into its floats and hands it out again. Nobody can tell; CPython's own ``zip`` does the same.
(Two, since ``value, slopes = g(*x)`` still holds one answer while the next is computed.)

They are in the tuple that a builtin is bound to, in the places of `KEPT`: the collector clears none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..text.ir import Code, Text
from .cpython import COUNT, ITEMS, NUMBER

DECLARATIONS = """\
@turn = internal global i64 0
declare ptr @PyFloat_FromDouble(double)
declare ptr @PyTuple_New(i64)
declare ptr @PyList_New(i64)
declare i32 @PyList_SetItem(ptr, i64, ptr)
declare void @Py_DecRef(ptr)
"""
"""Which of the kept answers is the older one, and what makes objects."""
KEPT = None, None
"""Where they are, behind the first thing that a builtin is bound to."""
Tree = Any
"""An output's position, or a tuple or list of trees."""


def write_answer(code: Code, floats: Sequence[Text], tree: Tree) -> None:
    """Return the numbers in the tree's form."""
    if _is_refillable(tree):
        _refill_or_make(code, floats, tree)
    else:
        code.do(f"ret ptr {_made(code, floats, tree)}")


def _made(code: Code, floats: Sequence[Text], node: Tree) -> Text:
    """The answer: new containers around new floats. (It is as deep as a person wrote it.)"""
    if isinstance(node, int):
        return code.new(f"call ptr @PyFloat_FromDouble(double {floats[node]})")
    kind = "PyTuple" if isinstance(node, tuple) else "PyList"
    box = code.new(f"call ptr @{kind}_New(i64 {len(node)})")
    for k, part in enumerate(node):
        item = _made(code, floats, part)
        if kind == "PyTuple":
            code.do(f"store ptr {item}, ptr {_item(code, box, k)}, align 8")
        else:
            code.new(f"call i32 @PyList_SetItem(ptr {box}, i64 {k}, ptr {item})")
    return box


def _item(code: Code, box: Text, k: int) -> Text:
    return code.place("i8", box, ITEMS + 8 * k)


def _is_refillable(tree: Tree) -> bool:
    """Whether it is tuples of tuples and floats, so that nobody can have changed its form."""
    return (
        isinstance(tree, tuple)
        and all(isinstance(part, int) or _is_refillable(part) for part in tree)
        and tree != ()
    )


def _refill_or_make(code: Code, floats: Sequence[Text], tree: Tree) -> None:
    """Answer with the older kept answer, if it is free; else with a new one, kept in its place.

    What is kept is looked at again once the objects are made: making them may run other Python code.
    """
    turn = code.new("load i64, ptr @turn, align 8")
    code.do(f"store i64 {code.new(f'xor i64 {turn}, 1')}, ptr @turn, align 8")
    place = code.place("ptr", _item(code, "%self", 1), turn)
    kept = code.new(f"load ptr, ptr {place}, align 8")
    code.do(f"br i1 {_is_ours(code, kept)}, label %inside, label %new")
    code.enter("inside")
    free, places = "true", []
    for node, thing in _inside(code, tree, kept):
        free = code.new(f"and i1 {free}, {_is_ours(code, thing)}")
        if isinstance(node, int):
            places.append((floats[node], code.place("i8", thing, NUMBER)))
    code.do(f"br i1 {free}, label %refill, label %new")
    code.enter("refill")
    for x, where in places:
        code.do(f"store double {x}, ptr {where}, align 8")
    code.do(f"store i64 2, ptr {code.place('i8', kept, COUNT)}, align 8")
    code.do(f"ret ptr {kept}")
    code.enter("new")
    made = _made(code, floats, tree)
    code.do(f"store i64 2, ptr {code.place('i8', made, COUNT)}, align 8")
    old = code.new(f"load ptr, ptr {place}, align 8")
    code.do(f"store ptr {made}, ptr {place}, align 8")
    code.do(f"call void @Py_DecRef(ptr {old})")
    code.do(f"ret ptr {made}")


def _is_ours(code: Code, thing: Text) -> Text:
    """Whether nobody else holds it."""
    return code.new(f"icmp eq i64 {code.field('i64', thing, COUNT)}, 1")


def _inside(code: Code, tree: Tree, box: Text) -> Iterator[tuple[Tree, Text]]:
    """The parts of an answer, and the objects that they are."""
    for k, part in enumerate(tree):
        thing = code.field("ptr", box, ITEMS + 8 * k)
        yield part, thing
        if not isinstance(part, int):
            yield from _inside(code, part, thing)
