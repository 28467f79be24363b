"""Long sums: term by term they are what ``ast`` reads, and what is no sum is left to it."""

import ast

import pytest

from autograd.tools.long_sums import parse_sum


@pytest.mark.parametrize(
    "text",
    [
        "x + y",
        "-x - -y + +z",
        "a*b - c**-2 + f(x, y - 1) - [1 + 2, 3]",
        "x - (y + z) - 1e-5 + 2E+3",
        "  x  +  é  -  y ",
        "x % y + x / y - x @ y",
    ],
)
def test_the_tree_is_the_one_that_ast_makes(text):
    ours, theirs = parse_sum(text), ast.parse(text.strip(), mode="eval").body
    assert ast.dump(ours) == ast.dump(theirs)
    begin = len(text) - len(text.lstrip())
    columns = {n.id: n.col_offset for n in ast.walk(ours) if isinstance(n, ast.Name)}
    expected = {n.id: n.col_offset + begin for n in ast.walk(theirs) if isinstance(n, ast.Name)}
    assert columns == expected


@pytest.mark.parametrize(
    "text", ["x", "-x", "f(x + y)", "x + y < z", "x if y + z else w", "x\n+ y"]
)
def test_what_is_no_sum_is_none(text):
    assert parse_sum(text) is None
