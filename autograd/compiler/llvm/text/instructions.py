"""The table ``operation -> instruction``: what LLVM computes for each of a program's operations.

Three sources, best first. What a processor does itself is one line (`add`, `sqrt`, a comparison with
a selection). exp, log, tanh and their kin are written in `maths`, sin and cos in `trigonometry`.
Everything else is in a library: glibc's libmvec computes many lanes at once where it is installed and
knows the function; otherwise each lane is a call of a scalar function, C's own or SciPy's (`scipys`).
Who adds an operation adds its line here.

Names: n the numbers that are computed on; x, y operands; c a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...programs.elements import Element
from ...programs.program import COMPARISONS, LOGIC
from . import maths, scipys, trigonometry
from .ir import Text
from .lanes import Abreast, Numbers
from .outside import by_lane

Instruction = Callable[..., Text]
Library = Callable[[str, int, Element], str | None]
"""``library(name, lanes, element)``: the vector function that computes C's ``name``, if any."""

C_NAMES = {
    **{name: name for name in "sin cos tan sinh cosh exp2 log2 log10 cbrt erf erfc".split()},
    **{f"arc{name}": f"a{name}" for name in "sin cos tan sinh cosh tanh".split()},
    **{name: name for name in "exp log pow fmod hypot".split()},
    "arctan2": "atan2",
    "gammaln": "lgamma",
}
"""What C calls the functions that a library computes."""


def relu(n: Numbers, x: Text) -> Text:
    """0 where x ≤ 0, else x: a nan stays."""
    zero = n.number(0.0)
    return n.select(n.compare("le", x, zero), zero, x)


def sign(n: Numbers, x: Text) -> Text:
    """±1, but zeros and nan as they are."""
    nonzero = n.logic("or", n.compare("lt", x, n.number(0.0)), n.compare("gt", x, n.number(0.0)))
    return n.select(nonzero, n.intrinsic("copysign", n.number(1.0), x), x)


def _chosen(comparison: str) -> Instruction:
    def larger_or_smaller(n: Numbers, x: Text, y: Text) -> Text:
        """X where it compares so with y or is nan, else y."""
        return n.select(n.logic("or", n.compare(comparison, x, y), n.is_nan(x)), x, y)

    return larger_or_smaller


def mod(n: Numbers, x: Text, y: Text) -> Text:
    """Python's %: C's remainder, moved to the sign of y."""
    r = by_lane(n, "fmod", x, y)
    zero = n.number(0.0)
    differ = n.logic("xor", n.compare("lt", r, zero), n.compare("lt", y, zero))
    moved = n.select(differ, n.add(r, y), r)
    return n.select(n.compare("eq", r, zero), n.intrinsic("copysign", zero, y), moved)


def _intrinsic(name: str) -> Instruction:
    return lambda n, x: n.intrinsic(name, x)


TABLE: dict[str, Instruction] = {
    "add": Numbers.add,
    "sub": Numbers.sub,
    "mul": Numbers.mul,
    "div": Numbers.div,
    "neg": Numbers.neg,
    **{op: (lambda n, x, y, op=op: n.compare(op, x, y)) for op in COMPARISONS},
    **{op: (lambda n, c, d, op=op: n.logic(op, c, d)) for op in LOGIC},
    "not": Numbers.invert,
    "select": Numbers.select,
    **{op: _intrinsic(op) for op in ("sqrt", "floor", "ceil")},
    "abs": _intrinsic("fabs"),
    "round": _intrinsic("roundeven"),
    "relu": relu,
    "sign": sign,
    "maximum": _chosen("gt"),
    "minimum": _chosen("lt"),
    "mod": mod,
    **maths.OWN,
    **trigonometry.OWN,
}
"""Operations that are instructions; the others are `C_NAMES`, and what SciPy computes (`scipys`)."""
WRITTEN_OUT = frozenset(["mod", *maths.OWN, *trigonometry.OWN, *C_NAMES, *scipys.NAMES])
"""Operations that are dozens of lines of text, not one or a few."""
FASTER_IN_C = frozenset(["cos", "exp", "log", "sin"])
"""What C's own table-driven functions compute sooner than `maths`, if it is one number (measured)."""


def is_written_out(code: Iterable[object]) -> bool:
    """Whether there is an operation of many lines in an expression."""
    return not WRITTEN_OUT.isdisjoint(code)


def instruct(n: Numbers, library: Library, op: str, *xs: Text) -> Text:
    """Write one operation of a program."""
    if op in TABLE and not (n.lanes == 1 and op in FASTER_IN_C):
        return TABLE[op](n, *xs)
    if op in scipys.NAMES:
        return by_lane(n, scipys.PREFIX + op, *xs, more=[("i32", "0")])
    name = C_NAMES[op]
    vector = library(name, n.lanes, n.element) if n.lanes > 1 else None
    if vector is None:
        return by_lane(n, name, *xs)
    z = n.code.call(vector, n.type, [(n.type, x) for x in xs])
    return _root_of_negative_zero(n, z, *xs) if op == "pow" else z


def instruct_abreast(n: Numbers, library: Library, op: str, *xs: Sequence[Text]) -> Sequence[Text]:
    """One operation of several places: lines of a long function of ours alternate."""
    if op in maths.OWN and n.lanes > 1:
        function: Callable[..., Sequence[Text]] = maths.OWN[op]
        return function(Abreast(n), *map(tuple, xs))
    return [instruct(n, library, op, *place) for place in zip(*xs, strict=True)]


def _root_of_negative_zero(n: Numbers, z: Text, x: Text, y: Text) -> Text:
    """libmvec gives (-0.0)^½ the sign of its base; only whole odd powers have it (C11 F.10.4.4)."""
    half = n.mul(y, n.number(0.5))
    even = n.compare("eq", half, n.intrinsic("floor", half))
    broken = n.compare("ne", y, n.intrinsic("floor", y))
    unsigned = n.logic("and", n.logic("or", even, broken), n.compare("eq", x, n.number(0.0)))
    return n.select(unsigned, n.intrinsic("fabs", z), z)
