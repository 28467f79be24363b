"""The backend "numpy": source in which each operation computes many numbers at once.

A number of each sample is an array of n, the instances of a group are the rows of one: a layer is
``np.tanh(W @ X + b)``. Single uniform numbers are floats, as in `python_backend`; a program of nothing
else is left to that backend. Dots of shared weights are matrix products, whose terms BLAS adds in an
order of its own, and sums over samples are NumPy's: they differ from the program's order by rounding.
(And BLAS begins with 0.0: a sum of nothing but -0.0 loses its sign there, of more than `writer.SHORT`
terms.)
Everything else has the bits that `rolled` describes.

In float32 single numbers are NumPy's scalars, which round every result as its arrays do; functions that
only the engine has are computed in float64, and rounded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...kinds.kind import find
from ..programs.elements import DOUBLE
from ..programs.program import ARITHMETIC, ARITY, BINARY, DOTS, LOGIC, OF_ORDER, UNARY
from ..rolling.rolled import Dot, Group, Leaf, Loop, Rolled, Stage
from . import python_backend
from .array_group import ArrayGroup, alone, instances
from .forms import (
    BITS,
    CHOICE,
    IEEE,
    PRODUCT,
    PYTHON,
    Form,
    Term,
    call,
    engines,
    infix,
)
from .module import SourceKernel
from .storage import Axes, affine
from .writer import Writer, places_of

SAID = "A program of arrays: its outputs, and whether a watched number is nan."


def _of_arrays(op: str) -> Form:
    """NumPy's function, unless the engine computes arrays by one of its own."""
    found = find(op, np.empty(0))
    ufunc = found if isinstance(found, np.ufunc) else getattr(np, op, None)
    if isinstance(ufunc, np.ufunc) and op != "pow":  # of which NumPy's own is no power at y = 0.5
        return _numpys(ufunc.__name__, ARITY[op])
    form = engines(op)  # by its module's name, for Python's own may stand beside it
    home = form.home.rpartition(".")[2]
    return form._replace(pattern=f"{home}.{form.pattern}", home="autograd.kinds", name=home)


def _numpys(name: str, operands: int) -> Form:
    return call("", f"np.{name}", operands)


def _rounding(form: Form) -> Form:
    """A form for float32: a function of the engine's own is given doubles, and its answer rounded."""
    if form.home != "autograd.kinds":
        return form
    doubles = re.sub(r"(?<!int\(){}", "float64({})", form.pattern)
    return form._replace(pattern=f"float32({doubles})")


ARRAYS: dict[str, Form] = {
    **PYTHON,
    "abs": _numpys("abs", 1),
    "not": _numpys("logical_not", 1),
    "select": _numpys("where", 3),
    **{op: infix(sign, BITS, 1) for op, sign in LOGIC.items()},  # one within another in parentheses
    **{op: _of_arrays(op) for op in sorted((UNARY | BINARY) - {*ARITHMETIC, "neg", "abs"})},
}
IEEE_ARRAYS = ARRAYS | {"div": _numpys("divide", 2)}
SINGLES = {op: _rounding(form) for op, form in ARRAYS.items()}
SINGLES["count"] = Form("float32(n)", CHOICE, (), "numpy", "float32")


def build(rolled: Rolled, n_arrays: int) -> SourceKernel:
    """The kernel of a program of so many argument arrays."""
    is_double, dtype = rolled.element == DOUBLE, rolled.element.dtype
    groups = [group for group, _ in rolled.groups()]
    if is_double and not any(g.per_sample or g.count * g.outer > 1 or g.dots for g in groups):
        return python_backend.build(rolled, n_arrays)

    def write(ieee: bool) -> str:
        if is_double:
            writer = ArrayWriter(rolled, *((IEEE, IEEE_ARRAYS) if ieee else (PYTHON, ARRAYS)))
        else:  # NumPy's scalars do not raise
            writer = ArrayWriter(rolled, SINGLES, SINGLES)
        types = {"K": writer.dtype, "T": ""}
        lists = writer.lists().items()
        constants = "\n".join(f"{name} = np.array({x}{types[name]})" for name, x in lists)
        known = [*writer.forms.values(), *writer.arrays.values(), *ROUNDED]
        return writer.module.text(known, SAID, constants, n_arrays)

    run = _silently if is_double else _with_floats
    return SourceKernel(write, lambda x: np.asarray(x, dtype).ravel(), run)


