"""The tables ``operation -> form``: how each of a program's operations is written in Python.

A `Term`, a text, knows how tightly its operator binds, so that parentheses stand only where they must,
and how deep it nests, so that what is too deep or too long to read becomes a variable of its own.

There are two tables. `PYTHON` is what one would write by hand: operators and ``math``. Its functions
raise where IEEE 754 answers inf or nan (x / 0, exp(1000)); `IEEE` has the engine's own functions, which
answer. A new function needs no line here: it is called by its name. If Python's ``math`` has it, `MATH`
may say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...kinds import numeric
from ..programs.program import (
    ARITHMETIC,
    ARITY,
    BINARY,
    COMPARISONS,
    OF_ORDER,
    UNARY,
)

CHOICE, OR, AND, NOT, COMPARISON, BITS, SUM, PRODUCT, SIGN, ATOM = range(10)
"""How tightly Python's operators bind, from loose to tight."""
DEEPEST, LONGEST = 8, 76
"""Operations within each other, and characters: what has more becomes a variable."""


class Term(NamedTuple):
    """The text of an expression, or of a part of one."""

    text: str
    binding: int = ATOM
    depth: int = 0


class Form(NamedTuple):
    """How an operation is written: a pattern, how tightly it binds, and its operands must at least."""

    pattern: str
    binding: int
    operands: tuple[int, ...]
    home: str = ""  # the module of the function that it calls, if any
    name: str = ""

    def of(self, terms: Sequence[Term]) -> Term:
        """The operation on these operands."""
        texts = [
            f"({x.text})" if x.binding < least else x.text
            for x, least in zip(terms, self.operands, strict=True)
        ]
        depth = 1 + max([x.depth for x in terms], default=-1)
        return Term(self.pattern.format(*texts), self.binding, depth)


def infix(sign: str, binding: int, left: int = 0) -> Form:
    """An operator between its operands; ``left`` is 1 if one within another needs parentheses."""
    return Form(f"{{}} {sign} {{}}", binding, (binding + left, binding + 1))


def call(home: str, name: str, operands: int) -> Form:
    """The call of a function that the module ``home`` has."""
    places = ", ".join(["{}"] * operands)
    return Form(f"{name}({places})", ATOM, (CHOICE,) * operands, home, name)


HELPERS = "autograd.compiler.source.helpers"
MATH = {name: name for name in "exp expm1 exp2 log log1p log2 log10 sqrt cbrt sin cos tan".split()}
MATH |= {name: name for name in "sinh cosh tanh erf erfc pow fmod hypot".split()}
MATH |= {f"arc{name}": f"a{name}" for name in "sin cos tan sinh cosh tanh".split()}
MATH |= {"arctan2": "atan2"}
"""What Python's ``math`` calls the functions that it computes."""


def engines(op: str) -> Form:
    """The engine's own function."""
    home = "autograd.kinds." + ("numeric" if hasattr(numeric, op) else "special")
    form = call(home, op, ARITY[op])
    return form._replace(pattern=f"{op}(int({{}}), {{}})") if op in OF_ORDER else form


IEEE: dict[str, Form] = {
    "count": Form("float(n)", ATOM, ()),
    "add": infix("+", SUM),
    "sub": infix("-", SUM),
    "mul": infix("*", PRODUCT),
    "div": call("autograd.kinds.ieee", "divide", 2),
    "neg": Form("-{}", SIGN, (SIGN,)),
    "abs": Form("abs({})", ATOM, (CHOICE,)),
    **{op: infix(sign, COMPARISON, 1) for op, sign in COMPARISONS.items()},
    "and": infix("and", AND),
    "or": infix("or", OR),
    "xor": infix("!=", COMPARISON, 1),
    "not": Form("not {}", NOT, (NOT,)),
    "select": Form("{1} if {0} else {2}", CHOICE, (OR, OR, CHOICE)),
    **{op: engines(op) for op in sorted((UNARY | BINARY) - {*ARITHMETIC, "neg", "abs"})},
}
PYTHON: dict[str, Form] = {
    **IEEE,
    "div": infix("/", PRODUCT),
    "mod": infix("%", PRODUCT),
    **{op: call("math", name, ARITY[op]) for op, name in MATH.items()},
}


def constant(text: str) -> Term:
    """A constant; inf and nan are names, which the module imports."""
    return Term(text, SIGN if text.startswith("-") else ATOM)


def expression(
    code: Sequence[str | int],
    forms: dict[str, Form],
    leaf: Callable[[int], Term],
    keep: Callable[[Term], Term],
) -> Term:
    """The text of postfix code: ``leaf`` answers that of a leaf or dot, ``keep`` names a large part."""
    stack: list[Term] = []
    for word in code:
        if not isinstance(word, str):
            stack.append(leaf(word))
        else:
            operands = [stack.pop() for _ in forms[word].operands][::-1]
            stack.append(forms[word].of([keep(x) if is_large(x) else x for x in operands]))
    return stack.pop()


def is_large(x: Term) -> bool:
    """Whether a part reads better under a name."""
    return x.depth > DEEPEST or len(x.text) > LONGEST
