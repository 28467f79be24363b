"""An expression read as text: parsed by ``ast``, never evaluated.

Numbers, names that were given a value, operators, comparisons, lists and calls of this package's
functions are all it may hold. What walks the parsed tree does not recurse: nesting costs no stack.
"""

from __future__ import annotations

import ast
import difflib
import math
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType
from typing import Any

from ..errors import ExpressionError
from ..operations import arithmetic as ops
from ..operations import composites as functions
from ..value import Value
from .long_sums import parse_sum

OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: ops.add,
    ast.Sub: ops.sub,
    ast.Mult: ops.mul,
    ast.Div: ops.div,
    ast.Mod: ops.mod,
    ast.Pow: ops.pow,
    ast.USub: ops.neg,
    ast.UAdd: lambda x: x,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}

_CONSTANTS = {"pi": math.pi, "e": math.e}
_INSTEAD: dict[type, str] = {
    ast.BitXor: "a power is written x**2, not x^2",
    ast.FloorDiv: "write floor(x / y) for x // y",
    ast.MatMult: "write dot([x, y], [1, 2])",
}
"""What operators of Python that are none here were meant to be."""
MEANT = {"ln": "log", "max": "maximum", "min": "minimum"} | {
    name.replace("arc", "a"): name for name in functions.PRIMITIVES if name.startswith("arc")
}
"""What functions of mathematics, and of Python's ``math``, are called here."""


def public_functions() -> dict[str, Callable[..., Any]]:
    """Every function that this package exports and an expression may call, by its name."""
    return functions.PRIMITIVES | {
        name: f
        for name, f in vars(functions).items()
        if isinstance(f, FunctionType) and f.__module__ == functions.__name__ and name[0] != "_"
    }


def build(text: str, values: Mapping[str, float]) -> tuple[Value, dict[str, Value]]:
    """The graph of an expression, and its variables by their names.

    Numbers are floats; pi and e have their values unless they are given others. Raises
    ExpressionError, whose ``offset`` is the place in the text, for anything that is not understood,
    has no value, or is a value that nothing uses.

    >>> f, variables = build("(x + y) * z", {"x": -2, "y": 5, "z": -4})
    >>> f.backward()
    >>> f.data, variables["z"].grad
    (-12.0, 3.0)
    """
    tree = _parse(text)
    builder = _Builder(text, values)
    built: dict[ast.AST, Any] = {}
    for node in reversed(list(_walk(tree, builder))):
        built[node] = builder.build(node, [built[child] for child in _children(node)])
    result = built[tree]
    if isinstance(result, (bool, list)):
        raise builder.error(tree, "the expression is a list or a comparison, not one number")
    unused = [name for name in values if name not in builder.used]
    if unused:
        raise ExpressionError(f"{unused[0]!r} has a value, but the expression does not use it")
    f = result if isinstance(result, Value) else Value(result)
    return f, builder.used


def _parse(text: str) -> ast.expr:
    if not text.strip():
        raise ExpressionError("the expression is empty")
    try:
        with warnings.catch_warnings(action="ignore"):  # "1or x": it is refused in any case
            return _tree(text)
    except SyntaxError as error:
        offset = min(error.offset or len(text) + 1, len(text) + 1) - 1  # 0: it ended too early
        raise ExpressionError(f"syntax error: {error.msg.split(';')[0]}", offset) from error
    except (MemoryError, RecursionError) as error:
        raise ExpressionError("the expression is nested too deeply") from error
    except ValueError as error:
        raise ExpressionError(f"syntax error: {error}") from error