ROUNDED = [call("numpy", name, 1) for name in ("float32", "float64")]


def _silently(f: Any, arguments: Sequence[Any]) -> Any:
    with np.errstate(all="ignore"):
        return f(*arguments)


def _with_floats(f: Any, arguments: Sequence[Any]) -> Any:
    """Call it, and answer NumPy's scalars as floats."""
    outputs, seen = _silently(f, arguments)
    return [x if np.ndim(x) else float(x) for x in outputs], seen


def _column(array: int, first: int, step: int) -> str:
    """The text of an input of all samples: elements of an array from the first on, a step apart."""
    if step < 1:
        return f"grid(arg{array}, {first}, (n, {step}))"
    start = f"{first} " if first else ""
    return f"arg{array}[{start}:{f': {step}' if step > 1 else ''}][:n]"


class ArrayWriter(Writer):
    """Writes the text of a program, all samples and all instances of a group at once."""

    look = "bool(np.isnan({}).any())"

    def __init__(self, rolled: Rolled, forms: dict[str, Form], arrays: dict[str, Form]) -> None:
        self.arrays = arrays
        self.dtype = "" if rolled.element == DOUBLE else f", np.{rolled.element.name}"
        super().__init__(rolled, forms)

    def constant(self, text: str) -> Term:
        """A constant; in float32 as a scalar of that width, for a float would widen arrays of it."""
        return Term(f"float32({text})") if self.dtype else super().constant(text)

    def _begin(self) -> None:
        sizes = self.storage.sizes
        if self.storage.has("U"):
            self.module.line(f"u = np.zeros({sizes['U']}{self.dtype})")
        if self.storage.has("S"):
            self.module.line(f"s = np.zeros(({sizes['S']}, n){self.dtype})")
        for slot, count, array, first, distance, step in self.inputs():
            if count > 1:
                here = f"s[{slot} : {slot + count}]"
                view = f"grid(arg{array}, {first}, ({count}, {distance}), (n, {step}))"
            else:
                here, view = self.at(Leaf("S", slot)), _column(array, first, step)
            self.module.line(f"{here} = {view}")

    def _stage(self, stage: Stage) -> None:
        if self.storage.has("L") and any(isinstance(item, Loop) for item in stage.items):
            size = self.storage.sizes["L"]
            shape = f"({size}, n)" if stage.per_sample else size
            self.module.line(f"r = np.zeros({shape}{self.dtype})")
        self.items(stage)

    def _group(self, group: Group, iterations: int) -> None:
        if group.count * group.outer == 1 and not group.per_sample:
            super()._group(group, iterations)  # which is a single one
        elif group.count * group.outer > 1 and not OF_ORDER.isdisjoint(group.code):
            for instance in instances(group):  # an order is an integer, not an array of them
                self._group(instance, iterations)
        else:
            ArrayGroup(self, self.arrays, group, iterations).write()

    def operand(self, leaf: Leaf, axes: Axes) -> Term:
        """An element of an array as a float."""
        if self.is_element(leaf) and self.rolled.element == DOUBLE:
            at = self.at(places_of(leaf), axes) if leaf.looked_up else affine(leaf.base, axes)
            return Term(f"{self.row(leaf)}.item({at})")
        return self.term(leaf, axes)

    def dot(self, dot: Dot, w: str, x: str, start: Term | None) -> Term:
        """NumPy's product of two vectors; a sum where one side is the same number again and again."""
        is_product = dot.w_stride and dot.x_stride
        sum_ = Term(f"{w} @ {x}", PRODUCT) if is_product else Term(f"dot({w}, {x})")
        return alone(self, self.forms[DOTS[dot.op]].of([start, sum_]) if start else sum_)

    def looked_up(self, leaf: Leaf, places: str) -> str:
        """An array that is indexed by another."""
        return f"{self.row(leaf)}[{places}]"

    def _column(self, leaf: Leaf) -> str:
        return self.at(leaf) + ".copy()" * (leaf.base < len(self.rolled.sample_inputs))

    def _slice_of(self, leaf: Leaf, count: int) -> str:
        return super()._slice_of(leaf, count) + ".tolist()"
