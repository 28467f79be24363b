"""Pullbacks run on SymPy's symbols: the derivative of an operation as a formula.

There is no table of derivatives here: a node's formulas get symbols in place of numbers, and answer
with the expression to be printed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from ..adjoints import contributions
from ..kinds.conditions import Condition
from ..kinds.kind import NOTHING, is_number
from ..kinds.masks import instantiate
from ..value import Value

_LONGEST = 60  # characters of a formula that a person still reads


def gradient(f: Callable[..., Any]) -> Any:
    """See `autograd.formula`."""
    if not callable(f):
        raise TypeError(
            f"formula() takes a function, got {f!r}; of a graph explain(v) says formulas"
        )
    names = [
        name
        for name, parameter in inspect.signature(f).parameters.items()
        if parameter.default is parameter.empty
    ]
    variables = [Value(sympy.Symbol(name, real=True), name) for name in names]
    try:
        result = f(*variables)
    except TypeError as error:
        if "truth value" in str(error):  # as SymPy says it
            error.add_note("formula() runs f on symbols: where(condition, x, y) chooses, not `if`")
        raise
    if type(result) is Value:
        result.backward()
    elif not is_number(result):
        raise TypeError(f"formula() takes a function that returns a number, it returned {result!r}")
    gradients = tuple(sympy.simplify(_expression(v.grad)) for v in variables)
    return gradients[0] if len(gradients) == 1 else gradients


def local_derivatives(node: Value, names: Mapping[Value, str]) -> list[Any]:
    """∂node/∂parent for each of its parents, as expressions of the names; None where there is none.

    A formula of a user's primitive may fail on symbols in any way or answer with a number, and a
    sum of hundreds of terms tells nothing: there the number has to do.
    """
    twin = object.__new__(Value)
    twin.op, twin.left, twin.right = node.op, node.left, node.right
    twin.z = _symbol(node, node.z, names)
    twin.x, twin.y = _symbols(node.left, node.x, names), _symbols(node.right, node.y, names)
    try:
        sent = [c for _, c, _ in contributions(twin, sympy.Integer(1))]
    except Exception:  # noqa: BLE001  (the reason is in the docstring)
        return [None] * len(node.parents)
    derivatives = map(_expression, sent)
    return [None if e.is_Float or len(text(e)) > _LONGEST else e for e in derivatives]


def _expression(c: Any) -> Any:
    """What a formula sent as an expression, its cases in one list."""
    expression = sympy.Integer(0) if c is NOTHING else sympy.sympify(instantiate(c))
    if expression.has(sympy.Piecewise):
        return sympy.simplify(sympy.piecewise_fold(expression))
    return expression


def _symbols(operand: Any, held: Any, names: Mapping[Value, str]) -> Any:
    """An operand slot with symbols for its Values."""
    if isinstance(operand, (tuple, list)):
        return tuple(_symbol(x, n, names) for x, n in zip(operand, held, strict=True))
    return _symbol(operand, held, names)


def _symbol(operand: Any, held: Any, names: Mapping[Value, str]) -> Any:
    """A symbol for a Value and for a batch of constants; any other constant as SymPy writes it."""
    if type(operand) is Value:
        return sympy.Symbol(names[operand], real=True)
    if type(held) is Condition:
        return None
    if getattr(held, "ndim", 0):
        return sympy.Symbol("constant", real=True)
    if type(held) is float:
        return sympy.Integer(int(held)) if held.is_integer() else sympy.Float(held, 6)
    return held


# ---------------------------------------------------------------------------------------- printing


class _Printer(StrPrinter):  # type: ignore[misc]  # SymPy has no types
    """SymPy's text, with cases in words."""

    def _print_Piecewise(self, expression: Any) -> str:  # noqa: N802  (the name SymPy looks for)
        cases = [
            f"else {self._print(e)}" if c == True else f"{self._print(e)} if {self._print(c)}"  # noqa: E712
            for e, c in expression.args
        ]
        return ", ".join(cases)


def text(expression: Any) -> str:
    """An expression as plain text."""
    return str(_Printer({"full_prec": False}).doprint(expression))


def latex(expression: Any, name: Callable[[str], str]) -> str:
    """An expression as LaTeX; ``name`` writes a symbol's name."""
    symbols = {symbol: name(symbol.name) for symbol in expression.free_symbols}
    return str(sympy.latex(expression, symbol_names=symbols, full_prec=False))
