"""Numbers and operations as short text, for messages, tables and pictures alike."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from numbers import Rational
from typing import TYPE_CHECKING, Any

from ..kinds.conditions import truth_of

if TYPE_CHECKING:
    from ..value import Value

LONGEST = 36  # characters of a text that is shown whole
SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "pow": "**", "neg": "-"}


def number(x: Any, digits: int = 4) -> str:
    """A number to so many significant digits; of a batch the first samples, and how many they are.

    >>> number(-0.123456), number(float("nan")), number([1.0, 2.0, 3.0, 4.0])
    ('-0.1235', 'nan', '[1, 2, … 4 numbers]')
    """
    x = truth_of(x)
    if getattr(x, "ndim", 0) or isinstance(x, (list, tuple)):
        return _first(x, digits)
    if isinstance(x, float):
        return f"{x + 0.0:.{digits}g}"  # no -0
    if hasattr(x, "_mpf_"):
        return str(sys.modules["mpmath"].nstr(x, digits))
    if isinstance(x, Rational):
        return _fraction(x, digits)
    return shorten(str(x), LONGEST)


def _fraction(x: Any, digits: int) -> str:
    """An exact number whole, or about if it is long."""
    if max(abs(x.numerator), x.denominator) < 10**12:
        return str(x)
    from ..kinds.fractions import approximately  # loaded with the number

    return approximately(x, digits)


def _first(xs: Any, digits: int) -> str:
    n = len(xs)
    whole = n <= 3
    shown = [
        number(x, digits)
        for x in (xs.tolist() if hasattr(xs, "tolist") else xs)[: 3 if whole else 2]
    ]
    return "[" + ", ".join(shown) + ("]" if whole else f", … {n} numbers]")


def shorten(text: str, longest: int) -> str:
    """The text, or its beginning and end: the exponent of a long number must not be lost.

    >>> shorten("1.2345678901234567890e-10", 13)
    '1.2345…90e-10'
    """
    half = longest // 2
    return text if len(text) <= longest else text[:half] + "…" + text[-half:]


def arguments(node: Value) -> Sequence[Any]:
    """What the operation was called with: Values, constants and sequences of them."""
    if node.op is None:
        return ()
    n = len(node.op.pullbacks)
    return node.left if n > 2 else (node.left, node.right)[:n]
