"""How a number is written for a person: short, also where it is a batch of thousands."""

from __future__ import annotations

from typing import Any

from .untaken import NOTHING, filled, sent


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
    if not getattr(x, "shape", ()):
        return str(x)
    samples = list(filled(x)) if sent(x) is True else _with_nothing(x)
    return f"[{listed([number(sample) for sample in ends(samples)], len(samples))}]"


def _with_nothing(g: Any) -> list[Any]:
    """The samples of an adjoint that was sent to some of them only."""
    return [x if reached else NOTHING for x, reached in zip(filled(g), sent(g), strict=True)]


def ends(xs: Any) -> list[Any]:
    """All of a short sequence, the first three and the last of a long one."""
    return list(xs) if len(xs) <= 6 else [*xs[:3], xs[-1]]


def listed(texts: list[str], n: int) -> str:
    """The texts of the `ends` of a sequence of n."""
    return ", ".join(texts if len(texts) == n else [*texts[:-1], f"… ({n})", texts[-1]])