def _tree(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except RecursionError:
        if tree := parse_sum(text):
            return tree
        raise


def _children(node: ast.AST) -> list[ast.expr]:
    """The operands of a node, of the kinds that an expression may hold."""
    match node:
        case ast.BinOp():
            return [node.left, node.right]
        case ast.UnaryOp():
            return [node.operand]
        case ast.Compare():
            return [node.left, *node.comparators]
        case ast.Call():
            return node.args
        case ast.List() | ast.Tuple():
            return node.elts
    return []


def _walk(tree: ast.expr, builder: _Builder) -> Iterator[ast.expr]:
    """Every node before its children, each checked."""
    stack = [tree]
    while stack:
        yield (node := stack.pop())
        builder.check(node)
        stack += reversed(_children(node))  # the leftmost error is the one reported


class _Builder:
    """Makes the Value, number, list or truth of one node from those of its operands."""

    def __init__(self, text: str, values: Mapping[str, float]) -> None:
        self.text, self.values = text, values
        self.functions = public_functions()
        self.used: dict[str, Value] = {}

    def error(self, node: ast.expr, message: str) -> ExpressionError:
        """The error at a node; ``ast`` counts columns in bytes of UTF-8."""
        before = self.text.encode()[: node.col_offset]
        return ExpressionError(message, len(before.decode()))

    def check(self, node: ast.expr) -> None:
        """Refuse what an expression may not hold."""
        match node:
            case ast.Name(id=name):
                known = {**_CONSTANTS, **self.values}
                self._known(node, name, known, "no value was given for", f"add {name}=1.5")
            case ast.Call(func=ast.Name(id=name)):
                self._known(node, name, self.functions, "there is no function", "see --help")
                if node.keywords:
                    raise self.error(node, f"{name} takes its arguments by position")
            case (
                ast.Constant(value=bool() | None) | ast.Constant(value=str() | bytes() | complex())
            ):
                raise self.error(node, f"{node.value!r} is not a real number")
            case ast.Compare() if len(node.ops) > 1:
                raise self.error(node, "compare two numbers at a time: where(a < b, x, y)")
            case ast.Constant(value=int() | float()) | ast.List() | ast.Tuple():
                pass
            case ast.BinOp() | ast.UnaryOp() | ast.Compare():
                self._operator(node)
            case _:
                kind = type(node).__name__.lower()
                raise self.error(node, f"only numbers, names, operators and calls; not this {kind}")

    def _known(
        self, node: ast.expr, name: str, known: Mapping[str, Any], missing: str, advice: str
    ) -> None:
        if name not in known:
            near = [n for n in [MEANT.get(name)] if n in known]
            near += difflib.get_close_matches(name, known, 1)
            advice = f"did you mean {near[0]}?" if near else advice
            raise self.error(node, f"{missing} {name!r}: {advice}")

    def _operator(self, node: ast.expr) -> None:
        sign = type(_sign(node))
        if sign not in OPERATORS:
            advice = _INSTEAD.get(sign, "see --help")
            raise self.error(node, f"there is no operator {sign.__name__}: {advice}")

    def build(self, node: ast.expr, operands: list[Any]) -> Any:
        """What a node stands for; what the functions refuse is an error at its place."""
        match node:
            case ast.Name(id=name):
                if name not in self.values:
                    return _CONSTANTS[name]
                if name not in self.used:
                    self.used[name] = Value(self.values[name], name)
                return self.used[name]
            case ast.Constant(value=number):
                return self._applied(node, float, [number])
            case ast.List() | ast.Tuple():
                return operands
            case ast.Call(func=ast.Name(id=name)):
                return self._applied(node, self.functions[name], operands)
        if any(isinstance(x, list) for x in operands):
            raise self.error(node, "a list goes into a function, such as sum([x, y])")
        return self._applied(node, OPERATORS[type(_sign(node))], operands)

    def _applied(self, node: ast.expr, function: Callable[..., Any], operands: list[Any]) -> Any:
        try:
            return function(*operands)
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise self.error(node, str(error)) from error


def _sign(node: ast.expr) -> ast.AST:
    """The operator of an operation or comparison."""
    sign: ast.AST = node.ops[0] if isinstance(node, ast.Compare) else node.op  # type: ignore[attr-defined]
    return sign
