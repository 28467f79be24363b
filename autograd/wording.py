"""How a number is written for a person: short, also where it is a batch of thousands."""

from __future__ import annotations

from typing import Any

from .untaken import NOTHING


def number(x: Any) -> str:
    """A float to six digits, a batch by its first and last samples, any other kind as itself.

    >>> number(2 / 3), number((1.0, 2.0))
    ('0.666667', '(1, 2)')
    """
    if x is NOTHING:
        return "nothing"
    if isinstance(x, float):
        return f"{x:.6g}"
    if isinstance(x, (tuple, list)):
        return f"({listed([number(element) for element in ends(x)], len(x))})"
    if getattr(x, "ndim", 0):
        return f"[{listed([number(sample) for sample in ends(x)], len(x))}]"
    return str(x)


def ends(xs: Any) -> list[Any]:
    """All of a short sequence, the first three and the last of a long one."""
    return list(xs) if len(xs) <= 6 else [*xs[:3], xs[-1]]


def listed(texts: list[str], n: int) -> str:
    """The texts of the `ends` of a sequence of n."""
    return ", ".join(texts if len(texts) == n else [*texts[:-1], f"… ({n})", texts[-1]])
