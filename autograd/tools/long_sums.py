"""A sum of more terms than ``ast`` can nest, read term by term: a loss of 20,000 squares, say.

``ast`` makes of a sum of n terms a tree of depth n, and refuses some thousands. The terms are found
by Python's own tokens; every term is parsed by itself.
"""

from __future__ import annotations

import ast
import io
import tokenize
from itertools import pairwise

_BINDS_LESS = {*"< > <= >= == != | ^ & << >> , : := and or not if else lambda in is for".split()}
_SIGNS: dict[str, type[ast.operator]] = {"+": ast.Add, "-": ast.Sub}


def parse_sum(text: str) -> ast.expr | None:
    """The tree of a sum in one line, left to right as Python adds; None for what is no sum.

    >>> ast.dump(parse_sum("x + 2")) == ast.dump(ast.parse("x + 2", mode="eval").body)
    True
    """
    if "\n" in text or not (cuts := _cuts(text)):
        return None
    tree: ast.expr | None = None
    begin = 0  # in bytes, as ``ast`` counts columns
    for start, end in pairwise([-1, *cuts, len(text)]):
        term = text[start + 1 : end]
        node = _parsed(term.strip(), begin + len(term) - len(term.lstrip()))
        sign = _SIGNS[text[start]]() if tree else None
        tree = ast.BinOp(tree, sign, node, lineno=1, col_offset=0) if tree and sign else node
        begin += len(term.encode()) + 1
    return tree


def _parsed(term: str, begin: int) -> ast.expr:
    """One term, its columns counted from the beginning of the sum."""
    tree = ast.parse(term, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            node.col_offset += begin
    return tree


def _cuts(text: str) -> list[int]:
    """Where a + or - stands between two terms; none where an operator binds less than they do."""
    cuts, depth, operand_ended = [], 0, False
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        word = token.string
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        if depth == 0 and word in _BINDS_LESS:
            return []
        if depth == 0 and word in _SIGNS and operand_ended:
            cuts.append(token.start[1])
        operand_ended = token.type in (tokenize.NAME, tokenize.NUMBER) or word in (")", "]", "}")
    return cuts
